"""Changing a library: all that one step changes is written together, or not at all."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator, Set
from pathlib import Path

from papertrack.core.progress import SILENT, Progress
from papertrack.storage.edit import edited
from papertrack.storage.folder import Folder
from papertrack.storage.journal import Staging
from papertrack.storage.layout import (
    Changes,
    NewDocuments,
    Stamp,
    Written,
)
from papertrack.storage.lock import locked
from papertrack.storage.reading import read_stamped

Layout = Callable[[str], Stamp | None]
"""The stamp under which a file is known to have one document per line, by its name."""


@contextlib.contextmanager
def transaction(
    folder: Folder,
    layout: Layout = lambda name: None,
    progress: Progress = SILENT,
) -> Iterator[Transaction]:
    """Changes to a library, under its lock, committed when the block ends.

    Nothing is changed if the block raises. Raises Busy, StoreError.
    """
    with locked(folder):
        changes = Transaction(folder, layout, progress)
        try:
            yield changes
            changes.commit()
        finally:
            changes.discard()


class Transaction:
    """Changes to a library that are written together. Hold the lock."""

    def __init__(
        self,
        folder: Folder,
        layout: Layout = lambda name: None,
        progress: Progress = SILENT,
    ) -> None:
        self.root = folder.root
        self._staging = Staging(folder)
        self._layout = layout
        self._progress = progress
        self._changes: dict[str, Changes] = {}
        self._staged: set[str] = set()
        self._written: dict[str, Written] = {}
        self._deleted: set[str] = set()

    def set(
        self,
        name: str,
        table: str,
        documents: NewDocuments,
    ) -> None:
        """Set documents of a table by key; None removes one."""
        if documents:
            tables = self._changes.setdefault(name, {})
            tables.setdefault(table, {}).update(documents)

    def edited(self) -> Set[str]:
        """The files whose documents are set and not yet written."""
        return self._changes.keys()

    def put(self, name: str, body: bytes) -> None:
        """Replace a whole file. Raises StoreError."""
        self._forget(name)
        self._staging.stage(name, body)
        self._staged.add(name)
        self._deleted.discard(name)

    def delete(self, name: str) -> None:
        """Delete a file."""
        self._forget(name)
        self._staged.discard(name)
        self._deleted.add(name)

    def keep(self, name: str) -> None:
        """Leave a file as it is, whatever was to become of it."""
        self._forget(name)
        self._staged.discard(name)
        self._deleted.discard(name)

    def _forget(self, name: str) -> None:
        self._changes.pop(name, None)
        self._written.pop(name, None)

    def stage(self, name: str) -> None:
        """Write a file with its changes so far where it waits for `commit`.

        Until then they are in memory. Raises StoreError.
        """
        tables = self._changes.pop(name)
        earlier = self._written.get(name)
        before, body = read_stamped(self._path(name))
        known = earlier.after if earlier else self._layout(name)
        new = edited(
            self.root / name,
            body,
            tables,
            by_lines=before is not None and before == known,
        )
        if new == body:
            return
        after = self._staging.stage(name, new)
        if earlier:
            self._written[name] = earlier._replace(after=after)
        elif name not in self._staged:
            self._written[name] = Written(before, after)
        self._staged.add(name)

    def commit(self) -> dict[str, Written]:
        """Write all changes so far; the files in which documents were set, for the index.

        A file that was replaced as a whole is not among them. Raises StoreError.
        """
        for name in self._progress.counted(list(self._changes), "writing", "files"):
            self.stage(name)
        if self._staged or self._deleted:
            self._staging.commit(self._staged, self._deleted - self._staged)
        written, self._written = self._written, {}
        self._staged = set()
        self._deleted = set()
        return written

    def discard(self) -> None:
        """Drop what was not committed."""
        self._staging.discard()

    def _path(self, name: str) -> Path:
        """The file as changed so far."""
        if name in self._staged or name in self._deleted:
            return self._staging.path(name)
        return self.root / name
