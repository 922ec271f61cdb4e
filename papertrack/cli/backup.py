"""`backup` and `restore`: the library in one file, and back."""

from pathlib import Path
from typing import Annotated

import typer

from papertrack.cli import output
from papertrack.cli.session import Session
from papertrack.errors import NotFound, StoreError
from papertrack.text import clean


def backup_command(
    ctx: typer.Context,
    file: Annotated[
        Path | None, typer.Argument(metavar="[FILE]", help="Where to; else a dated file in the library's backups.")
    ] = None,
) -> None:
    """Pack the library into one .tar.gz, with a manifest of sizes and checksums.

    Papers, marks, views, rules, feeds and the undo log; `tar -xzf` unpacks it without papertrack.
    """
    from papertrack import archive, backups, store

    session: Session = ctx.obj
    root = session.places.library
    if not archive.names(root):
        raise NotFound(f"no library in {root}: there is nothing to back up")
    out = (file or backups.dated(root, session.now)).absolute()
    with store.locked(root):
        if out.exists():
            _keep_fuller(out, root)
        held = archive.pack(root, out, now=session.now)
    size = out.stat().st_size
    session.narrate(f"wrote {_papers(held.papers)} and {_marks(held.marks)} ({_bytes(size)})")
    output.write(session, f"{clean(str(out))}\n")


def _keep_fuller(out: Path, root: Path) -> None:
    """Refuse to replace what is no backup, or a backup that holds more than the library does now. Raises StoreError."""
    from papertrack import archive

    try:
        there = archive.check(out)
    except StoreError:
        raise StoreError(f"{out}: is there already and no backup that could be replaced; name another file") from None
    papers = marks = 0
    for name in archive.names(root):
        more_papers, more_marks = archive.count(root / name, name, (root / name).read_bytes())
        papers, marks = papers + more_papers, marks + more_marks
    if there.marks > marks or there.papers > papers:
        held = f"{_papers(there.papers)} and {_marks(there.marks)}"
        now = f"{_papers(papers)} and {_marks(marks)}"
        raise StoreError(f"{out}: holds {held}, the library only {now}; name another file to keep both")


def _papers(count: int) -> str:
    return f"{count} paper{'s' * (count != 1)}"


def _marks(count: int) -> str:
    return f"{count} mark{'s' * (count != 1)}"


def _bytes(size: int) -> str:
    return f"{size / 1e6:.1f} MB" if size >= 100_000 else f"{size / 1000:.1f} kB"
