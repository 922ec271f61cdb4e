"""What undoing steps restores; the papers wait on disk: they may be all of the library."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from typing import Any, NamedTuple

from papertrack.core.model import Record
from papertrack.index.index import Index
from papertrack.library import temporary
from papertrack.library.storing import month_of
from papertrack.library.temporary import Database
from papertrack.library.undo_log import PAPERS, SAID, Change, Step
from papertrack.storage.layout import Document

AT_ONCE = 2_000
"""So many papers are in memory at once: records take 5 KB each."""

_TABLES = """
CREATE TABLE change (
    step INTEGER, name TEXT, key TEXT, before TEXT, added TEXT, month TEXT,
    is_related INTEGER DEFAULT 0, UNIQUE (name, key)
);
CREATE TABLE place (file TEXT, main TEXT, change INTEGER);
CREATE TABLE leaving (file TEXT, key TEXT, PRIMARY KEY (file, key)) WITHOUT ROWID;
"""

_ADD = """
INSERT INTO change (step, name, key, before, added, month) VALUES (?, ?, ?, ?, ?, ?)
ON CONFLICT (name, key) DO UPDATE
SET (step, before, added, month)
  = (excluded.step, excluded.before, excluded.added, excluded.month)
WHERE step != excluded.step
"""
"""Of one step the first change of a document counts, of several steps the oldest."""

_REMOVED = f"FROM change WHERE name = '{PAPERS}' AND before IS NOT NULL"


class OfFile(NamedTuple):
    """What is restored of papers that are in one file, by their present main keys.

    `new` are those that were added, and are to be removed: `added` says when which keys
    were. `said` are changes of what services stated.
    """

    new: Collection[str]
    added: dict[str, str]
    said: dict[str, list[Change]]


@contextmanager
def to_restore(steps: Iterable[Step], root: Path) -> Iterator[ToRestore]:
    """What undoing these steps, newest first, restores: for each document one change.

    Papers that were changed after an archive was restored are not among them: undoing that
    restores all papers. Raises StoreError if the file of a step is missing.
    """
    with temporary.database(_TABLES) as db:
        yield ToRestore(db, steps, root)


class ToRestore:
    """The changes that restore what steps replaced; see `to_restore`.

    `tables` has the documents of marks and settings by table and key, None where there
    was none.
    """

    def __init__(self, db: Database, steps: Iterable[Step], root: Path) -> None:
        self.tables: dict[str, dict[str, Document | None]] = {}
        self._db = db
        for step in steps:
            self._add(step, root)
        self.has_papers = self._has(f"FROM change WHERE name = '{PAPERS}'")
        self.has_removed = self._has(_REMOVED)

    def _add(self, step: Step, root: Path) -> None:
        if step.archive:
            self._db.execute("DELETE FROM change")
        own: dict[str, dict[str, Document | None]] = {}
        changes = step.each_change(root)
        while some := list(islice(changes, AT_ONCE)):
            of_papers: list[Change] = []
            for change in some:
                if change.table in (PAPERS, SAID):
                    of_papers.append(change)
                else:
                    own.setdefault(change.table, {}).setdefault(
                        change.key, change.before
                    )
            rows = (_row(step, change) for change in of_papers)
            self._db.executemany(_ADD, rows)
        for table, documents in own.items():
            self.tables.setdefault(table, {}).update(documents)

    def _has(self, what: str) -> bool:
        return self._db.execute(f"SELECT 1 {what}").fetchone() is not None

    # ------------------------------------------------------------------ added papers

    def of_files(self, index: Index) -> Iterator[OfFile]:
        """What is restored of the papers that are in the library, file by file."""
        self._place(index)
        query = "SELECT DISTINCT file FROM place ORDER BY file"
        for (file,) in self._db.execute(query).fetchall():
            yield self._of_file(file)

    def _place(self, index: Index) -> None:
        """Find where the papers are."""
        query = (
            "SELECT rowid, name, key FROM change "
            f"WHERE NOT (name = '{PAPERS}' AND before IS NOT NULL)"
        )
        changes = self._db.execute(query)
        while some := changes.fetchmany(AT_ONCE):
            of_paper: dict[str, list[int]] = {}
            for number, name, key in some:
                paper = Change(name, key, None).paper
                of_paper.setdefault(paper, []).append(number)
            for alias, main, file in index.located(of_paper):
                places = ((file, main, number) for number in of_paper[alias])
                self._db.executemany("INSERT INTO place VALUES (?, ?, ?)", places)
        self._db.execute("CREATE INDEX place_of_file ON place (file)")

    def _of_file(self, file: str) -> OfFile:
        query = (
            "SELECT main, name, key, before, added FROM place "
            "JOIN change ON change.rowid = place.change WHERE file = ?"
        )
        new: dict[str, None] = {}
        added: dict[str, str] = {}
        said: dict[str, list[Change]] = {}
        for main, name, key, before, time in self._db.execute(query, (file,)):
            if name == PAPERS:
                new[main] = None
                added[key] = time
            else:
                change = Change(name, key, json.loads(before))
                said.setdefault(main, []).append(change)
        return OfFile(new, added, said)

    def added(self, keys: Iterable[str]) -> dict[str, str]:
        """When those of these keys were added that were."""
        query = (
            f"SELECT added FROM change WHERE name = '{PAPERS}' AND key = ? "
            "AND before IS NULL"
        )
        found: dict[str, str] = {}
        for key in keys:
            for (time,) in self._db.execute(query, (key,)):
                found[key] = time
        return found

    # ------------------------------------------------------------------ removed papers

    def leave(self, places: Iterable[tuple[str, str]]) -> None:
        """Note records, by file and key, that are removed now."""
        add = "INSERT OR IGNORE INTO leaving VALUES (?, ?)"
        self._db.executemany(add, places)

    def is_leaving(self, file: str, key: str) -> bool:
        """Whether a record is removed now."""
        query = "SELECT 1 FROM leaving WHERE (file, key) = (?, ?)"
        return self._db.execute(query, (file, key)).fetchone() is not None

    def drop_removed(self, keys: Iterable[str]) -> None:
        """Take removed papers out, which are in the library under these keys."""
        delete = f"DELETE {_REMOVED} AND key = ?"
        self._db.executemany(delete, ((key,) for key in keys))

    def removed(self, *, related: bool = False) -> Iterator[list[Record]]:
        """The records of removed papers, some at once, by the months of their files.

        They are those that are `related` to papers in the library, or the others.
        """
        query = f"SELECT before {_REMOVED} AND is_related = ? ORDER BY month"
        found = self._db.execute(query, (related,))
        while some := found.fetchmany(AT_ONCE):
            yield [Record.from_json(json.loads(before)) for (before,) in some]

    def set_related(self, key: str) -> None:
        """Note that a removed paper is related to papers in the library."""
        query = f"UPDATE change SET is_related = 1 WHERE name = '{PAPERS}' AND key = ?"
        self._db.execute(query, (key,))


def _row(step: Step, change: Change) -> tuple[Any, ...]:
    before = None
    month = None
    if change.before is not None:
        before = json.dumps(change.before)
        if change.table == PAPERS:
            month = month_of(Record.from_json(change.before))
    return (step.number, change.table, change.key, before, change.added, month)
