"""Counts, made by SQL in the index: no paper is read for them. Hidden papers are left out unless asked for."""

from __future__ import annotations

import sqlite3
from typing import NamedTuple

from papertrack.index.clauses import NOT_HIDDEN, fold_label, where
from papertrack.query import Clause, mentions_hidden

DAY = "coalesce(p.listed, p.published, substr(p.added, 1, 10))"
"""The day (ISO) that a paper is placed by: `Paper.date`."""

_TAG = (
    f"count(*), coalesce(sum(p.status = 'unread'), 0), coalesce(sum(p.status = 'later'), 0), max({DAY}) "
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


def tags(db: sqlite3.Connection) -> list[Tag]:
    """The tags by name, each with its own papers: tallied as they come and go, so that none is looked at."""
    newest = f"SELECT max(rid) FROM has p WHERE p.name = id AND {NOT_HIDDEN}"
    rows = db.execute(
        "SELECT min(value), sum(papers), sum(unread), sum(later), max(newest) FROM ("
        "SELECT folded, value, sum(papers) AS papers, sum(papers * (status = 'unread')) AS unread, "
        "sum(papers * (status = 'later')) AS later, "
        f"(SELECT {DAY} FROM paper p WHERE p.rid = ({newest})) AS newest "
        "FROM tally JOIN name ON id = name WHERE status != 'hidden' GROUP BY id) GROUP BY folded ORDER BY folded"
    )
    return [Tag(*row) for row in rows]


def whole_tag(db: sqlite3.Connection, name: str) -> Tag:
    """A tag with the papers of all tags below it, each counted once."""
    labels = f"(SELECT DISTINCT rid FROM label WHERE {_BELOW})"
    return Tag(name, *db.execute(f"SELECT {_TAG.format(labels)}", _below(name)).fetchone())


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


def _below(name: str) -> tuple[str, str, str]:
    folded = fold_label(name)
    return folded, f"{folded}/", f"{folded}0"


# ------------------------------------------------------------------ of a query


def by_label(db: sqlite3.Connection, clause: Clause, *, field: str) -> list[Share]:
    """How many of the papers that match have each value of a list: tags, sources, categories. A to Z."""
    sql, parameters = _matching("p.rid", clause)
    rows = db.execute(
        f"SELECT min(value), count(*) FROM label WHERE field = ? AND rid IN ({sql}) GROUP BY folded ORDER BY folded",
        [field, *parameters],
    )
    return [Share(*row) for row in rows]


def without_label(db: sqlite3.Connection, clause: Clause, *, field: str) -> int:
    """How many of the papers that match have no value of a list."""
    sql, parameters = _matching("p.rid", clause)
    labelled = "SELECT rid FROM label WHERE field = ?"
    row = db.execute(f"SELECT count(*) FROM ({sql}) WHERE rid NOT IN ({labelled})", [*parameters, field]).fetchone()
    return int(row[0])


def by_day(db: sqlite3.Connection, clause: Clause) -> list[tuple[str | None, int]]:
    """How many of the papers that match are of each day (ISO), in order; None for those without one."""
    sql, parameters = _matching(f"{DAY} AS day", clause)
    return db.execute(f"SELECT day, count(*) FROM ({sql}) GROUP BY day ORDER BY day", parameters).fetchall()


def _matching(what: str, clause: Clause) -> tuple[str, list[object]]:
    """A SELECT of `what` of each paper that matches, with its parameters."""
    condition = where(clause)
    hidden = "1" if mentions_hidden(clause) else NOT_HIDDEN
    if condition.match is None:
        return f"SELECT {what} FROM paper p WHERE {condition.condition} AND {hidden}", list(condition.parameters)
    sql = f"SELECT {what} FROM fts JOIN paper p ON p.rid = fts.rowid WHERE fts MATCH ? AND {condition.condition}"
    return f"{sql} AND {hidden}", [condition.match, *condition.parameters]
