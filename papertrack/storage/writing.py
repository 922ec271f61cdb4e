"""The library's files as they are written: TinyDB over a Storage of our own.

TinyDB's own storage rewrites a file in place, without a lock: two writers leave it unreadable. Ours
writes a temporary file beside the target, syncs it, renames it and syncs the folder, so that a killed
process leaves the old state or the new one. All writing happens under one lock for the library, and a
file is opened, changed and closed inside it: no document id or query result is remembered between.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import tempfile
from collections.abc import Callable, Iterator, Mapping, MutableMapping
from pathlib import Path
from typing import Any, BinaryIO

from filelock import FileLock, Timeout
from tinydb import TinyDB
from tinydb.storages import Storage
from tinydb.table import Document, Table

from papertrack.core.errors import StoreError
from papertrack.storage.json_lines import Unlined
from papertrack.storage.json_lines import dumped as dumped
from papertrack.storage.json_lines import edited as edited_lines
from papertrack.storage.reading import (
    BACKUPS,
    DESK,
    FORMAT,
    MARKS,
    REPLACING,
    STAGING,
    Stamp,
    older,
    private_folder,
    read_as,
    read_tables,
    stamp_of,
)

LOCK = ".lock"
LOCK_SECONDS, READER_SECONDS, POLL_SECONDS = 30.0, 0.08, 0.005

Document_ = Mapping[str, Any]


class Busy(StoreError):
    """Another process holds the lock."""


class AtomicStorage(Storage):
    """A TinyDB storage that never leaves half a file: one JSON object, a document a line.

    What one command writes is kept in memory and put on disk by `close`, once. A line a document
    keeps `git diff` and merges of a library readable; the C encoder does the work.
    """

    def __init__(self, path: Path, *, kept: list[bytes] | None = None) -> None:
        """`kept` takes what would be put on disk, for the caller to put it there."""
        # A library linked into a synced folder is replaced where it really lies.
        self.path = path.resolve()
        self.tables: Mapping[str, Mapping[Any, Document_]] = read_tables(self.path)
        self.changed = False
        self.kept = kept

    def read(self) -> Any:
        """The tables, or None where there are none yet."""
        return self.tables or None

    def write(self, data: Mapping[str, Mapping[Any, Document_]]) -> None:
        """Keep `data` for `close`."""
        self.tables, self.changed = data, True

    def close(self) -> None:
        """Replace the file by what was written, wholly or not at all. Raises StoreError."""
        if self.changed:
            with _as_json(self.path.name):
                body = dumped(self.tables).encode("utf-8")
            _keep_older(self.path, self.tables)
            if self.kept is None:
                write_atomically(self.path, body, private=True)
            else:
                self.kept.append(body)


def _keep_older(path: Path, tables: Mapping[str, Mapping[Any, Document_]]) -> None:
    """Copy a file of an older format into the backups, before it is written in this one. Raises StoreError."""
    if (version := older(tables)) is None or not path.exists():
        return
    root = path.parent if path.name in (MARKS, DESK) else path.parent.parent
    body, number = path.read_bytes(), 1
    while True:
        copy = (
            root
            / BACKUPS
            / f"format-{version}-{path.stem}{f'-{number}' if number > 1 else ''}.json"
        )
        if not copy.exists():
            write_atomically(copy, body, private=True)
        if copy.read_bytes() == body:
            return
        number += 1


@contextlib.contextmanager
def _as_json(what: str) -> Iterator[None]:
    try:
        yield
    except (UnicodeEncodeError, ValueError, TypeError) as error:
        raise StoreError(
            f"{what}: can't be written as JSON: {error}; nothing was changed"
        ) from error


def check(documents: Any) -> None:
    """Raise StoreError for what can't be written, before anything that belongs with it is."""
    with _as_json("marks"):
        json.dumps(documents, ensure_ascii=False, allow_nan=False).encode("utf-8")


