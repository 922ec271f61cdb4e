"""The models of the reader's tags, of the starred papers and of the hidden ones, and how
well papers fit each.

They are saved in the cache, each with a stamp of what it was made of: marking a paper
makes one of them anew, and a new paper is scored alone.
"""

from __future__ import annotations

import json
import math
import zlib
from array import array
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

from papertrack.index import likeness
from papertrack.index.index import Index
from papertrack.index.ranking_cache import RankingCache, StoredModel
from papertrack.index.vocabulary import stem_by_word
from papertrack.library.library import Library
from papertrack.library.vectors import Vectors, sources
from papertrack.ranking.model import (
    ENOUGH,
    MOST_PAPERS,
    Feature,
    Model,
    model_of,
    sums,
)
from papertrack.ranking.recommend import lifted, without
from papertrack.ranking.terms import content_words
from papertrack.ranking.vectors import Sample, Vector, sample_of

STARRED = "starred papers"
MARKED = "marked papers"
HIDDEN = "hidden papers"
"""Models that are of no tag; a tag has no space in its name."""

MOST_MODELS = 30
"""The tags of most papers that have a model."""

SAMPLED = 5000
"""The newest papers, in which terms are counted, and by which scores are measured."""

EXACT = 1000
"""Models of a library of fewer papers are rebuilt with each paper that is added; of a
larger one, whenever it has grown by a twentieth.
"""
PER_DOUBLING = 14

MOST_SCORES = 20_000
"""Of so many papers the scores are stored."""

_TERMS, _WEIGHTS, _PAPERS, _SCORES = "I", "d", "q", "d"
"""How numbers are stored."""


class Scored:
    """A model, and the scores of papers by their identities; `twins` are those that have
    the words of a paper that it is made of.
    """

    def __init__(self, model: Model, stamp: int) -> None:
        self.model = model
        self.stamp = stamp
        self.scores: dict[int, float] = {}
        self.twins: set[int] = set()
        self.stored: StoredModel | None = None
        self.is_changed = True

    def of(self, vectors: Vectors, rids: Sequence[int]) -> list[float]:
        """The scores of the papers with these row ids."""
        identities = vectors.identities(rids)
        found = list(map(self.scores.get, identities))
        missing = [rid for rid, score in zip(rids, found, strict=True) if score is None]
        if missing:
            self._add(vectors, missing)
        scores = list(map(self.scores.__getitem__, identities))
        if self.twins.isdisjoint(identities):
            return scores
        places = (n for n, one in enumerate(identities) if one in self.twins)
        return lifted(scores, places)

    def _add(self, vectors: Vectors, rids: Sequence[int]) -> None:
        model = self.model
        if self.stored is not None:
            model = model._replace(likeness=_likeness(self.stored))
        found = vectors.of(rids)
        self.add(vectors.identities(rids), found, list(sums(model, found)))

    def add(
        self,
        identities: Sequence[int],
        vectors: Sequence[Vector],
        sums_of_papers: Sequence[float],
    ) -> None:
        """Add the scores of papers, which have these sums."""
        scores = map(self.model.score, sums_of_papers)
        self.scores.update(zip(identities, scores, strict=True))
        for one, vector in zip(identities, vectors, strict=True):
            if vector.checksum in self.model.twins:
                self.twins.add(one)
        self.is_changed = True

    def as_stored(self, used: Sequence[int]) -> StoredModel:
        """The model as it is stored. `used`: papers whose scores are stored where
        there are too many.
        """
        model = self.model
        kept = self.scores
        if len(kept) > MOST_SCORES:
            kept = {one: kept[one] for one in used if one in kept}
        body = _Body(
            model.tagged,
            model.papers,
            sorted(model.twins),
            [one for one in kept if one in self.twins],
            model.mean,
            model.deviation,
            list(model.features),
        )
        terms, weights = model.likeness.keys(), model.likeness.values()
        stored = StoredModel(
            model.name,
            self.stamp,
            json.dumps(body, ensure_ascii=False),
            array(_TERMS, terms).tobytes(),
            array(_WEIGHTS, weights).tobytes(),
            array(_PAPERS, kept.keys()).tobytes(),
            array(_SCORES, kept.values()).tobytes(),
        )
        if self.stored is not None:
            stored = stored._replace(
                terms=self.stored.terms, weights=self.stored.weights
            )
        return stored


