"""Rate limits: of a service, shared by all papertrack processes of a machine, and of a
host for this run.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlsplit

from filelock import FileLock

from papertrack.core.errors import StoreError
from papertrack.storage.atomic import write_atomically

PAUSE_AFTER_429 = 60.0
"""Seconds after a 429 without `Retry-After`: it is for the whole network address, and a
few seconds do not end it."""


class Throttle:
    """At most one request at a time, and `seconds` from the end of one to the start of the next.

    Shared by processes through a lock and a clock in `folder`. A clock that was set back
    delays nobody for longer than `seconds`. After `pause` the next request, of any
    process, waits `pause_seconds` longer.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        seconds: float,
        *,
        pause_seconds: float = PAUSE_AFTER_429,
    ) -> None:
        self._clock = folder / f"{name}.clock"
        self._lock = FileLock(folder / f"{name}.lock", mode=0o600, thread_local=False)
        # A file lock does not exclude other threads of the same process.
        self._thread_lock = threading.Lock()
        self._seconds = seconds
        self._pause_seconds = pause_seconds
        self._pauses = False

    @contextlib.contextmanager
    def turn(self, wait: Callable[[float], object]) -> Iterator[None]:
        """This thread's turn. `wait` takes seconds and returns whether reading was aborted.

        Raises TimeoutError if it was.
        """
        while not self._acquired():
            if wait(0.05):
                raise TimeoutError("aborted while waiting for its turn")
        try:
            wait(self._delay())
            yield
        finally:
            pause = self._pause_seconds if self._pauses else 0.0
            self._pauses = False
            clock = repr(time.time() + pause).encode()
            with contextlib.suppress(StoreError):
                write_atomically(self._clock, clock, private=True, durable=False)
            self._lock.release()
            self._thread_lock.release()

    def pause(self) -> None:
        """Delay the next request: the service refuses whoever has the turn."""
        self._pauses = True

    def _delay(self) -> float:
        """Seconds until the next request may begin."""
        try:
            last = float(self._clock.read_text(encoding="ascii"))
        except (OSError, ValueError):
            return 0.0
        seconds = last + self._seconds - time.time()
        if seconds > self._pause_seconds + self._seconds:
            return self._seconds
        return max(seconds, 0.0)

    def _acquired(self) -> bool:
        """Whether it is our turn now: among the threads of this process, then among processes."""
        if not self._thread_lock.acquire(blocking=False):
            return False
        try:
            self._lock.acquire(timeout=0)
        except TimeoutError:
            self._thread_lock.release()
            return False
        except BaseException:
            self._thread_lock.release()
            raise
        return True


class HostPauses:
    """The pauses that hosts asked for, shared by the threads of a run."""

    def __init__(self) -> None:
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def add(self, url: str, seconds: float) -> None:
        """Pause all reading from the host of `url`."""
        host = urlsplit(url).netloc.lower()
        until = time.monotonic() + seconds
        with self._lock:
            self._until[host] = max(until, self._until.get(host, 0.0))

    def left(self, url: str) -> float:
        """Seconds until the host of `url` may be read from; 0 or less for none."""
        host = urlsplit(url).netloc.lower()
        with self._lock:
            return self._until.get(host, 0.0) - time.monotonic()
