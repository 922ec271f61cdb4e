"""What is on the screen: a view as lines of styled texts, for any size. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from papertrack.cli.triage.line import Line
from papertrack.config.triage_keys import ACTIONS, keys_of
from papertrack.core.model import Paper
from papertrack.core.text import clean, clean_lines
from papertrack.core.wording import plural
from papertrack.index.snippets import Snippet
from papertrack.render import cells

LEAST = (40, 10)
"""Columns and lines below which no paper is shown."""

WIDEST = 100
"""Columns of running text: longer lines are hard to read."""

ROOMY = 16
"""From so many lines on, parts of a paper are apart."""

AUTHORS = 30
"""Authors that are named at most."""

TWO_COLUMNS = 76
"""From so many columns on, the help has two."""

KEYS_COLUMNS = 13
"""Columns of the keys in the help."""

SYMBOLS = {"unread": "•", "read": "✓", "later": "↻", "hidden": "×"}

HINTS = "read later hide help quit star tags undo search next note open"
"""The actions of the last line, the most important first."""

Span = tuple[str, str]
"""A text and the name of its style."""

Row = list[Span]
"""A line of the screen."""


class View(NamedTuple):
    """What is to be drawn."""

    paper: Paper | None
    position: int
    total: int
    decided: int
    query: str
    summary: str
    bound: Mapping[str, str]
    """Key -> action."""
    snippet: Snippet | None = None
    with_abstract: bool = True
    scroll: int = 0
    line: Line | None = None
    message: str = ""
    is_help: bool = False
    is_dry_run: bool = False


class Drawn(NamedTuple):
    """The rows of the screen, and where its cursor is: (column, row), None if hidden.

    `scroll` is how far the text is scrolled, `below` how many rows of it are not shown.
    """

    rows: list[Row]
    cursor: tuple[int, int] | None = None
    scroll: int = 0
    below: int = 0


def draw(view: View, width: int, height: int) -> Drawn:
    """The screen of this size: exactly `height` rows of at most `width` columns."""
    if width < LEAST[0] or height < LEAST[1]:
        return Drawn(_too_small(view, width, height))
    room = height - 3  # the header, a message, the keys
    if view.is_help:
        body, scroll, below = _window(_help(view, width), view.scroll, room)
    elif view.paper is None:
        body, scroll, below = _end(view, width)[:room], 0, 0
    else:
        facts = list(_facts(view, view.paper, width, height))
        text = list(_text(view, view.paper, min(width, WIDEST)))
        facts = facts[: max(room - 1, 1)]
        shown, scroll, below = _window(text, view.scroll, room - len(facts))
        body = [*facts, *shown]
    body += [[] for _ in range(room - len(body))]
    last, cursor = _last_row(view, width)
    rows = [_header(view, width), *body, _message(view, width, below), last]
    place = None if cursor is None else (cursor, height - 1)
    return Drawn(rows, place, scroll, below)


def _window(rows: list[Row], scroll: int, room: int) -> tuple[list[Row], int, int]:
    """The rows that are shown, how far they are scrolled, how many are below."""
    scroll = min(scroll, max(len(rows) - room, 0))
    shown = rows[scroll : scroll + room]
    return shown, scroll, len(rows) - scroll - len(shown)


def _too_small(view: View, width: int, height: int) -> list[Row]:
    key = _key(view, "quit")
    text = f"The window is too small: {LEAST[0]}x{LEAST[1]} is needed. {key} quits."
    rows: list[Row] = [
        [(text[start:end], "")]
        for start, end in cells.lines(text, max(width, 1), height)
    ]
    return [*rows, *([] for _ in range(height - len(rows)))]


# ------------------------------------------------------------------ a paper


def _header(view: View, width: int) -> Row:
    if view.paper is None:
        place = plural(view.total, "paper")
    else:
        place = f"{view.position + 1} of {view.total}"
    done = f"{view.decided} decided"
    if view.is_dry_run:
        done += ", nothing is saved"
    left = f"{place} · {done}"
    room = width - cells.width(left) - 3
    query = cells.cut(clean(view.query), room) if room > 5 else ""
    gap = width - cells.width(left) - cells.width(query)
    return [(place, "bold"), (f" · {done}", "dim"), (" " * gap, ""), (query, "dim")]


def _facts(view: View, paper: Paper, width: int, height: int) -> Iterator[Row]:
    """What is always shown: title, authors, date, votes, code, marks."""
    is_roomy = height >= ROOMY
    columns = min(width, WIDEST)
    if is_roomy:
        yield []
    yield from _title(view, paper, columns, 4 if is_roomy else 2)
    yield from _plain(_authors(paper, columns, 2 if is_roomy else 1), columns)
    yield from _joined(_numbers(paper), columns)
    yield from _joined(_marks(paper), columns)
    if is_roomy:
        yield []


def _title(view: View, paper: Paper, columns: int, most: int) -> Iterator[Row]:
    title = paper.title or paper.id
    if view.snippet is not None:
        title = view.snippet.title
    text, matches = _without_marks(title)
    parts = cells.lines(text, columns, most + 1)
    for number, part in enumerate(parts[:most]):
        row = _styled(text, part, matches, "title")
        if number == most - 1 and len(parts) > most:
            text_there = text[part[0] : part[1]]
            row = [(cells.cut(f"{text_there} {'x' * columns}", columns), "title")]
        yield row


def _without_marks(text: str) -> tuple[str, list[cells.Part]]:
    """A cleaned text, and where the parts are that stood between \\x02 and \\x03."""
    plain = ""
    matches = []
    for number, piece in enumerate(re.split("[\x02\x03]", text)):
        start = len(plain)
        cleaned = clean(piece)
        if piece[:1].isspace() and plain and not plain.endswith(" "):
            plain += " "
            start += 1
        plain += cleaned
        if number % 2 == 1:
            matches.append((start, len(plain)))
        if piece[-1:].isspace() and cleaned:
            plain += " "
    return plain, matches


def _styled(
    text: str, part: cells.Part, matches: Sequence[cells.Part], style: str
) -> Row:
    """A part of a text, the matches in it highlighted."""
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
    """As many authors as fit into so many lines, and how many more there are."""
    count = max(paper.author_count or 0, len(paper.authors))
    if not paper.authors:
        return plural(count, "author") if count else ""
    names = [clean(name)[:200] for name in paper.authors[:AUTHORS]]
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
        yield clean(", ".join(paper.categories[:4])), "dim"
    yield clean(paper.id), "id"


def _marks(paper: Paper) -> Iterator[Span]:
    status = paper.status if paper.status in SYMBOLS else "unread"
    style = status if status in ("unread", "later") else "dim"
    yield f"{SYMBOLS[status]} {status}", style
    if paper.starred:
        yield "★ starred", "star"
    if paper.withdrawn:
        yield "⊘ withdrawn", "warning"
    for tag in paper.tags[:50]:
        yield f"#{clean(tag)}", "tag"


def _joined(spans: Iterable[Span], columns: int) -> Iterator[Row]:
    """Spans side by side, in as many rows as they need, at most two."""
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


# ------------------------------------------------------------------ its text


def _text(view: View, paper: Paper, columns: int) -> Iterator[Row]:
    """Note, summary and abstract: what can be scrolled."""
    for line in clean_lines(paper.note or ""):
        yield from _plain(f"Note: {line.strip()}", columns, "change")
    if paper.note:
        yield []
    if not view.with_abstract:
        return
    if paper.summary:
        yield from _plain(clean(paper.summary), columns, "bold")
        yield []
    pieces = view.snippet.pieces if view.snippet else ()
    words = {word for piece in pieces for word in re.findall("\x02(.*?)\x03", piece)}
    abstract = clean(paper.abstract or "")
    if not abstract and not paper.summary:
        abstract = "no abstract"
    matches = _places(abstract, words)
    for part in cells.lines(abstract, columns, 10_000):
        yield _styled(abstract, part, matches, "")


def _places(text: str, words: Iterable[str]) -> list[cells.Part]:
    """Where in a text some words stand."""
    patterns = [re.escape(clean(word)) for word in words if clean(word)]
    if not patterns:
        return []
    pattern = rf"(?i)\b(?:{'|'.join(sorted(patterns, key=len, reverse=True))})\b"
    return [found.span() for found in re.finditer(pattern, text)]


def _plain(text: str, columns: int, style: str = "") -> Iterator[Row]:
    for start, end in cells.lines(text, columns, 1_000):
        yield [(text[start:end], style)]


def _end(view: View, width: int) -> list[Row]:
    """What follows the last paper."""
    rows: list[Row] = [[], [("That was the last paper.", "bold")], []]
    rows += _plain(view.summary or "nothing was decided", width)
    quits, back = _key(view, "quit"), _key(view, "previous")
    rows += [
        [],
        *_plain(f"{quits} saves and quits, {back} shows the last paper", width),
    ]
    return rows


# ------------------------------------------------------------------ keys


def _help(view: View, width: int) -> list[Row]:
    """Each action with the keys that it has, in two columns where there is room."""
    entries = []
    for action in ACTIONS.values():
        keys = " ".join(keys_of(action.name, view.bound))
        if keys and action.name != "nothing":
            entries.append((keys, action.help))
    columns = 2 if width >= TWO_COLUMNS else 1
    room = min(width, WIDEST) // columns
    height = -(-len(entries) // columns)
    rows: list[Row] = []
    for first in range(height):
        row: Row = []
        for keys, help in entries[first::height]:
            row += _entry(keys, help, room)
        rows.append(row)
    text = (
        "A decision (read, later, hide, star, tags) shows the next paper. Decisions are "
        "saved as you go; papertrack undo undoes the whole sitting. Ctrl-Z suspends."
    )
    return [*rows, [], *_plain(text, min(width, WIDEST))]


def _entry(keys: str, help: str, room: int) -> Row:
    """Keys and what they do, in so many columns."""
    shown = cells.cut(keys, KEYS_COLUMNS - 1)
    gap = " " * (KEYS_COLUMNS - cells.width(shown))
    text = cells.cut(help, room - KEYS_COLUMNS - 1)
    rest = " " * (room - KEYS_COLUMNS - cells.width(text))
    return [(shown, "bold"), (gap + text + rest, "")]


def _key(view: View, action: str) -> str:
    """The first key of an action."""
    return next(iter(keys_of(action, view.bound)), "Ctrl-C")


def _last_row(view: View, width: int) -> tuple[Row, int | None]:
    """The keys, or the line that is typed and the column of its cursor."""
    if view.line is not None:
        return _typed(view.line, width)
    if view.is_help:
        return [(cells.cut("any other key closes the help", width), "dim")], None
    shown = []
    taken = 0
    for name in HINTS.split():
        keys = keys_of(name, view.bound)
        if keys:
            needed = cells.width(f"{keys[0]} {name}  ")
            if taken + needed <= width + 2:
                taken += needed
                shown.append(name)
    row: Row = []
    for action in ACTIONS:
        if action in shown:
            key = keys_of(action, view.bound)[0]
            row += [(key, "bold"), (f" {action}  ", "dim")]
    if row:
        text, style = row[-1]
        row[-1] = (text.rstrip(), style)
    return row, None


def _typed(line: Line, width: int) -> tuple[Row, int]:
    """A line of input: its part around the cursor."""
    label = f"{line.label}: "
    room = width - cells.width(label) - 1
    before = clean_typed(line.text[: line.cursor])[-4 * room :]
    while cells.width(before) > room:
        before = before[1:]
    after = clean_typed(line.text[line.cursor :])
    after = cells.cut(after, room - cells.width(before)) if after else ""
    column = cells.width(label) + cells.width(before)
    return [(label, "bold"), (before + after, "")], column


def clean_typed(text: str) -> str:
    """A text that is being typed: cleaned, but for the spaces at its ends."""
    start = len(text) - len(text.lstrip(" "))
    end = len(text.rstrip(" "))
    return text[:start] + clean(text[start:end]) + text[max(end, start) :]


def _message(view: View, width: int, below: int) -> Row:
    """The row above the last: candidates, a message, or how to see the rest."""
    if view.line is not None and not view.message:
        names = [name.rpartition(",")[2].strip() for name in view.line.candidates[:50]]
        return [(cells.cut("  ".join(map(clean, names)), width), "tag")]
    if view.message:
        return [(cells.cut(clean(view.message), width), "change")]
    if below > 0:
        key = _key(view, "page-down")
        return [(cells.cut(f"{plural(below, 'more line')}: {key}", width), "dim")]
    return []
