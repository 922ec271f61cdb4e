"""Restoring: the library as an archive holds it, or its marks or desk as a rolling backup does, as one step of the log.

All files are replaced together (`replacing`), the undo log among them: it is the one that stands, with a step more.
That step tells what marks and desk were, and names the archive of the papers that stood here. What can't be read
is replaced as well, and set aside as it is: to mend it is what backups are for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from papertrack.core.errors import StoreError
from papertrack.library import undo_log as steps
from papertrack.library.library import Library
from papertrack.storage import archive, backups, layout
from papertrack.storage import json_lines as lines
from papertrack.storage import reading as files
from papertrack.storage import transaction as replacing
from papertrack.storage import writing as store

Document = dict[str, Any]


def find(root: Path, name: Path) -> Path:
    """The backup that is meant: a file, or the name of one among the library's own."""
    return (
        name if name.exists() or len(name.parts) > 1 else root / layout.BACKUPS / name
    )


def check(source: Path) -> archive.Contents:
    """What a backup holds, all of it checked: an archive, or a rolling copy of marks or desk. Raises StoreError."""
    name = rolling(source)
    if name is None:
        return archive.check(source)
    papers, marks = archive.count(source, name, _body(source))
    return archive.Contents(source.stem[-10:], (name,), papers, marks)


def rolling(source: Path) -> str | None:
    """The file of the library that a rolling backup is a copy of; None for an archive."""
    name = f"{source.name.partition('-')[0]}.json"
    return (
        name
        if source.suffix == ".json" and name in (layout.MARKS, layout.DESK)
        else None
    )


def _body(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StoreError(
            f"{path}: {error.strerror}; check the name and its permissions"
        ) from error


def restore(library: Library, source: Path, *, what: str) -> Path | None:
    """Put back what the backup holds; where what stood before was set aside, if anywhere but in the undo log.

    `what` is said of it in the log. The backup was checked. Raises StoreError.
    """
    root = library.root
    with store.locked(root):
        if name := rolling(source):
            aside = _broken(library, name)
            replacing.replace(
                root, _puts(library, iter([(name, _body(source))]), {name}, what, None)
            )
        else:
            aside = (
                backups.set_aside(root, library.now, "before-restore")
                if archive.names(root)
                else None
            )
            bodies = (
                one for one in archive.unpack(source) if one[0] != archive.MANIFEST
            )
            replacing.replace(
                root,
                _puts(library, bodies, {layout.MARKS, layout.DESK}, what, aside),
                keep=(),
            )
            backups.drop_aside(root)
        library.index.refresh()
        library.settings.write_names()
    return aside


def _broken(library: Library, name: str) -> Path | None:
    """Where a copy of a file lies that can't be read; None where it can, and the undo log will tell what it said."""
    path = library.root / name
    if not path.exists():
        return None
    try:
        archive.count(path, name, path.read_bytes())
    except StoreError:
        aside = backups.dated(
            library.root, library.now, f"broken-{path.stem}", suffix=".json"
        )
        store.write_atomically(aside, _body(path), private=True)
        return aside
    backups.keep(library.root, name, library.now)
    return None


def _puts(
    library: Library,
    bodies: Iterator[tuple[str, bytes]],
    replaced: set[str],
    what: str,
    aside: Path | None,
) -> Iterator[tuple[str, bytes]]:
    """What goes where: the bodies as they are, marks and desk last, the desk with the undo log that stands."""
    root, found = library.root, {}
    before = {
        name: _tables(root / name, strict=name not in replaced)
        for name in (layout.MARKS, layout.DESK)
    }
    for name, body in bodies:
        if name in before:
            found[name] = files.parse_tables(root / name, body)
        elif not (before[layout.DESK] and name.startswith(steps.FOLDER)):
            yield name, body
    after = {
        name: found.get(name, {} if name in replaced else before[name])
        for name in before
    }
    standing = before[layout.DESK] or after[layout.DESK]
    undo = _log(standing, before[layout.MARKS])
    log = steps.read(undo.values())
    step = steps.document(
        log[-1].number + 1 if log else 1,
        library.now,
        what,
        list(_changes(before, after)),
        archive=aside.name if aside else None,
    )
    undo[str(max(map(int, undo), default=0) + 1)] = steps.set_aside(root, step)
    logs = {
        "undo": undo,
        **{name: standing[name] for name in ("history",) if name in standing},
    }
    if layout.MARKS in replaced:
        yield (
            layout.MARKS,
            lines.dumped({"format": _FORMAT, **after[layout.MARKS]}),
        )
    yield (
        layout.DESK,
        lines.dumped({"format": _FORMAT, **after[layout.DESK], **logs}),
    )


_FORMAT = {"1": {"version": layout.FORMAT}}


def _tables(path: Path, *, strict: bool) -> files.Tables:
    """The tables of a file; where it is to be replaced, none for one that can't be read."""
    try:
        tables = files.read_tables(path)
        list(files.marks(path, tables))
    except StoreError:
        if strict:
            raise
        return {}
    return tables


def _log(desk: files.Tables, marks: files.Tables) -> dict[str, Document]:
    """The undo log that stands, without a last step that was cut off before its marks were written."""
    undo = dict(desk.get("undo", {}))
    log = steps.read(undo.values())
    if log and log[-1].never_was(files.by_key(marks.get(steps.MARKS, {}).values())):
        undo = {
            number: one
            for number, one in undo.items()
            if one.get("key") != str(log[-1].number)
        }
    return undo


def _changes(
    before: Mapping[str, files.Tables], after: Mapping[str, files.Tables]
) -> Iterator[steps.Change]:
    """Each document that differs, with what it was before: marks, and all of the desk but its logs."""
    for name in (layout.MARKS, layout.DESK):
        for table in sorted(
            {*before[name], *after[name]} - {"undo", "history", "format"}
        ):
            old, new = (
                files.by_key(side[name].get(table, {}).values())
                for side in (before, after)
            )
            changed = [key for key in {**old, **new} if old.get(key) != new.get(key)]
            yield from (steps.Change(table, key, old.get(key)) for key in changed)
