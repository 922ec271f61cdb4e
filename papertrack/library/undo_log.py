"""The undo log: each change of marks, views, rules and feeds as a step that can be undone.

A step is a document of the table `undo` in desk.json that holds what it replaced. Undoing
is a step too, so that it can be redone. The marks of a large step are in a file of their
own, undo/NUMBER.json, so that desk.json, which each write replaces, stays small.

Steps and changes are written in one transaction. Earlier releases wrote the step first:
one that was killed in between has left a last step whose marks were never written.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from papertrack.core.errors import StoreError
from papertrack.storage import reading

STEPS = 100
"""How many changes can be undone. Of all steps, those that undo included, there are at
most three times as many."""
INLINE_BYTES = 2000
"""The changes of a larger step get a file of their own."""
FILE_BYTES = 64_000_000
"""The size of these files together, 400,000 marks; the newest always stays."""
FOLDER = "undo"
MARKS = "marks"

Document = dict[str, Any]


class Change(NamedTuple):
    """A changed document: its table (`marks`, or one of desk.json), key and old content."""

    table: str
    key: str
    before: Document | None


class Step(NamedTuple):
    """A step: its number, the time (ISO 8601 in UTC), what was done, to how many papers.

    `undoes` are the numbers of the steps that it undid. `inline` are its changes; where
    it has a `file`, only the first of its marks is among them. `archive` is the backup
    with the papers that it replaced.
    """

    number: int
    at: str
    what: str
    papers: int
    undoes: tuple[int, ...]
    inline: tuple[Change, ...]
    file: str | None
    archive: str | None = None

    def never_was(self, marks: Mapping[str, Document]) -> bool:
        """Whether its marks were never written: the first is still as it was before."""
        first = next((change for change in self.inline if change.table == MARKS), None)
        return first is not None and marks.get(first.key) == first.before

    def changes(self, root: Path) -> list[Change]:
        """All its changes. Raises StoreError if its file is missing."""
        if self.file is None:
            return list(self.inline)
        path = root / FOLDER / self.file
        stored = reading.read_tables(path).get("changes")
        if stored is None:
            raise StoreError(
                f"{path} is missing; {self.what!r} can't be undone without it"
            )
        others = [change for change in self.inline if change.table != MARKS]
        return [*others, *_changes(stored.values())]


def read(documents: Iterable[Mapping[str, Any]]) -> list[Step]:
    """The steps of the table `undo`, oldest first; malformed ones are skipped."""
    steps = []
    for document in documents:
        number = str(document.get("key"))
        changes = document.get("changes")
        if not number.isdecimal() or not isinstance(changes, list):
            continue
        inline = tuple(_changes(changes))
        undoes = [str(one) for one in document.get("undoes", ())]
        papers = document.get("papers", len({change.key for change in inline}))
        step = Step(
            number=int(number),
            at=str(document.get("at", "")),
            what=str(document.get("what", "")),
            papers=papers if isinstance(papers, int) else 0,
            undoes=tuple(int(one) for one in undoes if one.isdecimal()),
            inline=inline,
            file=document.get("file"),
            archive=document.get("archive"),
        )
        steps.append(step)
    return sorted(steps, key=lambda step: step.number)


def completed(steps: list[Step], marks: Mapping[str, Document]) -> list[Step]:
    """The steps without a last one whose marks were never written; `marks` by key."""
    if steps and steps[-1].never_was(marks):
        return steps[:-1]
    return steps


def _changes(documents: Iterable[Any]) -> list[Change]:
    """The changes of a step; those that can't be undone are skipped."""
    return [
        Change(
            str(document.get("table", MARKS)), document["key"], document.get("before")
        )
        for document in documents
        if _is_change(document)
    ]


def _is_change(document: Any) -> bool:
    """Whether a document is a change whose old content is missing or valid."""
    if not isinstance(document, dict) or not isinstance(document.get("key"), str):
        return False
    before = document.get("before")
    if before is None:
        return True
    if not isinstance(before, dict) or before.get("key") != document["key"]:
        return False
    if document.get("table", MARKS) != MARKS:
        return True
    with contextlib.suppress(StoreError):
        return bool(list(reading.marks(Path(MARKS), {MARKS: {"1": before}})))
    return False


def undone(steps: Sequence[Step]) -> set[int]:
    """The numbers of the steps that were undone by a step that was not undone itself."""
    numbers: set[int] = set()
    for step in reversed(steps):
        if step.number not in numbers:
            numbers.update(step.undoes)
    return numbers


def undoable(steps: Sequence[Step]) -> list[Step]:
    """The steps that `undo` can undo, newest first."""
    already = undone(steps)
    return [
        step
        for step in reversed(steps)
        if not step.undoes and step.number not in already
    ]


def redoable(steps: Sequence[Step]) -> Step | None:
    """The step of undoing that `redo` undoes; None if something was changed since."""
    already = undone(steps)
    undoing = {step.number for step in steps if step.undoes}
    for step in reversed(steps):
        if step.number in already:
            continue
        if not step.undoes:
            return None
        if undoing.isdisjoint(step.undoes):
            return step
    return None


def restored(
    steps: Iterable[Step], root: Path
) -> dict[tuple[str, str], Document | None]:
    """The documents after undoing these steps, newest first, by table and key."""
    return {
        (change.table, change.key): change.before
        for step in steps
        for change in step.changes(root)
    }


def first_of_each(changes: Iterable[Change]) -> list[Change]:
    """The first change of each document: together they undo all changes."""
    first: dict[tuple[str, str], Change] = {}
    for change in changes:
        first.setdefault((change.table, change.key), change)
    return list(first.values())


def document(
    number: int,
    at: str,
    what: str,
    changes: Sequence[Change],
    *,
    undoes: Sequence[int] = (),
    archive: str | None = None,
) -> Document:
    """A step as it is stored, with all its changes."""
    papers = sum(change.table == MARKS for change in changes)
    stored: Document = {"key": str(number), "at": at, "what": what, "papers": papers}
    if undoes:
        stored["undoes"] = list(undoes)
    if archive:
        stored["archive"] = archive
    stored["changes"] = [_stored(change) for change in changes]
    return stored


def _stored(change: Change) -> Document:
    stored: Document = {"key": change.key, "before": change.before}
    if change.table == MARKS:
        return stored
    return {"table": change.table, **stored}


def move_to_file(step: Document) -> dict[str, Document]:
    """Shorten a large step as it is stored: the changes of marks for a file, by key.

    The first of them stays, and the step names the file; {} for a small step.
    """
    changes = step["changes"]
    marks = [change for change in changes if "table" not in change]
    is_small = len(changes) < 2 or len(json.dumps(changes)) <= INLINE_BYTES
    if is_small or not marks:
        return {}
    others = [change for change in changes if "table" in change]
    step["changes"] = [*others, marks[0]]
    step["file"] = f"{step['key']}.json"
    return {change["key"]: change for change in marks}


def outgrown(
    root: Path,
    steps: Sequence[Step],
    newest: Mapping[str, Document],
) -> list[Step]:
    """The oldest steps, beyond the limits of number and size.

    `newest` is what is yet to be written to the file of the last step.
    """
    size = len(json.dumps(newest)) if newest else 0
    changes = 0
    for position, step in enumerate(reversed(steps)):
        if not step.undoes:
            changes += 1
        if step.file and position:
            path = root / FOLDER / step.file
            size += path.stat().st_size if path.exists() else 0
        is_too_large = size > FILE_BYTES and position > 0
        if changes > STEPS or position >= 3 * STEPS or is_too_large:
            return [old for old in steps if old.number <= step.number]
    return []
