"""The reader's desk (desk.json): how far each source was read, the history of fetching, the undo log.

Steps of the undo log are written by `library`, which holds the lock; the rest takes it here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from papertrack import files

UNDO_STEPS = 100
HISTORY = 500

Document = dict[str, Any]


class Reading(NamedTuple):
    """How reading a source stands: when it was last read whole and last tried (ISO 8601 in UTC), what it gave then,
    the day (ISO) it was read to, what is wrong with it and since when."""

    target: str
    read: str | None = None
    tried: str | None = None
    new: int = 0
    updated: int = 0
    known: int = 0
    day: str | None = None
    error: str | None = None
    since: str | None = None


class Desk:
    """The desk of the library at `root`. `now` is ISO 8601 in UTC."""

    def __init__(self, root: Path, *, now: str) -> None:
        self.root = root
        self.now = now

    def _documents(self, table: str) -> list[Document]:
        return list(files.read_tables(self.root / files.DESK).get(table, {}).values())

    def _put(self, table: str, documents: Mapping[str, Document], gone: Sequence[str] = ()) -> None:
        """Set documents by their key, and drop others. Hold the lock."""
        from papertrack import store  # TinyDB; on writing only

        with store.opened(self.root / files.DESK) as database:
            store.put(database, table, documents, gone=frozenset(gone))

    def _append(self, table: str, document: Document, keep: int) -> None:
        """Add a document under the next number, and drop the oldest beyond `keep`."""
        numbers = sorted(int(held["key"]) for held in self._documents(table))
        number = str(numbers[-1] + 1 if numbers else 1)
        oldest = numbers[: max(len(numbers) + 1 - keep, 0)]
        self._put(table, {number: {"key": number, "at": self.now, **document}}, [str(old) for old in oldest])

    # ------------------------------------------------------------------ undo

    def last_step(self) -> Document | None:
        """The last step that still stands: `what`, and `changes` of `key` and the document `before`."""
        return max(self._documents("undo"), key=lambda step: int(step["key"]), default=None)

    def add_step(self, what: str, changes: Sequence[Document]) -> None:
        """Remember what a marking replaces."""
        self._append("undo", {"what": what, "changes": list(changes)}, UNDO_STEPS)

    def drop_step(self, step: Document) -> None:
        """Forget a step that was taken back."""
        self._put("undo", {}, [step["key"]])

    # ------------------------------------------------------------------ fetching

    def readings(self) -> dict[str, Reading]:
        """How reading each source stands, by target."""
        known = set(Reading._fields)
        return {
            document["key"]: Reading(**{k: v for k, v in document.items() if k in known}, target=document["key"])
            for document in self._documents("sources")
        }

    def seen(self) -> dict[str, str]:
        """The last day (ISO) that each source was read to."""
        return {target: reading.day for target, reading in self.readings().items() if reading.day}

    def note(self, readings: Sequence[Reading]) -> None:
        """Note how reading went, once for all targets of a fetch."""
        from papertrack import store

        if not readings:
            return
        with store.locked(self.root):
            said = [{k: v for k, v in reading._asdict().items() if v is not None} for reading in readings]
            self._put("sources", {one["target"]: {"key": one.pop("target"), **one} for one in said})
            self._append("history", {"targets": [reading._asdict() for reading in readings]}, HISTORY)
