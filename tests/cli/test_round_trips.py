"""What each format carries: papers with every field are exported and imported, and the
README's table is what came back.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import re
from pathlib import Path

import pytest

from papertrack.core.field_names import PAPER_NAMES
from papertrack.exports.registry import FORMATS
from papertrack.sources.formats import READABLE
from tests.helpers.http_server import PageServer, response

README = Path(__file__).resolve().parents[2] / "README.md"
# Of the library or of a query, not of a paper.
NOT_EXPORTED = ("added", "sources", "score")
WRITE_ONLY = {"markdown", "html", "org", "hayagriva"}
"""Formats to read, print or cite from; import reads at most the ids in them."""
CARRIERS = [name for name in FORMATS if name not in WRITE_ONLY]
ARTICLE = {
    "id": "2511.00001",
    "key": "arxiv:2511.00001",
    "title": "Whistling Kettles & Tea",
    "abstract": "They sing. Loudly.",
    "summary": "Kettles sing.",
    "authors": ["Ada Quill", "Bo van der Berg"],
    "author_count": 3,
    "organization": "Tea Institute",
    "published": "2025-11-06",
    "listed": "2025-11-07",
    "updated": "2025-11-09",
    "version": 2,
    "categories": ["cs.CL", "cs.SD"],
    "keywords": ["kettles", "tea songs"],
    "upvotes": 94,
    "comments": 3,
    "github": "https://github.com/tea/kettles",
    "stars": 1200,
    "project": "https://kettles.example/",
    "doi": "10.1234/kettle.7",
    "venue": "Journal of Kettles",
    "url": "https://arxiv.org/abs/2511.00001",
    "pdf": "https://arxiv.org/pdf/2511.00001",
    "tags": ["tea/kettles", "to-read"],
    "status": "later",
    "starred": True,
    "note": "Compare *this*.\n- ask Bo",
    "comment": "12 pages, 3 figures",
    "type": "article",
    "cite_key": "quill2025whistling",
    "editors": ["Cy Lee"],
    "publisher": "Tea Press",
    "volume": "7",
    "number": "2",
    "pages": "101-119",
    "withdrawn": True,
    "citations": 50,
    "influential": 5,
    "references": 30,
    "venue_year": 2026,
}


def other(number: int, **facts: object) -> dict[str, object]:
    """A second paper, for a field that not every type of paper has."""
    paper = {
        "id": f"2511.0000{number}",
        "key": f"arxiv:2511.0000{number}",
        "title": f"Paper {number} on Kettles",
        "authors": ["Ada Quill"],
        "published": "2025",
        "url": f"https://arxiv.org/abs/2511.0000{number}",
    }
    return {**paper, **facts}


OTHERS = {
    "booktitle": other(2, type="conference-paper", booktitle="Songs of Tea"),
    "school": other(3, type="thesis", school="University of Tea"),
    "entry": other(
        4,
        type="article",
        venue="Kettles",
        cite_key="own4",
        entry=[
            "entrytype = article",
            "author = Ada Quill",
            "title = Paper 4 on {Kettles}",
            "journal = Kettles",
            "year = 2025",
            "eprint = 2511.00004",
            "archiveprefix = arXiv",
            "annotation = mine",
        ],
    ),
}
"""The fields that the article has not, and a paper with each."""


@pytest.fixture
def marks(inside, home, environment, tmp_path):
    """For each format and field `yes`, `part` or nothing, as the field came back."""
    papers = [ARTICLE, *OTHERS.values()]
    (tmp_path / "papers.json").write_text(json.dumps(papers))
    assert inside(f"import {tmp_path}/papers.json --marks", env=home).code == 0

    def in_library(env):
        stored = json.loads(inside("export --format json", env=env).out)
        return {paper["id"]: paper for paper in stored}

    before = in_library(home)
    found = {}
    for format in CARRIERS:
        fields = " --fields all" if format in ("csv", "tsv") else ""
        path = tmp_path / f"papers.{format}"
        assert inside(f"export --format {format}{fields} -o {path}", env=home).code == 0
        env = environment(tmp_path / format)
        assert inside(f"import {path} --marks", env=env).code == 0
        after = in_library(env)
        assert after.keys() == before.keys()
        found[format] = {
            name: mark(
                before[OTHERS.get(name, ARTICLE)["id"]][name],
                after[OTHERS.get(name, ARTICLE)["id"]][name],
            )
            for name in PAPER_NAMES
            if name not in NOT_EXPORTED
        }
    return found


def mark(before, after):
    assert before not in (None, [], False, "unread"), "a field to carry"
    if after == before:
        return "yes"
    return "" if after in (None, [], False, "unread") else "part"


def table(marks):
    """The marks as Markdown: equal formats share a column, equal fields a row."""
    columns: dict[tuple[str, ...], list[str]] = {}
    for format, marked in marks.items():
        columns.setdefault(tuple(marked.values()), []).append(format)
    most_first = sorted(columns, key=lambda column: -column.count("yes"))
    columns = {column: columns[column] for column in most_first}
    names = list(next(iter(marks.values())))
    rows: dict[tuple[str, ...], list[str]] = {}
    for name, *row in zip(names, *columns, strict=True):
        rows.setdefault(tuple(row), []).append(f"`{name}`")
    head = ["field", *(", ".join(formats) for formats in columns.values())]
    lines = [head, ["---"] * len(head)]
    lines += [[" ".join(names), *row] for row, names in rows.items()]
    text = "".join(f"| {' | '.join(line)} |\n" for line in lines)
    while "|  |" in text:
        text = text.replace("|  |", "| |")
    return text


def test_the_readme_shows_what_each_format_carries(marks):
    expected = table(marks)
    text = README.read_text(encoding="utf-8")
    pattern = re.compile(r"(?<=<!-- carried -->\n).*?(?=\n\n)", re.DOTALL)
    if os.environ.get("UPDATE_GOLDENS"):
        text = pattern.sub(lambda _: expected.rstrip("\n"), text)
        README.write_text(text, encoding="utf-8")
    (shown,) = pattern.findall(text)
    assert f"{shown}\n" == expected


def test_every_format_that_is_read_back_is_in_the_table():
    """`ids` are read as a text with ids; opml has no papers."""
    readable = {row.name for row in READABLE} | {"csv", "tsv", "atom", "ids"}
    assert {*CARRIERS} == {*FORMATS} & readable - {"html"}


def test_nothing_is_lost_in_json(marks):
    for format in ("json", "jsonl", "csv"):
        assert set(marks[format].values()) == {"yes"}, format


def test_a_feed_of_a_view_is_followed_by_another_reader(
    inside, desk, environment, tmp_path
):
    """A reading group: one exports a view, the others follow it."""
    path = tmp_path / "group.atom"
    export = f"export tag:tea --title Group -o {path}"
    assert (
        inside(export, env=desk, now=dt.datetime(2026, 11, 30, tzinfo=dt.UTC)).code == 0
    )
    body = path.read_bytes()
    inside(export, env=desk, now=dt.datetime(2026, 12, 24, tzinfo=dt.UTC))
    assert path.read_bytes() == body
    page = response(body, Content_Type="application/atom+xml")
    server = PageServer({"/group.atom": page})
    reader = environment(tmp_path / "reader")
    try:
        for new in (3, 0):
            ran = inside(f"fetch {server.url}/group.atom", env=reader)
            assert f": {new} new" in ran.err, ran
    finally:
        server.close()
    exported = json.loads(inside("list tag:tea --json", env=desk).out)
    fetched = json.loads(inside("list --json", env=reader).out)
    for name in ("id", "title", "abstract", "authors"):
        assert [paper[name] for paper in fetched] == [paper[name] for paper in exported]
    assert not [paper for paper in fetched if paper["tags"] or paper["note"]]
