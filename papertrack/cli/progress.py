"""The bar that long work shows on a terminal's stderr, drawn by a timer.

It appears after half a second, in a thread that redraws it, so that it moves also while
a page is awaited or a file is parsed. Messages are printed above it (see `streams`).
Rich is imported only when it appears.
"""

import contextlib
import os
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from papertrack.cli import interruption, output
from papertrack.cli.session import Session
from papertrack.cli.streams import NarrationStream
from papertrack.core.progress import Moment, Progress

SHOWN_AFTER = 0.5
"""Seconds of work without a bar: most commands end before."""

REDRAWN_EVERY = 0.1

WIDEST = 76
"""Columns of the bar, also on a wide terminal that may get narrower meanwhile."""

ROOM = len("^C") + 1
"""Columns beside the bar, so that the echo of a key does not start a second line."""


class _Step(NamedTuple):
    """A report: `done` of `total` units in this phase."""

    phase: str = ""
    done: int = 0
    total: int = 0
    unit: str = ""


class Bar(Progress):
    """A bar on a terminal: `draw` makes a line of it, as wide as `width()`."""

    def __init__(
        self,
        stream: NarrationStream,
        draw: Callable[[Moment, int], str],
        width: Callable[[], int],
        *,
        shown_after: float = SHOWN_AFTER,
        redrawn_every: float = REDRAWN_EVERY,
    ) -> None:
        self.stream = stream
        self.draw = draw
        self.width = width
        self.shown_after = shown_after
        self.redrawn_every = redrawn_every
        self._steps = [_Step()]
        """The latest report, after those of which it is a phase."""
        self._depth = 0

    def report(self, phase: str, done: int = 0, total: int = 0, unit: str = "") -> None:
        """Note how far the work is; the timer draws it."""
        self._steps[-1] = _Step(phase, done, total, unit)

    @contextlib.contextmanager
    def within(self) -> Iterator[None]:
        """Note what is reported within the block as phases of the latest step."""
        self._steps.append(_Step())
        try:
            yield
        finally:
            self._steps.pop()

    @contextlib.contextmanager
    def working(self) -> Iterator[None]:
        """Show the bar within the block, from half a second on."""
        self._depth += 1
        try:
            if self._depth > 1:
                yield
                return
            self._steps[:] = [_Step()]
            interruption.tidy_with(self.stream.erase_passing_at_once)
            with self._redrawn():
                yield
        finally:
            self._depth -= 1

    @contextlib.contextmanager
    def _redrawn(self) -> Iterator[None]:
        has_ended = threading.Event()
        timer = threading.Thread(target=self._redraw, args=(has_ended,), daemon=True)
        timer.start()
        try:
            yield
        finally:
            has_ended.set()
            timer.join()
            self.stream.erase_passing()

    def _redraw(self, has_ended: threading.Event) -> None:
        """Draw the bar until the work has ended."""
        watch = _Watch()
        while not has_ended.wait(self.redrawn_every):
            moment = watch.look(tuple(self._steps))
            if moment.seconds >= self.shown_after and self._is_in_front():
                width = min(self.width() - ROOM, WIDEST)
                self.stream.draw_passing(self.draw(moment, width))

    def _is_in_front(self) -> bool:
        """Whether this process has the terminal, not another after Ctrl-Z and bg."""
        try:
            return os.tcgetpgrp(self.stream.fileno()) == os.getpgrp()
        except OSError:  # a terminal that controls no processes
            return True


class _Pace(NamedTuple):
    """How fast units are done since `began`, with `first` of them done by then."""

    began: float
    first: int
    last: int

    def after(self, done: int, now: float) -> "_Pace":
        """The pace once so many are done; a new one where they are counted anew."""
        if done < self.last:
            return _Pace(now, done, done)
        return self._replace(last=done)

    def rate(self, now: float) -> float:
        """Units a second; 0 at first."""
        seconds = now - self.began
        return (self.last - self.first) / seconds if seconds else 0.0


class _Watch:
    """Sees how far the work is, time and again, and so how fast each phase is."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._turns = 0
        self._paces: dict[str, _Pace] = {}

    def look(self, steps: Sequence[_Step]) -> Moment:
        """What to show now: the first step of several units is counted, the last one
        named.
        """
        now = time.monotonic()
        self._turns += 1
        steps = [step for step in steps if step.phase] or [_Step("working")]
        outer, inner = steps[0], steps[-1]
        counted = next((step for step in steps if step.total > 1), inner)
        phase = inner.phase
        if inner is not counted and inner.total > 1:
            phase += f" {inner.done:,}/{inner.total:,}"
        # The phases of one level follow each other; the names of files do, too.
        name = f"{steps.index(counted)} {counted.unit}"
        pace = self._paces.get(name, _Pace(now, counted.done, counted.done))
        pace = self._paces[name] = pace.after(counted.done, now)
        return Moment(
            "" if inner is outer else outer.phase,
            phase,
            counted.done,
            counted.total,
            counted.unit,
            pace.rate(now),
            now - self._began,
            self._turns,
        )


def for_session(
    session: Session,
    *,
    shown_after: float = SHOWN_AFTER,
    redrawn_every: float = REDRAWN_EVERY,
) -> Progress:
    """The bar of a session on a terminal."""
    stream = session.stderr

    def draw(moment: Moment, width: int) -> str:
        from papertrack.render.progress import line  # Rich: 40 ms

        drawing = line(moment, width)
        return output.drawn(session, stream, drawing, width).rstrip("\n")

    return Bar(
        stream,
        draw,
        lambda: session.width,
        shown_after=shown_after,
        redrawn_every=redrawn_every,
    )
