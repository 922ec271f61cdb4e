"""`is:new`: what the last fetch added, and nothing if it brought nothing."""

import datetime as dt
import json
import shutil
from pathlib import Path

import pytest

START = dt.datetime(2025, 11, 24, 8, 30, tzinfo=dt.UTC)


@pytest.fixture
def at(inside):
    """`at(3, ARGS)` runs papertrack three days after the start."""

    def run(day, args, stdin=""):
        return inside(args, stdin, now=START + dt.timedelta(days=day))

    return run


@pytest.fixture
def rows_of(rows, tmp_path):
    """`rows_of(1, 2)`: a file of Hugging Face's API with these invented papers."""

    def write(*numbers):
        path = tmp_path / f"rows-{'-'.join(map(str, numbers))}.json"
        path.write_text(json.dumps([rows[number - 1] for number in numbers]))
        return str(path)

    return write


def ids(ran):
    assert ran.code == 0, ran
    return ran.out.split()


def new(at, day, query="is:new"):
    return ids(at(day, ["list", query, "--format", "ids"]))


ONE, TWO, THREE = "2306.90001", "2306.90002", "2306.90003"


@pytest.fixture
def library(at, rows_of):
    """A library with two papers of a first fetch, and one of a second, on day 1."""
    assert at(0, ["fetch", rows_of(1, 2)]).code == 0
    assert at(1, ["fetch", rows_of(2, 3)]).code == 0


def test_new_is_what_the_last_fetch_added(at, rows_of):
    assert new(at, 0) == []
    at(0, ["fetch", rows_of(1, 2)])
    assert sorted(new(at, 0)) == [ONE, TWO]
    at(1, ["fetch", rows_of(2, 3)])
    assert new(at, 5) == [THREE]


@pytest.mark.parametrize(
    ("args", "expected"),
    [
        ("fetch {same}", []),
        ("-q fetch {same} {same}", []),
        ("fetch {more}", ["2306.90005"]),
        ("fetch {same} {more}", ["2306.90005"]),
        ("fetch {more} --dry-run", [THREE]),
        ("import {more}", [THREE]),
        ("import {same}", [THREE]),
        ("fetch hf:2025-06-02", []),
        ("fetch http://127.0.0.1:9/feed.xml", []),
        ("fetch missing.json", [THREE]),
        ("fetch no-such-source", [THREE]),
        ("undo", []),
        ("mark read 2306.90003", [THREE]),
        ("tag add x 2306.90001", [THREE]),
        ("remove 2306.90003", []),
    ],
)
def test_what_changes_which_papers_are_new(library, at, rows_of, args, expected):
    line = args.format(same=rows_of(1, 2), more=rows_of(1, 5))
    at(2, line)
    assert new(at, 2) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("is:new", [THREE]),
        ("^is:new", [ONE, TWO]),
        ("is:new,read", [THREE]),
        ("is:new or upvotes:100..", [ONE, THREE]),
        ("is:new kettles", [THREE]),
        ("is:new ^kettles", []),
        ("@morning", [THREE]),
        ("^@morning kettles", [ONE]),
    ],
)
def test_new_in_queries_and_views(library, at, query, expected):
    at(1, "view save morning is:new")
    assert sorted(new(at, 1, query)) == expected


def test_redo_of_a_fetch_and_a_rebuilt_index(library, at, home):
    at(2, "undo")
    at(2, "redo")
    assert new(at, 2) == [THREE]
    shutil.rmtree(home["PAPERTRACK_CACHE"])
    assert new(at, 2) == [THREE]


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ({"1": START}, [ONE, TWO]),
        ({"9": START, "10": START + dt.timedelta(days=1)}, [THREE]),
        ({"1": START + dt.timedelta(days=9)}, []),
        ({}, []),
        ({"x": START}, []),
    ],
)
def test_a_library_of_an_earlier_version(library, at, home, history, expected):
    """It has only the history of its fetches."""
    desk = Path(home["PAPERTRACK_LIBRARY"], "desk.json")
    tables = json.loads(desk.read_text())
    del tables["fetched"]
    tables["history"] = {
        str(number): {"key": key, "at": f"{time:%Y-%m-%dT%H:%M:%SZ}", "targets": []}
        for number, (key, time) in enumerate(history.items(), 1)
    }
    desk.write_text(json.dumps(tables))
    assert sorted(new(at, 1)) == expected


def test_a_rule_sees_the_papers_of_its_fetch_as_new(library, at, rows_of):
    at(1, ["rule", "add", "fresh", "--if", "is:new", "--do", "tag fresh"])
    at(2, ["fetch", rows_of(1, 4)])
    at(3, ["import", rows_of(1, 5)])
    tagged = ids(at(3, "list tag:fresh --format ids"))
    assert sorted(tagged) == ["2306.90004", "2306.90005"]


@pytest.mark.parametrize(
    ("steps", "expected"),
    [
        ((("fetch", 1), ("fetch", 2)), [TWO]),
        ((("fetch", 1), ("fetch", 1)), []),
        ((("fetch", 1), ("fetch", 2), ("fetch", 1, 3)), [THREE]),
        ((("import", 1), ("fetch", 2)), [TWO]),
        ((("fetch", 1), ("import", 2)), [ONE]),
        ((("fetch", 1), ("import", 2), ("import", 3)), [ONE]),
        ((("fetch", 1), ("import", 2), ("fetch", 3)), [THREE]),
        ((("import", 1), ("import", 2)), []),
        ((("fetch", 1), ("hide", 1), ("fetch", 2)), [TWO]),
    ],
)
def test_what_is_added_within_one_second_is_distinguished(steps, expected, at, rows_of):
    """A rule sees the same papers as new, each once."""
    at(0, "rule add seen --if is:new --do 'tag seen'")
    for command, *numbers in steps:
        if command == "hide":
            assert at(0, f"hide {ONE}").code == 0
        else:
            assert at(0, [command, rows_of(*numbers)]).code == 0
        at(0, "tag remove seen tag:seen --yes")
    assert new(at, 0, "is:new (is:hidden or ^is:hidden)") == expected
    assert new(at, 0, "tag:seen") == []
