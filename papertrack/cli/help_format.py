"""The form of every help text: plain lines, no boxes, two columns, colors on a terminal only.

A line is broken between words only: an example, a command in `backticks` and a list of
values such as `auto|always|never` stay in one piece.
"""

from __future__ import annotations

import re
import textwrap
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from inspect import cleandoc
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from papertrack.cli import output
from papertrack.cli.command_table import COMMANDS, ENTRIES, GROUPS, UNSUGGESTED
from papertrack.cli.session import Session
from papertrack.core.errors import ConfigError, UsageError
from papertrack.core.text import pairs
from papertrack.core.wording import did_you_mean

PIPED_WIDTH, WIDEST = 80, 100
"""Columns of a help text off a terminal, and at most on a wide one."""

_GAP = 2
_WIDEST_NAME = 40
"""A longer name, or one of more than half the width, is on a line of its own."""

_JOINED = "\N{NO-BREAK SPACE}"
"""Stands for a space that no line may be broken at."""

_BELOW = r"(?:add|save|list|remove|rename|test|apply|move|query|fields|[A-Z]+)\b"
_UNBROKEN = (
    rf"`[^`]*`|papertrack (?:{'|'.join(COMMANDS)})\b(?: {_BELOW})?"
    r"|\w+ (?=\w+\|)|[•✓↻×★⊘] "
)
"""What no line is broken in: `code`, commands of papertrack, `tag add|remove`."""

_OVERVIEW = """\
Usage: papertrack [OPTIONS] COMMAND [ARGUMENTS]

Track machine-learning papers: fetch, search, tag and export.
To try it offline: `papertrack fetch sample`, then `papertrack list`."""

GLOBAL_OPTIONS = pairs("""
    --library DIR              Library folder, else $PAPERTRACK_LIBRARY
    -q, --quiet                Print nothing but errors on stderr
    -v, --verbose              Print more on stderr
    --color auto|always|never  When to use colors; --no-color is never
    --no-pager                 Print long output without a pager
    -V, --version              Print the version
    -h, --help                 Show this help, or that of a command
""")

SYMBOLS = "• unread   ✓ read   ↻ later   × hidden   ★ starred   ⊘ withdrawn"
"""What comes before the titles of a table."""


class _Helpful:
    """A command or group whose `--help` is laid out by this module."""

    def get_help(self, ctx: Any) -> str:
        """The help, in the width and colors of the session."""
        session: Session = ctx.find_object(Session)
        if ctx.parent is None:
            text = overview(width(session), aliases(session))
            headings = "|".join(("Usage:", *GROUPS, "Aliases", "Options", "Symbols"))
        else:
            text = "\n".join(_command_help(self, ctx, width(session)))
            headings = "(?:Usage|Commands|Arguments|Options|Examples):"
        if not session.colored(session.stdout):
            return text
        return re.sub(
            rf"^(?:{headings})(?= |$)",
            lambda found: typer.style(found[0], bold=True),
            text,
            flags=re.MULTILINE,
        )

    def get_help_option(self, ctx: Any) -> Any:
        """The option --help, which prints as every command does."""
        option = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.callback = _print_help
        return option


def _print_help(ctx: Any, param: Any, is_wanted: bool) -> None:
    if is_wanted and not ctx.resilient_parsing:
        output.write_drawn(ctx.find_object(Session), f"{ctx.get_help()}\n")
        ctx.exit()


class HelpfulCommand(_Helpful, TyperCommand):
    """A command with such a help."""


SAME = (
    ("list", "ls"),
    ("add", "new", "create", "save", "set"),
    ("remove", "rm", "delete", "unset"),
)
"""What other programs call the commands of a group: all names of a line do the same."""


class Unrunnable(UsageError):
    """A line with a command that does not exist; `reason` is what is wrong with it."""

    def __init__(self, reason: str, hint: str, path: str) -> None:
        super().__init__(f"{reason}{hint} (see {path} --help)")
        self.reason = reason


class HelpfulGroup(_Helpful, TyperGroup):
    """A group of commands with such a help."""

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, or of one that means the same; or None."""
        for names in SAME:
            if cmd_name in names and cmd_name not in self.commands:
                cmd_name = next(filter(self.commands.__contains__, names), cmd_name)
        return super().get_command(ctx, cmd_name)

    def resolve_command(
        self, ctx: Any, args: list[str]
    ) -> tuple[str | None, Any, list[str]]:
        """The command that the arguments begin with. Raises UsageError for an unknown one."""
        name = args[0]
        if name.startswith("-") or self.get_command(ctx, name) is not None:
            return super().resolve_command(ctx, args)
        hint = did_you_mean(name, self.list_commands(ctx), UNSUGGESTED)
        if not hint.endswith("?"):
            hint = ""  # the list of all commands
        raise Unrunnable(f"unknown command {name}", hint, ctx.command_path)


def width(session: Session) -> int:
    """The columns that a help text may take."""
    return min(session.width, WIDEST) if session.on_terminal else PIPED_WIDTH


def aliases(session: Session) -> dict[str, str]:
    """The aliases of config.toml that are no commands; none if it can't be read."""
    try:
        found = session.config.section("alias")
    except ConfigError:
        return {}
    return {name: line for name, line in found.items() if name not in COMMANDS}


