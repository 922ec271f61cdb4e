"""Standard output and error, cleaned: nothing in them can act on a terminal.

`app.run` puts a `CleanStream` in the place of each stream for as long as a command runs.
So the one cleaning function is passed by whatever prints, be it a command, Typer, a
warning or a traceback, and a new command cannot forget it. What papertrack draws itself,
with colours and links, takes the other way, `draw`; the text in it was cleaned first.

A bar of progress is a passing line: `draw_passing` draws it on stderr in place of the one
before, from a thread of its own, and whatever else is written erases it first.
"""

from __future__ import annotations

import contextlib
import io
import os
import stat
import sys
import threading
from collections.abc import Iterable, Iterator
from typing import Any, TextIO, cast

from papertrack.core.errors import PapertrackError
from papertrack.core.text import clean_output

ERASE = "\r\x1b[K"
"""To the start of the line, and erase it (ECMA-48: EL)."""

STUCK_SECONDS = 0.1
"""A terminal that takes no text for so long is stopped, by Ctrl-S or a lost connection."""


class _Terminal:
    """What is on the terminal: module-wide, as both streams may lead to it."""

    lock = threading.RLock()
    """Held by whoever writes: the timer of the bar is a thread."""

    has_passing_line = False
    is_within_line = False
    """Whether the text written last has no line break at its end, as a question."""

    has_screen = False
    """Whether a command shows a screen of its own."""


class CleanStream:
    """A text stream that removes control, bidi and invisible characters.

    Line breaks and tabs remain. What can't be written is discarded after the error, so
    that Python, which writes it at exit, does not fail once more.
    """

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.written = 0
        """How many texts were written."""

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)

    def write(self, text: str) -> int:
        """Write a text, cleaned. Raises OSError."""
        self.draw(clean_output(text))
        return len(text)

    def writelines(self, lines: Iterable[str]) -> None:
        """Write texts, cleaned. Raises OSError."""
        for line in lines:
            self.write(line)

    def draw(self, text: str) -> None:
        """Write a text whose control sequences are papertrack's own. Raises OSError."""
        if not text:
            return  # even no bytes are too many for a full disk
        with _Terminal.lock:
            narration().erase_passing()
            if self.isatty():
                _Terminal.is_within_line = not text.endswith("\n")
            self.written += 1
            self._write(text)

    def flush(self) -> None:
        """Write what is buffered. Raises OSError."""
        with _Terminal.lock:
            narration().erase_passing()
            with self._discarding():
                self._stream.flush()

    def is_file(self) -> bool:
        """Whether it leads to a file on disk, rather than to a terminal or a program."""
        try:
            return stat.S_ISREG(os.fstat(self._stream.fileno()).st_mode)
        except OSError:  # closed, or not of the system
            return False

    def _write(self, text: str) -> None:
        with self._discarding():
            self._stream.write(text)

    @contextlib.contextmanager
    def _discarding(self) -> Iterator[None]:
        try:
            yield
        except OSError:
            with contextlib.suppress(OSError):
                _take(self._stream.fileno(), os.open(os.devnull, os.O_WRONLY))
            raise


class NarrationStream(CleanStream):
    """Standard error: a message that nobody can read is no reason to fail."""

    @contextlib.contextmanager
    def _discarding(self) -> Iterator[None]:
        with contextlib.suppress(OSError), super()._discarding():
            yield

    def draw_passing(self, text: str) -> None:
        """Draw a line without its end, in place of the passing line before; nothing
        while the cursor is within another line.
        """
        with _Terminal.lock:
            if not (_Terminal.is_within_line or _Terminal.has_screen):
                self._replace_passing(text)

    def _replace_passing(self, text: str) -> None:
        self._write(f"{ERASE}{text}")
        _Terminal.has_passing_line = bool(text)
        with self._discarding():
            self._stream.flush()

    def erase_passing(self) -> None:
        """Erase the passing line, if there is one."""
        with _Terminal.lock:
            if _Terminal.has_passing_line:
                self._replace_passing("")

    def erase_passing_at_once(self) -> None:
        """Erase the passing line as the process is ended, unless the terminal is stuck."""
        if _Terminal.lock.acquire(timeout=STUCK_SECONDS):
            self.erase_passing()
            _Terminal.lock.release()

    @contextlib.contextmanager
    def screen(self) -> Iterator[None]:
        """Within the block the terminal shows a whole screen, and no passing line."""
        _Terminal.has_screen = True
        try:
            yield
        finally:
            _Terminal.has_screen = False

    def line_ended(self) -> None:
        """The reader has ended the line in which the cursor was, by an answer."""
        _Terminal.is_within_line = False


def output() -> CleanStream:
    """Standard output, cleaned."""
    stream: Any = sys.stdout
    return stream if isinstance(stream, CleanStream) else CleanStream(stream)


def narration() -> NarrationStream:
    """Standard error, cleaned."""
    stream: Any = sys.stderr
    return stream if isinstance(stream, NarrationStream) else NarrationStream(stream)


def read_input() -> str:
    """The text on standard input. Raises PapertrackError if it can't be read."""
    try:
        return sys.stdin.read()
    except OSError as error:
        raise PapertrackError(
            f"standard input: {error.strerror}; pipe a text into it, or redirect a file"
        ) from None


def input_lines(longest: int) -> Iterator[str]:
    """The lines of standard input as they arrive, of each its first `longest` characters:
    a line that never ends is one of these.

    Raises PapertrackError if it can't be read.
    """
    try:
        while True:
            line = end = sys.stdin.readline(longest)
            if not line:
                return
            yield line
            while end and not end.endswith("\n"):
                end = sys.stdin.readline(longest)
    except OSError as error:
        raise PapertrackError(
            f"standard input: {error.strerror}; connect a program to it"
        ) from None


@contextlib.contextmanager
def reserved() -> Iterator[CleanStream]:
    """Within the block standard output is for who has the result; all that is printed
    otherwise goes to standard error.
    """
    stream = output()
    with contextlib.redirect_stdout(cast(TextIO, narration())):
        yield stream


@contextlib.contextmanager
def cleaned() -> Iterator[None]:
    """Put clean streams in the place of `sys.stdout` and `sys.stderr`."""
    with (
        contextlib.redirect_stdout(cast(TextIO, output())),
        contextlib.redirect_stderr(cast(TextIO, narration())),
    ):
        yield


def prepare() -> None:
    """Make the streams of this process usable, as the process starts.

    A closed descriptor is opened so that every use of it fails: the next file that is
    opened, one of the library's perhaps, would get its number otherwise, and with it
    what is meant for the stream. Bytes and characters that the encoding lacks are
    replaced.
    """
    names = ("stdin", "stdout", "stderr")
    for number, (name, mode) in enumerate(zip(names, "rww", strict=True)):
        if getattr(sys, name) is None:
            useless = os.O_WRONLY if mode == "r" else os.O_RDONLY
            _take(number, os.open(os.devnull, useless))
            stream = os.fdopen(number, mode, encoding="utf-8", closefd=False)
            setattr(sys, name, stream)
    for stream in (sys.stdin, sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


def _take(number: int, opened: int) -> None:
    """Give an open file this descriptor."""
    if opened != number:
        os.dup2(opened, number)
        os.close(opened)
