"""Where the words of a query are in a paper: its title, and the best piece of its
abstract and of its note.

The index stores no text that FTS5 could highlight. The few papers on show are put into
a table of their own, spelled as the index spells them, where the same tokenizer finds
the same matches; `normalize.pieces` tells where those words are in the original text.
"""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterable, Sequence
from itertools import accumulate
from typing import NamedTuple

from papertrack.core.field_names import FULL_TEXT
from papertrack.core.model import Paper
from papertrack.query.normalize import Piece, pieces

WORDS = 24
"""How many words a piece has."""

BEFORE = 4
"""How many words stand before the first match of a piece, where there are so many."""

_COLUMNS = [field.name for field in FULL_TEXT]
_SHOWN = ("title", "abstract", "note")
_START, _END = "\x02", "\x03"

Span = tuple[int, int]
"""The start and the end of a part of a text."""


class Snippet(NamedTuple):
    """A title, and the pieces of other fields with a match; each match stands between
    \\x02 and \\x03.
    """

    title: str
    pieces: tuple[str, ...] = ()


def snippets(match: str, papers: Iterable[Paper]) -> dict[str, Snippet]:
    """Key -> snippet of the papers in which anything of `match` (in FTS5's syntax) is
    found.
    """
    db = sqlite3.connect(":memory:")
    db.execute(
        f"CREATE VIRTUAL TABLE s USING fts5 (key UNINDEXED, {', '.join(_COLUMNS)}, "
        "tokenize='porter unicode61 remove_diacritics 2')"
    )
    texts: dict[str, list[tuple[str, list[Piece]]]] = {}
    for paper in papers:
        values = [getattr(paper, name) or "" for name in _SHOWN]
        texts[paper.key] = [(text, list(pieces(text))) for text in values]
        spelled = [
            " ".join(piece.word for piece in words) for _, words in texts[paper.key]
        ]
        query = f"INSERT INTO s (key, {', '.join(_SHOWN)}) VALUES (?, ?, ?, ?)"
        db.execute(query, (paper.key, *spelled))
    numbers = [1 + _COLUMNS.index(name) for name in _SHOWN]
    marked = [f"highlight(s, {number}, '{_START}', '{_END}')" for number in numbers]
    query = f"SELECT key, {', '.join(marked)} FROM s WHERE s MATCH ?"
    return {
        key: _snippet(texts[key], highlighted)
        for key, *highlighted in db.execute(query, (match,))
    }


def _snippet(texts: list[tuple[str, list[Piece]]], highlighted: list[str]) -> Snippet:
    """A snippet of texts that are given with their words, and as FTS5
    highlights these.
    """
    spans = [
        _spans(words, marked)
        for (_, words), marked in zip(texts, highlighted, strict=True)
    ]
    (title, *others), (in_title, *in_others) = texts, spans
    shown = [
        _piece(text, matches)
        for (text, _), matches in zip(others, in_others, strict=True)
        if matches
    ]
    return Snippet(_mark(title[0], in_title), tuple(shown))


def _spans(words: Sequence[Piece], highlighted: str) -> list[Span]:
    """Where in the text the highlighted words are, in order and without overlaps."""
    inside = False
    spans: list[Span] = []
    for word, marked in zip(words, highlighted.split(), strict=True):
        if inside and spans and spans[-1][1] <= word.start:
            # One match: what stands between its words belongs to it.
            spans[-1] = (spans[-1][0], word.end)
        else:
            inside = inside or marked.startswith(_START)
            if inside and word.end:
                spans.append((word.start, word.end))
        inside = inside and not marked.endswith(_END)
    apart: list[Span] = []
    for start, end in sorted(spans):
        if apart and start <= apart[-1][1]:
            start, last = apart.pop()
            end = max(end, last)
        apart.append((start, end))
    return apart


def _mark(text: str, spans: Iterable[Span]) -> str:
    """The text with marks around these parts."""
    parts = []
    last = 0
    for start, end in spans:
        parts += [text[last:start], _START, text[start:end], _END]
        last = end
    return "".join([*parts, text[last:]])


def _piece(text: str, matches: Sequence[Span]) -> str:
    """The first piece of WORDS words with the most matches; the whole text if it is
    short.
    """
    words = [match.span() for match in re.finditer(r"\S+", text)]
    if len(words) <= WORDS:
        return _mark(text, matches)
    first = _best_start(words, matches)
    last = first + WORDS - 1
    begin, end = words[first][0], words[last][1]
    inside = [
        (max(start, begin) - begin, min(stop, end) - begin)
        for start, stop in matches
        if start < end and stop > begin
    ]
    piece = _mark(text[begin:end], inside)
    if first:
        piece = f"…{piece}"
    return piece if last + 1 == len(words) else f"{piece}…"


def _best_start(words: Sequence[Span], matches: Sequence[Span]) -> int:
    """The number of the word that the best piece starts with."""
    hits = [
        any(start < stop and begin < end for begin, stop in matches)
        for start, end in words
    ]
    sums = [0, *accumulate(hits)]
    last = len(words) - WORDS
    counts = [sums[first + WORDS] - sums[first] for first in range(last + 1)]
    best = counts.index(max(counts))
    if not counts[best]:
        return best
    # A match is easier to read with some words before it than at the very edge.
    first = max(min(hits.index(True, best) - BEFORE, last), 0)
    return first if counts[first] >= counts[best] else best
