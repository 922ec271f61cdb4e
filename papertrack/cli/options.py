"""Options that several commands share, each written once, and `Listing`, their value.

Each command function lists its options for Typer; those of `list`, `search`, `show`,
`tags`, `export` and `stats` are added by `listing`, and reach the function as one value.
"""

import functools
import inspect
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Annotated, Any, NamedTuple

from typer import Argument, Option

from papertrack.config.keys import BY_NAME
from papertrack.core.errors import UsageError
from papertrack.core.field_names import PAPER_NAMES, SORTABLE
from papertrack.core.slips import unknown_among

Command = Callable[..., None]


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


Select = Annotated[
    list[str],
    Argument(
        metavar="SELECT...",
        help="Ids, numbers of the last listing (3, 1-5,8), - for stdin, or a query.",
    ),
]
TriageSelect = Annotated[
    list[str] | None,
    Argument(
        metavar="[SELECT]...",
        help="Ids, numbers of the last listing, - for stdin, or a query.",
    ),
]
MOST = 2**31
"""More papers than any library has. SQLite counts up to 2**63."""


def countable(limit: int | None) -> int | None:
    """A limit that every library can count to: no greater one makes a difference."""
    return None if limit is None else min(limit, MOST)


Limit = Annotated[
    int | None,
    Option(
        "--limit",
        "-n",
        min=1,
        metavar="N",
        help="Show at most N.",
        callback=countable,
    ),
]
SHOWN: int = BY_NAME["list.limit"].default
"""How many papers, tags or steps are shown without --limit or --all."""

All = Annotated[bool, Option("--all", "-a", help=f"Show all, not the first {SHOWN}.")]
Since = Annotated[
    str | None,
    Option(
        metavar="D",
        help="Start on this day: 2025-11-07, 2025-W45, 7d, today.",
    ),
]
Until = Annotated[str | None, Option(metavar="D", help="End on this day, inclusive.")]
Json = Annotated[bool, Option("--json", help="Write JSON.")]
Count = Annotated[bool, Option("--count", help="Print only how many papers match.")]
DryRun = Annotated[
    bool, Option("--dry-run", help="Show what would change; change nothing.")
]
With = Annotated[
    str | None,
    Option(
        "--with",
        metavar="feeds,rules",
        help="Take the feeds, the rules or both of another library too.",
    ),
]
Yes = Annotated[bool, Option("--yes", "-y", help="Don't ask for confirmation.")]

COLUMNS = (*PAPER_NAMES, "date")


class Listing(NamedTuple):
    """Which papers a command prints, in which order and form.

    `limit` None means all; `snippets` is how many lines of a table show where the words
    match.
    """

    words: Sequence[str] = ()
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
    only_count: bool = False
    snippets: int = 0

    @property
    def is_export(self) -> bool:
        """Whether the papers are written in an export format."""
        return self.format not in (None, "table")


LISTING_OPTIONS = {
    "words": Annotated[
        list[str] | None,
        Argument(metavar="[QUERY]...", help="A query; all papers without one."),
    ],
    "sort": Annotated[
        Sort,
        Option("--sort", "-s", help="Sort by this; newest, most or best first."),
    ],
    "reverse": Annotated[bool, Option("--reverse", "-r", help="Reverse the order.")],
    "limit": Limit,
    "all": All,
    "since": Since,
    "until": Until,
    "group": Annotated[
        Group | None,
        Option(help="Group by this field.", case_sensitive=False),
    ],
    "columns": Annotated[
        str | None,
        Option(metavar="A,B", help="Show these columns, in this order."),
    ],
    "format": Annotated[
        str | None,
        Option(
            metavar="FORMAT",
            help="Write an export format: markdown, bibtex, csv, ids…",
        ),
    ],
    "json": Json,
    "fields": Annotated[
        str | None,
        Option(
            metavar="A,B",
            help="Write only these fields (implies --json unless --format is given).",
        ),
    ],
    "only_count": Count,
    "snippets": Annotated[
        int,
        Option(
            metavar="N",
            min=0,
            max=3,
            help="Show matches of a paper in a table on up to N lines: 0 to 3.",
        ),
    ],
    "title": Annotated[str, Option(help="Use this heading for a reading list.")],
}
"""What a command that prints papers can offer -> the type for Typer."""


def listing(names: str, **defaults: object) -> Callable[[Command], Command]:
    """Give a command the listing options of these names, in this order.

    The command gets their values as one `Listing`, its argument `options`. Parameters of
    its own come first, or where they are named among the options.
    """

    def decorated(function: Command) -> Command:
        own = dict(inspect.signature(function, eval_str=True).parameters)
        del own["options"]
        order = [*(name for name in own if name not in names.split()), *names.split()]
        shared = [name for name in order if name not in own]

        @functools.wraps(function)
        def command(session: object, **values: Any) -> None:
            options = _listing(**{name: values.pop(name) for name in shared})
            function(session, options=options, **values)

        for name in shared:
            default = defaults.get(name, Listing._field_defaults.get(name, False))
            own[name] = inspect.Parameter(
                name,
                inspect.Parameter.POSITIONAL_OR_KEYWORD,
                default=default,
                annotation=LISTING_OPTIONS[name],
            )
        signature = inspect.Signature([own[name] for name in order])
        vars(command)["__signature__"] = signature
        return command

    return decorated


def _listing(
    *,
    words: Sequence[str] | None = None,
    limit: int | None = None,
    all: bool = False,
    columns: str | None = None,
    fields: str | None = None,
    format: str | None = None,
    **others: Any,
) -> Listing:
    """The values of options as a `Listing`. Raises UsageError for an unknown name."""
    return Listing(
        words or (),
        limit=None if all else limit,
        columns=_names(columns, COLUMNS, "column"),
        fields=_names(fields, PAPER_NAMES, "field"),
        format=_format(format),
        **others,
    )


def _format(text: str | None) -> str | None:
    """The name of an export format, which may be typed as a suffix: `md`, `bib`."""
    if text in (None, "table"):
        return text
    from papertrack.exports.registry import format_named  # 2 ms

    return format_named(text) or text


def _names(text: str | None, known: Sequence[str], what: str) -> Sequence[str] | None:
    if text is None:
        return None
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        raise UsageError(f"no {what} named; known: {', '.join(known)}")
    if not set(names) <= set(known):
        raise unknown_among(UsageError, what, names, known)
    return names
