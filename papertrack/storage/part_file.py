"""A file that arrives in parts: PATH.part, and beside it a note of what resumes it."""

from __future__ import annotations

import contextlib
import glob
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

from papertrack.core.errors import StoreError
from papertrack.storage.atomic import sync_folder, write_atomically
from papertrack.storage.layout import owner_only, private_folder, read_cached

SUFFIX = ".part"


class PartFile:
    """What has arrived of the file `path`; `finish` makes it that file.

    Nothing is read or written through a link. All methods raise StoreError.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._part = path.with_name(path.name + SUFFIX)
        self._note = path.with_name(path.name + SUFFIX + ".json")

    @property
    def size(self) -> int:
        """How many bytes have arrived."""
        with contextlib.suppress(OSError):
            return self._part.lstat().st_size
        return 0

    def note(self) -> Mapping[str, object]:
        """The note that `begin` was given; empty without one."""
        try:
            note = json.loads(read_cached(self._note))
        except (OSError, ValueError, RecursionError):
            return {}
        return note if isinstance(note, dict) else {}

    def begin(self, note: Mapping[str, str]) -> None:
        """Start anew, with nothing arrived."""
        with self._reported():
            private_folder(self.path.parent)
            self._part.unlink(missing_ok=True)
            self._remove_note()
        # Killed before the next byte, the part is empty: nothing is added to another's.
        write_atomically(self._note, json.dumps(note).encode(), private=True)

    def append(self, chunks: Iterable[bytes]) -> Iterator[int]:
        """Add chunks as they come; yields the size after each."""
        with self._reported():
            file = self._open(os.O_WRONLY | os.O_CREAT | os.O_APPEND)
        try:
            size = self.size
            for chunk in chunks:
                with self._reported():
                    rest = memoryview(chunk)
                    while rest:
                        rest = rest[os.write(file, rest) :]
                size += len(chunk)
                yield size
        finally:
            os.close(file)

    def ends(self, head: int, tail: int) -> tuple[bytes, bytes]:
        """The first `head` and the last `tail` bytes."""
        with self._reported(), os.fdopen(self._open(os.O_RDONLY), "rb") as file:
            first = file.read(head)
            file.seek(max(self.size - tail, 0))
            return first, file.read()

    def discard(self) -> None:
        """Remove what has arrived."""
        with self._reported():
            self._part.unlink(missing_ok=True)
            self._remove_note()

    def finish(self) -> None:
        """Make the part the whole file, so that it survives a power cut."""
        with self._reported():
            file = self._open(os.O_RDWR)
            try:
                os.fsync(file)
            finally:
                os.close(file)
            self._part.replace(self.path)
            self._remove_note()
            sync_folder(self.path.parent)

    def _remove_note(self) -> None:
        """Remove the note, and what a process that was killed has left of writing it."""
        self._note.unlink(missing_ok=True)
        pattern = f".{glob.escape(self._note.name)}.*.tmp"
        for path in self._note.parent.glob(pattern):
            path.unlink(missing_ok=True)

    def _open(self, flags: int) -> int:
        # A pipe in its place keeps nobody waiting.
        for name in ("O_NOFOLLOW", "O_NONBLOCK"):
            flags |= getattr(os, name, 0)
        return owner_only(str(self._part), flags)

    @contextlib.contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or error
            raise StoreError(
                f"{self._part}: {reason}; free space or check it, then run the same"
                " command to continue"
            ) from error
