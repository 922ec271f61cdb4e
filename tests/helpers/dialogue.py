"""A program on a pseudo-terminal: keys go in, the screen is read as a person sees it."""

from __future__ import annotations

import contextlib
import datetime as dt
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any

import pexpect
import pyte

from tests.helpers.waiting import HANG_SECONDS

START = "from papertrack.__main__ import main; main()"
START_AT = """import datetime, os, sys
from papertrack.cli.app import run
from papertrack.cli.session import Session
now = datetime.datetime.fromisoformat({now!r})
sys.exit(run(sys.argv[1:], Session(os.environ, now=now)))
"""

ALTERNATE_SCREEN = 1049
"""The mode of xterm for a screen of its own."""


BEGIN_FRAME, END_FRAME = b"\x1b[?2026h", b"\x1b[?2026l"
"""What stands around a screen that is to be shown at once."""


class _Screen(pyte.Screen):
    """A screen that is empty after a program has left the alternate screen."""

    def reset_mode(self, *modes: int, **options: Any) -> None:
        super().reset_mode(*modes, **options)
        if options.get("private") and ALTERNATE_SCREEN in modes:
            self.erase_in_display(2)
            self.cursor_position()


class Dialogue:
    """A program and its screen; every wait is for what the screen shows."""

    def __init__(
        self,
        arguments: Sequence[str],
        env: Mapping[str, str],
        *,
        columns: int = 80,
        lines: int = 24,
        program: str = sys.executable,
        now: dt.datetime | None = None,
    ) -> None:
        """Start papertrack, whose clock shows `now`, or another program."""
        if program == sys.executable:
            start = START_AT.format(now=now.isoformat()) if now else START
            arguments = ["-c", start, *arguments]
        self.child = pexpect.spawn(
            program,
            list(arguments),
            env=dict(env),
            cwd=env["HOME"],
            dimensions=(lines, columns),
            timeout=HANG_SECONDS,
        )
        self.child.delaybeforesend = None
        self.raw = b""
        self._screen = _Screen(columns, lines)
        self._stream = pyte.ByteStream(self._screen)

    @property
    def text(self) -> str:
        """The screen, without the spaces at the ends of its lines."""
        rows = (row.rstrip() for row in self._screen.display)
        return "\n".join(rows).rstrip("\n") + "\n"

    @property
    def printed(self) -> str:
        """What was printed after the alternate screen was left, in one line."""
        _, _, after = self.raw.rpartition(b"\x1b[?1049l")
        return " ".join(after.decode().split())

    def press(self, keys: str) -> None:
        """Type these keys."""
        self.child.send(keys)

    def until(self, expected: str | Callable[[str], object]) -> str:
        """The screen, once it contains a text, or a condition is true of it."""

        def is_shown() -> object:
            if self.raw.rfind(BEGIN_FRAME) > self.raw.rfind(END_FRAME):
                return False  # half of a screen
            return (
                expected in self.text
                if isinstance(expected, str)
                else expected(self.text)
            )

        end = time.monotonic() + HANG_SECONDS
        while not is_shown():
            assert time.monotonic() < end, f"no {expected!r} in:\n{self.text}"
            try:
                self._feed(self.child.read_nonblocking(65536, timeout=0.2))
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                assert is_shown(), f"ended without {expected!r}:\n{self.text}"
        return self.text

    def say(self, keys: str, expected: str | Callable[[str], object]) -> str:
        """Type keys; the screen once it contains a text."""
        self.press(keys)
        return self.until(expected)

    def resize(self, columns: int, lines: int) -> None:
        """Change the size of the terminal, which sends SIGWINCH."""
        self._screen.resize(lines, columns)
        self.child.setwinsize(lines, columns)

    def clear(self) -> None:
        """Forget what the screen shows, as if another program had cleared it."""
        self._screen.reset()

    def end(self) -> int:
        """Wait for the end of the program; its exit code as a shell has it."""
        with contextlib.suppress(pexpect.EOF):
            while True:
                self._feed(self.child.read_nonblocking(65536, timeout=HANG_SECONDS))
        self.child.wait()
        self.child.close()
        code: int | None = self.child.exitstatus
        return 128 + int(self.child.signalstatus or 0) if code is None else code

    def hang_up(self) -> None:
        """Close the terminal, as a lost connection does."""
        self.child.ptyproc.fileobj.close()
        self.child.closed = True

    def _feed(self, data: bytes) -> None:
        self.raw += data
        self._stream.feed(data)
