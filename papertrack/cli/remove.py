"""`remove`: papers and their marks leave the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack import render
from papertrack.cli import output
from papertrack.cli.apply_marks import SHOWN, TITLES, confirm_papers, titles
from papertrack.cli.select import select
from papertrack.cli.session import Session
from papertrack.core.wording import plural

if TYPE_CHECKING:
    from papertrack.cli import options as opt

REMOVED = ("removed",)
"""What a dry run says of each paper."""


def remove_command(
    session: Session,
    select_: opt.Select,
    yes: opt.Yes = False,
    dry_run: opt.DryRun = False,
) -> None:
    """Remove papers and their marks from the library.

    papertrack remove 2511.04570

    undo restores both. A later fetch that reports a removed paper adds it as a new one;
    papertrack mark hidden keeps it out of sight.
    """
    keys, by_query = select(session, select_)
    papers = plural(len(keys), "paper")
    if dry_run:
        _show(session, keys)
        session.narrate(f"would remove {papers}; nothing was changed")
        return
    if by_query and not yes:
        confirm_papers(session, "remove {papers} and their marks", keys)
    named = titles(session, keys) if len(keys) <= TITLES else []
    session.library.marking.remove(keys, what=f"removed {papers}")
    session.narrate(f"removed {papers} (undo: papertrack undo)")
    for line in named:
        session.narrate(line)


def _show(session: Session, keys: list[str]) -> None:
    """Print the papers that would be removed."""

    def show() -> None:
        papers = session.library.index.stored_papers(keys).as_stored()

        def table() -> output.Drawing:
            few = tuple(papers[:SHOWN])
            session.library.number(few)
            return render.settings.changes([(paper, REMOVED) for paper in few])

        rows = ((one.id, one.date, one.title, REMOVED) for one in papers)
        output.emit(session, table=table, rows=rows)

    output.print_stored(session, show)
