"""Functions that `storage.workers` runs in other processes, which import them by name."""

from __future__ import annotations

import multiprocessing
import os
import signal

from papertrack.core.errors import StoreError

FATAL = 7
"""The item at which a worker ends."""


def square(number: int) -> int:
    return number * number


def large(number: int) -> bytes:
    """More than a pipe takes at once."""
    return bytes([number]) * 1_000_000


def refused(number: int) -> int:
    """Raises StoreError for one item."""
    if number == FATAL:
        raise StoreError(f"{number} is refused")
    return number


def in_which_process(number: int) -> int:
    return os.getpid()


def killed(number: int) -> int:
    return _ended(number, signal.SIGKILL)


def terminated(number: int) -> int:
    return _ended(number, signal.SIGTERM)


def crashed(number: int) -> int:
    return _ended(number, signal.SIGSEGV)


def aborted(number: int) -> int:
    return _ended(number, signal.SIGABRT)


def left(number: int) -> int:
    if number == FATAL and multiprocessing.parent_process():
        os._exit(3)
    return square(number)


def _ended(number: int, by: signal.Signals) -> int:
    """The square, but a worker that gets FATAL is ended by a signal."""
    if number == FATAL and multiprocessing.parent_process():
        os.kill(os.getpid(), by)
    return square(number)
