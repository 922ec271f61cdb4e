"""K1: no record is swallowed by another, and which are one paper is no matter of order."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertrack.core.facts import Facts
from papertrack.core.identity import normalise
from papertrack.core.model import Record
from papertrack.joining.records import merge
from papertrack.joining.settle import settle
from tests.helpers.libraries import Library

NOW = "2026-01-01T00:00:00Z"
BOOK, BOTH = "doi:10.1234/book", "doi:10.1234/both"
ONE, TWO = "arxiv:2106.00001", "arxiv:2106.00002"
LINK = "url:https://e.org/changes"

Batch = tuple[str, Sequence[Facts]]


def facts(title: str, *ids: str, key: str | None = None, **more: Any) -> Facts:
    """What a source reports of a paper; `key` is its cite key."""
    return Facts(title=title, ids=ids, cite_key=key, **more)


def library(*batches: Batch) -> dict[str, Record]:
    """The records after fetching the batches one after the other."""
    records: dict[str, Record] = {}
    for source, listing in batches:
        merged = merge(records, {source: listing}, now=NOW)
        for old in set().union(*merged.origins.values()):
            del records[old]
        records.update(merged.records)
    return records


BIB, HF, FEED, DOI = "bibliography", "hf", "feed:e", "crossref"
ROE, DOE = ("Ada Roe",), ("Ben Doe",)

KINDS: list[tuple[str, list[tuple[str, Facts]], int]] = [
    (
        "two arXiv ids, one DOI",
        [(BIB, facts("Kettles I", ONE, BOTH)), (BIB, facts("Kettles II", TWO, BOTH))],
        2,
    ),
    (
        "two arXiv ids, one DOI, one title, two sources",
        [(BIB, facts("Kettles", ONE, BOTH)), (HF, facts("Kettles", TWO, BOTH))],
        2,
    ),
    (
        "chapters with the DOI of the book",
        [(BIB, facts(f"Chapter on {n}", BOOK, key=n)) for n in ("tin", "lead", "zinc")],
        3,
    ),
    (
        "chapters without cite keys",
        [(BIB, facts(f"Chapter on {n}", BOOK)) for n in ("tin", "lead", "zinc")],
        3,
    ),
    (
        "chapters, and the book from its publisher",
        [
            (BIB, facts("On tin", BOOK, key="a")),
            (BIB, facts("On lead", BOOK, key="b")),
            (DOI, facts("Metals", BOOK)),
        ],
        3,
    ),
    (
        "chapters of one title by different authors in one book",
        [
            (BIB, facts("Introduction", BOOK, key="a", authors=ROE)),
            (BIB, facts("Introduction", BOOK, key="b", authors=DOE)),
        ],
        2,
    ),
    (
        "an erratum with the DOI of the paper",
        [
            (BIB, facts("Kettles", BOTH, key="a", authors=ROE)),
            (BIB, facts("Erratum: Kettles", BOTH, key="b", authors=ROE)),
        ],
        2,
    ),
    (
        "a changelog with one link",
        [(FEED, facts(f"Release {n}", LINK, f"guid:g{n}")) for n in range(5)],
        5,
    ),
    (
        "two posts about one paper",
        [
            (FEED, facts("Review A", ONE, "guid:1")),
            (FEED, facts("Review B", ONE, "guid:2")),
        ],
        2,
    ),
    (
        "two posts about one paper, and the paper",
        [
            (FEED, facts("Review A", ONE, "guid:1")),
            (FEED, facts("Review B", ONE, "guid:2")),
            (HF, facts("Kettles", ONE)),
        ],
        3,
    ),
    (
        "control: one post about a paper joins it",
        [(FEED, facts("Review", ONE, "guid:1")), (HF, facts("Kettles", ONE))],
        1,
    ),
    (
        "control: one link and one title",
        [
            (FEED, facts("Same story", LINK, "guid:1")),
            (FEED, facts("Same story", LINK, "guid:2")),
        ],
        1,
    ),
    (
        "control: preprint and journal version with one arXiv id",
        [
            (BIB, facts("Kettles", ONE, key="pre")),
            (BIB, facts("Kettles, revised", ONE, BOTH, key="journal")),
        ],
        1,
    ),
    (
        "control: one entry with a corrected title",
        [(BIB, facts("Ketles", BOTH, key="a")), (BIB, facts("Kettles", BOTH, key="a"))],
        1,
    ),
    (
        "control: one DOI and title under two cite keys",
        [
            (BIB, facts("Kettles", BOTH, key="a")),
            (BIB, facts("Kettles", BOTH, key="b")),
        ],
        1,
    ),
    ("generic titles", [(BIB, facts("Editorial")), (HF, facts("Editorial", ONE))], 2),
    (
        "generic titles of two authors",
        [
            (BIB, facts("Preface", authors=ROE)),
            (BIB, facts("Preface", authors=DOE)),
        ],
        2,
    ),
    (
        "generic titles of one author",
        [
            (BIB, facts("Preface", authors=ROE)),
            (HF, facts("Preface", ONE, authors=ROE)),
        ],
        1,
    ),
    (
        "a title alone and a paper by another author",
        [
            (BIB, facts("On kettles", authors=ROE)),
            (HF, facts("On kettles", ONE, authors=DOE)),
        ],
        2,
    ),
    (
        "a title alone is one of two papers",
        [
            ("text", facts("On kettles")),
            (HF, facts("On kettles", ONE)),
            (DOI, facts("On kettles", BOTH)),
        ],
        2,
    ),
    (
        "one cite key in two files",
        [
            (BIB, facts("Kettles", key="roe2020")),
            (BIB, facts("Spoons", key="roe2020")),
        ],
        2,
    ),
]


@pytest.mark.parametrize(
    ("entries", "papers"), [k[1:] for k in KINDS], ids=[k[0] for k in KINDS]
)
def test_kinds(entries: list[tuple[str, Facts]], papers: int) -> None:
    outcomes = []
    for seed in range(6):
        batches = [(source, [one]) for source, one in entries]
        if seed:
            random.Random(seed).shuffle(batches)
        records = library(*batches)
        assert len(records) == papers
        assert library(*batches, *batches).keys() == records.keys()
        outcomes.append(partition(records.values()))
    assert outcomes.count(outcomes[0]) == len(outcomes)


def partition(records: Iterable[Record]) -> dict[str, set[str]]:
    """The main key of each paper, and the ids that its sources state."""
    return {
        record.key: {
            f"{source} {key}"
            for source, facts in record.said.items()
            for key in facts.get("ids", ())
        }
        for record in records
    }


@pytest.mark.parametrize(
    ("url", "key"),
    [
        ("https://e.org/log#n1", "url:https://e.org/log#n1"),
        ("https://e.org/#/post/7", "url:https://e.org#/post/7"),
        ("https://e.org/#!post", "url:https://e.org#!post"),
        ("https://e.org/log#2024-05-01", "url:https://e.org/log#2024-05-01"),
        ("https://e.org/a#comments", "url:https://e.org/a"),
        ("https://e.org/a#respond", "url:https://e.org/a"),
        ("https://e.org/a#more-123", "url:https://e.org/a"),
        ("https://e.org/a#", "url:https://e.org/a"),
        ("https://e.org/a#utm_source=rss", "url:https://e.org/a"),
        ("https://e.org/a#:~:text=kettle", "url:https://e.org/a"),
        ("https://arxiv.org/abs/2106.00001#x", "arxiv:2106.00001"),
    ],
)
def test_fragments(url: str, key: str) -> None:
    assert normalise(url) == key
    assert normalise(key) == key


# ------------------------------------------------------------------ properties

TITLES = st.sampled_from(["On tin", "On lead", "On zinc", "Introduction", "On salt"])
IDS = st.lists(
    st.sampled_from([BOOK, BOTH, LINK, "url:https://e.org/#/b"]),
    max_size=2,
    unique=True,
)
AUTHORS = st.sampled_from([(), ROE, DOE, (*ROE, *DOE)])
YEARS = st.sampled_from([None, "2020", "2021-03"])


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(TITLES, IDS, AUTHORS, YEARS), max_size=8), st.randoms())
def test_a_bibliography_never_loses_a_title(
    rows: list[tuple[str, list[str], tuple[str, ...], str | None]], order: random.Random
) -> None:
    entries = [
        facts(title, *ids, key=f"k{n}", authors=authors, published=year)
        for n, (title, ids, authors, year) in enumerate(rows)
    ]
    whole = library((BIB, entries))
    titles = {settle(record).title for record in whole.values()}
    assert titles == {title for title, *_ in rows}
    keys = [key for record in whole.values() for key in record.keys]
    assert len(keys) == len(set(keys))
    assert library((BIB, entries), (BIB, entries)) == whole
    shuffled = order.sample(entries, len(entries))
    cut = order.randint(0, len(entries))
    parts = library((BIB, shuffled[:cut]), (BIB, shuffled[cut:]))
    found = {settle(record).title for record in parts.values()}
    assert found == titles


SOURCES = ("arxiv", HF, BIB, FEED, DOI, "text")
OWN: dict[str, list[tuple[str, ...]]] = {
    "arxiv": [(ONE,), (TWO,), (ONE, BOTH)],
    HF: [(ONE,), (TWO,)],
    BIB: [(BOOK,), (BOTH,), (ONE,), ()],
    FEED: [(ONE, "guid:1"), (LINK, "guid:2"), (LINK, "guid:3")],
    DOI: [(BOOK,), (BOTH,)],
    "text": [(), (ONE,)],
}


@st.composite
def worlds(draw: st.DrawFn) -> list[tuple[str, Facts]]:
    """What several sources report, each of one paper by title, DOI, arXiv id or link."""
    world = []
    for source in SOURCES:
        if draw(st.booleans()):
            ids = draw(st.sampled_from(OWN[source]))
            said = facts(
                draw(TITLES), *ids, authors=draw(AUTHORS), published=draw(YEARS)
            )
            world.append((source, said))
    return world


@settings(max_examples=200, deadline=None)
@given(worlds(), st.randoms())
def test_sources_settle_the_same_in_any_order_and_batches(
    world: list[tuple[str, Facts]], order: random.Random
) -> None:
    def papers(batches: Sequence[tuple[str, Facts]]) -> dict[str, Any]:
        records = library(*((source, [one]) for source, one in batches))
        return {key: settle(record) for key, record in records.items()}

    expected = papers(world)
    for _ in range(3):
        assert papers(order.sample(world, len(world))) == expected


def test_the_doi_of_a_book_names_all_its_chapters(tmp_path: Path) -> None:
    stored = Library(tmp_path / "library", tmp_path / "cache", now=NOW)
    chapters = [facts(f"On {n}", BOOK, key=n) for n in ("tin", "lead")]
    stored.adding.add({BIB: chapters})
    assert len(stored.resolve("10.1234/book") or ()) == 2
