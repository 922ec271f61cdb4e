"""What `ranking` needs of the index: papers by the words in their texts, and how many
have them.

Words are in FTS5's spelling; stems are those of `vocabulary`.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterable, Sequence
from sqlite3 import Connection

from papertrack.index.bodies import stored_paper
from papertrack.index.clauses import NOT_HIDDEN, any_match, fields_of, fold_label
from papertrack.index.relevance import ALL, score_in, table_for, table_with
from papertrack.index.schema import LATER_FIRST, column, meta_of
from papertrack.index.stored_papers import NO_SCORES, Scores, StoredPapers
from papertrack.index.vocabulary import papers_with
from papertrack.query.language import Clause, Text

TEXTS = "{title abstract}"
"""The columns in which papers are compared."""


def with_stem(db: Connection, stem: str) -> int:
    """How many papers have a word of this stem, in any of their texts."""
    return papers_with(db, stem) or 1


def closest(
    db: Connection, words: Iterable[str], limit: int | None, *, but: int
) -> dict[int, float]:
    """The papers that share the most telling of these words, best first, with the
    figures of bm25 (the least is the best); hidden ones and `but` are left out.
    """
    any_word = " OR ".join(f'"{word}"' for word in words)
    if not any_word:
        return {}
    rows = db.execute(
        "SELECT rowid, bm25(fts) AS score FROM fts "
        "WHERE fts MATCH ? AND rowid != ? "
        f"AND {NOT_HIDDEN.replace('p.rid', 'rowid', 1)} "
        "ORDER BY score, rowid DESC LIMIT ?",
        (f"{TEXTS} : ({any_word})", but, -1 if limit is None else limit),
    )
    return dict(rows.fetchall())


def fields_with(db: Connection, term: Text, rid: int) -> list[str] | None:
    """The fields of a paper that have a term of a query; None for what is no word."""
    fields = fields_of(term)
    if not fields:
        return None
    query = "SELECT 1 FROM fts WHERE fts MATCH ? AND rowid = ?"
    return [name for name, match in fields.items() if column(db, query, (match, rid))]


def score(db: Connection, clause: Clause, rid: int) -> float | None:
    """The score of a paper by the words of a clause; None if it has none of them."""
    match = any_match(clause)
    if match is None:
        return None
    meta = meta_of(db)
    table = table_with(meta, rid)
    if table != ALL:
        table = table_for(db, meta, match)
    query = f"SELECT {score_in(table)} FROM {table} WHERE {table} MATCH ? AND rowid = ?"
    scores = column(db, query, (match, rid))
    return round(-scores[0], 3) if scores else None


def papers_of(
    db: Connection, rids: Sequence[int], scores: Scores = NO_SCORES
) -> StoredPapers:
    """The papers with these row ids: to be used in the same `read`."""
    return StoredPapers(db, rids, scores)


# ------------------------------------------------------------------ marked papers


def tags_of(db: Connection, papers: int) -> list[str]:
    """The tags that at least so many papers have: those of most papers first."""
    return column(
        db,
        """
        SELECT min(value) FROM tally JOIN name ON id = name
        WHERE field = 'tags' AND status != 'hidden' GROUP BY folded
        HAVING sum(papers) >= ? ORDER BY sum(papers) DESC, folded
        """,
        (papers,),
    )


def tagged(db: Connection, tag: str, limit: int) -> list[int]:
    """The newest papers with this tag, by row id; hidden ones are left out."""
    # By row ids, which are in the order of days: a tag may have thousands of papers.
    query = (
        "SELECT rid FROM label p WHERE field = 'tags' AND folded = ? "
        f"AND {NOT_HIDDEN} ORDER BY rid DESC LIMIT ?"
    )
    return column(db, query, (fold_label(tag), limit))


def starred(db: Connection, limit: int) -> list[int]:
    """The newest papers with a star; hidden ones are left out."""
    query = (
        f"SELECT rid FROM paper p WHERE p.starred AND {NOT_HIDDEN} "
        "ORDER BY rid DESC LIMIT ?"
    )
    return column(db, query, (limit,))


def with_any_tag(db: Connection, limit: int) -> list[int]:
    """The newest papers that have a tag or a star; hidden ones are left out."""
    marked = (
        "SELECT rid FROM label WHERE field = 'tags' "
        "UNION SELECT rid FROM paper WHERE starred"
    )
    query = (
        f"SELECT p.rid FROM paper p WHERE p.rid IN ({marked}) AND {NOT_HIDDEN} "
        f"ORDER BY {LATER_FIRST} LIMIT ?"
    )
    return column(db, query, (limit,))


def hidden(db: Connection, limit: int) -> list[int]:
    """The newest hidden papers."""
    return column(db, "SELECT rid FROM hidden ORDER BY rid DESC LIMIT ?", (limit,))


# ------------------------------------------------------------------ papers as numbers


def newest(db: Connection, limit: int) -> list[int]:
    """The newest papers, of any status."""
    return column(db, "SELECT rid FROM paper ORDER BY rid DESC LIMIT ?", (limit,))


def identities(db: Connection, rids: Sequence[int]) -> list[int]:
    """A number for each of these papers, another one when its text changes.

    It is made of the key and the size of what is stored: reading all texts takes twenty
    times as long.
    """
    query = (
        "SELECT rid, key, length(body) FROM paper JOIN doc USING (rid) "
        "WHERE rid IN (SELECT value FROM json_each(?))"
    )
    found = {}
    for rid, key, size in db.execute(query, (json.dumps(list(rids)),)):
        found[rid] = zlib.crc32(key.encode()) << 31 | size & 0x7FFFFFFF
    return list(map(found.__getitem__, rids))


def texts(db: Connection, rid: int) -> tuple[str, str, tuple[str, ...]]:
    """The title of a paper, its abstract and its authors."""
    paper = stored_paper(db, rid)
    return paper.title, paper.abstract or "", paper.authors
