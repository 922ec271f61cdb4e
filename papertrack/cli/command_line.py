"""The words of a command line, before Typer reads them.

Global options may be anywhere, and the first word may be an alias of config.toml. As
in git, an alias never replaces a command, and may begin with another alias.
"""

import itertools
from collections.abc import Sequence
from typing import NamedTuple

from papertrack.cli.command_table import COMMANDS, UNSUGGESTED
from papertrack.cli.session import Session
from papertrack.core.errors import ConfigError, UsageError
from papertrack.core.wording import did_you_mean, excerpt

GLOBAL_FLAGS = ("-q", "--quiet", "-v", "--verbose", "--no-color", "--no-pager")
GLOBAL_OPTIONS = ("--library", "--color")

SORT = ("-s", "--sort")
"""Options whose value may begin with `-`: `--sort -upvotes`."""

HIDE = (["hide"], ["mark", "hide"])
"""What `mark hidden` is called too."""


class Line(NamedTuple):
    """The words as Typer reads them: global options, then a command and its arguments."""

    options: list[str]
    words: list[str]


def line(session: Session, arguments: Sequence[str]) -> Line:
    """The line of these arguments, with the alias that it begins with replaced.

    Raises UsageError, ConfigError.
    """
    options, others = split(arguments)
    used: list[str] = []
    while others and others[0] not in COMMANDS and not others[0].startswith("-"):
        # Reading config.toml may print warnings.
        session.quiet = "-q" in options or "--quiet" in options
        name = others[0]
        meaning = session.config.section("alias").get(name)
        if meaning is None and used:
            raise _alias_error(
                session,
                used[-1],
                f"begins with {excerpt(name, 40)}, an unknown command{_closest(name)}",
            )
        if meaning is None:
            break
        if name in used:
            loop = " -> ".join((*used[used.index(name) :], name))
            raise _alias_error(session, name, f"leads back to itself ({loop})")
        used.append(name)
        import shlex  # 0.3 ms, for aliases only

        more, rest = split([*shlex.split(meaning), *others[1:]])
        options, others = [*options, *more], rest
    for short in HIDE:
        if others[: len(short)] == short:
            others[: len(short)] = ["mark", "hidden"]
    return Line(options, others)


def _is_letters(word: str) -> bool:
    return word.isascii() and word.isalpha()


def _closest(name: str) -> str:
    hint = did_you_mean(name, COMMANDS, UNSUGGESTED)
    return hint if hint.endswith("?") else ""


def _alias_error(session: Session, name: str, reason: str) -> ConfigError:
    place = session.config.file.place(f"alias.{name}")
    return ConfigError(
        f"{place}: the alias {excerpt(name, 40)} {reason}; correct it with:"
        " papertrack config edit"
    )


def split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """The global options from anywhere before `--`, and the other words.

    Raises UsageError for `-survey`, which Typer would read as `-s urvey`: the query
    language's `-word` cannot be typed without `--`.
    """
    front: list[str] = []
    others: list[str] = []
    remaining = iter(arguments)
    for argument in remaining:
        if argument == "--":
            others += [argument, *remaining]
            break
        if argument in SORT:
            others += [argument, *itertools.islice(remaining, 1)]
            continue
        word = argument[1:]
        if argument.startswith("-") and len(word) > 2 and _is_letters(word):
            raise UsageError(
                f"unknown option {argument}; to exclude a word, type ^{word} or not {word}"
            )
        name, equals, _ = argument.partition("=")
        if argument in GLOBAL_FLAGS or (equals and name in GLOBAL_OPTIONS):
            front.append(argument)
        elif argument in GLOBAL_OPTIONS:
            front += [argument, *itertools.islice(remaining, 1)]
        else:
            others.append(argument)
    return front, others
