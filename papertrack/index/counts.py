"""Counts, made by SQL in the index: no paper is read for them. Hidden papers are left out of all.

Row ids begin with a paper's day (`day << 24 | n`), so days and the newest need no look at the papers.
"""

from __future__ import annotations

import sqlite3
from datetime import date
from typing import NamedTuple

from papertrack.index.clauses import fold_label

_TAG = (
    "count(*), coalesce(sum(p.status = 'unread'), 0), coalesce(sum(p.status = 'later'), 0), max(p.rid) "
    "FROM paper p JOIN {} l ON l.rid = p.rid WHERE p.status != 'hidden'"
)
_BELOW = "field = 'tags' AND (folded = ? OR folded >= ? AND folded < ?)"


class Tag(NamedTuple):
    """A tag and its papers: how many, how many of them unread, how many for later, the newest one's day."""

    name: str
    papers: int = 0
    unread: int = 0
    later: int = 0
    newest: str | None = None


class Share(NamedTuple):
    """A name and how many papers have it."""

    name: str
    papers: int


def day_of(rid: int | None) -> str | None:
    """The day (ISO) of the paper with this row id; None where it has none."""
    return date.fromordinal(rid >> 24).isoformat() if rid and rid >> 24 else None


def tags(db: sqlite3.Connection) -> list[Tag]:
    """The tags by name, each with its own papers."""
    labels = "(SELECT * FROM label WHERE field = 'tags')"
    rows = db.execute(f"SELECT min(l.value), {_TAG.format(labels)} GROUP BY l.folded ORDER BY l.folded")
    return [_tag(*row) for row in rows]


def whole_tag(db: sqlite3.Connection, name: str) -> Tag:
    """A tag with the papers of all tags below it, each counted once."""
    labels = f"(SELECT DISTINCT rid FROM label WHERE {_BELOW})"
    return _tag(name, *db.execute(f"SELECT {_TAG.format(labels)}", _below(name)).fetchone())


def tree(db: sqlite3.Connection) -> list[Tag]:
    """The tags and all their parents, each with the papers of the tags below it counted once."""
    named = {fold_label(tag.name): tag for tag in tags(db)}
    parents: dict[str, str] = {}
    for tag in list(named.values()):
        parts = tag.name.split("/")
        for depth in range(1, len(parts)):
            parent = "/".join(parts[:depth])
            parents.setdefault(fold_label(parent), parent)
    for folded, parent in parents.items():
        named[folded] = whole_tag(db, named[folded].name if folded in named else parent)
    return list(named.values())


def together(db: sqlite3.Connection, name: str) -> list[Share]:
    """The tags that papers of this tag have besides it, the most frequent first."""
    rows = db.execute(
        "SELECT min(value), count(*) AS papers FROM label WHERE field = 'tags' AND folded != ? "
        f"AND rid IN (SELECT rid FROM label WHERE {_BELOW}) "
        "AND rid NOT IN (SELECT rid FROM paper WHERE status = 'hidden') "
        "GROUP BY folded ORDER BY papers DESC, folded",
        (fold_label(name), *_below(name)),
    )
    return [Share(*row) for row in rows]


def _tag(name: str, papers: int, unread: int, later: int, newest: int | None) -> Tag:
    return Tag(name, papers, unread, later, day_of(newest))


def _below(name: str) -> tuple[str, str, str]:
    folded = fold_label(name)
    return folded, f"{folded}/", f"{folded}0"
