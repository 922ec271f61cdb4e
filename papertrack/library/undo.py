"""Undo and redo of any number of steps, and removing papers: each one transaction.

Undoing is a step too, so that redo undoes it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from papertrack.core.model import Record
from papertrack.index.index import Index
from papertrack.joining import libraries
from papertrack.joining.records import Merge, aliases
from papertrack.library import enriching, stored, storing, undo_log
from papertrack.library.edit import Edit
from papertrack.library.settings import Settings
from papertrack.library.stored import Place
from papertrack.library.to_restore import ToRestore, to_restore
from papertrack.library.undo_log import Step
from papertrack.storage import archive, backups
from papertrack.storage.json_lines import dumped
from papertrack.storage.layout import BACKUPS, PAPERS, NewDocuments
from papertrack.storage.reading import numbered, parse_tables, records


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
        marks = index.marks()
        is_any = False
        for some in stored.by_file(index, keys):
            found = stored.parts(settings.root, index, some)
            parts = {key: found[key] for key in some if key in found}
            marked = [
                old for key in parts for old in index.keys_of(key) if old in marks
            ]
            edit.set_marks(dict.fromkeys(marked))
            storing.remove(edit, parts)
            is_any = is_any or bool(parts)
        if is_any:
            edit.log(what)


def _undo(edit: Edit, steps: Sequence[Step], verb: str) -> Undone:
    """Restore what these steps, newest first, replaced: a step too, with the present."""
    if not steps:
        return Undone()
    with to_restore(steps, edit.root) as restored:
        marks = restored.tables.pop(undo_log.MARKS, {})
        for table, documents in restored.tables.items():
            present = edit.documents(table)
            changed = {}
            for key, document in documents.items():
                if document != present.get(key):
                    changed[key] = document
            edit.set(table, changed)
        edit.set_marks(marks)
        marked: Collection[str] = ()
        if restored.has_papers:
            marked = _marked_after(edit.index, marks)
        archives = [step.archive for step in steps if step.archive]
        saved = None
        if archives:
            saved = backups.save_library(edit.root, edit.now, "before-undo").name
            stay = _restore_archive(edit, archives[-1], restored, marked)
        else:
            stay = _restore_papers(edit, restored, marked)
            _add_again(edit, restored)
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


def _restore_papers(edit: Edit, restored: ToRestore, marked: Collection[str]) -> int:
    """Remove the papers that were added, restore what services stated of the others;
    how many stay.

    `marked` are the keys of all marks that the library then has.
    """
    stay = 0
    for one in restored.of_files(edit.index):
        found = stored.parts(edit.root, edit.index, one.new)
        parts: dict[str, Sequence[stored.Located]] = {}
        for key in one.new:
            located = found.get(key, ())
            if _stays([record for _, record in located], one.added, marked):
                stay += bool(located)
            else:
                parts[key] = located
        storing.remove(edit, parts)
        for located in parts.values():
            restored.leave((file, record.key) for file, record in located)
        of_others = (said for key, said in one.said.items() if key not in parts)
        enriching.restore(edit, chain.from_iterable(of_others))
    return stay


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


def _add_again(edit: Edit, restored: ToRestore) -> None:
    """Add removed papers; those that were added otherwise meanwhile become one with
    them.
    """
    if not restored.has_removed:
        return
    known = _related(edit, restored)
    for some in restored.removed():
        by_key = {record.key: record for record in some}
        merge = Merge[Place](by_key, {key: set() for key in by_key}, [*by_key])
        storing.store(edit, merge)
    if known:
        removed = chain.from_iterable(restored.removed(related=True))
        storing.store(edit, libraries.papers(known, removed))


def _related(edit: Edit, restored: ToRestore) -> dict[Place, Record]:
    """The stored records that share an id or a title with removed papers, directly or
    through others, without those that are removed now. These papers are set as related.
    """
    known: dict[Place, Record] = {}
    for some in restored.removed():
        for place, record in stored.related(edit.root, edit.index, some).items():
            if not restored.is_leaving(*place[:2]):
                known[place] = record
    names = {alias for record in known.values() for alias in aliases(record)}
    count = -1
    while len(names) != count:
        count = len(names)
        for some in restored.removed():
            for record in some:
                own = aliases(record)
                if not names.isdisjoint(own):
                    names |= own
                    restored.set_related(record.key)
    return known


def _restore_archive(
    edit: Edit, name: str, restored: ToRestore, marked: Collection[str]
) -> int:
    """Replace all papers by those of a backup, then as `_restore_papers`."""
    source = edit.root / BACKUPS / name
    archive.check(source, papers_only=True)
    files = (one for one in archive.unpack(source) if one[0].startswith(PAPERS))
    if not restored.has_papers:
        edit.replace_months(files)
        return 0
    stay = 0

    def without_added() -> Iterator[tuple[str, bytes]]:
        nonlocal stay
        for file, body in files:
            tables = parse_tables(source / file, body)
            left = []
            for record in records(source / file, tables):
                added = restored.added(record.keys)
                is_kept = bool(added) and _stays([record], added, marked)
                stay += is_kept
                if is_kept or not added:
                    left.append(record.as_json())
                    restored.drop_removed(record.keys)
            tables["papers"] = numbered(left)
            yield file, dumped(tables)

    edit.replace_months(without_added())
    for removed in restored.removed():
        for record in removed:
            edit.set_records(storing.file_for(edit, record), {record.key: record})
    return stay
