"""`export --format obsidian`: a folder with a note per paper, brought up to date.

A note belongs to the paper whose key it has among its properties, so that it may be
renamed and moved within the folder.
"""

from __future__ import annotations

import os
import unicodedata
from collections.abc import Callable, Collection, Iterator
from pathlib import Path
from typing import NamedTuple, NoReturn

from papertrack.core.errors import StoreError
from papertrack.core.model import Paper
from papertrack.core.progress import Progress
from papertrack.core.wording import plural
from papertrack.exports import obsidian
from papertrack.exports.obsidian import Damaged, Note
from papertrack.storage.file_batch import Change, replace_files


class Existing(NamedTuple):
    """A note that papertrack wrote: its file, and the text with the reader's changes."""

    path: Path
    text: str


CurrentKey = Callable[[str], str | None]
"""Maps a key that a paper had once to the one that it has now."""


def export_notes(
    papers: Collection[Paper], root: Path, current_key: CurrentKey, progress: Progress
) -> str:
    """Write a note for each paper, and return how many were written, for a message.

    Raises StoreError before anything is written.
    """
    existing: dict[str, list[Existing]] = {}
    for key, one in _notes_in(root):
        existing.setdefault(current_key(key) or key, []).append(one)
    names = _Names(root, {one.path for found in existing.values() for one in found})
    changes: list[Change] = []
    unchanged = 0
    for note in obsidian.notes(papers, progress):
        found = existing.get(note.key, [])
        updates = list(filter(None, (_update(note, one) for one in found)))
        unchanged += len(found) - len(updates)
        changes += updates
        if not found:
            changes.append(Change(names.new(note.name), None, note.text.encode()))
    if changes:
        replace_files(root, changes)
    new = sum(change.before is None for change in changes)
    total = plural(len(changes) + unchanged, "note")
    changed = len(changes) - new
    return f"{total} in {root}: {new} new, {changed} changed, {unchanged} unchanged"


def _update(note: Note, existing: Existing) -> Change | None:
    """The change of an existing note; None if it has today's facts already."""
    try:
        text = note.updated(existing.text)
    except Damaged as error:
        raise StoreError(f"{existing.path}: {error}; nothing was written") from None
    if text == existing.text:
        return None
    return Change(existing.path, existing.text.encode(), text.encode())


def _notes_in(root: Path) -> Iterator[tuple[str, Existing]]:
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


def _note_at(path: Path) -> Iterator[tuple[str, Existing]]:
    try:
        body = path.read_bytes()
    except OSError as error:
        _refuse(error)
    if f"\n{obsidian.KEY}:".encode() not in body:
        return
    try:
        text = body.decode()
        key = obsidian.key_in(text)
    except UnicodeDecodeError:
        raise StoreError(
            f"{path}: it is not UTF-8; nothing was written, save it as UTF-8"
        ) from None
    except Damaged as error:
        raise StoreError(f"{path}: {error}; nothing was written") from None
    if key:
        yield key, Existing(path, text)


class _Names:
    """Names for new notes in a folder, beside its `own` notes."""

    def __init__(self, root: Path, own: Collection[Path]) -> None:
        self._root = root
        self._taken = {_folded(path.name) for path in own if path.parent == root}
        paths = root.iterdir() if root.exists() else ()
        foreign = (path.name for path in paths if path not in own)
        self._foreign = {_folded(name): name for name in foreign}

    def new(self, name: str) -> Path:
        """A path for a new note that no other has. Raises StoreError where a file or
        link that papertrack did not write has the name.
        """
        number = 1
        file_name = f"{name}{obsidian.SUFFIX}"
        while _folded(file_name) in self._taken:
            number += 1
            file_name = f"{name} ({number}){obsidian.SUFFIX}"
        foreign = self._foreign.get(_folded(file_name))
        if foreign:
            raise StoreError(
                f"{self._root / foreign} exists, and papertrack did not write it;"
                " nothing was written: move it, or choose another folder with -o"
            )
        self._taken.add(_folded(file_name))
        return self._root / file_name


def _folded(name: str) -> str:
    """A name as Windows and macOS compare it, which know no case."""
    return unicodedata.normalize("NFC", name).casefold()
