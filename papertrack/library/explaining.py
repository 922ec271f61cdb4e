"""How a search finds a paper: where the words of the query are in it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from papertrack.core.errors import NotFound
from papertrack.core.identity import show
from papertrack.index import likeness
from papertrack.library.library import Library
from papertrack.library.searching import Wanted, find_papers
from papertrack.query.language import ANY_STATUS, And, words

LISTED = 100
"""The paper is looked for among the first of so many."""


class Word(NamedTuple):
    """A word or phrase of a query, the fields of the paper in which it is, and how many
    papers have it in any of them.
    """

    text: str
    fields: Sequence[str]
    papers: int


class Match(NamedTuple):
    """How a search finds a paper: the clause that was looked for, and its words.

    `place` is that in the listing, from 1; None where it is not among the first.
    `has_all` is whether the paper matches the whole clause. `score` is that by any of
    the words. `corrected` and `dropped` are those of `Found`.
    """

    words: Sequence[Word]
    has_all: bool
    place: int | None
    score: float | None
    corrected: Mapping[str, str]
    dropped: Sequence[str]


def match(library: Library, text: str, today: dt.date, key: str) -> Match:
    """How a search for `text` finds the paper with this main key.

    Raises NotFound, QueryError, UsageError.
    """
    return library.index.read(partial(_match, library, text, today, key))


def _match(library: Library, text: str, today: dt.date, key: str) -> Match:
    index = library.index
    rids = index.stored_papers([key]).rids
    if not rids:
        raise NotFound(f"unknown paper {show(key)}")
    found = find_papers(library, Wanted(text, today, LISTED))
    keys = [paper.key for paper in found.papers]
    by_word: list[Word] = []
    for term in words(found.clause):
        fields = index.query(likeness.fields_with, term, rids[0])
        if fields is not None:
            papers = index.count_matching(And((term, ANY_STATUS)))
            by_word.append(Word(term.text, fields, papers))
    return Match(
        by_word,
        key in index.keys(And((found.clause, ANY_STATUS))),
        keys.index(key) + 1 if key in keys else None,
        index.query(likeness.score, found.clause, rids[0]),
        found.corrected,
        found.dropped,
    )
