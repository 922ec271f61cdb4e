"""A step of the undo log as it is to be stored, and which old steps give way to it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from papertrack.core.many_texts import Seen
from papertrack.core.secrets import hide_secrets
from papertrack.library.undo_log import (
    FILE_TABLES,
    FOLDER,
    MARKS,
    Change,
    Step,
    first_of_each,
)
from papertrack.storage.layout import Document, Documents

STEPS = 100
"""How many changes can be undone. Of all steps, those that undo included, there are at
most three times as many."""
INLINE_BYTES = 2000
"""The changes of a larger step get a file of their own."""
FILE_BYTES = 64_000_000
"""The size of these files together, 400,000 marks; the newest always stays."""
FILE_CHANGES = 5_000
"""A step of more changes has several files: one of 5,000 papers takes 15 MB."""


@dataclass(slots=True)
class PaperFiles:
    """Files of a step that were written before the step is complete: their names, the
    papers in them, and the bytes of their changes.
    """

    names: list[str] = field(default_factory=list)
    papers: Seen = field(default_factory=Seen)
    size: int = 0

    def add(self, first: int, changes: Sequence[Change]) -> str:
        """Count changes as those of the next file; its name. `first` is the number of
        the first file.
        """
        name = f"{first + len(self.names)}.json"
        self.names.append(name)
        self.papers.update(one.paper for one in changes)
        self.size += _size_of(changes)
        return name


class NewStep(NamedTuple):
    """A step to be stored: its document; by name of file and table, what goes there.

    `size` is that of its changes in bytes.
    """

    document: Document
    files: dict[str, dict[str, Documents]]
    size: int


def stored_step(
    first: int,
    at: str,
    what: str,
    changes: Sequence[Change],
    *,
    written: PaperFiles | None = None,
    undoes: Sequence[int] = (),
    archive: str | None = None,
    papers: int | None = None,
    continues: Step | None = None,
) -> NewStep:
    """A step as it is stored. Its number is `first`, or greater if it has several files.

    Changes of other papers are in files that are `written` already.
    `papers` is to how many it was done; by default those among the changes. What it
    `continues` becomes part of it, and keeps its files.
    """
    written = written or PaperFiles()
    if papers is None:
        written.papers.update(
            {one.paper for one in changes if one.table in FILE_TABLES}
        )
        papers = len(written.papers)
    files: list[str] = []
    kept: list[Change] = []
    if continues is not None:
        files += continues.files
        kept += continues.inline
        if not files:
            changes = first_of_each([*kept, *changes])
            kept = []
    large = [one for one in changes if one.table in FILE_TABLES]
    inline = list(changes)
    size = _size_of(changes) + written.size
    new_files: dict[str, dict[str, Documents]] = {}
    marks = [one for one in large if one.table == MARKS]
    is_one_mark = large == marks and len(changes) == 1  # it would be in both
    has_files = files or written.names
    if large and (has_files or (size > INLINE_BYTES and not is_one_mark)):
        inline = [one for one in changes if one.table not in FILE_TABLES]
        inline += marks[:1]
        number = first + len(written.names)
        for start in range(0, len(large), FILE_CHANGES):
            name = f"{number + len(new_files)}.json"
            new_files[name] = in_file(large[start : start + FILE_CHANGES])
    number = first + max(len(written.names) + len(new_files) - 1, 0)
    files += (*new_files, *written.names)
    step: Document = {
        "key": str(number),
        "at": at,
        "what": hide_secrets(what),
        "papers": papers,
    }
    if undoes:
        step["undoes"] = list(undoes)
    if archive:
        step["archive"] = archive
    step["changes"] = [_stored(one) for one in first_of_each([*kept, *inline])]
    if len(files) == 1:
        step["file"] = files[0]
    elif files:
        step["files"] = files
    return NewStep(step, new_files, size)


def _size_of(changes: Iterable[Change]) -> int:
    """The length of changes as a JSON list, encoded one by one: the text of all may be
    as large as the library.
    """
    separator = len(", ")
    sizes = [len(json.dumps(_stored(one))) + separator for one in changes]
    return len("[]") + max(sum(sizes) - separator, 0)


def in_file(changes: Iterable[Change]) -> dict[str, Documents]:
    """Changes of papers and marks as the file of a step has them, by table and key."""
    tables: dict[str, Documents] = {}
    for change in changes:
        stored = _stored(change)
        stored.pop("table", None)
        tables.setdefault(FILE_TABLES[change.table], {})[change.key] = stored
    return tables


def _stored(change: Change) -> Document:
    stored: Document = {"key": change.key, "before": change.before}
    if change.added:
        stored["added"] = change.added
    if change.table == MARKS:
        return stored
    return {"table": change.table, **stored}


def outgrown(
    root: Path,
    steps: Sequence[Step],
    size: int,
) -> list[Step]:
    """The oldest steps, beyond the limits of number and size.

    `size` is that of the last step, whose files are yet to be written. What it undid, and
    what that undid, stays: else what is redone could not be undone again.
    """
    needed = _undone_by_last(steps)
    changes = 0
    for position, step in enumerate(reversed(steps)):
        if not step.undoes:
            changes += 1
        if position:
            size += sum(_size(root / FOLDER / name) for name in step.files)
        is_too_large = size > FILE_BYTES and step.number not in needed
        if changes > STEPS or position >= 3 * STEPS or is_too_large:
            older = [old for old in steps if old.number <= step.number]
            return [old for old in older if old.number not in needed]
    return []


def _undone_by_last(steps: Sequence[Step]) -> set[int]:
    """The numbers of the last step, of those that it undid, that these undid, and so on."""
    undoes = {step.number: step.undoes for step in steps}
    found: set[int] = set()
    waiting = [steps[-1].number]
    while waiting:
        number = waiting.pop()
        if number not in found:
            found.add(number)
            waiting += undoes.get(number, ())
    return found


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
