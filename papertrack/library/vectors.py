"""Papers as the numbers by which they are ranked, from the cache or made."""

from __future__ import annotations

from collections.abc import Sequence

from papertrack.core.progress import Progress
from papertrack.index import likeness
from papertrack.index.index import Index
from papertrack.index.ranking_cache import RankingCache
from papertrack.index.vocabulary import stem_by_word
from papertrack.ranking.terms import content_words, words_of
from papertrack.ranking.vectors import (
    Source,
    Vector,
    as_bytes,
    from_bytes,
    vector_of,
)

AT_ONCE = 500
"""Of so many papers the texts are in memory."""


class Vectors:
    """The vectors of papers of an index. `new` are those that are not in the cache."""

    def __init__(self, index: Index, cache: RankingCache, progress: Progress) -> None:
        self.index = index
        self.cache = cache
        self.progress = progress
        self.new: dict[int, bytes] = {}
        self._known: dict[int, Vector] = {}
        self._identities: dict[int, int] = {}

    def identities(self, rids: Sequence[int]) -> list[int]:
        """The identities of the papers with these row ids."""
        unknown = [rid for rid in rids if rid not in self._identities]
        if unknown:
            found = self.index.query(likeness.identities, unknown)
            self._identities.update(zip(unknown, found, strict=True))
        return list(map(self._identities.__getitem__, rids))

    def of(self, rids: Sequence[int]) -> list[Vector]:
        """The vectors of the papers with these row ids."""
        by_identity = dict(zip(self.identities(rids), rids, strict=True))
        unknown = [one for one in by_identity if one not in self._known]
        if unknown:
            self._read(unknown)
        missing = [rid for one, rid in by_identity.items() if one not in self._known]
        if missing:
            self._make(missing)
        return [self._known[one] for one in self.identities(rids)]

    def _read(self, identities: Sequence[int]) -> None:
        for one, stored in self.cache.vectors(identities).items():
            try:
                self._known[one] = from_bytes(stored)
            except (TypeError, ValueError):
                continue  # damaged

    def _make(self, rids: Sequence[int]) -> None:
        starts = range(0, len(rids), AT_ONCE)
        for start in self.progress.counted(starts, "comparing papers", "batches"):
            some = rids[start : start + AT_ONCE]
            papers = sources(self.index, some)
            stem_of = stem_by_word(content_words(paper.words for paper in papers))
            for one, paper in zip(self.identities(some), papers, strict=True):
                vector = vector_of(paper, stem_of)
                self._known[one] = vector
                self.new[one] = as_bytes(vector)


def sources(index: Index, rids: Sequence[int]) -> list[Source]:
    """What is read of the papers with these row ids."""
    found = []
    for rid in rids:
        title, abstract, authors = index.query(likeness.texts, rid)
        found.append(Source(title, abstract, words_of(title, abstract), authors))
    return found
