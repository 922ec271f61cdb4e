"""The one lock under which a library is changed."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from pathlib import Path

from filelock import FileLock, Timeout

from papertrack.core.errors import StoreError
from papertrack.storage import journal, plans
from papertrack.storage.atomic import durable_folder
from papertrack.storage.folder import Folder, check
from papertrack.storage.layout import LOCKS

LOCK_SECONDS, READER_SECONDS, POLL_SECONDS = 30.0, 0.08, 0.005
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

    Raises StoreError.
    """
    if plans.decided(folder) is None:
        return
    with contextlib.suppress(Busy), locked(folder, seconds=READER_SECONDS):
        pass


def _acquired(root: Path, seconds: float) -> FileLock:
    try:
        durable_folder(root)
        # Without flock nothing is written: a lock that is a file outlives its owner.
        lock, queue = (
            FileLock(
                root / name,
                timeout=seconds,
                mode=0o600,
                fallback_to_soft=False,
            )
            for name in LOCKS
        )
        # A second lock keeps a busy writer from starving the others.
        with queue.acquire(poll_interval=POLL_SECONDS):
            lock.acquire(poll_interval=POLL_SECONDS)
    except Timeout:
        pid = _holder(root / LOCKS[0])
        holder = f" (process {pid})" if pid else ""
        raise Busy(
            f"{root}: another papertrack{holder} has been writing for {seconds:.0f} "
            "seconds; try again when it has ended, or end it"
        ) from None
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


def _holder(lock: Path) -> int | None:
    """The id of the process that holds a lock, where Linux shows it."""
    with contextlib.suppress(OSError, ValueError):
        inode = str(lock.stat().st_ino)
        for line in Path("/proc/locks").read_text(encoding="ascii").splitlines():
            words = line.split()
            is_waiting = "->" in words
            if is_waiting or words[1] != "FLOCK":
                continue
            if words[5].rpartition(":")[2] == inode:
                return int(words[4])
    return None
