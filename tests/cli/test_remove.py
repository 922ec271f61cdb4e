"""`remove`: papers and their marks leave the library, and undo brings them back."""

import json
from pathlib import Path

import pytest

OWL, CROW, RAVEN = "2511.00001", "2511.00002", "2511.00003"


@pytest.fixture
def filled(inside, tmp_path):
    papers = [
        {"id": id, "title": title, "published": "2025-11-01", "tags": tags}
        for id, title, tags in [
            (OWL, "Owls", ["night"]),
            (CROW, "Crows", ["day"]),
            (RAVEN, "Ravens", []),
        ]
    ]
    path = tmp_path / "own.jsonl"
    path.write_text("".join(f"{json.dumps(paper)}\n" for paper in papers))
    assert inside(["import", "--marks", str(path)]).code == 0
    return path


def left(inside):
    return sorted(inside("list --format ids").out.split())


@pytest.mark.parametrize(
    ("command", "removed"),
    [
        (f"remove {OWL}", [OWL]),
        (f"rm {OWL} arXiv:{CROW}v2", [OWL, CROW]),
        (f"remove https://arxiv.org/abs/{RAVEN}", [RAVEN]),
        ("remove 'tag:night or tag:day' --yes", [OWL, CROW]),
        ("remove title:owls -y", [OWL]),
    ],
)
def test_removed_papers_are_gone_until_undo(inside, filled, command, removed):
    before = inside("export --format json").out
    ran = inside(command)
    noun = "paper" if len(removed) == 1 else "papers"
    assert ran.code == 0
    assert f"removed {len(removed)} {noun} (undo: papertrack undo)\n  " in ran.err
    assert left(inside) == sorted({OWL, CROW, RAVEN} - {*removed})
    assert inside("doctor").code == 0
    assert f"removed {len(removed)} {noun}" in inside("log").out.splitlines()[0]
    assert inside("undo").code == 0
    assert inside("export --format json").out == before
    assert inside("redo").code == 0
    assert left(inside) == sorted({OWL, CROW, RAVEN} - {*removed})


def test_a_query_is_confirmed_and_a_dry_run_removes_nothing(inside, filled):
    ran = inside("remove published:2025")
    assert (ran.code, ran.out) == (2, "")
    assert "remove 3 papers and their marks" in ran.err
    dry = inside(f"remove {OWL} --dry-run")
    assert dry.out.split("\t")[0] == OWL
    assert dry.err == "would remove 1 paper; nothing was changed\n"
    assert left(inside) == [OWL, CROW, RAVEN]
    assert inside("remove 2511.77777").code == 5


def test_a_removed_paper_is_new_again_to_a_later_import(inside, filled):
    inside(f"remove {OWL}")
    assert "1 new, 0 updated, 2 known" in inside(["import", str(filled)]).err
    assert inside(f"show {OWL} --fields tags").out.split() == [
        "[",
        "{",
        '"tags":',
        "[]",
        "}",
        "]",
    ]


def test_undo_of_an_import_reports_papers_that_stay(inside, filled, home):
    marks = Path(home["PAPERTRACK_LIBRARY"]) / "marks.json"
    tables = json.loads(marks.read_text(encoding="utf-8"))
    tables["marks"]["9"] = {"key": f"arxiv:{RAVEN}", "starred": True}
    marks.write_text(json.dumps(tables), encoding="utf-8")
    ran = inside("undo")
    assert ran.err.splitlines()[1:] == [
        "1 paper stays: marked since, or known from before; papertrack remove ID removes one"
    ]
    assert left(inside) == [RAVEN]
