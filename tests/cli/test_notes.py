"""`export --format obsidian`: the folder of notes, and what is never written."""

from __future__ import annotations

import os
import re
import shutil
import stat
import subprocess
import sys

import pytest

KETTLE = "2306.90001 Teaching Kettles to Whistle in Tune.md"


@pytest.fixture
def reader(desk, home):
    """The environment of a reader with a copy of the invented papers."""
    shutil.copytree(desk["PAPERTRACK_LIBRARY"], home["PAPERTRACK_LIBRARY"])
    return home


@pytest.fixture
def export(inside, reader, tmp_path):
    """Exports notes of a query into the folder `notes`."""

    def run(query="", folder=tmp_path / "notes"):
        return inside(f"export {query} --format obsidian -o {folder}", env=reader)

    return run


@pytest.fixture
def notes(export, tmp_path):
    """The folder, with the notes of all papers."""
    assert export().code == 0
    return tmp_path / "notes"


def contents(folder):
    """All below a folder: the bytes of files, where links lead, False for the rest."""
    return {
        str(path.relative_to(folder)): path.readlink()
        if path.is_symlink()
        else path.is_file() and path.read_bytes()
        for path in folder.rglob("*")
    }


def test_a_note_per_paper(export, tmp_path):
    folder = tmp_path / "vault" / "papers"
    ran = export(folder=folder)
    report = f"5 notes in {folder}: 5 new, 0 changed, 0 unchanged\n"
    assert ran == (0, "", report)
    names = sorted(path.name for path in folder.iterdir())
    assert len(names) == 5
    assert KETTLE in names
    text = (folder / KETTLE).read_text(encoding="utf-8")
    for part in ("> Compare with the samovar.", '"tea/kettles"', "starred: true"):
        assert part in text


def stamp(path):
    """What differs once a file was written; reading it changes other times."""
    found = path.stat()
    return found.st_ino, found.st_mtime_ns, found.st_size


def test_only_changed_notes_are_written(inside, export, notes, reader):
    before = {path: stamp(path) for path in notes.iterdir()}
    assert export().err.endswith(": 0 new, 0 changed, 5 unchanged\n")
    assert {path: stamp(path) for path in notes.iterdir()} == before
    inside("mark read 2306.90001", env=reader)
    assert export().err.endswith(": 0 new, 1 changed, 4 unchanged\n")
    changed = [path.name for path in before if stamp(path) != before[path]]
    assert changed == [KETTLE]


def test_own_words_and_other_notes_stay(inside, export, notes, reader):
    own = notes / KETTLE
    own.write_text(own.read_text() + "\nMy words.\n")
    own.chmod(0o640)
    (notes / "mine.md").write_text("# Mine\n")
    (notes / ".obsidian").mkdir()
    (notes / ".obsidian" / "app.json").write_text("{}")
    inside(["note", "2306.90001", "A new note."], env=reader)
    assert export("2306.90001").code == 0
    text = own.read_text()
    assert "> A new note." in text
    assert text.endswith("\nMy words.\n")
    assert stat.S_IMODE(own.stat().st_mode) == 0o640
    assert (notes / "mine.md").read_text() == "# Mine\n"
    assert len(list(notes.iterdir())) == 7


@pytest.mark.parametrize("name", ["kettles.md", "read/2023/x.md", "a.b.c.md"])
def test_a_note_may_be_renamed_and_moved(name, inside, export, notes, reader):
    moved = notes / name
    moved.parent.mkdir(parents=True, exist_ok=True)
    (notes / KETTLE).rename(moved)
    inside("mark read 2306.90001", env=reader)
    assert export().err.endswith(": 0 new, 1 changed, 4 unchanged\n")
    assert not (notes / KETTLE).exists()
    assert 'status: "read"' in moved.read_text()


