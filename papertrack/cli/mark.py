"""`mark`, `star`, `unstar`, `note`: what the reader says of a paper."""

import os
import shlex
import subprocess
import sys
import tempfile
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from papertrack.cli import options as opt
from papertrack.cli.apply_marks import apply
from papertrack.cli.select import select
from papertrack.cli.session import Session
from papertrack.core.errors import PapertrackError, UsageError
from papertrack.core.model import Paper
from papertrack.core.text import clean


class Status(StrEnum):
    """What a paper can be marked as."""

    READ = "read"
    UNREAD = "unread"
    LATER = "later"
    HIDDEN = "hidden"


def mark_command(
    ctx: typer.Context,
    status: Annotated[Status, typer.Argument(help="What to mark them as.")],
    select: opt.Select,
    yes: opt.Yes = False,
    dry_run: opt.DryRun = False,
) -> None:
    """Mark papers as read, unread, for later, or hidden from every view.

    papertrack mark read 1-5
    """
    apply(
        ctx.obj,
        select,
        lambda mark: mark._replace(status=status.value),
        doing=f"mark as {status.value}",
        done=f"marked {{papers}} {status.value}",
        yes=yes,
        dry_run=dry_run,
    )


def star_command(
    ctx: typer.Context,
    select: opt.Select,
    yes: opt.Yes = False,
    dry_run: opt.DryRun = False,
) -> None:
    """Star papers."""
    apply(
        ctx.obj,
        select,
        lambda mark: mark._replace(starred=True),
        doing="star",
        done="starred {papers}",
        yes=yes,
        dry_run=dry_run,
    )


def unstar_command(
    ctx: typer.Context,
    select: opt.Select,
    yes: opt.Yes = False,
    dry_run: opt.DryRun = False,
) -> None:
    """Take the star off papers."""
    apply(
        ctx.obj,
        select,
        lambda mark: mark._replace(starred=False),
        doing="unstar",
        done="unstarred {papers}",
        yes=yes,
        dry_run=dry_run,
    )


def note_command(
    ctx: typer.Context,
    id: Annotated[str, typer.Argument(metavar="ID", help="The paper.")],
    text: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TEXT]...", help="The note; - reads it; none opens $EDITOR."
        ),
    ] = None,
    dry_run: opt.DryRun = False,
) -> None:
    """Write your note on a paper; an empty one removes it.

    papertrack note 2511.04570 'compare with table 3 of the survey'
    """
    session: Session = ctx.obj
    keys, by_query = select(session, [id])
    if by_query or len(keys) != 1:
        raise UsageError(f"{id} names {len(keys)} papers; a note is for one, by its id")
    paper = session.library.get(keys[0])
    if text is None:
        note = _edited(session, paper)
    elif text == ["-"]:
        note = sys.stdin.read()
    else:
        note = " ".join(text)
    lines = [clean(line) for line in note.strip().splitlines()]
    kept = "\n".join(lines).strip() or None
    done = "wrote a note on {papers}" if kept else "removed the note of {papers}"
    apply(
        session,
        [paper.id],
        lambda mark: mark._replace(note=kept),
        doing="note",
        done=done,
        yes=True,
        dry_run=dry_run,
    )


def _edited(session: Session, paper: Paper) -> str:
    """The note as the reader's editor leaves it; lines below the cut are not part of it. Raises UsageError."""
    if not (sys.stdin.isatty() and session.on_terminal):
        raise UsageError(
            "no text given and no terminal for an editor; papertrack note ID TEXT, or - for stdin"
        )
    cut = "# ------ the note ends here; an empty one removes it ------"
    command = session.environment.editor
    with tempfile.TemporaryDirectory(prefix="papertrack-") as folder:
        path = Path(folder) / "note.md"
        path.write_text(
            f"{paper.note or ''}\n\n{cut}\n# {paper.title}\n", encoding="utf-8"
        )
        try:
            code = subprocess.run(
                [*shlex.split(command), str(path)], check=False, env=os.environ
            ).returncode
        except (OSError, ValueError) as error:
            raise UsageError(
                f"the editor {command!r} can't be started: {error}; set EDITOR"
            ) from None
        if code:
            raise PapertrackError(
                f"the editor {command!r} ended with {code}; the note is as it was"
            )
        try:
            return path.read_text(encoding="utf-8", errors="replace").partition(cut)[0]
        except OSError as error:
            raise PapertrackError(
                f"the editor's file is gone: {error.strerror}; the note is as it was"
            ) from None
