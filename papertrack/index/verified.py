"""What `doctor` has compared and found equal: each file of the library with its papers in
the index, and their words with the full text.

Digests of both sides are stored in a file beside the index. What has the same digests as
then is equal still; all else is compared anew, as is everything after a change of what
the index depends on.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path
from sqlite3 import Connection
from typing import Any, NamedTuple

from papertrack.core.errors import StoreError
from papertrack.index.schema import fingerprint
from papertrack.storage.atomic import write_atomically
from papertrack.storage.layout import read_cached

DIGEST_BYTES = 16

_ROWS = (
    "SELECT rid, key, body FROM paper JOIN doc USING (rid) "
    "JOIN alias USING (rid) WHERE alias = key "
    "AND file = (SELECT id FROM file WHERE name = ?) ORDER BY rid"
)
_FULL_TEXT = (
    "SELECT id, block FROM fts_data ORDER BY id",
    "SELECT segid, term, pgno FROM fts_idx ORDER BY segid, term",
    "SELECT id, sz FROM fts_docsize ORDER BY id",
    "SELECT k, v FROM fts_config ORDER BY k",
)
"""All that FTS5 stores (https://www.sqlite.org/fts5.html, section 9)."""


class State(NamedTuple):
    """A digest of what was compared, and a sum of the words in it."""

    digest: str
    words: int


class Verified:
    """What is known to be equal of the index at `path`; call `save` at the end."""

    def __init__(self, path: Path) -> None:
        self._path = path.with_suffix(".verified")
        self.files: dict[str, State] = {}
        self.full_text: State | None = None
        if not self._path.is_file():  # a pipe would keep the reader waiting
            return
        with contextlib.suppress(OSError, ValueError, TypeError, KeyError):
            self._read(json.loads(read_cached(self._path)))

    def _read(self, document: Any) -> None:
        """Raises ValueError, TypeError, KeyError for what `save` did not write."""
        if document["index"] != fingerprint():
            return
        files = {name: _state(value) for name, value in document["files"].items()}
        self.full_text = _state(document["full_text"])
        self.files = files

    def save(self) -> None:
        """Write the file. Does nothing if it can't be written."""
        if self._path.exists() and not self._path.is_file():
            return
        document = {
            "index": fingerprint(),
            "files": self.files,
            "full_text": self.full_text,
        }
        with contextlib.suppress(StoreError):
            body = json.dumps(document).encode()
            write_atomically(self._path, body, private=True, durable=False)


def _state(value: Any) -> State:
    digest, words = value
    return State(str(digest), int(words))


def digest(parts: Iterable[bytes]) -> str:
    """A digest of these parts, each of which begins where it begins."""
    found = blake2b(digest_size=DIGEST_BYTES)
    for part in parts:
        found.update(b"%d " % len(part))
        found.update(part)
    return found.hexdigest()


def digest_of_rows(db: Connection, name: str, source: str) -> tuple[str, int]:
    """A digest of a file, which has the digest `source`, with its papers in the index;
    and how many these are.
    """
    count = 0

    def parts() -> Iterable[bytes]:
        nonlocal count
        yield source.encode()
        for rid, key, body in db.execute(_ROWS, (name,)):
            count += 1
            yield f"{rid} {key}".encode()
            yield body

    return digest(parts()), count


def digest_of_full_text(db: Connection) -> str:
    """A digest of the full text."""

    def parts() -> Iterable[bytes]:
        for query in _FULL_TEXT:
            yield query.encode()
            for row in db.execute(query):
                for value in row:
                    yield value if isinstance(value, bytes) else str(value).encode()

    return digest(parts())
