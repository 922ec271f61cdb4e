"""Of many targets those with problems have a line each, the others one together."""

import json

import pytest

FEW = 5
ENTRY = "@article{{k{0}, title={{The {0}th kettle}}, eprint={{2501.{0:05}}}}}\n"
BROKEN = "@article{k, title={No end"
TWICE = "tags, status, stars and notes of 1 paper were not imported"


@pytest.fixture
def files(tmp_path):
    """Makes so many files to import, some of them broken."""

    def make(count, broken=()):
        paths = []
        for number in range(1, count + 1):
            path = tmp_path / f"file{number}.bib"
            path.write_text(BROKEN if number in broken else ENTRY.format(number))
            paths.append(str(path))
        return paths

    return make


@pytest.mark.parametrize("count", [1, 2, FEW])
def test_few_targets_have_a_line_each(count, papertrack, files):
    paths = files(count)
    ran = papertrack(["import", *paths])
    lines = [f"{path}: 1 new, 0 updated, 0 known" for path in paths]
    assert (ran.code, ran.err.splitlines()) == (0, lines)


@pytest.mark.parametrize("count", [FEW + 1, 12, 40])
def test_many_targets_have_one_line(count, papertrack, files):
    ran = papertrack(["import", *files(count)])
    line = f"{count} targets: {count} new, 0 updated, 0 known; -v lists each"
    assert (ran.code, ran.err.splitlines()) == (0, [line])


@pytest.mark.parametrize("broken", [(1,), (9,), (2, 5), (1, 2, 3, 4, 5, 6, 7, 8)])
def test_of_many_those_with_problems_are_listed(broken, papertrack, files):
    paths = files(9, broken)
    ran = papertrack(["import", *paths])
    named = [paths[number - 1] for number in broken]
    *lines, summary = ran.err.partition("; -v lists each")[0].splitlines()
    assert ran.code == 3
    assert lines == [f"{path}: 0 new, 0 updated, 0 known, 1 failed" for path in named]
    new, failed = 9 - len(broken), len(broken)
    assert summary == f"9 targets: {new} new, 0 updated, 0 known, {failed} failed"
    assert f"{named[-1]}, line 1: " in ran.err.splitlines()[-1]


def test_all_broken_is_a_failure(papertrack, files):
    assert papertrack(["import", *files(7, range(8))]).code == 1


def test_verbose_lists_all(papertrack, files):
    paths = files(8)
    ran = papertrack(["-v", "import", *paths])
    lines = [f"{path}: 1 new, 0 updated, 0 known" for path in paths]
    assert ran.err.splitlines() == [*lines, "8 targets: 8 new, 0 updated, 0 known"]


def test_json_has_all_and_quiet_none(papertrack, files):
    paths = files(7, [3])
    ran = papertrack(["-q", "import", "--json", *paths])
    assert [report["target"] for report in json.loads(ran.out)] == paths
    assert ran.err.count("\n") == 1


def test_notes_of_many_are_shown_once_each(papertrack, tmp_path):
    paths = []
    for number in range(8):
        path = tmp_path / f"{number}.jsonl"
        day = f"2025-11-0{number + 1}"
        paper = {
            "id": f"2511.0000{number}",
            "title": f"Owl {number}",
            "published": day,
            "tags": ["tea"],
            "status": "later",
        }
        path.write_text(json.dumps(paper) + "\n")
        paths.append(str(path))
    ran = papertrack(["import", *paths])
    _, *notes = ran.err.splitlines()
    assert len(notes) == 1
    assert TWICE in notes[0]
    assert notes[0].endswith("(8 targets)")


def test_a_dry_run_is_named_in_the_summary(papertrack, files):
    ran = papertrack(["import", "--dry-run", *files(6)])
    assert "6 new, 0 updated, 0 known (dry run); " in ran.err
