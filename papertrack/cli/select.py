"""What a command works on: the clause of a query, and the papers that SELECT names."""

from __future__ import annotations

from collections.abc import Sequence

from papertrack.cli import streams
from papertrack.cli.listing import Listing, Sort
from papertrack.cli.session import Session
from papertrack.core import dates
from papertrack.core.errors import NotFound, UsageError
from papertrack.core.identity import arxiv_id, show
from papertrack.index.search import SearchResult
from papertrack.library.library import Library
from papertrack.query.language import (
    ANY_STATUS,
    And,
    Clause,
    Everything,
    on_days,
)

SHOWN_KEYS = 3
"""How many papers a message names."""


def clause(session: Session, options: Listing) -> Clause:
    """The clause of a command line: its words as one query, --since and --until.

    Raises QueryError with a position; NotFound for an unknown view, UsageError for a
    view that contains itself and for an unreadable day.
    """
    query = session.library.clause(" ".join(options.words), session.today)
    within = days(session, options.since, options.until)
    if within is None:
        return query
    if isinstance(query, Everything):
        return within
    return And((query, within))


def search(
    session: Session, options: Listing, *, stored: bool = False
) -> tuple[Clause, SearchResult]:
    """The clause of a listing, and the papers that match it. Raises as `clause`.

    If they are `stored`, they are read when they are needed, where the order allows it:
    see `Index.stored`.
    """
    query = clause(session, options)
    if is_by_marks(options):
        found = _recommended(session, query, options, stored)
        if found is not None:
            return query, found
        options = options._replace(sort=Sort.DATE)
    index = session.library.index
    find = index.stored if stored else index.search
    result = find(
        query, sort=options.sort, reverse=options.reverse, limit=options.limit
    )
    return query, result


def is_by_marks(options: Listing) -> bool:
    """Whether papers are sorted by how well they fit the reader's tags and stars."""
    return options.sort.removeprefix("-") == Sort.RECOMMENDED


def _recommended(
    session: Session, query: Clause, options: Listing, stored: bool
) -> SearchResult | None:
    """The papers that fit the reader's tags best; None, and a message, if few papers
    are marked.
    """
    # 5 ms, for this order only
    from papertrack.library.recommending import missing, recommended

    reverse = options.reverse != options.sort.startswith("-")
    found = recommended(
        session.library, query, limit=options.limit, reverse=reverse, stored=stored
    )
    if found.has_enough:
        return found.result
    session.narrate(f"{missing(found.marked)}; sorted by date")
    return None


def days(session: Session, since: str | None, until: str | None) -> Clause | None:
    """Papers listed in these days or, if never listed, published in them; None for all
    days. Raises UsageError for an unreadable day.
    """
    if not since and not until:
        return None
    return on_days(*days_of(session, since, until))


def days_of(session: Session, since: str | None, until: str | None) -> dates.Interval:
    """The first day of --since and --until and the day after the last one (ISO); None
    where they are open. Raises UsageError for an unreadable day.
    """
    first = last = None
    try:
        if since:
            first = dates.day(since.removesuffix(".."), session.today).isoformat()
        if until:
            _, last = dates.interval(f"..{until}", session.today)
    except ValueError as error:
        raise UsageError(str(error)) from None
    return first, last


def split(session: Session, arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The main keys of the papers that SELECT names by id, and the words of its query.

    Ids in any form, numbers of the last listing, and `-` for ids on stdin become keys;
    all other arguments form one query. Raises NotFound, UsageError.
    """
    keys: list[str] = []
    words: list[str] = []
    for argument in arguments:
        if argument == "-":
            keys += _from_stdin(session)
            continue
        found = session.library.resolve(argument)
        if found is None:
            words.append(argument)
        else:
            keys += found
    return list(dict.fromkeys(keys)), words


def one_paper(library: Library, text: str, command: str) -> str:
    """The main key of the paper that a text names. Raises UsageError, NotFound."""
    keys = library.resolve(text)
    if keys is None:
        raise UsageError(
            f"{text} is not the id or number of a paper; find it with: papertrack search {text}"
        )
    if len(keys) != 1:
        shown = ", ".join(show(key) for key in keys[:SHOWN_KEYS])
        raise UsageError(f"{command} takes one paper; {text} is several: {shown}")
    return keys[0]


def select(session: Session, arguments: Sequence[str]) -> tuple[list[str], bool]:
    """The main keys of the papers that SELECT names, and whether it contains a query.

    Ids with a query are those of the ids that match it. Raises NotFound if there are
    none; QueryError, UsageError.
    """
    keys, words = split(session, arguments)
    if words:
        keys = matching(session, keys, Listing(words))
    if not keys:
        raise NotFound(f"no paper matches {' '.join(arguments)}")
    return keys, bool(words)


def named_version(argument: str) -> int | None:
    """The version that an argument such as 2511.04570v2 names, also in an address."""
    last = argument.rpartition("/")[2].removesuffix(".pdf")
    named = arxiv_id(argument) or arxiv_id(last)
    return named[1] if named else None


def named_versions(session: Session, arguments: Sequence[str]) -> dict[str, int]:
    """The versions that arguments name, by the keys of the papers."""
    versions: dict[str, int] = {}
    for argument in arguments:
        version = named_version(argument)
        if version:
            for key in session.library.resolve(argument) or ():
                versions[key] = version
    return versions


def matching(session: Session, keys: Sequence[str], options: Listing) -> list[str]:
    """Of these papers those that match, or all that match if there are none.

    A paper that is named may be hidden. Raises as `clause`.
    """
    query = clause(session, options)
    if not keys:
        return session.library.index.keys(query)
    matches = set(session.library.index.keys(And((query, ANY_STATUS))))
    return [key for key in keys if key in matches]


def _from_stdin(session: Session) -> list[str]:
    """The papers whose ids begin the lines of stdin, as in papertrack's own listings.

    Raises NotFound if there are none: without ids a query would select all that match.
    """
    keys: list[str] = []
    for line in streams.read_input().splitlines():
        if not line.strip():
            continue
        word = line.split()[0]
        found = session.library.resolve(word)
        if found is None:
            raise NotFound(
                f"unknown paper {word} (from standard input, where each line begins with an id)"
            )
        keys += found
    if not keys:
        raise NotFound("standard input contains no ids; nothing was done")
    return keys
