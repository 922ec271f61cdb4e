"""Acquiring a file's lock, with a limit for the wait and a notice of who holds it."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from papertrack.core.errors import PapertrackError
from papertrack.storage.layout import private_folder
from papertrack.storage.processes import lock_holder, named
from papertrack.storage.waiting import wait_for


def acquired(lock: FileLock, seconds: float, what: str) -> bool:
    """Whether a lock was acquired within `seconds`; a long wait for `what` is reported.

    Raises OSError, NotImplementedError where there are no locks.
    """

    def attempt() -> bool | None:
        try:
            lock.acquire(timeout=0)
        except Timeout:
            return None
        return True

    def describe() -> str:
        return f"{what}, locked by {named(holder(lock))}"

    return wait_for(attempt, seconds, describe) is not None


def holder(lock: FileLock) -> int | None:
    """The id of the process that has a lock, where it is known."""
    return lock_holder(Path(lock.lock_file))


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
    lock = FileLock(path, mode=0o600)
    if not acquired(lock, seconds, what):
        raise busy(named(holder(lock)))
    try:
        yield
    finally:
        lock.release()
