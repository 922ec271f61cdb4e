"""Patterns of command lines: which words they match, and the line that they make."""

import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from typing import NamedTuple

from papertrack.cli.command_table import COMMANDS
from papertrack.config import keys
from papertrack.core.addresses import is_web_url
from papertrack.core.field_names import CONDITIONS, QUERY_NAMES
from papertrack.core.identity import normalise
from papertrack.core.model import STATUSES
from papertrack.exports.registry import format_named
from papertrack.query import typed as query

REST = "..."
DAY = re.compile(
    r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2])(?:-[0-3]\d)?|-W[0-5]\d)?|today|yesterday"
)
NUMBERS = re.compile(r"\d{1,4}(?:-\d{1,4})?(?:,\d{1,4}(?:-\d{1,4})?)*")

Bound = Mapping[str, Sequence[str]]
"""The words that each placeholder of a pattern stands for."""


class Row(NamedTuple):
    """A pattern and its line, word by word."""

    pattern: tuple[str, ...]
    line: tuple[str, ...]


def rows(table: str) -> list[Row]:
    """The rows of a table: a pattern and its line, two or more spaces between them."""
    split = (
        re.split(r"\s{2,}", row.strip()) for row in table.split("\n") if row.strip()
    )
    return [Row(tuple(left.split()), tuple(right.split())) for left, right in split]


def is_number(word: str) -> bool:
    """Whether a word can name papers of a listing: `3`, `1-5,8`."""
    return NUMBERS.fullmatch(word) is not None


def is_day(word: str) -> bool:
    """Whether a word is a day, a week, a month or a year."""
    return DAY.fullmatch(word) is not None


def is_term(word: str) -> bool:
    """Whether a word is a term of a query that cannot be a plain word."""
    name, colon, value = word.lstrip("^-").partition(":")
    name = name.casefold()
    known = name in QUERY_NAMES or name in CONDITIONS or name in query.FIELDS
    is_field = bool(colon and value) and known
    return is_field or (word.startswith("@") and len(word) > 1)


def _is_id(word: str) -> bool:
    looks_like_year = is_day(word)
    return (is_number(word) and not looks_like_year) or normalise(word) is not None


def _is_target(word: str) -> bool:
    return re.fullmatch(r"hf|(?:hf|arxiv|arxiv-oai):\S.*", word) is not None


def _is_state(word: str) -> bool:
    return query.state(word) is not None


def status(word: str) -> str | None:
    """The status that a word means: `read` for `done`; None for other words."""
    name = (query.state(word) or "").removeprefix("is:")
    return name if name in STATUSES else None


def _is_plain(word: str) -> bool:
    return not word.startswith("-")


KINDS: dict[str, Callable[[str], bool]] = {
    "ID": _is_id,
    "IDS": _is_id,
    "DAY": is_day,
    "URL": is_web_url,
    "TARGET": _is_target,
    "TERM": is_term,
    "STATUS": lambda word: status(word) is not None,
    "STATE": _is_state,
    "FORMAT": lambda word: format_named(word) is not None,
    "KEY": lambda word: keys.find(word) is not None,
    "X": _is_plain,
    "Y": _is_plain,
}
"""The placeholders, and which words each stands for."""

_PLACEHOLDER = re.compile(rf"\b(?:{'|'.join(sorted(KINDS, reverse=True))})\b")


def match(
    pattern: Sequence[str], words: Sequence[str], names: Collection[str] = ()
) -> Bound | None:
    """What the placeholders stand for where a pattern matches; else None.

    X stands for none of `names`, the commands of a group. A command of papertrack
    is matched by its name alone.
    """
    if words and words[0] in COMMANDS and pattern[0] in KINDS:
        return None
    bound: dict[str, list[str]] = {}
    rest = list(words)
    for part in pattern:
        if part == REST:
            bound[REST] = rest
            return bound
        if not rest:
            return None
        found = _matched(part, rest[0], names)
        if found is None:
            return None
        bound |= found
        rest.pop(0)
        if part == "IDS":
            while rest and _is_id(rest[0]):
                bound["IDS"].append(rest.pop(0))
    return None if rest else bound


def _matched(
    part: str, word: str, names: Collection[str]
) -> dict[str, list[str]] | None:
    """What one part of a pattern binds in a word that it matches."""
    if "=" in part and "=" in word:
        sides = zip(part.split("=", 1), word.split("=", 1), strict=True)
        left, right = (_matched(*side, names) for side in sides)
        return {**left, **right} if left is not None and right is not None else None
    found = _PLACEHOLDER.search(part)
    if found is None:
        return {} if word.casefold() in part.casefold().split("|") else None
    kind = found[0]
    before, after = part[: found.start()], part[found.end() :]
    if not (word.startswith(before) and word.endswith(after)):
        return None
    value = word[len(before) : len(word) - len(after)]
    if not value or not KINDS[kind](value):
        return None
    if kind == "X" and value in names:
        return None
    return {kind: [value]}


def made(line: Sequence[str], bound: Bound) -> list[str]:
    """The words of a line, with what the placeholders stand for."""
    words: list[str] = []
    for part in line:
        found = _PLACEHOLDER.search(part)
        if part == REST:
            words += bound.get(REST, ())
        elif found is None or found[0] not in bound:
            words.append(part)
        else:
            before, after = part[: found.start()], part[found.end() :]
            values = [_shown(found[0], value) for value in bound[found[0]]]
            if before.endswith(":"):
                values = [query.quoted(value) for value in values]
            words += [f"{before}{value}{after}" for value in values]
    return words


def _shown(kind: str, value: str) -> str:
    """The word in the line for a value of a placeholder."""
    if kind == "STATUS":
        return status(value) or value
    if kind == "STATE":
        return (query.state(value) or value).removeprefix("is:")
    if kind == "FORMAT":
        return format_named(value) or value
    return value


def lines(
    table: Sequence[Row], words: Sequence[str], names: Collection[str] = ()
) -> Iterator[list[str]]:
    """The lines of the rows that match some words, in their order."""
    for row in table:
        bound = match(row.pattern, words, names)
        if bound is not None:
            yield made(row.line, bound)
