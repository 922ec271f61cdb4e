"""`score:a..b`: papers by how well they match the words beside it, as a listing ranks
them.
"""

from __future__ import annotations

from sqlite3 import Connection

from papertrack.core.errors import UsageError
from papertrack.index.clauses import any_match, where
from papertrack.index.relevance import RANKED, score_in, table_for
from papertrack.index.schema import Meta
from papertrack.query.language import (
    Among,
    And,
    Clause,
    Not,
    Number,
    Or,
    is_score,
)


def rated(clause: Clause, db: Connection, meta: Meta) -> Clause:
    """The clause with each `score:` replaced by the papers that have such a score.

    Only the newest matches of its words have one, as in a ranked listing. Raises
    UsageError if there are no words.
    """
    match = where(clause).match or any_match(clause)
    if match is None:
        raise UsageError(
            "score: is how well papers match the words beside it; "
            "add a word, as in: diffusion score:5.."
        )
    table = table_for(db, meta, match)
    rows = db.execute(
        f"SELECT rowid, round(-{score_in(table)}, 3) FROM {table} "
        f"WHERE {table} MATCH ? ORDER BY rowid DESC LIMIT {RANKED}",
        (match,),
    )
    return _replace_scores(clause, rows.fetchall())


def _replace_scores(
    clause: Clause,
    scores: list[tuple[int, float]],
) -> Clause:
    if isinstance(clause, Not):
        return Not(_replace_scores(clause.clause, scores))
    if isinstance(clause, And | Or):
        parts = (_replace_scores(part, scores) for part in clause.clauses)
        return type(clause)(tuple(parts))
    if not isinstance(clause, Number) or not is_score(clause):
        return clause
    low = float("-inf") if clause.low is None else clause.low
    high = float("inf") if clause.high is None else clause.high
    rids = [rid for rid, score in scores if low <= score <= high]
    return Among(tuple(rids))
