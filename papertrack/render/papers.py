"""Papers: a listing as a table, one paper whole."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from papertrack.core.field_names import BY_NAME
from papertrack.core.fields import Kind
from papertrack.core.model import Paper, Record
from papertrack.core.text import clean
from papertrack.index.snippets import Snippet
from papertrack.render.elements import AMBER, BLUE, GREEN, ORANGE, PURPLE, day, link

Snippets = Mapping[str, Snippet]
"""Key -> where the matches are."""

MARKS = {"unread": "•", "read": "✓", "later": "↻", "hidden": "×"}
WIDE_COLUMNS = (
    (60, ("title", "upvotes", "date")),
    (80, ("id",)),
    (104, ("authors",)),
    (150, ("organization",)),
)
"""From which width on which columns join; in a narrow window the least needed go first."""

_ORDER = ("id", "title", "authors", "organization", "upvotes", "date")
_FLEXIBLE = {
    "title": 4,
    "abstract": 6,
    "summary": 4,
    "authors": 1,
    "organization": 1,
    "note": 2,
    "keywords": 2,
}
_LEAST = {"date": 10, "upvotes": 3, "id": 10}
"""Widths that a column has at least, so that those of several tables are the same."""


def columns_for(width: int) -> tuple[str, ...]:
    """The columns that a table of this width has."""
    wanted = {
        name
        for least, names in WIDE_COLUMNS
        if width >= least or least == 60
        for name in names
    }
    return tuple(name for name in _ORDER if name in wanted)


def listing(
    papers: Sequence[Paper],
    *,
    columns: Sequence[str],
    today: dt.date,
    snippets: Snippets | None = None,
    first: int = 1,
    last: int = 0,
) -> Table:
    """A table of papers, numbered from `first` so that the numbers can be typed where an id is wanted.

    `last` is the last number of all tables that are shown as one: their columns stand below each other.
    """
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    table.show_header = first == 1
    table.expand = any(name in _FLEXIBLE for name in columns)
    digits = len(str(max(last, first + len(papers) - 1)))
    table.add_column("#", justify="right", style="dim", no_wrap=True, width=digits)
    table.add_column("", no_wrap=True, width=2)
    for name in columns:
        _add_column(table, name, _LEAST.get(name) if last else None)
    for number, paper in enumerate(papers, first):
        cells = [
            _cell(paper, name, today, (snippets or {}).get(paper.key))
            for name in columns
        ]
        table.add_row(str(number), _marks(paper), *cells)
    return table


def heading(name: str, told: str) -> Text:
    """What stands above a group of papers."""
    return Text(clean(name), "bold").append(f"  {told}", "not bold dim")


def divided(
    parts: Sequence[tuple[RenderableType, Sequence[Paper]]],
    *,
    columns: Sequence[str],
    today: dt.date,
    snippets: Snippets | None = None,
) -> Group:
    """Tables of papers below headings, numbered through, their columns below each other."""
    last, first = sum(len(papers) for _, papers in parts), 1
    drawn: list[RenderableType] = []
    for above, papers in parts:
        drawn += [Text(""), above] if drawn else [above]
        if papers:
            drawn.append(
                listing(
                    papers,
                    columns=columns,
                    today=today,
                    snippets=snippets,
                    first=first,
                    last=last,
                )
            )
        first += len(papers)
    return Group(*drawn)


def _add_column(table: Table, name: str, least: int | None) -> None:
    heading = "Date" if name == "date" else BY_NAME[name].heading
    if name in _FLEXIBLE:
        table.add_column(heading, ratio=_FLEXIBLE[name], overflow="fold")
    else:
        right = name == "date" or BY_NAME[name].kind is Kind.NUMBER
        table.add_column(
            heading,
            justify="right" if right else "left",
            no_wrap=name != "id",
            overflow="fold",
            min_width=least,
            max_width=28 if name == "id" else None,
        )


def _marks(paper: Paper) -> Text:
    star = Text("★" if paper.starred else " ", AMBER)
    style = {"unread": BLUE, "later": PURPLE}.get(paper.status, "dim")
    return star.append(MARKS.get(paper.status, "•"), style)


def _cell(
    paper: Paper, name: str, today: dt.date, snippet: Snippet | None
) -> RenderableType:
    if name == "title":
        return _title(paper, snippet)
    if name == "date":
        return Text(day(paper.date, today), "dim")
    if name == "authors":
        return Text(authors(paper, 2))
    if name == "id":
        return Text(_short_id(paper.id), BLUE, overflow="fold")
    value = getattr(paper, name)
    if isinstance(value, tuple):
        return Text(", ".join(map(clean, value)))
    return Text(
        "" if value is None else clean(str(value)), GREEN if name == "upvotes" else ""
    )


def _short_id(number: str) -> str:
    return clean(number.removeprefix("https://").removeprefix("http://"))


def _title(paper: Paper, snippet: Snippet | None) -> Text:
    style = "bold" if paper.status in ("unread", "later") else ""
    text = (
        highlighted(snippet.title, style)
        if snippet
        else Text(clean(paper.title), style)
    )
    if address := link(paper.url):
        text.stylize(f"link {address}")
    if paper.tags:
        text.append(
            "  " + " ".join(f"#{clean(tag)}" for tag in paper.tags), f"not bold {BLUE}"
        )
    for piece in snippet.pieces if snippet else ():
        text.append("\n").append_text(highlighted(piece, "not bold dim"))
    return text


def highlighted(text: str, style: str) -> Text:
    """Text with what stands between \\x02 and \\x03 set off."""
    result = Text()
    for number, piece in enumerate(text.replace("\x03", "\x02").split("\x02")):
        # Cleaning folds white space; a piece's own edges are words' edges and stay.
        edges = (
            " " if piece[:1] == " " else "",
            " " if piece[-1:] == " " and piece.strip() else "",
        )
        result.append(
            edges[0] + clean(piece) + edges[1],
            f"{style} not dim bold {ORANGE}" if number % 2 else style,
        )
    return result


def authors(paper: Paper, shown: int) -> str:
    """The first authors' names and how many more there are; a bare count where only that is known."""
    if not paper.authors:
        return (
            f"{paper.author_count} author{'s' * (paper.author_count != 1)}"
            if paper.author_count
            else ""
        )
    names = ", ".join(map(clean, paper.authors[:shown]))
    more = max(paper.author_count or 0, len(paper.authors)) - shown
    return f"{names} +{more}" if more > 0 else names