def test_a_new_title_keeps_the_name(written, inside, home, tmp_path):
    facts = {"id": "2401.00001", "title": "An old title"}
    for title in ("An old title", "A new title"):
        shutil.rmtree(home["PAPERTRACK_LIBRARY"], ignore_errors=True)
        written(home, {**facts, "title": title})
        inside(f"export --format obsidian -o {tmp_path}/notes", env=home)
    (note,) = (tmp_path / "notes").iterdir()
    assert note.name == "2401.00001 An old title.md"
    assert 'title: "A new title"\naliases: ["An old title", "A new title"]' in (
        note.read_text()
    )


def test_a_paper_that_got_another_key_keeps_its_note(inside, home, tmp_path):
    (tmp_path / "a.bib").write_text("@misc{x, title={Kettles}, doi={10.1234/kettle}}")
    inside(f"import {tmp_path}/a.bib", env=home)
    inside(f"export --format obsidian -o {tmp_path}/notes", env=home)
    (tmp_path / "b.bib").write_text(
        "@misc{x, title={Kettles}, doi={10.1234/kettle}, eprint={2401.00001},"
        " archiveprefix={arXiv}}"
    )
    inside(f"import {tmp_path}/b.bib", env=home)
    ran = inside(f"export --format obsidian -o {tmp_path}/notes", env=home)
    assert ran.err.endswith(": 0 new, 1 changed, 0 unchanged\n"), ran
    (note,) = (tmp_path / "notes").iterdir()
    assert 'papertrack: "arxiv:2401.00001"' in note.read_text()


def test_names_that_differ_in_case_only(inside, home, tmp_path):
    (tmp_path / "a.bib").write_text(
        "@misc{x, title={Tea}, url={https://a.example/X}}\n"
        "@misc{y, title={TEA}, author={Bo}, year={1999}, url={https://a.example/x}}"
    )
    inside(f"import {tmp_path}/a.bib", env=home)
    for count in ("2 new", "2 unchanged"):
        ran = inside(f"export --format obsidian -o {tmp_path}/notes", env=home)
        assert count in ran.err
    names = [path.name.casefold() for path in (tmp_path / "notes").iterdir()]
    assert len({*names}) == 2


def foreign_note(folder):
    (folder / KETTLE).write_text("# A note of mine\n")


def without_key(folder):
    text = (folder / KETTLE).read_text()
    (folder / KETTLE).write_text(re.sub("papertrack: .*\n", "", text))


def other_case(folder):
    (folder / KETTLE).unlink()
    (folder / KETTLE.upper()).write_text("# A note of mine\n")


def folder_in_place(folder):
    (folder / KETTLE).unlink()
    (folder / KETTLE).mkdir()


def link_out(folder):
    (folder / KETTLE).rename(folder.parent / "outside.md")
    (folder / KETTLE).symlink_to(folder.parent / "outside.md")


def dangling_link(folder):
    (folder / KETTLE).unlink()
    (folder / KETTLE).symlink_to(folder.parent / "nowhere.md")


def link_of_a_folder(folder):
    (folder / KETTLE).unlink()
    (folder / KETTLE).symlink_to(folder.parent)


def marker_removed(folder):
    text = (folder / KETTLE).read_text()
    (folder / KETTLE).write_text(text.replace("%% papertrack:end %%", ""))


def wrong_yaml(folder):
    text = (folder / KETTLE).read_text()
    (folder / KETTLE).write_text(text.replace("title: ", "title: [", 1))


def other_encoding(folder):
    body = (folder / KETTLE).read_bytes()
    (folder / KETTLE).write_bytes(body + "é".encode("latin-1"))


def pipe(folder):
    (folder / KETTLE).unlink()
    os.mkfifo(folder / KETTLE)


