"""Drafts: records and marks in the index as if they were stored; never committed."""

from __future__ import annotations

import json
from collections.abc import Mapping
from sqlite3 import Connection

from papertrack.core.model import Mark, Record
from papertrack.index.files import file_numbers, store_stamps
from papertrack.index.marks import (
    mark_papers,
    remove_marks,
    rids_of,
    store_marks,
    stored_marks,
)
from papertrack.index.prepared import Row, prepared
from papertrack.index.rows import Rows
from papertrack.index.schema import meta_of
from papertrack.index.update import record_row


def draft_records(db: Connection, records: Mapping[str, Record]) -> None:
    """Add records in place of those that they share a key with; not committed."""
    rows = _rows_of_draft(db)
    store_stamps(db, {"draft": (0, 0, 0)})
    file = file_numbers(db)["draft"]
    find = stored_marks(db, (key for one in records.values() for key in one.keys))
    outdated: set[int] = set()
    new: list[Row] = []
    for record in records.values():
        outdated |= rids_of(db, record.keys)
        new.append(record_row(record, find, file))
    rows.replace(outdated, map(prepared, new))
    rows.finish()


def _rows_of_draft(db: Connection) -> Rows:
    meta = meta_of(db)
    return Rows(db, meta.bits, is_part=meta.pending > 0)


def draft_marks(db: Connection, marks: Mapping[str, Mark]) -> None:
    """Set the marks of papers by main key; not committed."""
    documents: dict[str, str] = {}
    for key, mark in marks.items():
        documents[key] = json.dumps(mark.as_json(key))
    remove_marks(db, marks)
    store_marks(db, documents, own_layout=False)
    rows = _rows_of_draft(db)
    mark_papers(db, marks, rows)
    rows.finish()
