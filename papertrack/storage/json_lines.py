"""A TinyDB file in the layout in which papertrack writes it, a document a line: read and edited without parsing it all.

Parsing 20,000 marks and writing them out again costs ten times what changing one of them does. Only a file that is
known to have this layout may be treated so: the index remembers of which it is, by their stamps.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

from papertrack.storage.reading import FROM

MANY = 300
"""Above so many documents the whole file is parsed at once."""

FEW = 3
"""Up to so many, each is searched for by itself; above, all lines are looked at."""

_HEAD = rb'"\d+":\{"key":("(?:[^"\\]|\\.)*")[,}]'

Document = Mapping[str, Any]


class Unlined(Exception):
    """The file, or what is asked of it, does not go by lines."""


def dumps(value: Any) -> str:
    """One document as it stands in a file. Raises ValueError, TypeError for what is no JSON."""
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def dumped(data: Mapping[str, Mapping[Any, Document]]) -> str:
    """The text of a TinyDB file: one JSON object, a document a line."""
    encode = json.JSONEncoder(
        ensure_ascii=False, allow_nan=False, separators=(",", ":")
    ).encode
    tables = []
    for name, documents in data.items():
        if name == "format":
            documents = {
                number: {k: v for k, v in one.items() if k != FROM}
                for number, one in documents.items()
            }
        lines = ",\n".join(
            f"{json.dumps(str(number))}:{encode(dict(doc))}"
            for number, doc in documents.items()
        )
        tables.append(
            f"{encode(name)}:{{\n{lines}\n}}" if lines else f"{encode(name)}:{{}}"
        )
    return "{" + ",\n".join(tables) + "}\n"


def documents(
    body: bytes, table: str, keys: Iterable[str]
) -> dict[str, dict[str, Any]]:
    """Those of a table's documents that have these keys, by number. Raises Unlined."""
    start, end = _span(body, table)
    lines = body[start:end].split(b",\n")
    places = _places(body, start, end, lines, list(keys))
    found: dict[str, dict[str, Any]] = json.loads(
        b"{" + b",".join(lines[place] for place in places.values()) + b"}"
    )
    return found


def edited(
    body: bytes, table: str, puts: Mapping[str, Document], gone: Iterable[str]
) -> bytes:
    """The file with documents of a table set by their `key`, others dropped. Raises Unlined, ValueError, TypeError."""
    start, end = _span(body, table)
    lines = body[start:end].split(b",\n")
    dropped = [key for key in gone if key not in puts]
    places = _places(body, start, end, lines, [*puts, *dropped])
    following = (
        1 + max(int(line[1 : line.index(b'"', 1)]) for line in lines)
        if puts.keys() - places.keys()
        else 0
    )
    for key, document in puts.items():
        text = dumps(document).encode("utf-8")
        if key in places:
            line = lines[places[key]]
            lines[places[key]] = line[: line.index(b":") + 1] + text
        else:
            lines.append(b'"%d":%s' % (following, text))
            following += 1
    for place in sorted(
        (places[key] for key in dropped if key in places), reverse=True
    ):
        del lines[place]
    if not lines:
        raise Unlined
    return body[:start] + b",\n".join(lines) + body[end:]


def _places(
    body: bytes, start: int, end: int, lines: list[bytes], keys: list[str]
) -> dict[str, int]:
    """Which of the lines the documents with these keys are. Raises Unlined."""
    if len(keys) > MANY:
        raise Unlined
    if len(keys) <= FEW:
        few = {key: line for key in keys if (line := _line(body, start, end, key))}
        return {key: lines.index(line) for key, line in few.items()}
    head = re.compile(_HEAD).match
    heads = [head(line) for line in lines]
    held = {match[1]: place for place, match in enumerate(heads) if match}
    if len(held) < len(lines):
        raise Unlined  # a key twice, or not first
    named = {key: json.dumps(key, ensure_ascii=False).encode("utf-8") for key in keys}
    return {key: held[name] for key, name in named.items() if name in held}


def _span(body: bytes, table: str) -> tuple[int, int]:
    """Where the lines of a table begin and end."""
    head = f'"{table}":{{\n'.encode()
    start = (
        len(head) + 1
        if body.startswith(b"{" + head)
        else body.find(b"\n" + head) + len(head) + 1
    )
    end = body.find(b"\n}", start)
    if start <= len(head) or end < 0:
        raise Unlined
    return start, end


def _line(body: bytes, start: int, end: int, key: str) -> bytes | None:
    """The line of the document with this key, without what follows it; None where there is none."""
    named = b'"key":' + json.dumps(key, ensure_ascii=False).encode("utf-8")
    at = body.find(b":{" + named, start, end)
    if at < 0:
        if body.find(named, start, end) >= 0:
            raise Unlined  # written by a hand, in another order
        return None
    first, last = body.rfind(b"\n", start, at) + 1 or start, body.find(b"\n", at, end)
    line = body[first : last if last >= 0 else end].removesuffix(b",")
    if (
        not re.fullmatch(rb'"\d+"', body[first:at])
        or body.find(named, at + len(named), end) >= 0
    ):
        raise Unlined
    return line
