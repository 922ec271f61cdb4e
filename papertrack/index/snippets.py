"""Where the words of a query are in a paper: its title, and the best pieces of its
abstract and of its note.

The index stores no text that FTS5 could highlight. The few papers on show are put into
a table of their own, spelled as the index spells them, where the same tokenizer finds
the same matches; `normalize.pieces` shows where those words are in the original text.
"""

from __future__ import annotations

import contextlib
import re
import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from papertrack.core.field_names import FULL_TEXT
from papertrack.core.model import Paper
from papertrack.index.schema import TOKENIZER
from papertrack.query.pieces import pieces

WORDS = 24
"""How many words a piece has."""

BEFORE = 4
"""How many words are before the first match of a piece, where there are so many."""

_UNSPACED = r"\u0e00-\u109f\u1780-\u17ff\u3005-\u9fff"
_MARKS = (
    r"\u0e31\u0e34-\u0e3a\u0e47-\u0e4e\u0eb1\u0eb4-\u0ebc\u0ec8-\u0ece"
    r"\u102b-\u103e\u17b4-\u17d3"
)
_PART = rf"[{_UNSPACED}]{{1,5}}[{_MARKS}]*|[^\s{_UNSPACED}]+"
"""What a piece is counted by: words, and in scripts without spaces a few letters."""

_COLUMNS = [field.name for field in FULL_TEXT]
_SHOWN = ("title", "abstract", "note")
_START, _END = "\x02", "\x03"

Span = tuple[int, int]
"""The start and the end of a part of a text."""


class Snippet(NamedTuple):
    """A title, and the pieces of other fields with a match; each match is between
    \\x02 and \\x03.
    """

    title: str
    pieces: tuple[str, ...] = ()


def snippets(
    match: str,
    papers: Iterable[Paper],
    *,
    most: int | None = None,
    words: int = WORDS,
) -> dict[str, Snippet]:
    """Key -> snippet of the papers in which anything of `match` (in FTS5's syntax) is
    found.

    A snippet has up to `most` pieces of so many words, the best of each text first; by
    default these alone.
    """
    by_key = {paper.key: paper for paper in papers}
    with contextlib.closing(sqlite3.connect(":memory:")) as db:
        highlighted = _highlighted(db, match, by_key)
    found: dict[str, Snippet] = {}
    for key, texts in highlighted.items():
        found[key] = _snippet(_texts(by_key[key]), texts, most, words)
    return found


def _highlighted(
    db: sqlite3.Connection, match: str, by_key: Mapping[str, Paper]
) -> dict[str, list[str]]:
    """Key -> the words of its texts, as FTS5 highlights them."""
    db.execute(
        f"CREATE VIRTUAL TABLE s USING fts5 (key UNINDEXED, {', '.join(_COLUMNS)}, "
        f"{TOKENIZER})"
    )
    for paper in by_key.values():
        texts = _texts(paper)
        spelled = map(_spelled, texts)
        query = f"INSERT INTO s (key, {', '.join(_SHOWN)}) VALUES (?, ?, ?, ?)"
        db.execute(query, (paper.key, *spelled))
    marked: list[str] = []
    for name in _SHOWN:
        number = 1 + _COLUMNS.index(name)
        marked.append(f"highlight(s, {number}, '{_START}', '{_END}')")
    query = f"SELECT key, {', '.join(marked)} FROM s WHERE s MATCH ?"
    return {key: texts for key, *texts in db.execute(query, (match,))}


def _texts(paper: Paper) -> list[str]:
    return [
        paper.title,
        paper.abstract or "",
        paper.note or "",
    ]


def _spelled(text: str) -> str:
    words = [piece.word for piece in pieces(text)]
    return " ".join(words)


def _snippet(
    texts: list[str], highlighted: list[str], most: int | None, words: int
) -> Snippet:
    """A snippet of texts, and of their words as FTS5 highlights them."""
    in_title, *in_others = map(_spans, texts, highlighted)
    title, *others = texts
    each = 1 if most is None else most
    by_text = []
    for text, matches in zip(others, in_others, strict=True):
        by_text.append(_pieces(text, matches, each, words))
    shown: list[str] = []
    for rank in range(each):
        shown += [found[rank] for found in by_text if rank < len(found)]
    return Snippet(_mark(title, in_title), tuple(shown[:most]))


def _spans(text: str, highlighted: str) -> list[Span]:
    """Where in the text the highlighted words are, in order and without overlaps."""
    inside = False
    spans: list[Span] = []
    shown = highlighted.split()
    for word, marked in zip(pieces(text), shown, strict=True):
        begin, last = spans[-1] if spans else (0, 0)
        if inside and spans and last <= word.start:
            # One match: what is between its words belongs to it.
            spans[-1] = (begin, word.end)
        else:
            inside = inside or marked.startswith(_START)
            if inside and word.end:
                spans.append((word.start, word.end))
        inside = inside and not marked.endswith(_END)
    return _joined(spans)


def _joined(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, those that touch as one."""
    joined: list[Span] = []
    last = -1
    for start, end in sorted(spans):
        if start <= last:
            start, _ = joined.pop()
        last = max(end, last)
        joined.append((start, last))
    return joined


def _mark(text: str, spans: Iterable[Span]) -> str:
    """The text with marks around these parts."""
    marked = ""
    last = 0
    for start, end in spans:
        marked += f"{text[last:start]}{_START}{text[start:end]}{_END}"
        last = end
    return marked + text[last:]


def _overlap(one: Span, other: Span) -> bool:
    start, end = one
    begin, stop = other
    return start < stop and begin < end


def _pieces(text: str, matches: Sequence[Span], most: int, count: int) -> list[str]:
    """The first piece of `count` words with the most matches; then that with the most of
    the others, and so on. A short text is one piece.
    """
    found = re.finditer(_PART, text)
    words = [word.span() for word in found]
    if len(words) <= count and matches:
        return [_mark(text, matches)][:most]
    whole = (words[0][0], words[-1][1]) if words else (0, 0)
    pieces: list[str] = []
    others = list(matches)
    while others and len(pieces) < most:
        first = _best_start(words, others, count)
        begin, _ = words[first]
        _, end = words[first + count - 1]
        shown = (begin, end)
        pieces.append(_piece(text, matches, shown, whole))
        others = [match for match in others if not _overlap(match, shown)]
    return pieces


def _piece(text: str, matches: Sequence[Span], shown: Span, whole: Span) -> str:
    """A part of a text with its matches, and ellipses for what is left out of `whole`."""
    begin, end = shown
    inside: list[Span] = []
    for match in matches:
        if _overlap(match, shown):
            start = max(match[0], begin)
            stop = min(match[1], end)
            inside.append((start - begin, stop - begin))
    piece = _mark(text[begin:end], inside)
    first, last = whole
    if begin > first:
        piece = f"…{piece}"
    if end < last:
        piece = f"{piece}…"
    return piece


def _best_start(words: Sequence[Span], matches: Sequence[Span], count: int) -> int:
    """The number of the word that the best piece of `count` words starts with."""
    hits: list[bool] = []
    for word in words:
        hit = any(_overlap(word, match) for match in matches)
        hits.append(hit)
    last = len(words) - count
    counts: list[int] = []
    for first in range(last + 1):
        counts.append(sum(hits[first : first + count]))
    best = counts.index(max(counts))
    if not counts[best]:
        return best
    # A match is easier to read with some words before it than at the very edge.
    first = hits.index(True, best) - BEFORE
    first = max(min(first, last), 0)
    if counts[first] < counts[best]:
        return best
    return first
