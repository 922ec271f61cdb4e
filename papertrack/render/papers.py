"""Papers: a listing as a table, and several below headings."""

import datetime as dt
import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from papertrack.core.field_names import BY_NAME
from papertrack.core.fields import Kind
from papertrack.core.model import Paper
from papertrack.core.text import clean
from papertrack.core.wording import noun, plural
from papertrack.index.counts import Share, Tag
from papertrack.index.snippets import Snippet
from papertrack.render import cells, columns, lines
from papertrack.render.days import day
from papertrack.render.lines import Line, Lines, Span

Snippets = Mapping[str, Snippet]
"""Key -> where the matches are."""

MARKS = {"unread": "•", "read": "✓", "later": "↻", "hidden": "×"}
MARKS_WIDTH = 2

GAP = Span(" " * columns.GAP)

TITLE_LINES = 2
"""How many lines a title takes at most; all other cells take one."""

HEADING_LINES = 3
"""How many lines of a narrow terminal each part of a tag's heading takes at most."""

TOGETHER = 8
"""How many tags that also occur on a tag's papers are named."""

TO_READ = ("unread", "later")
"""The states whose titles are emphasized."""


class Row(NamedTuple):
    """A paper as a listing shows it; `cells` by the names of the columns.

    `author` is the first author alone, for a column too narrow for two.
    """

    number: int
    marks: Line
    cells: Mapping[str, Line]
    author: Line
    tags: Line
    matches: Sequence[Line]


class Part(NamedTuple):
    """A part of a listing: the lines above its papers, and these."""

    heading: Sequence[Line]
    papers: Sequence[Paper]


def listing(
    papers: Sequence[Paper],
    *,
    columns: Sequence[str] | None = None,
    today: dt.date,
    width: int,
    snippets: Snippets | None = None,
) -> Lines:
    """A table of papers, numbered from 1; the numbers can be typed as ids.

    Without `columns`, it has those that fit the width. `snippets` are shown below.
    """
    return divided(
        [Part((), papers)],
        columns=columns,
        today=today,
        width=width,
        snippets=snippets,
    )


def divided(
    parts: Sequence[Part],
    *,
    columns: Sequence[str] | None,
    today: dt.date,
    width: int,
    snippets: Snippets | None = None,
) -> Lines:
    """Tables of papers below headings, with one numbering and aligned columns."""
    snippets = snippets or {}
    papers = [paper for part in parts for paper in part.papers]
    rows = [
        _row(number, paper, columns, today, snippets.get(paper.key))
        for number, paper in enumerate(papers, 1)
    ]
    layout = _Layout(rows, columns, width)
    drawn = Lines()
    place = 0
    for part in parts:
        if drawn:
            drawn.append(())
        drawn += part.heading
        if part.papers and not place:
            drawn.append(layout.headings())
        end = place + len(part.papers)
        for row in rows[place:end]:
            drawn += layout.lines(row)
        place = end
    return drawn


def heading(name: str, count: str, width: int) -> list[Line]:
    """The heading of a group of papers, in a line."""
    line = [Span(clean(name), "bold"), GAP, Span(count, "dim")]
    return [lines.cut(line, width)]


def tag_heading(
    tag: Tag, together: Sequence[Share], *, shown: int, width: int
) -> list[Line]:
    """A tag, its counts, and the other tags of its papers."""
    papers = f"{shown} of {tag.papers}" if shown < tag.papers else str(tag.papers)
    counts = f"{papers} {noun(tag.papers, 'paper')}, {tag.unread} unread"
    if tag.later:
        counts += f", {tag.later} later"
    line = [Span(clean(f"#{tag.name}"), "tag bold"), GAP, Span(counts)]
    drawn: list[Line] = [*lines.wrapped(line, width, HEADING_LINES)]
    if together:
        named = [f"#{clean(share.name)} {share.papers}" for share in together]
        others = f"with {', '.join(named[:TOGETHER])}"
        if len(named) > TOGETHER:
            others += f" and {len(named) - TOGETHER} more"
        drawn += lines.wrapped([Span(others, "dim")], width, HEADING_LINES)
    return drawn


