"""What a line may mean, in any library: properties of a search."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertrack.core.errors import NotFound, QueryError, UsageError
from papertrack.core.facts import Facts
from papertrack.core.identity import normalise
from papertrack.index.finding import Found
from papertrack.library.library import Library
from papertrack.library.searching import Wanted, find_papers

TODAY = dt.date(2025, 11, 24)
PIECES = (
    *("zoku", "mibra", "takel", "felap", "pre-training", "GPT-4", "café", "大規模"),
    *("the", "of", "not", "or", "and", "Not", "NOT", "AND"),
    *("title:", "note:", "zoku:", "is:", "(", ")", '"', "--", "^", "*", "@", "@zoku"),
    *("[/red]", "\x1b[31m", "<b>", "'; DROP", "🔥", "$x$", "author:zoku", "NEAR(a"),
)
TITLES = st.lists(st.sampled_from(PIECES), min_size=3, max_size=8).map(" ".join)
ABSTRACTS = st.lists(st.sampled_from(PIECES), max_size=12).map(" ".join)


def library_of(folder: Path, papers: list[tuple[str, str]]) -> Library:
    """A library with papers of these titles and abstracts, numbered from 0."""
    library = Library(folder / "library", folder / "cache", now="2025-11-24T12:00:00Z")
    facts = []
    for number, (title, abstract) in enumerate(papers):
        key = normalise(f"2511.{number:05}")
        assert key
        facts.append(Facts(title=title, ids=(key,), abstract=abstract))
    library.adding.add({"hf": facts})
    return library


def found(library: Library, text: str, limit: int = 30) -> Found:
    return find_papers(library, Wanted(text, TODAY, limit))


@settings(max_examples=25)
@given(st.lists(st.tuples(TITLES, ABSTRACTS), min_size=1, max_size=6))
def test_a_title_finds_its_paper_first(papers: list[tuple[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as name:
        library = library_of(Path(name), papers)
        for paper in library.index.all_papers():
            if not any(char.isalpha() for char in paper.title):
                continue
            first = found(library, paper.title).papers[0]
            assert library.index.titled(first.title) == library.index.titled(
                paper.title
            )
        library.close()


@pytest.mark.parametrize(
    "title",
    ["zoku @zoku", "@zoku mibra", "zoku:", "author: zoku", "(zoku", "mibra is:read"],
)
def test_a_title_that_finds_nothing_as_a_query_is_a_title(
    title: str, tmp_path: Path
) -> None:
    library = library_of(tmp_path, [("mibra", ""), (title, "")])
    assert found(library, title).papers[0].title == title
    library.close()


@settings(max_examples=25)
@given(
    st.lists(st.tuples(TITLES, ABSTRACTS), min_size=1, max_size=6),
    st.one_of(TITLES, st.text(max_size=30)),
    st.integers(1, 5),
)
def test_a_search_is_bounded_repeatable_and_never_fails_otherwise(
    papers: list[tuple[str, str]], text: str, limit: int
) -> None:
    with tempfile.TemporaryDirectory() as name:
        library = library_of(Path(name), papers)
        try:
            result = found(library, text, limit)
        except (QueryError, NotFound, UsageError):
            # A mistake in a query with fields, or a view that does not exist.
            assert any(sign in text for sign in ":@^")
        else:
            keys = [paper.key for paper in result.papers]
            assert len(keys) <= limit
            assert len(keys) == len(set(keys))
            assert found(library, text, limit) == result
        library.close()


@settings(max_examples=15)
@given(st.lists(st.tuples(TITLES, ABSTRACTS), min_size=2, max_size=6), TITLES)
def test_papers_with_all_the_words_come_first(
    papers: list[tuple[str, str]], text: str
) -> None:
    with tempfile.TemporaryDirectory() as name:
        library = library_of(Path(name), papers)
        words = " ".join(word for word in text.split() if word.isalpha())
        result = found(library, words)
        strict = library.index.search(result.clause, sort="relevance")
        assert {paper.key for paper in result.result.papers} == {
            paper.key for paper in strict.papers
        }
        library.close()
