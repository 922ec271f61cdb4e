"""Updating the index with the library's files that changed, by whatever means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import permutations
from pathlib import Path
from sqlite3 import Connection

from papertrack.core.model import Record
from papertrack.core.progress import SILENT, Progress
from papertrack.index.files import (
    FileChange,
    file_numbers,
    set_own_layout,
    store_stamps,
)
from papertrack.index.marks import (
    FindMark,
    differing,
    mark_of,
    mark_papers,
    rids_of,
    stored_marks,
    update_marks,
)
from papertrack.index.prepared import Preparing, Row, Unprepared, prepared, row_of
from papertrack.index.rows import Rows
from papertrack.index.schema import (
    FEW_AT_ONCE,
    MANY_AT_ONCE,
    column,
    meta_of,
    set_full_text,
    stamps_of,
)
from papertrack.index.vocabulary import ANEW
from papertrack.joining.settle import date_of
from papertrack.storage import layout, plans, reading
from papertrack.storage.folder import Folder

Part = tuple[str, Record]
"""A record, after the name of its file."""

RECORDS_AT_ONCE = 2_000
"""So many changed records are applied together."""


@dataclass(slots=True)
class Series:
    """Updates that follow each other, as in an import: they have changed so many papers
    so far.
    """

    papers: int = 0

    def is_long(self, papers: int) -> bool:
        """Whether it has changed many, of so many papers in the library."""
        return self.papers > ANEW * papers


class Unstable(Exception):
    """Several files were being replaced together while they were read: the result may
    be a mixture.
    """


def update(
    db: Connection,
    folder: Folder,
    changes: Mapping[str, FileChange],
    *,
    alone: bool,
    preparing: Preparing,
    series: Series | None = None,
    progress: Progress = SILENT,
) -> set[str]:
    """Update the index with what changed in the library, in one transaction; returns
    the files that did.

    `changes` are papertrack's own, whose files need not be read. `alone` is true if the
    library is locked, so that nobody replaces files meanwhile. The update is one of a
    `series`, if there is one. Raises StoreError, sqlite3.Error, Crowded, Unstable.
    """
    root = folder.root
    # After a power cut, stamps that were not written make the index read files again.
    db.execute("PRAGMA synchronous = OFF")
    db.execute("BEGIN IMMEDIATE")
    with db:
        stamps = layout.stamps(root)
        known = stamps_of(db)
        changed = differing(stamps, known)
        trusted: dict[str, FileChange] = {}
        for name, change in changes.items():
            stated = (change.before, change.after)
            if stated == (known.get(name), stamps.get(name)):
                trusted[name] = change
        present = changed & stamps.keys()
        new = {name: stamps[name] for name in present}
        store_stamps(db, new)
        set_own_layout(db, trusted)
        meta = meta_of(db)
        is_part = series is not None and series.is_long(meta.papers)
        if is_part:
            set_full_text(db, **MANY_AT_ONCE)
        rows = Rows(db, meta.bits, progress, is_part=is_part)
        marked: set[str] = set()
        marks_change = trusted.pop(layout.MARKS, None)
        if layout.MARKS in changed:
            marked = update_marks(db, root, marks_change)
        months = changed - {layout.MARKS}
        progress.report("indexing")
        is_known = months == trusted.keys()
        if not is_known or not _apply(db, trusted, rows, preparing):
            update_in_turn(db, root, months, rows, "indexing")
        mark_papers(db, marked, rows)
        for name in changed - stamps.keys():
            db.execute("DELETE FROM file WHERE name = ?", (name,))
        if series is not None:
            series.papers += rows.changed
        rows.finish()
        if is_part:
            set_full_text(db, **FEW_AT_ONCE)
        if not alone and _being_replaced(folder, stamps):
            raise Unstable
    return changed


def _being_replaced(folder: Folder, stamps: Mapping[str, layout.Stamp]) -> bool:
    """Whether several files are being replaced together, or were since `stamps`; a
    single file is never half new.
    """
    current = layout.stamps(folder.root)
    changed = differing(current, stamps)
    if len(changed) > 1:
        return True
    return plans.is_half_done(folder)


# ------------------------------------------------------------------ months


def _apply(
    db: Connection,
    changes: Mapping[str, FileChange],
    rows: Rows,
    preparing: Preparing,
) -> bool:
    """Apply changes of months without reading these; False if other papers are
    concerned.
    """
    for name in changes:
        query = "SELECT other FROM twin WHERE name = ?"
        if column(db, query, (name,)):
            return False
    few = _few_at_once(changes)
    return all(_apply_some(db, some, rows, preparing) for some in few)


def _few_at_once(
    changes: Mapping[str, FileChange],
) -> Iterator[dict[str, Mapping[str, Record | None]]]:
    """What changed in files, by their names and by key, so much that it fits into
    memory.
    """
    some: dict[str, Mapping[str, Record | None]] = {}
    count = 0
    for name, change in changes.items():
        some[name] = change.changed()
        count += len(some[name])
        if count >= RECORDS_AT_ONCE:
            yield some
            some = {}
            count = 0
    if some:
        yield some


def _apply_some(
    db: Connection,
    changes: Mapping[str, Mapping[str, Record | None]],
    rows: Rows,
    preparing: Preparing,
) -> bool:
    """Apply what changed in files, by their names and by key."""
    numbers = file_numbers(db)
    written: set[int] = set()
    changed: set[str] = set()
    aliases: set[str] = set()
    present: list[tuple[Record, int]] = []
    for name, records in changes.items():
        written.add(numbers[name])
        changed.update(records)
        for record in records.values():
            if record is not None:
                aliases.update(record.keys)
                present.append((record, numbers[name]))
    known = rids_of(db, changed | aliases)
    for rid in known:
        query = "SELECT key, file FROM paper WHERE rid = ?"
        key, file = db.execute(query, (rid,)).fetchone()
        if key not in changed or file not in written:
            return False
    find = stored_marks(db, aliases)
    new: list[Unprepared] = [
        (record, mark_of(record.keys, find), file) for record, file in present
    ]
    if known:
        rows.replace(known, preparing.prepare(new))
    else:
        # Row ids are in the order of days: some are added while others are prepared.
        new.sort(key=lambda one: date_of(one[0]) or "")
        rows.add_in_order(preparing.prepare(new), len(new))
    return True


def record_row(
    record: Record,
    find: FindMark,
    file: int,
) -> Row:
    """The row of a record, with the mark of its keys."""
    mark = mark_of(record.keys, find)
    return row_of(record, mark, file)


def update_in_turn(
    db: Connection,
    root: Path,
    names: set[str],
    rows: Rows,
    phase: str,
) -> None:
    """Update the papers of files, one file after the other: all at once may not fit
    into memory.
    """
    waiting = set(names)
    while waiting:
        rows.progress.report(phase, len(names) - len(waiting), len(names), "files")
        with rows.progress.within():
            waiting -= update_months(db, root, {min(waiting)}, rows)


def update_months(
    db: Connection,
    root: Path,
    names: set[str],
    rows: Rows,
) -> set[str]:
    """Update the papers of files, and of those with parts of the same papers; returns
    all these files.
    """
    stored = _read_related(db, root, names)
    numbers = file_numbers(db)
    papers, shared = _joined(stored)
    find = stored_marks(db, (key for _, record in papers for key in record.keys))
    new: dict[str, Row] = {}
    for name, record in rows.progress.counted(papers, "indexing", "papers"):
        new[record.key] = record_row(record, find, numbers[name])
    query = (
        "SELECT rid, key, body FROM paper JOIN doc USING (rid) "
        "WHERE file = (SELECT id FROM file WHERE name = ?)"
    )
    outdated: list[int] = []
    for name in stored:
        for rid, key, body in db.execute(query, (name,)):
            row = new.get(key)
            state = (numbers[name], body)
            if row and (row.file, row.body) == state:
                del new[key]
            else:
                outdated.append(rid)
        db.execute("DELETE FROM twin WHERE name = ?", (name,))
    rows.replace(outdated, map(prepared, new.values()))
    db.executemany("INSERT INTO twin VALUES (?, ?)", shared)
    return set(stored)


def _read_related(
    db: Connection,
    root: Path,
    names: set[str],
) -> dict[str, list[Record]]:
    """The records of these files, and of all files with a paper that has a key of one
    of theirs.

    A paper has parts in two files after a crash between them, or after git merged
    copies.
    """
    query = (
        "SELECT DISTINCT f.name FROM alias JOIN paper p USING (rid) "
        "JOIN file f ON f.id = p.file WHERE alias = ?"
    )
    stored: dict[str, list[Record]] = {}
    waiting = set(names)
    while waiting:
        name = min(waiting)
        records = list(reading.read_records(root / name))
        stored[name] = records
        twins = "SELECT other FROM twin WHERE name = ?"
        waiting.update(column(db, twins, (name,)))
        for key in {key for record in records for key in record.keys}:
            waiting.update(column(db, query, (key,)))
        waiting -= stored.keys()
    return stored


def _joined(
    stored: Mapping[str, list[Record]],
) -> tuple[list[Part], set[tuple[str, str]]]:
    """The papers of these files, each with its file, and the pairs of files with parts
    of one paper.
    """
    from papertrack.joining.records import join_parts  # 2 % of a `tag add`

    parts = {
        (name, number): record
        for name in sorted(stored)
        for number, record in enumerate(stored[name])
    }
    papers: list[tuple[str, Record]] = []
    shared: set[tuple[str, str]] = set()
    for paper in join_parts(parts):
        places = sorted(paper.origins)
        homes = [place for place in places if parts[place].key == paper.record.key]
        papers.append(((homes or places)[0][0], paper.record))
        shared.update(permutations({name for name, _ in places}, 2))
    return papers, shared
