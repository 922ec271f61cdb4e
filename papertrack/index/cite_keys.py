"""The cite key of each paper: of those that share one, the first has it plain.

First come papers whose key was imported, then those that were added first.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from itertools import groupby

from papertrack.core.cite_keys import base_key, suffixes
from papertrack.core.model import Paper


def with_cite_keys(db: sqlite3.Connection, papers: Iterable[Paper]) -> list[Paper]:
    """The papers, each with the key that is its own in the library."""
    papers = list(papers)
    bases = [base_key(paper) for paper in papers]
    suffix = _suffixes(db, {base.casefold() for base in bases})
    return [
        paper._replace(cite_key=base + suffix.get(paper.key, ""))
        for paper, base in zip(papers, bases, strict=True)
    ]


def _suffixes(db: sqlite3.Connection, bases: set[str]) -> dict[str, str]:
    """Key -> what follows the cite key, for the papers with one of these cite keys."""
    rows = db.execute(
        "SELECT cite_key, key FROM paper"
        " WHERE cite_key IN (SELECT value FROM json_each(?))"
        " ORDER BY cite_key, imported_key DESC, added, key",
        (json.dumps(sorted(bases)),),
    )
    result: dict[str, str] = {}
    for _, group in groupby(rows, key=lambda row: row[0]):
        result |= suffixes(key for _, key in group)
    return result
