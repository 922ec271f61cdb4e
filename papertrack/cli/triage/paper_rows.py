"""A paper as rows of the screen: its facts, its text, the matches of the query."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from papertrack.core.model import Paper
from papertrack.core.text import clean, clean_lines, clean_output
from papertrack.core.wording import plural
from papertrack.index.snippets import Snippet
from papertrack.render import cells

AUTHORS = 30
"""Authors that are named at most."""

CATEGORIES = 4
TAGS = 50

MOST_ROWS = 10_000
"""Rows of a text at most: more than an abstract of 100,000 characters has."""

SYMBOLS = {"unread": "•", "read": "✓", "later": "↻", "hidden": "×"}

Span = tuple[str, str]
"""A text and the name of its style."""

Row = list[Span]
"""A line of the screen."""


def facts(
    paper: Paper, snippet: Snippet | None, reason: str, columns: int, *, roomy: bool
) -> Iterator[Row]:
    """Title, authors, date, votes, code, marks, and why it is recommended; between empty
    rows where it is roomy.
    """
    if roomy:
        yield []
    title = paper.title or paper.id
    if snippet is not None:
        title = snippet.title
    yield from _title(title, columns, 4 if roomy else 2)
    yield from plain(_authors(paper, columns, 2 if roomy else 1), columns)
    yield from _side_by_side(_numbers(paper), columns)
    yield from _side_by_side(_marks(paper), columns)
    if reason:
        yield [(cells.cut(reason, columns), "dim")]
    if roomy:
        yield []


def text(
    paper: Paper, snippet: Snippet | None, columns: int, *, abstract: bool
) -> Iterator[Row]:
    """Note, summary and abstract: what can be scrolled."""
    for line in clean_lines(paper.note or ""):
        yield from plain(f"Note: {line.strip()}", columns, "change")
    if paper.note:
        yield []
    if not abstract:
        return
    if paper.summary:
        yield from plain(clean(paper.summary), columns, "bold")
        yield []
    body = clean(paper.abstract or "")
    if not body and not paper.summary:
        body = "no abstract"
    matches = _places(body, snippet)
    for part in cells.lines(body, columns, MOST_ROWS):
        yield _highlighted(body, part, matches, "")


def plain(text: str, columns: int, style: str = "") -> Iterator[Row]:
    """A cleaned text in as many rows as it needs."""
    for start, end in cells.lines(text, columns, MOST_ROWS):
        yield [(text[start:end], style)]


# ------------------------------------------------------------------ facts


def _title(title: str, columns: int, most: int) -> Iterator[Row]:
    """A title with its matches between \\x02 and \\x03, in at most so many rows."""
    text = ""
    matches = []
    for number, piece in enumerate(re.split("[\x02\x03]", title)):
        start = len(text)
        text += clean_output(re.sub(r"\s", " ", piece))
        if number % 2 == 1:
            matches.append((start, len(text)))
    parts = cells.lines(text, columns, most + 1)
    for part in parts[: most - 1]:
        yield _highlighted(text, part, matches, "title")
    if len(parts) == most:
        yield _highlighted(text, parts[-1], matches, "title")
    elif len(parts) > most:
        begin, _ = parts[most - 1]
        yield [(cells.cut(text[begin:], columns), "title")]


def _highlighted(
    text: str, part: cells.Part, matches: Sequence[cells.Part], style: str
) -> Row:
    """A part of a text with the matches in it highlighted."""
    row: Row = []
    place, end = part
    for start, stop in matches:
        start, stop = max(start, place), min(stop, end)
        if start < stop:
            row += [(text[place:start], style), (text[start:stop], "match")]
            place = stop
    row.append((text[place:end], style))
    return [span for span in row if span[0]]


def _authors(paper: Paper, columns: int, most: int) -> str:
    """As many authors as fit into so many rows, and how many more there are."""
    count = max(paper.author_count or 0, len(paper.authors))
    if not paper.authors:
        return plural(count, "author") if count else ""
    names = [cells.cut(clean(name), columns - 6) for name in paper.authors[:AUTHORS]]
    text = ""
    for shown in range(1, len(names) + 1):
        more = f" +{count - shown}" if count > shown else ""
        longer = ", ".join(names[:shown]) + more
        if shown > 1 and len(cells.lines(longer, columns, most + 1)) > most:
            break
        text = longer
    return text


def _numbers(paper: Paper) -> Iterator[Span]:
    if paper.date:
        yield clean(paper.date), "date"
    if paper.upvotes is not None:
        yield f"▲ {paper.upvotes}", "votes"
    if paper.comments:
        yield plural(paper.comments, "comment"), ""
    if paper.github:
        stars = "" if paper.stars is None else f" ★ {paper.stars}"
        yield f"code{stars}", ""
    if paper.venue:
        yield clean(paper.venue), ""
    if paper.categories:
        yield clean(", ".join(paper.categories[:CATEGORIES])), "dim"
    yield clean(paper.id), "id"


def _marks(paper: Paper) -> Iterator[Span]:
    status = paper.status if paper.status in SYMBOLS else "unread"
    style = status if status in ("unread", "later") else "dim"
    yield f"{SYMBOLS[status]} {status}", style
    if paper.starred:
        yield "★ starred", "star"
    if paper.withdrawn:
        yield "⊘ withdrawn", "warning"
    for tag in paper.tags[:TAGS]:
        yield f"#{clean(tag)}", "tag"


def _side_by_side(spans: Iterable[Span], columns: int) -> Iterator[Row]:
    """Spans in as many rows as they need, at most two."""
    rows: list[Row] = [[]]
    taken = 0
    for text, style in spans:
        text = cells.cut(text, columns)
        needed = cells.width(text)
        if taken and taken + 2 + needed > columns:
            rows.append([])
            taken = 0
        if taken:
            rows[-1].append(("  ", ""))
            taken += 2
        rows[-1].append((text, style))
        taken += needed
    yield from rows[:2]


# ------------------------------------------------------------------ matches


def _places(text: str, snippet: Snippet | None) -> list[cells.Part]:
    """Where the words that a snippet highlights are in the whole text."""
    pieces = snippet.pieces if snippet else ()
    words = {clean(word) for one in pieces for word in re.findall("\x02(.*?)\x03", one)}
    patterns = [re.escape(word) for word in words if word]
    if not patterns:
        return []
    longest_first = sorted(patterns, key=len, reverse=True)
    pattern = rf"(?i)(?<!\w)(?:{'|'.join(longest_first)})(?!\w)"
    return [found.span() for found in re.finditer(pattern, text)]
