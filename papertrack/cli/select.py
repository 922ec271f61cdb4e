"""What a command is about: queries, and the papers that SELECT names."""

from __future__ import annotations

import sys
from collections.abc import Sequence

from papertrack.cli.session import Session
from papertrack.core.errors import NotFound, UsageError
from papertrack.core.field_names import BY_QUERY_NAME
from papertrack.query.language import And, Clause, Days, Everything, Not, Or


def clause(
    session: Session,
    words: Sequence[str],
    *,
    since: str | None = None,
    until: str | None = None,
) -> Clause:
    """The clause of a command line: its words as one query, and the days that --since and --until name.

    Raises QueryError with a caret; NotFound, UsageError for views that are not there or lead to themselves.
    """
    asked = session.library.clause(" ".join(words), session.today)
    if not since and not until:
        return asked
    days = _days(session, since, until)
    return days if isinstance(asked, Everything) else And((asked, days))


def _days(session: Session, since: str | None, until: str | None) -> Clause:
    """Papers of these days: by the day of listing, else of publication, as the table dates them."""
    from papertrack.core import dates

    try:
        first = (
            dates.day(since.removesuffix(".."), session.today).isoformat()
            if since
            else None
        )
        last = dates.interval(f"..{until}", session.today)[1] if until else None
    except ValueError as error:
        raise UsageError(str(error)) from None
    listed, published = BY_QUERY_NAME["listed"], BY_QUERY_NAME["published"]
    unlisted = Not(Days(listed, None, None))
    return Or(
        (Days(listed, first, last), And((unlisted, Days(published, first, last))))
    )


def split(session: Session, arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The main keys of the papers that SELECT names by id, and the words that are its query.

    Ids in any form, numbers of the last listing, `-` for ids on stdin; whatever else is there is one query.
    Raises NotFound, UsageError.
    """
    keys: list[str] = []
    words: list[str] = []
    for argument in arguments:
        if argument == "-":
            keys += _from_stdin(session)
        elif (found := session.library.resolve(argument)) is not None:
            keys += found
        else:
            words.append(argument)
    return list(dict.fromkeys(keys)), words


def select(session: Session, arguments: Sequence[str]) -> tuple[list[str], bool]:
    """The main keys of the papers that SELECT names, in order, and whether a query was part of it.

    Raises NotFound, QueryError, UsageError.
    """
    keys, words = split(session, arguments)
    if words:
        keys += session.library.index.keys(clause(session, words))
    return list(dict.fromkeys(keys)), bool(words)


def _from_stdin(session: Session) -> list[str]:
    """Ids on stdin: the first word of each line, so that a table of papertrack's own can be piped back."""
    keys: list[str] = []
    for line in sys.stdin.read().splitlines():
        if not line.strip():
            continue
        word = line.split()[0]
        found = session.library.resolve(word)
        if found is None:
            raise NotFound(
                f"no paper {word} (from standard input, where each line begins with an id)"
            )
        keys += found
    return keys


def agree(
    session: Session, count: int, action: str, *, by_query: bool, yes: bool
) -> None:
    """Before a write to what a query selects: say how many; ask on a terminal, else need --yes above one.

    Raises UsageError where nobody agreed.
    """
    if yes or not by_query or count <= 1:
        return
    if sys.stdin.isatty() and session.stderr.isatty():
        if not session.confirm(f"{action} {count} papers?"):
            raise UsageError("nothing was changed")
    else:
        raise UsageError(f"this would {action} {count} papers; add --yes to do it")
