"""Papers: a listing as a table, grouped listings, whole papers."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence

from rich.console import Group, RenderableType
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from papertrack.core.field_names import BY_NAME
from papertrack.core.fields import Kind
from papertrack.core.model import Paper, Record
from papertrack.core.text import clean
from papertrack.core.wording import plural
from papertrack.index.snippets import Snippet
from papertrack.render.elements import (
    day,
    link,
    table,
    text,
)

Snippets = Mapping[str, Snippet]
"""Key -> where the matches are."""

MARKS = {"unread": "•", "read": "✓", "later": "↻", "hidden": "×"}

MIN_WIDTHS = {
    "id": 80,
    "title": 0,
    "authors": 104,
    "organization": 150,
    "upvotes": 0,
    "date": 0,
}
"""The columns of a table, in order, and the width of the terminal that each needs."""

_RATIOS = {
    "title": 4,
    "abstract": 6,
    "summary": 4,
    "authors": 1,
    "organization": 1,
    "note": 2,
    "keywords": 2,
}
"""How columns of long text share the room that the others leave."""

_LEAST = {"date": 10, "upvotes": 3, "id": 10}
"""The least width of columns, so that those of several tables are aligned."""


def columns_for(width: int) -> tuple[str, ...]:
    """The columns of a table of this width."""
    return tuple(name for name, least in MIN_WIDTHS.items() if width >= least)


def listing(
    papers: Sequence[Paper],
    *,
    columns: Sequence[str],
    today: dt.date,
    snippets: Snippets | None = None,
    first: int = 1,
    last: int = 0,
) -> Table:
    """A table of papers, numbered from `first`; the numbers can be typed as ids.

    `last` is the last number of several tables shown as one: their columns are aligned.
    """
    drawn = table()
    drawn.show_header = first == 1
    drawn.expand = any(name in _RATIOS for name in columns)
    digits = len(str(max(last, first + len(papers) - 1)))
    drawn.add_column("#", justify="right", style="dim", no_wrap=True, width=digits)
    drawn.add_column("", no_wrap=True, width=2)
    for name in columns:
        _add_column(drawn, name, _LEAST.get(name) if last else None)
    snippets = snippets or {}
    for number, paper in enumerate(papers, first):
        snippet = snippets.get(paper.key)
        cells = [_cell(paper, name, today, snippet) for name in columns]
        drawn.add_row(str(number), _marks(paper), *cells)
    return drawn


def heading(name: str, count: str) -> Text:
    """The heading of a group of papers."""
    return text(name, "bold").append(f"  {count}", "not bold dim")


def divided(
    parts: Sequence[tuple[RenderableType, Sequence[Paper]]],
    *,
    columns: Sequence[str],
    today: dt.date,
    snippets: Snippets | None = None,
) -> Group:
    """Tables of papers below headings, with one numbering and aligned columns."""
    first = 1
    last = sum(len(papers) for _, papers in parts)
    drawn: list[RenderableType] = []
    for heading, papers in parts:
        if drawn:
            drawn.append(Text(""))
        drawn.append(heading)
        if papers:
            part = listing(
                papers,
                columns=columns,
                today=today,
                snippets=snippets,
                first=first,
                last=last,
            )
            drawn.append(part)
        first += len(papers)
    return Group(*drawn)


def _add_column(table: Table, name: str, least: int | None) -> None:
    heading = "Date" if name == "date" else BY_NAME[name].heading
    if name in _RATIOS:
        table.add_column(heading, ratio=_RATIOS[name], overflow="fold")
        return
    to_right = name == "date" or BY_NAME[name].kind is Kind.NUMBER
    table.add_column(
        heading,
        justify="right" if to_right else "left",
        no_wrap=name != "id",
        overflow="fold",
        min_width=least,
        max_width=28 if name == "id" else None,
    )


def _marks(paper: Paper) -> Text:
    style = paper.status if paper.status in ("unread", "later") else "dim"
    if paper.starred:
        first = Text("★", "star")
    else:
        first = Text("⊘" if paper.withdrawn else " ", "warning")
    return first.append(MARKS.get(paper.status, "•"), style)


def _cell(paper: Paper, name: str, today: dt.date, snippet: Snippet | None) -> Text:
    if name == "title":
        return _title(paper, snippet)
    if name == "date":
        return Text(day(paper.date, today), "date")
    if name == "authors":
        return Text(authors(paper, 2))
    if name == "id":
        short = paper.id.removeprefix("https://").removeprefix("http://")
        return Text(clean(short), "id", overflow="fold")
    value = getattr(paper, name)
    if value is None:
        return Text("")
    if isinstance(value, tuple):
        return Text(", ".join(map(clean, value)))
    return text(str(value), "votes" if name == "upvotes" else "")


def _title(paper: Paper, snippet: Snippet | None) -> Text:
    style = "title" if paper.status in ("unread", "later") else ""
    title = highlighted(snippet.title if snippet else paper.title, style)
    if paper.withdrawn:
        title.stylize("strike")
    address = link(paper.url)
    if address:
        title.stylize(f"link {address}")
    if paper.tags:
        tags = " ".join(f"#{clean(tag)}" for tag in paper.tags)
        title.append(f"  {tags}", "tag")
    if snippet:
        for piece in snippet.pieces:
            title.append("\n").append_text(highlighted(piece, "not bold dim"))
    return title


def highlighted(text: str, style: str) -> Text:
    """A text with the matches between \\x02 and \\x03 highlighted."""
    result = Text()
    for number, piece in enumerate(re.split("[\x02\x03]", text)):
        # Cleaning strips the spaces beside a match, which separate words.
        before = " " if piece.startswith(" ") else ""
        after = " " if piece.endswith(" ") and piece.strip() else ""
        is_match = number % 2 == 1
        start = len(result)
        result.append(before + clean(piece) + after, style)
        if is_match:
            result.stylize("match", start)
    return result


def authors(paper: Paper, shown: int) -> str:
    """The first authors and how many more there are; or their number, if known."""
    if not paper.authors:
        return plural(paper.author_count, "author") if paper.author_count else ""
    names = ", ".join(map(clean, paper.authors[:shown]))
    more = max(paper.author_count or 0, len(paper.authors)) - shown
    return f"{names} +{more}" if more > 0 else names


def whole(papers: Iterable[tuple[Paper, Record]]) -> Group:
    """Whole papers with a rule between them."""
    drawn: list[RenderableType] = []
    for paper, record in papers:
        if drawn:
            drawn.append(Rule(style="dim"))
        drawn.append(_paper(paper, record))
    return Group(*drawn)


def _paper(paper: Paper, record: Record) -> Group:
    """The facts of a paper, its abstract, the reader's marks, the source of each fact."""
    facts = Table.grid(padding=(0, 2, 0, 0))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column(overflow="fold")
    for name, value in _facts(paper):
        address = link(value)
        facts.add_row(name, text(value, f"link {address}" if address else ""))
    parts: list[RenderableType] = [text(paper.title, "bold"), Text(""), facts]
    if paper.abstract:
        parts += [Text(""), text(paper.abstract)]
    if paper.note:
        parts += [Text(""), Text("Note", "dim"), *map(text, paper.note.splitlines())]
    parts += [Text(""), _sources(record)]
    return Group(*parts)


