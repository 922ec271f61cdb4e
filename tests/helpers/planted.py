"""Libraries with an escape sequence in a field, in all fields, or in their names.

The JSON is walked without knowing its fields, so that a new one is covered.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

ESCAPES = (
    "\x1b]0;pwn\x07",
    "\x1b[2J\x1b[8m",
    "\x9b2J\x85",
    "\x07\b\r\x00",
    "\u202egnp\u2066",
    "\x7f\u200b\ufeff",
)
ALL = "".join(ESCAPES)
SURROGATE = "\ud800"
"""What JSON admits, and no stream can write."""

Change = Callable[[Any], Any]
"""A change of a file's JSON."""

Place = tuple[str, ...]
"""A field: the keys above it; `*` for a document's number and an item of a list."""


def strings(value: Any, plant: Callable[[str, Place], str], place: Place = ()) -> Any:
    """A JSON value with `plant` applied to each of its strings."""
    if isinstance(value, dict):
        return {
            key: strings(item, plant, (*place, _general(key)))
            for key, item in value.items()
        }
    if isinstance(value, list):
        return [strings(item, plant, (*place, "*")) for item in value]
    return plant(value, place) if isinstance(value, str) else value


def in_field(field: Place, escape: str) -> Change:
    """The change that plants an escape sequence into one field."""

    def plant(text: str, place: Place) -> str:
        return text + escape if place == field else text

    return lambda value: strings(value, plant)


def keys(value: Any, escape: str) -> Any:
    """A JSON value whose objects have each key once more, with an escape sequence."""
    if isinstance(value, dict):
        walked = {key: keys(item, escape) for key, item in value.items()}
        return {**{f"{key}{escape}": item for key, item in walked.items()}, **walked}
    if isinstance(value, list):
        return [keys(item, escape) for item in value]
    return value


def numbers(value: Any, escape: str) -> Any:
    """A JSON value with a text in the place of each number and truth value."""
    if isinstance(value, dict):
        return {key: numbers(item, escape) for key, item in value.items()}
    if isinstance(value, list):
        return [numbers(item, escape) for item in value]
    return f"{value}{escape}" if isinstance(value, int | float) else value


def places(value: Any) -> list[Place]:
    """The fields of a JSON value that are strings."""
    found: dict[Place, None] = {}

    def note(text: str, place: Place) -> str:
        found[place] = None
        return text

    strings(value, note)
    return list(found)


def json_files(root: Path) -> Iterator[Path]:
    """The JSON files of a library."""
    yield from sorted(root.rglob("*.json"))


def rewrite(path: Path, change: Change) -> None:
    """Change the content of a JSON file."""
    content = change(json.loads(path.read_text(encoding="utf-8")))
    path.write_text(json.dumps(content), encoding="utf-8")


def _general(key: str) -> str:
    return "*" if key.isdecimal() else key
