"""The one lock under which a library is changed."""

from __future__ import annotations

import contextlib
import errno
import time
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock

from papertrack.core.errors import StoreError
from papertrack.storage import file_lock, journal, plans, waiting
from papertrack.storage.abandoned import Abandoned, abandoned
from papertrack.storage.atomic import durable_folder
from papertrack.storage.folder import Folder, check
from papertrack.storage.layout import LOCKS
from papertrack.storage.processes import is_stopped, lock_holder, named

LOCK_SECONDS, READER_SECONDS = 30.0, 0.08
SHOWN = 3
"""How many files of a change a message names."""
NO_LOCKS = (errno.ENOSYS, errno.ENOTSUP, errno.ENOLCK)


class Busy(StoreError):
    """Another process holds the lock."""


@contextlib.contextmanager
def locked(
    folder: Folder,
    *,
    seconds: float | None = None,
) -> Iterator[None]:
    """Hold the lock of a library; complete what a killed process left.

    Raises Busy after `seconds` of waiting, StoreError if locking is impossible, or for
    a library with links that the owner has not agreed to.
    """
    seconds = LOCK_SECONDS if seconds is None else seconds
    check(folder, writing=True)  # before the lock is created through a link
    lock = _acquired(folder.root, seconds)
    try:
        check(folder, writing=True)  # it may have changed while we waited
        journal.finish(folder)
        yield
    finally:
        with contextlib.suppress(OSError):  # the end of the process releases it as well
            lock.release()


def settle(folder: Folder) -> None:
    """Complete what a killed process began; wait a moment for a running one.

    Half of a change that can't be completed yet is reported. Raises StoreError.
    """
    if plans.decided(folder) is None:
        for change in abandoned(folder):
            if change.done:
                _report_half(folder.root, change)
        return
    try:
        with locked(folder, seconds=READER_SECONDS):
            pass
    except Busy:
        process = lock_holder(folder.root / LOCKS[0])
        if process is not None and is_stopped(process) and plans.is_half_done(folder):
            waiting.report(
                f"{folder.root}: {named(process)} has made half of a change, this is "
                f"the state before: {_to_go_on(process)}"
            )


def _report_half(root: Path, change: Abandoned) -> None:
    names = ", ".join(change.left[:SHOWN])
    more = ", …" if len(change.left) > SHOWN else ""
    waiting.report(
        f"{root}: half of an interrupted change is missing ({names}{more}); "
        "papertrack doctor --fix can complete it"
    )


def _to_go_on(process: int) -> str:
    return f"continue it with kill -CONT {process}, or end it with kill -KILL {process}"


def _acquired(root: Path, seconds: float) -> FileLock:
    try:
        durable_folder(root)
        # Without flock nothing is written: a lock that is a file outlives its owner.
        lock, queue = (
            FileLock(root / name, mode=0o600, fallback_to_soft=False) for name in LOCKS
        )
        began = time.monotonic()
        # A second lock keeps a busy writer from starving the others.
        _take(queue, root, seconds, limit=seconds)
        try:
            left = seconds - (time.monotonic() - began)
            _take(lock, root, max(left, 0.0), limit=seconds)
        finally:
            queue.release()
    except OSError as error:
        advice = "check that it is writable"
        if error.errno in NO_LOCKS:
            advice = "move it to a file system that supports locks"
        raise _unlockable(root, error.strerror or str(error), advice) from error
    except NotImplementedError as error:
        advice = "move it to a file system that supports locks"
        raise _unlockable(root, str(error), advice) from error
    return lock


def _unlockable(
    root: Path,
    reason: str,
    advice: str,
) -> StoreError:
    return StoreError(f"{root}: the library can't be locked: {reason}; {advice}")


def _take(lock: FileLock, root: Path, seconds: float, *, limit: float) -> None:
    """Acquire a lock of the library within `seconds`, the rest of a `limit`.

    Raises Busy, OSError.
    """
    if not file_lock.acquired(lock, seconds, f"the library {root}"):
        process = file_lock.holder(lock)
        advice = "try again when it has ended, or end it"
        if process is not None and is_stopped(process):
            advice = f"{_to_go_on(process)}, and try again"
        raise Busy(
            f"{root}: {named(process)} has been writing for {limit:.0f} seconds; "
            f"{advice}"
        )
