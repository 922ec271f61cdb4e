"""Restoring the library from an archive, or marks or settings from a rolling backup.

All files are replaced in one transaction, as one step of the undo log, which continues:
the step contains what marks and settings were, and names the archive of the previous
papers. Unreadable files are saved as they are and replaced too: that is what backups
are for.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from papertrack.core.errors import StoreError
from papertrack.library import undo_log
from papertrack.library.library import Library
from papertrack.storage import archive, backups
from papertrack.storage.json_lines import dumped
from papertrack.storage.layout import BACKUPS, DESK, FORMAT, MARKS, UNDO, months
from papertrack.storage.reading import (
    Tables,
    by_key,
    marks,
    parse_tables,
    read_bytes,
    read_tables,
)
from papertrack.storage.transaction import Transaction, transaction

Document = dict[str, Any]

FORMAT_TABLE = {"1": {"version": FORMAT}}
LOGS = ("undo", "history", "format")
"""Tables of desk.json that restoring does not change."""


def find(root: Path, name: Path) -> Path:
    """The backup that is meant: a file, or a name among the library's own backups."""
    is_path = name.exists() or len(name.parts) > 1
    return name if is_path else root / BACKUPS / name


def check(source: Path) -> archive.Contents:
    """What a backup contains, completely checked. Raises StoreError."""
    name = rolling(source)
    if name is None:
        return archive.check(source)
    papers, of_marks = archive.count(source, name, read_bytes(source))
    return archive.Contents(source.stem[-10:], (name,), papers, of_marks)


def rolling(source: Path) -> str | None:
    """The file that a rolling backup is a copy of; None for an archive."""
    name = f"{source.name.partition('-')[0]}.json"
    return name if source.suffix == ".json" and name in (MARKS, DESK) else None


def restore(
    library: Library,
    source: Path,
    *,
    what: str,
) -> Path | None:
    """Restore a checked backup; where the previous files were saved, if anywhere.

    `what` is the title of the step in the undo log. Raises StoreError.
    """
    root = library.root
    name = rolling(source)
    with transaction(root) as changes:
        if name:
            saved = _save_unreadable(library, name)
            files = iter([(name, read_bytes(source))])
            _restore_files(library, changes, files, {name}, what, None)
        else:
            saved = None
            if archive.names(root):
                saved = backups.save_library(root, library.now, "before-restore")
            for month in months(root):
                changes.delete(month)
            files = (
                one for one in archive.unpack(source) if one[0] != archive.MANIFEST
            )
            _restore_files(library, changes, files, {MARKS, DESK}, what, saved)
        changes.commit()
        if not name:
            backups.delete_old_saved(root)
        library.index.refresh()
        library.settings.write_names()
    return saved


def _save_unreadable(library: Library, name: str) -> Path | None:
    """Save a file that can't be read; where. A readable one gets a rolling backup."""
    path = library.root / name
    if not path.exists():
        return None
    try:
        archive.count(path, name, read_bytes(path))
    except StoreError:
        return backups.set_aside(library.root, library.now, "broken", name)
    backups.keep(library.root, name, library.now)
    return None


def _restore_files(
    library: Library,
    changes: Transaction,
    files: Iterable[tuple[str, bytes]],
    replaced: set[str],
    what: str,
    saved: Path | None,
) -> None:
    """Stage the files, marks and settings last, with the undo log continued.

    `replaced` are those of marks.json and desk.json that may be unreadable now.
    """
    root = library.root
    before = {
        name: _tables(root / name, strict=name not in replaced)
        for name in (MARKS, DESK)
    }
    after = {**before, **{name: {} for name in replaced}}
    for name, body in files:
        if name in before:
            after[name] = parse_tables(root / name, body)
        elif not name.startswith(UNDO) or not before[DESK]:
            changes.put(name, body)
    current = before[DESK] or after[DESK]
    undo = _undo_table(current, before[MARKS])
    log = undo_log.read(undo.values())
    number = log[-1].number + 1 if log else 1
    step = undo_log.document(
        number,
        library.now,
        what,
        list(_changes(before, after)),
        archive=saved.name if saved else None,
    )
    in_file = undo_log.move_to_file(step)
    changes.set(f"{UNDO}/{number}.json", "changes", in_file)
    undo[str(max(map(int, undo), default=0) + 1)] = step
    if MARKS in replaced:
        changes.put(MARKS, dumped({"format": FORMAT_TABLE, **after[MARKS]}))
    settings = {"format": FORMAT_TABLE, **after[DESK], "undo": undo}
    if "history" in current:
        settings["history"] = current["history"]
    changes.put(DESK, dumped(settings))


def _tables(path: Path, *, strict: bool) -> Tables:
    """The tables of a file; {} for an unreadable one, unless `strict`."""
    try:
        tables = read_tables(path)
        marks(path, tables)
    except StoreError:
        if strict:
            raise
        return {}
    return tables


def _undo_table(desk: Tables, marks_tables: Tables) -> dict[str, Document]:
    """The undo log without a last step whose marks were never written."""
    undo = dict(desk.get("undo", {}))
    log = undo_log.read(undo.values())
    if log and log[-1].never_was(by_key(marks_tables.get(undo_log.MARKS, {}).values())):
        last = str(log[-1].number)
        undo = {number: one for number, one in undo.items() if one.get("key") != last}
    return undo


def _changes(
    before: Mapping[str, Tables], after: Mapping[str, Tables]
) -> Iterator[undo_log.Change]:
    """The marks and settings that differ, with what they were before."""
    for name in (MARKS, DESK):
        for table in sorted({*before[name], *after[name]} - {*LOGS}):
            old = by_key(before[name].get(table, {}).values())
            new = by_key(after[name].get(table, {}).values())
            for key in {**old, **new}:
                if old.get(key) != new.get(key):
                    yield undo_log.Change(table, key, old.get(key))
