"""Papers that are read from the index when they are needed, a page at a time."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Mapping, Sequence
from sqlite3 import Connection
from types import MappingProxyType
from typing import overload

from papertrack.core.model import Paper
from papertrack.index.bodies import stored_paper
from papertrack.index.cite_keys import with_cite_keys
from papertrack.index.schema import DATE, column

PAGE = 500
"""How many papers are in memory at once."""

Scores = Mapping[int, float]
"""Row id -> bm25's figure; the least is the best."""
NO_SCORES: Scores = MappingProxyType({})


BLOCK = 512
"""So many row ids are bits of one number."""


class StoredPapers(Sequence[Paper]):
    """The papers with these row ids, each with the cite key that is its own.

    They are read anew whenever they are iterated over, in the state of the index in
    which the row ids were found: see `Database.read`. Raises DatabaseError for a damaged
    one.
    """

    def __init__(
        self,
        db: Connection,
        rids: Sequence[int],
        scores: Scores = NO_SCORES,
        *,
        has_cite_keys: bool = True,
    ) -> None:
        self._has_cite_keys = has_cite_keys
        self._db = db
        self._rids = rids
        self._scores = scores

    @property
    def rids(self) -> Sequence[int]:
        """The row ids of the papers."""
        return self._rids

    def keys(self) -> Iterator[str]:
        """The main key of each paper, without reading the papers."""
        for rid in self._rids:
            query = "SELECT key FROM paper WHERE rid = ?"
            yield from column(self._db, query, (rid,))

    def as_stored(self) -> StoredPapers:
        """The same papers without the cite keys of their own: a third faster to read."""
        return StoredPapers(self._db, self._rids, self._scores, has_cite_keys=False)

    def newest_first(self) -> StoredPapers:
        """The same papers by the date that tables show; those of one day stay in order."""

        def date(rid: int) -> str:
            query = f"SELECT coalesce({DATE}, '') FROM paper p WHERE p.rid = ?"
            dates: list[str] = column(self._db, query, (rid,))
            return dates[0]

        return self._of(array("q", sorted(self._rids, key=date, reverse=True)))

    def chosen(self, places: Iterable[int]) -> StoredPapers:
        """Those of the papers at these places."""
        return self._of(array("q", (self._rids[place] for place in places)))

    def _of(self, rids: Sequence[int]) -> StoredPapers:
        return StoredPapers(
            self._db, rids, self._scores, has_cite_keys=self._has_cite_keys
        )

    def __len__(self) -> int:
        return len(self._rids)

    def __iter__(self) -> Iterator[Paper]:
        for start in range(0, len(self._rids), PAGE):
            yield from self._read(self._rids[start : start + PAGE])

    @overload
    def __getitem__(self, place: int) -> Paper: ...

    @overload
    def __getitem__(self, place: slice) -> StoredPapers: ...

    def __getitem__(self, place: int | slice) -> Paper | StoredPapers:
        if isinstance(place, slice):
            return self._of(self._rids[place])
        return self._read([self._rids[place]])[0]

    def _read(self, rids: Sequence[int]) -> list[Paper]:
        papers = []
        for rid in rids:
            score = self._scores.get(rid)
            if score is not None:
                score = round(-score, 3)
            papers.append(stored_paper(self._db, rid, score))
        return with_cite_keys(self._db, papers) if self._has_cite_keys else papers

    @classmethod
    def each_once(cls, parts: Sequence[StoredPapers]) -> Sequence[Paper]:
        """The papers of all parts in their order, each once."""
        if not parts:
            return ()
        passed = _RowIds()
        rids = (rid for part in parts for rid in part.rids if passed.add(rid))
        return parts[0]._of(array("q", rids))


class _RowIds:
    """The row ids that were added, as bits: those of a day are close to each other."""

    def __init__(self) -> None:
        self._blocks: dict[int, int] = {}

    def add(self, rid: int) -> bool:
        """Add a row id; whether it is new."""
        block, place = divmod(rid, BLOCK)
        bits = self._blocks.get(block, 0)
        self._blocks[block] = bits | 1 << place
        return not bits >> place & 1
