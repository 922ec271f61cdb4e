"""What is wrong with the index as it is, before anything repairs it: for `doctor`.

Its papers are compared with those that the files make. Then the words of these papers
are indexed once more, and both indexes compared word by word: those of a damaged row are
not found, without an error.
"""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
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

Words = dict[str, tuple[int, int]]
"""Word -> how often it occurs, and a sum of its places."""


class Diagnosis(NamedTuple):
    """What is wrong, and the main keys of the papers concerned, if these are known."""

    fault: str
    keys: Sequence[str] = ()


def is_damaged(path: Path) -> bool:
    """Whether the index at `path` would be rebuilt for damage when it is next used."""
    return _fault(path, check) is not None


def diagnosis(
    path: Path, papers: Mapping[str, Paper], progress: Progress = SILENT
) -> Diagnosis | None:
    """What is wrong with the index at `path`, compared with all papers by main key; None
    if nothing is.
    """
    found: list[Diagnosis] = []

    def examine(db: Connection, path: Path) -> None:
        check_tables(db)
        wrong = _wrong_papers(db, papers)
        if wrong:
            found.append(Diagnosis("differs from the files", wrong))
            return
        wrong = _papers_with_wrong_words(db, papers, progress)
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
    if not path.is_file():
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


def _wrong_papers(db: Connection, papers: Mapping[str, Paper]) -> list[str]:
    bodies = column(db, "SELECT body FROM doc")
    indexed_papers = {paper.key: paper for paper in map(paper_of, bodies)}
    keys = sorted({*papers, *indexed_papers})
    return [key for key in keys if papers.get(key) != indexed_papers.get(key)]


def _papers_with_wrong_words(
    db: Connection, papers: Mapping[str, Paper], progress: Progress
) -> list[str]:
    """The main keys of papers of which the index finds other words than they have."""
    if not has_full_text(db):
        return []
    rids = dict(db.execute("SELECT key, rid FROM paper").fetchall())
    if rids.keys() != papers.keys():
        return sorted(rids.keys() ^ papers.keys())
    # A file in the temporary folder, that SQLite deletes: half the size of the texts.
    with contextlib.closing(sqlite3.connect("", isolation_level=None)) as expected:
        expected.execute(FULL_TEXT_TABLE)
        with expected:
            expected.execute("BEGIN")
            keys = sorted(papers, key=rids.__getitem__)
            for key in progress.counted(keys, "checking the index", "papers"):
                expected.execute(ADD_TEXT, (rids[key], *indexed(papers[key])))
        wanted = _words(expected, progress)
        found = _words(db, progress, len(wanted))
        wrong = [
            word
            for word in sorted(wanted.keys() | found.keys())
            if wanted.get(word) != found.get(word)
        ][:MOST_WORDS]
        wrong_places = _occurrences(expected, wrong) ^ _occurrences(db, wrong)
    concerned = {rid for _, rid, _, _ in wrong_places}
    return sorted(key for key, rid in rids.items() if rid in concerned)


def _words(db: Connection, progress: Progress, total: int = 0) -> Words:
    """The words of an index (https://www.sqlite.org/fts5.html, section 10)."""
    db.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.word "
        "USING fts5vocab ('main', 'fts', 'instance')"
    )
    rows = db.execute(
        "SELECT term, count(*), sum(doc % 1000003 * (offset + 1) + length(col)) "
        "FROM temp.word GROUP BY term"
    )
    words: Words = {}
    for word, count, places in rows:
        words[word] = (count, places)
        progress.report("comparing words", len(words), total, "words")
    return words


def _occurrences(
    db: Connection, words: Iterable[str]
) -> set[tuple[str, int, str, int]]:
    """Each of these words with row id, column and place."""
    query = "SELECT term, doc, col, offset FROM temp.word WHERE term = ?"
    found: set[tuple[str, int, str, int]] = set()
    for word in words:
        found.update(db.execute(query, (word,)))
    return found
