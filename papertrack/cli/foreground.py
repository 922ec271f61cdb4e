"""A program of the reader that has the terminal: a pager, an editor, a browser.

Ctrl-C is a key there, which the terminal sends to papertrack as well: papertrack waits
until the program has ended. SIGTERM and SIGHUP end both, and so does a SIGINT that a
process sent to papertrack, where the system distinguishes the two.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from typing import Any, Protocol

from papertrack.cli import interruption
from papertrack.storage import processes

KEY_SECONDS = 0.3
"""How long a program may take to react to Ctrl-C before it counts as deaf to it."""

LOOK_SECONDS = 1.0
"""How often to look whether it has ended; its end is reported, but for rare cases."""

NORMAL_SCREEN = b"\x1b[?1047l\x1b[?2004l\x1b[?25h\x1b[0m"
"""Leaves the alternate screen and bracketed paste, shows the cursor, ends colours (xterm's
ctlseqs): for a program that could not do so itself."""


PART = 1 << 16
"""Bytes that are read of a program's input at once."""


class Feed(Protocol):
    """A file with the input of a program."""

    def read(self, size: int, /) -> bytes: ...


class Foreground:
    """A program that is to have the terminal; with `feed` as its input, if there is one.

    One that ignores the signals that end papertrack is left running, unless it
    `has_nothing_to_save`.
    """

    def __init__(
        self,
        command: str | Sequence[str],
        variables: Mapping[str, str],
        *,
        feed: Feed | None = None,
        has_nothing_to_save: bool = False,
    ) -> None:
        self._command = command
        self._variables = variables
        self._feed = feed
        self._has_nothing_to_save = has_nothing_to_save
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def is_running(self) -> bool:
        """Whether it was started and has not ended."""
        return self._process is not None and self._process.poll() is None

    def run(self) -> int:
        """Run it; its exit code. A command that is a string is for the shell.

        Raises OSError or ValueError if it can't be started, KeyboardInterrupt if it ended
        because of Ctrl-C, or was ended with papertrack.
        """
        terminal = _Terminal()
        process = self._process = subprocess.Popen(
            self._command,
            shell=isinstance(self._command, str),
            stdin=None if self._feed is None else subprocess.PIPE,
            env=self._variables,
        )
        try:
            with interruption.passed_on(self._pass_on):
                code = self._wait(process)
        except KeyboardInterrupt:
            processes.end(process, may_be_killed=self._has_nothing_to_save)
            terminal.restore()
            raise
        finally:
            terminal.close()
        if code != 0 and interruption.was_passed_on():
            interruption.interrupt()
        return code

    def _wait(self, process: subprocess.Popen[bytes]) -> int:
        """Wait until it has ended; its exit code. Raises KeyboardInterrupt."""
        if not (hasattr(signal, "sigtimedwait") and interruption.is_handled()):
            self._begin_to_feed(process)
            return process.wait()
        waited_for = {signal.SIGINT, signal.SIGCHLD}
        before = signal.pthread_sigmask(signal.SIG_BLOCK, waited_for)
        try:
            self._begin_to_feed(process)
            has_ended = self._has_ended_before_a_signal(process, waited_for)
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)
        if not has_ended:
            interruption.interrupt()
        return process.wait()

    def _has_ended_before_a_signal(
        self, process: subprocess.Popen[bytes], waited_for: set[signal.Signals]
    ) -> bool:
        """Wait for its end; False if papertrack is to end before."""
        deaf_at: float | None = None
        while process.poll() is None:
            seconds = LOOK_SECONDS
            if deaf_at is not None:
                seconds = max(deaf_at - time.monotonic(), 0.0)
            received = signal.sigtimedwait(waited_for, seconds)
            if received is not None and received.si_signo == signal.SIGINT:
                is_typed = received.si_code > 0  # by the kernel, for a terminal
                if not is_typed:
                    return False
                interruption.note_passed_on()
                deaf_at = time.monotonic() + KEY_SECONDS
            elif deaf_at is not None and time.monotonic() >= deaf_at:
                deaf_at = None
                is_deaf = not processes.handle(process.pid, signal.SIGINT)
                if is_deaf and self._has_nothing_to_save:
                    return False
        return True

    def _pass_on(self) -> None:
        """Send Ctrl-C to it, and to all that it started: a shell does not."""
        process = self._process
        if process is None or process.poll() is not None:
            return
        started = processes.descendants(process.pid)
        with contextlib.suppress(OSError):
            process.send_signal(signal.SIGINT)
        processes.send(started, signal.SIGINT)

    def _begin_to_feed(self, process: subprocess.Popen[bytes]) -> None:
        """Write its input in a thread: it may read for as long as the reader reads."""
        feed = self._feed
        if feed is None or process.stdin is None:
            return

        def write() -> None:
            # It has closed its input, or has ended, and the file is closed.
            with contextlib.suppress(OSError, ValueError):
                while part := feed.read(PART):
                    pipe.write(part)
            with contextlib.suppress(OSError):
                pipe.close()

        pipe = process.stdin
        threading.Thread(target=write, daemon=True).start()


class _Terminal:
    """The terminal as it is before a program runs there."""

    def __init__(self) -> None:
        self._device: int | None = None
        self._modes: list[Any] = []
        for stream in (0, 1, 2):
            with contextlib.suppress(OSError, ImportError):
                self._keep(stream)
                return

    def _keep(self, stream: int) -> None:
        """Note the modes of a stream. Raises OSError if it is no terminal."""
        import termios  # not on Windows

        try:
            self._modes = termios.tcgetattr(stream)
        except termios.error as error:
            raise OSError("no terminal") from error
        self._device = os.dup(stream)

    def restore(self) -> None:
        """Set the modes that it had, if a program has left others."""
        if self._device is None:
            return
        import termios

        # In the background it would stop us.
        signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGTTOU])
        with contextlib.suppress(termios.error, OSError):
            if termios.tcgetattr(self._device) != self._modes:
                termios.tcsetattr(self._device, termios.TCSANOW, self._modes)
                os.write(self._device, NORMAL_SCREEN)

    def close(self) -> None:
        """Close what was opened to restore it."""
        if self._device is not None:
            os.close(self._device)
            self._device = None


def open_in_a_browser(address: str, variables: Mapping[str, str]) -> bool:
    """Open an address in a browser of the system; whether there is one.

    In a process of its own: a browser in the terminal has the terminal.
    """
    command = [sys.executable, "-c", _OPEN, address]
    return Foreground(command, variables).run() == 0


_OPEN = """\
import signal, sys, webbrowser
signal.signal(signal.SIGINT, lambda number, frame: None)
sys.exit(not webbrowser.open(sys.argv[1]))
"""
