"""The undo log: each write to marks, views, rules and feeds as a step that says what stood there before.

A step lies in the table `undo` of desk.json. Undoing is a step itself, which holds what it replaced: so it can be
redone, and nothing is lost where it is cut off. What many marks were before lies in a file of its own,
undo/NUMBER.json, so that desk.json stays small, which every write writes anew.

A step is on disk before the marks that it is about. Where the process is killed in between, the first of its marks
is still what it was before: such a step never came to pass, and the next write drops it.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from papertrack.core.errors import StoreError
from papertrack.storage import layout
from papertrack.storage import reading as files

STEPS = 100
"""How many steps can be undone. Undoing and redoing are not counted; of all there are at most three times as many."""
INLINE_BYTES = 2000
"""What a step may take in desk.json, which every write writes anew; what is larger gets its own file."""
FILE_BYTES = 64_000_000
"""What those files may take together, the newest always kept: 400,000 marks."""
FOLDER = "undo"
MARKS = "marks"

Document = dict[str, Any]


class Change(NamedTuple):
    """A document that a step changed: its table (`marks`, or one of the desk), its key, what it was before."""

    table: str
    key: str
    before: Document | None


class Step(NamedTuple):
    """A step of the log. `at` is when (ISO 8601 in UTC), `what` was done, to how many `papers`.

    `undoes` are the numbers of the steps that it took back; `inline` are its changes, or the first of those in
    its `file`. Papers that it replaced lie in an `archive` among the backups.
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
        """Whether its marks were never written: the first still stands as it was before."""
        first = next((change for change in self.inline if change.table == MARKS), None)
        return first is not None and marks.get(first.key) == first.before

    def changes(self, root: Path) -> list[Change]:
        """All its changes. Raises StoreError where its file is gone."""
        if self.file is None:
            return list(self.inline)
        path = root / FOLDER / self.file
        held = files.read_tables(path).get("changes")
        if held is None:
            raise StoreError(
                f"{path} is gone, and with it what was there before: {self.what!r} can't be taken back"
            )
        others = [change for change in self.inline if change.table != MARKS]
        return [
            *others,
            *(_change(document) for document in held.values() if _is_change(document)),
        ]


def read(documents: Iterable[Mapping[str, Any]]) -> list[Step]:
    """The steps of the table `undo`, oldest first; what a hand has left without sense is passed by."""
    steps = []
    for document in documents:
        number, changes = str(document.get("key")), document.get("changes")
        if number.isdecimal() and isinstance(changes, list):
            inline = tuple(_change(one) for one in changes if _is_change(one))
            undoes = tuple(
                int(one) for one in document.get("undoes", ()) if str(one).isdecimal()
            )
            papers = document.get("papers", len({change.key for change in inline}))
            steps.append(
                Step(
                    int(number),
                    str(document.get("at", "")),
                    str(document.get("what", "")),
                    papers if isinstance(papers, int) else 0,
                    undoes,
                    inline,
                    document.get("file"),
                    document.get("archive"),
                )
            )
    return sorted(steps, key=lambda step: step.number)


def _is_change(document: Any) -> bool:
    """Whether a change can be taken back: what was before is nothing, or a document that may stand there."""
    if not isinstance(document, dict) or not isinstance(
        key := document.get("key"), str
    ):
        return False
    before, table = document.get("before"), str(document.get("table", MARKS))
    if before is None:
        return True
    if not isinstance(before, dict) or before.get("key") != key:
        return False
    with contextlib.suppress(StoreError):
        return table != MARKS or bool(
            list(files.marks(Path(layout.MARKS), {MARKS: {"1": before}}))
        )
    return False


def _change(document: Mapping[str, Any]) -> Change:
    return Change(
        str(document.get("table", MARKS)), str(document["key"]), document.get("before")
    )


def undone(steps: Sequence[Step]) -> set[int]:
    """The numbers of the steps that were taken back, by a step that was not taken back itself."""
    found: set[int] = set()
    for step in reversed(steps):
        if step.number not in found:
            found.update(step.undoes)
    return found


def standing(steps: Sequence[Step]) -> list[Step]:
    """The steps that `undo` can take back, newest first: what was done and not undone."""
    gone = undone(steps)
    return [
        step for step in reversed(steps) if not step.undoes and step.number not in gone
    ]


def to_redo(steps: Sequence[Step]) -> Step | None:
    """The step of undoing that `redo` takes back; None where something else was done since."""
    gone, by_number = undone(steps), {step.number: step for step in steps}
    for step in reversed(steps):
        if step.number in gone:
            continue
        if not step.undoes:
            return None
        if not any(
            number in by_number and by_number[number].undoes for number in step.undoes
        ):
            return step
    return None


def restored(
    steps: Iterable[Step], root: Path
) -> dict[tuple[str, str], Document | None]:
    """What taking back these steps, newest first, puts where: (table, key) -> document."""
    return {
        (change.table, change.key): change.before
        for step in steps
        for change in step.changes(root)
    }


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
    made: Document = {"key": str(number), "at": at, "what": what, "papers": papers}
    if undoes:
        made["undoes"] = list(undoes)
    if archive:
        made["archive"] = archive
    return {**made, "changes": [_stored(change) for change in changes]}


def _stored(change: Change) -> Document:
    table = {} if change.table == MARKS else {"table": change.table}
    return {**table, "key": change.key, "before": change.before}


def set_aside(root: Path, made: Document) -> Document:
    """The step as it goes into desk.json: where it is large, its marks are put into a file. Hold the lock."""
    from papertrack.storage import writing as store  # TinyDB; on writing only

    changes = made["changes"]
    if len(changes) < 2 or len(json.dumps(changes)) <= INLINE_BYTES:
        return made
    if not (marks := [change for change in changes if "table" not in change]):
        return made
    name = f"{made['key']}.json"
    path = root / FOLDER / name
    path.unlink(missing_ok=True)  # of a step that was cut off
    with store.opened(path) as database:
        store.put(database, "changes", {change["key"]: change for change in marks})
    return {
        **made,
        "changes": [*(change for change in changes if "table" in change), marks[0]],
        "file": name,
    }


def outgrown(root: Path, steps: Sequence[Step]) -> list[Step]:
    """The oldest steps, those beyond what is kept, by number and by the size of their files."""
    size = done = 0
    for kept, step in enumerate(reversed(steps)):
        done += not step.undoes
        if step.file:
            path = root / FOLDER / step.file
            size += path.stat().st_size if path.exists() else 0
        if done > STEPS or kept >= 3 * STEPS or (size > FILE_BYTES and kept):
            return [old for old in steps if old.number <= step.number]
    return []


def drop_files(root: Path, kept: Sequence[Step]) -> None:
    """Remove the files of steps that are kept no longer."""
    names = {step.file for step in kept}
    for path in (root / FOLDER).glob("*.json"):
        if path.name not in names:
            path.unlink(missing_ok=True)
