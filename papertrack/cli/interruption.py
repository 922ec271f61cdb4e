"""Ctrl-C, SIGTERM and SIGHUP: each ends the process within a second, wherever it is.

While a command runs, a signal raises KeyboardInterrupt: what was read is saved and
reported, temporary files are removed. Before and after that the process ends at once.
Python handles signals between its own instructions only; a thread waits for them as
well, and ends the process where the command has not ended in time: it may be in a long
call of C code (a name being resolved, a query of SQLite), in `finally` blocks, or among
exceptions that Python can't raise. A process may end at any moment: whatever is written
is written so that the next command finds the old state or the new.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import FrameType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import subprocess

GRACE_SECONDS = 0.8
"""How long a command may take to save and report."""

PASS_ON_SECONDS = 0.3
"""How long a program of the reader may take to end, before it gets Ctrl-C from
papertrack: it may have been sent to papertrack alone.
"""

END_SECONDS = 0.4
"""How long such a program, and what it started, may take to end after SIGTERM."""

LAST_STREAM = 2
"""The descriptor of standard error; lower ones are the other standard streams."""

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")
"""The signals that end a command; Windows has no SIGHUP."""


class _State:
    """What the handlers know: module-wide, as signals belong to the whole process."""

    received: int | None = None
    """The signal that ends this process."""

    is_running = False
    """Whether a command runs, which may have something to save."""

    program: subprocess.Popen[bytes] | None = None
    """The reader's own program that has the terminal: pager, editor or browser."""

    was_passed_on = False
    """Whether that program got a Ctrl-C."""

    tidy: Callable[[], object] | None = None
    """Tidies the terminal before the process ends."""


def install() -> None:
    """Handle the signals from now on; call it first of all.

    A signal that is ignored (nohup, a job in the background) remains so.
    """
    reading, writing = _pipe()
    os.set_blocking(writing, False)
    signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    for name in NAMES:
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _handle)
    sys.unraisablehook = _end_quietly
    threading.Thread(target=_watch, args=(reading,), daemon=True).start()


def _pipe() -> tuple[int, int]:
    """A pipe that is not in the place of a closed standard stream, which is opened later
    (`streams.prepare`).
    """
    low: list[int] = []
    ends: list[int] = []
    for opened in os.pipe():
        end = opened
        while end <= LAST_STREAM:
            low.append(end)
            end = os.dup(end)
        ends.append(end)
    for number in low:
        os.close(number)
    reading, writing = ends
    return reading, writing


@contextlib.contextmanager
def saving() -> Iterator[None]:
    """Within the block a signal raises KeyboardInterrupt, once."""
    _State.is_running = True
    try:
        yield
    finally:
        _State.is_running = False


def tidy_with(function: Callable[[], object]) -> None:
    """Call a function, which must not wait, before a signal ends the process."""
    _State.tidy = function


def end_if_received() -> None:
    """End the process if a signal has arrived; what stdout still buffers is dropped."""
    if _State.received is not None:
        _end(_State.received)


@contextlib.contextmanager
def passed_on(
    program: subprocess.Popen[bytes], *, has_nothing_to_save: bool = False
) -> Iterator[None]:
    """Within the block a program of the reader has the terminal.

    Ctrl-C is for that program: papertrack waits until it has ended. Where the program
    ended because of it, KeyboardInterrupt is raised. SIGTERM and SIGHUP end both; a
    program that ignores them is left, unless it `has_nothing_to_save`.
    """
    _State.was_passed_on = False
    _State.program = program
    try:
        yield
    except KeyboardInterrupt:
        _end_program(program, may_be_killed=has_nothing_to_save)
        raise
    finally:
        _State.program = None
    if _State.was_passed_on and program.wait() != 0:
        _State.received = signal.SIGINT
        raise KeyboardInterrupt


def _end_program(program: subprocess.Popen[bytes], *, may_be_killed: bool) -> None:
    """End a program of the reader and all that it started; wait until they have ended,
    as they restore the terminal.
    """
    from papertrack.storage import processes, waiting

    started = _send(program, signal.SIGTERM)

    def have_ended() -> bool | None:
        is_running = program.poll() is None or not processes.have_ended(started)
        return None if is_running else True

    has_ended = waiting.wait_for(
        have_ended, END_SECONDS, lambda: "the programs that it started"
    )
    if may_be_killed and not has_ended:
        program.kill()
        processes.send(started, signal.SIGKILL)
        program.wait()


def _send(program: subprocess.Popen[bytes], number: signal.Signals) -> list[int]:
    """Send a signal to a program and to all that it started; returns the latter.

    A shell does not pass it on to what it runs.
    """
    from papertrack.storage import processes  # to end a program only

    if program.poll() is not None:
        return []
    started = processes.descendants(program.pid)
    with contextlib.suppress(OSError):
        program.send_signal(number)
    processes.send(started, number)
    return started


def _handle(number: int, frame: FrameType | None) -> None:
    program = _State.program
    if number == signal.SIGINT and program is not None:
        _State.was_passed_on = True
        return
    if _State.received is not None:
        return
    _State.received = number
    if not _State.is_running:
        _end(number)
    raise KeyboardInterrupt


def _watch(reading: int) -> None:
    """End the process some time after a signal, if it has not ended by itself."""
    while True:
        for number in os.read(reading, 100):
            if signal.getsignal(number) is not _handle:
                continue
            program = _State.program
            if number == signal.SIGINT and program is not None:
                # From the terminal the program has got it as well, and has ended.
                time.sleep(PASS_ON_SECONDS)
                _send(program, signal.SIGINT)
            else:
                time.sleep(GRACE_SECONDS)
                _end(number)


def _end_quietly(unraisable: sys.UnraisableHookArgs) -> None:
    """A KeyboardInterrupt where Python can't raise it, as in a destructor."""
    if unraisable.exc_type is KeyboardInterrupt:
        end_if_received()
    sys.__unraisablehook__(unraisable)


def _end(number: int) -> None:
    """End the process with the exit code that a shell gives to a signal.

    Without waiting for other threads, and without what Python does at exit.
    """
    if _State.tidy is not None:
        _State.tidy()
    os._exit(128 + number)
