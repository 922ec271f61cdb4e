"""Change the marks of selected papers, or show what would change."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from itertools import islice

from papertrack import render
from papertrack.cli import output
from papertrack.cli.select import select
from papertrack.cli.session import Session
from papertrack.core.model import Mark, Paper
from papertrack.core.wording import excerpt, plural
from papertrack.index.stored_papers import StoredPapers
from papertrack.library import rules

SHOWN = 200
"""Papers of a dry run shown on a terminal: a table is drawn whole before it appears."""

TITLES = 5
"""Papers that a question or a report names."""

LONGEST_TITLE = 300
"""Characters of such a title, off a terminal."""

UNCHANGED = "already up to date; nothing changed"

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

    `doing` ("tag {papers}") is confirmed, `done` ("tagged {papers}") is reported and
    logged. Raises NotFound if no paper is selected, UsageError if not confirmed.
    """
    keys, by_query = select(session, arguments)
    if by_query and not (yes or dry_run):
        confirm_papers(session, doing, keys)

    marks = session.library.marking.mark_papers(
        lambda mark_of: {key: change(mark_of(key)) for key in keys},
        what=lambda count: _filled(done, count),
        dry_run=dry_run,
    )
    if dry_run:
        show_changes(session, marks, f"would {doing}, of {len(keys)} selected")
    else:
        report_change(session, done, marks)
        if len(marks) <= TITLES:
            for line in titles(session, marks):
                session.narrate(line)


def confirm_papers(session: Session, doing: str, keys: Sequence[str]) -> None:
    """Ask whether to change the papers that a query selected, naming some of them.

    A single paper needs no confirmation where nobody can be asked. Raises UsageError
    if not confirmed.
    """
    if len(keys) > 1 or session.can_ask:
        session.confirm(_filled(doing, len(keys)), about=titles(session, keys))


def titles(session: Session, keys: Collection[str]) -> list[str]:
    """The titles of the first papers, as indented lines, and how many more there are."""
    width = session.width - 2 if session.stderr.isatty() else LONGEST_TITLE
    papers = session.library.index.papers(islice(keys, TITLES))
    lines = [f"  {excerpt(paper.title or paper.id, width)}" for paper in papers]
    if len(keys) > TITLES:
        lines.append(f"  and {len(keys) - TITLES:,} more")
    return lines


def _filled(message: str, count: int) -> str:
    return message.replace("{papers}", plural(count, "paper"))


def report_change(session: Session, message: str, marks: Marks) -> None:
    """Report what was done, and how to undo it; or that nothing had to change."""
    if marks:
        session.narrate(f"{_filled(message, len(marks))} (undo: papertrack undo)")
    else:
        session.narrate(UNCHANGED)


def print_changes(
    session: Session,
    find: Callable[[], StoredPapers],
    change: Callable[[Paper], Sequence[str]],
) -> None:
    """Print the papers that `find` finds, and what a dry run would change of each."""

    def show() -> None:
        papers = find().as_stored()

        def table() -> output.Drawing:
            few = tuple(papers[:SHOWN])
            session.library.number(few)
            return render.settings.changes([(paper, change(paper)) for paper in few])

        rows = ((one.id, one.date, one.title, change(one)) for one in papers)
        output.emit(session, table=table, rows=rows)

    output.print_stored(session, show)


def show_changes(session: Session, marks: Marks, message: str) -> None:
    """Print what a dry run would change, newest paper first, and the message."""

    def find() -> StoredPapers:
        return session.library.index.stored_papers(marks).newest_first()

    def change(paper: Paper) -> Sequence[str]:
        return rules.describe_change(*marks[paper.key])

    print_changes(session, find, change)
    if session.on_terminal and len(marks) > SHOWN:
        session.narrate(f"the newest {SHOWN} are shown; a pipe gets all")
    if marks:
        session.narrate(f"{_filled(message, len(marks))}; nothing was changed")
    else:
        session.narrate(UNCHANGED)
