"""Rate limits: of a service, shared by all papertrack processes of a machine, and of a
host for this run.
"""

from __future__ import annotations

import contextlib
import json
import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple
from urllib.parse import urlsplit

from papertrack.core.errors import StoreError
from papertrack.storage import processes
from papertrack.storage.atomic import write_atomically
from papertrack.storage.layout import owner_only
from papertrack.storage.waiting import NOTICE_SECONDS, report

PAUSE_AFTER_429 = 60.0
"""Seconds after a 429 without `Retry-After`: it is for the whole network address, and a
few seconds do not end it."""

TURN_SECONDS = 30.0
"""How long a request may hold the turn: one of a process that is stopped (Ctrl-Z) or
slow does not keep the others waiting. Theirs still begin `seconds` apart.
"""

POLL_SECONDS = 0.05
KEPT_TURNS = 10


class _Turn(NamedTuple):
    """A turn that was taken: its number, by which process, and when (seconds since 1970).

    The next may begin at `next_start`, once this one has `ended`.
    """

    number: int = 0
    process: int = 0
    began: float = 0.0
    ended: bool = True
    next_start: float = 0.0

    def body(self) -> bytes:
        """The turn as the content of its file."""
        return json.dumps(self._asdict()).encode()


class Throttle:
    """At most one request at a time, and `seconds` from the end of one to the start of the next.

    Shared by threads and processes through the files NAME.N.turn in `folder`, one for
    each turn: who creates the next has it. No lock is held, so that no process can keep
    others waiting for longer than TURN_SECONDS. A clock that was set back delays nobody
    for longer than `seconds`. After `pause` the next request, of any process, waits
    `pause_seconds` longer.
    """

    def __init__(
        self,
        folder: Path,
        name: str,
        seconds: float,
        *,
        pause_seconds: float = PAUSE_AFTER_429,
        turn_seconds: float = TURN_SECONDS,
    ) -> None:
        self._folder = folder
        self._name = name
        self._seconds = seconds
        self._pause_seconds = pause_seconds
        self._turn_seconds = turn_seconds
        self._pauses = False
        self._reported: set[int] = set()

    @contextlib.contextmanager
    def turn(self, wait: Callable[[float], object]) -> Iterator[float]:
        """This thread's turn: for how many seconds a request may be sent.

        `wait` takes seconds and returns whether reading was aborted. Raises TimeoutError
        if it was.
        """
        turn = self._taken(wait)
        try:
            # This process may have been stopped since it took the turn.
            yield self._turn_seconds - (time.time() - turn.began)
        finally:
            self._end(turn)

    def pause(self) -> None:
        """Delay the next request: the service refuses whoever has the turn."""
        self._pauses = True

    def _taken(self, wait: Callable[[float], object]) -> _Turn:
        """The next turn, once it is ours."""
        began = time.monotonic()
        while True:
            last = self._last()
            waited = time.monotonic() - began
            seconds = self._delay(last, waited)
            if seconds <= 0:
                turn = self._take(last)
                if turn is not None:
                    return turn
                seconds = POLL_SECONDS
            if waited > NOTICE_SECONDS:
                self._report(last)
            # Long waits in steps: the process that has the turn may end, or give it back.
            is_ours = last.ended or last.process == os.getpid()
            if wait(seconds if is_ours else min(seconds, POLL_SECONDS)):
                raise TimeoutError("aborted while waiting for its turn")

    def _delay(self, last: _Turn, waited: float) -> float:
        """Seconds until the next request may begin, or until that is to be looked at
        again; 0 or less for now.

        This one has waited for `waited` seconds.
        """
        now = time.time()
        left = last.next_start - now
        if left > self._pause_seconds + self._seconds:
            left = self._seconds - waited  # the clock was set back
        is_held = not last.ended and processes.is_alive(last.process)
        if is_held and 0 <= now - last.began < self._turn_seconds:
            return max(left, POLL_SECONDS)
        return left

    # ------------------------------------------------------------------ the files

    def _path(self, number: int) -> Path:
        return self._folder / f"{self._name}.{number}.turn"

    def _last(self) -> _Turn:
        """The turn that was taken last."""
        numbers = []
        for path in self._folder.glob(f"{self._name}.*.turn"):
            middle = path.name.split(".")[-2]
            if middle.isdecimal():
                numbers.append(int(middle))
        if not numbers:
            return _Turn()
        number = max(numbers)
        path = self._path(number)
        try:
            facts = json.loads(path.read_bytes())
            return _Turn(
                number,
                int(facts["process"]),
                float(facts["began"]),
                bool(facts["ended"]),
                float(facts["next_start"]),
            )
        except (OSError, ValueError, TypeError, KeyError):
            return self._unwritten(number)

    def _unwritten(self, number: int) -> _Turn:
        """A turn of which the process that took it has written nothing yet."""
        try:
            began = self._path(number).stat().st_mtime
        except OSError:
            began = time.time()
        return _Turn(number, 0, began, False, began + self._seconds)

    def _take(self, last: _Turn) -> _Turn | None:
        """The turn after `last`, now; None if another process has taken it."""
        now = time.time()
        turn = _Turn(last.number + 1, os.getpid(), now, False, now + self._seconds)
        flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL
        try:
            file = owner_only(str(self._path(turn.number)), flags)
        except FileExistsError:
            return None
        except OSError:
            return turn  # where nothing can be written, processes can't share a limit
        with contextlib.suppress(OSError), os.fdopen(file, "wb") as stream:
            stream.write(turn.body())
        self._remove(turn.number - KEPT_TURNS)
        # It may have been taken and removed while this process did not run.
        if self._last().number != turn.number:
            self._remove(turn.number)
            return None
        return turn

    def _remove(self, number: int) -> None:
        with contextlib.suppress(OSError):
            self._path(number).unlink()

    def _end(self, turn: _Turn) -> None:
        """Give the turn back; the next begins `seconds` later, or after a pause."""
        pause = self._pause_seconds if self._pauses else 0.0
        self._pauses = False
        next_start = time.time() + self._seconds + pause
        last = self._last()
        if last.number > turn.number:
            # It took too long, and another has the turn: a pause is for that one.
            if not pause:
                return
            turn = last
        ended = turn._replace(ended=True, next_start=next_start)
        with contextlib.suppress(StoreError):
            path = self._path(turn.number)
            write_atomically(path, ended.body(), private=True, durable=False)

    def _report(self, last: _Turn) -> None:
        """Report, once, that another process has the turn."""
        process = last.process
        if last.ended or process in (0, os.getpid(), *self._reported):
            return
        self._reported.add(process)
        name = "arXiv" if self._name == "arxiv" else self._name
        report(
            f"waiting for {name}'s turn, taken by {processes.named(process)}; for "
            f"{self._turn_seconds:.0f} seconds at most"
        )


class HostPauses:
    """The pauses that hosts requested, shared by the threads of a run."""

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
