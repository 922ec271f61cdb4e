"""The doctor: each problem is found, and repaired where that needs no decision; nothing
is lost.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from papertrack.core.errors import StoreError
from papertrack.core.facts import Facts
from papertrack.core.model import Reading
from papertrack.library import conflicts
from papertrack.library.adding import Fetched
from papertrack.library.doctor import disk, programs
from papertrack.library.doctor.doctor import Doctor
from papertrack.library.doctor.finding import Finding
from papertrack.library.settings import Followed
from papertrack.query.language import Everything
from papertrack.storage import layout
from papertrack.storage.checked_file import signed
from tests.helpers.libraries import Library

Make = Callable[..., Facts]
ONE, TWO, THREE = (f"arxiv:2511.0000{number}" for number in (1, 2, 3))
NOW = "2025-11-24T12:00:00Z"


@pytest.fixture
def filled(library: Library, facts: Make) -> Library:
    listing = [
        facts("2511.00001", listed="2025-11-07"),
        facts("2511.00002", title="Takel", listed="2025-10-07"),
    ]
    library.adding.add({"hf": listing})
    library.marking.mark(
        [ONE], lambda mark: mark._replace(tags=("mine",), note="A note."), what=str
    )
    return library


def examine(
    library: Library, scripts: dict[Path, programs.Script] | None = None
) -> list[Finding]:
    return Doctor(
        library.folder, library.cache, now=NOW, scripts=scripts or {}
    ).examine()


def repair(
    library: Library, scripts: dict[Path, programs.Script] | None = None
) -> None:
    """Repair until nothing is left to repair."""
    Doctor(library.folder, library.cache, now=NOW, scripts=scripts or {}).repair()


def checks(findings: list[Finding]) -> list[tuple[str, str]]:
    return [(finding.check, finding.where) for finding in findings]


def tags(library: Library) -> dict[str, tuple[str, ...]]:
    fresh = Library(library.root, library.cache, now=NOW)
    found = {paper.key: paper.tags for paper in fresh.index.search(Everything()).papers}
    fresh.index.close()
    return found


def edit(path: Path, change: Callable[[Any], Any]) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    change(data)
    path.write_text(json.dumps(data), encoding="utf-8")


def test_a_good_library_has_no_findings(filled: Library) -> None:
    assert examine(filled) == []


def test_a_missing_library_is_not_created(library: Library) -> None:
    assert examine(library) == []
    assert not library.root.exists()


# ------------------------------------------------------------------ files


def test_an_unparsable_file_is_reported_with_line_and_backup(
    filled: Library,
) -> None:
    later = Library(filled.root, filled.cache, now="2025-11-25T12:00:00Z")
    later.marking.mark([ONE], lambda mark: mark._replace(starred=True), what=str)
    (filled.root / layout.MARKS).write_text('{"marks":\n{"1" ')
    (finding,) = examine(filled)
    assert (finding.check, finding.where, finding.fix) == ("parse", "marks.json", None)
    assert finding.what.startswith("line 2 column 6: ")
    assert finding.what.endswith("papertrack restore marks-0001-2025-11-25.json")
    before = (filled.root / layout.MARKS).read_bytes()
    repair(filled)
    assert (filled.root / layout.MARKS).read_bytes() == before, (
        "which backup to take is a choice"
    )


def test_a_missing_format_version_is_added(filled: Library) -> None:
    path = filled.root / layout.MARKS
    edit(path, lambda data: data.pop("format"))
    assert checks(examine(filled)) == [("version", "marks.json")]
    repair(filled)
    assert json.loads(path.read_text())["format"] == {"1": {"version": 1}}
    assert examine(filled) == []


def test_a_newer_format_is_reported_and_not_changed(filled: Library) -> None:
    path = filled.root / "papers" / "2025-11.json"
    edit(path, lambda data: data.update(format={"1": {"version": 2}}))
    before = path.read_bytes()
    (finding,) = examine(filled)
    assert "newer papertrack (format 2)" in finding.what
    repair(filled)
    assert path.read_bytes() == before


# ------------------------------------------------------------------ conflicts

COPIES = [
    "{} (Ada's conflicted copy 2025-11-20).json",
    "{} (conflicted copy 2025-11-20 101112).json",
    "{}.sync-conflict-20251120-101112-ABCDEFG.json",
    "{} (1).json",
    "{}_conflict-20251120.json",
]


@pytest.mark.parametrize("pattern", COPIES)
def test_a_conflict_copy_is_joined_without_losing_a_mark(
    filled: Library, facts: Make, pattern: str
) -> None:
    root = filled.root
    marks, months, desk = (
        root / pattern.format(stem) for stem in ("marks", "papers/2025-11", "desk")
    )
    shutil.copy(root / "marks.json", marks)
    edit(
        marks,
        lambda data: data["marks"]["1"].update(
            tags=["theirs"], note="Their note.", status="read", marked=NOW
        ),
    )
    edit(
        marks, lambda data: data["marks"].update({"2": {"key": TWO, "tags": ["more"]}})
    )
    shutil.copy(root / "papers/2025-11.json", months)
    said = {"hf": {"title": "Third", "ids": [THREE], "listed": "2025-11-09"}}
    edit(
        months,
        lambda data: data["papers"]["1"].update(key=THREE, keys=[THREE], said=said),
    )
    desk.touch(mode=0o600)
    desk.write_text(json.dumps({"views": {"1": {"key": "v", "query": "x", "at": NOW}}}))
    names = [str(path.relative_to(root)) for path in (marks, months, desk)]
    assert sorted(checks(examine(filled))) == sorted(
        ("conflict", name) for name in names
    )
    copies = [path.read_bytes() for path in (marks, months, desk)]
    repair(filled)
    assert examine(filled) == []
    assert tags(filled) == {ONE: ("mine", "theirs"), TWO: ("more",), THREE: ()}
    paper = Library(root, filled.cache, now=NOW).get(ONE)
    assert (paper.note, paper.status) == ("A note.\n\nTheir note.", "read")
    assert list(filled.settings.views()) == ["v"]
    assert [step.what for step, _ in filled.log()] == ["1", "added 2 papers"], (
        "the log that stood here stays"
    )
    copied = [path.read_bytes() for path in (root / "backups").glob("joined-*")]
    assert sorted(copied) == sorted(copies)


@pytest.mark.parametrize("count", [2, 3, 5])
def test_several_copies_of_one_file_are_all_joined(filled: Library, count: int) -> None:
    root = filled.root
    for number, pattern in enumerate(COPIES[:count]):
        copy = root / pattern.format("marks")
        shutil.copy(root / "marks.json", copy)
        new = {"key": TWO, "tags": [f"copy{number}"], "marked": NOW}
        edit(copy, lambda data, new=new: data["marks"].update({"2": new}))
    repair(filled)
    assert examine(filled) == []
    assert tags(filled) == {
        ONE: ("mine",),
        TWO: tuple(f"copy{number}" for number in range(count)),
    }


@pytest.mark.parametrize("stem", ["marks", "desk", "papers/2025-11"])
def test_a_copy_joined_once_more_changes_nothing(filled: Library, stem: str) -> None:
    """As after a kill between the join and the move of the copy."""
    path = filled.root / f"{stem}.json"
    copy = filled.root / f"{stem} (1).json"
    shutil.copy(path, copy)
    if stem == "marks":
        edit(copy, lambda data: data["marks"]["1"].update(note="Theirs.", marked=NOW))
    body = copy.read_bytes()
    repair(filled)
    joined = path.read_bytes()
    assert not copy.exists()
    copy.touch(mode=0o600)
    copy.write_bytes(body)
    repair(filled)
    assert path.read_bytes() == joined
    assert examine(filled) == []


@pytest.mark.parametrize(
    "name",
    [
        "marks.json",
        "papers/2025-11.json",
        "x (1).json",
        "marks-old.json",
        "desk (1).md",
    ],
)
def test_other_names_are_not_conflict_copies(name: str) -> None:
    assert conflicts.original(name) is None


def git(folder: Path, *words: str) -> int:
    env = {
        **os.environ,
        "GIT_AUTHOR_NAME": "a",
        "GIT_AUTHOR_EMAIL": "a@e.org",
        "GIT_COMMITTER_NAME": "a",
        "GIT_COMMITTER_EMAIL": "a@e.org",
        "GIT_CONFIG_GLOBAL": os.devnull,
    }
    return subprocess.run(
        ["git", "-C", str(folder), *words], env=env, capture_output=True, check=False
    ).returncode


@pytest.mark.skipif(shutil.which("git") is None, reason="git is not there")
@pytest.mark.parametrize("style", ["merge", "diff3"])
def test_a_merge_conflict_of_git_is_joined(
    filled: Library, facts: Make, style: str, tmp_path: Path
) -> None:
    root, other = filled.root, tmp_path / "other"
    (root / ".gitignore").write_text(".lock\nbackups\n")
    assert [
        git(root, *words)
        for words in (["init", "-b", "main"], ["add", "."], ["commit", "-m", "1"])
    ] == [0, 0, 0]
    assert git(tmp_path, "clone", str(root), str(other)) == 0
    theirs = Library(other, tmp_path / "other-cache", now="2025-11-25T12:00:00Z")
    for library, tag, number in ((filled, "here", 3), (theirs, "there", 4)):
        library.adding.add(
            {
                "hf": [
                    facts(
                        f"2511.0000{number}",
                        title=f"Title {number}",
                        listed="2025-11-08",
                    )
                ]
            }
        )
        library.marking.mark(
            [ONE], lambda mark, tag=tag: mark._replace(tags=(*mark.tags, tag)), what=str
        )
        library.marking.mark(
            [f"arxiv:2511.0000{number}"],
            lambda mark, tag=tag: mark._replace(note=tag),
            what=str,
        )
        assert git(library.root, "commit", "-am", tag) == 0
    assert (
        git(
            root,
            "-c",
            f"merge.conflictStyle={style}",
            "pull",
            "--no-rebase",
            str(other),
            "main",
        )
        == 1
    )
    assert {("conflict", "marks.json"), ("conflict", "papers/2025-11.json")} <= set(
        checks(examine(filled))
    )
    with pytest.raises(
        StoreError,
        match=(
            r"line \d+ column 1: contains both sides of a merge conflict; nothing "
            r"was changed, papertrack doctor --fix"
        ),
    ):
        tags(filled)
    repair(filled)
    assert examine(filled) == []
    assert {*tags(filled)[ONE]} == {"mine", "here", "there"}
    fresh = Library(root, filled.cache, now=NOW)
    assert [fresh.get(f"arxiv:2511.0000{number}").note for number in (3, 4)] == [
        "here",
        "there",
    ]
    assert fresh.marking.undo()


def test_a_repeated_number_is_renumbered(filled: Library) -> None:
    path = filled.root / layout.MARKS
    line = f'"1":{{"key":"{TWO}","tags":["second"]}},\n'
    path.write_text(path.read_text().replace('"marks":{\n', f'"marks":{{\n{line}'))
    assert checks(examine(filled)) == [("conflict", "marks.json")]
    repair(filled)
    assert tags(filled) == {ONE: ("mine",), TWO: ("second",)}


def test_a_conflict_without_a_document_per_line_needs_editing(
    filled: Library,
) -> None:
    path = filled.root / layout.MARKS
    path.write_text(
        '{"marks": {\n<<<<<<< a\n"1": {"key":\n=======\n"2"\n>>>>>>> b\n}}\n'
    )
    before = path.read_bytes()
    (finding,) = examine(filled)
    assert (finding.check, finding.fix) == ("parse", None)
    assert "merge conflict" in finding.what
    repair(filled)
    assert path.read_bytes() == before


# ------------------------------------------------------------------ papers, marks, index


def test_a_key_that_is_not_the_best_is_corrected(filled: Library) -> None:
    path = filled.root / "papers" / "2025-11.json"
    edit(
        path,
        lambda data: data["papers"]["1"].update(
            key="title:0123456789", keys=["title:0123456789"]
        ),
    )
    (finding,) = [one for one in examine(filled) if one.check == "key"]
    assert finding.what == f"has a paper with the key title:0123456789 instead of {ONE}"
    repair(filled)
    assert tags(filled) == {ONE: ("mine",), TWO: ()}
    assert examine(filled) == []


def test_papers_stored_twice_are_joined(filled: Library) -> None:
    shutil.copy(
        filled.root / "papers/2025-11.json", filled.root / "papers/2025-12.json"
    )
    edit(
        filled.root / "papers/2025-12.json",
        lambda data: data["papers"]["1"]["said"].update(arxiv={"title": "Other"}),
    )
    (finding,) = examine(filled)
    assert finding.where == "papers/2025-11.json, papers/2025-12.json"
    assert finding.what == "1 paper is stored more than once: 2511.00001"
    repair(filled)
    assert examine(filled) == []
    assert sorted(Library(filled.root, filled.cache, now=NOW).get(ONE).sources) == [
        "arxiv",
        "hf",
    ]


def test_marks_without_papers_are_reported(filled: Library) -> None:
    edit(
        filled.root / layout.MARKS,
        lambda data: data["marks"].update({"7": {"key": THREE, "tags": ["a"]}}),
    )
    (finding,) = examine(filled)
    assert (finding.check, finding.fix) == ("marks", None)
    assert (
        finding.what
        == "has marks of 1 paper not in the library: 2511.00003; papertrack fetch ID adds one"
    )


def test_an_index_that_differs_from_the_files_is_rebuilt(filled: Library) -> None:
    filled.index.close()
    other = Library(filled.root, filled.cache, now=NOW)
    body = other.index.db.execute(
        "SELECT body FROM doc JOIN paper USING (rid) WHERE key = ?", (TWO,)
    ).fetchone()[0]
    other.index.close()
    with sqlite3.connect(other.index.path) as db:
        db.execute(
            "UPDATE doc SET body = ? WHERE rid = (SELECT rid FROM paper WHERE key = ?)",
            (body, ONE),
        )
    db.close()
    (finding,) = examine(filled)
    assert finding.check == "index"
    assert finding.what.startswith("differs from the files for 1 paper: ")
    repair(filled)
    assert examine(filled) == []
    assert tags(filled) == {ONE: ("mine",), TWO: ()}


# ------------------------------------------------------------------ around it


def test_files_readable_by_others_are_made_private(filled: Library) -> None:
    (filled.root / layout.MARKS).chmod(0o644)
    (filled.root / "papers").chmod(0o755)
    filled.cache.chmod(0o750)
    assert [one.where for one in examine(filled)] == [
        str(filled.root),
        str(filled.cache),
    ]
    repair(filled)
    assert examine(filled) == []
    assert (filled.root / "papers").stat().st_mode & 0o777 == 0o700


def test_temporary_files_of_killed_processes_are_deleted(filled: Library) -> None:
    left = [
        filled.root / ".marks.json.abc.tmp",
        filled.root / "papers" / ".x.tmp",
        filled.cache / ".index.1.tmp",
    ]
    for path in left:
        path.touch(mode=0o600)
    os.utime(left[2], (1, 1))
    assert [check for check, _ in checks(examine(filled))] == ["left"] * 3
    repair(filled)
    assert not any(path.exists() for path in left)


@pytest.mark.parametrize(
    ("tried", "is_followed", "is_reported"),
    [
        (NOW, False, True),
        ("2025-11-23T12:00:01Z", False, True),
        ("2025-11-23T12:00:00Z", False, False),
        ("2025-11-01T12:00:00Z", False, False),
        (None, False, False),
        ("2025-11-01T12:00:00Z", True, True),
        (None, True, True),
    ],
)
def test_failures_of_single_fetches_are_forgotten(
    filled: Library, tried: str | None, is_followed: bool, is_reported: bool
) -> None:
    failing = Reading("arxiv:cs.CL", error="503 from arXiv", tried=tried)
    filled.adding.add({}, state=lambda counts: Fetched(failing))
    if is_followed:
        filled.settings.follow([Followed("arxiv:cs.CL", "arxiv:cs.CL")])
    assert [one.where for one in examine(filled)] == ["arxiv:cs.CL"] * is_reported


def test_failing_sources_are_reported(filled: Library) -> None:
    failing = Reading(
        "arxiv:cs.CL",
        tried=NOW,
        error="503 from arXiv",
        since="2025-11-20T12:00:00Z",
    )
    filled.adding.add({}, state=lambda counts: Fetched(failing))
    (finding,) = examine(filled)
    assert finding.where == "arxiv:cs.CL"
    assert (
        finding.what
        == "fails since 2025-11-20: 503 from arXiv; papertrack fetch arxiv:cs.CL tries again"
    )


def test_little_free_space_is_reported(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(disk, "FREE_BYTES", 1 << 62)
    (finding,) = examine(filled)
    assert re.fullmatch(
        r"only \d+ MB are free; a write may fail, free some", finding.what
    )


def test_old_versions_of_libraries_are_reported(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(programs, "EXPAT", (99, 0, 0))
    (finding,) = examine(filled)
    assert (finding.where, finding.what[-24:]) == (
        "expat",
        " Python) to 99.0.0 or newer"[-24:],
    )


MARK = "# sum: "
CHANGED: dict[str, Callable[[str], str]] = {
    "a line more": lambda text: f"{text}alias p=papertrack\n",
    "a line at the start": lambda text: f"# mine\n{text}",
    "another word": lambda text: text.replace("old", "older"),
    "no checksum": lambda text: text.partition(MARK)[0],
    "another checksum": lambda text: text[:-2] + "-\n",
    "empty": lambda text: "",
}


def test_outdated_completions_are_regenerated(filled: Library, tmp_path: Path) -> None:
    old, new, none = (tmp_path / name for name in ("old", "new", "none"))
    text = signed("new\n", MARK)
    old.write_text(signed("old\n", MARK))
    new.write_text(text)
    scripts = dict.fromkeys((old, new, none), programs.Script(text, MARK, "install it"))
    assert checks(examine(filled, scripts)) == [("completion", str(old))]
    repair(filled, scripts)
    assert old.read_text() == text
    assert not none.exists()


@pytest.mark.parametrize("change", CHANGED)
def test_completions_that_somebody_changed_stay(
    change: str, filled: Library, tmp_path: Path
) -> None:
    path = tmp_path / "script"
    path.write_bytes(CHANGED[change](signed("old\n", MARK)).encode())
    before = path.read_bytes()
    scripts = {path: programs.Script(signed("new\n", MARK), MARK, "install it")}
    repair(filled, scripts)
    assert path.read_bytes() == before
    (finding,) = examine(filled, scripts)
    assert finding.what.endswith("changed by hand; move it away, then install it")
