"""The words of papers, and pairs of words, by which papers are compared.

A term is known by its stems, as FTS5 makes them, and found as a phrase of spelled words.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from papertrack.core.text import clean
from papertrack.query.normalize import spelled_words
from papertrack.query.pieces import pieces

_STOP_WORDS = (
    "a about above across after all also among an and any are as at be because been "
    "being both but by can could do does due during each either etc even ever every "
    "few first for from further given has have having hence here how however i if in "
    "into is it its itself least less like many may might more most much must neither "
    "new no nor not of often on once one only onto or other others our out over own per "
    "rather same see several should show since so some still such than that the their "
    "them themselves then there thereby therefore these they this those though three "
    "through thus to together too toward towards two under unlike until up upon us use "
    "used uses using various very via was we well were what when where whether which "
    "while who whose why will with within without would yet you your et al"
)
STOP_WORDS = frozenset(_STOP_WORDS.split())
"""Words that are in no term, but for one between the two words of a pair."""

_PUNCTUATION = frozenset('()[]{}<>.,;:!?"$\\')
"""What is between the words of a pair where they are no phrase."""

BETWEEN = 1
"""How many stop words may be between the two words of a pair."""

Stems = tuple[str, ...]
"""The stem of a word, or those of a pair of words."""


BREAK = ""
"""What is between the words of two sentences."""
_END_OF_SENTENCE = r"[.;:!?()]+(?:\s+|$)|\("


class Words(NamedTuple):
    """The spelled words of a paper's title and abstract, with BREAK after each sentence."""

    title: Sequence[str]
    abstract: Sequence[str]


class Found(NamedTuple):
    """A term in a text: its stems, and the spelled words from the first to the last."""

    stems: Stems
    phrase: str


def words_of(title: str, abstract: str | None) -> Words:
    """The words of a paper's texts, in their order."""
    return Words(_words(title), _words(abstract or ""))


def _words(text: str) -> list[str]:
    words: list[str] = []
    for sentence in re.split(_END_OF_SENTENCE, text):
        words += [*spelled_words(sentence), BREAK]
    return words


def content_words(papers: Iterable[Words]) -> list[str]:
    """The distinct words of papers that terms are made of, sorted."""
    words: set[str] = set()
    for paper in papers:
        words.update(paper.title, paper.abstract)
    return sorted(filter(_is_content, words))


def terms_in(words: Sequence[str], stem_of: Mapping[str, str]) -> Iterator[Found]:
    """The words of a text that have a meaning, and the pairs of those that stand
    together.

    `stem_of` has the stem of each of its content words.
    """
    last = -1
    for place, word in enumerate(words):
        if word not in stem_of:
            continue
        yield Found((stem_of[word],), word)
        if last >= 0 and _stand_together(words[last + 1 : place]):
            phrase = " ".join(words[last : place + 1])
            yield Found((stem_of[words[last]], stem_of[word]), phrase)
        last = place


def as_written(phrase: str, texts: Iterable[str]) -> str:
    """A phrase of spelled words as the first text that has it writes it, but for
    capitals at the beginning of words.
    """
    wanted = phrase.split(" ")
    for text in texts:
        found = list(pieces(text))
        words = [piece.word for piece in found]
        for start in range(len(words) - len(wanted) + 1):
            end = start + len(wanted)
            if words[start:end] == wanted:
                written = clean(text[found[start].start : found[end - 1].end])
                if _PUNCTUATION.isdisjoint(written):
                    return " ".join(map(_uncapitalized, written.split()))
    return clean(phrase)


def _uncapitalized(word: str) -> str:
    """`Retrieval` as `retrieval`, but `RAG` and `LoRA` as they are."""
    return word.lower() if word.istitle() else word


def _stand_together(between: Sequence[str]) -> bool:
    return len(between) <= BETWEEN and STOP_WORDS.issuperset(between)


def _is_content(word: str) -> bool:
    """Whether a spelled word is one of a language: no number, sign or stop word."""
    if word in STOP_WORDS or not any(map(str.isalpha, word)):
        return False
    return len(word) > 1 or not word.isascii()
