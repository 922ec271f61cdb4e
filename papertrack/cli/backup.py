"""`backup` and `restore`: the library in one file, and back."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from papertrack.cli import output, proposed
from papertrack.cli.session import Session
from papertrack.core.errors import NotFound, StoreError
from papertrack.core.progress import Progress
from papertrack.core.text import clean
from papertrack.core.wording import plural
from papertrack.library import restore as restoring
from papertrack.storage import approvals, archive, backups
from papertrack.storage.archive import Contents
from papertrack.storage.folder import check
from papertrack.storage.lock import locked

if TYPE_CHECKING:
    from typer import Argument

    from papertrack.cli import options as opt


def backup_command(
    session: Session,
    file: Annotated[
        Path | None,
        Argument(
            metavar="[FILE]",
            help="The file to write; without one, a dated file in the library.",
        ),
    ] = None,
) -> None:
    """Pack the library into one .tar.gz, with a manifest of sizes and checksums.

    It contains papers, marks, views, rules, feeds and the undo log; `tar -xzf` unpacks
    it without papertrack.

    papertrack backup

    papertrack backup papers.tar.gz
    """
    root = session.library.root
    if not archive.names(root):
        raise NotFound(f"no library in {root}: there is nothing to back up")
    out = (file or backups.new_path(root, session.now)).absolute()
    progress = session.progress
    with progress.working(), locked(session.folder):
        packed = archive.pack(
            root,
            out,
            now=session.now,
            sign=partial(approvals.signed, session.folder),
            accept=_replacement_of(out) if out.exists() else None,
            progress=progress,
        )
    session.narrate(f"wrote {_summary(packed)} ({_size(out.stat().st_size)})")
    output.write(session, f"{clean(str(out))}\n")


def restore_command(
    session: Session,
    file: Annotated[
        Path,
        Argument(metavar="FILE", help="A backup, or the name of one in the library."),
    ],
    with_: opt.With = None,
    yes: opt.Yes = False,
) -> None:
    """Replace the library by a backup: papers, marks, views, rules, feeds.

    Of a backup that another machine made, feeds and rules are listed, and taken with
    --with feeds,rules only.

    The whole backup is checked first, the present library is saved, and undo restores
    it. A rolling backup (marks-0012-2026-11-27.json) restores only the marks, or only
    views, rules and feeds.

    papertrack restore papers.tar.gz --yes
    """
    check(session.folder, writing=True)  # it may be read from among the backups
    root = session.library.root
    source = restoring.find(root, file)
    with session.progress.working():
        contents = restoring.check(source, session.progress)
    terms = None
    if not restoring.is_own(session.library, source):
        terms = proposed.terms(with_, by=clean(str(source)))
        proposals = restoring.proposals(session.library, source, terms)
        for line in proposed.report(proposals, f"papertrack restore {file}"):
            session.narrate(line)
    if not yes:
        present = restoring.rolling(source) or _present(root, session.progress)
        session.confirm(
            f"replace {present} by those of {clean(contents.made[:10])}: "
            f"{_summary(contents)}"
        )
    saved = restoring.restore(
        session.library,
        source,
        what=f"restored {clean(source.name)}",
        terms=terms,
    )
    session.narrate(f"restored {_summary(contents)} (undo: papertrack undo)")
    if saved is not None:
        session.narrate(f"the previous library was saved to {saved}")


def _present(root: Path, progress: Progress) -> str:
    """What the library contains now."""
    try:
        with progress.working():
            return _summary(archive.contents(root, progress))
    except StoreError:
        return "a library that can't be read"


def _summary(contents: Contents) -> str:
    """`40 papers and 1 mark`, or what a rolling backup contains."""
    if contents.names == ("desk.json",):
        return "views, rules and feeds"
    marks = plural(contents.marks, "mark")
    if contents.names == ("marks.json",):
        return marks
    return f"{plural(contents.papers, 'paper')} and {marks}"


def _replacement_of(out: Path) -> Callable[[Contents], None]:
    """Raises StoreError for a library of which a backup would contain less than the
    existing one. Raises StoreError if that file is no backup.
    """
    try:
        existing = archive.check(out)
    except StoreError:
        raise StoreError(
            f"{out}: this file exists and is not a backup; choose another name"
        ) from None

    def accept(present: Contents) -> None:
        if existing.marks > present.marks or existing.papers > present.papers:
            raise StoreError(
                f"{out}: contains {_summary(existing)}, the library only "
                f"{_summary(present)}; choose another name to keep both"
            )

    return accept


def _size(count: int) -> str:
    if count >= 100_000:
        return f"{count / 1e6:.1f} MB"
    return f"{count / 1000:.1f} kB"
