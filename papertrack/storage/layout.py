"""A library's folder: names of files, stamps that show a change, private folders."""

import contextlib
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from papertrack.core.errors import StoreError
from papertrack.core.lazy_regex import pattern

FORMAT = 1
"""The version of the library's format."""

FORMAT_TABLE = {"1": {"version": FORMAT}}
"""The table `format` of each file."""

MARKS, DESK = "marks.json", "desk.json"
PAPERS, UNDO, BACKUPS = "papers", "undo", "backups"

STAGING = ".staging"
"""How the folder begins in which a transaction prepares its files."""

REPLACING = ".replacing"
"""The folder of what an earlier release was about to move into the library."""

LOCKS = (".lock", ".lock-turn")
"""The lock under which a library is changed, and that of the queue for it."""

NAMES = "complete"
"""The folder of the cache with the names for the shells to complete."""

LIBRARY_FILE = pattern(
    r"marks\.json|desk\.json|undo/[1-9][0-9]{0,17}\.json"
    r"|papers/[^/.\x00-\x1f][^/\x00-\x1f]{0,100}\.json"
)
"""The names, relative to its folder, of the files that make up a library."""

Stamp = tuple[int, int, int]
"""(inode, mtime in ns, size): a file with another stamp has changed."""

Document = dict[str, Any]

Documents = dict[str, Document]
"""Documents by key, or by their numbers in a file."""

NewDocuments = Mapping[str, Document | None]
"""Documents to set, by key; None removes one."""

Changes = dict[str, dict[str, Document | None]]
"""Changed documents of a file: table -> key -> document, None if it was removed."""


class Written(NamedTuple):
    """A file just written: its stamps before (None: new) and after."""

    before: Stamp | None
    after: Stamp


def months(root: Path) -> list[str]:
    """The names of the files with papers, sorted."""
    paths = (root / PAPERS).glob("[!.]*.json")
    return sorted(f"{PAPERS}/{path.name}" for path in paths)


def is_indexed(name: str) -> bool:
    """Whether a file of the library is indexed: papers and marks are."""
    return name == MARKS or name.startswith(f"{PAPERS}/")


def stamp_of(stat: os.stat_result) -> Stamp:
    """The stamp of a file with this status."""
    return stat.st_ino, stat.st_mtime_ns, stat.st_size


def stamps(root: Path) -> dict[str, Stamp]:
    """The stamps of the files that are indexed, by name. Raises StoreError."""
    found: dict[str, Stamp] = {}
    try:
        with os.scandir(root / PAPERS) as entries:
            for entry in entries:
                if entry.name.endswith(".json") and not entry.name.startswith("."):
                    found[f"{PAPERS}/{entry.name}"] = stamp_of(entry.stat())
    except FileNotFoundError:
        pass
    except OSError as error:
        raise StoreError(
            f"{root / PAPERS}: {error.strerror}; check the library's folder"
        ) from error
    with contextlib.suppress(OSError):
        found[MARKS] = stamp_of((root / MARKS).stat())
    return found


def private_folder(folder: Path) -> None:
    """Create a folder and its parents for their owner alone. Raises OSError."""
    if folder.is_dir():
        return
    if folder.parent != folder:
        private_folder(folder.parent)
    try:
        folder.mkdir(mode=0o700)
    except FileExistsError:  # created by another process meanwhile, or not a folder
        if not folder.is_dir():
            raise


def owner_only(path: str, flags: int) -> int:
    """An opener for `open` that creates a file readable by its owner alone."""
    return os.open(path, flags, 0o600)


def is_planted(path: Path) -> bool:
    """Whether a path is a link or a pipe, which papertrack puts nowhere."""
    return path.is_symlink() or path.is_fifo()


def in_cache(path: str, flags: int) -> int:
    """An opener like `owner_only` for a file of the cache.

    A link in its place, which would lead out of the cache, or a pipe is deleted before
    the file is written; reading a pipe keeps nobody waiting.
    """
    if flags & (os.O_WRONLY | os.O_RDWR) and is_planted(Path(path)):
        Path(path).unlink()
    return owner_only(path, flags | getattr(os, "O_NONBLOCK", 0))


def read_cached(path: Path) -> bytes:
    """The content of a file of the cache; nothing of a pipe. Raises OSError."""
    with open(path, "rb", opener=in_cache) as file:
        return file.read()
