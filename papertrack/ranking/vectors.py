"""Papers as numbers: what `recommend` compares, fast to store and to sum up.

Each word, pair of words and author is a checksum: two that have the same are taken for
one, which happens to one of some thousand papers.
"""

from __future__ import annotations

import math
import zlib
from array import array
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, repeat
from typing import NamedTuple

from papertrack.query.normalize import spelled
from papertrack.ranking.terms import Stems, Words, terms_in

TITLE = 2
"""How often a word of the title counts."""
MOST_OFTEN = 3
"""How often a word counts at most."""

TYPE = "I"
"""Checksums as they are stored: of four bytes."""


class Source(NamedTuple):
    """What is read of a paper."""

    title: str
    abstract: str
    words: Words
    authors: Sequence[str]


class Vector(NamedTuple):
    """A paper: `terms` are its words, pairs and authors, each once; `again` has a word
    once for each further time that it counts.
    """

    terms: Sequence[int]
    again: Sequence[int]

    @property
    def length(self) -> float:
        """By what a sum over all of it is divided, so that long texts win nothing."""
        return math.sqrt(len(self.terms) + len(self.again)) or 1.0

    @property
    def checksum(self) -> int:
        """The same for papers of the same words."""
        return zlib.crc32(as_bytes(self))

    def sum(self, weights: Mapping[int, float]) -> float:
        """The weights of its terms, each as often as it counts."""
        terms = chain(self.terms, self.again)
        return sum(map(weights.get, terms, repeat(0.0))) / self.length


def vector_of(source: Source, stem_of: Mapping[str, str]) -> Vector:
    """The paper as numbers. `stem_of` has the stem of each of its content words."""
    counts: Counter[int] = Counter()
    for text, times in ((source.words.title, TITLE), (source.words.abstract, 1)):
        for found in terms_in(text, stem_of):
            term = term_of(found.stems)
            counts[term] += times if len(found.stems) == 1 else 0
    terms = [*counts, *map(author_term, author_names(source))]
    again: list[int] = []
    for term, count in counts.items():
        again += [term] * (min(count, MOST_OFTEN) - 1)
    return Vector(array(TYPE, sorted(terms)), array(TYPE, sorted(again)))


def term_of(stems: Stems) -> int:
    """The number of a word or a pair of words."""
    return zlib.crc32(" ".join(stems).encode())


def author_term(name: str) -> int:
    """The number of an author."""
    return zlib.crc32(b"\0" + spelled(name).encode("utf-8", "replace"))


def author_names(source: Source) -> Iterator[str]:
    """The full names of its authors, each once: a surname is of many."""
    yield from dict.fromkeys(name for name in source.authors if " " in name)


def as_bytes(vector: Vector) -> bytes:
    """The vector as it is stored."""
    return array(TYPE, [len(vector.terms), *vector.terms, *vector.again]).tobytes()


def from_bytes(stored: bytes) -> Vector:
    """A stored vector. Raises ValueError for other bytes."""
    numbers = array(TYPE)
    numbers.frombytes(stored)
    if not numbers or numbers[0] >= len(numbers):
        raise ValueError("no vector")
    end = 1 + numbers[0]
    return Vector(numbers[1:end], numbers[end:])


class Sample(NamedTuple):
    """The papers in which terms are counted: how many they are, how many have each term,
    and the mean of 1 / length.
    """

    papers: int
    with_term: Mapping[int, int]
    shortness: float


def sample_of(vectors: Sequence[Vector]) -> Sample:
    """The counts over these papers."""
    with_term: Counter[int] = Counter()
    for vector in vectors:
        with_term.update(vector.terms)
    papers = max(len(vectors), 1)
    shortness = math.fsum(1 / vector.length for vector in vectors) / papers
    return Sample(papers, with_term, shortness)


def mean_and_deviation(values: Sequence[float]) -> tuple[float, float]:
    """The mean of some values, and their standard deviation."""
    count = max(len(values), 1)
    mean = math.fsum(values) / count
    squares = math.fsum((value - mean) ** 2 for value in values) / count
    return mean, math.sqrt(squares)
