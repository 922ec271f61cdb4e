"""The registry, the tables and the JSON formats."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.core.errors import UsageError
from papertrack.core.field_names import PAPER_NAMES
from papertrack.core.model import Paper
from papertrack.core.text import clean
from papertrack.exports.links import web_url
from papertrack.exports.registry import FORMATS, export, format_of
from papertrack.exports.rows import COLUMNS

FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")

lines = st.text(max_size=30).map(clean)
notes = st.none() | st.text(
    st.characters() | st.sampled_from("=+-@\n\r\t\x1b,;\"'"), max_size=30
)
drawn_papers = st.builds(
    Paper,
    id=st.just("2511.00001"),
    key=st.just("arxiv:2511.00001"),
    title=lines
    | st.sampled_from(FORMULA_STARTS).flatmap(
        lambda start: lines.map(lambda rest: clean(start + rest))
    ),
    abstract=st.none() | lines,
    authors=st.lists(lines, max_size=3).map(tuple),
    upvotes=st.none() | st.integers(0, 999),
    comments=st.none() | st.integers(0, 99),
    stars=st.none() | st.integers(0, 99),
    author_count=st.none() | st.integers(0, 99),
    version=st.none() | st.integers(1, 9),
    tags=st.lists(lines, max_size=3).map(tuple),
    starred=st.booleans(),
    note=notes,
    score=st.none() | st.floats(allow_nan=False, allow_infinity=False),
    citations=st.none() | st.integers(0, 99),
    influential=st.none() | st.integers(0, 99),
    references=st.none() | st.integers(0, 99),
    venue_year=st.none() | st.integers(1990, 2030),
)


def read_csv(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text, newline=""), strict=True))


@pytest.mark.parametrize("name", FORMATS)
def test_golden(
    name: str, papers: list[Paper], golden: Callable[[str, str], None]
) -> None:
    golden(name, export(papers, name))


def test_every_golden_is_compared() -> None:
    known = {
        *FORMATS,
        "obsidian",
        "fields.json",
        "long.markdown",
        *(
            f"{name}.markdown"
            for name in ("tag", "day", "week", "month", "source", "org", "author")
        ),
    }
    assert {
        path.name.removeprefix("golden.")
        for path in Path(__file__).parent.glob("golden.*")
    } == known


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("markdown", "# Reading list\n\n0 papers\n"),
        ("bibtex", ""),
        ("ris", ""),
        ("csl", "[]\n"),
        ("hayagriva", ""),
        ("csv", ",".join(COLUMNS) + "\r\n"),
        ("tsv", "\t".join(COLUMNS) + "\n"),
        ("json", "[]\n"),
        ("jsonl", ""),
        ("ids", ""),
    ],
)
def test_no_papers(name: str, text: str) -> None:
    assert export([], name) == text


def test_the_default_columns_are_fields() -> None:
    assert set(COLUMNS) <= set(PAPER_NAMES)


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("a.md", "markdown"),
        ("a.MARKDOWN", "markdown"),
        ("a.bib", "bibtex"),
        ("a.bibtex", "bibtex"),
        ("a.ris", "ris"),
        ("a.csl", "csl"),
        ("a.csl.json", "csl"),
        ("a.1.json", "json"),
        ("a.hayagriva.yaml", "hayagriva"),
        ("a.atom", "atom"),
        ("a.html", "html"),
        ("a.xml", "atom"),
        ("a.csv", "csv"),
        ("a.tsv", "tsv"),
        ("a.json", "json"),
        ("a.b.jsonl", "jsonl"),
        ("a.ndjson", "jsonl"),
        ("a.txt", "ids"),
    ],
)
def test_format_of(path: str, name: str) -> None:
    assert format_of(Path("x.md") / path) == name


@pytest.mark.parametrize("path", ["list", "list.xyz", ".md", "md"])
def test_format_of_no_known_suffix(path: str) -> None:
    with pytest.raises(
        UsageError,
        match=r"known: \.md, \.markdown, \.bib, .*\.txt, \.opml",
    ):
        format_of(Path(path))


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            {"format": "markdwon"},
            "unknown format markdwon; did you mean markdown?",
        ),
        (
            {"format": "csv", "fields": ["titel"]},
            "unknown field titel; did you mean title?",
        ),
        ({"format": "csv", "fields": []}, "no field is named; known: id, key"),
        (
            {"format": "markdown", "group": "year"},
            "unknown group year; known: tag, day, week",
        ),
        (
            {"format": "csv", "group": "tag"},
            "--group has no effect on csv; it works with markdown",
        ),
        (
            {"format": "bibtex", "fields": ["id"]},
            "--fields has no effect on bibtex; it works with csv, tsv, json, jsonl",
        ),
    ],
)
def test_wrong_usage(options: dict[str, Any], message: str) -> None:
    with pytest.raises(UsageError) as error:
        export([], **options)
    assert str(error.value).startswith(message)
    assert "\n" not in str(error.value)


def test_fields_are_picked_in_their_order(
    papers: list[Paper], golden: Callable[[str, str], None]
) -> None:
    assert (
        export(papers[:1], "csv", fields=["upvotes", "id"])
        == "upvotes,id\r\n94,2511.04570\r\n"
    )
    assert (
        export(papers[:1], "tsv", fields=["starred", "score"])
        == "starred\tscore\ntrue\t1.5\n"
    )
    assert (
        export(papers[:1], "jsonl", fields=["tags", "doi"])
        == '{"tags": ["nlp/kites", "to read"], "doi": null}\n'
    )
    golden("fields.json", export(papers, "json", fields=["title", "id"]))


def test_json_has_every_field_of_the_contract(papers: list[Paper]) -> None:
    assert [tuple(row) for row in json.loads(export(papers, "json"))] == [
        PAPER_NAMES
    ] * len(papers)


def test_control_characters_are_escaped_in_json() -> None:
    paper = Paper(
        id="1", key="url:1", title="t", note="a\x1b[31m\x9b\u2028\u202e\ud800é"
    )
    text = export([paper], "jsonl")
    assert '"a\\u001b[31m\\u009b\\u2028\\u202e\\ud800é"' in text
    assert json.loads(text)["note"] == paper.note


@given(st.lists(drawn_papers, max_size=3))
def test_json_round_trips(drawn: list[Paper]) -> None:
    said = [paper.as_json() for paper in drawn]
    assert json.loads(export(drawn, "json")) == said
    assert [json.loads(line) for line in export(drawn, "jsonl").splitlines()] == said


@given(st.lists(drawn_papers, max_size=3))
def test_csv_round_trips_without_formulas(drawn: list[Paper]) -> None:
    rows = read_csv(export(drawn, "csv", fields=PAPER_NAMES))
    assert [row["title"].lstrip("'") for row in rows] == [
        paper.title.lstrip("'") for paper in drawn
    ]
    for row, paper in zip(rows, drawn, strict=True):
        assert row["upvotes"] == ("" if paper.upvotes is None else str(paper.upvotes))
        texts = {name: cell for name, cell in row.items() if name != "score"}
        assert [
            name
            for name, cell in texts.items()
            if cell.lstrip().startswith(FORMULA_STARTS)
        ] == []


@given(st.lists(drawn_papers, max_size=3))
def test_tsv_has_a_line_a_paper_and_a_cell_a_field(drawn: list[Paper]) -> None:
    rows = [
        line.split("\t") for line in export(drawn, "tsv").removesuffix("\n").split("\n")
    ]
    assert [len(row) for row in rows] == [len(COLUMNS)] * (len(drawn) + 1)
    assert not any(cell.startswith(FORMULA_STARTS) for row in rows for cell in row)


def test_tables_contain_no_control_characters() -> None:
    paper = Paper(id="1", key="url:1", title="t", note="\x1b[2Ja\u202e\tb\r\n\x07c\n")
    assert read_csv(export([paper], "csv"))[0]["note"] == "[2Ja b\nc"
    assert export([paper], "tsv", fields=["note", "id"]) == "note\tid\n[2Ja b c\t1\n"


def test_hostile_titles_in_tables(hostile: str) -> None:
    paper = Paper(id="1", key="url:1", title=hostile)
    # An apostrophe of the text's own gets another one, so that an import removes one.
    risky = hostile.lstrip("' ").startswith(FORMULA_STARTS)
    expected = f"'{hostile}" if risky else hostile
    assert read_csv(export([paper], "csv"))[0]["title"] == expected
    assert export([paper], "tsv", fields=["title"]) == f"title\n{expected}\n"
    assert json.loads(export([paper], "json"))[0]["title"] == hostile


def test_exporting_changes_nothing_and_takes_any_sequence(papers: list[Paper]) -> None:
    before = [paper.as_json() for paper in papers]
    for name in FORMATS:
        assert export(tuple(papers), name) == export(papers, name)
    assert [paper.as_json() for paper in papers] == before


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://e.org/a(b)<c> d", "https://e.org/a%28b%29%3Cc%3E%20d"),
        ("HTTP://e.org/%20{}\\", "HTTP://e.org/%20%7B%7D%5C"),
        ("https://e.org/ü?q=1&r=[x]#f", "https://e.org/%C3%BC?q=1&r=%5Bx%5D#f"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("https:///x", None),
        ("https:// x", None),
        ("", None),
        (None, None),
        (" https://e.org", None),
    ],
)
def test_web_url(url: str | None, safe: str | None) -> None:
    assert web_url(url) == safe


def test_importing_the_package_imports_no_format() -> None:
    code = (
        "import sys, papertrack.exports.registry; "
        "print(sorted({'bibtexparser', 'pylatexenc', 'csv', "
        "'papertrack.exports.markdown'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    )
    assert done.stdout == "[]\n"
