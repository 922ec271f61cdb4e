"""The full text of the newest papers once more, in a table of its own: what a search for
common words is ranked by.

bm25 counts anew for each search in how many rows of its table each word is. In a
million papers that takes 15 ms for a word of most papers, and 50 ms for a phrase of two
such words; in this table it takes the same in any library. A small library has none: it
would make the index of 100,000 papers a twelfth larger.
"""

from __future__ import annotations

from collections.abc import Sequence
from sqlite3 import Connection

from papertrack.core.progress import Progress
from papertrack.index.bodies import indexed, paper_of, stored_body
from papertrack.index.schema import ADD_RECENT, REMOVE_RECENT, column, meta_of

LIBRARY = 200_000
"""A library of so many papers has the table."""
NEWEST = 20_000
"""How many papers it is filled with."""
FEWEST, MOST = 10_000, 60_000
"""It is filled anew when it has come to have fewer papers, or more."""


class RecentTexts:
    """Keeps the table as the papers change; call `finish` at the end."""

    def __init__(self, db: Connection) -> None:
        self.db = db
        meta = meta_of(db)
        self.first = meta.recent
        self.before = self.papers = meta.recent_papers
        self.is_outgrown = False

    def add(self, rid: int, texts: Sequence[str]) -> None:
        """Add the texts of a paper, if it is one of the newest."""
        if self._has(rid):
            self.db.execute(ADD_RECENT, (rid, *texts))
            self.papers += 1
            # An import of many: it will be filled anew, so what follows is left out.
            self.is_outgrown = self.papers > MOST

    def remove(self, rid: int, texts: Sequence[str]) -> None:
        """Remove the texts of a paper, if it is one of the newest."""
        if self._has(rid):
            self.db.execute(REMOVE_RECENT, (rid, *texts))
            self.papers -= 1

    def finish(self, progress: Progress) -> None:
        """Write how many papers there are, or fill the table anew."""
        is_wanted = meta_of(self.db).papers >= LIBRARY
        is_filled = self.first is not None
        is_fit = is_filled and not self.is_outgrown and self.papers >= FEWEST
        if is_wanted and not is_fit:
            self._fill(progress)
        elif is_filled and not is_fit:
            self._empty()
        elif self.papers == self.before:
            return
        self._write()

    def clear(self) -> None:
        """Leave the table empty until it is filled again: common words are then ranked
        by all papers.
        """
        if self.first is not None:
            self._empty()
            self._write()

    def _write(self) -> None:
        rows = [("recent", self.first), ("recent_papers", self.papers)]
        self.db.executemany("INSERT OR REPLACE INTO meta VALUES (?, ?)", rows)
        self.before = self.papers

    def _has(self, rid: int) -> bool:
        return self.first is not None and rid >= self.first and not self.is_outgrown

    def _empty(self) -> None:
        self.db.execute("INSERT INTO recent (recent) VALUES ('delete-all')")
        self.first = None
        self.papers = 0
        self.is_outgrown = False

    def _fill(self, progress: Progress) -> None:
        self._empty()
        query = "SELECT rid FROM paper ORDER BY rid DESC LIMIT ?"
        rids = column(self.db, query, (NEWEST,))
        self.first = rids[-1]
        for rid in progress.counted(rids[::-1], "indexing the newest", "papers"):
            texts = indexed(paper_of(stored_body(self.db, rid)))
            self.db.execute(ADD_RECENT, (rid, *texts))
        self.papers = len(rids)
