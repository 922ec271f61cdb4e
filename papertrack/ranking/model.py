"""What the papers of a tag have in common: the words, pairs of words and authors by
which they differ from the rest of the library.

A paper is measured in two ways, which find more together than each alone (figures:
`tests/benchmarks/relevance.py`):

- by the few features that distinguish most, with the weight of Robertson and Sparck
  Jones for relevance feedback (https://doi.org/10.1002/asi.4630270302): it grows with the
  share of the tag's papers that have the feature, and shrinks with that of the others.
- by all terms of the tag's papers, as Rocchio does (chapter 14 of "The SMART Retrieval
  System", 1971): the mean of these papers, less that of the library's.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Container, Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import NamedTuple

from papertrack.ranking.terms import as_written, terms_in
from papertrack.ranking.vectors import (
    Sample,
    Source,
    Vector,
    author_names,
    author_term,
    mean_and_deviation,
    term_of,
    vector_of,
)

ENOUGH = 5
"""A tag of fewer papers has no model: it would rank little better than chance."""

MOST_PAPERS = 100
"""The newest papers of a tag of which its model is made."""

FEATURES = 20

COMMON = 0.4
"""What more than this share of a library has distinguishes nothing."""
SMALL = 1000
"""In a library of fewer papers, the tag's own may be more than that."""

SHARED, SHARED_FROM = 2, 4
"""How many papers have a word or an author in common at least, among so many or more."""
SHARED_PAIRS, SHARED_PAIRS_FROM = 3, 8
"""How many have a pair of words in common, in a tag of at least so many papers."""
LEAST_PAPERS = 3
"""Words and pairs of fewer papers are no features."""

LIKENESS = 75.0
"""What likeness counts beside the weights of features."""
AUTHOR_WEIGHT = 4.0
"""What an author counts in it beside a word that is as rare."""
MOST_TERMS = 2000
"""The terms of which likeness is made."""

EVEN = 0.3
"""How far the spreads of different models are evened out. With 1, a vague interest wins
as often as one that is easily recognised; with 0, a tag of many papers does too often.
"""

SAME = 1e-6
"""A smaller deviation is one of rounding: all papers have the same sum."""

WORD, PAIR, AUTHOR = "word", "pair", "author"
"""The kinds of features."""


class Feature(NamedTuple):
    """A word, a pair of words or an author.

    `term` is its number, `text` how it is written. `tagged` is how many papers of the
    tag have it, `papers` how many of those in which the library's are counted.
    """

    kind: str
    term: int
    text: str
    weight: float
    tagged: int
    papers: int

    @property
    def share(self) -> float:
        """How much it distinguishes the tag's papers."""
        return self.tagged * self.weight


class Model(NamedTuple):
    """A tag with its features, the most distinctive first, and the weights of all terms
    by which papers are like its own, and the checksums of these; of how many papers it
    was made, counted among how many of the library. `mean` and `deviation` are those of
    their sums.
    """

    name: str
    tagged: int
    papers: int
    features: Sequence[Feature]
    likeness: Mapping[int, float]
    twins: Collection[int] = ()
    mean: float = 0.0
    deviation: float = 1.0

    def measured(self, sums: Sequence[float]) -> Model:
        """The model, with the mean and the deviation of these sums."""
        mean, deviation = mean_and_deviation(sums)
        return self._replace(mean=mean, deviation=deviation)

    def score(self, sum_of_paper: float) -> float:
        """How far a sum is above the mean, so that it compares with other models'."""
        if self.deviation < SAME:
            return 0.0
        even = math.pow(self.deviation, EVEN)
        return round((sum_of_paper - self.mean) / even, 6)

    def deviations(self, score: float) -> float:
        """A score in standard deviations."""
        return score * math.pow(self.deviation, EVEN) / max(self.deviation, SAME)


def sums(model: Model, papers: Iterable[Vector]) -> Iterator[float]:
    """What each of these papers has of a model."""
    weights = {feature.term: feature.weight for feature in model.features}
    telling = weights.keys()
    for paper in papers:
        # Few of its terms are features.
        present = sorted(telling & set(paper.terms))
        features = sum(map(weights.__getitem__, present))
        yield features + LIKENESS * paper.sum(model.likeness)


def model_of(
    name: str, tagged: Sequence[Source], stem_of: Mapping[str, str], sample: Sample
) -> Model:
    """The model of a tag with these papers, in the library that the sample is of.

    Its mean and deviation are not known yet.
    """
    vectors = [vector_of(paper, stem_of) for paper in tagged]
    shared: Counter[int] = Counter()
    for vector in vectors:
        shared.update(vector.terms)
    authors = {author_term(one): one for paper in tagged for one in author_names(paper)}
    likeness = _likeness(vectors, shared, authors.keys(), sample)
    features = [
        *_words(tagged, stem_of, shared, sample),
        *_authors(authors, shared, len(tagged), sample),
    ]
    best: dict[str, Feature] = {}
    for feature in sorted(features, key=_place):
        if len(best) == FEATURES:
            break
        # A compound is a word and also a pair: `retrieval-augmented`.
        written = _written(feature, tagged)
        best.setdefault(written.text.casefold(), written)
    twins = frozenset(vector.checksum for vector in vectors)
    by_share = tuple(best.values())
    return Model(name, len(tagged), sample.papers, by_share, likeness, twins)


