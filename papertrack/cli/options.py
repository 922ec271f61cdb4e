"""Options that several commands share, each written once."""

from enum import StrEnum
from typing import Annotated

import typer

from papertrack.core.field_names import SORTABLE


class Sort(StrEnum):
    """What a listing can be sorted by: the day a paper is dated, how well it matches, or a field."""

    DATE = "date"
    RELEVANCE = "relevance"
    TITLE = "title"

    # Each number and day that the index has a column for.
    _ignore_ = "members name"
    members = vars()
    for name in SORTABLE:
        members[name.upper()] = name


class Group(StrEnum):
    """What a listing can be divided by."""

    TAG = "tag"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    SOURCE = "source"
    ORG = "org"
    AUTHOR = "author"


QueryWords = Annotated[
    list[str] | None,
    typer.Argument(metavar="[QUERY]...", help="A query; all papers without one."),
]
Select = Annotated[
    list[str],
    typer.Argument(
        metavar="SELECT...",
        help="Ids, numbers of the last listing (3, 1-5,8), - for stdin, or a query.",
    ),
]
Limit = Annotated[
    int, typer.Option("--limit", "-n", min=1, metavar="N", help="At most so many.")
]
All = Annotated[
    bool, typer.Option("--all", "-a", help="All that match, not the first 30 only.")
]
Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="D",
        help="From this day on: 2025-11-07, 2025-W45, 7d, today.",
    ),
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="D", help="Up to this day, included.")
]
Columns = Annotated[
    str | None,
    typer.Option(
        "--columns", metavar="A,B", help="The columns to show, in this order."
    ),
]
Json = Annotated[bool, typer.Option("--json", help="An array of objects, every field.")]
Fields = Annotated[
    str | None,
    typer.Option(
        "--fields",
        metavar="A,B",
        help="These fields only (implies --json unless --format).",
    ),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="As export writes it: markdown, bibtex, csv, ids…",
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what would change; change nothing.")
]
Yes = Annotated[
    bool, typer.Option("--yes", "-y", help="Don't ask before changing several papers.")
]
Grouping = Annotated[
    Group | None, typer.Option("--group", help="Divide by this.", case_sensitive=False)
]
Reverse = Annotated[bool, typer.Option("--reverse", "-r", help="The other way round.")]
