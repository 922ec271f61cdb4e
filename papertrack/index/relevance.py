"""How well papers match, and by which of the tables of full text that is counted.

bm25 weighs a word by how many rows of a table have it: `recent` has the newest papers
only, so that counting takes the same in any library.
"""

from collections.abc import Iterable
from sqlite3 import Connection

from papertrack.index.schema import INDEXED, Meta, column
from papertrack.query.language import Clause, words
from papertrack.query.normalize import phrases

RANKED = 2000
"""The newest matches that are ranked: bm25 of a word in half of a large library takes
seconds.
"""

ENOUGH = 200
"""So many matches in the newest papers are ranked instead, where a word is common."""

ALL, RECENT = "fts", "recent"
"""The tables of full text."""

_WEIGHTS = tuple(field.weight for field in INDEXED)


def score_in(table: str, weights: Iterable[float] = _WEIGHTS) -> str:
    """The score of a row by SQL, with a weight for each column: the least is the best."""
    return f"bm25({table}, {', '.join(map(str, weights))})"


def table_for(db: Connection, meta: Meta, match: str) -> str:
    """The table by which the newest matches are ranked."""
    is_recent = meta.recent is not None and _has_many(db, match)
    return RECENT if is_recent else ALL


def table_with(meta: Meta, rid: int) -> str:
    """The smallest table that has this row and all newer ones."""
    is_recent = meta.recent is not None and rid >= meta.recent
    return RECENT if is_recent else ALL


def first_of_newest(db: Connection, papers: int) -> int:
    """The lowest row id of the newest papers, if there are more than so many."""
    query = "SELECT rid FROM paper ORDER BY rid DESC LIMIT 1 OFFSET ?"
    row_ids: list[int] = column(db, query, (papers - 1,))
    return row_ids[0] if row_ids else 0


def has_common_term(db: Connection, clause: Clause, least_words: int) -> bool:
    """Whether a term of the clause, of so many words at least, has only words that are
    common in the newest papers: bm25 counts it in all papers, where it is.
    """
    for term in words(clause):
        for phrase in phrases(term.text):
            parts = phrase.split()
            is_long = len(parts) >= least_words
            if is_long and all(_has_many(db, f'"{part}"') for part in parts):
                return True
    return False


def _has_many(db: Connection, match: str) -> bool:
    """Whether so many of the newest papers match that all that are ranked are there."""
    found = f"SELECT 1 FROM recent WHERE recent MATCH ? LIMIT {RANKED}"
    (papers,) = column(db, f"SELECT count(*) FROM ({found})", (match,))
    return bool(papers == RANKED)
