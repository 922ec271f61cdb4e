"""The manual page, papertrack(1): every command and every topic of the help, as roff.

`papertrack.1` beside this module has it, for the wheel:

    python -m papertrack help --man > papertrack/cli/papertrack.1
"""

import re
import textwrap
from collections.abc import Iterable, Iterator
from typing import Any

import typer

from papertrack import __version__
from papertrack.cli import typer_app
from papertrack.cli.command_table import GROUPS
from papertrack.cli.help_format import GLOBAL_OPTIONS, SYMBOLS, parts
from papertrack.cli.help_topics import TOPICS
from papertrack.cli.session import Session

_DAY = "2026-11-30"
"""The day of this version."""

_SUMMARY = "track machine-learning papers in the terminal, offline"

_TOPIC_WIDTH = 70
"""Columns of a topic: what man leaves of a terminal of 80."""

_SECTIONS = {
    "query": "QUERIES",
    "config": "CONFIGURATION",
    "exit-codes": "EXIT STATUS",
}
"""Topic -> its section, where that is not its name."""

_ESCAPED = str.maketrans(
    {
        "\\": r"\e",
        "-": r"\-",
        "'": r"\(aq",
        "`": r"\(ga",
        "^": r"\(ha",
        "~": r"\(ti",
        '"': r"\(dq",
    }
)
"""Characters that roff reads as commands, or prints as typographic ones (groff_char(7))."""


def manual() -> str:
    """The page in the macros of man(7)."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield f'.TH PAPERTRACK 1 {_DAY} "papertrack {__version__}" "User Commands"'
    yield from (".ad l", ".nh")  # a command is not to be hyphenated
    yield from (".SH NAME", f"papertrack {_escaped('-')} {_escaped(_SUMMARY)}")
    yield ".SH SYNOPSIS"
    yield from _bold("papertrack [OPTIONS] COMMAND [ARGUMENTS]")
    yield from (".SH DESCRIPTION", *_prose("To try it offline:"))
    yield from (".PP", *_verbatim(["papertrack fetch sample", "papertrack list"]))
    yield from (".PP", *_prose(f"Before the titles of a table: {SYMBOLS}."))
    yield from (".SH OPTIONS", *_terms(GLOBAL_OPTIONS))
    root: Any = typer_app.root()
    top = typer.Context(root, info_name="papertrack", obj=Session({}))
    for group, entries in GROUPS.items():
        yield f".SH COMMANDS: {group.upper()}"
        for entry in entries:
            yield from _command(root.get_command(top, entry.name), entry.names, top)
    for name, topic in TOPICS.items():
        yield f".SH {_SECTIONS.get(name, name.upper())}"
        text = topic(_TOPIC_WIDTH).rstrip("\n")
        yield from _verbatim(text.split("\n"))


def _command(command: Any, names: tuple[str, ...], above: Any) -> Iterator[str]:
    """A command, with those below it if it is a group."""
    context = typer.Context(command, info_name=names[0], parent=above)
    help = parts(command, context)
    title = context.command_path.removeprefix("papertrack ")
    yield f".SS {_escaped(', '.join((title, *names[1:])))}"
    yield from _bold(help.usage)
    for paragraph in help.prose:
        yield from (".PP", *_prose(paragraph))
    for section, rows in help.sections.items():
        if section != "Commands":  # they follow
            yield from _terms(row for row in rows if not row[0].endswith("--help"))
    if help.examples:
        yield from (".PP", "Examples:", ".PP", *_verbatim(_examples(help.examples)))
    for name, below in getattr(command, "commands", {}).items():
        yield from _command(below, (name,), context)


def _examples(lines: Iterable[str]) -> Iterator[str]:
    """Examples, each with its explanation on a line of its own."""
    for line in lines:
        example, *explanation = re.split(" {2,}", line, maxsplit=1)
        yield example
        yield from (f"    {text}" for text in explanation)


def _terms(rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Names, each with its meaning below it."""
    for name, meaning in rows:
        yield from (".TP", *_bold(name))
        first, *others = meaning.split("\n")
        yield from _prose(first)
        for line in others:
            yield from (".br", *_prose(line))


def _bold(text: str) -> list[str]:
    return [rf"\fB{_escaped(text)}\fR"]


def _prose(text: str) -> list[str]:
    lines = textwrap.wrap(
        _escaped(text), 76, break_long_words=False, break_on_hyphens=False
    )
    return [_guarded(line) for line in lines]


def _verbatim(lines: Iterable[str]) -> Iterator[str]:
    """Lines as they are, in one block."""
    yield ".nf"
    for line in lines:
        yield _guarded(_escaped(line))
    yield ".fi"


def _guarded(line: str) -> str:
    """The line, so that it is no request of roff."""
    return rf"\&{line}" if line.startswith(".") else line


def _escaped(text: str) -> str:
    """`text` for roff, in ASCII."""
    escaped = text.translate(_ESCAPED)
    return re.sub(r"[^\x00-\x7f]", lambda found: f"\\[u{ord(found[0]):04X}]", escaped)
