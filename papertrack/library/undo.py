"""Undo and redo of any number of steps, and removing papers: each one transaction.

Undoing is a step too, so that redo undoes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from papertrack.core.model import Record
from papertrack.index.index import Index
from papertrack.joining import libraries
from papertrack.joining.records import Merge
from papertrack.library import enriching, stored, storing, undo_log
from papertrack.library.edit import Edit
from papertrack.library.settings import Settings
from papertrack.library.stored import Parts, Place
from papertrack.library.undo_log import Change, Step
from papertrack.storage import archive, backups
from papertrack.storage.json_lines import dumped
from papertrack.storage.layout import (
    BACKUPS,
    FORMAT_TABLE,
    PAPERS,
    Document,
    NewDocuments,
)
from papertrack.storage.reading import Tables, numbered, parse_tables, records


class Undone(NamedTuple):
    """The steps undone, newest first, and how many papers stay that they had added.

    Those stay that were marked since, or joined with a paper added before.
    """

    steps: Sequence[Step] = ()
    stay: int = 0

    def __bool__(self) -> bool:
        """Whether there was anything to undo."""
        return bool(self.steps)


def undo(settings: Settings, index: Index, count: int) -> Undone:
    """Undo the last `count` steps, as one step. Raises StoreError."""
    with settings.edit(index) as edit:
        steps = undo_log.undoable(edit.steps)[:count]
        undone = _undo(edit, steps, "undid: ")
    backups.delete_old_saved(settings.root)
    return undone


def redo(settings: Settings, index: Index, count: int) -> Undone:
    """Undo the last `count` undoings, unless something was changed since; as one step."""
    with settings.edit(index) as edit:
        steps = undo_log.redoable(edit.steps)[:count]
        undone = _undo(edit, steps, "redid: ")
    backups.delete_old_saved(settings.root)
    return undone


def remove(
    settings: Settings,
    index: Index,
    keys: Collection[str],
    *,
    what: str,
) -> None:
    """Remove papers, by main key, and their marks, as one step. Raises StoreError."""
    with settings.edit(index) as edit:
        found = stored.parts(settings.root, index, keys)
        parts = {key: found[key] for key in keys if key in found}
        marks = index.marks()
        removed = [old for key in parts for old in index.keys_of(key) if old in marks]
        edit.set_marks(dict.fromkeys(removed))
        storing.remove(edit, parts)
        if parts:
            edit.log(what)


def _undo(edit: Edit, steps: Sequence[Step], verb: str) -> Undone:
    """Restore what these steps, newest first, replaced: a step too, with the present."""
    if not steps:
        return Undone()
    tables: dict[str, dict[str, Document | None]] = {}
    papers = []
    said = []
    for change in undo_log.to_restore(steps, edit.root):
        if change.table == undo_log.PAPERS:
            papers.append(change)
        elif change.table == undo_log.SAID:
            said.append(change)
        else:
            tables.setdefault(change.table, {})[change.key] = change.before
    marks = tables.pop(undo_log.MARKS, {})
    for table, documents in tables.items():
        present = edit.documents(table)
        changed = {}
        for key, document in documents.items():
            if document != present.get(key):
                changed[key] = document
        edit.set(table, changed)
    edit.set_marks(marks)
    marked: Collection[str] = ()
    if papers:
        marked = _marked_after(edit.index, marks)
    archives = [step.archive for step in steps if step.archive]
    saved = None
    if archives:
        saved = backups.save_library(edit.root, edit.now, "before-undo").name
        stay = _restore_archive(edit, archives[-1], papers, marked)
    else:
        stay = _restore_papers(edit, papers, marked)
        enriching.restore(edit, said)
    what = steps[0].what.removeprefix("undid: ")
    if len(steps) > 1:
        what = f"{len(steps)} steps"
    numbers = [step.number for step in steps]
    edit.log(f"{verb}{what}", undoes=numbers, archive=saved)
    return Undone(steps, stay)


def _marked_after(index: Index, changes: NewDocuments) -> set[str]:
    """The keys of all marks after these changes of their documents."""
    marked = set(index.marks())
    for key, document in changes.items():
        if document is None:
            marked.discard(key)
        else:
            marked.add(key)
    return marked


def _restore_papers(
    edit: Edit,
    changes: Iterable[Change],
    marked: Collection[str],
) -> int:
    """Remove the papers that were added, add those that were removed; how many stay.

    `marked` are the keys of all marks that the library then has.
    """
    added, removed = _by_kind(changes)
    parts: dict[str, Sequence[stored.Located]] = {}
    found = stored.parts(edit.root, edit.index, added)
    for key, located in found.items():
        if not _stays([record for _, record in located], added, marked):
            parts[key] = located
    storing.remove(edit, parts)
    if removed:
        _add_again(edit, removed, parts)
    return len(found) - len(parts)


def _by_kind(changes: Iterable[Change]) -> tuple[dict[str, str], list[Record]]:
    """When which keys were added; the records that were removed."""
    added = {}
    removed = []
    for change in changes:
        if change.before is None:
            added[change.key] = change.added
        else:
            removed.append(Record.from_json(change.before))
    return added, removed


def _stays(
    parts: Sequence[Record],
    added: Mapping[str, str],
    marked: Collection[str],
) -> bool:
    """Whether a paper stays that undo would remove, given by its records.

    It does if it is marked, or has become one with an older paper. `added` is when which
    keys were added.
    """
    keys = {key for record in parts for key in record.keys}
    if not keys.isdisjoint(marked):
        return True
    times = [added[key] for key in keys if key in added]
    return not times or min(record.added for record in parts) < min(times)


def _add_again(edit: Edit, removed: Sequence[Record], without: Parts) -> None:
    """Add removed papers; one that was added otherwise meanwhile becomes one with it.

    `without` are the papers that are removed now.
    """
    leaving = set()
    for parts in without.values():
        leaving |= {(file, one.key) for file, one in parts}
    known: dict[Place, Record] = {}
    for place, record in stored.related(edit.root, edit.index, removed).items():
        if place[:2] not in leaving:
            known[place] = record
    if known:
        merge = libraries.papers(known, removed)
    else:
        by_key = {record.key: record for record in removed}
        merge = Merge(by_key, {key: set() for key in by_key}, [*by_key])
    storing.store(edit, merge)


def _restore_archive(
    edit: Edit,
    name: str,
    changes: Sequence[Change],
    marked: Collection[str],
) -> int:
    """Replace all papers by those of a backup, then as `_restore_papers`."""
    source = edit.root / BACKUPS / name
    archive.check(source, papers_only=True)
    files = (one for one in archive.unpack(source) if one[0].startswith(PAPERS))
    if not changes:
        edit.replace_months(files)
        return 0
    months = {file: parse_tables(source / file, body) for file, body in files}
    added, removed = _by_kind(changes)
    stay = 0
    present: set[str] = set()
    for file, tables in months.items():
        left = []
        for record in records(source / file, tables):
            is_added = not added.keys().isdisjoint(record.keys)
            is_kept = is_added and _stays([record], added, marked)
            stay += is_kept
            if is_kept or not is_added:
                left.append(record.as_json())
                present.update(record.keys)
        tables["papers"] = numbered(left)
    _add_to_months(
        edit.root, months, [one for one in removed if one.key not in present]
    )
    edit.replace_months((file, dumped(tables)) for file, tables in months.items())
    return stay


def _add_to_months(
    root: Path,
    months: dict[str, Tables],
    added: Iterable[Record],
) -> None:
    """Add papers to the tables of months, by the names of the files."""
    sizes: dict[str, int] = {}
    for record in added:
        name = storing.file_for(root, record, sizes)
        tables = months.setdefault(name, {"format": FORMAT_TABLE})
        documents = tables.get("papers", {}).values()
        tables["papers"] = numbered([*documents, record.as_json()])
