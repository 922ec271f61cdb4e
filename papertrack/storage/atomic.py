"""Replacing one file so that a reader, or a crash, sees the old content or the new."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from papertrack.core.errors import StoreError
from papertrack.storage.layout import is_planted, owner_only, private_folder


def write_atomically(
    path: Path,
    body: bytes,
    *,
    private: bool = False,
    durable: bool = True,
    follow: bool = True,
) -> None:
    """Write `body` to `path`; see `atomic_file`."""
    with atomic_file(path, private=private, durable=durable, follow=follow) as file:
        file.write(body)


@contextlib.contextmanager
def atomic_file(
    path: Path,
    *,
    private: bool = False,
    durable: bool = True,
    follow: bool = True,
) -> Iterator[BinaryIO]:
    """A file to write to, which replaces `path` at the end unless the block raises.

    A replaced file keeps its mode. A new one has mode 0600 if `private`, as have the
    folders created for it, else what the umask leaves. A `durable` write survives a
    power cut, and will `follow` a link; a cache needs neither. Raises StoreError.
    """
    temporary = None
    try:
        if durable and follow:
            if path.exists() and not path.is_file():
                with path.open("wb") as device:  # a device or a pipe can't be replaced
                    yield device
                return
            path = Path(os.path.realpath(path))
        elif is_planted(path):  # with a mode of its own
            path.unlink()
        if private:
            private_folder(path.parent)
        else:
            path.parent.mkdir(parents=True, exist_ok=True)
        unique = os.urandom(4).hex()  # `tempfile` takes 8 ms to import
        temporary = path.with_name(f".{path.name}.{unique}.tmp")
        with open(temporary, "xb", opener=owner_only) as file:
            yield file
            file.flush()
            os.fchmod(file.fileno(), file_mode(path, private=private))
            if durable:
                os.fsync(file.fileno())
        temporary.replace(path)
        if durable:
            sync_folder(path.parent)
    except OSError as error:
        reason = error.strerror or error
        raise StoreError(
            f"{path}: {reason}; nothing was changed, free space or check it"
        ) from error
    finally:
        if temporary is not None:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def file_mode(path: Path, *, private: bool) -> int:
    """The mode of an existing file; for a new one see `atomic_file`."""
    with contextlib.suppress(OSError):
        return path.stat().st_mode & 0o777
    if private:
        return 0o600
    mask = os.umask(0)
    os.umask(mask)
    return 0o666 & ~mask


def durable_folder(folder: Path) -> None:
    """Create a folder for its owner alone that survives a power cut. Raises OSError."""
    if folder.is_dir():
        return
    durable_folder(folder.parent)
    private_folder(folder)
    sync_folder(folder.parent)


def sync_folder(folder: Path) -> None:
    """Make the renames in a folder survive a power cut; Windows has no such call."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
