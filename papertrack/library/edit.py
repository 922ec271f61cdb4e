"""The half of the library that writes: papers, marks and settings in one transaction.

Importing it loads TinyDB and the lock, 40 ms that reading commands do without.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

from papertrack.core.model import Record
from papertrack.index.index import Index
from papertrack.index.update import FileChange
from papertrack.library import completion_names, undo_log
from papertrack.library.undo_log import Change, Step
from papertrack.storage import backups
from papertrack.storage.layout import DESK, MARKS, months
from papertrack.storage.reading import Tables, by_key, read_tables
from papertrack.storage.transaction import Transaction, transaction

Document = dict[str, Any]


@contextlib.contextmanager
def edit(
    root: Path,
    cache: Path,
    *,
    now: str,
    index: Index | None,
    dry_run: bool,
) -> Iterator[Edit]:
    """One change of the library at `root`, under its lock, written when the block ends.

    All files are written or, if the block raises, none. With `dry_run` nothing is locked
    or written. `index` is needed to change papers or marks. Raises StoreError.
    """
    if dry_run:
        yield Edit(Transaction(root), cache, now=now, index=index)
        return

    def stamp_if_by_lines(name: str) -> Any:
        if index is None:
            return None
        stamp, by_lines = index.stamp(name)
        return stamp if by_lines else None

    with transaction(root, stamp_if_by_lines) as changes:
        if index is not None:
            index.refresh()
        one = Edit(changes, cache, now=now, index=index)
        yield one
        one.commit()


class Edit:
    """What one transaction changes. `now` is ISO 8601 in UTC."""

    def __init__(
        self,
        changes: Transaction,
        cache: Path,
        *,
        now: str,
        index: Index | None,
    ) -> None:
        self.root = changes.root
        self.cache = cache
        self.now = now
        self._transaction = changes
        self._index = index
        self._records: dict[str, dict[str, Record | None]] = {}
        self._changes: list[Change] = []
        self._files: set[str] = set()
        self._tables: set[str] = set()

    @property
    def index(self) -> Index:
        """The index, for changes of papers and marks."""
        assert self._index is not None
        return self._index

    # ------------------------------------------------------------------ papers, marks

    def set_records(self, file: str, records: Mapping[str, Record | None]) -> None:
        """Set records of a month's file by key; None removes one."""
        self._records.setdefault(file, {}).update(records)
        documents = {
            key: None if record is None else record.as_json()
            for key, record in records.items()
        }
        self._transaction.set(file, "papers", documents)

    def replace_months(self, bodies: Iterable[tuple[str, bytes]]) -> None:
        """Replace the files of all months by others: pairs of name and content."""
        for name in months(self.root):
            self._transaction.delete(name)
        for name, body in bodies:
            self._transaction.put(name, body)

    def set_marks(self, documents: Mapping[str, Document | None]) -> int:
        """Set documents of marks.json by key, None removes one; how many changed."""
        before = self.index.marks()
        changed = {
            key: document
            for key, document in documents.items()
            if before.get(key) != document
        }
        self._changes += [
            Change(undo_log.MARKS, key, before.get(key)) for key in changed
        ]
        self._set(MARKS, "marks", changed)
        return len(changed)

    # ------------------------------------------------------------------ settings

    def set(
        self,
        table: str,
        documents: Mapping[str, Document | None],
        *,
        undoable: bool = True,
    ) -> None:
        """Set documents of a table of desk.json by key; None removes one."""
        before = self.documents(table)
        if undoable:
            self._changes += [Change(table, key, before.get(key)) for key in documents]
        self._set(DESK, table, documents)
        self._tables.add(table)
        for key, document in documents.items():
            if document is None:
                before.pop(key, None)
            else:
                before[key] = document

    def documents(self, table: str) -> dict[str, Document]:
        """The documents of a table of desk.json by key, as changed so far."""
        return self._settings.setdefault(table, {})

    @cached_property
    def _settings(self) -> dict[str, dict[str, Document]]:
        tables: Tables = read_tables(self.root / DESK)
        return {name: by_key(rows.values()) for name, rows in tables.items()}

    def _set(
        self,
        file: str,
        table: str,
        documents: Mapping[str, Document | None],
    ) -> None:
        if documents:
            self._files.add(file)
        self._transaction.set(file, table, documents)

    # ------------------------------------------------------------------ undo log

    @property
    def steps(self) -> list[Step]:
        """The undo log, oldest first, without a last step whose marks were not written."""
        steps = undo_log.read(self.documents("undo").values())
        if self._index is None:
            return steps
        return undo_log.completed(steps, self._index.marks())

    def log(
        self,
        what: str,
        *,
        undoes: Sequence[int] = (),
        archive: str | None = None,
        continues: Step | None = None,
    ) -> Step:
        """Log the changes so far as one step that can be undone, and return it.

        A step that it `continues` becomes part of it.
        """
        steps = self.steps
        changes = self._changes
        removed = self.documents("undo").keys() - {str(step.number) for step in steps}
        if continues is not None:
            steps.remove(continues)
            removed.add(str(continues.number))
            changes = undo_log.first_of_each([*continues.changes(self.root), *changes])
        number = steps[-1].number + 1 if steps else 1
        document = undo_log.document(
            number, self.now, what, changes, undoes=undoes, archive=archive
        )
        in_file = undo_log.move_to_file(document)
        (step,) = undo_log.read([document])
        outgrown = undo_log.outgrown(self.root, [*steps, step], in_file)
        for old in outgrown:
            removed.add(str(old.number))
            if old.file:
                self._transaction.delete(f"{undo_log.FOLDER}/{old.file}")
        if step.file:
            name = f"{undo_log.FOLDER}/{step.file}"
            self._transaction.delete(name)  # that of a step that was never completed
            self._transaction.set(name, "changes", in_file)
        removed.discard(str(number))
        self.set(
            "undo", {**dict.fromkeys(removed), str(number): document}, undoable=False
        )
        return step

    # ------------------------------------------------------------------ writing

    def commit(self) -> None:
        """Write what changed, all or nothing, and bring the index up to date."""
        for name in self._files:
            backups.keep(self.root, name, self.now)
        written = self._transaction.commit()
        if self._index is not None:
            changed: dict[str, FileChange] = {}
            for name, (before, after, changes) in written.items():
                if name in self._records:
                    changed[name] = FileChange(before, after, self._records[name])
                elif name == MARKS:
                    changed[name] = FileChange(before, after, changes["marks"])
            self._index.refresh(changed)
        if self._tables & completion_names.TABLES.keys():
            completion_names.write(self.root, self.cache)
