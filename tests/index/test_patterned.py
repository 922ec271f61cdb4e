"""A page of the papers that a regular expression matches is that of all matches,
wherever the search of older ones ends.
"""

from __future__ import annotations

import datetime as dt
import random
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from papertrack.core.facts import Facts
from papertrack.index import patterned
from papertrack.index.search import SearchResult
from papertrack.library.library import Library
from papertrack.query.language import parse

TODAY = dt.date(2025, 11, 24)
PAPERS = 200
QUERIES = (
    "title:/tak/",
    "title:/^zoku|run$/",
    "abstract:/zoku.*felap/",
    "abstract:/[mz]i/ is:unread",
    "author:/zoku/",
    "source:/h/ title:/o/",
    "takel title:/a.l/",
    "mibra -dorun abstract:/zoku/",
    "not title:/zoku/",
    "title:/zoku/ or abstract:/dorun/",
    "is:hidden title:/o/",
    "published:2025-03..2025-08 title:/tak/",
    "published:2025-05 abstract:/f/",
    "title:/nothing/",
    "tag:a title:/e/",
)
WORDS = ("zoku", "mibra", "takel", "dorun", "felap")


@pytest.fixture(scope="module")
def library() -> Iterator[Library]:
    dice = random.Random(11)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        library = Library(
            folder / "library", folder / "cache", now="2025-11-24T12:00:00Z"
        )
        library.adding.add({"hf": [_facts(dice, n) for n in range(PAPERS)]})
        keys = [paper.key for paper in library.index.all_papers()]
        for changes in ({"status": "hidden"}, {"status": "read"}, {"tags": ("a",)}):
            library.marking.mark(
                dice.sample(keys, k=PAPERS // 4),
                lambda mark, changes=changes: mark._replace(**changes),
                what=str,
            )
        yield library
        library.index.close()


def _facts(dice: random.Random, number: int) -> Facts:
    return Facts(
        title=" ".join(dice.choices(WORDS, k=3)),
        ids=(f"arxiv:2501.{number:05}",),
        abstract=" ".join(dice.choices(WORDS, k=dice.choice((0, 4, 50)))) or None,
        authors=tuple(dice.sample(("A. Zoku", "B. Mibra"), k=1)),
        # Few days, so that many papers are of one.
        published=f"2025-{dice.randint(1, 9):02}-0{dice.randint(1, 2)}",
        upvotes=dice.choice((None, 1, 3, 9)),
    )


def found(library: Library, query: str, **options: Any) -> SearchResult:
    return library.index.search(parse(query, TODAY), **options)


@pytest.mark.parametrize("enough", [0, 60, patterned.ENOUGH])
@pytest.mark.parametrize("query", QUERIES)
def test_a_page_is_the_beginning_of_all_matches(
    library: Library, monkeypatch: pytest.MonkeyPatch, query: str, enough: int
) -> None:
    monkeypatch.setattr(patterned, "ENOUGH", enough)
    for sort in ("date", "relevance", "date,upvotes"):
        for reverse in (False, True):
            every = found(library, query, sort=sort, reverse=reverse)
            for limit in (1, 7, 30, PAPERS):
                page = found(library, query, sort=sort, reverse=reverse, limit=limit)
                assert page.papers == every.papers[:limit], (sort, reverse, limit)
                assert page.hidden == every.hidden
                if not page.more:
                    assert page.total == every.total
                assert len(page.papers) <= page.total <= every.total


def test_little_more_is_looked_at_than_a_page_needs(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(patterned, "ENOUGH", 20)
    page = found(library, "title:/zoku/", limit=2)
    assert page.more
    assert library.index.patterns.work < PAPERS / 2


def test_a_small_library_is_counted_to_its_end(library: Library) -> None:
    page = found(library, "title:/zoku/", limit=2)
    assert (page.total, page.more) == (
        len(found(library, "title:/zoku/").papers),
        False,
    )
