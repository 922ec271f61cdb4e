"""What Typer refuses in a command line, found by parsing it without running anything."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

import typer

from papertrack.cli import command_line
from papertrack.cli.help_format import SAME, choices
from papertrack.cli.listing import SortFields

UNKNOWN_OPTION = re.compile("no such option: ", re.IGNORECASE)
UNKNOWN_CHOICE = re.compile(r"'(.*)' is not one of ", re.DOTALL)
"""How messages of Typer begin."""


class Mistake(NamedTuple):
    """A word that is refused: an unknown `command`, `option` or `choice`, or something
    `else`.

    `known` are the names that exist in its place. `depth` is the number of words before
    it that name commands, `at` where the word is.
    """

    kind: str
    word: str = ""
    known: tuple[str, ...] = ()
    depth: int = 0
    at: int = 0


def first(root: Any, words: Sequence[str]) -> Mistake | None:
    """The first mistake of a command line; None if it can be run.

    `words` begin with a command.
    """
    if "--help" in words or "-h" in words:
        return None
    command = root
    depth = 0
    while hasattr(command, "list_commands"):
        if depth == len(words):
            return None  # its help is printed
        word = words[depth]
        below = command.get_command(None, word)
        if below is None:
            kind = "option" if word.startswith("-") else "command"
            known = tuple(command.list_commands(None))
            return Mistake(kind, word, known, depth, depth)
        command = below
        depth += 1
    try:
        command.make_context(words[depth - 1], list(words[depth:]))
    except typer.TyperException as error:
        return _of(error, command, words, depth)
    return None


def names_below(root: Any, words: Sequence[str]) -> tuple[str, ...]:
    """The names of the commands in the group that a line begins with."""
    group: Any = root.get_command(None, words[0]) if words else None
    if not hasattr(group, "list_commands"):
        return ()
    return (*group.list_commands(None), *(name for names in SAME for name in names))


def commands_with(root: Any, option: str) -> list[str]:
    """The commands that have an option."""
    names = root.list_commands(None)
    commands = ((name, root.get_command(None, name)) for name in names)
    return [
        name
        for name, command in commands
        if any(option in param.opts for param in command.params)
    ]


def refused_choice(error: typer.TyperException) -> str | None:
    """The value that is none of the choices; None for another error."""
    message = str(getattr(error, "message", ""))
    reader = getattr(getattr(getattr(error, "param", None), "type", None), "func", None)
    if isinstance(reader, SortFields):
        return reader.unknown(message)
    found = UNKNOWN_CHOICE.match(message)
    return found[1] if found else None


def _of(
    error: typer.TyperException, command: Any, words: Sequence[str], depth: int
) -> Mistake:
    param = getattr(error, "param", None)
    message = str(getattr(error, "message", ""))
    option = getattr(error, "option_name", "")
    choice = refused_choice(error)
    if option and UNKNOWN_OPTION.match(message):
        own = (name for one in command.params for name in one.opts)
        known = (*own, *command_line.GLOBAL_FLAGS, *command_line.GLOBAL_OPTIONS)
        at = _place(words, depth, lambda word: word.partition("=")[0] == option)
        return Mistake("option", option, known, depth, at)
    if choice is not None:
        value = value_pattern(choice)
        at = _place(words, depth, lambda word: bool(value.search(word)))
        return Mistake("choice", choice, choices(param), depth, at)
    return Mistake("else", depth=depth, at=depth)


def value_pattern(choice: str) -> re.Pattern[str]:
    """Finds a value in a word: all of it, or what follows `=`, or one of several with
    commas between them.
    """
    return re.compile(rf"(?:(?<![^=,])|(?<=^-)|(?<=[=,]-)){re.escape(choice)}(?![^,])")


def _place(words: Sequence[str], depth: int, is_it: Any) -> int:
    """Where the word is; -1 where it can't be seen, as in a cluster of short options."""
    for at in range(depth, len(words)):
        if is_it(words[at]):
            return at
    return -1
