"""Several files of one of the reader's folders, replaced together."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from papertrack.core.errors import StoreError
from papertrack.storage.atomic import file_mode, sync_folder

_SYNCED_ALONE = 100
"""More files than this reach the disk together: 5,000 notes in 6 s, not in 40."""


class Change(NamedTuple):
    """A file's content as it was read (None: there was no file), and the new one."""

    path: Path
    before: bytes | None
    after: bytes


def replace_files(root: Path, changes: Sequence[Change]) -> None:
    """Write files into a folder, which is created if need be: all of them or, where one
    can't be written or was changed meanwhile, none.

    The new files are prepared in a folder beside them, so that a full disk shows before
    the first is replaced. Raises StoreError.
    """
    staging = root / f".papertrack-{os.urandom(4).hex()}.tmp"
    is_new = not root.exists()
    try:
        staging.mkdir(parents=True)
        for number, change in enumerate(changes):
            with (staging / str(number)).open("xb") as file:
                file.write(change.after)
                file.flush()
                os.fchmod(file.fileno(), file_mode(change.path, private=False))
                if len(changes) <= _SYNCED_ALONE:
                    os.fsync(file.fileno())
        if len(changes) > _SYNCED_ALONE:
            os.sync()
        for change in changes:
            if _content(change.path) != change.before:
                raise StoreError(
                    f"{change.path}: it was changed meanwhile; nothing was written,"
                    " run the command again"
                )
        for folder in {change.path.parent for change in changes}:
            if not os.access(folder, os.W_OK):
                raise StoreError(
                    f"{folder}: no permission to write; nothing was written, change it"
                )
        for number, change in enumerate(changes):
            (staging / str(number)).replace(change.path)
        for folder in {change.path.parent for change in changes}:
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


def _content(path: Path) -> bytes | None:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
