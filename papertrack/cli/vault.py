"""`export --format obsidian`: a folder with a note per paper, brought up to date.

A note belongs to the paper whose key it has among its properties, so that it may be
renamed and moved within the folder.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import NoReturn

from papertrack.core.errors import StoreError
from papertrack.core.many_texts import NamedTexts, Seen
from papertrack.core.model import Paper
from papertrack.core.progress import Progress
from papertrack.core.wording import plural
from papertrack.exports import obsidian
from papertrack.exports.obsidian import Damaged, Note
from papertrack.storage.file_batch import Change, replace_files

CurrentKey = Callable[[str], str | None]
"""Maps a key that a paper had once to the one that it has now."""


def export_notes(
    papers: Collection[Paper], root: Path, current_key: CurrentKey, progress: Progress
) -> str:
    """Write a note for each paper, and return how many were written, for a message.

    Notes are read and written one by one. Held are the keys and paths of existing ones,
    150 bytes each, and hashes of the names of new ones. Raises StoreError before anything
    is written.
    """
    export = _Export(root, current_key)
    changes = export.changes(obsidian.notes(papers, progress))
    first = next(changes, None)
    if first:
        replace_files(root, chain([first], changes))
    return export.report


class _Export:
    """The changes of the notes in a folder, and how many there are."""

    def __init__(self, root: Path, current_key: CurrentKey) -> None:
        self._root = root
        self._existing = NamedTexts()
        own = Seen()
        for key, path in _notes_in(root):
            below = os.fspath(path.relative_to(root))
            self._existing.add(current_key(key) or key, below)
            if path.parent == root:
                own.add(_folded(path.name))
        self._names = _Names(root, own)
        self._new = 0
        self._changed = 0
        self._unchanged = 0

    def changes(self, notes: Iterable[Note]) -> Iterator[Change]:
        """The files to write, one by one. Raises StoreError."""
        for note in notes:
            found = self._existing.under(note.key)
            for below in found:
                change = _update(note, self._root / below)
                if change:
                    self._changed += 1
                    yield change
                else:
                    self._unchanged += 1
            if not found:
                self._new += 1
                yield Change(self._names.new(note.name), None, note.text.encode())

    @property
    def report(self) -> str:
        """How many notes were written, once they are."""
        total = plural(self._new + self._changed + self._unchanged, "note")
        return (
            f"{total} in {self._root}: {self._new} new, {self._changed} changed,"
            f" {self._unchanged} unchanged"
        )


def _update(note: Note, path: Path) -> Change | None:
    """The change of an existing note; None if it has today's facts already."""
    before = _read(path)
    try:
        after = note.updated(_decoded(path, before)).encode()
    except Damaged as error:
        raise StoreError(f"{path}: {error}; nothing was written") from None
    return None if after == before else Change(path, before, after)


def _notes_in(root: Path) -> Iterator[tuple[str, Path]]:
    """The notes that papertrack wrote in a folder and those below it, with their keys.

    Neither links nor hidden folders, such as Obsidian's settings, are followed.
    """
    if not root.exists():
        return
    for folder, folders, files in os.walk(root, onerror=_refuse):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            path = Path(folder, name)
            is_plain = path.is_file() and not path.is_symlink()
            if is_plain and path.suffix == obsidian.SUFFIX:
                yield from _note_at(path)


def _refuse(error: OSError) -> NoReturn:
    raise StoreError(
        f"{error.filename}: {error.strerror}; nothing was written, make it readable"
    ) from error


def _note_at(path: Path) -> Iterator[tuple[str, Path]]:
    body = _read(path)
    if f"\n{obsidian.KEY}:".encode() not in body:
        return
    try:
        key = obsidian.key_in(_decoded(path, body))
    except Damaged as error:
        raise StoreError(f"{path}: {error}; nothing was written") from None
    if key:
        yield key, path


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        _refuse(error)


def _decoded(path: Path, body: bytes) -> str:
    try:
        return body.decode()
    except UnicodeDecodeError:
        raise StoreError(
            f"{path}: it is not UTF-8; nothing was written, save it as UTF-8"
        ) from None


class _Names:
    """Names for new notes in a folder, beside those of its `own` notes."""

    def __init__(self, root: Path, own: Seen) -> None:
        self._root = root
        self._taken = own
        paths = root.iterdir() if root.exists() else ()
        folded = ((_folded(path.name), path.name) for path in paths)
        self._foreign = {name: path for name, path in folded if name not in own}

    def new(self, name: str) -> Path:
        """A path for a new note that no other has. Raises StoreError where a file or
        link that papertrack did not write has the name.
        """
        number = 1
        file_name = f"{name}{obsidian.SUFFIX}"
        while not self._taken.add(_folded(file_name)):
            number += 1
            file_name = f"{name} ({number}){obsidian.SUFFIX}"
        foreign = self._foreign.get(_folded(file_name))
        if foreign:
            raise StoreError(
                f"{self._root / foreign} exists, and papertrack did not write it;"
                " nothing was written: move it, or choose another folder with -o"
            )
        return self._root / file_name


def _folded(name: str) -> str:
    """A name as Windows and macOS compare it, which know no case."""
    return unicodedata.normalize("NFC", name).casefold()