def overview(columns: int, own: Mapping[str, str]) -> str:
    """`papertrack --help`: one line for each command, by group, and the reader's own."""
    lines: list[str] = []
    for line in _OVERVIEW.split("\n"):
        lines += wrap(line, columns) or [""]
    sections: dict[str, list[tuple[str, str]]] = {}
    for group, entries in GROUPS.items():
        sections[group] = [(", ".join(one.names), one.summary) for one in entries]
    if own:
        sections["Aliases"] = list(own.items())
    margin = max(map(len, GROUPS)) + 1
    left = max(len(", ".join(entry.names)) for entry in ENTRIES)
    for group, rows in sections.items():
        section = two_columns(rows, columns, indent=margin, left=left)
        lines += ["", *_labelled(group, section)]
    options = two_columns(GLOBAL_OPTIONS, columns, indent=margin)
    symbols = wrap(" " * margin + SYMBOLS, columns, margin)
    lines += ["", *_labelled("Options", options), *_labelled("Symbols", symbols)]
    return "\n".join(lines)


def _labelled(label: str, lines: list[str]) -> list[str]:
    """The lines, with a label in the margin of the first."""
    return [label + lines[0][len(label) :], *lines[1:]]


class Parts(NamedTuple):
    """What the help of a command consists of."""

    usage: str
    prose: list[str]
    """A string for each paragraph."""
    sections: dict[str, list[tuple[str, str]]]
    """Title -> names and what they mean; a section may be empty."""
    examples: list[str]


def parts(command: Any, ctx: Any) -> Parts:
    """The help of a command or group: usage, description, arguments, options, examples."""
    prose, examples = _paragraphs(command.help or "")
    parameters = command.get_params(ctx)
    options = [one for one in parameters if one.param_type_name == "option"]
    arguments = [one for one in parameters if one.param_type_name == "argument"]
    commands = getattr(command, "commands", {})

    pieces = ["[OPTIONS]", *map(_usage, arguments)]
    if commands:
        pieces = ["COMMAND [ARGUMENTS]"]
    usage = f"{ctx.command_path} {' '.join(pieces)}"
    sections = {
        "Commands": [(name, _summary(below)) for name, below in commands.items()],
        "Arguments": [(_metavar(one), _help(one)) for one in arguments],
        "Options": [(_names(one), _help(one)) for one in options],
    }
    return Parts(usage, prose, sections, examples)


def _command_help(command: Any, ctx: Any, columns: int) -> Iterator[str]:
    """The lines of a help text."""
    help = parts(command, ctx)
    yield from wrap(f"Usage: {help.usage}", columns, 7)
    for text in help.prose:
        yield ""
        yield from wrap(text, columns)
    for title, rows in help.sections.items():
        if rows:
            yield from ("", f"{title}:", *two_columns(rows, columns))
    if help.examples:
        yield from ("", "Examples:", *(f"  {line}" for line in help.examples))


def _summary(command: Any) -> str:
    prose, _ = _paragraphs(command.help or "")
    return prose[0].rstrip(".") if prose else ""


def wrap(text: str, columns: int, indent: int = 0) -> list[str]:
    """`text` in lines of at most `columns`, all but the first indented."""
    joined = re.sub(_UNBROKEN, lambda found: found[0].replace(" ", _JOINED), text)
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
) -> list[str]:
    """Lines of names and descriptions, which are wrapped in a column of their own.

    `left` is the width of the names, by default that of the longest. A line break in a
    description is kept.
    """
    rows = list(rows)
    if left is None:
        widest = min(_WIDEST_NAME, columns // 2)
        widths = [len(name) for name, _ in rows if len(name) <= widest]
        left = max(widths, default=0)
    lines: list[str] = []
    for name, description in rows:
        head = " " * indent + name
        start = indent + left + _GAP
        if len(name) > left:
            lines.append(head)
            head = ""
            start = indent + 2 * _GAP
        text: list[str] = []
        for part in description.split("\n"):
            text += wrap(" " * start + part, columns, start) or [""]
        lines += [(head + text[0][len(head) :]).rstrip(), *text[1:]]
    return lines


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


def choices(param: Any) -> tuple[str, ...]:
    """The values that an option or argument has to choose from."""
    # What reads the value, where Typer knows no type for it.
    reader = getattr(param.type, "func", None)
    found: Iterable[Any] = (
        getattr(param.type, "choices", None) or getattr(reader, "choices", None) or ()
    )
    return tuple(
        str(choice.value if isinstance(choice, Enum) else choice) for choice in found
    )


def _metavar(param: Any) -> str:
    """What stands for the value: short lists of values as they are, long ones by name."""
    if param.metavar:
        return str(param.metavar)
    values = "|".join(choices(param))
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
    """The description, with the default; a long list of values has lines of its own."""
    text = param.help or ""
    default = param.default.value if isinstance(param.default, Enum) else param.default
    if default and isinstance(default, str | int) and default is not True:
        text += f" (default: {default})".replace(": ", f":{_JOINED}")
    if param.required and param.param_type_name == "option":
        text += " (required)"
    values = choices(param)
    if values and "|".join(values) not in _metavar(param):
        text += f"\nOne of: {', '.join(values)}."
    return str(text)
