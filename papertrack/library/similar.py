"""Papers that are like one of the library."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

from papertrack.core.errors import NotFound
from papertrack.core.identity import show
from papertrack.core.model import Paper
from papertrack.index import likeness
from papertrack.index.index import MOST, Index
from papertrack.index.vocabulary import stem_by_word
from papertrack.ranking.similar import Word, best_words
from papertrack.ranking.terms import (
    Words,
    as_written,
    content_words,
    terms_in,
    words_of,
)


class Similar(NamedTuple):
    """Papers, the most similar first, and the words that each shares, the most telling
    first.
    """

    papers: Sequence[Paper]
    shared: Sequence[Sequence[str]]


def similar(index: Index, key: str, limit: int | None) -> Similar:
    """The papers that are most like that with this main key. Raises NotFound.

    Hidden ones are left out. The score of each is bm25's.
    """
    most = None if limit is None else min(limit, MOST)
    return index.read(partial(_similar, index, key, most))


def _similar(index: Index, key: str, limit: int | None) -> Similar:
    papers = index.papers([key])
    if not papers:
        raise NotFound(f"unknown paper {show(key)}")
    (paper,) = papers
    (rid,) = index.stored_papers([key]).rids
    words = telling_words(index, words_of(paper.title, paper.abstract))
    spelled = [word.word for word in words]
    scores = index.query(likeness.closest, spelled, limit, but=rid)
    found = tuple(index.query(likeness.papers_of, list(scores), scores))
    return Similar(found, _shared(found, words, paper))


def telling_words(index: Index, words: Words) -> list[Word]:
    """The words by which a paper of these texts is best known in the library."""
    stem_of = stem_by_word(content_words([words]))

    def papers_with(stem: str) -> int:
        return index.query(likeness.with_stem, stem)

    return best_words(words, stem_of, papers_with, index.count())


def _shared(
    papers: Sequence[Paper], words: Sequence[Word], paper: Paper
) -> list[list[str]]:
    """The words that each paper shares, as `paper` writes them."""
    texts = [paper.abstract or "", paper.title]
    written = {word.stem: as_written(word.word, texts) for word in words}
    by_paper = [words_of(one.title, one.abstract) for one in papers]
    stem_of = stem_by_word(content_words(by_paper))
    shared = []
    for one in by_paper:
        text = [*one.title, *one.abstract]
        stems = {stem for found in terms_in(text, stem_of) for stem in found.stems}
        shared.append([text for stem, text in written.items() if stem in stems])
    return shared
