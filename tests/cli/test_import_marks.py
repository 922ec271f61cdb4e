"""`import --marks`: the marks in an export, and a bibliography's keywords as tags."""

from __future__ import annotations

import json

OWL = {"id": "2511.00001", "title": "Owls", "published": "2025-11-01"}
MARKS = {"tags": ["night"], "status": "later", "starred": True, "note": "Read\ntwice"}
COLUMNS = ["list", "--columns", "title,tags,status,starred,note"]


def write(path, *papers):
    path.write_text("".join(json.dumps(paper) + "\n" for paper in papers))
    return str(path)


def test_marks_of_an_export_are_imported_and_undone_as_one_step(inside, tmp_path):
    other = {"id": "2511.00002", "title": "Crows", "tags": ["day"]}
    path = write(tmp_path / "own.jsonl", {**OWL, **MARKS}, other)
    ran = inside(["import", "--marks", path])
    assert (ran.code, ran.err) == (0, f"{path}: 2 new, 0 updated, 0 known, 2 marked\n")
    shown = ["Owls\tnight\tlater\tyes\tRead twice", "Crows\tday\tunread\tno\t"]
    assert sorted(inside(COLUMNS).out.splitlines()) == sorted(shown)
    assert "imported the marks of 2 papers" in inside("log").out
    assert inside("undo").code == 0
    assert inside(COLUMNS).out == ""
    assert inside("redo").code == 0
    assert sorted(inside(COLUMNS).out.splitlines()) == sorted(shown)


def test_without_the_option_the_report_names_it(inside, tmp_path):
    path = write(tmp_path / "own.jsonl", {**OWL, **MARKS})
    ran = inside(["import", path])
    assert "were not imported; import --marks does that" in ran.err
    assert inside(COLUMNS).out == "Owls\t\tunread\tno\t\n"


def test_what_the_reader_marked_stays(inside, tmp_path):
    path = write(tmp_path / "own.jsonl", {**OWL, **MARKS})
    inside(["import", path])
    inside("mark read 2511.00001")
    inside("note 2511.00001 mine")
    inside("tag add birds 2511.00001")
    inside(["import", "--marks", path])
    assert inside(COLUMNS).out == "Owls\tbirds; night\tread\tyes\tmine\n"


def test_rules_see_the_imported_marks(inside, tmp_path):
    inside(["rule", "add", "night", "--if", "tag:night", "--do", "tag seen"])
    path = write(tmp_path / "own.jsonl", {**OWL, **MARKS})
    inside(["import", "--marks", path])
    assert inside("list --columns tags").out == "night; seen\n"
    inside("undo")
    assert inside("list --columns tags").out == ""
    inside(["import", path])
    assert inside("list --columns tags").out == "\n"


def test_keywords_of_a_bibliography_become_tags(inside, tmp_path):
    path = tmp_path / "a.bib"
    path.write_text(
        "@book{a, title={Owls}, year=2020, keywords={Deep Learning, nlp, NLP, (x)}}"
    )
    inside(["import", str(path)])
    assert inside("list --columns tags,keywords").out == (
        "\tDeep Learning; nlp; NLP; (x)\n"
    )
    inside(["import", "--marks", str(path)])
    assert inside("list --columns tags").out == "Deep-Learning; nlp; x\n"


def test_a_dry_run_marks_nothing(inside, tmp_path):
    path = write(tmp_path / "own.jsonl", {**OWL, **MARKS})
    inside(["import", "--marks", "--dry-run", path])
    assert inside("log").out == ""