def _facts(paper: Paper) -> Iterable[tuple[str, str]]:
    """The known facts with their names."""
    version = code = None
    if paper.version and paper.updated:
        version = f"{paper.version}, {paper.updated}"
    if paper.github:
        code = paper.github
        if paper.stars is not None:
            code += f"  ★ {paper.stars}"
    marks = [paper.status]
    if paper.starred:
        marks.append("starred")
    marks += [f"#{tag}" for tag in paper.tags]
    facts = {
        "Id": paper.id,
        "Authors": ", ".join(paper.authors) or authors(paper, 0),
        "Organisation": paper.organization,
        "Venue": paper.venue,
        "Editors": ", ".join(paper.editors),
        "Publisher": paper.publisher,
        "School": paper.school,
        "Published": paper.published,
        "Listed": paper.listed,
        "Version": version,
        "Withdrawn": "yes" if paper.withdrawn else None,
        "Comment": paper.comment,
        "Votes": _votes(paper),
        "Categories": ", ".join(paper.categories),
        "Keywords": ", ".join(paper.keywords),
        "Code": code,
        "Project": paper.project,
        "DOI": paper.doi,
        "Read": paper.url,
        "PDF": paper.pdf,
        "Summary": paper.summary,
        "Marked": " ".join(marks),
    }
    return ((name, value) for name, value in facts.items() if value)


def _votes(paper: Paper) -> str | None:
    if paper.upvotes is None:
        return None
    votes = f"▲ {paper.upvotes}"
    if paper.comments is not None:
        votes += f", {plural(paper.comments, 'comment')}"
    return votes


def _sources(record: Record) -> Table:
    """The names of the fields that each source provides."""
    drawn = table("Source", "Fields")
    drawn.columns[0].no_wrap = True
    for source, facts in record.said.items():
        names = [clean(name) for name in facts if name != "ids"]
        drawn.add_row(text(source), Text(", ".join(names), "dim"))
    return drawn
