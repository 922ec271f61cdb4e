"""The terminal: raw keys, the alternate screen, its size, and signals of a job.

However the screen is left, the terminal is as it was before.
"""

from __future__ import annotations

import base64
import contextlib
import os
import select
import signal
import termios
from collections.abc import Iterator, Sequence
from types import FrameType
from typing import Any

from papertrack.cli.triage.paper_rows import Row
from papertrack.core.text import clean_output
from papertrack.render.ansi import Paint

DEVICE = "/dev/tty"

USUAL_SIZE = (80, 24)
"""Columns and lines where the terminal does not know them."""

# The alternate screen, no wrapping at the last column, marked pastes.
_ENTER = "\x1b[?1049h\x1b[?7l\x1b[?2004h\x1b[H\x1b[2J"
_LEAVE = "\x1b[?2004l\x1b[?7h\x1b[?25h\x1b[0m\x1b[?1049l"

# A frame is shown at once, by terminals that know this mode.
_BEGIN_FRAME, _END_FRAME = "\x1b[?2026h", "\x1b[?2026l"

READ_BYTES = 4096

LONGEST_COPY = 50_000
"""Bytes that are copied to the clipboard at most: terminals ignore longer sequences."""

SIGNALS = (signal.SIGWINCH, signal.SIGTSTP, signal.SIGCONT)


class HungUp(Exception):
    """The terminal is no longer there."""


class Screen:
    """The alternate screen of a terminal, by the descriptor of its device."""

    def __init__(self, device: int, paint: Paint) -> None:
        self._device = device
        self._paint = paint
        self._before = termios.tcgetattr(device)
        # Open until the process ends: another thread may write at any time.
        self._waking, self._wake = os.pipe()
        os.set_blocking(self._waking, False)
        os.set_blocking(self._wake, False)
        self._received: list[int] = []
        self._rows: list[str] = []
        self._size = (0, 0)
        self._handlers: dict[signal.Signals, Any] = {}

    @contextlib.contextmanager
    def shown(self) -> Iterator[None]:
        """Within the block the screen is shown, and signals of the job are handled."""
        try:
            for number in SIGNALS:
                self._handlers[number] = signal.signal(number, self._handle)
            self._enter()
            yield
        finally:
            self._leave()
            for number, handler in self._handlers.items():
                signal.signal(number, handler)

    @contextlib.contextmanager
    def released(self) -> Iterator[None]:
        """Within the block another program has the terminal, and its Ctrl-Z."""
        self._leave()
        ours = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        try:
            yield
        finally:
            signal.signal(signal.SIGTSTP, ours)
            self._enter()

    def suspend(self) -> None:
        """Stop this job, as Ctrl-Z does; return when it is continued."""
        with self.released():
            os.kill(os.getpid(), signal.SIGTSTP)

    # ------------------------------------------------------------------ signals

    def _handle(self, number: int, frame: FrameType | None) -> None:
        self._received.append(number)
        self.wake()

    def wake(self) -> None:
        """Make `wait` return, from another thread, too."""
        with contextlib.suppress(BlockingIOError):
            os.write(self._wake, b"\0")

    def received(self) -> Sequence[int]:
        """The signals that were received since the last call."""
        received, self._received = self._received, []
        return received

    # ------------------------------------------------------------------ modes

    def _enter(self) -> None:
        mode = termios.tcgetattr(self._device)
        mode[0] &= ~termios.IXON  # Ctrl-S would stop the output
        mode[3] &= ~(termios.ICANON | termios.ECHO)
        mode[6] = [*mode[6]]
        mode[6][termios.VMIN], mode[6][termios.VTIME] = 1, 0
        for name in ("VQUIT", "VDSUSP", "VLNEXT"):
            place = getattr(termios, name, None)
            if place is not None:
                mode[6][place] = b"\0"
        with contextlib.suppress(termios.error):
            termios.tcsetattr(self._device, termios.TCSADRAIN, mode)
        self._rows = []
        self._write(_ENTER)

    def _leave(self) -> None:
        with contextlib.suppress(HungUp):
            self._write(_LEAVE)
        with contextlib.suppress(termios.error):
            termios.tcsetattr(self._device, termios.TCSADRAIN, self._before)

    def enter_again(self) -> None:
        """Set up the terminal, after a stop that this process could not handle."""
        self._enter()

    # ------------------------------------------------------------------ input

    def wait(self, seconds: float | None) -> bytes | None:
        """What is typed within so many seconds, None for nothing; empty if woken up.

        Raises HungUp.
        """
        ready, _, _ = select.select([self._device, self._waking], [], [], seconds)
        if self._waking in ready:
            with contextlib.suppress(BlockingIOError):
                os.read(self._waking, READ_BYTES)
        if self._device not in ready:
            return b"" if ready else None
        try:
            data = os.read(self._device, READ_BYTES)
        except OSError:
            raise HungUp from None
        if not data:
            raise HungUp
        return data

    # ------------------------------------------------------------------ output

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines."""
        try:
            size = os.get_terminal_size(self._device)
        except OSError:
            return USUAL_SIZE
        return size.columns or USUAL_SIZE[0], size.lines or USUAL_SIZE[1]

    def show(self, rows: Sequence[Row], cursor: tuple[int, int] | None) -> None:
        """Draw the rows that differ from what is shown. Raises HungUp."""
        painted = [self._painted(row) for row in rows]
        written = f"{_BEGIN_FRAME}\x1b[?25l"
        size = self.size
        if size != self._size:
            written += "\x1b[2J"
            self._rows = []
            self._size = size
        for number, row in enumerate(painted):
            if self._rows[number : number + 1] != [row]:
                written += f"\x1b[{number + 1};1H\x1b[2K{row}"
        if cursor is not None:
            column, line = cursor
            written += f"\x1b[{line + 1};{column + 1}H\x1b[?25h"
        self._rows = painted
        self._write(written + _END_FRAME)

    def _painted(self, row: Row) -> str:
        """A row with its colours. Nothing else in it can act on the terminal."""
        spans = []
        for text, style in row:
            cleaned = clean_output(text).replace("\n", " ").replace("\t", " ")
            spans.append(self._paint(cleaned, style))
        return "".join(spans)

    def copy(self, text: str) -> bool:
        """Copy a text to the clipboard (OSC 52); False if it is too long.

        https://invisible-island.net/xterm/ctlseqs/ctlseqs.html. Raises HungUp.
        """
        data = text.encode()
        if len(data) > LONGEST_COPY:
            return False
        self._write(f"\x1b]52;c;{base64.b64encode(data).decode()}\x07")
        return True

    def _write(self, text: str) -> None:
        data = text.encode("utf-8", "replace")
        try:
            while data:
                data = data[os.write(self._device, data) :]
        except OSError:
            raise HungUp from None
