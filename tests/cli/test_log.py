"""`log`, `undo N`, `redo`, and `--dry-run` of everything that writes."""

import json
import shutil
from pathlib import Path

import pytest

ONE, TWO, THREE, FIVE = "2306.90001", "2306.90002", "2306.90003", "2306.90005"


@pytest.fixture(autouse=True)
def _filled(desk, home):
    """A library of its own with the invented papers, without marks."""
    shutil.copytree(
        f"{desk['PAPERTRACK_LIBRARY']}/papers", f"{home['PAPERTRACK_LIBRARY']}/papers"
    )


def contents(home):
    paths = Path(home["PAPERTRACK_LIBRARY"]).rglob("*.json")
    return {
        path.name: path.read_bytes() for path in paths if path.parent.name != "backups"
    }


def said(home):
    """Marks, views and feeds, whatever numbers their documents have."""
    root = Path(home["PAPERTRACK_LIBRARY"])
    tables = [
        json.loads((root / name).read_text())
        for name in ("marks.json", "desk.json")
        if (root / name).exists()
    ]
    names = ("marks", "views", "feeds", "rules")
    found = [
        (name, doc["key"], doc)
        for one in tables
        for name in names
        for doc in one.get(name, {}).values()
    ]
    return sorted(found, key=str)


WRITES = [
    f"tag add tea,pots {ONE} {TWO}",
    "view save v tag:tea",
    f"mark later {ONE}",
    f"note {ONE} hello",
    "feed add hf:trending",
    f"star {TWO} {THREE}",
    "tag rename tea chai",
    "rule add r --if @v --do star",
    f"tag remove pots {ONE}",
    "view save v tag:chai",
    "rule remove r",
    "mark hidden tag:chai --yes",
    "feed remove hf",
]


def test_undo_and_redo_of_many(inside, home):
    states = [said(home)]
    for write in WRITES:
        assert inside(write).code == 0
        states.append(said(home))
    assert inside("undo 5").err.splitlines() == [
        "undone: no longer followed hf",
        "undone: marked 2 papers hidden",
        "undone: removed the rule r",
        "undone: saved the view @v",
        "undone: took pots off 1 paper",
    ]
    assert said(home) == states[-6]
    assert inside("undo").err == "undone: added the rule r\n"
    assert said(home) == states[-7]
    assert inside("redo").err == "redone: added the rule r\n"
    assert said(home) == states[-6]
    assert inside("redo").err == "redone: 5 steps\n"
    assert said(home) == states[-1]
    assert inside("redo").err == "nothing to redo\n"
    assert inside("undo 99").err.splitlines()[-1] == "nothing more to undo"
    assert said(home) == states[0]
    assert inside("undo") == (0, "", "nothing to undo\n")
    assert (
        inside("redo 2").err == f"redone: {len(WRITES)} steps\nnothing more to redo\n"
    )
    assert said(home) == states[-1]


def test_redo_does_not_overwrite_newer_changes(inside):
    for write in (f"star {ONE}", f"star {TWO}"):
        inside(write)
    inside("undo 2")
    inside(f"mark read {ONE}")
    assert inside("redo").err == "nothing to redo\n"
    inside("undo")
    assert inside("redo").err == "redone: marked 1 paper read\n"
    assert inside("log").out.splitlines()[-1].split("\t")[3:] == [
        "yes",
        "starred 1 paper",
    ]


def test_undo_and_redo_in_any_order_have_one_history(inside, home):
    for write in (f"star {ONE}", f"star {TWO}", f"star {THREE}"):
        inside(write)
    for command in ("undo", "undo", "redo", "undo", "redo", "redo", "undo"):
        inside(command)
    assert [doc["key"][-5:] for _, _, doc in said(home)] == ["90001", "90002"]
    assert [
        line.split("\t")[3] for line in inside("log --all").out.splitlines()[-3:]
    ] == ["yes", "no", "no"]


def test_the_log(inside, home, terminal, golden):
    assert inside("log") == (0, "", "nothing was changed yet\n")
    for write in WRITES[:6]:
        inside(write)
    inside("undo 2")
    inside("redo")
    inside("undo")
    ran = inside("log")
    assert ran.err == "9 steps\n"
    golden("log.piped", ran.out + inside("log --json -n 4").out)
    assert inside("log -n 2").err == "2 of 9 steps; -n N or --all shows more\n"
    golden("log.60", terminal("log", 60).text)
    assert inside("undo 3 --dry-run").err.splitlines() == [
        "would undo: followed hf:trending",
        "would undo: wrote a note on 1 paper",
        "would undo: marked 1 paper later",
    ]
    assert inside("undo 3").err.splitlines()[2] == "undone: marked 1 paper later"


