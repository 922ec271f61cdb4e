"""`remove`: papers and their marks leave the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

from papertrack.cli.apply_marks import TITLES, confirm_papers, print_changes, titles
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
        index = session.library.index
        print_changes(session, lambda: index.stored_papers(keys), lambda _: REMOVED)
        session.narrate(f"would remove {papers}; nothing was changed")
        return
    if by_query and not yes:
        confirm_papers(session, "remove {papers} and their marks", keys)
    named = titles(session, keys) if len(keys) <= TITLES else []
    session.library.marking.remove(keys, what=f"removed {papers}")
    session.narrate(f"removed {papers} (undo: papertrack undo)")
    for line in named:
        session.narrate(line)
