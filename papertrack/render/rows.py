"""A paper as a row of a listing: its marks, and the cell of each column."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from papertrack.core.model import Paper
from papertrack.core.text import clean
from papertrack.core.wording import plural
from papertrack.index.snippets import Snippet
from papertrack.render import columns
from papertrack.render.days import day
from papertrack.render.lines import Line, Span

MARKS = {"unread": "•", "read": "✓", "later": "↻", "hidden": "×"}

GAP = Span(" " * columns.GAP)

TO_READ = ("unread", "later")
"""The states whose titles are emphasized."""


class Row(NamedTuple):
    """A paper as a listing shows it; `cells` by the names of the columns."""

    number: int
    paper: Paper
    cells: Mapping[str, Line]
    tags: Line
    matches: Sequence[Line]

    @property
    def marks(self) -> Line:
        """Whether it is starred or withdrawn, and its status."""
        return _marks(self.paper)

    @property
    def author(self) -> Line:
        """The first author alone, for a column too narrow for two."""
        return [Span(authors(self.paper, 1))]


def row(
    number: int,
    paper: Paper,
    chosen: Sequence[str] | None,
    today: dt.date,
    snippet: Snippet | None,
) -> Row:
    """A paper as a row of the chosen columns, without them of all that may be shown."""
    shown = {name: _cell(paper, name, today) for name in chosen or columns.ORDER}
    if "title" in shown:
        shown["title"] = _title(paper, snippet)
    tags = " ".join(f"#{clean(tag)}" for tag in paper.tags)
    matches = snippet.pieces if snippet else ()
    return Row(
        number,
        paper,
        shown,
        [GAP, Span(tags, "tag")] if tags else [],
        [highlighted(piece, "dim") for piece in matches],
    )


def _marks(paper: Paper) -> Line:
    first = Span(" ")
    if paper.starred:
        first = Span("★", "star")
    elif paper.withdrawn:
        first = Span("⊘", "warning")
    if not paper.status:  # it is not in the library
        return [first]
    style = paper.status if paper.status in TO_READ else "dim"
    return [first, Span(MARKS.get(paper.status, "•"), style)]


def _cell(paper: Paper, name: str, today: dt.date) -> Line:
    special = CELLS.get(name)
    if special:
        return [special(paper, today)]
    value = getattr(paper, name)
    if value is None:
        return []
    if isinstance(value, tuple):
        return [Span(", ".join(map(clean, value)))]
    return [Span(clean(str(value)))]


def _title(paper: Paper, snippet: Snippet | None) -> Line:
    style = "title" if paper.status in TO_READ else ""
    if paper.withdrawn:
        style += " strike"
    title = highlighted(snippet.title if snippet else paper.title, style)
    return [span._replace(link=paper.url) for span in title]


def _short_id(paper: Paper, today: dt.date) -> Span:
    short = paper.id.removeprefix("https://").removeprefix("http://")
    return Span(clean(short), "id")


def _date(paper: Paper, today: dt.date) -> Span:
    return Span(day(paper.date, today), "date")


def _upvotes(paper: Paper, today: dt.date) -> Span:
    return Span("" if paper.upvotes is None else str(paper.upvotes), "votes")


def _first_authors(paper: Paper, today: dt.date) -> Span:
    return Span(authors(paper, 2))


CELLS: Mapping[str, Callable[[Paper, dt.date], Span]] = {
    "id": _short_id,
    "date": _date,
    "upvotes": _upvotes,
    "authors": _first_authors,
}
"""The columns that show a field in a form of their own."""


def highlighted(text: str, style: str) -> list[Span]:
    """A text with the matches between \\x02 and \\x03 highlighted."""
    spans = []
    for number, piece in enumerate(re.split("[\x02\x03]", text)):
        is_match = number % 2 == 1
        # Cleaning strips the spaces beside a match, which separate words.
        before = " " if piece.startswith(" ") else ""
        after = " " if piece.endswith(" ") and piece.strip() else ""
        shown = before + clean(piece) + after
        if shown:
            spans.append(Span(shown, f"{style} match" if is_match else style))
    return spans


def authors(paper: Paper, shown: int) -> str:
    """The first authors and how many more there are; or their number, if known."""
    if not paper.authors:
        return plural(paper.author_count, "author") if paper.author_count else ""
    names = ", ".join(map(clean, paper.authors[:shown]))
    more = max(paper.author_count or 0, len(paper.authors)) - shown
    return f"{names} +{more}" if more > 0 else names
