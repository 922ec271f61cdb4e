"""The changes of a step of the undo log, while it is being made."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from papertrack.library import new_step
from papertrack.library.undo_log import FOLDER, PAPERS, SAID, Change
from papertrack.storage.layout import Documents
from papertrack.storage.transaction import Transaction

FULL = 1_500
"""So many changes of papers are a full file: 2 MB for papers that are removed."""


class StepChanges:
    """What one edit changes. Those of many papers do not stay in memory.

    What papers were is written to the step's own files as soon as these are full, in the
    same transaction. `first` is the number of the first file: that of the step, if it has
    one file. Where it is None, nothing is written.
    """

    def __init__(
        self, transaction: Transaction, first: Callable[[], int | None]
    ) -> None:
        self._transaction = transaction
        self._first = first
        self._held: list[Change] = []
        self._papers = 0
        self.files = new_step.PaperFiles()

    def add(self, change: Change) -> None:
        """Add a change, after those before it."""
        self._held.append(change)
        if change.table in (PAPERS, SAID):
            self._papers += 1
            if self._papers >= FULL:
                self._write_papers()

    def extend(self, changes: Iterable[Change]) -> None:
        """Add changes."""
        for change in changes:
            self.add(change)

    @property
    def held(self) -> Sequence[Change]:
        """The changes that are not in `files`."""
        return self._held

    def _write_papers(self) -> None:
        """Write the changes of papers to the next file."""
        first = self._first()
        if first is None:
            return
        papers = [one for one in self._held if one.table in (PAPERS, SAID)]
        self._held = [one for one in self._held if one.table not in (PAPERS, SAID)]
        self._papers = 0
        path = f"{FOLDER}/{self.files.add(first, papers)}"
        set_file(self._transaction, path, new_step.in_file(papers))
        self._transaction.stage(path)


def set_file(
    transaction: Transaction, path: str, tables: Mapping[str, Documents]
) -> None:
    """Set the documents of a step's file, by table and key."""
    transaction.delete(path)  # that of a step that was never completed
    for table, documents in tables.items():
        transaction.set(path, table, documents)