class Models:
    """The models of a library: `liked` are those of tags and stars.

    Where fewer than `ENOUGH` papers are marked there is none; `marked` is how many are,
    counted up to that. Where no tag has so many, one model is made of all marked papers.
    Use `save` at the end.
    """

    def __init__(self, library: Library) -> None:
        self.index = library.index
        self.cache = RankingCache(library.root, library.cache)
        self.vectors = Vectors(self.index, self.cache, library.progress)
        marked = self._marked()
        self.marked = min(len(next(iter(marked.values()), ())), ENOUGH)
        self.liked: list[Scored] = []
        self.hidden: Scored | None = None
        if self.marked < ENOUGH:
            return
        for name, rids in marked.items():
            self.liked.append(self._scored(name, rids))
        hidden = self.index.query(likeness.hidden, MOST_PAPERS)
        if hidden:
            self.hidden = self._scored(
                HIDDEN, hidden, [one.model for one in self.liked]
            )

    def save(self, used: Sequence[int]) -> None:
        """Save what is new in the cache. `used` are the row ids that were ranked."""
        scored = [*self.liked, self.hidden] if self.hidden else self.liked
        changed = [one for one in scored if one.is_changed]
        if changed or self.vectors.new:
            names = [one.model.name for one in scored]
            kept = self.vectors.identities(used)
            stored = [one.as_stored(kept) for one in changed]
            self.cache.save(self.vectors.new, stored, names, kept)
        self.cache.close()

    def _marked(self) -> dict[str, list[int]]:
        """Name -> the row ids of what a model is made of; too few of all marked papers,
        if there is nothing else.
        """
        query = self.index.query
        marked: dict[str, list[int]] = {}
        for tag in query(likeness.tags_of, ENOUGH)[:MOST_MODELS]:
            papers = query(likeness.tagged, tag, MOST_PAPERS)
            if len(papers) >= ENOUGH:
                marked[tag] = papers
        starred = query(likeness.starred, MOST_PAPERS)
        if len(starred) >= ENOUGH:
            marked[STARRED] = starred
        return marked or {MARKED: query(likeness.with_any_tag, MOST_PAPERS)}

    def _scored(
        self, name: str, rids: Sequence[int], others: Sequence[Model] | None = None
    ) -> Scored:
        """The model of these papers, rebuilt if they changed; `others` are the models
        whose features it may not have.
        """
        features = [[one.term for one in other.features] for other in others or ()]
        depends_on = (self._epoch, self.vectors.identities(rids), features)
        stamp = zlib.crc32(repr(depends_on).encode())
        saved = _read(self.cache.model(name), stamp)
        if saved is not None:
            return saved
        identities, vectors, sample = self._sample
        model = model_of_papers(self.index, name, rids, sample)
        if others is not None:
            model = without(model, others)
        values = list(sums(model, vectors))
        scored = Scored(model.measured(values), stamp)
        scored.add(identities, vectors, values)
        return scored

    @cached_property
    def _epoch(self) -> int:
        papers = self.index.count()
        if papers < EXACT:
            return papers
        return EXACT + int(math.log2(papers) * PER_DOUBLING)

    @cached_property
    def _sample(self) -> tuple[list[int], list[Vector], Sample]:
        rids = self.index.query(likeness.newest, SAMPLED)
        vectors = self.vectors.of(rids)
        return self.vectors.identities(rids), vectors, sample_of(vectors)


def model_of_papers(
    index: Index, name: str, rids: Sequence[int], sample: Sample
) -> Model:
    """The model of the papers with these row ids."""
    papers = sources(index, rids)
    stem_of = stem_by_word(content_words(paper.words for paper in papers))
    return model_of(name, papers, stem_of, sample)


# ------------------------------------------------------------------ stored models


class _Body(NamedTuple):
    """What is stored of a model besides numbers."""

    tagged: int
    papers: int
    twins: list[int]
    like_twins: list[int]
    mean: float
    deviation: float
    features: Sequence[Any]


def _read(stored: StoredModel | None, stamp: int) -> Scored | None:
    """The stored model, if it has this stamp and is whole, without its likeness."""
    if stored is None or stored.stamp != stamp:
        return None
    try:
        # Its numbers are read only when papers are scored.
        if len(stored.terms) % 4 or len(stored.weights) != 2 * len(stored.terms):
            return None
        body = _Body._make(json.loads(stored.body))
        scored = Scored(_model(stored.name, body), stamp)
        scored.scores = _scores(stored)
        scored.twins.update(body.like_twins)
        scored.stored = stored
        scored.is_changed = False
        return scored
    except (TypeError, ValueError, RecursionError):
        return None


def _model(name: str, body: _Body) -> Model:
    """Raises TypeError or ValueError for what is no model."""
    checks: Sequence[Callable[[Any], Any]] = (str, int, str, float, int, int)
    features = []
    for values in body.features:
        typed = [check(value) for check, value in zip(checks, values, strict=True)]
        features.append(Feature(*typed))
    return Model(
        name,
        int(body.tagged),
        int(body.papers),
        features,
        {},
        frozenset(map(int, body.twins)),
        float(body.mean),
        float(body.deviation),
    )


def _scores(stored: StoredModel) -> dict[int, float]:
    papers = array(_PAPERS)
    papers.frombytes(stored.papers)
    scores = array(_SCORES)
    scores.frombytes(stored.scores)
    return dict(zip(papers, scores, strict=True))


def _likeness(stored: StoredModel) -> dict[int, float]:
    terms = array(_TERMS)
    terms.frombytes(stored.terms)
    weights = array(_WEIGHTS)
    weights.frombytes(stored.weights)
    return dict(zip(terms, weights, strict=True))