def whole(papers: Sequence[tuple[Paper, Record]], *, today: dt.date) -> Group:
    """Papers whole, a rule between them."""
    drawn: list[RenderableType] = []
    for one, record in papers:
        drawn += [Rule(style="dim")] if drawn else []
        drawn.append(paper(one, record, today=today))
    return Group(*drawn)


def paper(paper: Paper, record: Record, *, today: dt.date) -> Group:
    """One paper whole: its facts, abstract, the reader's marks, and which source said what."""
    facts = Table.grid(padding=(0, 2, 0, 0))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    for name, value in _facts(paper, today):
        facts.add_row(name, value)
    parts: list[RenderableType] = [Text(clean(paper.title), "bold"), Text(""), facts]
    if paper.abstract:
        parts += [Text(""), Text(clean(paper.abstract))]
    if paper.note:
        parts += [
            Text(""),
            Text("Note", "dim"),
            *(Text(clean(line)) for line in paper.note.splitlines()),
        ]
    parts += [Text(""), _sources(record)]
    return Group(*parts)


def _facts(paper: Paper, today: dt.date) -> Iterable[tuple[str, Text]]:
    marks = [
        paper.status,
        "starred" if paper.starred else "",
        *(f"#{tag}" for tag in paper.tags),
    ]
    rows = [
        ("Id", paper.id),
        ("Authors", ", ".join(paper.authors) or authors(paper, 0)),
        ("Organisation", paper.organization),
        ("Venue", paper.venue),
        ("Published", paper.published),
        ("Listed", paper.listed),
        (
            "Version",
            f"{paper.version}, {paper.updated}"
            if paper.version and paper.updated
            else None,
        ),
        ("Votes", _votes(paper)),
        ("Categories", ", ".join(paper.categories)),
        ("Keywords", ", ".join(paper.keywords)),
        (
            "Code",
            f"{paper.github}{f'  ★ {paper.stars}' if paper.stars is not None else ''}"
            if paper.github
            else None,
        ),
        ("Project", paper.project),
        ("DOI", paper.doi),
        ("Read", paper.url),
        ("PDF", paper.pdf),
        ("Summary", paper.summary),
        ("Marked", " ".join(filter(None, marks))),
    ]
    for name, value in rows:
        if value:
            address = link(value)
            yield name, Text(clean(value), f"link {address}" if address else "")


def _votes(paper: Paper) -> str | None:
    if paper.upvotes is None:
        return None
    if paper.comments is None:
        return f"▲ {paper.upvotes}"
    return f"▲ {paper.upvotes}, {paper.comments} comment{'s' * (paper.comments != 1)}"


def _sources(record: Record) -> Table:
    """Which source said what, by the names of the fields."""
    table = Table(box=None, padding=(0, 2, 0, 0), header_style="dim", pad_edge=False)
    table.add_column("Source", no_wrap=True)
    table.add_column("said", overflow="fold")
    for source, said in record.said.items():
        table.add_row(
            Text(clean(source)),
            Text(", ".join(clean(name) for name in said if name != "ids"), "dim"),
        )
    return table
