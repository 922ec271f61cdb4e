"""Counts, made by SQL in the index: no paper is read for them. Hidden papers are left out unless asked for."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from papertrack.core.model import STATUSES
from papertrack.index.clauses import NOT_HIDDEN, Where, fold_label

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
    return Tag(
        name, *db.execute(f"SELECT {_TAG.format(labels)}", _below(name)).fetchone()
    )


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
        f"AND +rid IN (SELECT rid FROM label WHERE {_BELOW}) "
        "AND rid NOT IN (SELECT rid FROM hidden) "
        "GROUP BY folded ORDER BY papers DESC, folded",
        (fold_label(name), *_below(name)),
    )
    return [Share(*row) for row in rows]


def _below(name: str) -> tuple[str, str, str]:
    folded = fold_label(name)
    return folded, f"{folded}/", f"{folded}0"


# ------------------------------------------------------------------ of a query


class Matching(NamedTuple):
    """The papers that a condition is true of; the hidden ones among them only where `hidden` says so."""

    condition: Where
    hidden: bool = False

    def select(self, what: str) -> tuple[str, list[object]]:
        """A SELECT of `what` of each paper `p`, with its parameters."""
        match, condition, parameters = self.condition
        shown = condition if self.hidden else f"{condition} AND {NOT_HIDDEN}"
        if match is None:
            return f"SELECT {what} FROM paper p WHERE {shown}", [*parameters]
        sql = f"SELECT {what} FROM fts JOIN paper p ON p.rid = fts.rowid WHERE fts MATCH ? AND {shown}"
        return sql, [match, *parameters]


class Summary(NamedTuple):
    """How the papers that match stand. `papers` leaves the hidden ones out unless they were asked for."""

    papers: int
    unread: int
    read: int
    later: int
    hidden: int
    starred: int


class Progress(NamedTuple):
    """A month (ISO), how many papers came into the library then, and how many were marked read."""

    month: str
    added: int
    read: int


class Trend(NamedTuple):
    """A query, and of each period how many papers match and how many there are."""

    query: str
    counts: Sequence[int]
    totals: Sequence[int]

    @property
    def shares(self) -> list[float | None]:
        """The part of each period's papers that matches; None where there are none."""
        return [
            count / of if of else None
            for count, of in zip(self.counts, self.totals, strict=True)
        ]


def summary(db: sqlite3.Connection, of: Matching) -> Summary:
    """How the papers that match stand, hidden ones counted apart."""
    sql, parameters = of._replace(hidden=True).select("status, starred")
    rows = db.execute(
        f"SELECT status, count(*), coalesce(sum(starred), 0) FROM ({sql}) GROUP BY status",
        parameters,
    )
    held = {status: (papers, starred) for status, papers, starred in rows}
    shown = [value for status, value in held.items() if status != "hidden" or of.hidden]
    states = {status: held.get(status, (0, 0))[0] for status in STATUSES}
    return Summary(
        sum(papers for papers, _ in shown),
        **states,
        starred=sum(starred for _, starred in shown),
    )


def by_label(db: sqlite3.Connection, of: Matching, *, field: str) -> list[Share]:
    """How many of the papers that match have each value of a list, tags or sources; most first, then A to Z."""
    sql, parameters = of.select("p.rid")
    # The + keeps SQLite from looking each of the papers up below each of the values.
    rows = db.execute(
        f"SELECT min(value), count(*) AS papers FROM label WHERE field = ? AND +rid IN ({sql}) "
        "GROUP BY folded ORDER BY papers DESC, folded",
        [field, *parameters],
    )
    return [Share(*row) for row in rows]


def without_label(db: sqlite3.Connection, of: Matching, *, field: str) -> int:
    """How many of the papers that match have no value of a list."""
    sql, parameters = of.select("p.rid")
    labelled = "SELECT rid FROM label WHERE field = ?"
    row = db.execute(
        f"SELECT count(*) FROM ({sql}) WHERE rid NOT IN ({labelled})",
        [*parameters, field],
    ).fetchone()
    return int(row[0])


def by_day(db: sqlite3.Connection, of: Matching) -> list[tuple[date | None, int]]:
    """How many of the papers that match are of each day, in order; first, under None, of no whole day."""
    sql, parameters = of.select("p.day")
    rows = db.execute(
        f"SELECT day, count(*) FROM ({sql}) GROUP BY day ORDER BY day", parameters
    )
    return [(date.fromordinal(day) if day else None, papers) for day, papers in rows]


def progress(db: sqlite3.Connection, of: Matching) -> list[Progress]:
    """How many of the papers that match came, and how many were marked read, each month; months without are left out.

    A paper counts as read in the month in which it was last marked so.
    """
    sql, parameters = of.select(
        "substr(p.added, 1, 7) AS came, substr(p.marked, 1, 7) AS marked, p.status"
    )
    rows = db.execute(
        f"WITH found AS MATERIALIZED ({sql}) SELECT month, sum(came), sum(done) FROM "
        "(SELECT came AS month, count(*) AS came, 0 AS done FROM found GROUP BY came UNION ALL "
        "SELECT marked, 0, count(*) FROM found WHERE status = 'read' GROUP BY marked) "
        "WHERE month IS NOT NULL GROUP BY month ORDER BY month",
        parameters,
    )
    return [Progress(*row) for row in rows]
