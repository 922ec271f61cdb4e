"""Saves decisions in a thread of its own, so that no key waits for a disk or a lock."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Sequence
from queue import Empty, SimpleQueue
from typing import TYPE_CHECKING, NamedTuple

from papertrack.cli.interruption import to_main_thread
from papertrack.core.errors import PapertrackError
from papertrack.library.decisions import Decision

if TYPE_CHECKING:
    from papertrack.library.batches import Batches

CLOSE_SECONDS = 0.3
"""How long the end of the thread is waited for: it closes the index."""

Batch = Sequence[Decision]


class Report(NamedTuple):
    """What became of a batch: saved, or not because of an error; or a notice."""

    batch: Batch = ()
    error: PapertrackError | None = None
    notice: str = ""


class Saver:
    """Saves batches one after the other.

    `open_batches` opens the library in the thread; `now` is the time as ISO 8601 in UTC;
    `wake` is called when there is a report.
    """

    def __init__(
        self,
        open_batches: Callable[[], Batches],
        now: Callable[[], str],
        wake: Callable[[], None],
    ) -> None:
        self._open = open_batches
        self._now = now
        self._wake = wake
        self._batches: SimpleQueue[Batch | None] = SimpleQueue()
        self._reports: SimpleQueue[Report] = SimpleQueue()
        self._opened: Batches | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        with to_main_thread():
            self._thread.start()
        self.waiting = 0
        """How many batches are not reported yet."""

    def save(self, batch: Batch) -> None:
        """Save these decisions, after those before."""
        self.waiting += 1
        self._batches.put(batch)

    def reports(self, seconds: float = 0) -> list[Report]:
        """What is reported; waits so long for the first report if batches are waiting."""
        found: list[Report] = []
        while True:
            wait = seconds if self.waiting and not found else 0
            try:
                report = (
                    self._reports.get(timeout=wait)
                    if wait
                    else self._reports.get_nowait()
                )
            except Empty:
                return found
            if not report.notice:
                self.waiting -= 1
            found.append(report)

    def notice(self, line: str) -> None:
        """Report a line; called in the thread."""
        self._reports.put(Report(notice=line))
        self._wake()

    def close(self) -> None:
        """End the thread once all batches are saved; it is waited for if they are."""
        self._batches.put(None)
        if not self.waiting:
            self._thread.join(CLOSE_SECONDS)

    def _run(self) -> None:
        # It takes as long as a save, where an error is met again, and reported.
        with contextlib.suppress(Exception):
            self._opened = self._open()
        try:
            self._write_all()
        finally:
            if self._opened is not None:
                self._opened.index.close()

    def _write_all(self) -> None:
        """Write batches until the saver is closed."""
        while True:
            batch = self._batches.get()
            if batch is None:
                return
            try:
                self._opened = self._opened or self._open()
                self._opened.write(batch, now=self._now())
            except PapertrackError as error:
                self._reports.put(Report(batch, error))
            except Exception as error:  # it would end the thread without a word
                bug = PapertrackError(f"{type(error).__name__}: {error}")
                self._reports.put(Report(batch, bug))
            else:
                self._reports.put(Report(batch))
            self._wake()
