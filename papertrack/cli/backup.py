"""`backup` and `restore`: the library in one file, and back."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli import output
from papertrack.cli.session import Session
from papertrack.core.errors import NotFound, StoreError, UsageError
from papertrack.core.text import clean

if TYPE_CHECKING:
    from papertrack.storage.archive import Contents


def backup_command(
    ctx: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(
            metavar="[FILE]",
            help="Where to; else a dated file in the library's backups.",
        ),
    ] = None,
) -> None:
    """Pack the library into one .tar.gz, with a manifest of sizes and checksums.

    Papers, marks, views, rules, feeds and the undo log; `tar -xzf` unpacks it without papertrack.
    """
    from papertrack.storage import archive, backups
    from papertrack.storage import writing as store

    session: Session = ctx.obj
    root = session.locations.library
    if not archive.names(root):
        raise NotFound(f"no library in {root}: there is nothing to back up")
    out = (file or backups.dated(root, session.now)).absolute()
    with store.locked(root):
        if out.exists():
            _keep_fuller(out, root)
        held = archive.pack(root, out, now=session.now)
    size = out.stat().st_size
    session.narrate(f"wrote {_all(held)} ({_bytes(size)})")
    output.write(session, f"{clean(str(out))}\n")


def restore_command(
    ctx: typer.Context,
    file: Annotated[
        Path,
        typer.Argument(
            metavar="FILE", help="A backup, or the name of one of the library's own."
        ),
    ],
    yes: Annotated[
        bool,
        typer.Option("--yes", "-y", help="Don't ask before replacing the library."),
    ] = False,
) -> None:
    """Put the library back as a backup holds it: papers, marks, views, rules, feeds.

    All of the backup is checked first, what stands now is set aside, and undo takes it back. A rolling backup
    (marks-0012-2026-11-27.json) brings back the marks, or the desk, alone.
    """
    from papertrack.library import restore as restoring

    session: Session = ctx.obj
    root = session.locations.library
    source = restoring.find(root, file)
    there = restoring.check(source)
    brought = f"those of {clean(there.made[:10])}: {_all(there)}"
    alone = restoring.rolling(source)
    _agree(session, f"replace {alone or _standing(root)} by {brought}", yes=yes)
    aside = restoring.restore(
        session.library, source, what=f"restored {clean(source.name)}"
    )
    session.narrate(f"restored {_all(there)} (undo: papertrack undo)")
    if aside is not None:
        session.narrate(f"what stood before lies in {clean(str(aside))}")


def _agree(session: Session, what: str, *, yes: bool) -> None:
    """Ask on a terminal; elsewhere --yes is needed. Raises UsageError where nobody agreed."""
    if yes:
        return
    if not (sys.stdin.isatty() and session.stderr.isatty()):
        raise UsageError(f"this would {what}; add --yes to do it")
    if not session.confirm(f"{what}?"):
        raise UsageError("nothing was changed")


def _standing(root: Path) -> str:
    """What the library holds now, in words."""
    from papertrack.storage import archive

    try:
        return _all(archive.holds(root))
    except StoreError:
        return "a library that can't be read"


def _all(held: "Contents") -> str:
    if held.names == ("desk.json",):
        return "the desk"
    return (
        _marks(held.marks)
        if held.names == ("marks.json",)
        else f"{_papers(held.papers)} and {_marks(held.marks)}"
    )


def _keep_fuller(out: Path, root: Path) -> None:
    """Refuse to replace what is no backup, or a backup that holds more than the library does now. Raises StoreError."""
    from papertrack.storage import archive

    try:
        there = archive.check(out)
    except StoreError:
        raise StoreError(
            f"{out}: is there already and no backup that could be replaced; name another file"
        ) from None
    here = archive.holds(root)
    if there.marks > here.marks or there.papers > here.papers:
        raise StoreError(
            f"{out}: holds {_all(there)}, the library only {_all(here)}; name another file to keep both"
        )


def _papers(count: int) -> str:
    return f"{count} paper{'s' * (count != 1)}"


def _marks(count: int) -> str:
    return f"{count} mark{'s' * (count != 1)}"


def _bytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1000:.1f} kB"