REFUSED = {
    foreign_note: "papertrack did not write it; nothing was written: move it, or choose"
    " another folder with -o",
    without_key: "papertrack did not write it",
    other_case: "papertrack did not write it",
    folder_in_place: "papertrack did not write it",
    pipe: "papertrack did not write it",
    link_out: "papertrack did not write it",
    dangling_link: "papertrack did not write it",
    link_of_a_folder: "papertrack did not write it",
    marker_removed: "restore them, or delete both; nothing was written",
    wrong_yaml: "correct its properties, which are not YAML: line 3: ",
    other_encoding: "it is not UTF-8; nothing was written, save it as UTF-8",
}


@pytest.mark.parametrize("spoil", REFUSED, ids=lambda spoil: spoil.__name__)
def test_nothing_is_written_where_one_note_can_not_be(
    spoil, inside, export, notes, reader, tmp_path
):
    spoil(notes)
    inside("mark later 2306.90001 2306.90002 2306.90005", env=reader)
    (next(iter(notes.glob("2306.90006*")))).unlink()
    before = contents(tmp_path)
    ran = export()
    assert ran.code == 1
    assert ran.out == ""
    assert ran.err.startswith(f"papertrack: {notes}/")
    assert REFUSED[spoil] in ran.err
    assert ran.err.count("\n") == 1
    after = contents(tmp_path)
    changed = {
        name
        for name in before.keys() | after.keys()
        if before.get(name) != after.get(name)
    }
    assert not [name for name in changed if name.startswith(("notes", "outside"))]


def test_a_file_where_a_folder_is_needed(export, tmp_path):
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        (tmp_path / "file").write_text("mine")
        ran = export(folder=path)
        assert ran.code in (1, 2)
        assert ran.err.startswith(f"papertrack: {tmp_path}/file")
        assert ran.err.count("\n") == 1
        assert (tmp_path / "file").read_text() == "mine"


@pytest.mark.parametrize(
    ("args", "message"),
    [
        ("--format obsidian", "name it with -o FOLDER"),
        ("--format obsidian -o -", "name it with -o FOLDER"),
        ("--format obsidian -o x --group tag", "--group has no effect on obsidian"),
        ("--format obsidian -o x --fields id", "--fields has no effect on obsidian"),
        (
            "--format obsidain -o x",
            "did you mean: papertrack export --format obsidian -o x",
        ),
        ("-o .", "is a folder; name a file with -o"),
        ("--format csv -o .", "is a folder; name a file with -o"),
        ("--json -o .", "is a folder; name a file with -o"),
        ("-o papers.bibb", "did you mean: papertrack export -o papers.bib"),
        ("-o papers.markdwon", "did you mean: papertrack export -o papers.markdown"),
        ("-o papers.jsnl", "did you mean: papertrack export -o papers.jsonl"),
        ("-o papers.hmtl", "did you mean: papertrack export -o papers.html"),
        ("-o papers.atm", "did you mean .atom or .htm?"),
    ],
)
def test_wrong_usage(args, message, inside, desk):
    ran = inside(f"export {args}", env=desk)
    assert (ran.code, ran.out) == (2, "")
    assert message in ran.err
    assert ran.err.count("\n") == 1


@pytest.mark.parametrize("command", ["list", "search kettles"])
def test_only_export_writes_notes(command, inside, desk):
    ran = inside(f"{command} --format obsidian", env=desk)
    assert ran.code == 2
    assert "papertrack export --format obsidian" in ran.err


def test_a_full_disk_leaves_the_notes_as_they_were(inside, notes, reader):
    """A file of more bytes than most notes have fails, after others were prepared."""
    resource = pytest.importorskip("resource")
    inside("mark read 2306.90001 2306.90002 2306.90003 2306.90005", env=reader)
    sizes = sorted(path.stat().st_size for path in notes.iterdir())
    limit = sizes[-2]
    before = contents(notes)
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "papertrack",
            "export",
            "--format=obsidian",
            "-o",
            notes,
        ],
        # Python would store compiled modules that are cut off.
        env={**reader, "PYTHONDONTWRITEBYTECODE": "1"},
        preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "File too large; free some space" in done.stderr
    assert done.stderr.count("\n") == 1
    assert contents(notes) == before
