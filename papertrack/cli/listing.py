"""What the listing options of a command come to: `Listing`, without Typer.

The commands that read the library are run without Typer where their line is a usual one
(`direct`), so what they need is here; `options` says what the options are in a line.
"""

import functools
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from typing import Any, NamedTuple

from papertrack.config.keys import BY_NAME
from papertrack.core.errors import UsageError
from papertrack.core.field_names import PAPER_NAMES, SORTABLE
from papertrack.core.slips import unknown_among

Command = Callable[..., None]

OFFERED = "listing_options"
"""The attribute of a command function with its `Offered`."""

SHOWN: int = BY_NAME["list.limit"].default
"""How many papers, tags or steps are shown without --limit or --all."""

COLUMNS = (*PAPER_NAMES, "date")


class Sort(StrEnum):
    """What papers can be sorted by: their day, relevance, votes of late, the reader's
    tags and stars, or a field.
    """

    DATE = "date"
    RELEVANCE = "relevance"
    TITLE = "title"
    HOT = "hot"
    RECOMMENDED = "recommended"

    # Each number and day that the index has a column for.
    _ignore_ = "members name"
    members = vars()
    for name in SORTABLE:
        members[name.upper()] = name


class Service(StrEnum):
    """The services whose own search can be used."""

    HF = "hf"
    ARXIV = "arxiv"


ALONE = (Sort.RELEVANCE, Sort.RECOMMENDED)
"""What is an order by itself, not to be combined with fields."""


class SortFields:
    """Reads `--sort`: fields with commas between them, each of them after `-` for the
    reverse order.
    """

    choices = tuple(sort.value for sort in Sort)

    def __repr__(self) -> str:
        """The code in the table of `direct`."""
        return "SortFields()"

    def __call__(self, text: str) -> str:
        """The fields without spaces. Raises ValueError for an unknown one."""
        if self.unknown(text) is not None:
            raise ValueError
        return ",".join(_parts(text))

    def unknown(self, text: str) -> str | None:
        """The first field that is none; None if all are known."""
        names = [part.removeprefix("-") for part in _parts(text)]
        wrong = [name for name in names or [""] if name not in self.choices]
        return wrong[0] if wrong else None


class TagSort(StrEnum):
    """What the table of tags can be sorted by."""

    NAME = "name"
    PAPERS = "papers"
    UNREAD = "unread"
    LATER = "later"
    NEWEST = "newest"


class Group(StrEnum):
    """What papers can be grouped by."""

    TAG = "tag"
    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    SOURCE = "source"
    ORG = "org"
    AUTHOR = "author"


class Listing(NamedTuple):
    """Which papers a command prints, in which order and form.

    `limit` None means all; `snippets` is how many lines of a table show where the words
    match.
    """

    words: Sequence[str] = ()
    sort: str = Sort.DATE
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
    strict: bool = False

    @property
    def is_export(self) -> bool:
        """Whether the papers are written in an export format."""
        return self.format not in (None, "table")


class Offered(NamedTuple):
    """The listing options that a command offers, in their order.

    Those that are parameters of the command's own are named for their place.
    """

    names: Sequence[str]
    shared: Sequence[str]
    """Those that reach the command in its argument `options`."""
    defaults: Mapping[str, object]
    """Where they differ from those of `Listing`."""

    def default(self, name: str) -> object:
        """The value of a shared option that is not typed."""
        return self.defaults.get(name, Listing._field_defaults.get(name, False))


def listing(names: str, **defaults: object) -> Callable[[Command], Command]:
    """Give a command the listing options of these names, in this order.

    The command gets their values as one `Listing`, its argument `options`. Parameters of
    its own come first, or where they are named among the options.
    """

    def decorated(function: Command) -> Command:
        own = function.__annotations__
        shared = [name for name in names.split() if name not in own]

        @functools.wraps(function)
        def command(session: object, **values: Any) -> None:
            options = _listing(**{name: values.pop(name) for name in shared})
            function(session, options=options, **values)

        vars(command)[OFFERED] = Offered(names.split(), shared, defaults)
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
    sort: str = Sort.DATE,
    **others: Any,
) -> Listing:
    """The values of options as a `Listing`. Raises UsageError for an unknown name, and
    for names that can't be combined.
    """
    fields_of_sort = sort.split(",")
    for name in ALONE:
        if len(fields_of_sort) > 1 and {name, f"-{name}"} & set(fields_of_sort):
            raise UsageError(f"--sort {name} can't be combined with other fields")
    return Listing(
        words or (),
        sort=sort,
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


ALL = "all"
"""What stands for all fields, or all columns."""


def _names(text: str | None, known: Sequence[str], what: str) -> Sequence[str] | None:
    if text is None:
        return None
    names = _parts(text)
    if not names:
        raise UsageError(f"no {what} named; known: {', '.join(known)}")
    if names == [ALL]:
        return known
    if not set(names) <= set(known):
        raise unknown_among(UsageError, what, names, known)
    return names


def _parts(text: str) -> list[str]:
    """The names between commas."""
    return [name.strip() for name in text.split(",") if name.strip()]
