"""The form of every help text: plain lines, no boxes, two columns, colors on a terminal only.

A line is broken between words only: an example, a command in `backticks` and a list of
values such as `auto|always|never` stay in one piece.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Callable, Iterable
from enum import Enum
from inspect import cleandoc
from typing import Any

import typer
from typer.core import TyperCommand, TyperGroup

from papertrack.cli.command_table import COMMANDS, ENTRIES, GROUPS
from papertrack.cli.session import Session
from papertrack.core.errors import UsageError
from papertrack.core.text import clean
from papertrack.core.wording import did_you_mean

PIPED_WIDTH, WIDEST = 80, 100
"""Columns of a help text off a terminal, and at most on a wide one."""

_GAP = 2
_WIDEST_NAME = 40
"""A longer name, or one of more than half the width, stands on a line of its own."""

_JOINED = "\N{NO-BREAK SPACE}"
"""Stands for a space that no line may be broken at."""

_BELOW = r"(?:add|save|list|remove|rename|test|apply|move|query|fields|[A-Z]+)\b"
_UNBROKEN = re.compile(
    rf"`[^`]*`|papertrack (?:{'|'.join(COMMANDS)})\b(?: {_BELOW})?|\w+ (?=\w+\|)"
)
"""What no line is broken in: `code`, commands of papertrack, `tag add|remove`."""

_GLOBAL_OPTIONS = (
    ("--library DIR", "Library folder, else $PAPERTRACK_LIBRARY"),
    ("-q, --quiet", "Print nothing but errors on stderr"),
    ("-v, --verbose", "Print more on stderr"),
    ("--color auto|always|never", "When to use colors"),
    ("--version", "Print the version"),
    ("-h, --help", "Show this help, or that of a command"),
)

SYMBOLS = "   ".join(
    symbol + _JOINED + meaning
    for symbol, meaning in (
        ("•", "unread"),
        ("✓", "read"),
        ("↻", "later"),
        ("×", "hidden"),
        ("★", "starred"),
    )
)
"""What stands before the titles of a table."""


class HelpfulCommand(TyperCommand):
    """A command whose `--help` is laid out by this module."""

    def get_help(self, ctx: Any) -> str:
        """The help as text."""
        return _Page(ctx).command(self)


class HelpfulGroup(TyperGroup):
    """A group of commands whose `--help` is laid out by this module."""

    def get_help(self, ctx: Any) -> str:
        """The help as text."""
        return _Page(ctx).group(self)

    def resolve_command(
        self, ctx: Any, args: list[str]
    ) -> tuple[str | None, Any, list[str]]:
        """The command that the arguments begin with. Raises UsageError for an unknown one."""
        name = args[0]
        if name.startswith("-") or self.get_command(ctx, name) is not None:
            return super().resolve_command(ctx, args)
        hint = did_you_mean(name, self.list_commands(ctx))
        if not hint.endswith("?"):
            hint = ""  # the list of all commands
        raise UsageError(
            f"unknown command {clean(name)}{hint} (see {ctx.command_path} --help)"
        )


def overview(ctx: Any) -> str:
    """`papertrack --help`: a line for each command, by group."""
    return _Page(ctx).overview()


def width(session: Session | None) -> int:
    """The columns that a help text may take."""
    if session is None or not session.on_terminal:
        return PIPED_WIDTH
    return min(session.width, WIDEST)


def wrap(text: str, columns: int, indent: int = 0) -> list[str]:
    """`text` in lines of at most `columns`, all but the first indented."""
    joined = _UNBROKEN.sub(lambda found: found[0].replace(" ", _JOINED), text)
    lines = textwrap.wrap(
        joined,
        max(columns, indent + 20),
        subsequent_indent=" " * indent,
        break_on_hyphens=False,
        break_long_words=False,
    )
    return [line.replace(_JOINED, " ") for line in lines]


def two_columns(
    rows: Iterable[tuple[str, str]],
    columns: int,
    *,
    indent: int = _GAP,
    left: int | None = None,
    style: Callable[[str], str] = str,
) -> list[str]:
    """Lines of names and their descriptions, which are wrapped in a column of their own.

    `left` is the width of the names, as wide as the longest unless given. `style` colors
    the names.
    """
    rows = list(rows)
    if left is None:
        widest = min(_WIDEST_NAME, columns // 2)
        widths = [len(name) for name, _ in rows if len(name) <= widest]
        left = max(widths, default=0)
    start = indent + left + _GAP if left else indent
    lines: list[str] = []
    for name, description in rows:
        head = " " * indent + style(name)
        if len(name) > left:
            below = indent + 2 * _GAP
            lines += [head, *wrap(" " * below + description, columns, below)]
            continue
        text = wrap(" " * start + description, columns, start) or [""]
        lines += [(head + text[0][indent + len(name) :]).rstrip(), *text[1:]]
    return lines


class _Page:
    """Lays out one help text for the width and colors of a session."""

    def __init__(self, ctx: Any) -> None:
        self.ctx = ctx
        session = ctx.find_object(Session)
        self.width = width(session)
        colored = session is not None and session.colored(session.stdout)
        self.colored = colored
        ctx.color = colored  # Typer strips the colors otherwise, with --color always

    def overview(self) -> str:
        lines = [
            f"{self.strong('Usage:')} papertrack [OPTIONS] COMMAND [ARGUMENTS]",
            "",
            *wrap(
                "Track machine-learning papers: fetch, search, tag and export.",
                self.width,
            ),
            *wrap(
                "To try it offline: `papertrack fetch sample`, then `papertrack list`.",
                self.width,
            ),
        ]
        margin = max(map(len, ("Symbols", *GROUPS))) + 1
        names = max(len(_typed(entry)) for entry in ENTRIES)
        for group in GROUPS:
            rows = [
                (_typed(entry), entry.summary)
                for entry in ENTRIES
                if entry.group == group
            ]
            lines += ["", *self.labelled(group, rows, margin, names)]
        lines += ["", *self.labelled("Options", _GLOBAL_OPTIONS, margin)]
        lines += self.labelled("Symbols", [("", SYMBOLS)], margin)
        return "\n".join(lines)

    def labelled(
        self,
        label: str,
        rows: Iterable[tuple[str, str]],
        margin: int,
        left: int | None = None,
    ) -> list[str]:
        """Rows behind a margin whose first line has the label."""
        lines = self.columns(rows, indent=margin, left=left)
        first = self.strong(label) + lines[0][len(label) :]
        return [first, *lines[1:]]

    def command(self, command: Any) -> str:
        arguments = [
            param for param in command.params if param.param_type_name == "argument"
        ]
        usage = " ".join(["[OPTIONS]", *map(_usage, arguments)])
        return self.page(command, usage, arguments)

    def group(self, group: Any) -> str:
        rows = [
            (name, _summary(group.get_command(self.ctx, name)))
            for name in group.list_commands(self.ctx)
        ]
        return self.page(group, "COMMAND [ARGUMENTS]", [], rows)

    def page(
        self,
        command: Any,
        usage: str,
        arguments: Iterable[Any],
        commands: Iterable[tuple[str, str]] = (),
    ) -> str:
        prose, examples = _paragraphs(command.help or "")
        parts = [self.usage(usage)]
        parts += [wrap(text, self.width) for text in prose]
        options = [
            param
            for param in command.get_params(self.ctx)
            if param.param_type_name == "option"
        ]
        for title, rows in (
            ("Commands", commands),
            ("Arguments", [(_metavar(param), _help(param)) for param in arguments]),
            ("Options", [(_names(param), _help(param)) for param in options]),
        ):
            lines = self.columns(rows, indent=_GAP)
            if lines:
                parts.append([self.strong(f"{title}:"), *lines])
        if examples:
            indented = [" " * _GAP + line for line in examples]
            parts.append([self.strong("Examples:"), *indented])
        return "\n\n".join("\n".join(lines) for lines in parts)

    def usage(self, pieces: str) -> list[str]:
        lines = wrap(f"Usage: `{self.ctx.command_path}` {pieces}", self.width, 7)
        first = lines[0].replace("`", "").removeprefix("Usage:")
        return [self.strong("Usage:") + first, *lines[1:]]

    def columns(
        self, rows: Iterable[tuple[str, str]], *, indent: int, left: int | None = None
    ) -> list[str]:
        return two_columns(rows, self.width, indent=indent, left=left, style=self.name)

    def strong(self, text: str) -> str:
        return typer.style(text, bold=True) if self.colored else text

    def name(self, text: str) -> str:
        return typer.style(text, fg="cyan") if self.colored and text else text


def _typed(entry: Any) -> str:
    return f"{entry.name}, {entry.alias}" if entry.alias else str(entry.name)


def _summary(command: Any) -> str:
    prose, _ = _paragraphs(command.help or "")
    return prose[0].rstrip(".") if prose else ""


def _paragraphs(text: str) -> tuple[list[str], list[str]]:
    """The prose of a docstring, a string for each paragraph, and the lines of its examples.

    A paragraph is an example where all of its lines are commands, or are indented.
    """
    prose: list[str] = []
    examples: list[str] = []
    for paragraph in cleandoc(text).split("\n\n"):
        lines = paragraph.strip("\n").split("\n")
        sentence = lines[-1].endswith((".", ":"))
        if not sentence and all(
            line.startswith(("papertrack ", "  ")) for line in lines
        ):
            examples += [line.strip() for line in lines]
        elif paragraph.strip():
            prose.append(" ".join(paragraph.split()))
    return prose, examples


def _choices(param: Any) -> list[str]:
    return [
        str(choice.value if isinstance(choice, Enum) else choice)
        for choice in getattr(param.type, "choices", ())
    ]


def _metavar(param: Any) -> str:
    """What stands for the value: short lists of values as they are, long ones by name."""
    if param.metavar:
        return str(param.metavar)
    values = "|".join(_choices(param))
    return values if 0 < len(values) <= 20 else str(param.name).upper()


def _usage(argument: Any) -> str:
    metavar = _metavar(argument)
    if argument.required or metavar.startswith("["):
        return metavar
    return f"[{metavar}]"


def _names(option: Any) -> str:
    names = ", ".join(sorted((*option.opts, *option.secondary_opts), key=len))
    return names if option.is_flag else f"{names} {_metavar(option)}"


def _help(param: Any) -> str:
    """The description, with what can be given and what is the default."""
    parts = [param.help or ""]
    choices = _choices(param)
    if choices and "|".join(choices) not in _metavar(param):
        parts.append(f"One of: {', '.join(choices)}.")
    default = param.default.value if isinstance(param.default, Enum) else param.default
    if default and isinstance(default, str | int) and default is not True:
        parts.append(f"(default: {default})")
    if param.required and param.param_type_name == "option":
        parts.append("(required)")
    return " ".join(part for part in parts if part)
