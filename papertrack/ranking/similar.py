"""The words that make a paper what it is: papers that share them are similar."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping
from typing import NamedTuple

from papertrack.ranking.terms import Words, terms_in

WORDS, FEWER = 20, 10
"""How many words are looked for; fewer in a library of more than `LARGE` papers, where
each takes longer.
"""
LARGE = 200_000

COMMON = 0.2
"""Words in more than this share of the papers distinguish nothing."""
SMALL, COMMON_IN_SMALL = 1000, 0.5
"""In a library of fewer papers, a share of a topic may be larger."""

TITLE = 2
"""How often a word of the title counts."""


class Word(NamedTuple):
    """A word of a paper, spelled; its stem, and how much it distinguishes."""

    word: str
    stem: str
    weight: float


def best_words(
    paper: Words,
    stem_of: Mapping[str, str],
    papers_with: Callable[[str], int],
    papers: int,
) -> list[Word]:
    """The words by which a paper is best known in a library of so many papers, the best
    first.

    `papers_with` counts the papers that have a stem.
    """
    counts: Counter[str] = Counter()
    spelling: dict[str, str] = {}
    for text, times in ((paper.title, TITLE), (paper.abstract, 1)):
        for found in terms_in(text, stem_of):
            if len(found.stems) == 1:
                counts[found.stems[0]] += times
                spelling.setdefault(found.stems[0], found.phrase)
    share = COMMON_IN_SMALL if papers < SMALL else COMMON
    words = []
    for stem, count in counts.items():
        others = papers_with(stem)
        if others < share * papers:
            rarity = math.log((papers - others + 0.5) / (others + 0.5))
            weight = (1 + math.log(count)) * rarity
            words.append(Word(spelling[stem], stem, weight))
    words.sort(key=lambda word: (-word.weight, word.word))
    return words[: FEWER if papers > LARGE else WORDS]