def write_atomically(path: Path, body: bytes, *, private: bool = False) -> Stamp:
    """Put `body` at `path` so that a reader, or a crash, meets the old file or the new one. Raises StoreError.

    A file that is replaced keeps its mode; a new one is what the umask leaves, or for its owner alone (`private`).
    The stamp is that of the file as it was written, whatever becomes of it.
    """
    with written_atomically(path, private=private) as file:
        file.write(body)
        file.flush()
        return stamp_of(os.fstat(file.fileno()))


@contextlib.contextmanager
def written_atomically(path: Path, *, private: bool = False) -> Iterator[BinaryIO]:
    """As `write_atomically`, for what is written bit by bit; nothing is put in place where the block raises."""
    temporary = None
    try:
        if path.exists() and not path.is_file():
            with path.open("wb") as file:  # a device or a pipe can't be replaced
                yield file
            return
        path = path.resolve()
        private_folder(path.parent) if private else path.parent.mkdir(
            parents=True, exist_ok=True
        )
        handle, name = tempfile.mkstemp(
            prefix=f".{path.name}.", suffix=".tmp", dir=path.parent
        )
        temporary = Path(name)
        with os.fdopen(handle, "wb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        temporary.chmod(mode_of(path, private=private))
        temporary.replace(path)
        sync_folder(path.parent)
    except OSError as error:
        raise StoreError(
            f"{path}: {error.strerror or error}; nothing was changed, free space or check it"
        ) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def mode_of(path: Path, *, private: bool) -> int:
    """The mode of the file that is replaced, else 0600 where private, else what the umask leaves of 0666."""
    with contextlib.suppress(OSError):
        return path.stat().st_mode & 0o777
    if private:
        return 0o600
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def sync_folder(folder: Path) -> None:
    """Make the rename itself last through a power cut; Windows has no such call."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


@contextlib.contextmanager
def locked(root: Path, *, seconds: float | None = None) -> Iterator[None]:
    """Hold the one lock of the library at `root`; what a killed process has left half done is done first.

    Raises Busy where another process keeps it, StoreError where there can be none.
    """
    seconds = LOCK_SECONDS if seconds is None else seconds
    try:
        private_folder(root)
        # A file that stands for a lock outlives a killed process: without flock, nothing is written.
        lock, turn = (
            FileLock(root / name, timeout=seconds, mode=0o600, fallback_to_soft=False)
            for name in (LOCK, f"{LOCK}-turn")
        )
        # Who writes again and again must queue behind those who wait: they look for the lock now and then only.
        with turn.acquire(poll_interval=POLL_SECONDS):
            lock.acquire(poll_interval=POLL_SECONDS)
    except Timeout:
        holder = f" (process {pid})" if (pid := _holder(root / LOCK)) else ""
        waited = (
            f"another papertrack{holder} has been writing for {seconds:.0f} seconds"
        )
        raise Busy(
            f"{root}: {waited}; try again when it has ended, or end it"
        ) from None
    except (OSError, NotImplementedError) as error:
        reason, code = (
            getattr(error, "strerror", None) or error,
            getattr(error, "errno", errno.ENOSYS),
        )
        lockless = code in (errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK)
        what = (
            "keep it on a file system that has locks"
            if lockless
            else "check that it is writable"
        )
        raise StoreError(
            f"{root}: the library can't be locked: {reason}; {what}"
        ) from error
    try:
        if any((root / name).exists() for name in (STAGING, REPLACING)):
            from papertrack.storage import transaction as replacing

            replacing.finish(root)
        yield
    finally:
        with contextlib.suppress(OSError):  # the end of the process frees it as well
            lock.release()


def settle(root: Path) -> None:
    """Do what a killed process has left half done; where another is at it, wait for a moment. Raises StoreError."""
    with contextlib.suppress(Busy), locked(root, seconds=READER_SECONDS):
        pass


def _holder(lock: Path) -> int | None:
    """The process that holds a lock, as Linux tells it; None where it is not told."""
    with contextlib.suppress(OSError, ValueError):
        inode = str(lock.stat().st_ino)
        for line in Path("/proc/locks").read_text(encoding="ascii").splitlines():
            words = line.split()
            if (
                "->" not in words
                and words[1] == "FLOCK"
                and words[5].rpartition(":")[2] == inode
            ):
                return int(words[4])
    return None


@contextlib.contextmanager
def opened(path: Path, *, kept: list[bytes] | None = None) -> Iterator[TinyDB]:
    """The TinyDB at `path`, put on disk at the end where something changed, or into `kept`. Hold the lock.

    Nothing is written where the block raises. Raises StoreError.
    """
    database = TinyDB(path, storage=AtomicStorage, kept=kept)
    if not database.tables():
        database.table("format").insert({"version": FORMAT})
    yield database
    database.close()


def change(
    path: Path,
    name: str,
    documents: Mapping[str, Document_],
    gone: frozenset[str],
    *,
    known: Stamp | None,
    lined: bool,
) -> Stamp | None:
    """Set and drop documents of a table, as `put` does; the stamp of the file as it is written. Hold the lock.

    `known` is the stamp of the file as it was taken in, None where it was not there; where it has another, its new
    one is not told. A file that is `lined` is in our layout: only lines of it are looked at. Raises StoreError.
    """
    body, as_known = changed(path, name, documents, gone, known=known, lined=lined)
    stamp = write_atomically(path, body, private=True) if body is not None else None
    return stamp if as_known else None


def changed(
    path: Path,
    name: str,
    documents: Mapping[str, Document_],
    gone: frozenset[str],
    *,
    known: Stamp | None,
    lined: bool,
) -> tuple[bytes | None, bool]:
    """What `change` would write, None where nothing changes; and whether it is made from the file as it was `known`.

    Raises StoreError.
    """
    if (
        body := _by_lines(path, name, documents, gone, known if lined else None)
    ) is not None:
        return body, True
    as_known, kept = _is_as(path, known), list[bytes]()
    with opened(path, kept=kept) as database:
        put(database, name, documents, gone=gone)
    return (kept[0] if kept else None), as_known


def _by_lines(
    path: Path,
    name: str,
    documents: Mapping[str, Document_],
    gone: frozenset[str],
    lined: Stamp | None,
) -> bytes | None:
    """The file with lines of it changed; None where it does not go by lines, or is another by now."""
    with contextlib.suppress(Unlined), _as_json(path.name):
        if lined and (body := read_as(path, lined)) is not None:
            return edited_lines(body, name, documents, gone)
    return None


def _is_as(path: Path, known: Stamp | None) -> bool:
    return (stamp_of(path.stat()) if path.exists() else None) == known


def table(database: TinyDB, name: str) -> Table:
    """A table without a query cache: its results would be live objects that a later write changes."""
    return database.table(name, cache_size=0)


def put(
    database: TinyDB,
    name: str,
    documents: Mapping[str, Document_],
    *,
    gone: frozenset[str] = frozenset(),
) -> None:
    """Set the documents of a table by their `key`, and drop those whose key is `gone`.

    Each TinyDB call is linear in the table, so there is one call of each kind, not one a document.
    """
    rows = table(database, name)
    numbers = {
        doc.doc_id: doc.get("key") for doc in rows
    }  # without a key, where a hand has left one
    ids = {key: number for number, key in numbers.items() if isinstance(key, str)}
    if changed := [ids[key] for key in documents if key in ids]:
        rows.update(_replacing(documents), doc_ids=changed)
    if dropped := [
        number for number, key in numbers.items() if key in gone
    ]:  # a hand may have given one key twice
        rows.remove(doc_ids=dropped)
    first = max(numbers, default=0) + 1
    new = [doc for key, doc in documents.items() if key not in ids]
    if new:
        rows.insert_multiple(
            Document(dict(doc), doc_id=first + n) for n, doc in enumerate(new)
        )


def _replacing(
    documents: Mapping[str, Document_],
) -> Callable[[MutableMapping[Any, Any]], None]:
    def replace(document: MutableMapping[Any, Any]) -> None:
        new = documents[document["key"]]
        document.clear()
        document.update(new)

    return replace
