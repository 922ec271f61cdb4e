"""What this machine decided to change in a library: plans, in its state folder.

A plan is decided when it is on disk, done when it is deleted. It is never read from the
library: what comes with one, by git or a sync tool, is not carried out. A library has a
file of its own among the journals, written in place, which takes one sync:

    {"id": "5e6f…", "library": "/home/ada/papers"}
    0badcafe {"put": {"marks.json": [[1, 2], [3, 4]]}, "drop": {}}

The second line, after its checksum, is there as long as the plan is not done. The staged
files are in the library, in a folder named after the id, beside a copy of that line: if
the state folder is deleted, it says what is missing (`abandoned`).
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from papertrack.core.errors import StoreError
from papertrack.storage.atomic import durable_folder, sync_folder
from papertrack.storage.folder import Folder, is_plain_folder, staged
from papertrack.storage.layout import DESK, STAGING, is_indexed, owner_only

JOURNALS = "journals"

COPY = "plan"
"""The copy of a plan among the staged files, none of which has this name."""

ID = r"[0-9a-f]{16}"

Version = tuple[int, int]
"""(mtime in ns, size) of a file; its inode may be another after a restart."""


class Plan(NamedTuple):
    """What to do, by name: files to move into the library, with their versions before
    (None: new) and after; files to delete, with their versions.
    """

    put: dict[str, tuple[Version | None, Version]]
    drop: dict[str, Version]


class Journal(NamedTuple):
    """The file for a library: its staging folder's id, and its plan if one is decided."""

    path: Path
    id: str
    library: str
    plan: Plan | None = None

    def staging(self, root: Path) -> Path:
        """The folder of the staged files in the library at `root`."""
        return root / f"{STAGING}-{self.id}"

    @property
    def head(self) -> bytes:
        """The first line."""
        line = {"id": self.id, "library": self.library}
        return json.dumps(line).encode("ascii") + b"\n"


def journal_of(folder: Folder) -> Journal:
    """The journal of this library; a new one, not yet on disk, if there is none."""
    library = os.path.realpath(folder.root)
    path = folder.in_state(JOURNALS)
    stored = _read(path)
    if stored is not None and stored.library == library:
        return stored
    return Journal(path, os.urandom(8).hex(), library)


def decided(folder: Folder) -> Journal | None:
    """The journal with a plan for this library that is not done.

    A library that was moved since has that of its old place.
    """
    if not staged(folder.root):
        return None
    for journal in (journal_of(folder), *_moved(folder)):
        staging = journal.staging(folder.root)
        if journal.plan is not None and is_plain_folder(staging):
            return journal
    return None


class Left(NamedTuple):
    """What is left of a plan: files to move into the library, the settings last, and
    files to delete.
    """

    put: list[str]
    drop: list[str]


def left(root: Path, journal: Journal) -> Left:
    """What is left of the plan of a journal for the library at `root`."""
    plan = journal.plan
    if plan is None:
        return Left([], [])
    staging = journal.staging(root)
    put = [
        name
        for name, (_, after) in plan.put.items()
        if version_of(staging / name) == after
    ]
    drop = [
        name
        for name, version in plan.drop.items()
        if version_of(root / name) == version
    ]
    return Left(sorted(put, key=lambda name: (name == DESK, name)), sorted(drop))


def is_half_done(folder: Folder) -> bool:
    """Whether a plan is decided, and something is left of it that readers see."""
    journal = decided(folder)
    if journal is None:
        return False
    put, drop = left(folder.root, journal)
    return bool(put) or any(map(is_indexed, drop))


def decide(journal: Journal, plan: Plan) -> None:
    """Write a plan to the journal: from here on it will be carried out.

    Raises StoreError.
    """
    try:
        if journal.path.is_symlink() or not journal.path.exists():
            _create(journal)
        with journal.path.open("r+b") as file:
            file.write(journal.head + line_of(plan))
            file.truncate()
            file.flush()
            os.fsync(file.fileno())
    except OSError as error:
        done(journal)
        raise StoreError(
            f"{journal.path}: {error.strerror or error}; nothing was changed: free space, "
            "or set PAPERTRACK_STATE to a folder that can be written"
        ) from error


def line_of(plan: Plan) -> bytes:
    """A plan as a line, after its checksum."""
    text = json.dumps(plan._asdict()).encode("ascii")
    return b"%08x %b\n" % (zlib.crc32(text), text)


def parsed(line: bytes) -> Plan | None:
    """The plan of a line; None if it is damaged. Raises ValueError, KeyError, TypeError."""
    checksum, _, text = line.removesuffix(b"\n").partition(b" ")
    if not text or b"%08x" % zlib.crc32(text) != checksum:
        return None
    data = json.loads(text)
    put = {}
    for name, (before, after) in data["put"].items():
        put[name] = (None if before is None else tuple(before), tuple(after))
    drop = {name: tuple(version) for name, version in data["drop"].items()}
    return Plan(put, drop)


def version_of(path: Path) -> Version | None:
    """The version of a file; None if there is none."""
    try:
        stat = path.stat()
    except FileNotFoundError:
        return None
    return stat.st_mtime_ns, stat.st_size


def done(journal: Journal) -> None:
    """Remove the plan. One that comes back after a power cut finds nothing to do."""
    with contextlib.suppress(OSError):
        os.truncate(journal.path, len(journal.head))


def begin(journal: Journal) -> None:
    """Note the id of a library, so that what is staged under it is known as our own.

    Where the state can't be written, a change of one file is possible without.
    """
    with contextlib.suppress(OSError):
        may_be_written = journal.path.is_file() or not journal.path.exists()
        if may_be_written and _read(journal.path) is None:
            _create(journal)


def _create(journal: Journal) -> None:
    durable_folder(journal.path.parent)
    if journal.path.is_symlink():  # nobody but papertrack has to do with this file
        journal.path.unlink()
    with open(journal.path, "wb", opener=owner_only) as file:
        file.write(journal.head)
    sync_folder(journal.path.parent)


def _moved(folder: Folder) -> Iterator[Journal]:
    """The journals of libraries that are no longer where they were."""
    with contextlib.suppress(OSError):
        for path in sorted((folder.state / JOURNALS).iterdir()):
            journal = _read(path)
            if journal is not None:
                was_moved = not journal.staging(Path(journal.library)).exists()
                if was_moved:
                    yield journal


def _read(path: Path) -> Journal | None:
    """A journal; None if missing or damaged. A damaged plan was never decided."""
    try:
        if not path.is_file():  # a pipe would keep us waiting
            return None
        head, _, line = path.read_bytes().partition(b"\n")
        stored = json.loads(head)
        journal = Journal(path, str(stored["id"]), str(stored["library"]))
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None
    if not re.fullmatch(ID, journal.id):  # it becomes the name of a folder
        return None
    return journal._replace(plan=parsed(line))
