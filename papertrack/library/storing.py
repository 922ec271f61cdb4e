"""Storing the records that a merge changed, each in the file of its paper; removing papers.

Papers that are new or removed are noted for the undo log.
"""

from __future__ import annotations

from papertrack.core.model import Record
from papertrack.joining.records import Merge
from papertrack.joining.settle import date_of
from papertrack.library import stored, undo_log
from papertrack.library.edit import Edit
from papertrack.library.stored import Parts, Place
from papertrack.library.undo_log import Change
from papertrack.storage.layout import PAPERS

MONTH_BYTES = 4_000_000
"""A month's file is rewritten by each merge: once it is larger, new papers go to a second
one."""


def store(edit: Edit, merge: Merge[Place]) -> None:
    """Set the records that a merge changed: each in the file of its paper."""
    changes: dict[str, dict[str, Record | None]] = {}
    for origins in merge.origins.values():
        for file, old, _ in origins:
            changes.setdefault(file, {})[old] = None
    for key, record in merge.records.items():
        places = sorted(merge.origins[key])
        places.sort(key=lambda place: place[1] != key)
        if places:
            name = places[0][0]
        else:
            name = file_for(edit, record)
        changes.setdefault(name, {})[key] = record
    for name, records in changes.items():
        edit.set_records(name, records)
    for key in merge.fresh:
        added = merge.records[key].added
        edit.note(Change(undo_log.PAPERS, key, None, added))


def remove(edit: Edit, parts: Parts) -> None:
    """Remove papers, given by their stored records."""
    for key, located in parts.items():
        for file, record in located:
            edit.set_records(file, {record.key: None})
        before = stored.joined(located)._replace(key=key)
        edit.note(Change(undo_log.PAPERS, key, before.as_json()))


def month_of(record: Record) -> str:
    """The month of the file of a new paper, or `undated`."""
    date = date_of(record) or record.added or "undated"
    return date[:7]


def file_for(edit: Edit, record: Record) -> str:
    """The file for a new paper: its month's, or the next one if that is large."""
    month = month_of(record)
    sizes = edit.file_sizes
    number = 1
    while True:
        suffix = f".{number}" if number > 1 else ""
        name = f"{PAPERS}/{month}{suffix}.json"
        if name not in sizes:
            path = edit.root / name
            sizes[name] = path.stat().st_size if path.exists() else 0
        if sizes[name] < MONTH_BYTES:
            sizes[name] += _bytes_of(record)
            return name
        number += 1


def _bytes_of(record: Record) -> int:
    """How long a record is as JSON, roughly: most of it is the abstract and the authors.

    To encode it took 3 % of an import.
    """
    size = 0
    for facts in record.said.values():
        long = str(facts.get("abstract", "")), str(facts.get("authors", ""))
        size += 500 + sum(map(len, long))
    return size
