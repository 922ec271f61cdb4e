"""Acquiring a file's lock, with a limit for the wait and a notice of who holds it.

On POSIX it is the lock that `filelock` takes, without importing that: 25 ms, a tenth of
a `tag add`.
"""

from __future__ import annotations

import contextlib
import os
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

from papertrack.core.errors import PapertrackError
from papertrack.storage.layout import owner_only, private_folder
from papertrack.storage.processes import lock_holder, named
from papertrack.storage.waiting import wait_for

if sys.platform == "win32":
    from filelock import FileLock as _PortableLock
    from filelock import Timeout

    class FileLock:
        """The lock of a file, which is created for its owner alone."""

        def __init__(self, path: Path) -> None:
            self.path = path
            self._lock = _PortableLock(path, mode=0o600, fallback_to_soft=False)

        @property
        def is_held(self) -> bool:
            """Whether this object holds the lock."""
            return self._lock.is_locked

        def take(self) -> bool:
            """Whether the lock is free; then it is held. Raises OSError."""
            try:
                self._lock.acquire(timeout=0)
            except Timeout:
                return False
            return True

        def release(self) -> None:
            """Give the lock back."""
            self._lock.release()

else:
    import fcntl

    class FileLock:
        """The lock of a file, which is created for its owner alone, and stays."""

        def __init__(self, path: Path) -> None:
            self.path = path
            self._file: int | None = None

        @property
        def is_held(self) -> bool:
            """Whether this object holds the lock."""
            return self._file is not None

        def take(self) -> bool:
            """Whether the lock is free; then it is held. Raises OSError."""
            flags = os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW
            file = owner_only(str(self.path), flags)
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
                self._file = file
            except (
                BlockingIOError,
                PermissionError,
            ):  # some file systems say the latter
                return False
            finally:
                if self._file != file:
                    os.close(file)
            return True

        def release(self) -> None:
            """Give the lock back, if it is held."""
            if self._file is not None:
                file = self._file
                self._file = None
                os.close(file)


def acquired(lock: FileLock, seconds: float, what: str) -> bool:
    """Whether a lock was acquired within `seconds`; a long wait for `what` is reported.

    Raises OSError where there are no locks.
    """

    def attempt() -> bool | None:
        return lock.take() or None

    def describe() -> str:
        return f"{what}, locked by {named(holder(lock))}"

    return wait_for(attempt, seconds, describe) is not None


def holder(lock: FileLock) -> int | None:
    """The id of the process that has a lock, where it is known."""
    return lock_holder(lock.path)


@contextlib.contextmanager
def held(
    path: Path,
    seconds: float,
    what: str,
    busy: Callable[[str], PapertrackError],
) -> Iterator[None]:
    """Hold the lock of a file that is there for it alone.

    Raises what `busy` makes of the process that holds it after `seconds`; OSError.
    """
    private_folder(path.parent)
    lock = FileLock(path)
    if not acquired(lock, seconds, what):
        raise busy(named(holder(lock)))
    try:
        yield
    finally:
        lock.release()