def test_dry_runs_report_the_change_and_write_nothing(inside, home):
    inside(f"tag add tea {ONE} {THREE}")
    inside("view save v tag:tea")
    inside("feed add hf:trending")
    inside("rule add r --if tag:tea --do star")
    before = contents(home)
    kettles = "2306.90001\t2023-06-05\tTeaching Kettles to Whistle in Tune\t"
    for args, changes, message in [
        (
            f"tag add tea,x {ONE} {TWO}",
            "+x|+tea; +x",
            "would tag 2 papers, of 2 selected",
        ),
        ("tag remove tea tag:tea", "-tea|-tea", "would untag 2 papers, of 2 selected"),
        (
            "tag rename tea chai",
            "+chai; -tea|+chai; -tea",
            "would have renamed tea to chai on 2 papers",
        ),
        (
            "mark hidden upvotes:1..",
            "hidden|" * 4 + "hidden",
            "would mark 5 papers as hidden, of 5 selected",
        ),
        (f"mark unread {ONE}", "", "already up to date; nothing changed"),
        (f"star {ONE}", "starred", "would star 1 paper, of 1 selected"),
        (f"unstar {ONE}", "", "already up to date; nothing changed"),
        (
            f"note {ONE} hello",
            "note",
            "would change the note of 1 paper, of 1 selected",
        ),
        ("rule apply", "starred|starred", "would change 2 papers: starred 2"),
        ("view remove v", "", "would remove @v"),
        ("feed remove hf", "", "would unfollow hf"),
        ("rule remove r", "", "would remove the rule r"),
    ]:
        ran = inside(f"{args} --dry-run")
        assert ran.code == 0
        assert ran.err == (
            f"{message}\n"
            if message.startswith("already")
            else f"{message}; nothing was changed\n"
        )
        lines = ran.out.splitlines()
        assert sorted(line.split("\t")[-1] for line in lines) == sorted(
            changes.split("|") if changes else []
        )
        assert f"{ONE}\t" not in ran.out or kettles in ran.out
        assert contents(home) == before, args


def test_a_process_killed_between_the_log_and_the_marks_leaves_both_right(inside, home):
    """The step is on disk, the marks are as they were: the log is right."""
    marks = Path(home["PAPERTRACK_LIBRARY"]) / "marks.json"
    inside(f"tag add x {TWO}")
    without = marks.read_bytes()
    inside(f"star {ONE}")
    starred = marks.read_bytes()
    marks.write_bytes(without)
    assert [line.split("\t")[4] for line in inside("log").out.splitlines()] == [
        "tagged 1 paper with x"
    ]
    inside(f"star {ONE}")
    assert marks.read_bytes() == starred
    inside("undo")
    marks.write_bytes(starred)
    assert next(line.split("\t")[3:] for line in inside("log").out.splitlines()) == [
        "no",
        "starred 1 paper",
    ]
    assert inside("undo").err == "undone: starred 1 paper\n"
    assert marks.read_bytes() == without
    assert inside("redo").code == 0
    assert marks.read_bytes() == starred
    assert len(inside("log").out.splitlines()) == 4


def test_a_step_of_many_papers_has_its_own_file(inside, home, rows):
    """desk.json remains small; undo and redo read the file, which is deleted with its
    step.
    """
    root = Path(home["PAPERTRACK_LIBRARY"])
    many = [json.loads(json.dumps(rows[1])) for _ in range(60)]
    for number, row in enumerate(many):
        row["paper"]["id"] = f"2401.{number:05}"
    (root / "many.json").write_text(json.dumps(many))
    inside(["import", str(root / "many.json")])
    (root / "many.json").unlink()
    inside(f"tag add pots {ONE}")
    before = said(home)
    assert (
        inside("tag add tea,pots id:2401* --yes").err
        == "tagged 60 papers with tea, pots (undo: papertrack undo)\n"
    )
    after = said(home)
    imported, file = sorted((root / "undo").iterdir())
    assert len((root / "desk.json").read_bytes()) < 1500
    assert imported.stat().st_mode & 0o077 == 0
    assert file.stat().st_mode & 0o077 == 0
    assert inside("undo").code == 0
    assert said(home) == before
    inside("redo")
    assert said(home) == after
    inside(f"star {ONE}")
    file.unlink()
    inside("undo")
    missing = inside("undo")
    assert missing.code == 1
    assert missing.err.startswith(f"papertrack: {file} is missing")
    assert said(home) == after
