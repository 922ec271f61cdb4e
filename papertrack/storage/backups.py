"""Rolling backups of marks and settings, and archives of libraries that were replaced.

Before the first write of a day the file is copied: `marks-0012-2026-11-27.json`. The
number, not the day, shows which is newest: a clock that was wrong for a while neither
deletes new copies nor prevents them.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import re
from pathlib import Path
from typing import NamedTuple

from papertrack.core.errors import StoreError
from papertrack.core.progress import SILENT, Progress
from papertrack.storage.atomic import write_atomically
from papertrack.storage.layout import BACKUPS
from papertrack.storage.reading import read_bytes

MAX_COPIES = 30
MAX_SAVED = 10
"""Archives of replaced libraries; the older are deleted."""
SUFFIX = ".tar.gz"


class Copy(NamedTuple):
    """A rolling backup; `day` (ISO) is that before whose first write it was made."""

    number: int
    day: str
    path: Path


def copies(root: Path, name: str) -> list[Copy]:
    """The rolling backups of a file of the library at `root`, oldest first."""
    stem = re.escape(Path(name).stem)
    pattern = re.compile(rf"{stem}-(\d+)-(\d{{4}}-\d\d-\d\d)\.json")
    found = []
    for path in (root / BACKUPS).glob("*.json"):
        match = pattern.fullmatch(path.name)
        if match:
            found.append(Copy(int(match[1]), match[2], path))
    return sorted(found)


def keep(
    root: Path,
    name: str,
    now: str,
) -> None:
    """Copy a file before the day's first write. Hold the lock. Raises StoreError."""
    path, day = root / name, now[:10]
    existing = copies(root, name)
    last = existing[-1] if existing else Copy(0, "", path)
    if last.day == day or not path.exists():
        return
    number = last.number + 1
    copy = root / BACKUPS / f"{path.stem}-{number:04}-{day}.json"
    write_atomically(copy, read_bytes(path), private=True)
    _delete_old([*existing, Copy(number, day, copy)])


def _delete_old(existing: list[Copy]) -> None:
    """Delete the oldest beyond MAX_COPIES, except the largest.

    A file may have been emptied long ago, unnoticed.
    """
    with contextlib.suppress(OSError):
        largest = max(existing, key=lambda one: (one.path.stat().st_size, one.number))
        for copy in existing[:-MAX_COPIES]:
            if copy is not largest:
                copy.path.unlink(missing_ok=True)


def save_library(
    root: Path,
    now: str,
    reason: str,
    progress: Progress = SILENT,
) -> Path:
    """Pack the library before it is replaced. Hold the lock. Raises StoreError."""
    from papertrack.storage import archive  # tarfile: 10 ms, which no mark needs

    path = new_path(root, now, reason)
    archive.pack(
        root,
        path,
        now=now,
        checked=False,
        progress=progress,
    )
    return path


def delete_old_saved(root: Path) -> None:
    """Delete all but the last MAX_SAVED archives of replaced libraries.

    To be called after the library was replaced: it may be by one of them.
    """
    times = {
        path: (path.stat().st_mtime_ns, path.name)
        for path in (root / BACKUPS).glob(f"before-*{SUFFIX}")
    }
    for path in sorted(times, key=lambda path: times[path])[:-MAX_SAVED]:
        path.unlink(missing_ok=True)


def age(path: Path, now: str) -> float:
    """Seconds since a file was written; infinite if by a clock that was set wrong."""
    with contextlib.suppress(OSError):
        seconds = dt.datetime.fromisoformat(now).timestamp() - path.stat().st_mtime
        return seconds if seconds >= -3600 else float("inf")
    return 0.0


def new_path(
    root: Path,
    now: str,
    prefix: str = "papertrack",
    *,
    suffix: str = SUFFIX,
) -> Path:
    """A path for a new backup, named after the time `now`. Raises StoreError."""
    time = now.replace(":", "").replace("T", "-").removesuffix("Z")
    for number in range(1, 1000):
        more = f"-{number}" if number > 1 else ""
        path = root / BACKUPS / f"{prefix}-{time}{more}{suffix}"
        if not path.exists():
            return path
    raise StoreError(
        f"{root / BACKUPS}: contains a thousand backups of this second; check the clock"
    )


def set_aside(
    root: Path,
    now: str,
    prefix: str,
    name: str,
) -> Path:
    """Copy a file of the library to the backups before it is replaced.

    Hold the lock. Raises StoreError.
    """
    copy = new_path(
        root,
        now,
        f"{prefix}-{Path(name).stem}",
        suffix=".json",
    )
    write_atomically(copy, read_bytes(root / name), private=True)
    return copy
