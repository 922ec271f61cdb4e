"""`mark`, `star`, `unstar`, `note`: status, star and note of papers."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated

from papertrack.cli import programs, streams
from papertrack.cli.apply_marks import apply
from papertrack.cli.select import split
from papertrack.cli.session import Session
from papertrack.cli.statuses import Status
from papertrack.core.errors import UsageError
from papertrack.core.model import Paper
from papertrack.core.text import clean_lines

if TYPE_CHECKING:
    from typer import Argument

    from papertrack.cli import options as opt

NOTE_END = "# ------ the note ends here; an empty one removes it ------"


def mark_command(
    session: Session,
    status: Annotated[Status, Argument(help="The status to set.")],
    select: opt.Select,
    yes: opt.Yes = False,
    dry_run: opt.DryRun = False,
) -> None:
    """Mark papers as read, unread, for later, or hidden from every view.

    papertrack mark read 1-5

    papertrack hide 3 is short for papertrack mark hidden 3.
    """
    apply(
        session,
        select,
        lambda mark: mark._replace(status=status.value),
        doing=f"mark {{papers}} as {status.value}",
        done=f"marked {{papers}} {status.value}",
        yes=yes,
        dry_run=dry_run,
    )


def star_command(
    session: Session,
    select: opt.Select,
    yes: opt.Yes = False,
    dry_run: opt.DryRun = False,
) -> None:
    """Star papers.

    papertrack star 2511.04570
    """
    apply(
        session,
        select,
        lambda mark: mark._replace(starred=True),
        doing="star {papers}",
        done="starred {papers}",
        yes=yes,
        dry_run=dry_run,
    )


def unstar_command(
    session: Session,
    select: opt.Select,
    yes: opt.Yes = False,
    dry_run: opt.DryRun = False,
) -> None:
    """Remove the star from papers.

    papertrack unstar 2511.04570
    """
    apply(
        session,
        select,
        lambda mark: mark._replace(starred=False),
        doing="unstar {papers}",
        done="unstarred {papers}",
        yes=yes,
        dry_run=dry_run,
    )


def note_command(
    session: Session,
    id: Annotated[str, Argument(metavar="ID", help="The paper.")],
    text: Annotated[
        list[str] | None,
        Argument(
            metavar="[TEXT]...",
            help="The note; - reads it from stdin; without one $EDITOR opens.",
        ),
    ] = None,
    dry_run: opt.DryRun = False,
) -> None:
    """Write your note on a paper; an empty note removes it.

    papertrack note 2511.04570 'compare with table 3 of the survey'
    """
    keys, words = split(session, [id])
    if words or len(keys) != 1:
        raise UsageError(f"{id}: a note is for one paper; give the paper's id")
    paper = session.library.get(keys[0])
    if text is None:
        with edited_note(session, paper) as note:
            _save(session, paper, note, dry_run=dry_run)
    elif text == ["-"]:
        _save(session, paper, _cleaned(streams.read_input()), dry_run=dry_run)
    else:
        _save(session, paper, _cleaned(" ".join(text)), dry_run=dry_run)


def _save(session: Session, paper: Paper, note: str | None, *, dry_run: bool) -> None:
    apply(
        session,
        [paper.id],
        lambda mark: mark._replace(note=note),
        doing="change the note of {papers}",
        done="wrote a note on {papers}" if note else "removed the note of {papers}",
        yes=True,
        dry_run=dry_run,
    )


def _cleaned(note: str) -> str | None:
    """A note as it is saved; None for an empty one."""
    return "\n".join(clean_lines(note)) or None


@contextlib.contextmanager
def edited_note(session: Session, paper: Paper) -> Iterator[str | None]:
    """The note from the reader's editor, to be saved within the block. Raises UsageError,
    PapertrackError.
    """
    if not (sys.stdin.isatty() and session.on_terminal):
        raise UsageError(
            "no text and no terminal for an editor; "
            "papertrack note ID TEXT, or - for stdin"
        )
    text = f"{paper.note or ''}\n\n{NOTE_END}\n# {paper.title}\n"
    with programs.edited(session, text) as edited:
        yield _cleaned(edited.partition(NOTE_END)[0])
