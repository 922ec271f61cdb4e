"""Restoring the library from an archive, or marks or settings from a rolling backup.

All files are replaced in one transaction, as one step of the undo log, which continues:
the step contains what marks and settings were, and names the archive of the previous
papers. Unreadable files are saved as they are and replaced too: that is what backups
are for.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from papertrack.core.errors import StoreError
from papertrack.core.progress import SILENT, Progress
from papertrack.library import digests, new_step, undo_log
from papertrack.library.library import Library
from papertrack.library.proposals import HARMLESS, Proposals, Terms, judge
from papertrack.library.step_changes import StepChanges, set_file
from papertrack.library.undo_log import Change
from papertrack.storage import approvals, archive, backups
from papertrack.storage.json_lines import dumped
from papertrack.storage.layout import (
    BACKUPS,
    DESK,
    FORMAT_TABLE,
    MARKS,
    PAPERS,
    UNDO,
    months,
)
from papertrack.storage.reading import (
    Tables,
    by_key,
    marks,
    numbered,
    parse_tables,
    read_bytes,
    read_tables,
    records,
)
from papertrack.storage.transaction import Transaction, transaction

LOGS = ("undo", "history", "format")
"""Tables of desk.json that restoring does not change."""


def find(root: Path, name: Path) -> Path:
    """The backup that is meant: a file, or a name among the library's own backups."""
    if name.exists() or len(name.parts) > 1:
        return name
    return root / BACKUPS / name


def check(source: Path, progress: Progress = SILENT) -> archive.Contents:
    """What a backup contains, completely checked. Raises StoreError."""
    name = rolling(source)
    if name is None:
        return archive.check(source, progress=progress)
    day = source.stem[-10:]
    return archive.Contents(day).plus(name, source, read_bytes(source))


def rolling(source: Path) -> str | None:
    """The file that a rolling backup is a copy of; None for an archive."""
    stem, _, _ = source.name.partition("-")
    name = f"{stem}.json"
    if source.suffix == ".json" and name in (MARKS, DESK):
        return name
    return None


def is_own(library: Library, source: Path) -> bool:
    """Whether a backup is this machine's: it signed it, or it lies in the library."""
    if source.resolve().parent == (library.root / BACKUPS).resolve():
        return True
    if rolling(source):
        return False
    _, manifest = next(archive.unpack(source))
    return approvals.is_signed(library.folder, json.loads(manifest))


def proposals(library: Library, source: Path, terms: Terms) -> Proposals:
    """What a checked backup from elsewhere proposes. Raises StoreError."""
    theirs: Tables = {}
    if rolling(source) == DESK:
        theirs = parse_tables(source, read_bytes(source))
    elif rolling(source) is None:
        for name, body in archive.unpack(source):
            if name == DESK:
                theirs = parse_tables(source / name, body)
    mine = _tables(library.root / DESK, strict=False)
    return judge(_by_key(mine), _by_key(theirs), terms)


def restore(
    library: Library,
    source: Path,
    *,
    what: str,
    terms: Terms | None = None,
) -> Path | None:
    """Restore a checked backup; where the previous files were saved, if anywhere.

    `what` is the title of the step in the undo log. With `terms` the backup is one from
    elsewhere, whose feeds and rules are proposals. Raises StoreError.
    """
    root = library.root
    saved = None
    name = rolling(source)
    progress = library.progress
    with (
        progress.working(),
        transaction(library.folder, progress=progress) as changes,
    ):
        if name:
            saved = _save_unreadable(library, name)
            body = read_bytes(source)
            _restore_files(
                library,
                changes,
                [(name, body)],
                {name},
                what,
                None,
                terms,
            )
        else:
            if archive.names(root):
                saved = backups.save_library(
                    root, library.now, "before-restore", progress
                )
            for month in months(root):
                changes.delete(month)
            files = archive.unpack(source, phase="restoring", progress=progress)
            next(files)  # the manifest
            _restore_files(
                library,
                changes,
                files,
                {MARKS, DESK},
                what,
                saved,
                terms,
            )
        changes.commit()
        if not name:
            backups.delete_old_saved(root)
        library.index.refresh()
        library.settings.write_names()
    return saved


def _save_unreadable(
    library: Library,
    name: str,
) -> Path | None:
    """Save a file that can't be read; where. A readable one gets a rolling backup."""
    path = library.root / name
    if not path.exists():
        return None
    try:
        _tables(path, strict=True)
    except StoreError:
        return backups.set_aside(
            library.root,
            library.now,
            "broken",
            name,
        )
    backups.keep(library.root, name, library.now)
    return None


