"""What all commands that mark papers do: select, agree, change, tell; or tell what they would change."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from papertrack.cli import output
from papertrack.cli.select import agree, select
from papertrack.cli.session import Session
from papertrack.core.errors import NotFound
from papertrack.core.model import Mark
from papertrack.library import rules

SHOWN = 200
"""Papers of a dry run that a terminal shows: a table is drawn whole before any of it is seen."""

Marks = Mapping[str, tuple[Mark, Mark]]
"""Main key -> a paper's mark before and after."""


def apply(
    session: Session,
    arguments: Sequence[str],
    change: Callable[[Mark], Mark],
    *,
    doing: str,
    done: str,
    yes: bool,
    dry_run: bool = False,
) -> None:
    """Change the marks of the papers that SELECT names.

    `doing` is asked ("tag 12 papers?"), `done` is told, with `{papers}` for how many. Raises NotFound where
    nothing is selected.
    """
    keys, by_query = select(session, arguments)
    if not keys:
        raise NotFound(f"no paper matches {' '.join(arguments)}")
    if not dry_run:
        agree(session, len(keys), doing, by_query=by_query, yes=yes)

    def told(count: int) -> str:
        return done.replace("{papers}", papers(count))

    marks = session.library.marking.mark_papers(
        lambda look: {key: change(look(key)) for key in keys},
        what=told,
        dry_run=dry_run,
    )
    if dry_run:
        show_changes(
            session, marks, f"would {doing} {{papers}}, of {len(keys)} selected"
        )
    elif marks:
        session.narrate(f"{told(len(marks))} (undo: papertrack undo)")
    else:
        session.narrate("nothing to change: it is so already")


def papers(count: int) -> str:
    """`1 paper`, `3 papers`."""
    return f"{count} paper{'s' * (count != 1)}"


def show_changes(session: Session, marks: Marks, told: str) -> None:
    """What a dry run would change: each paper, and what becomes of it; `told` has `{papers}` for how many."""
    found = [
        (paper, rules.told(*marks[paper.key]))
        for paper in session.library.index.papers(marks)
    ]
    found.sort(key=lambda row: row[0].date or "", reverse=True)
    if session.on_terminal and found:
        from papertrack.render import settings as desk

        shown = found[:SHOWN]
        session.library.number([paper for paper, _ in shown])
        output.draw(session, desk.changes(shown))
        if len(shown) < len(found):
            session.narrate(f"the newest {SHOWN} are shown; a pipe gets all")
    else:
        output.write_rows(
            session,
            ([paper.id, paper.date, paper.title, told] for paper, told in found),
        )
    if marks:
        session.narrate(
            f"{told.replace('{papers}', papers(len(marks)))}; nothing was changed"
        )
    else:
        session.narrate("nothing would change: it is so already")
