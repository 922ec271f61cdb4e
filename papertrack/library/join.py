"""Taking in another library: its papers, marks, views, rules and feeds, joined with those that are here."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from papertrack.core.errors import FetchError
from papertrack.core.model import Record
from papertrack.joining import libraries as union
from papertrack.library.library import Library, Taken
from papertrack.storage import layout
from papertrack.storage import reading as files


class Joined(NamedTuple):
    """What came in: papers as a listing's, how many marks changed, what changed on the desk by table."""

    papers: Taken
    marks: int
    desk: dict[str, int]


def join(library: Library, other: Path, *, dry_run: bool = False) -> Joined:
    """Join the library in the folder `other` into `library`; its marks and desk as one step that undo takes back.

    Nothing is written there. Raises FetchError for a folder that is no library, StoreError for what can't be read.
    """
    from papertrack.storage import writing as store

    if not any(
        (other / name).exists() for name in (layout.MARKS, layout.DESK, layout.PAPERS)
    ):
        raise FetchError(
            f"{other}: is a folder without a library (no {layout.PAPERS}, no {layout.MARKS})"
        )
    if (other / layout.REPLACING).exists():
        raise FetchError(
            f"{other}: a restore was cut off there; papertrack --library {other} status finishes it"
        )
    theirs = [record for _, record in _records(other)]
    their_marks, their_desk = files.read_marks(other), _desk(other)
    with store.locked(library.root):
        lying: dict[str, list[tuple[str, Record]]] = {}
        for name, record in _records(library.root):
            lying.setdefault(record.key, []).append((name, record))
        mine = [record for parts in lying.values() for _, record in parts]
        merged = union.papers(mine, theirs)
        marks = union.marks(files.read_marks(library.root), their_marks)
        desk = union.settings(_desk(library.root), their_desk)
        counts = {
            table: sum(name == table for name, _ in desk)
            for table in ("views", "rules", "feeds")
        }
        if not dry_run:
            library.put(merged, lying, marks, desk, what=f"joined the library {other}")
    known = max(len(theirs) - merged.new - merged.updated, 0)
    return Joined(
        Taken(merged.new, merged.updated, known),
        len(marks),
        {k: n for k, n in counts.items() if n},
    )


def _records(root: Path) -> list[tuple[str, Record]]:
    return [
        (name, record)
        for name in layout.months(root)
        for record in files.read_records(root / name)
    ]


def _desk(root: Path) -> dict[str, dict[str, dict[str, Any]]]:
    tables = files.read_tables(root / layout.DESK)
    return {
        name: files.by_key(documents.values()) for name, documents in tables.items()
    }
