"""`score:a..b`: papers by how well they match the words beside it, as the listing shows it."""

from __future__ import annotations

import sqlite3

from papertrack.core.errors import UsageError
from papertrack.index.clauses import any_match, where
from papertrack.query.language import Among, And, Clause, Not, Number, Or


def asked(clause: Clause) -> bool:
    """Whether a clause asks for a score."""
    if isinstance(clause, And | Or):
        return any(map(asked, clause.clauses))
    if isinstance(clause, Not):
        return asked(clause.clause)
    return isinstance(clause, Number) and clause.field.query_name == "score"


def rated(clause: Clause, db: sqlite3.Connection, score: str, newest: int) -> Clause:
    """The clause with the papers themselves in the place of each score that it asks for.

    Only the `newest` matches of its words have one, as in a ranked listing. Raises UsageError where there are none.
    """
    if not asked(clause):
        return clause
    match = where(clause).match or any_match(clause)
    if match is None:
        raise UsageError(
            "score: is how well papers match the words beside it; add a word, as in: diffusion score:5.."
        )
    floor = (
        "SELECT rowid FROM fts WHERE fts MATCH ? ORDER BY rowid DESC LIMIT 1 OFFSET ?"
    )
    rows = db.execute(
        f"SELECT rowid, round(-{score}, 3) FROM fts WHERE fts MATCH ? AND rowid >= coalesce(({floor}), 0)",
        (match, match, newest - 1),
    )
    return _put_in(clause, rows.fetchall())


def _put_in(clause: Clause, scores: list[tuple[int, float]]) -> Clause:
    if isinstance(clause, Not):
        return Not(_put_in(clause.clause, scores))
    if isinstance(clause, And | Or):
        return type(clause)(tuple(_put_in(part, scores) for part in clause.clauses))
    if not isinstance(clause, Number) or not asked(clause):
        return clause
    low = float("-inf") if clause.low is None else clause.low
    high = float("inf") if clause.high is None else clause.high
    return Among(tuple(rid for rid, score in scores if low <= score <= high))
