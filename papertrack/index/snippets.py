"""Where the words of a query are in a paper: its title, and the best piece of its abstract and of its note.

The index keeps no text that FTS5 could highlight. The few papers on show are put into a table of their own,
spelled as the index spells them, where the same tokenizer finds the same matches; `spelling.pieces` tells where
those words stand in the text as it is read.
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

_NAMES = [field.name for field in FULL_TEXT]
_SHOWN = ("title", "abstract", "note")
_FROM, _TO = "\x02", "\x03"


class Snippet(NamedTuple):
    """A title, and the pieces of other fields that a match is in; what matches stands between \\x02 and \\x03."""

    title: str
    pieces: tuple[str, ...] = ()


def snippets(match: str, papers: Iterable[Paper]) -> dict[str, Snippet]:
    """Key -> snippet of the papers in which something of `match` (in FTS5's syntax) is found."""
    held = {paper.key: paper for paper in papers}
    spelled = {
        key: [list(pieces(getattr(paper, name) or "")) for name in _SHOWN]
        for key, paper in held.items()
    }
    db = sqlite3.connect(":memory:")
    db.execute(
        f"CREATE VIRTUAL TABLE s USING fts5 (key UNINDEXED, {', '.join(_NAMES)}, "
        "tokenize='porter unicode61 remove_diacritics 2')"
    )
    rows = (
        (key, *(" ".join([word for word, _, _ in field]) for field in fields))
        for key, fields in spelled.items()
    )
    db.executemany(
        f"INSERT INTO s (key, {', '.join(_SHOWN)}) VALUES (?, ?, ?, ?)", rows
    )
    columns = ", ".join(
        f"highlight(s, {1 + _NAMES.index(name)}, '{_FROM}', '{_TO}')" for name in _SHOWN
    )
    found: dict[str, Snippet] = {}
    for key, *marked in db.execute(
        f"SELECT key, {columns} FROM s WHERE s MATCH ?", (match,)
    ):
        title, *others = (
            (
                getattr(held[key], name) or "",
                _places(field, text) if _FROM in text else [],
            )
            for name, field, text in zip(_SHOWN, spelled[key], marked, strict=True)
        )
        found[key] = Snippet(
            _marked(*title),
            tuple(_piece(text, places) for text, places in others if places),
        )
    return found


def _places(field: Sequence[Piece], marked: str) -> list[tuple[int, int]]:
    """Where in the text the words stand that FTS5 set off, apart and in order."""
    inside = False
    places: list[tuple[int, int]] = []
    for piece, word in zip(field, marked.split(), strict=True):
        if inside and places and places[-1][1] <= piece.start:
            places[-1] = (
                places[-1][0],
                piece.end,
            )  # one match: what stands between its words belongs to it
        elif (inside := inside or word.startswith(_FROM)) and piece.end:
            places.append((piece.start, piece.end))
        inside = inside and not word.endswith(_TO)
    apart: list[tuple[int, int]] = []
    for start, end in sorted(places):
        if apart and start <= apart[-1][1]:
            start, end = apart[-1][0], max(end, apart.pop()[1])
        apart.append((start, end))
    return apart


def _marked(text: str, places: Sequence[tuple[int, int]]) -> str:
    parts, at = [], 0
    for start, end in places:
        parts += [text[at:start], _FROM, text[start:end], _TO]
        at = end
    return "".join([*parts, text[at:]])


def _piece(text: str, places: Sequence[tuple[int, int]]) -> str:
    """The piece of at most WORDS words that holds the most matches, the first of these; whole where it fits."""
    words = [match.span() for match in re.finditer(r"\S+", text)]
    marked = _marked(text, places)
    if len(words) <= WORDS:
        return marked
    hits = [
        any(start < end_ and begin < end for begin, end_ in places)
        for start, end in words
    ]
    last = len(words) - WORDS
    sums = [0, *accumulate(hits)]
    counts = [sums[first + WORDS] - sums[first] for first in range(last + 1)]
    best = counts.index(max(counts))
    # A match stands better with some words before it than at the very edge.
    first = max(min(hits.index(True, best) - 4, last), 0) if counts[best] else 0
    first = first if counts[first] >= counts[best] else best
    begin, end = words[first][0], words[first + WORDS - 1][1]
    inside = [
        (max(start, begin), min(stop, end))
        for start, stop in places
        if start < end and stop > begin
    ]
    within = [(start - begin, stop - begin) for start, stop in inside]
    return f"{'…' if first else ''}{_marked(text[begin:end], within)}{'…' if first < last else ''}"
