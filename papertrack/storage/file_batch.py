"""Several files of one of the reader's folders, replaced together."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple, TextIO

from papertrack.core.errors import StoreError
from papertrack.storage.atomic import file_mode, sync_folder

_SYNCED_ALONE = 100
"""More files than this reach the disk together: 5,000 notes in 6 s, not in 40."""

_LIST = "list"
"""The file with the list of new files, beside them."""


class Change(NamedTuple):
    """A file's content as it was read (None: there was no file), and the new one."""

    path: Path
    before: bytes | None
    after: bytes


def replace_files(root: Path, changes: Iterable[Change]) -> None:
    """Write files into a folder, which is created if need be: all of them or, where one
    can't be written or was changed meanwhile, none.

    The new files are prepared in a folder beside them, so that a full disk shows before
    the first is replaced. There is a list of them too: none is held. Raises StoreError,
    and what `changes` raises.
    """
    staging = root / f".papertrack-{os.urandom(4).hex()}.tmp"
    is_new = not root.exists()
    try:
        staging.mkdir(parents=True)
        with (staging / _LIST).open("w+", encoding="utf-8") as file:
            prepared = _Prepared(staging, file)
            for change in changes:
                prepared.add(change)
            prepared.sync()
            folders: set[Path] = set()
            for path, before, _ in prepared:
                folders.add(path.parent)
                if _digest(_content(path)) != before:
                    raise StoreError(
                        f"{path}: it was changed meanwhile; nothing was written,"
                        " run the command again"
                    )
            for folder in folders:
                if not os.access(folder, os.W_OK):
                    raise StoreError(
                        f"{folder}: no permission to write; nothing was written,"
                        " change it"
                    )
            for path, _, new in prepared:
                new.replace(path)
        for folder in folders:
            sync_folder(folder)
    except OSError as error:
        where = error.filename or root
        raise StoreError(
            f"{where}: {error.strerror or error}; free some space, or check it"
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
        if is_new:
            with contextlib.suppress(OSError):  # there are files in it: it was written
                root.rmdir()


class _Prepared:
    """New files in a folder, each with its number as its name; `file` lists them: the
    path that each will have, the digest of what is there.
    """

    def __init__(self, folder: Path, file: TextIO) -> None:
        self._folder = folder
        self._file = file
        self._count = 0

    def add(self, change: Change) -> None:
        """Prepare a file."""
        with (self._folder / str(self._count)).open("xb") as new:
            new.write(change.after)
            new.flush()
            os.fchmod(new.fileno(), file_mode(change.path, private=False))
        line = json.dumps([os.fspath(change.path), _digest(change.before)])
        self._file.write(f"{line}\n")
        self._count += 1

    def sync(self) -> None:
        """Make the files survive a power cut."""
        if self._count > _SYNCED_ALONE:
            os.sync()
            return
        for _, _, new in self:
            with new.open("rb") as file:
                os.fsync(file.fileno())

    def __iter__(self) -> Iterator[tuple[Path, str | None, Path]]:
        """The path, the digest and the new file of each."""
        self._file.seek(0)
        for number, line in enumerate(self._file):
            path, before = json.loads(line)
            yield Path(path), before, self._folder / str(number)


def _digest(content: bytes | None) -> str | None:
    return None if content is None else hashlib.blake2b(content).hexdigest()


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
