"""What is on the screen: a view as rows of styled texts, for any size. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from papertrack.cli.triage import paper_rows
from papertrack.cli.triage.line import Line
from papertrack.cli.triage.paper_rows import Row, plain
from papertrack.config.triage_keys import ACTIONS, keys_of
from papertrack.core.model import Paper
from papertrack.core.text import clean
from papertrack.core.wording import plural
from papertrack.index.snippets import Snippet
from papertrack.render import cells

LEAST = (40, 10)
"""Columns and lines below which no paper is shown."""

WIDEST = 100
"""Columns of running text: longer lines are hard to read."""

ROOMY = 16
"""From so many lines on, parts of a paper are apart."""

TWO_COLUMNS = 76
"""From so many columns on, the help has two."""

KEYS_COLUMNS = 13
"""Columns of the keys in the help."""

HINTS = "read later hide help quit star tags undo search next note open"
"""The actions of the last row, the most important first."""

CANDIDATES = 50
"""Tags that are offered at most."""


class View(NamedTuple):
    """What is to be drawn. `end` is shown after the last paper."""

    paper: Paper | None
    position: int
    total: int
    decided: int
    query: str
    end: str
    bound: Mapping[str, str]
    """Key -> action."""
    snippet: Snippet | None = None
    reason: str = ""
    """Why the paper is recommended."""
    with_abstract: bool = True
    scroll: int = 0
    line: Line | None = None
    message: str = ""
    is_help: bool = False
    is_dry_run: bool = False


class Drawn(NamedTuple):
    """The rows of the screen, and where its cursor is: (column, row), None if hidden.

    `scroll` is how far the text is scrolled.
    """

    rows: list[Row]
    cursor: tuple[int, int] | None = None
    scroll: int = 0


def is_too_small(width: int, height: int) -> bool:
    """Whether no paper can be shown on a screen of this size."""
    return width < LEAST[0] or height < LEAST[1]


def draw(view: View, width: int, height: int) -> Drawn:
    """The screen of this size: exactly `height` rows of at most `width` columns."""
    if is_too_small(width, height):
        return Drawn(_too_small(view, width, height))
    room = height - 3  # the header, a message, the keys
    above, text = _body(view, width, height)
    above = above[: room - 1]
    room_below = room - len(above)
    scroll = min(view.scroll, max(len(text) - room_below, 0))
    shown = text[scroll : scroll + room_below]
    hidden = len(text) - scroll - len(shown)
    empty: list[Row] = [[] for _ in range(room_below - len(shown))]
    last, column = _last_row(view, width)
    message = _message(view, width, hidden)
    rows = [_header(view, width), *above, *shown, *empty, message, last]
    cursor = None if column is None else (column, height - 1)
    return Drawn(rows, cursor, scroll)


def _body(view: View, width: int, height: int) -> tuple[list[Row], list[Row]]:
    """The rows that are always shown, and those that can be scrolled."""
    columns = min(width, WIDEST)
    if view.is_help:
        return [], _help(view, width)
    if view.paper is None:
        return [], _end(view, columns)
    facts = paper_rows.facts(
        view.paper, view.snippet, view.reason, columns, roomy=height >= ROOMY
    )
    text = paper_rows.text(
        view.paper, view.snippet, columns, abstract=view.with_abstract
    )
    return list(facts), list(text)


def _too_small(view: View, width: int, height: int) -> list[Row]:
    key = _key(view, "quit")
    text = f"The window is too small: {LEAST[0]}x{LEAST[1]} is needed. {key} quits."
    rows = list(plain(text, max(width, 1)))[:height]
    return rows + [[] for _ in range(height - len(rows))]


def _header(view: View, width: int) -> Row:
    place = plural(view.total, "paper")
    if view.paper is not None:
        place = f"{view.position + 1} of {view.total}"
    done = f" · {view.decided} decided"
    if view.is_dry_run:
        done += ", nothing is saved"
    done = cells.cut(done, width - cells.width(place))
    taken = cells.width(place + done)
    room = width - taken - 2
    query = cells.cut(clean(view.query), room) if room > 5 else ""
    gap = " " * (width - taken - cells.width(query))
    return [(place, "bold"), (done + gap + query, "dim")]


def _end(view: View, columns: int) -> list[Row]:
    """What follows the last paper."""
    quits, back = _key(view, "quit"), _key(view, "previous")
    return [
        [],
        [("That was the last paper.", "bold")],
        [],
        *plain(clean(view.end), columns),
        [],
        *plain(f"{quits} saves and quits, {back} shows the last paper", columns),
    ]


# ------------------------------------------------------------------ keys


def _key(view: View, action: str) -> str:
    """The first key of an action."""
    return next(iter(keys_of(action, view.bound)), "Ctrl-C")


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
    return [*rows, [], *plain(text, min(width, WIDEST))]


def _entry(keys: str, help: str, room: int) -> Row:
    """Keys and what they do, in so many columns."""
    shown = cells.cut(keys, KEYS_COLUMNS - 1)
    gap = " " * (KEYS_COLUMNS - cells.width(shown))
    text = cells.cut(help, room - KEYS_COLUMNS - 1)
    rest = " " * (room - KEYS_COLUMNS - cells.width(text))
    return [(shown, "bold"), (gap + text + rest, "")]


def _last_row(view: View, width: int) -> tuple[Row, int | None]:
    """The keys, or the line that is typed and the column of its cursor."""
    if view.line is not None:
        return _typed(view.line, width)
    if view.is_help:
        return [("any other key closes the help", "dim")], None
    hints = {}
    taken = 0
    for name in HINTS.split():
        for key in keys_of(name, view.bound)[:1]:
            needed = cells.width(f"{key} {name}  ")
            if taken + needed <= width + 2:
                taken += needed
                hints[name] = key
    row: Row = []
    for name in ACTIONS:
        if name in hints:
            gap = "  " if row else ""
            row += [(gap + hints[name], "bold"), (f" {name}", "dim")]
    return row, None


def _message(view: View, width: int, hidden: int) -> Row:
    """The row above the last: candidates or a message; how to see the rest of a text."""
    left, style = clean(view.message), "change"
    if view.line is not None and not left:
        names = view.line.candidates[:CANDIDATES]
        left = clean("  ".join(name.rpartition(",")[2].strip() for name in names))
        style = "tag"
    more = ""
    if hidden:
        more = f"{plural(hidden, 'more line')}: {_key(view, 'page-down')}"
    room = width - cells.width(more)
    if room < cells.width(left) + 2 <= width + 2:
        more, room = "", width  # a message that fits alone is not cut
    left = cells.cut(left, room - 2 if more else room)
    gap = " " * (room - cells.width(left))
    return [(left, style), (gap + more, "dim")]


def _typed(line: Line, width: int) -> tuple[Row, int]:
    """A line of input: its part around the cursor."""
    label = f"{line.label}: "
    room = width - cells.width(label) - 1
    before = line.text[: line.cursor][-4 * room :]
    while cells.width(before) > room:
        before = before[1:]
    after = line.text[line.cursor :]
    if after:
        after = cells.cut(after, room - cells.width(before))
    column = cells.width(label) + cells.width(before)
    return [(label, "bold"), (before + after, "")], column
