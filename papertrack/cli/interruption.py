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
from typing import NoReturn

GRACE_SECONDS = 0.8
"""How long a command may take to save and report."""

PASS_ON_SECONDS = 0.3
"""How long a program of the reader may take to end, before it gets Ctrl-C from
papertrack: it may have been sent to papertrack alone.
"""

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

    pass_on: Callable[[], object] | None = None
    """Sends Ctrl-C to the reader's own program that has the terminal, if there is one."""

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
    with to_main_thread():
        threading.Thread(target=_watch, args=(reading,), daemon=True).start()


@contextlib.contextmanager
def to_main_thread() -> Iterator[None]:
    """Threads that are started within the block leave Ctrl-C to the main thread, which
    may wait for it (see `foreground`).
    """
    if not hasattr(signal, "pthread_sigmask"):  # Windows
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


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
def passed_on(pass_on: Callable[[], object]) -> Iterator[None]:
    """Within the block Ctrl-C is for a program that has the terminal, and gets it there.

    `pass_on` sends it one, in case it was sent to papertrack alone.
    """
    _State.was_passed_on = False
    _State.pass_on = pass_on
    try:
        yield
    finally:
        _State.pass_on = None


def note_passed_on() -> None:
    """Note that the program got a Ctrl-C."""
    _State.was_passed_on = True


def was_passed_on() -> bool:
    """Whether the last program that had the terminal got a Ctrl-C."""
    return _State.was_passed_on


def is_handled() -> bool:
    """Whether SIGINT ends this process: it does not if it was ignored from the start."""
    return signal.getsignal(signal.SIGINT) is _handle


def interrupt() -> NoReturn:
    """End the command as a Ctrl-C does. Raises KeyboardInterrupt."""
    _State.pass_on = None
    if is_handled():
        signal.raise_signal(signal.SIGINT)
    raise KeyboardInterrupt


def _handle(number: int, frame: FrameType | None) -> None:
    if number == signal.SIGINT and _State.pass_on is not None:
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
            pass_on = _State.pass_on
            if number == signal.SIGINT and pass_on is not None:
                # From the terminal the program has got it as well, and has ended.
                time.sleep(PASS_ON_SECONDS)
                pass_on()
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
