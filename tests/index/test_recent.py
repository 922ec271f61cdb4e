"""The full text of the newest papers, once more: it has their words whatever changes,
and searches find by it what they find without it.
"""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertrack.core.facts import Facts
from papertrack.index import finding, recent, relevance, search
from papertrack.index.index import Index
from papertrack.index.search import SearchResult
from papertrack.library.library import Library
from papertrack.query.language import parse
from tests.helpers import libraries
from tests.index.test_index import STEPS, Step, take

TODAY = dt.date(2025, 11, 24)
Make = Callable[..., Facts]
SMALL = {"LIBRARY": 6, "NEWEST": 4, "FEWEST": 3, "MOST": 7}


def _has_right_words(index: Index) -> bool:
    """Whether `recent` has each word of the newest papers, and where it is."""
    first, papers = index.meta.recent, index.meta.recent_papers
    if first is None:
        return index.meta.papers < SMALL["LIBRARY"] and papers == 0
    places = []
    for table in ("fts", "recent"):
        index.db.execute(
            f"CREATE VIRTUAL TABLE temp.{table}_words "
            f"USING fts5vocab (main, {table}, 'instance')"
        )
        rows = index.db.execute(f"SELECT * FROM temp.{table}_words").fetchall()
        places.append({row for row in rows if row[1] >= first})
    query = "SELECT count(*) FROM paper WHERE rid >= ?"
    (newest,) = index.db.execute(query, (first,)).fetchone()
    return places[0] == places[1] and newest == papers <= SMALL["MOST"]


@settings(max_examples=25)
@given(st.lists(st.sampled_from(STEPS), max_size=8), st.integers(0, 10**6))
def test_it_has_the_words_of_the_newest_papers(steps: list[Step], seed: int) -> None:
    dice = random.Random(seed)
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as name:
        for constant, value in SMALL.items():
            patch.setattr(recent, constant, value)
        folder = Path(name)
        for number, step in enumerate([take, take, *steps]):
            now = f"2025-11-{1 + number:02}T12:00:00Z"
            library = libraries.Library(folder / "library", folder / "cache", now=now)
            step(library, dice)
            library.index.refresh()
            assert _has_right_words(library.index)
            library.index.close()


# ------------------------------------------------------------------ searches

TITLES = ("Zoku", "Zoku mibra", "Takel zoku", "Mibra zoku takel", "Dorun", "Zoku dorun")


class Two(NamedTuple):
    """The same papers in a library with the table, and in one without."""

    with_recent: Library
    without: Library

    def found(self, query: str, limit: int | None = None) -> list[SearchResult]:
        """What both find, best first."""
        clause = parse(query, TODAY)
        return [
            library.index.search(clause, sort="relevance", limit=limit)
            for library in self
        ]


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    """Forty papers, of which the newest twenty are in the table."""
    root = tmp_path_factory.mktemp("two")
    dice = random.Random(3)
    papers = [
        Facts(
            title=f"{dice.choice(TITLES)} {number}",
            abstract=" ".join(dice.choices(("zoku", "mibra", "felap", "dorun"), k=9)),
            ids=(f"arxiv:2511.{number:05}",),
            listed=f"2025-11-{1 + number // 2:02}",
        )
        for number in range(40)
    ]
    with pytest.MonkeyPatch.context() as patch:
        made = []
        for least in (30, 1000):
            patch.setattr(recent, "LIBRARY", least)
            patch.setattr(recent, "NEWEST", 20)
            patch.setattr(recent, "FEWEST", 5)
            made.append(Library(root / f"{least}", root / f"c{least}", now=TIME))
            made[-1].adding.add({"hf": papers})
        patch.setattr(relevance, "RANKED", 5)
        patch.setattr(search, "RANKED", 5)
        both = Two(*made)
        assert both.with_recent.index.meta.recent_papers == 20
        assert both.without.index.meta.recent is None
        yield both
        for library in both:
            library.close()


TIME = "2025-11-24T12:00:00Z"


@pytest.mark.parametrize("limit", [1, 3, 5, 8, 30, None])
@pytest.mark.parametrize("query", ["zoku", "title:dorun", "mibra*", "takel", "felap"])
def test_one_word_finds_the_same_in_the_same_order(
    two: Two, query: str, limit: int | None
) -> None:
    with_recent, without = two.found(query, limit)
    assert with_recent.papers == tuple(
        paper._replace(score=mine.score)
        for paper, mine in zip(without.papers, with_recent.papers, strict=True)
    )
    assert with_recent[1:] == without[1:]


@pytest.mark.parametrize(
    "query",
    [
        *("zoku mibra", "zoku felap -dorun", "title:takel zoku", "zoku or nosuch"),
        *("zoku listed:2025-11-03..2025-11-08", "felap listed:..2025-11-12", "nosuch"),
        *("zoku score:0.01..", '"mibra zoku"', "not zoku", '"zoku nosuch"'),
    ],
)
def test_all_matches_are_the_same(two: Two, query: str) -> None:
    with_recent, without = two.found(query)
    ids = [{paper.id for paper in found.papers} for found in (with_recent, without)]
    assert ids[0] == ids[1]
    assert with_recent[1:] == without[1:]


PHRASE = '"mibra dorun"'


def test_a_phrase_of_common_words_is_ranked_in_the_newest_papers(two: Two) -> None:
    found, everything = two.found(PHRASE, 2)
    newest = len(two.found(f"{PHRASE} listed:2025-11-11..", 20)[1].papers)
    assert 2 < newest < 5
    assert newest < everything.total
    assert (found.total, found.more, found.ranked) == (newest, True, newest)
    assert min(paper.listed or "" for paper in found.papers) >= "2025-11-11"


def test_two_common_words_are_ranked_in_the_newest_papers_and_counted_in_all(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    query = "title:dorun title:zoku"
    monkeypatch.setattr(search, "ENOUGH", 1)
    found, everything = two.found(query, 2)
    newest = two.found(f"{query} listed:2025-11-11..", 20)[1].papers
    assert 2 < len(newest) < 5
    assert (found.total, found.more) == (everything.total, False)
    assert found.ranked == len(newest) < everything.total
    assert {paper.id for paper in found.papers} <= {paper.id for paper in newest}
    monkeypatch.setattr(search, "COUNTED", everything.total - 1)
    found = two.found(query, 2)[0]
    assert (found.total, found.more) == (everything.total - 1, True)


def test_a_page_that_needs_older_papers_has_them(two: Two) -> None:
    with_recent, without = two.found(PHRASE, 12)
    assert with_recent.total == without.total
    assert len(with_recent.papers) == len(without.papers)


def test_common_words_are_looked_for_among_the_newest(
    two: Two, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(finding, "COUNTED", 3)
    monkeypatch.setattr(finding, "NEWEST", 10)
    from papertrack.library.searching import Wanted, find_papers

    for library in two:
        found = find_papers(library, Wanted("mibra nosuch dorun zqx", TODAY, 30))
        days = [paper.listed or "" for paper in found.others]
        assert min(days) >= "2025-11-16"
