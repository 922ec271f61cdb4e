"""Records that were written to a file, read from it again when they are needed."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from papertrack.core.many_texts import Texts
from papertrack.core.model import Record
from papertrack.storage import reading


class StagedRecords:
    """The records that were set in the file at `path`; only their keys are in memory."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._keys = Texts()

    def add(self, keys: Iterable[str]) -> None:
        """Add records that were set, by key."""
        for key in keys:
            self._keys.append(key)

    def read(self) -> dict[str, Record | None]:
        """All of them by key, None where one was removed, once the file is in its place.

        Raises StoreError.
        """
        numbers = range(len(self._keys))
        records: dict[str, Record | None] = dict.fromkeys(
            map(self._keys.__getitem__, numbers)
        )
        if self._path.exists():
            for record in reading.read_records(self._path):
                if record.key in records:
                    records[record.key] = record
        return records
