"""Options that several commands share, each written once, and `Listing`, their value.

Each command function lists its options for Typer; `list`, `search`, `show`, `tags` and
`export` put them into a `Listing`, which is all that the code below them sees.
"""

from collections.abc import Sequence
from enum import StrEnum
from typing import Annotated, NamedTuple

import typer

from papertrack.core.errors import UsageError
from papertrack.core.field_names import PAPER_NAMES, SORTABLE
from papertrack.core.wording import did_you_mean


class Sort(StrEnum):
    """What papers can be sorted by: their day, relevance, or a field."""

    DATE = "date"
    RELEVANCE = "relevance"
    TITLE = "title"

    # Each number and day that the index has a column for.
    _ignore_ = "members name"
    members = vars()
    for name in SORTABLE:
        members[name.upper()] = name


class Group(StrEnum):
    """What papers can be grouped by."""

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
SortBy = Annotated[
    Sort,
    typer.Option("--sort", "-s", help="Sort by this; newest, most or best first."),
]
Reverse = Annotated[bool, typer.Option("--reverse", "-r", help="Reverse the order.")]
_LIMIT = typer.Option("--limit", "-n", min=1, metavar="N", help="Show at most N.")
Limit = Annotated[int, _LIMIT]
OptionalLimit = Annotated[int | None, _LIMIT]
All = Annotated[bool, typer.Option("--all", "-a", help="Show all, not the first 30.")]
Since = Annotated[
    str | None,
    typer.Option(
        "--since",
        metavar="D",
        help="Start on this day: 2025-11-07, 2025-W45, 7d, today.",
    ),
]
Until = Annotated[
    str | None, typer.Option("--until", metavar="D", help="End on this day, inclusive.")
]
Grouping = Annotated[
    Group | None,
    typer.Option("--group", help="Group by this field.", case_sensitive=False),
]
Columns = Annotated[
    str | None,
    typer.Option("--columns", metavar="A,B", help="Show these columns, in this order."),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        metavar="FORMAT",
        help="Write an export format: markdown, bibtex, csv, ids…",
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Write JSON.")]
Fields = Annotated[
    str | None,
    typer.Option(
        "--fields",
        metavar="A,B",
        help="Write only these fields (implies --json unless --format is given).",
    ),
]
DryRun = Annotated[
    bool, typer.Option("--dry-run", help="Show what would change; change nothing.")
]
Yes = Annotated[bool, typer.Option("--yes", "-y", help="Don't ask for confirmation.")]

SHOWN = 30
"""How many papers, tags or steps are shown without --limit or --all."""

COLUMNS = (*PAPER_NAMES, "date")


class Listing(NamedTuple):
    """Which papers a command prints, in which order and form.

    `limit` None means all; `snippets` shows in a table where the words match.
    """

    words: Sequence[str]
    sort: Sort = Sort.DATE
    reverse: bool = False
    limit: int | None = None
    since: str | None = None
    until: str | None = None
    group: Group | None = None
    columns: Sequence[str] | None = None
    format: str | None = None
    json: bool = False
    fields: Sequence[str] | None = None
    title: str = "Reading list"
    snippets: bool = False

    @property
    def is_export(self) -> bool:
        """Whether the papers are written in an export format."""
        return self.format not in (None, "table")


def column_names(text: str | None) -> Sequence[str] | None:
    """The value of --columns. Raises UsageError for an unknown name."""
    return _names(text, COLUMNS, "column")


def field_names(text: str | None) -> Sequence[str] | None:
    """The value of --fields. Raises UsageError for an unknown name."""
    return _names(text, PAPER_NAMES, "field")


def _names(text: str | None, known: Sequence[str], what: str) -> Sequence[str] | None:
    if text is None:
        return None
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise UsageError(f"no {what} named; known: {', '.join(known)}")
    for name in names:
        if name not in known:
            raise UsageError(f"unknown {what} {name}{did_you_mean(name, known)}")
    return names
