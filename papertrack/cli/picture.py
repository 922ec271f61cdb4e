"""-o FILE.svg of commands that count: a picture instead of numbers."""

from __future__ import annotations

from pathlib import Path

from papertrack.cli import output
from papertrack.cli.session import Session
from papertrack.core.errors import UsageError
from papertrack.core.wording import noun

STDOUT = Path("-")
SUFFIX = ".svg"


def check(out: Path, *, json: bool) -> None:
    """Raises UsageError for a file that is no picture, and for numbers beside one."""
    if json:
        raise UsageError("use either --json or -o, not both")
    if out != STDOUT and out.suffix.lower() != SUFFIX:
        drawn = out / "papers.svg" if out.is_dir() else out.with_suffix(SUFFIX)
        raise UsageError(
            f"{out}: pictures are SVG; use {option(drawn)}, or --json for the numbers"
        )


def option(out: Path) -> str:
    """-o with a file, as it is typed."""
    import shlex  # for a mistake only

    return f"-o {shlex.quote(str(out))}"


def write(
    session: Session, svg: str, out: Path, count: int, unit: str = "paper"
) -> None:
    """Write a picture of so many papers (or votes) to stdout or a file, and report it.

    Raises StoreError.
    """
    counted = f"{count:,} {noun(count, unit)}"
    if out == STDOUT:
        output.write(session, svg)
        if count:
            session.narrate(counted)
        return
    from papertrack.storage.atomic import write_atomically  # 16 ms

    write_atomically(out, svg.encode("utf-8"))
    session.narrate(f"wrote a picture of {counted} to {out}")
