"""The session: clock, streams, places and library of one run, each made on first use.

Commands ask it for everything that lies outside the core; the core itself reads no clock and no
environment.
"""

from __future__ import annotations

import datetime as dt
import sys
from collections.abc import Mapping
from enum import StrEnum
from functools import cached_property
from pathlib import Path
from typing import TextIO

from papertrack.core.environment import Environment, Locations
from papertrack.library.library import Library


class Color(StrEnum):
    """When to colour."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


class Session:
    """One run of papertrack."""

    def __init__(
        self, environment: Mapping[str, str], *, now: dt.datetime | None = None
    ) -> None:
        self.environment = Environment(environment)
        self.time = now or dt.datetime.now(dt.UTC)
        self.quiet = False
        self.verbose = False
        self.color = Color.AUTO
        self.library_flag: Path | None = None

    def set(
        self, *, library: Path | None, quiet: bool, verbose: bool, color: Color
    ) -> None:
        """Take in the global options."""
        self.library_flag, self.quiet, self.verbose, self.color = (
            library,
            quiet,
            verbose,
            color,
        )

    @property
    def stdout(self) -> TextIO:
        """Where data goes."""
        return sys.stdout

    @property
    def stderr(self) -> TextIO:
        """Where narration goes."""
        return sys.stderr

    @property
    def now(self) -> str:
        """When this command runs: ISO 8601 in UTC, whole seconds."""
        return self.time.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    @property
    def today(self) -> dt.date:
        """The reader's day, in local time: what `today` and `7d..` count from."""
        return self.time.astimezone().date()

    @property
    def utc_today(self) -> dt.date:
        """The services' day."""
        return self.time.astimezone(dt.UTC).date()

    @cached_property
    def locations(self) -> Locations:
        """The folders of library and cache."""
        return self.environment.locations(self.library_flag)

    @cached_property
    def library(self) -> Library:
        """The reader's library."""
        return Library(*self.locations, now=self.now)

    # ------------------------------------------------------------------ terminals

    @cached_property
    def on_terminal(self) -> bool:
        """Whether stdout is a terminal (or FORCE_COLOR says to treat it as one is not asked here)."""
        return self.stdout.isatty()

    def colored(self, stream: TextIO) -> bool:
        """Whether to colour: the option --color, else the environment, else if it is a terminal."""
        if self.color is not Color.AUTO:
            return self.color is Color.ALWAYS
        color = self.environment.color
        return stream.isatty() if color is None else color

    @cached_property
    def width(self) -> int:
        """Columns of the terminal: COLUMNS where it is a sensible number, else what the terminal says."""
        return self._size[0]

    @cached_property
    def height(self) -> int:
        """Lines of the terminal."""
        return self._size[1]

    @cached_property
    def _size(self) -> tuple[int, int]:
        import shutil

        columns, lines = shutil.get_terminal_size()
        return self.environment.columns or max(columns, 20), max(lines, 5)

    def narrate(self, text: str) -> None:
        """A line on stderr, unless -q."""
        if self.quiet:
            return
        print(self.fitted(text), file=self.stderr, flush=True)

    def fitted(self, text: str) -> str:
        """A line for stderr, on a terminal broken at words where it is longer than that is wide."""
        if not self.stderr.isatty() or len(text) <= self.width:
            return text
        import textwrap

        indent = " " * (len(text) - len(text.lstrip()))
        return textwrap.fill(
            text, self.width, subsequent_indent=indent, break_on_hyphens=False
        )

    def confirm(self, question: str) -> bool:
        """Ask on a terminal; False anywhere else."""
        if not (sys.stdin.isatty() and self.stderr.isatty()):
            return False
        print(f"{question} [y/N] ", end="", file=self.stderr, flush=True)
        return sys.stdin.readline().strip().lower() in ("y", "yes")
