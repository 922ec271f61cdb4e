"""The command line to suggest for one that was refused."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Iterator, Sequence
from functools import cache
from typing import Any

from papertrack.cli import command_line
from papertrack.cli.command_table import UNSUGGESTED
from papertrack.cli.typed import mistakes, patterns, table
from papertrack.cli.typed.mistakes import Mistake
from papertrack.core.field_names import CONDITIONS, QUERY_NAMES
from papertrack.core.nearest import nearest
from papertrack.exports.registry import format_named
from papertrack.query import typed as query

DEEPEST = 3
"""How many mistakes of one line are corrected."""

QUERYING = (
    *("list", "ls", "search", "export", "triage", "recommend", "digest"),
    *("show", "open", "mark", "star", "tag", "stats", "trends", "pdf", "enrich"),
)
"""The commands of which an option can be a term of the query."""


UNSUGGESTED_OPTIONS = ("yes", "fix")
"""Options that change something without a question; a slip is not enough for them."""


def instead(root: Any, words: Sequence[str]) -> list[str] | None:
    """The words to type instead of these, without `papertrack`.

    None if the words can be run, or if it is not clear what they mean. `root` is the
    command of the app.
    """
    return _instead(root, list(words), DEEPEST)


def otherwise(root: Any, words: Sequence[str]) -> list[str] | None:
    """The words to type instead of some that can be run, but select nothing."""
    names = mistakes.names_below(root, words)
    for line in patterns.lines(_lines(), words, names):
        is_other = bool(line) and line != list(words)
        if is_other and mistakes.first(root, line) is None and not is_unsuggested(line):
            return line
    return None


def is_unsuggested(words: Sequence[str]) -> bool:
    """Whether a line removes, restores or undoes something."""
    group = words[0] == "tag" or words[0] in (
        "view",
        "rule",
        "feed",
        "config",
        "follow",
    )
    return any(word in UNSUGGESTED for word in words[: 2 if group else 1])


def _instead(root: Any, words: list[str], depth: int) -> list[str] | None:
    mistake = mistakes.first(root, words)
    if mistake is None or depth == 0:
        return None
    for candidate in _candidates(words, mistake, mistakes.names_below(root, words)):
        options, line = command_line.split(candidate)
        if line == words or not line:
            continue
        if line != ["--version"] and mistakes.first(root, line) is not None:
            line = _instead(root, line, depth - 1) or []
        if line and not is_unsuggested(line):
            return [*options, *line]
    return None


def _candidates(
    words: list[str], mistake: Mistake, names: Collection[str]
) -> Iterator[list[str]]:
    """Lines that could be meant, the likeliest first; `names` as in `patterns.match`."""
    yield from patterns.lines(_lines(), words, names)
    if mistake.kind == "option":
        yield from _with_option(words, mistake)
    elif mistake.kind == "choice":
        yield from _with_value(words, mistake)
    elif mistake.kind == "command":
        for name in _nearest(mistake.word, mistake.known):
            yield _replaced(words, mistake.at, [name])


@cache
def _lines() -> list[patterns.Row]:
    return patterns.rows(table.LINES)


def _nearest(word: str, known: Sequence[str]) -> list[str]:
    """The one name that is closest to a word, in a list; empty if there is none."""
    near = nearest(word, known)
    return near if len(near) == 1 else []


def _replaced(
    words: list[str], at: int, new: Sequence[str], many: int = 1
) -> list[str]:
    return [*words[:at], *new, *words[at + many :]]


# ------------------------------------------------------------------ options


def _with_option(words: list[str], mistake: Mistake) -> Iterator[list[str]]:
    """The line with what an unknown option means here."""
    at = mistake.at
    if at < 0:
        return
    option, equals, value = words[at].partition("=")
    for pattern in patterns.rows(table.COMMAND_OPTIONS):
        line = _without(pattern.pattern, words, option)
        if line is not None:
            yield patterns.made(pattern.line, {patterns.REST: line})
    following = words[at + 1] if at + 1 < len(words) else ""
    for new, takes_value in _meanings(option):
        if not takes_value:
            if not equals:
                yield from _placed(words, at, new, 1)
        elif equals:
            yield from _placed(words, at, _valued(new, value), 1)
        elif following:
            yield from _placed(words, at, _valued(new, following), 2)
    name = option.lstrip("-")
    if value or (following and not following.startswith("-")):
        term = query.term(name, value or following) if _is_field(name) else None
        if name.casefold() in QUERY_NAMES:
            term = f"{name.casefold()}:{query.quoted(value or following)}"
        if term:
            yield from _placed(words, at, [term], 1 if equals else 2)
    state = query.state(name) or query.present(name)
    if state and not equals:
        yield from _placed(words, at, [state], 1)
    if option.startswith("--"):
        near = _nearest(name, [one[2:] for one in mistake.known if one[:2] == "--"])
        for right in near:
            if right not in UNSUGGESTED_OPTIONS:
                yield _replaced(words, at, [f"--{right}{equals}{value}"])


def _is_field(name: str) -> bool:
    return name.casefold() in query.FIELDS


def _valued(new: Sequence[str], value: str) -> list[str]:
    """The words that stand for an option, with its value in the place of X."""
    term = query.quoted(value) if ":" in new[0] else value
    return [word.replace("X", term) for word in new]


def _placed(
    words: list[str], at: int, new: Sequence[str], many: int
) -> Iterator[list[str]]:
    """The line with new words in the place of some; a term of a query needs a command
    that reads queries.
    """
    is_query = any(not word.startswith("-") for word in new[:1])
    if not words[0].startswith("-"):
        if is_query and words[0] not in QUERYING:
            return
        yield _replaced(words, at, new, many)
    elif is_query:
        yield ["list", *_replaced(words, at, new, many)]


def _meanings(option: str) -> Iterator[tuple[list[str], bool]]:
    """What stands for an option, and whether that contains its value."""
    for pattern, line in patterns.rows(table.OPTIONS):
        if option in pattern[0].split("|"):
            yield [word for word in line if word != "-"], len(pattern) > 1


def _without(pattern: Sequence[str], words: list[str], option: str) -> list[str] | None:
    """The other words of a line, where it has the command and the option of a pattern."""
    commands, options = pattern[0].split("|"), pattern[1].split("|")
    if words[0] not in commands or option not in options:
        return None
    rest = [word for word in words[1:] if word != option]
    return rest if len(pattern) > 2 or not rest else None


# ------------------------------------------------------------------ values


def _with_value(words: list[str], mistake: Mistake) -> Iterator[list[str]]:
    """The line with the value that is meant."""
    at = mistake.at
    if at < 0:
        return
    found = [
        row.line[0]
        for row in patterns.rows(table.VALUES)
        if mistake.word.casefold() in row.pattern and row.line[0] in mistake.known
    ]
    for value in (*found, *_nearest(mistake.word, mistake.known)):
        old = mistakes.value_pattern(mistake.word)
        yield _replaced(words, at, [old.sub(value, words[at], count=1)])


# ------------------------------------------------------------------ queries


def beside(command: str, words: Sequence[str], *, is_empty: bool) -> str | None:
    """The line that is meant by plain words that name a state, a day or a format.

    `list unread` finds papers with that word; where there are none, or where it is the
    whole query of `list`, the state may be meant.
    """
    alone = len(words) == 1 and command in ("list", "ls", "export")
    if not (alone or is_empty) or not words:
        return None
    if command == "export" and format_named(words[0]):
        format = format_named(words[0])
        return shlex.join(["export", "--format", str(format), *words[1:]])
    if alone and patterns.is_number(words[0]) and not patterns.is_day(words[0]):
        return shlex.join(["show" if command in ("list", "ls") else "export", *words])
    if command == "search" and len(words) > 1:
        return None
    terms = [_term(word, alone=len(words) == 1) for word in words]
    return shlex.join([command, *terms]) if terms != list(words) else None


def _term(word: str, *, alone: bool) -> str:
    """The term that a plain word stands for; the word itself if for none.

    Among other words only the name of a state itself stands for it.
    """
    name, colon, value = word.partition(":")
    if colon and name in ("tag", "tags"):
        return query.state(value) or word
    if patterns.is_day(word):
        return f"date:{word}"
    if word.startswith("+") and len(word) > 1:
        return f"tag:{word[1:]}"
    if alone or word.casefold() in CONDITIONS["is"]:
        return query.state(word) or word
    return word
