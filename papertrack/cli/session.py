"""The session: clock, streams, folders and library of one run, each made on first use.

It provides what the core never reads itself: clock, streams and environment.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from pathlib import Path

from papertrack.cli import streams
from papertrack.cli.command_table import COMMANDS
from papertrack.cli.streams import CleanStream, NarrationStream
from papertrack.config import file as config_file
from papertrack.config.settings import Settings
from papertrack.core.environment import Environment, Locations
from papertrack.core.errors import ConfigError, UsageError
from papertrack.core.local_time import local_date
from papertrack.core.progress import SILENT
from papertrack.core.secrets import hide_in_address, hide_secrets
from papertrack.core.text import clean, pointed
from papertrack.core.wording import brief
from papertrack.library.library import Library
from papertrack.library.listings import Terminal
from papertrack.storage.folder import Folder

TIME_FORMAT = "%Y-%m-%dT%H:%M:%SZ"


class Color(StrEnum):
    """When to use colours."""

    AUTO = "auto"
    ALWAYS = "always"
    NEVER = "never"


def _terminal_size() -> os.terminal_size:
    import shutil  # 2 ms, for its archives; not off a terminal

    return shutil.get_terminal_size()


class Session:
    """One run of papertrack."""

    def __init__(
        self, environment: Mapping[str, str], *, now: dt.datetime | None = None
    ) -> None:
        self.environment = Environment(environment)
        self.time = now or dt.datetime.now(dt.UTC)
        self._is_fixed = now is not None
        self.quiet = False
        self.verbose = False
        self.color = Color.AUTO
        self.flags: dict[str, object] = {}
        """The values of the options that stand for keys of config.toml."""
        self.arguments: Sequence[str] = ()
        self.is_typed: Callable[[str], bool] = lambda option: False
        """Whether an option of the command was typed, or is a default."""
        self.progress = SILENT
        """Where long work reports how far it is."""

    @property
    def stdout(self) -> CleanStream:
        """The stream for data."""
        return streams.output()

    @property
    def stderr(self) -> NarrationStream:
        """The stream for messages."""
        return streams.narration()

    @property
    def now(self) -> str:
        """The time of this run: ISO 8601 in UTC, whole seconds."""
        return self.time.astimezone(dt.UTC).strftime(TIME_FORMAT)

    @property
    def moment(self) -> str:
        """The time now, for a command that runs long; as `now` where that is fixed."""
        if self._is_fixed:
            return self.now
        return dt.datetime.now(dt.UTC).strftime(TIME_FORMAT)

    @property
    def today(self) -> dt.date:
        """The reader's day, in local time: the base of `today` and `7d..`."""
        return local_date(self.time)

    @property
    def utc_today(self) -> dt.date:
        """The day by which services publish their listings."""
        return self.time.astimezone(dt.UTC).date()

    @cached_property
    def config(self) -> Settings:
        """The reader's settings: flags, variables, config.toml, defaults.

        Reports unknown keys of the file. Raises ConfigError.
        """
        environment = self.environment
        file = config_file.read(environment.config_file, environment.cache)
        for warning in file.warnings():
            self.narrate(f"papertrack: {warning}")
        config = Settings(environment.variables, file, self.flags)
        for name in config.section("alias"):
            if name in COMMANDS:
                self.narrate(
                    f"papertrack: {file.place(f'alias.{name}')}: the alias {name} is"
                    f" ignored: {name} is a command; choose another name"
                )
        return config

    @cached_property
    def locations(self) -> Locations:
        """The folders of library, cache and state."""
        environment = self.environment
        return Locations(self.config["library"], environment.cache, environment.state)

    @cached_property
    def folder(self) -> Folder:
        """The folder of the library."""
        linked = self.config["linked_libraries"]
        return Folder(self.locations.library, self.locations.state, tuple(linked))

    @cached_property
    def library(self) -> Library:
        """The reader's library."""
        return self.open_library()

    def open_library(self) -> Library:
        """The reader's library once more, for another thread."""
        return Library(
            self.folder.root,
            self.locations.cache,
            self.folder.state,
            self.folder.linked,
            now=self.now,
            terminal=self.terminal,
            progress=self.progress,
        )

    def close(self) -> None:
        """Close the library, if it was used."""
        if "library" in vars(self):
            self.library.close()

    def renewed(self) -> Session:
        """A quiet session with these settings, and with clock and library as they are
        now: for one request to a command that runs long.
        """
        now = self.time if self._is_fixed else None
        session = Session(self.environment.variables, now=now)
        session.flags = self.flags
        session.quiet = True
        return session

    # ------------------------------------------------------------------ terminals

    @cached_property
    def on_terminal(self) -> bool:
        """Whether stdout is a terminal; FORCE_COLOR makes no difference here."""
        return bool(self.stdout.isatty())

    @property
    def terminal(self) -> Terminal | None:
        """The terminal of this run, also where some of its streams are redirected."""
        for descriptor in range(3):
            with contextlib.suppress(OSError):
                device = os.ttyname(descriptor)
                return Terminal(device, Path(device).stat().st_ctime)
        return None

    def colored(self, stream: CleanStream) -> bool:
        """Whether to colour: --color, else the environment, else whether it is a terminal."""
        if self.color is not Color.AUTO:
            return self.color is Color.ALWAYS
        color = self.environment.color
        if color is None:
            return bool(stream.isatty()) and not self._has_colorless_theme
        return color

    def colors(self, stream: CleanStream) -> int:
        """How many colours a stream has; 0 where it is not to be coloured."""
        return self.environment.colors if self.colored(stream) else 0

    @property
    def _has_colorless_theme(self) -> bool:
        try:
            return bool(self.config["colors.theme"] == "none")
        except ConfigError:  # help works without; other commands report it
            return False

    @property
    def width(self) -> int:
        """Columns of the terminal, or of the variable COLUMNS."""
        return self.environment.columns or max(_terminal_size().columns, 20)

    @property
    def height(self) -> int:
        """Lines of the terminal."""
        return max(_terminal_size().lines, 5)

    @property
    def shows_progress(self) -> bool:
        """Whether long work shows a bar: on a terminal, and not with -q."""
        return (
            not self.quiet
            and not self.environment.is_dumb
            and bool(self.stderr.isatty())
        )

    def narrate(self, text: str) -> None:
        """Print a line on stderr, unless -q."""
        if not self.quiet:
            self._print(self._fitted(text))

    def notice(self, text: str) -> None:
        """Print, unless -q, a line that arises while a command works."""
        self.narrate(f"papertrack: {text}")

    def report(self, message: str) -> None:
        """Print an error on stderr, in a line."""
        self._print(self._fitted(f"papertrack: {message}"))

    def point_at(self, query: str, position: int) -> None:
        """Print a query on stderr, and a ^ under the fault at this offset."""
        if hide_secrets(query) != query or hide_in_address(query) != query:
            return
        for line in pointed(query, position, self.width - 3):
            self._print(f"  {line}")

    def _print(self, text: str, end: str = "\n") -> None:
        """Write on stderr. All messages do it here."""
        self.stderr.write(f"{text}{end}")
        self.stderr.flush()

    def _fitted(self, text: str) -> str:
        """A line for stderr, cleaned, and wrapped if that is a narrower terminal."""
        indent = " " * (len(text) - len(text.lstrip()))
        text = indent + brief(self._without_secrets(clean(text)))
        if not self.stderr.isatty() or len(text) <= self.width:
            return text
        import textwrap  # 1 ms, for narrow terminals only

        return textwrap.fill(
            text, self.width, subsequent_indent=indent, break_on_hyphens=False
        )

    def _without_secrets(self, text: str) -> str:
        """A message without secrets; an argument that has one is known as a whole."""
        for argument in map(clean, self.arguments):
            shown = hide_in_address(argument)
            if shown != argument:
                path = re.sub("//+", "/", argument).rstrip("/")
                for form in (argument, path):
                    text = text.replace(form, shown)
                    text = text.replace(hide_secrets(form), shown)
        return hide_secrets(text)

    def confirm(self, action: str, about: Sequence[str] = ()) -> None:
        """Ask on a terminal whether to do `action` ("tag 12 papers"), after the lines
        `about` it.

        Raises UsageError if the answer is not yes, or if there is no terminal.
        """
        if not self.can_ask:
            raise UsageError(f"this would {action}; add --yes to do it")
        for line in about:
            self._print(self._fitted(line))
        if not self.agrees(action):
            raise UsageError("cancelled; nothing was changed")

    def agrees(self, action: str) -> bool:
        """Whether the reader at the terminal agrees to `action`."""
        self._print(f"{brief(self._without_secrets(clean(action)))}? [y/N] ", end="")
        answer = sys.stdin.readline()
        self.stderr.line_ended()
        return answer.strip().lower() in ("y", "yes")

    @property
    def can_ask(self) -> bool:
        """Whether there is a terminal on which a question can be answered."""
        return sys.stdin.isatty() and bool(self.stderr.isatty())
