"""All records of a library, one at a time, and the few of them that may have faults:
together they may not fit into memory.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path

from papertrack.core import identity
from papertrack.core.model import Record
from papertrack.core.progress import SILENT, Progress
from papertrack.index.verified import digest
from papertrack.library.stored import Located
from papertrack.storage import reading
from papertrack.storage.layout import Documents, months

BYTES_A_KEY = 300
"""About how many bytes of a month's file there are for each key in it."""


class Survey:
    """What is to be looked at closely, and what the index is to be compared with, from
    one pass over all files: call `add` with each.
    """

    def __init__(self, root: Path, progress: Progress = SILENT) -> None:
        self.root = root
        self.progress = progress
        self.marks: Documents = {}
        self.marked: set[str] = set()
        """The keys of marks that papers have."""
        self.files: dict[str, str] = {}
        """The files of papers, each with a digest of it and of the marks of its papers."""
        size = sum((root / name).stat().st_size for name in months(root))
        self._seen = _Seen(size // BYTES_A_KEY)
        self._repeated: set[str] = set()

    def add(self, name: str, body: bytes, records: Sequence[Record]) -> None:
        """Look at the papers of a file, after the marks are known."""
        parts = [body]
        for record in records:
            stated = stated_keys(record)
            self._repeated.update(filter(self._seen.add, stated))
            if identity.best({record.key, *stated}) != record.key:
                self._repeated.update(stated)
            for key in record.keys:
                if key in self.marks:
                    self.marked.add(key)
                    parts.append(json.dumps(self.marks[key]).encode())
        self.files[name] = digest(parts)

    def suspects(self) -> list[Located]:
        """The records that share a key with others, or whose key is not the best of
        theirs, found in a second pass if there are any.
        """
        if not self._repeated:
            return []
        return [
            (name, record)
            for name, record in self._records()
            if not self._repeated.isdisjoint(stated_keys(record))
        ]

    def _records(self) -> Iterator[Located]:
        phase = "finding duplicates"
        for name in self.progress.counted([*self.files], phase, "files"):
            for record in reading.read_records(self.root / name):
                yield name, record


def stated_keys(record: Record) -> set[str]:
    """All keys that the record and its facts have."""
    ids = {key for facts in record.said.values() for key in facts.get("ids", ())}
    return {*record.keys, *filter(identity.is_key, ids)}


class _Seen:
    """Texts that were added: a Bloom filter, which takes one of 100,000 others for
    added.
    """

    BYTES_A_TEXT = 5
    PROBES = 6

    def __init__(self, texts: int) -> None:
        self._bits = bytearray(self.BYTES_A_TEXT * texts + 1000)

    def add(self, text: str) -> bool:
        """Add a text; whether it may have been added before."""
        bits = self._bits
        place = hash(text)
        step = (place >> 32) | 1
        was_added = True
        for _ in range(self.PROBES):
            byte, number = divmod(place % (8 * len(bits)), 8)
            if not bits[byte] & (1 << number):
                bits[byte] |= 1 << number
                was_added = False
            place += step
        return was_added
