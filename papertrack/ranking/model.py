"""What the papers of a tag have in common: the words, pairs of words and authors by
which they differ from the rest of the library.

A weight is that of Robertson and Sparck Jones for relevance feedback
(https://doi.org/10.1002/asi.4630270302): it grows with the share of the tag's papers
that have the feature, and shrinks with that of the others.
"""

from __future__ import annotations

import heapq
import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

from papertrack.ranking.terms import (
    Stems,
    Words,
    as_written,
    terms_in,
)

ENOUGH = 5
"""A tag of fewer papers has no model: it would rank little better than chance."""

MOST_PAPERS = 100
"""The newest papers of a tag of which its model is made."""

FEATURES = 20

COMMON = 0.4
"""What more than this share of a library has tells nothing."""
SMALL = 1000
"""In a library of fewer papers, the tag's own may be more than that."""

SHARED, SHARED_FROM = 2, 4
"""How many papers have a word or an author in common at least, among so many or more."""
SHARED_PAIRS, SHARED_PAIRS_FROM = 3, 8
"""How many have a pair of words in common, in a tag of at least so many papers."""
LEAST_PAPERS, LEAST_PAPERS_OF_PAIRS = 3, 10
"""Words and pairs of fewer papers of the library are no features."""
MOST_PAIRS = 24
"""The most frequent pairs, of which the library's papers are counted."""


class Source(NamedTuple):
    """What is read of a paper that has the tag."""

    title: str
    abstract: str
    words: Words
    authors: Sequence[str]


class Feature(NamedTuple):
    """A word, a pair of words or an author.

    `phrase` is how FTS5 finds it, `text` how it is written. `tagged` is how many papers
    of the tag have it, `papers` how many in the library.
    """

    kind: str
    phrase: str
    text: str
    weight: float
    tagged: int
    papers: int

    @property
    def share(self) -> float:
        """How much it tells of the tag's papers."""
        return self.tagged * self.weight


class Model(NamedTuple):
    """A tag with its features, those that tell most first; of how many papers it was
    made, in a library of how many.
    """

    name: str
    tagged: int
    papers: int
    features: Sequence[Feature]


class Counts(NamedTuple):
    """How the library's papers are counted: those with a stem, with a phrase of spelled
    words in their texts, and of an author.
    """

    papers: int
    with_stem: Callable[[str], int]
    with_phrase: Callable[[str], int]
    of_author: Callable[[str], int]


WORD, PAIR, AUTHOR = "word", "pair", "author"
"""The kinds of features."""


def model_of(
    name: str,
    tagged: Sequence[Source],
    stem_of: Mapping[str, str],
    counts: Counts,
) -> Model:
    """The model of a tag with these papers, in the library that is counted."""
    shared, phrases = _shared(tagged, stem_of)
    features: list[Feature] = []
    for stems in _worth_counting(shared, len(tagged)):
        phrase = phrases[stems]
        if len(stems) == 1:
            papers = counts.with_stem(stems[0])
            least, kind = LEAST_PAPERS, WORD
        else:
            papers = counts.with_phrase(phrase)
            least, kind = LEAST_PAPERS_OF_PAIRS, PAIR
        if papers >= least:
            count = shared[stems]
            features += _features(kind, phrase, count, papers, len(tagged), counts)
    for author, count in _shared_authors(tagged).items():
        papers = counts.of_author(author)
        features += _features(AUTHOR, author, count, papers, len(tagged), counts)
    best: dict[str, Feature] = {}
    for feature in sorted(features, key=_place):
        if len(best) == FEATURES:
            break
        # A compound is a word and also a pair: `retrieval-augmented`.
        written = _written(feature, tagged)
        best.setdefault(written.text.casefold(), written)
    return Model(name, len(tagged), counts.papers, tuple(best.values()))


def weight(shared: int, tagged: int, papers: int, library: int) -> float:
    """The weight of what `shared` of `tagged` papers have, and `papers` of the library.

    More than 0 only if the tag's papers have it more often than the others.
    """
    with_it = (shared + 0.5) / (papers - shared + 0.5)
    others = max(library - papers - tagged + shared, 0)
    without_it = (tagged - shared + 0.5) / (others + 0.5)
    return math.log(with_it / without_it)


def _shared(
    tagged: Sequence[Source], stem_of: Mapping[str, str]
) -> tuple[Counter[Stems], dict[Stems, str]]:
    """In how many papers each term is, and how it is spelled."""
    shared: Counter[Stems] = Counter()
    phrases: dict[Stems, str] = {}
    for paper in tagged:
        stems: dict[Stems, str] = {}
        for text in (paper.words.abstract, paper.words.title):
            for found in terms_in(text, stem_of):
                stems.setdefault(found.stems, found.phrase)
        shared.update(stems.keys())
        for one, phrase in stems.items():
            phrases.setdefault(one, phrase)
    return shared, phrases


def _worth_counting(shared: Counter[Stems], tagged: int) -> Iterable[Stems]:
    """The words that several papers have, and the most frequent pairs."""
    least = _least_shared(tagged)
    least_of_pairs = SHARED_PAIRS if tagged >= SHARED_PAIRS_FROM else least
    pairs = []
    for stems, count in shared.items():
        if len(stems) == 1 and count >= least:
            yield stems
        elif len(stems) > 1 and count >= least_of_pairs:
            pairs.append(stems)
    yield from heapq.nsmallest(
        MOST_PAIRS, pairs, key=lambda stems: (-shared[stems], stems)
    )


def _least_shared(tagged: int) -> int:
    return SHARED if tagged >= SHARED_FROM else 1


def _shared_authors(tagged: Sequence[Source]) -> dict[str, int]:
    """The full names that several papers have, and how many each."""
    authors: Counter[str] = Counter()
    for paper in tagged:
        authors.update({name for name in paper.authors if " " in name})
    least = _least_shared(len(tagged))
    shared = sorted(name for name, count in authors.items() if count >= least)
    return {name: authors[name] for name in shared}


def _features(
    kind: str, phrase: str, shared: int, papers: int, tagged: int, counts: Counts
) -> list[Feature]:
    """The feature, if it tells anything."""
    papers = max(papers, shared)
    if counts.papers >= SMALL and papers > COMMON * counts.papers:
        return []
    told = weight(shared, tagged, papers, counts.papers)
    if told <= 0:
        return []
    return [Feature(kind, phrase, phrase, told, shared, papers)]


def _place(feature: Feature) -> tuple[float, str, str]:
    return -feature.share, feature.phrase, feature.kind


def _written(feature: Feature, tagged: Sequence[Source]) -> Feature:
    """The feature as it is written in the papers."""
    if feature.kind == AUTHOR:
        return feature
    texts: list[str] = []
    for paper in tagged:
        if _has_phrase(paper.words.abstract, feature.phrase):
            texts.append(paper.abstract)
        elif _has_phrase(paper.words.title, feature.phrase):
            texts.append(paper.title)
        if texts:
            break
    return feature._replace(text=as_written(feature.phrase, texts))


def _has_phrase(words: Sequence[str], phrase: str) -> bool:
    return f" {phrase} " in f" {' '.join(words)} "
