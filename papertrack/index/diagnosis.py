"""What is wrong with the index as it is, before anything repairs it: for `doctor`.

Its papers are compared with those that the files make. Then the words of these papers
are indexed once more, and both indexes compared word by word: those of a damaged row are
not found, without an error.
"""

from __future__ import annotations

import contextlib
import heapq
import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import groupby, islice
from operator import itemgetter
from pathlib import Path
from sqlite3 import Connection
from typing import NamedTuple

from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.index.bodies import indexed, paper_of
from papertrack.index.integrity import (
    UNSEALED,
    check,
    check_tables,
    is_damage,
    is_sealed,
    may_be_opened,
)
from papertrack.index.schema import (
    ADD_TEXT,
    FULL_TEXT_TABLE,
    column,
    fingerprint,
    has_full_text,
    meta_of,
)

MOST_WORDS = 1000
"""Of so many wrong words it is looked up which papers they are of."""

Word = tuple[str, int, int]
"""A word, how often it occurs, and a sum of its places."""


class Diagnosis(NamedTuple):
    """What is wrong, and the main keys of the papers concerned, if these are known."""

    fault: str
    keys: Sequence[str] = ()


def is_damaged(path: Path) -> bool:
    """Whether the index at `path` would be rebuilt for damage when it is next used."""
    return _fault(path, check) is not None


def diagnosis(
    path: Path, papers: Callable[[], Iterable[Paper]], progress: Progress = SILENT
) -> Diagnosis | None:
    """What is wrong with the index at `path`, compared with all papers, which a call of
    `papers` makes, one at a time; None if nothing is.
    """
    found: list[Diagnosis] = []

    def examine(db: Connection, path: Path) -> None:
        check_tables(db)
        wrong = _wrong_papers(db, papers)
        if wrong:
            found.append(Diagnosis("differs from the files", wrong))
            return
        wrong = _papers_with_wrong_words(db, progress)
        if wrong:
            found.append(Diagnosis("finds other words than are in the files", wrong))
        elif not is_sealed(path):
            raise sqlite3.DatabaseError(UNSEALED)

    fault = _fault(path, examine)
    if fault:
        return Diagnosis(f"is damaged: {fault}")
    return found[0] if found else None


def _fault(path: Path, examine: Callable[[Connection, Path], None]) -> str | None:
    """Why `examine` fails with the index at `path`; None if it does not.

    An index that is missing, in use or of another papertrack has no fault.
    """
    if not may_be_opened(path):
        return None
    try:
        address = f"{path.absolute().as_uri()}?mode=ro"
        with contextlib.closing(sqlite3.connect(address, uri=True)) as db:
            schema = meta_of(db).schema
            if schema is None or schema == fingerprint():
                examine(db, path)
    except sqlite3.DatabaseError as error:
        return str(error) if is_damage(error) else None
    return None


def _wrong_papers(db: Connection, papers: Callable[[], Iterable[Paper]]) -> list[str]:
    """The main keys of papers that are not in the index as they should be, or that
    should not be there.
    """
    body = (
        "SELECT body FROM doc JOIN paper USING (rid) JOIN alias USING (rid) "
        "WHERE alias = ?1 AND key = ?1"
    )
    wrong = []
    count = 0
    for paper in papers():
        count += 1
        bodies = column(db, body, (paper.key,))
        if [paper] != [paper_of(one) for one in bodies]:
            wrong.append(paper.key)
    queries = ("SELECT count(*) FROM paper", "SELECT count(*) FROM doc")
    if any(column(db, query) != [count] for query in queries):
        known = {paper.key for paper in papers()}
        keys = column(db, "SELECT key FROM paper")
        wrong += [key for key in keys if key not in known]
    return sorted(wrong)


def _papers_with_wrong_words(db: Connection, progress: Progress) -> list[str]:
    """The main keys of papers of which the index finds other words than they have."""
    if not has_full_text(db):
        return []
    # A file in the temporary folder, that SQLite deletes: half the size of the texts.
    with contextlib.closing(sqlite3.connect("", isolation_level=None)) as expected:
        expected.execute(FULL_TEXT_TABLE)
        with expected:
            expected.execute("BEGIN")
            (papers,) = column(db, "SELECT count(*) FROM doc")
            rows = db.execute("SELECT rid, body FROM doc ORDER BY rid")
            for number, (rid, body) in enumerate(rows):
                progress.report("checking the index", number, papers, "papers")
                expected.execute(ADD_TEXT, (rid, *indexed(paper_of(body))))
        words = heapq.merge(_words(expected), _words(db), key=itemgetter(0))
        wrong = list(islice(_unpaired(words, progress), MOST_WORDS))
        wrong_places = _occurrences(expected, wrong) ^ _occurrences(db, wrong)
    concerned = {rid for _, rid, _, _ in wrong_places}
    keys = "SELECT key FROM paper WHERE rid IN (SELECT value FROM json_each(?))"
    return sorted(column(db, keys, (json.dumps(list(concerned)),)))


def _words(db: Connection) -> Iterator[Word]:
    """The words of an index, sorted (https://www.sqlite.org/fts5.html, section 10)."""
    db.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.word "
        "USING fts5vocab ('main', 'fts', 'instance')"
    )
    return db.execute(
        "SELECT term, count(*), sum(doc % 1000003 * (offset + 1) + length(col)) "
        "FROM temp.word GROUP BY term ORDER BY term"
    )


def _unpaired(words: Iterable[Word], progress: Progress) -> Iterator[str]:
    """The words of two indexes, merged, that do not occur alike in both."""
    for number, (word, rows) in enumerate(groupby(words, key=itemgetter(0))):
        progress.report("comparing words", number, 0, "words")
        found = list(rows)
        if len(found) == 1 or found[0] != found[1]:
            yield word


def _occurrences(
    db: Connection, words: Iterable[str]
) -> set[tuple[str, int, str, int]]:
    """Each of these words with row id, column and place."""
    query = "SELECT term, doc, col, offset FROM temp.word WHERE term = ?"
    found: set[tuple[str, int, str, int]] = set()
    for word in words:
        found.update(db.execute(query, (word,)))
    return found
