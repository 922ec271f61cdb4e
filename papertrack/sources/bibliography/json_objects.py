"""The objects in JSON and JSON lines, each with its line or the reason why it can't be
read.

An array that breaks off or contains a fault gives the objects before it. A damaged line
costs that line alone.
"""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import islice
from typing import Any

from papertrack.core.addresses import is_web_url
from papertrack.core.lazy_regex import pattern
from papertrack.core.wording import excerpt

Object = Mapping[str, Any]
Item = tuple[int, Object | str]
"""A line, and the object that begins there or why there is none."""

NULL = "an object is expected, not null"
"""The reason for a null, with which some services answer for what they don't know."""

BATCH = 2000
"""Lines a batch, so many that one is parsed while the last is added: the batch after the
nth starts at line `first_line + n * BATCH`, whatever was in the others.
"""

_MAX_LINE = 10_000_000
_SPACE = pattern(r"[ \t\n\r]*")
_DECODER = json.JSONDecoder()


def items(text: str) -> Iterator[Item]:
    """The objects of a whole file, JSON or JSON lines."""
    if is_lined(text):
        return of_lines(io.StringIO(text, newline="\n"), 1)
    return of_value(text)


def is_lined(text: str) -> bool:
    """Whether the text has a JSON object on each line rather than one value over all of
    them.
    """
    if text.lstrip().startswith("["):
        return False
    # A damaged first line does not make one value of the others.
    first = text.strip()[:1_000_000].split("\n", 20)[:20]
    return any(not isinstance(_of_line(line), str) for line in first)


def batches(
    lines: Iterable[bytes], first_line: int
) -> Iterator[tuple[int, list[Item]]]:
    """The objects of JSON lines, 2,000 lines at a time, with the number of each batch's
    first line.
    """
    stream = iter(lines)
    number = first_line
    while batch := list(islice(stream, BATCH)):
        encoding = "utf-8-sig" if number == 1 else "utf-8"
        texts = (line.decode(encoding, "replace") for line in batch)
        yield number, list(of_lines(texts, number))
        number += len(batch)


def of_lines(texts: Iterable[str], first_line: int) -> Iterator[Item]:
    """The object on each line that is not blank."""
    for number, text in enumerate(texts, first_line):
        if text.strip():
            yield number, _of_line(text.rstrip("\r\n"))


def _of_line(text: str) -> Object | str:
    if len(text) > _MAX_LINE:
        return f"a line of {len(text)} characters is too long for a paper"
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        return f"the JSON can't be read: {_fault(error)}, column {error.colno}"
    except (RecursionError, ValueError) as error:
        return f"the JSON can't be read: {_fault(error)}"
    return _object(value)


def of_value(text: str) -> Iterator[Item]:
    """The objects of a JSON array, the one object, or those under its `items`."""
    at = _skip(text, 0)
    if text[at : at + 1] == "[":
        yield from _of_array(text, at)
        return
    line, item, _ = _decoded(text, at, 1 + text.count("\n", 0, at))
    inner = None if isinstance(item, str) else item.get("items")
    if isinstance(inner, list):
        yield from ((line, value) for value in inner if isinstance(value, dict))
    else:
        yield line, item


def under(text: str, path: Sequence[str]) -> Iterator[Item] | None:
    """The objects of the array that an object has under `path`; None without one.

    For `{"message": {"items": [...]}}` the path is `message`, `items`. What follows the
    array is not looked at.
    """
    at = _skip(text, 0)
    for name in path:
        at = _place_of(text, at, name)
        if at < 0:
            return None
    return _of_array(text, at) if text[at : at + 1] == "[" else None


def _place_of(text: str, at: int, name: str) -> int:
    """Where the value of `name` begins in the object at `at`; -1 if nowhere."""
    try:
        while text[at : at + 1] in ("{", ","):
            key, at = _DECODER.raw_decode(text, _skip(text, at + 1))
            at = _skip(text, _skip(text, at) + 1)
            if key == name:
                return at
            at = _skip(text, _DECODER.raw_decode(text, at)[1])
    except (RecursionError, ValueError):
        pass
    return -1


def error_in(item: Object) -> str:
    """The message of a service's error, such as `{"error": "not found"}`; "" for none."""
    for name in ("error", "message", "detail"):
        message = item.get(name)
        if isinstance(message, dict):
            message = message.get("message")
        if isinstance(message, str) and len(item) <= 5:
            return excerpt(message, 160)
    return ""


def _of_array(text: str, start: int) -> Iterator[Item]:
    at = _skip(text, start + 1)
    line, counted = 1 + text.count("\n", 0, start), start
    while text[at : at + 1] != "]":
        line += text.count("\n", counted, at)
        counted = at
        number, item, end = _decoded(text, at, line)
        yield number, item
        if not end:
            return
        at = _skip(text, end)
        if text[at : at + 1] == ",":
            at = _skip(text, at + 1)
        elif text[at : at + 1] != "]":
            line += text.count("\n", counted, at)
            yield line, "the JSON breaks off here; the rest can't be read"
            return


def _decoded(text: str, at: int, line: int) -> tuple[int, Object | str, int]:
    """The line of the value at `at`, the value and its end; if it has a fault, its
    line, what it is, and 0.
    """
    try:
        value, end = _DECODER.raw_decode(text, at)
    except (RecursionError, ValueError) as error:
        if isinstance(error, json.JSONDecodeError):
            line += text.count("\n", at, min(error.pos, len(text)))
        return line, f"the JSON can't be read from here on: {_fault(error)}", 0
    return line, _object(value), end


def _object(value: Any) -> Object | str:
    if isinstance(value, dict):
        return value
    if value is None:
        return NULL
    return f"an object is expected, not {excerpt(repr(value)[:60], 40)}"


def _fault(error: Exception) -> str:
    """What `json` says is wrong, without the place: it counts from the start of what it
    was given.
    """
    text = error.msg if isinstance(error, json.JSONDecodeError) else str(error)
    return excerpt(text, 100).removesuffix(" at").removesuffix(" starting").lower()


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at


# ------------------------------------------------------------------ values


def first_text(value: Any) -> str:
    """A JSON value as text: a string, a number, the first of a list; "" for anything
    else.
    """
    if isinstance(value, list) and value:
        value = value[0]
    if isinstance(value, str):
        return value
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else ""


def text(item: Object, name: str) -> str:
    """A string; "" for anything else."""
    value = item.get(name)
    return value if isinstance(value, str) else ""


def texts(item: Object, name: str) -> tuple[str, ...]:
    """The strings of a list; () for anything else."""
    value = item.get(name)
    if not isinstance(value, list):
        return ()
    return tuple(text for text in value if isinstance(text, str))


def web_url(item: Object, name: str) -> str:
    """An http or https URL; "" for anything else."""
    value = text(item, name).strip()
    return value if is_web_url(value) else ""
