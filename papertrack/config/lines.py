"""The line of each key in a text of TOML, which the parser does not report."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator

QUOTES = ('"""', "'''")
"""What begins and ends a string of several lines."""


def lines_of(text: str) -> dict[str, int]:
    """The first line of each key and section, counted from 1: `list.limit` -> 7.

    The text must be valid TOML.
    """
    found: dict[str, int] = {}
    section = ""
    for number, line in _statements(text):
        if line.startswith("["):
            section = ".".join(_path(line.strip("[").partition("]")[0]))
            found.setdefault(section, number)
            continue
        path = _key(line)
        if path:
            name = ".".join([section, *path] if section else path)
            found.setdefault(name, number)
    return found


def _statements(text: str) -> Iterator[tuple[int, str]]:
    """The lines outside strings of several lines, with their numbers."""
    inside = ""
    for number, line in enumerate(text.split("\n"), 1):
        if not inside:
            yield number, line.strip()
        rest = line
        while rest:
            quotes = [inside] if inside else [one for one in QUOTES if one in rest]
            if not quotes or quotes[0] not in rest:
                break
            first = min(quotes, key=rest.index)
            rest = rest.partition(first)[2]
            inside = "" if inside else first


def _key(line: str) -> list[str]:
    """The path of the key that a line sets, empty for other lines."""
    before = ""
    for piece in line.split("=")[:-1]:
        before += piece
        path = _path(before)
        if path:
            return path
        before += "="
    return []


def _path(text: str) -> list[str]:
    """The parts of a key with dots and quotes; empty if it is not one."""
    try:
        value: object = tomllib.loads(f"{text} = 0")
    except (tomllib.TOMLDecodeError, RecursionError):
        return []
    path = []
    while isinstance(value, dict) and value:
        name, value = next(iter(value.items()))
        path.append(name)
    return path
