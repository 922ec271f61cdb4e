"""The undo log: each change of marks, views, rules and feeds as a step that can be undone.

A step is a document of the table `undo` in desk.json that holds what it replaced. Undoing
is a step too, so that it can be redone. The marks of a large step are in a file of their
own, undo/NUMBER.json, so that desk.json, which each write replaces, stays small.

Steps and changes are written in one transaction. Earlier releases wrote the step first:
one that was killed in between has left a last step whose marks were never written.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from papertrack.core.errors import StoreError
from papertrack.storage import reading
from papertrack.storage.layout import Changes, Document, Documents

STEPS = 100
"""How many changes can be undone. Of all steps, those that undo included, there are at
most three times as many."""
INLINE_BYTES = 2000
"""The changes of a larger step get a file of their own."""
FILE_BYTES = 64_000_000
"""The size of these files together, 400,000 marks; the newest always stays."""
FOLDER = "undo"
MARKS = "marks"


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
        for change in self.inline:
            if change.table == MARKS:
                return marks.get(change.key) == change.before
        return False

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


def read(
    table: Documents,
    marks: Mapping[str, Document] | None = None,
) -> list[Step]:
    """The steps of the table `undo`, oldest first; malformed ones are skipped.

    With `marks`, by key, a last step whose marks were never written is skipped too.
    """
    steps = []
    for document in table.values():
        step = _step_of(document)
        if step is not None:
            steps.append(step)
    steps.sort(key=lambda step: step.number)
    if marks is not None and steps and steps[-1].never_was(marks):
        steps.pop()
    return steps


def _step_of(document: Document) -> Step | None:
    number = str(document.get("key"))
    changes = document.get("changes")
    if not number.isdecimal() or not isinstance(changes, list):
        return None
    inline = _changes(changes)
    papers = document.get("papers", len({change.key for change in inline}))
    if not isinstance(papers, int):
        papers = 0
    undoes = map(str, document.get("undoes", ()))
    return Step(
        number=int(number),
        at=str(document.get("at", "")),
        what=str(document.get("what", "")),
        papers=papers,
        undoes=tuple(int(one) for one in undoes if one.isdecimal()),
        inline=tuple(inline),
        file=document.get("file"),
        archive=document.get("archive"),
    )


def _changes(documents: Iterable[Any]) -> list[Change]:
    """The changes of a step; those that can't be undone are skipped."""
    changes = []
    for document in documents:
        if _is_change(document):
            table = str(document.get("table", MARKS))
            change = Change(table, document["key"], document.get("before"))
            changes.append(change)
    return changes


def _is_change(document: Any) -> bool:
    """Whether a document is a change whose old content is missing or valid."""
    if not isinstance(document, dict) or not isinstance(document.get("key"), str):
        return False
    before = document.get("before")
    if before is None:
        return True
    if not isinstance(before, dict) or before.get("key") != document["key"]:
        return False
    is_mark = document.get("table", MARKS) == MARKS
    return not is_mark or reading.problem_of_mark(before) is None


def next_number(steps: Sequence[Step]) -> int:
    """The number of a step after these."""
    if not steps:
        return 1
    return steps[-1].number + 1


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
    newest_first = reversed(steps)
    return [
        step for step in newest_first if not step.undoes and step.number not in already
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


def restored(steps: Iterable[Step], root: Path) -> Changes:
    """The documents after undoing these steps, newest first."""
    tables: Changes = {}
    for step in steps:
        for change in step.changes(root):
            documents = tables.setdefault(change.table, {})
            documents[change.key] = change.before
    return tables


def first_of_each(changes: Iterable[Change]) -> list[Change]:
    """The first change of each document: together they undo all changes."""
    first: dict[tuple[str, str], Change] = {}
    for change in changes:
        name = (change.table, change.key)
        first.setdefault(name, change)
    return list(first.values())


def new_step(
    number: int,
    at: str,
    what: str,
    changes: Iterable[Change],
    *,
    undoes: Sequence[int] = (),
    archive: str | None = None,
) -> tuple[Document, Documents]:
    """A step as it is stored; and the changes of marks, by key, for a large step's file.

    The first of them is in the step too.
    """
    stored = [_stored(change) for change in changes]
    marks = {change["key"]: change for change in stored if "table" not in change}
    step: Document = {"key": str(number), "at": at, "what": what, "papers": len(marks)}
    if undoes:
        step["undoes"] = list(undoes)
    if archive:
        step["archive"] = archive
    step["changes"] = stored
    is_small = len(stored) < 2 or len(json.dumps(stored)) <= INLINE_BYTES
    if is_small or not marks:
        return step, {}
    others = [change for change in stored if "table" in change]
    first_mark, *_ = marks.values()
    step["changes"] = [*others, first_mark]
    step["file"] = f"{number}.json"
    return step, marks


def _stored(change: Change) -> Document:
    stored: Document = {"key": change.key, "before": change.before}
    if change.table == MARKS:
        return stored
    return {"table": change.table, **stored}


def outgrown(
    root: Path,
    steps: Sequence[Step],
    newest: Documents,
) -> list[Step]:
    """The oldest steps, beyond the limits of number and size.

    `newest` is what is yet to be written to the file of the last step.
    """
    size = len(json.dumps(newest))
    changes = 0
    for position, step in enumerate(reversed(steps)):
        if not step.undoes:
            changes += 1
        if position and step.file:
            path = root / FOLDER / step.file
            if path.exists():
                size += path.stat().st_size
        is_too_large = position and size > FILE_BYTES
        if changes > STEPS or position >= 3 * STEPS or is_too_large:
            return [old for old in steps if old.number <= step.number]
    return []
