"""The body that each paper is stored as: a head with its mark, and the rest compressed.

Marking a paper replaces the head: nothing is compressed anew.
"""

import json
import sqlite3
import zlib
from collections.abc import Sequence
from operator import attrgetter
from sqlite3 import Connection
from typing import Any

from papertrack.core.identity import show
from papertrack.core.model import Mark, Paper
from papertrack.index.common_text import DICTIONARY
from papertrack.index.schema import INDEXED, column
from papertrack.query.normalize import APART, spelled

_MARK = ("tags", "status", "starred", "note")
"""What a head has of a mark: when it was set is a column of the table paper."""
_of_mark = attrgetter(*_MARK)
_NO_MARK = _of_mark(Mark())
_END = b"\n"
"""Ends the head, which is JSON in one line."""
_PLAIN_HEAD = b"[[]]" + _END
"""That of a paper with one key and no mark."""

_LEVEL, _WINDOW_BITS = 3, 13
"""zlib's level, and the window: 8 KB, for the dictionary and most papers."""

_APART = ("id", *_MARK, "score")
"""The values of a paper that are not compressed: the id follows from the key, no body
has a score.
"""
_PLACES_APART = sorted(map(Paper._fields.index, _APART))
_COMPRESSED = [name for name in Paper._fields if name not in _APART]
_compressed = attrgetter(*_COMPRESSED)
_LISTS = [
    place
    for place, name in enumerate(Paper._fields)
    if Paper._field_defaults.get(name) == ()
]


def body_of(
    paper: Paper,
    keys: Sequence[str],
    folds: Sequence[int],
    readings: str,
) -> bytes:
    """A paper as the index stores it: its values but for the score, its other keys, the
    folds of its titles, and the readings of its votes as they are stored.

    The same of all these is the same body, so it also shows whether anything changed.
    """
    mark = Mark(paper.tags, paper.status, paper.starred, paper.note)
    values = [*_compressed(paper), folds, readings]
    return _head(keys, mark) + _pack(_dumped(values))


def with_mark(body: bytes, mark: Mark) -> bytes:
    """The body with another mark. Raises DatabaseError for a damaged one."""
    keys, _ = _keys_and_mark(body)
    return _head(keys, mark) + body[body.index(_END) + 1 :]


def other_keys(body: bytes) -> list[str]:
    """The keys of the paper that are not its main key.

    Raises DatabaseError for a damaged one.
    """
    keys, _ = _keys_and_mark(body)
    return keys


def _head(keys: Sequence[str], mark: Mark) -> bytes:
    values = _of_mark(mark)
    if not keys and values == _NO_MARK:
        return _PLAIN_HEAD  # most of them
    marked = () if values == _NO_MARK else values
    return _dumped([keys, *marked]) + _END


def _keys_and_mark(body: bytes) -> tuple[list[str], Mark]:
    try:
        keys, *mark = json.loads(body[: body.index(_END)])
        if not mark:
            return keys, Mark()
        tags, status, starred, note = mark
        return keys, Mark(tuple(tags), status, starred, note)
    except (ValueError, TypeError, AttributeError) as error:
        raise _damaged(error) from error


_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _dumped(values: list[Any]) -> bytes:
    return _encode(values).encode("utf-8", "replace")


def _damaged(error: object) -> sqlite3.DatabaseError:
    return sqlite3.DatabaseError(f"damaged: {error}")


_compressor = zlib.compressobj(_LEVEL, wbits=_WINDOW_BITS, zdict=DICTIONARY)


def _pack(text: bytes) -> bytes:
    compressor = _compressor.copy()  # it has read the dictionary: a fifth of the time
    return compressor.compress(text) + compressor.flush()


def _unpack(packed: bytes) -> bytes:
    """Raises zlib.error, EOFError where something is missing."""
    decompressor = zlib.decompressobj(zdict=DICTIONARY)
    text = decompressor.decompress(packed)
    if not decompressor.eof:
        raise EOFError("it is cut off")
    return text


def _values(body: bytes) -> list[Any]:
    """What is compressed of a body."""
    try:
        text = _unpack(body[body.index(_END) + 1 :]).decode()
        values: list[Any] = json.loads(text)  # of bytes it would look for the encoding
    except (zlib.error, EOFError, ValueError, TypeError, AttributeError) as error:
        raise _damaged(error) from error
    return values


def stored_paper(
    db: Connection,
    rid: int,
    score: float | None = None,
) -> Paper:
    """The paper with this row id. Raises DatabaseError for a damaged one."""
    return paper_of(stored_body(db, rid), score)


def stored_body(db: Connection, rid: int) -> bytes:
    """The body of the paper with this row id. Raises DatabaseError if it is missing."""
    bodies: list[bytes] = column(db, "SELECT body FROM doc WHERE rid = ?", [rid])
    if not bodies:
        raise _damaged(f"no paper {rid}")
    return bodies[0]


def paper_of(body: bytes, score: float | None = None) -> Paper:
    """The paper that is stored as a body. Raises DatabaseError for a damaged one."""
    _, mark = _keys_and_mark(body)
    *values, _, _ = _values(body)
    apart = {**mark._asdict(), "score": score}
    try:
        apart["id"] = show(values[0])
        for place in _PLACES_APART:
            values.insert(place, apart[Paper._fields[place]])
        for place in _LISTS:
            values[place] = tuple(values[place])
        return Paper._make(values)
    except (ValueError, TypeError, AttributeError, IndexError) as error:
        raise _damaged(error) from error


def names_of(body: bytes) -> tuple[list[str], list[int]]:
    """All keys of the paper, and the folds of its titles."""
    key, *_, folds, _ = _values(body)
    return [key, *other_keys(body)], folds


def fold_of(alias: str | None) -> int | None:
    """The number that a folded title is stored as; None for any other alias."""
    if alias is None or not alias.startswith("fold:"):
        return None
    return int(alias.removeprefix("fold:"), 16)


def full_text(paper: Paper) -> list[str]:
    """The texts of a paper that are searched."""
    texts = []
    for field in INDEXED:
        value = getattr(paper, field.name) or ""
        if isinstance(value, tuple):
            value = APART.join(value)
        texts.append(value)
    return texts


def indexed(paper: Paper) -> list[str]:
    """Full text as it is tokenized: spelled so that queries, spelled alike, find it."""
    return [spelled(text) for text in full_text(paper)]


def values_of(body: bytes, name: str) -> list[str]:
    """A field's value, or the items of it.

    Raises sqlite3.DatabaseError where the body is damaged.
    """
    if name in _COMPRESSED:  # half the time of making the whole paper
        value = _values(body)[_COMPRESSED.index(name)]
    else:
        value = getattr(paper_of(body), name)
    items = value if isinstance(value, list | tuple) else [value]
    return [item for item in items if item]
