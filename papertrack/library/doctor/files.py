"""The files themselves: every one can be read, states its version, exists once."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path

from papertrack.core.errors import StoreError
from papertrack.core.progress import SILENT, Progress
from papertrack.library import conflicts
from papertrack.library.doctor.finding import Finding
from papertrack.library.doctor.survey import Survey
from papertrack.storage import archive, backups, reading
from papertrack.storage.json_lines import dumped
from papertrack.storage.layout import FORMAT_TABLE, MARKS, months, private_folder
from papertrack.storage.reading import Tables
from papertrack.storage.transaction import Transaction


def names(root: Path) -> list[str]:
    """The files of the library, without conflict copies; all files of papers, whatever
    their names are.
    """
    copies = {copy for copy, _ in conflicts.copies(root)}
    return sorted({*archive.names(root), *months(root)} - copies)


def check_copies(root: Path, now: str) -> Iterator[Finding]:
    """Conflict copies that sync tools left beside a file."""
    for copy, name in conflicts.copies(root):
        try:
            _joined(root, name, copy)
        except StoreError as error:
            what = f"is a copy of {name} that can't be joined: {error}"
            yield Finding("conflict", copy, what)
            continue
        what = f"is a conflict copy of {name}"
        fix = partial(_join_copy, root, now, name, copy)
        yield Finding("conflict", copy, what, f"join it with {name}", fix)


def check_files(
    root: Path, now: str, survey: Survey, progress: Progress = SILENT
) -> Iterator[Finding]:
    """Files that can't be read, or do not state their version. The survey gets what is
    in the others.
    """
    papers = {*months(root)}
    in_order = sorted(names(root), key=lambda name: name != MARKS)
    for name in progress.counted(in_order, "checking", "files"):
        path = root / name
        try:
            body = reading.read_bytes(path)
            tables = reading.parse_tables(path, body)
            records = list(reading.records(path, tables))
            marks = reading.marks(path, tables)
        except StoreError as error:
            yield _unreadable(root, now, name, error)
            continue
        if not tables.get("format"):
            what = "does not state the version of its format"
            whole = {"format": FORMAT_TABLE, **tables}
            fix = partial(_replace, root, now, name, whole)
            yield Finding("version", name, what, "state it", fix)
        if name == MARKS:
            survey.marks = marks
        elif name in papers:
            survey.add(name, body, records)


def _unreadable(
    root: Path,
    now: str,
    name: str,
    error: StoreError,
) -> Finding:
    """An unreadable file; repairable after a merge by git, or a repeated number."""
    path = root / name
    reason = str(error).removeprefix(f"{path}: ")
    try:
        body = reading.read_bytes(path)
        in_conflict = conflicts.has_markers(body)
        if not in_conflict and "occurs twice" not in reason:
            return Finding("parse", name, reason)
        tables = conflicts.joined(path, name, conflicts.sides(path, body))
    except StoreError as other:
        return Finding("parse", name, str(other).removeprefix(f"{path}: "))
    what = reason.partition(";")[0]
    if in_conflict:
        what = "contains both sides of a merge conflict"
    fix = partial(_replace, root, now, name, tables)
    return Finding("conflict", name, what, "join all that is in it", fix)


def _replace(
    root: Path,
    now: str,
    name: str,
    tables: Tables,
    changes: Transaction,
) -> None:
    """Replace a file, keeping a backup."""
    if (root / name).exists():
        backups.set_aside(root, now, "before-doctor", name)
    changes.put(name, dumped(tables))


def _join_copy(
    root: Path,
    now: str,
    name: str,
    copy: str,
    changes: Transaction,
) -> None:
    """Replace a file by what it and its conflict copy make; move the copy away.

    The file is read again: it may have several copies, which are joined one by one.
    Joined once more, as after a kill before the copy is moved, it stays as it is.
    """
    _replace(root, now, name, _joined(root, name, copy), changes)
    changes.commit()
    prefix = f"joined-{Path(name).stem}"
    saved = backups.new_path(root, now, prefix, suffix=".json")
    private_folder(saved.parent)
    (root / copy).replace(saved)


def _joined(root: Path, name: str, copy: str) -> Tables:
    """The tables of a file and of its conflict copy. Raises StoreError."""
    parts = [conflicts.read(root, name), conflicts.read(root, copy)]
    return conflicts.joined(root / copy, name, parts)