def weight(shared: int, tagged: int, papers: int, library: int) -> float:
    """The weight of what `shared` of `tagged` papers have, and `papers` of the library.

    More than 0 only if the tag's papers have it more often than the others.
    """
    with_it = (shared + 0.5) / (papers - shared + 0.5)
    others = max(library - papers - tagged + shared, 0)
    without_it = (tagged - shared + 0.5) / (others + 0.5)
    return math.log(with_it / without_it)


def _words(
    tagged: Sequence[Source],
    stem_of: Mapping[str, str],
    shared: Mapping[int, int],
    sample: Sample,
) -> Iterator[Feature]:
    """The words, and pairs of words, that several papers have more often than others.

    The text of each is how one of them spells it.
    """
    least = _least_shared(len(tagged))
    least_of_pairs = SHARED_PAIRS if len(tagged) >= SHARED_PAIRS_FROM else least
    seen: set[int] = set()
    for paper in tagged:
        for text in (paper.words.abstract, paper.words.title):
            for found in terms_in(text, stem_of):
                term = term_of(found.stems)
                if term in seen:
                    continue
                seen.add(term)
                kind = WORD if len(found.stems) == 1 else PAIR
                if shared[term] >= (least if kind == WORD else least_of_pairs):
                    of_tagged = (shared[term], len(tagged))
                    yield from _features(kind, term, found.phrase, of_tagged, sample)


def _authors(
    authors: Mapping[int, str], shared: Mapping[int, int], tagged: int, sample: Sample
) -> Iterator[Feature]:
    """The authors that several papers have."""
    for term, name in authors.items():
        if shared[term] >= _least_shared(tagged):
            yield from _features(AUTHOR, term, name, (shared[term], tagged), sample)


def _least_shared(tagged: int) -> int:
    return SHARED if tagged >= SHARED_FROM else 1


def _features(
    kind: str, term: int, text: str, of_tagged: tuple[int, int], sample: Sample
) -> list[Feature]:
    """The feature, if it distinguishes anything."""
    shared, tagged = of_tagged
    papers = max(sample.with_term.get(term, 0), shared)
    is_rare = kind != AUTHOR and papers < LEAST_PAPERS
    if is_rare or _is_common(papers, sample):
        return []
    weighed = weight(shared, tagged, papers, sample.papers)
    if weighed <= 0:
        return []
    return [Feature(kind, term, text, weighed, shared, papers)]


def _is_common(papers: int, sample: Sample) -> bool:
    return sample.papers >= SMALL and papers > COMMON * sample.papers


def _likeness(
    tagged: Sequence[Vector],
    shared: Mapping[int, int],
    authors: Container[int],
    sample: Sample,
) -> dict[int, float]:
    """The weights of terms: their share of the tag's papers, less that of the library's,
    both times the square of how rare they are.
    """
    shares: dict[int, float] = dict.fromkeys(shared, 0.0)
    for vector in tagged:
        part = 1 / (vector.length * len(tagged))
        for term in chain(vector.terms, vector.again):
            shares[term] += part
    weights: dict[int, float] = {}
    for term, share in shares.items():
        papers = max(sample.with_term.get(term, 0), shared[term])
        others = sample.shortness * papers / sample.papers
        if share <= others or _is_common(papers, sample):
            continue
        rarity = math.log((sample.papers + 1) / (papers + 1))
        factor = AUTHOR_WEIGHT if term in authors else 1.0
        weights[term] = factor * (share - others) * max(rarity, 0.0) ** 2
    most = sorted(weights, key=lambda term: (-weights[term], term))[:MOST_TERMS]
    return {term: weights[term] for term in most}


def _place(feature: Feature) -> tuple[float, str, str]:
    return -feature.share, feature.text, feature.kind


def _written(feature: Feature, tagged: Sequence[Source]) -> Feature:
    """The feature as it is written in the papers."""
    if feature.kind == AUTHOR:
        return feature
    texts: list[str] = []
    for paper in tagged:
        if _has_phrase(paper.words.abstract, feature.text):
            texts.append(paper.abstract)
        elif _has_phrase(paper.words.title, feature.text):
            texts.append(paper.title)
        if texts:
            break
    return feature._replace(text=as_written(feature.text, texts))


def _has_phrase(words: Sequence[str], phrase: str) -> bool:
    return f" {phrase} " in f" {' '.join(words)} "
