"""Triage as it runs: keys, signals, the screen, and saving in between."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable, Iterator, Mapping

from papertrack.cli.triage.controls import Controls, Services
from papertrack.cli.triage.keys import Decoder
from papertrack.cli.triage.saver import Report, Saver
from papertrack.cli.triage.screen import draw
from papertrack.cli.triage.sitting import Sitting
from papertrack.cli.triage.terminal import HungUp, Screen
from papertrack.core.errors import PapertrackError
from papertrack.storage import waiting

ESCAPE_SECONDS = 0.05
"""How long the rest of a control sequence may take; then it was the key Escape."""

SAVE_SECONDS = 1.0
"""The oldest decision is saved after so long."""

SAVE_COUNT = 10
"""So many decisions are saved at once."""

RETRY_SECONDS = 5.0
"""How long to wait after decisions could not be saved."""

LAST_SAVE_SECONDS = 0.6
"""How long an interrupted sitting waits for what is being saved: see `interruption`."""

PAUSE_SECONDS = 5.0
"""How long to wait for it before another program, or the shell, has the terminal."""


class Triage:
    """A sitting on a screen. `note` is shown after the last paper."""

    def __init__(
        self,
        sitting: Sitting,
        screen: Screen,
        saver: Saver | None,
        services: Services,
        bound: Mapping[str, str],
        *,
        query: str,
        note: str,
    ) -> None:
        self.sitting = sitting
        self.screen = screen
        self.saver = saver
        self.services = services
        self.query = query
        self.note = note
        self.error: PapertrackError | None = None
        """Why the last decisions could not be saved."""
        self._controls = Controls(sitting, services, _Outside(self), bound)
        self._decoder = Decoder()
        self._oldest: float | None = None
        self._not_before = 0.0

    def run(self) -> None:
        """Show papers until the reader quits; save all that was decided."""
        try:
            with self.screen.shown(), self._waits_on_screen():
                while not self._controls.is_over:
                    self._draw()
                    self._next()
        except HungUp:
            pass
        except BaseException:
            self._save_all(LAST_SAVE_SECONDS)
            raise
        self._save_all(None)

    @property
    def is_saved(self) -> bool:
        """Whether all decisions are saved."""
        return not self.sitting.unsaved and not (self.saver and self.saver.waiting)

    @contextlib.contextmanager
    def _waits_on_screen(self) -> Iterator[None]:
        """Within the block, waits for other processes are reported on the screen."""
        if self.saver is not None:
            waiting.report_to(self.saver.notice)
        try:
            yield
        finally:
            waiting.report_to(self.services.notice)

    def _draw(self) -> None:
        view = self._controls.view(self.query, self.note)
        view = view._replace(is_dry_run=self.saver is None)
        drawn = draw(view, *self.screen.size)
        self._controls.scroll = drawn.scroll
        self.screen.show(drawn.rows, drawn.cursor)

    def _next(self) -> None:
        """Wait for keys, a signal, a report or the time to save; act on it."""
        data = self.screen.wait(self._seconds())
        if data is not None:
            keys = self._decoder.feed(data)
        else:
            keys = self._decoder.flush()
        for key in keys:
            self._controls.press(key)
        if self.sitting.unsaved and self._oldest is None:
            self._oldest = time.monotonic()
        if self._must_save():
            self._save()
        self._read_reports(0)
        for number in self.screen.received():
            if number == signal.SIGTSTP:
                self.save_and_wait(PAUSE_SECONDS)
                self.screen.suspend()
            elif number == signal.SIGCONT:
                self.screen.enter_again()

    def _seconds(self) -> float | None:
        """How long to wait for a key."""
        if self._decoder.is_waiting:
            return ESCAPE_SECONDS
        if self._oldest is None:
            return None
        due = max(self._oldest + SAVE_SECONDS, self._not_before)
        return max(due - time.monotonic(), 0.0)

    # ------------------------------------------------------------------ saving

    def _must_save(self) -> bool:
        now = time.monotonic()
        if self._oldest is None or now < self._not_before:
            return False
        is_old = now >= self._oldest + SAVE_SECONDS
        return is_old or self.sitting.unsaved >= SAVE_COUNT

    def _save(self) -> None:
        self._oldest = None
        batch = self.sitting.take_unsaved()
        if batch and self.saver is not None:
            self.saver.save(batch)

    def _read_reports(self, seconds: float) -> None:
        """Act on what the saver reports; wait so long for a report that is due."""
        if self.saver is None:
            return
        for report in self.saver.reports(seconds):
            if report.notice:
                self._controls.message = report.notice
            else:
                self._act_on(report)

    def _act_on(self, report: Report) -> None:
        self.error = report.error
        if report.error is not None:
            self._controls.message = f"not saved yet: {report.error}"
            self.sitting.put_back(report.batch)
            self._oldest = time.monotonic()
            self._not_before = self._oldest + RETRY_SECONDS

    def save_and_wait(self, seconds: float | None) -> None:
        """Save what is decided, and wait so long until it is; None: as long as it takes."""
        self._save()
        end = None if seconds is None else time.monotonic() + seconds
        while self.saver is not None and self.saver.waiting:
            left = PAUSE_SECONDS if end is None else end - time.monotonic()
            if left <= 0:
                return
            self._read_reports(left)

    def _save_all(self, seconds: float | None) -> None:
        """Save everything, for the last time; what failed before is tried once more."""
        self.save_and_wait(seconds)
        if self.error is not None:
            self.save_and_wait(seconds)
        if self.saver is not None:
            self.saver.close()


class _Outside:
    """What the keys need of the terminal: see `controls.Outside`."""

    def __init__(self, triage: Triage) -> None:
        self._triage = triage

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines."""
        return self._triage.screen.size

    def copy(self, text: str) -> bool:
        """Copy to the clipboard; False if the text is too long."""
        return self._triage.screen.copy(text)

    def run(self, program: Callable[[], None]) -> None:
        """Save, and call what runs another program on the terminal."""
        self._triage.save_and_wait(PAUSE_SECONDS)
        with self._triage.screen.released():
            program()
