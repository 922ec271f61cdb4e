"""Rolling backups of what can't be fetched again: before the first write of a day, in the library's `backups`.

They are plain copies, `marks-0012-2026-11-27.json`. Their number, not their day, tells which is newest, so that
a clock that was set wrong neither drops new ones nor keeps them from being made.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from pathlib import Path
from typing import NamedTuple

from papertrack.core.errors import StoreError
from papertrack.storage import archive, layout
from papertrack.storage import writing as store

KEPT = 30
ASIDE = 10
SUFFIX = ".tar.gz"


class Copy(NamedTuple):
    """A rolling backup: its number, the day (ISO) before whose first write it was made, where it lies."""

    number: int
    day: str
    path: Path


def copies(root: Path, name: str) -> list[Copy]:
    """The rolling backups of a file of the library at `root`, oldest first."""
    pattern = re.compile(
        rf"{re.escape(Path(name).stem)}-(\d+)-(\d{{4}}-\d\d-\d\d)\.json"
    )
    paths = (root / layout.BACKUPS).glob("*.json")
    found = [(match, path) for path in paths if (match := pattern.fullmatch(path.name))]
    return sorted(Copy(int(match[1]), match[2], path) for match, path in found)


def keep(root: Path, name: str, now: str) -> None:
    """Copy a file as it stands, where this is the first write of the day. Hold the lock. Raises StoreError."""
    path, day = root / name, now[:10]
    held = copies(root, name)
    if (held and held[-1].day == day) or not path.exists():
        return
    number = held[-1].number + 1 if held else 1
    copy = Copy(
        number, day, root / layout.BACKUPS / f"{path.stem}-{number:04}-{day}.json"
    )
    try:
        body = path.read_bytes()
    except OSError as error:
        raise StoreError(
            f"{path}: {error.strerror}; check its permissions, nothing was changed"
        ) from error
    store.write_atomically(copy.path, body, private=True)
    _drop([*held, copy])


def _drop(held: list[Copy]) -> None:
    """Drop the oldest beyond KEPT, but never the fullest: a file may have been emptied long ago, unseen."""
    with contextlib.suppress(OSError):
        fullest = max(held, key=lambda copy: (copy.path.stat().st_size, copy.number))
        for copy in held[:-KEPT]:
            if copy is not fullest:
                copy.path.unlink(missing_ok=True)


def set_aside(root: Path, now: str, what: str) -> Path:
    """Pack the library as it stands, before it is replaced. Hold the lock. Raises StoreError."""
    path = dated(root, now, what)
    archive.pack(root, path, now=now, checked=False)
    return path


def drop_aside(root: Path) -> None:
    """Of what was set aside, keep the last ASIDE. Called once a library was replaced: it may be by one of them."""
    made = {
        old: old.stat().st_mtime_ns
        for old in (root / layout.BACKUPS).glob(f"before-*{SUFFIX}")
    }
    for old in sorted(made, key=lambda old: (made[old], old.name))[:-ASIDE]:
        old.unlink(missing_ok=True)


def age(path: Path, now: str) -> float:
    """Seconds since a file was written; endless where it is of the future, by a clock that was set wrong."""
    with contextlib.suppress(OSError):
        seconds = dt.datetime.fromisoformat(now).timestamp() - path.stat().st_mtime
        return seconds if seconds >= -3600 else float("inf")
    return 0.0


def dated(
    root: Path, now: str, what: str = "papertrack", *, suffix: str = SUFFIX
) -> Path:
    """A name in the library's backups for an archive that is made now; one that is not there yet."""
    stem = f"{what}-{now.replace(':', '').replace('T', '-').removesuffix('Z')}"
    for more in ("", *(f"-{number}" for number in range(2, 1000))):
        path = root / layout.BACKUPS / f"{stem}{more}{suffix}"
        if not path.exists():
            return path
    raise StoreError(
        f"{root / layout.BACKUPS}: holds a thousand backups of this second; set the clock right"
    )
