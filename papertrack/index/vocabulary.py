"""How many papers have each word: the words as FTS5 stems them, with their counts.

FTS5 knows this too, but counts the papers anew each time. A word of one paper is left
out: those are half of all words, and FTS5 finds them at once. Each write changes the
counts of the words that it adds or removes.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from sqlite3 import Connection

from papertrack.index.schema import TOKENIZER, column, meta_of

ANEW = 0.05
"""From this share of the papers on, all counts are calculated again: counting the words
of those that changed would take longer.
"""
AT_ONCE = 500
"""Of so many papers the texts are stored, until their words are counted."""


class WordCounts:
    """Counts the words of papers that are added and removed; call `finish` at the end."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        self.few = ANEW * meta_of(db).papers
        self.changed = 0
        self.counts: Counter[str] = Counter()
        self.added: list[Sequence[str]] = []
        self.removed: list[Sequence[str]] = []

    def add(self, texts: Sequence[str]) -> None:
        """Count the words of a paper with these texts."""
        self._change(self.added, texts)

    def remove(self, texts: Sequence[str]) -> None:
        """Count the words of a paper with these texts no more."""
        self._change(self.removed, texts)

    def finish(self) -> None:
        """Write the counts."""
        if not self.changed:
            return
        if self.changed > self.few:
            self.count_all()
        else:
            _open(self.db)
            self._count()
            for term, difference in self.counts.items():
                if difference:
                    _change_count(self.db, term, difference)
        self.changed = 0
        self.counts.clear()

    def count_all(self) -> None:
        """Count the words of all papers again."""
        _open(self.db)
        _count_all(self.db)

    def _change(self, texts_of: list[Sequence[str]], texts: Sequence[str]) -> None:
        self.changed += 1
        if self.changed > max(self.few, AT_ONCE):
            self.added.clear()
            self.removed.clear()
            return
        texts_of.append(texts)
        if len(texts_of) == AT_ONCE:
            self._count()

    def _count(self) -> None:
        self.counts.update(papers_by_stem(self.added))
        self.counts.subtract(papers_by_stem(self.removed))
        self.added.clear()
        self.removed.clear()


def _count_all(db: Connection) -> None:
    db.execute("DELETE FROM vocabulary")
    db.execute(
        "INSERT INTO vocabulary SELECT term, doc FROM temp.word_papers WHERE doc > 1"
    )


def _change_count(db: Connection, term: str, difference: int) -> None:
    known = papers_with(db, term)
    if known is not None:
        papers = known + difference
    else:
        # So few papers have it that FTS5 counts them as fast.
        query = "SELECT doc FROM temp.word_papers WHERE term = ?"
        papers = next(iter(column(db, query, (term,))), 0)
    if papers > 1:
        db.execute("INSERT OR REPLACE INTO vocabulary VALUES (?, ?)", (term, papers))
    elif known is not None:
        db.execute("DELETE FROM vocabulary WHERE term = ?", (term,))


def papers_with(db: Connection, stem: str) -> int | None:
    """How many papers have a word with this stem; None for less than two."""
    query = "SELECT papers FROM vocabulary WHERE term = ?"
    return next(iter(column(db, query, (stem,))), None)


def papers_with_each(db: Connection, stems: Iterable[str]) -> dict[str, int]:
    """Stem -> how many papers have a word with it, of those that two have at least."""
    query = (
        "SELECT term, papers FROM vocabulary "
        "WHERE term IN (SELECT value FROM json_each(?))"
    )
    return dict(db.execute(query, (json.dumps(list(stems)),)).fetchall())


def papers_by_stem(papers: Iterable[Sequence[str]]) -> dict[str, int]:
    """Stem -> in how many of these papers, each given by its texts, it is."""
    with _stemmer("row") as db:
        for texts in papers:
            # No word of one text ends in the next one.
            db.execute("INSERT INTO fts VALUES (?)", (" ".join(texts),))
        return dict(db.execute("SELECT term, doc FROM word").fetchall())


def stems_of(texts: Iterable[str]) -> list[list[str]]:
    """The stems of the words of each text, in their order."""
    with _stemmer("instance") as db:
        found: list[list[str]] = []
        for text in texts:
            db.execute("INSERT INTO fts VALUES (?)", (text,))
            found.append([])
        query = "SELECT doc, term FROM word ORDER BY doc, offset"
        for number, term in db.execute(query):
            found[number - 1].append(term)
    return found


def stem_by_word(words: Sequence[str]) -> dict[str, str]:
    """Spelled word -> its stem."""
    (stems,) = stems_of([" ".join(words)])
    if len(stems) == len(words):
        return dict(zip(words, stems, strict=True))
    # FTS5 parts one of them: each alone takes ten times as long.
    by_word = zip(words, stems_of(words), strict=True)
    return {word: stems[0] for word, stems in by_word if len(stems) == 1}


@contextlib.contextmanager
def _stemmer(kind: str) -> Iterator[Connection]:
    """A database in memory whose table `word` has the words of what is put into `fts`
    (https://www.sqlite.org/fts5.html, section 10).
    """
    with contextlib.closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.execute(
            f"CREATE VIRTUAL TABLE fts USING fts5 (text, content='', {TOKENIZER})"
        )
        db.execute(f"CREATE VIRTUAL TABLE word USING fts5vocab (fts, '{kind}')")
        yield db


def _open(db: Connection) -> None:
    """Let FTS5 count the papers of each word, as `temp.word_papers`."""
    db.execute(
        "CREATE VIRTUAL TABLE IF NOT EXISTS temp.word_papers "
        "USING fts5vocab (main, fts, 'row')"
    )
