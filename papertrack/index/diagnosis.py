"""What is wrong with the index as it is, before anything repairs it: for `doctor`.

Its papers are compared with those that the files make, and the words of these papers,
indexed once more, with its words: those of a damaged row are not found, without an error.
What was compared before and has not changed since is left out (`verified`); many papers
are compared by other processes.
"""

from __future__ import annotations

import contextlib
import heapq
import json
import sqlite3
import zlib
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
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
    opened_to_read,
)
from papertrack.index.schema import (
    ADD_TEXT,
    FULL_TEXT_TABLE,
    column,
    fingerprint,
    has_full_text,
    meta_of,
    set_full_text,
)
from papertrack.index.verified import (
    State,
    Verified,
    digest_of_full_text,
    digest_of_rows,
)
from papertrack.storage.workers import Pool, worker_count

MANY = 4_000
"""So many papers are compared by other processes: it takes one a second, and starting
others a quarter.
"""

TOGETHER = 2_000
"""The words of so many papers are indexed at once, in memory."""

HASH_BYTES = 1 << 26
"""As many words as FTS5 collects before it sorts them: those of TOGETHER papers."""

MOST_WORDS = 1000
"""Of so many wrong words it is looked up which papers they are of."""

Word = tuple[str, int, int]
"""A word, how often it occurs, and a sum of its places."""

Texts = tuple[int, Sequence[str]]
"""A row id, and the texts of the paper."""

WORDS = 1 << 62
"""Sums of words are less than this."""
PRIME = 1_000_003
"""By this the sum of the places of a word is multiplied, so that it does not make up for
the count.
"""


Papers = Callable[[str], Iterable[Paper]]
"""Makes the papers of a file, one at a time."""


class Diagnosis(NamedTuple):
    """What is wrong, and the main keys of the papers concerned, if these are known."""

    fault: str
    keys: Sequence[str] = ()


def is_damaged(path: Path) -> bool:
    """Whether the index at `path` would be rebuilt for damage when it is next used."""
    return _fault(path, check) is not None


def diagnosis(
    path: Path,
    files: Mapping[str, str],
    papers: Papers,
    progress: Progress = SILENT,
) -> Diagnosis | None:
    """What is wrong with the index at `path`, compared with the papers of all files;
    None if nothing is. `files` are their names, each with a digest of what its papers
    are made of. `papers` is pickled.
    """
    found: list[Diagnosis] = []

    def examine(db: Connection, path: Path) -> None:
        check_tables(db)
        verified = Verified(path)
        wrong = _wrong_papers(db, path, files, papers, verified, progress)
        if wrong:
            found.append(Diagnosis("differs from the files", wrong))
            return
        if not _has_right_words(db, verified, progress):
            wrong = _papers_with_wrong_words(db, progress)
        if wrong:
            found.append(Diagnosis("finds other words than are in the files", wrong))
        elif not is_sealed(path):
            raise sqlite3.DatabaseError(UNSEALED)
        else:
            verified.save()

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
        with contextlib.closing(opened_to_read(path)) as db:
            schema = meta_of(db).schema
            if schema is None or schema == fingerprint():
                examine(db, path)
    except sqlite3.DatabaseError as error:
        return str(error) if is_damage(error) else None
    return None


def _wrong_papers(
    db: Connection,
    path: Path,
    files: Mapping[str, str],
    papers: Papers,
    verified: Verified,
    progress: Progress,
) -> list[str]:
    """The main keys of papers that are not in the index as they should be, or that
    should not be there; what is right is noted as verified.
    """
    digests: dict[str, tuple[str, int]] = {}
    for name, source in progress.counted(files.items(), "reading the index", "files"):
        digests[name] = digest_of_rows(db, name, source)
    unknown: list[str] = []
    for name, (digest, _) in digests.items():
        state = verified.files.get(name)
        if state is None or state.digest != digest:
            unknown.append(name)
    verified.files = {name: verified.files.get(name, State("", 0)) for name in files}
    wrong: list[str] = []
    total = sum(count for _, count in digests.values())
    many = sum(digests[name][1] for name in unknown) >= MANY
    with Pool(partial(_compared, path, papers), worker_count() if many else 0) as pool:
        results = pool.mapped(unknown)
        for name in progress.counted(unknown, "checking the index", "files"):
            compared = next(results)
            digest, count = digests[name]
            wrong += compared.wrong
            total += compared.papers - count
            is_known = compared.papers == count and not compared.wrong
            verified.files[name] = State(digest if is_known else "", compared.words)
    queries = ("SELECT count(*) FROM paper", "SELECT count(*) FROM doc")
    if any(column(db, query) != [total] for query in queries):
        known = {paper.key for name in files for paper in papers(name)}
        keys = column(db, "SELECT key FROM paper")
        wrong += [key for key in keys if key not in known]
    return sorted(wrong)


class _Compared(NamedTuple):
    """How many papers a file has, the main keys of those that are not in the index as
    they should be, and the sum of the words of the others.
    """

    papers: int
    wrong: list[str]
    words: int


def _compared(path: Path, papers: Papers, name: str) -> _Compared:
    """Compare the papers of a file with the index. Raises sqlite3.DatabaseError."""
    query = (
        "SELECT rid, body FROM doc JOIN paper USING (rid) JOIN alias USING (rid) "
        "WHERE alias = ?1 AND key = ?1"
    )
    wrong: list[str] = []
    count = 0
    words = 0
    texts: list[Texts] = []
    with contextlib.closing(opened_to_read(path)) as db:
        has_words = has_full_text(db)
        for paper in papers(name):
            count += 1
            rows = db.execute(query, (paper.key,)).fetchall()
            if [paper] != [paper_of(body) for _, body in rows]:
                wrong.append(paper.key)
            elif has_words:
                texts.append((rows[0][0], indexed(paper)))
            if len(texts) == TOGETHER:
                words += _sum_of_texts(texts)
                texts.clear()
    return _Compared(count, wrong, words + _sum_of_texts(texts))


def _has_right_words(db: Connection, verified: Verified, progress: Progress) -> bool:
    """Whether the full text has the words of all papers, and no others."""
    if not has_full_text(db):
        return True
    digest = digest_of_full_text(db)
    if verified.full_text is None or verified.full_text.digest != digest:
        verified.full_text = State(digest, _sum_of_words(db, progress))
    words = sum(state.words for state in verified.files.values())
    return words % WORDS == verified.full_text.words


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


def _sum_of_texts(papers: Sequence[Texts]) -> int:
    """The sum of the words of these papers as the full text would have it."""
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.execute(FULL_TEXT_TABLE)
        set_full_text(db, automerge=0, hashsize=HASH_BYTES)
        with db:
            db.execute("BEGIN")
            in_order = sorted(papers, key=itemgetter(0))
            db.executemany(ADD_TEXT, ((rid, *texts) for rid, texts in in_order))
        return _sum_of_words(db)


def _sum_of_words(db: Connection, progress: Progress = SILENT) -> int:
    """A number that depends on each word and each of its places: that of all papers is
    the sum of those of some and of the others, divided by WORDS without the rest.
    """
    total = 0
    for number, (word, count, places) in enumerate(_words(db)):
        progress.report("comparing words", number, 0, "words")
        total += zlib.crc32(word.encode()) * (count + places * PRIME)
    return total % WORDS


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