class _Layout:
    """The widths of the columns of some rows, and the rows as lines of them."""

    def __init__(
        self, rows: Sequence[Row], chosen: Sequence[str] | None, width: int
    ) -> None:
        names = chosen or columns.ORDER
        self._digits = len(str(len(rows)))
        self._indent = self._digits + columns.GAP + MARKS_WIDTH
        self._width = width
        needed = {name: _needed(rows, name) for name in names}
        if chosen is not None:
            needed = {
                name: max(needed[name], cells.width(_heading(name))) for name in names
            }
        widths = columns.widths(
            needed,
            width - self._indent,
            chosen=chosen,
            narrow=width < columns.NARROW,
        )
        self._widths = {name: widths[name] for name in names if name in widths}

    def headings(self) -> Line:
        """The line with the names of the columns."""
        names = {name: [Span(_heading(name), "dim")] for name in self._widths}
        number = [Span("#", "dim")]
        return self._line(number, [], names)

    def lines(self, row: Row) -> list[Line]:
        """The lines of a paper."""
        title = row.cells.get("title", ())
        title_lines: list[Line] = []
        if "title" in self._widths:
            title_lines += _with_tags(title, row.tags, self._widths["title"])
        first, *others = title_lines or [()]
        number = [Span(str(row.number), "dim")]
        shown = {**row.cells, "title": first}
        if lines.width(shown.get("authors", ())) > self._widths.get("authors", 0):
            shown["authors"] = row.author
        drawn = [self._line(number, row.marks, shown)]
        for line in others:
            drawn.append(self._line([], [], {"title": line}))
        indent = Span(" " * (self._indent + columns.GAP))
        for match in row.matches:
            drawn.append(
                [indent, *_around_match(match, self._width - len(indent.text))]
            )
        return drawn

    def _line(self, number: Line, marks: Line, row: Mapping[str, Line]) -> Line:
        line = lines.padded(number, self._digits, to_right=True)
        line += [GAP, *lines.padded(marks, MARKS_WIDTH)]
        for name, width in self._widths.items():
            cell = lines.cut(row.get(name, ()), width)
            line += [GAP, *lines.padded(cell, width, to_right=_is_to_right(name))]
        return line


def _needed(rows: Sequence[Row], name: str) -> int:
    """The width of the longest cell of a column; 0 if all are empty."""
    widths = (lines.width(row.cells[name]) for row in rows)
    if name == "title":
        tags = (lines.width(row.tags) for row in rows)
        widths = (sum(both) for both in zip(widths, tags, strict=True))
    longest = max(widths, default=0)
    return max(longest, cells.width(_heading(name))) if longest else 0


def _heading(name: str) -> str:
    return "Date" if name == "date" else BY_NAME[name].heading


def _is_to_right(name: str) -> bool:
    return name == "date" or BY_NAME[name].kind is Kind.NUMBER


def _with_tags(title: Line, tags: Line, width: int) -> Sequence[Line]:
    """A title in up to two lines, and the tags after it: they stay when it is cut."""
    whole = [*title, *tags]
    if lines.width(whole) <= width:
        return [whole]
    first, *others = lines.wrapped(title, width, TITLE_LINES) or [[]]
    if not tags:
        return [first, *others]
    rest = others[0] if others else []
    room = max(width - lines.width(rest), width // 2)
    tags = lines.cut(tags, room) if rest else lines.cut(tags[1:], width)
    return [first, [*lines.cut(rest, width - lines.width(tags)), *tags]]


def _around_match(match: Line, width: int) -> Line:
    """A line with a match, cut on both sides so that the first match is seen."""
    before = "" if match[0].style.endswith("match") else match[0].text
    room = width * 2 // 3
    if lines.width(match) > width and cells.width(before) > room:
        while cells.width(before) > room // 2 and " " in before:
            before = before.partition(" ")[2]
        match = [match[0]._replace(text=f"…{before}"), *match[1:]]
    return lines.cut(match, width)


# ------------------------------------------------------------------ the cells


def _row(
    number: int,
    paper: Paper,
    chosen: Sequence[str] | None,
    today: dt.date,
    snippet: Snippet | None,
) -> Row:
    row = {name: _cell(paper, name, today) for name in chosen or columns.ORDER}
    if "title" in row:
        row["title"] = _title(paper, snippet)
    tags = " ".join(f"#{clean(tag)}" for tag in paper.tags)
    matches = snippet.pieces if snippet else ()
    return Row(
        number,
        _marks(paper),
        row,
        [Span(authors(paper, 1))],
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
