"""Properties at the head of a Markdown file, in YAML between lines of `---`: read, and
set so that all else stays as it is written.
"""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Callable, Mapping
from typing import Any

import yaml

Value = str | int | bool | list[str]

# The one in C takes a tenth of the time, where PyYAML was built with it.
_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_HEAD = re.compile(r"\ufeff?---[ \t]*\r?\n(?P<yaml>.*?)^---[ \t]*\r?$", re.M | re.S)


def line(name: str, value: Value) -> str:
    """A property as a line of YAML."""
    return f"{name}: {quoted(value)}\n"


def quoted(value: Value) -> str:
    """A value as JSON, which YAML reads, so that no text is taken for another type.

    `<%` is a command to Obsidian's plugin Templater.
    """
    return json.dumps(value, ensure_ascii=False).replace("<%", "\\u003c%")


def properties(text: str) -> dict[str, object]:
    """The properties of a file; {} if it has none. Raises ValueError for wrong YAML."""
    head = _HEAD.match(text)
    return _loaded(head["yaml"]) if head else {}


def items(value: object) -> list[str]:
    """The items of a list, which may be written as one text with commas."""
    if isinstance(value, str):
        return [item.strip() for item in value.split(",") if item.strip()]
    if isinstance(value, list):
        return [str(item) for item in value if item is not None]
    return []


def replaced(
    text: str, values: Callable[[Mapping[str, object]], Mapping[str, Value]]
) -> str:
    """A file with properties set to `values` of those that it has.

    A property that has its value already, in whatever style, stays as it is written; one
    that is missing is added below the others. Raises ValueError for wrong YAML.
    """
    head = _HEAD.match(text)
    if not head:
        return text
    written = head["yaml"]
    found = _loaded(written)
    wanted = values(found)
    if all(_plain(found.get(name)) == value for name, value in wanted.items()):
        return text
    places = _places(written)
    end = "\r\n" if "\r\n" in head[0] else "\n"
    new = written
    for name, place in sorted(places.items(), key=lambda pair: pair[1], reverse=True):
        if name in wanted and _plain(found[name]) != wanted[name]:
            own = line(name, wanted[name]).rstrip("\n")
            new = new[: place[0]] + own + new[place[1] :]
    missing = [line(name, wanted[name]) for name in wanted if name not in found]
    new += "".join(missing).replace("\n", end)
    expected = {name: _plain(value) for name, value in found.items()} | {**wanted}
    now = {name: _plain(value) for name, value in _loaded(new).items()}
    if now != expected:
        raise ValueError("a property is written in a way that can't be changed")
    return text[: head.start("yaml")] + new + text[head.end("yaml") :]


def _loaded(written: str) -> dict[str, object]:
    try:
        loaded = yaml.load(written, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        where = f"line {mark.line + 2}: " if mark else ""
        raise ValueError(f"{where}{error.problem}") from None
    # RecursionError: brackets by the thousand. Dates that do not exist are a ValueError.
    except (yaml.YAMLError, RecursionError) as error:
        raise ValueError(str(error).splitlines()[0]) from None
    if loaded is None:
        return {}
    if not isinstance(loaded, dict):
        raise ValueError("they are not names with values")
    return {str(name): value for name, value in loaded.items()}


def _places(written: str) -> dict[str, tuple[int, int]]:
    """Where each property starts and ends."""
    tree = yaml.compose(written, Loader=yaml.SafeLoader)
    if tree is None:
        return {}
    places = {}
    for name, value in tree.value:
        start = name.start_mark.index
        end = start + len(written[start : _end(value)].rstrip())
        places[str(name.value)] = (start, end)
    return places


def _end(node: Any) -> int:
    """Where a value ends; to the parser a block includes the comments below it."""
    is_block = isinstance(node, yaml.CollectionNode) and not node.flow_style
    if is_block and node.value:
        last = node.value[-1]
        return _end(last[1] if isinstance(last, tuple) else last)
    end: int = node.end_mark.index
    return end


def _plain(value: object) -> object:
    """A value as papertrack writes it: a day as text."""
    return value.isoformat() if isinstance(value, dt.date) else value
