"""Papers: a listing as a table, and several below headings.

The columns are as wide as all rows together need. The rows of many papers would fill the
memory: they are made twice, to measure them and to draw them.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice
from typing import NamedTuple

from papertrack.core.field_names import BY_NAME
from papertrack.core.fields import Kind
from papertrack.core.model import Paper
from papertrack.core.text import clean
from papertrack.core.wording import noun
from papertrack.index.counts import Share, Tag
from papertrack.index.snippets import Snippet
from papertrack.render import cells, columns, lines
from papertrack.render.lines import LazyLines, Line, Span
from papertrack.render.rows import GAP, Row, row

Snippets = Callable[[Sequence[Paper]], Mapping[str, Snippet]]
"""Where the matches are in some papers, by their keys."""

FEW = 250
"""The rows of so many papers are in memory at once."""

MARKS_WIDTH = 2

TITLE_LINES = 2
"""How many lines a title takes at most; all other cells take one."""

HEADING_LINES = 3
"""How many lines of a narrow terminal each part of a tag's heading takes at most."""

TOGETHER = 8
"""How many tags that also occur on a tag's papers are named."""


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
) -> LazyLines:
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
) -> LazyLines:
    """Tables of papers below headings, with one numbering and aligned columns."""
    names = columns

    def rows(snippets: Snippets | None) -> Iterator[Row]:
        papers = chain.from_iterable(part.papers for part in parts)
        return _rows(papers, names, today, snippets)

    count = sum(len(part.papers) for part in parts)
    if count <= FEW:
        few = [*rows(snippets)]
        layout = _Layout(few, count, names, width)
        return LazyLines(lambda: _lines(parts, few, layout))
    layout = _Layout(rows(None), count, names, width)
    return LazyLines(lambda: _lines(parts, rows(snippets), layout))


def _rows(
    papers: Iterable[Paper],
    chosen: Sequence[str] | None,
    today: dt.date,
    snippets: Snippets | None,
) -> Iterator[Row]:
    """The rows of papers, numbered from 1; matches are looked for in some at a time."""
    number = 0
    papers = iter(papers)
    while some := list(islice(papers, FEW)):
        found = snippets(some) if snippets else {}
        for paper in some:
            number += 1
            yield row(number, paper, chosen, today, found.get(paper.key))


def _lines(
    parts: Iterable[Part], rows: Iterable[Row], layout: "_Layout"
) -> Iterator[Line]:
    """The lines of each part: its heading, and its papers, which are the next rows."""
    rows = iter(rows)
    has_lines = False
    has_headings = False
    for part in parts:
        if has_lines:
            yield ()
        yield from part.heading
        if part.papers and not has_headings:
            yield layout.headings()
            has_headings = True
        for one in islice(rows, len(part.papers)):
            yield from layout.lines(one)
        has_lines = has_lines or bool(part.heading or part.papers)


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
        self,
        rows: Iterable[Row],
        count: int,
        chosen: Sequence[str] | None,
        width: int,
    ) -> None:
        names = chosen or columns.ORDER
        self._digits = len(str(count))
        self._indent = self._digits + columns.GAP + MARKS_WIDTH
        self._width = width
        needed = _needed(rows, names)
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


def _needed(rows: Iterable[Row], names: Iterable[str]) -> dict[str, int]:
    """The width of the longest cell of each column; 0 if all are empty."""
    longest = dict.fromkeys(names, 0)
    for one in rows:
        for name, cell in one.cells.items():
            taken = lines.width(cell)
            if name == "title":
                taken += lines.width(one.tags)
            longest[name] = max(longest[name], taken)
    return {
        name: max(taken, cells.width(_heading(name))) if taken else 0
        for name, taken in longest.items()
    }


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
