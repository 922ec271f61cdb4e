"""The half of the library that writes: papers, marks and settings in one transaction.

Importing it loads TinyDB and the lock, 40 ms that reading commands do without.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path

from papertrack.core.model import Record
from papertrack.core.progress import SILENT, Progress
from papertrack.index.files import FileChange
from papertrack.index.index import Index
from papertrack.library import completion_names, new_step, undo_log
from papertrack.library.staged_records import StagedRecords
from papertrack.library.step_changes import StepChanges, set_file
from papertrack.library.undo_log import Change, Step
from papertrack.storage import backups
from papertrack.storage.folder import Folder, check
from papertrack.storage.layout import (
    DESK,
    MARKS,
    Document,
    Documents,
    NewDocuments,
    Stamp,
    months,
)
from papertrack.storage.reading import Tables, read_by_key
from papertrack.storage.transaction import Transaction, transaction

STAGED_AT = 3_000
"""So many changed records are written before the edit is complete: they take 5 KB each."""


@contextlib.contextmanager
def edit(
    folder: Folder,
    cache: Path,
    *,
    now: str,
    index: Index | None,
    dry_run: bool,
    progress: Progress = SILENT,
) -> Iterator[Edit]:
    """One change of the library in `folder`, under its lock, written when the block ends.

    All files are written or, if the block raises, none. With `dry_run` nothing is locked
    or written. `index` is needed to change papers or marks. Raises StoreError.
    """
    if dry_run:
        check(folder, writing=True)
        yield Edit(
            Transaction(folder),
            cache,
            now=now,
            index=index,
            dry_run=True,
        )
        return

    def stamp_if_by_lines(name: str) -> Stamp | None:
        if index is not None:
            stamp, is_by_lines = index.stamp(name)
            if is_by_lines:
                return stamp
        return None

    with (
        progress.working(),
        transaction(folder, stamp_if_by_lines, progress) as changes,
    ):
        if index is not None:
            index.refresh()
        one = Edit(
            changes,
            cache,
            now=now,
            index=index,
        )
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
        dry_run: bool = False,
    ) -> None:
        self.root = changes.root
        self.cache = cache
        self.now = now
        self.file_sizes: dict[str, int] = {}
        """The sizes of the files that papers were added to."""
        self._transaction = changes
        self._index = index
        self._dry_run = dry_run
        self._records: dict[str, dict[str, Record | None]] = {}
        self._record_count = 0
        self._staged: dict[str, StagedRecords] = {}
        self._changes = StepChanges(changes, lambda: undo_log.next_number(self.steps))
        self._tables: set[str] = set()
        self._marks: dict[str, Document | None] = {}

    @property
    def index(self) -> Index:
        """The index, for changes of papers and marks."""
        assert self._index is not None
        return self._index

    # ------------------------------------------------------------------ papers, marks

    def set_records(
        self,
        file: str,
        records: Mapping[str, Record | None],
    ) -> None:
        """Set records of a month's file by key; None removes one.

        Many do not stay in memory. See `note` for what undo needs to know.
        """
        if self._dry_run:
            return
        self._records.setdefault(file, {}).update(records)
        documents: dict[str, Document | None] = dict.fromkeys(records)
        for key, record in records.items():
            if record is not None:
                documents[key] = record.as_json()
        self._transaction.set(file, "papers", documents)
        self._record_count += len(records)
        if self._record_count >= STAGED_AT:
            self._stage_records()

    def _stage_records(self) -> None:
        """Write the files of all records so far where they wait for the commit."""
        for file, records in self._records.items():
            self._transaction.stage(file)
            staged = self._staged.setdefault(file, StagedRecords(self.root / file))
            staged.add(records)
        self._records = {}
        self._record_count = 0

    def replace_months(self, bodies: Iterable[tuple[str, bytes]]) -> None:
        """Replace the files of all months by others: pairs of name and content."""
        for name in months(self.root):
            self._transaction.delete(name)
        for name, body in bodies:
            self._transaction.put(name, body)

    def set_marks(self, documents: NewDocuments) -> int:
        """Set documents of marks.json by key, None removes one; how many changed."""
        before = self.index.marks()
        changed = {}
        for key, document in documents.items():
            old = before.get(key)
            if document != old:
                changed[key] = document
                self._changes.add(Change(undo_log.MARKS, key, old))
        self._transaction.set(MARKS, "marks", changed)
        self._marks |= changed
        return len(changed)

    # ------------------------------------------------------------------ settings

    def set(
        self,
        table: str,
        documents: NewDocuments,
        *,
        undoable: bool = True,
    ) -> None:
        """Set documents of a table of desk.json by key; None removes one."""
        stored = self.documents(table)
        self._transaction.set(DESK, table, documents)
        self._tables.add(table)
        for key, document in documents.items():
            before = stored.pop(key, None)
            if undoable:
                self._changes.add(Change(table, key, before))
            if document is not None:
                stored[key] = document

    def documents(self, table: str) -> Documents:
        """The documents of a table of desk.json by key, as changed so far."""
        return self._settings.setdefault(table, {})

    @cached_property
    def _settings(self) -> Tables:
        return read_by_key(self.root / DESK)

    # ------------------------------------------------------------------ undo log

    def note(self, change: Change) -> None:
        """Note a change for the step of the undo log: of a paper added or removed."""
        if not self._dry_run:
            self._changes.add(change)

    @property
    def steps(self) -> list[Step]:
        """The undo log, oldest first, without a last step whose marks were not written."""
        marks = None
        if self._index is not None:
            marks = self._index.marks()
        return undo_log.read(self.documents("undo"), marks)

    def log(
        self,
        what: str,
        *,
        undoes: Sequence[int] = (),
        archive: str | None = None,
        papers: int | None = None,
        continues: Step | None = None,
    ) -> Step:
        """Log the changes so far as one step that can be undone, and return it.

        `papers` is to how many it was done, if not to those that changed. A step that it
        `continues` becomes part of it.
        """
        steps = self.steps
        new = new_step.stored_step(
            undo_log.next_number(steps),
            self.now,
            what,
            self._changes.held,
            written=self._changes.files,
            undoes=undoes,
            archive=archive,
            papers=papers,
            continues=continues,
        )
        if continues is not None:
            steps.remove(continues)
        return self._add_step(new, steps)

    def log_again(self, step: Step, what: str) -> Step | None:
        """Replace a step of marks by one with its changes and those of this edit.

        Where they cancel each other out, no step is left. Raises StoreError.
        """
        steps = self.steps
        number = undo_log.next_number(steps)
        steps.remove(step)
        for name in step.files:
            self._transaction.delete(f"{undo_log.FOLDER}/{name}")
        changes = undo_log.first_of_each(
            [*step.changes(self.root), *self._changes.held]
        )
        changes = [one for one in changes if self._mark(one.key) != one.before]
        if not changes:
            self.set("undo", {str(step.number): None}, undoable=False)
            return None
        return self._add_step(
            new_step.stored_step(number, self.now, what, changes), steps
        )

    def _mark(self, key: str) -> Document | None:
        """The document of a mark, as changed so far."""
        if key in self._marks:
            return self._marks[key]
        return self.index.marks().get(key)

    def _add_step(self, new: new_step.NewStep, steps: Sequence[Step]) -> Step:
        """Store a new step after these; others, and what has outgrown, are removed."""
        stored = self.documents("undo")
        removed = stored.keys() - {str(step.number) for step in steps}
        key = new.document["key"]
        (step,) = undo_log.read({key: new.document})
        for old in new_step.outgrown(self.root, [*steps, step], new.size):
            removed.add(str(old.number))
            for name in old.files:
                self._transaction.delete(f"{undo_log.FOLDER}/{name}")
        for name, tables in new.files.items():
            set_file(self._transaction, f"{undo_log.FOLDER}/{name}", tables)
        removed.discard(key)
        self.set("undo", {**dict.fromkeys(removed), key: new.document}, undoable=False)
        return step

    # ------------------------------------------------------------------ writing

    def commit(self) -> None:
        """Write what changed, all or nothing, and bring the index up to date."""
        for name in self._transaction.edited() & {MARKS, DESK}:
            backups.keep(self.root, name, self.now)
        if self._staged:
            self._stage_records()
        written = self._transaction.commit()
        if self._index is not None:
            refreshed: dict[str, FileChange] = {}
            for name, (before, after) in written.items():
                changed = self._changed_in(name)
                if changed is not None:
                    refreshed[name] = FileChange(before, after, changed)
            self._index.refresh(refreshed)
        if self._tables & completion_names.TABLES.keys():
            completion_names.write(self.root, self.cache)

    def _changed_in(self, name: str) -> Callable[[], Mapping[str, object]] | None:
        """What reads the changes of a file; None for one that is not indexed."""
        if name == MARKS:
            return lambda: self._marks
        if name in self._staged:
            return self._staged[name].read
        if name in self._records:
            return lambda: self._records[name]
        return None