def _restore_files(
    library: Library,
    changes: Transaction,
    files: Iterable[tuple[str, bytes]],
    replaced: set[str],
    what: str,
    saved: Path | None,
    terms: Terms | None,
) -> None:
    """Stage the files, marks and settings last, with the undo log continued.

    `replaced` are those of marks.json and desk.json that may be unreadable now.
    """
    before = {}
    after = {}
    for name in (MARKS, DESK):
        before[name] = _tables(library.root / name, strict=name not in replaced)
        after[name] = {} if name in replaced else before[name]
    takes_log = not before[DESK] and (terms is None or terms.takes_all)
    marks_before = by_key(before[MARKS].get("marks", {}))

    def steps() -> list[undo_log.Step]:
        """The undo log that is continued."""
        undo = (after if takes_log else before)[DESK].get("undo", {})
        return undo_log.read(undo, marks_before)

    def first() -> int | None:
        """The number of the next step; None before the log that is taken was read."""
        if takes_log and not after[DESK]:
            return None
        return undo_log.next_number(steps())

    changed = StepChanges(changes, first)
    for name, body in files:
        if name in after:
            after[name] = parse_tables(library.root / name, body)
        elif not name.startswith(UNDO) or takes_log:
            if _is_as(library.root / name, body):
                changes.keep(name)
            else:
                changes.put(name, body)
        if name.startswith(PAPERS) and saved is None:
            tables = parse_tables(library.root / name, body)
            for record in records(library.root / name, tables):
                changed.add(Change(undo_log.PAPERS, record.key, None, record.added))
    if DESK in replaced:
        after[DESK] = _with_digests(before[DESK], after[DESK])
    if terms and DESK in replaced:
        log = {name: after[DESK][name] for name in LOGS if name in after[DESK]}
        after[DESK] = _taken(before[DESK], after[DESK], terms)
        if takes_log:
            after[DESK] |= log
    changed.extend(_changes(before[MARKS], after[MARKS]))
    changed.extend(_changes(before[DESK], after[DESK]))
    continued = steps()
    step = new_step.stored_step(
        undo_log.next_number(continued),
        library.now,
        what,
        changed.held,
        written=changed.files,
        archive=saved.name if saved else None,
    )
    for file, tables in step.files.items():
        set_file(changes, f"{UNDO}/{file}", tables)
    if MARKS in replaced:
        changes.put(MARKS, dumped({"format": FORMAT_TABLE, **after[MARKS]}))
    current = (after if takes_log else before)[DESK]
    valid = {str(step.number) for step in continued}
    undo = current.get("undo", {}).values()
    rows = [document for document in undo if document.get("key") in valid]
    settings = {
        "format": FORMAT_TABLE,
        **after[DESK],
        "undo": numbered([*rows, step.document]),
    }
    if "history" in current:
        settings["history"] = current["history"]
    changes.put(DESK, dumped(settings))


def _is_as(path: Path, body: bytes) -> bool:
    """Whether a file has this content: it stays, and the index need not read it. A link
    is replaced by a file.
    """
    if path.is_symlink():
        return False
    try:
        return path.stat().st_size == len(body) and path.read_bytes() == body
    except OSError:
        return False


def _with_digests(before: Tables, after: Tables) -> Tables:
    """The settings of a backup with the digests that were sent since: they stay sent."""
    table = digests.TABLE
    both = by_key(after.get(table, {})) | by_key(before.get(table, {}))
    return {**after, table: numbered(both.values())} if both else after


def _taken(before: Tables, after: Tables, terms: Terms) -> Tables:
    """What is taken of a backup from elsewhere, and for the rest what the reader has."""
    mine = _by_key(before)
    taken = judge(mine, _by_key(after), terms).taken
    tables = dict(before)
    for name, documents in taken.items():
        # Views are replaced, as papers and marks are; what was proposed is added.
        existing = {} if name in HARMLESS else mine.get(name, {})
        tables[name] = numbered({**documents, **existing}.values())
    return tables


def _by_key(tables: Tables) -> Tables:
    return {name: by_key(table) for name, table in tables.items()}


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


def _changes(
    before: Tables,
    after: Tables,
) -> Iterator[Change]:
    """The marks or settings that differ, with what they were before."""
    tables = {*before, *after}
    for table in sorted(tables - {*LOGS}):
        old = by_key(before.get(table, {}))
        new = by_key(after.get(table, {}))
        for key in {**old, **new}:
            if old.get(key) != new.get(key):
                yield Change(table, key, old.get(key))
