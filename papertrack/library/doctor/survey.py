"""All records of a library, one at a time, and the few of them that may have faults:
together they may not fit into memory.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from pathlib import Path
from typing import NamedTuple

from papertrack.core import identity
from papertrack.core.model import Record
from papertrack.core.progress import SILENT, Progress
from papertrack.library.stored import Located
from papertrack.storage import reading
from papertrack.storage.layout import months

BYTES_A_KEY = 300
"""About how many bytes of a month's file there are for each key in it."""


class StoredRecords:
    """The records of a library, each with the name of its file; they are read anew
    whenever they are iterated over. Raises StoreError.
    """

    def __init__(self, root: Path, progress: Progress = SILENT) -> None:
        self._root = root
        self._names = months(root)
        self._progress = progress

    def records(self, phase: str) -> Iterator[Located]:
        """The records, reported in this phase."""
        for name in self._progress.counted(self._names, phase, "files"):
            for record in reading.read_records(self._root / name):
                yield name, record

    @property
    def size(self) -> int:
        """The bytes of all files."""
        return sum((self._root / name).stat().st_size for name in self._names)


class Survey(NamedTuple):
    """The records that share a key with others, or whose key is not the best of theirs,
    and the keys of marks that papers have.
    """

    suspects: list[Located]
    marked: set[str]


def survey(stored: StoredRecords, marks: Container[str]) -> Survey:
    """What is to be looked at closely, found in a second pass if there is any."""
    seen = _Seen(stored.size // BYTES_A_KEY)
    repeated: set[str] = set()
    marked: set[str] = set()
    for _, record in stored.records("checking keys"):
        stated = stated_keys(record)
        repeated.update(filter(seen.add, stated))
        if identity.best({record.key, *stated}) != record.key:
            repeated.update(stated)
        marked.update(key for key in record.keys if key in marks)
    suspects = []
    if repeated:
        for name, record in stored.records("finding duplicates"):
            if not repeated.isdisjoint(stated_keys(record)):
                suspects.append((name, record))
    return Survey(suspects, marked)


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
