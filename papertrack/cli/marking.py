"""What all commands that mark papers do: select, agree, change, tell."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from papertrack.cli.select import agree, select
from papertrack.cli.session import Session
from papertrack.errors import NotFound
from papertrack.model import Mark


def apply(
    session: Session, arguments: Sequence[str], change: Callable[[Mark], Mark], *, doing: str, done: str, yes: bool
) -> None:
    """Change the marks of the papers that SELECT names.

    `doing` is asked ("tag 12 papers?"), `done` is told, with `{papers}` for how many. Raises NotFound where
    nothing is selected.
    """
    keys, by_query = select(session, arguments)
    if not keys:
        raise NotFound(f"no paper matches {' '.join(arguments)}")
    agree(session, len(keys), doing, by_query=by_query, yes=yes)

    def told(count: int) -> str:
        return done.replace("{papers}", f"{count} paper{'s' * (count != 1)}")

    count = session.library.mark(keys, change, what=told)
    if count:
        session.narrate(f"{told(count)} (undo: papertrack undo)")
    else:
        session.narrate("nothing to change: it is so already")
