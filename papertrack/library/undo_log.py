"""The undo log: each change of papers, marks, views, rules and feeds as a step that can be
undone.

A step is a document of the table `undo` in desk.json that holds what it replaced. Undoing
is a step too, so that it can be redone. The papers and marks of a large step are in files
of their own, undo/NUMBER.json, so that desk.json, which each write replaces, stays small.

Steps and changes are written in one transaction. Earlier releases wrote the step first:
one that was killed in between has left a last step whose marks were never written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from papertrack.core.errors import StoreError
from papertrack.storage import reading
from papertrack.storage.layout import Document, Documents

FOLDER = "undo"
MARKS, PAPERS, SAID = "marks", "papers", "said"

FILE_TABLES = {MARKS: "changes", PAPERS: "records", SAID: "said"}
"""The tables whose changes a large step has in its files, and the names there."""

_FILE = re.compile(r"[1-9][0-9]{0,17}\.json")


class Change(NamedTuple):
    """A changed document: its table, key and old content, None if it was new.

    The table is `marks`, `papers`, `said` or one of desk.json. Of a new paper, `added` is
    when it was added, as its record states. Documents of `said` are what a service stated
    of a paper, see `enriching`.
    """

    table: str
    key: str
    before: Document | None
    added: str = ""

    @property
    def paper(self) -> str:
        """The key of the paper that it is about."""
        return self.key.partition(" ")[2] if self.table == SAID else self.key


class Step(NamedTuple):
    """A step: its number, the time (ISO 8601 in UTC), what was done, to how many papers.

    `undoes` are the numbers of the steps that it undid. `inline` are its changes; where
    it has `files`, those of papers are not among them, and only the first of its marks is.
    `archive` is the backup with the papers that it replaced.
    """

    number: int
    at: str
    what: str
    papers: int
    undoes: tuple[int, ...]
    inline: tuple[Change, ...]
    files: tuple[str, ...]
    archive: str | None = None

    def never_was(self, marks: Mapping[str, Document]) -> bool:
        """Whether its marks were never written: the first is still as it was before."""
        for change in self.inline:
            if change.table == MARKS:
                return marks.get(change.key) == change.before
        return False

    def changes(self, root: Path) -> list[Change]:
        """All its changes, one for each document. Raises StoreError if a file is missing."""
        return first_of_each(self.each_change(root))

    def each_change(self, root: Path) -> Iterator[Change]:
        """All its changes, file by file; of a document the first counts. Raises as
        `changes`.
        """
        if not self.files:
            yield from self.inline
            return
        for change in self.inline:
            if change.table not in FILE_TABLES:
                yield change
        for name in self.files:
            path = root / FOLDER / name
            tables = reading.read_tables(path)
            if not tables:
                raise StoreError(
                    f"{path} is missing; {self.what!r} can't be undone without it"
                )
            for table, name_there in FILE_TABLES.items():
                yield from _changes(tables.get(name_there, {}).values(), table)


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
    files = document.get("files", [document["file"]] if "file" in document else [])
    if not isinstance(files, list) or not all(map(_is_file, files)):
        return None
    archive = document.get("archive")
    if archive is not None and not _is_archive(archive):
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
        files=tuple(files),
        archive=archive,
    )


def _is_file(name: object) -> bool:
    return isinstance(name, str) and _FILE.fullmatch(name) is not None


def _is_archive(name: object) -> bool:
    """Whether it is a name among the backups, not a path that leads elsewhere."""
    return isinstance(name, str) and "/" not in name


def _changes(documents: Iterable[Any], table: str = MARKS) -> list[Change]:
    """The changes of a step; those that can't be undone are skipped.

    They are of this table unless they state another one.
    """
    changes = []
    for document in documents:
        if not isinstance(document, dict):
            continue
        change = Change(
            str(document.get("table", table)),
            document.get("key", ""),
            document.get("before"),
            str(document.get("added", "")),
        )
        if _is_valid(change):
            changes.append(change)
    return changes


def _is_valid(change: Change) -> bool:
    """Whether the old content of a change is missing or valid."""
    before: Any = change.before
    if not isinstance(change.key, str) or not change.key:
        return False
    if before is None:
        return True
    if not isinstance(before, dict) or before.get("key") != change.key:
        return False
    if change.table == MARKS:
        return reading.problem_of_mark(before) is None
    if change.table == PAPERS:
        return reading.problem_of_paper(before) is None
    if change.table == SAID:
        facts = before.get("facts") or {}
        record = {**before, "key": before.get("paper"), "said": {"service": facts}}
        return reading.problem_of_paper(record) is None
    return True


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


def redoable(steps: Sequence[Step]) -> list[Step]:
    """The steps of undoing that `redo` can undo, newest first.

    There are none if something was changed since.
    """
    already = undone(steps)
    undoing = {step.number for step in steps if step.undoes}
    found = []
    for step in reversed(steps):
        if step.number in already:
            continue
        if not step.undoes:
            break
        if undoing.isdisjoint(step.undoes):
            found.append(step)
            already.difference_update(step.undoes)  # what it undid is in force again
    return found


def is_independent(
    step: Step,
    steps: Sequence[Step],
    root: Path,
) -> bool:
    """Whether a step could be the last of these: no later one is about what it changed.

    Raises StoreError if the file of a step is missing.
    """
    if step not in steps or step.number in undone(steps):
        return False
    changed = {(one.table, one.key) for one in step.changes(root)}
    for later in steps[steps.index(step) + 1 :]:
        if later.archive:
            return False
        if any((one.table, one.key) in changed for one in later.changes(root)):
            return False
    return True


def first_of_each(changes: Iterable[Change]) -> list[Change]:
    """The first change of each document: together they undo all changes."""
    first: dict[tuple[str, str], Change] = {}
    for change in changes:
        name = (change.table, change.key)
        first.setdefault(name, change)
    return list(first.values())
