"""Finding the papers that somebody half remembers, best match first.

First come the papers with all the words. If they are fewer than a page, a word that no
paper has is corrected, and below come papers with some of the words. Both stay cheap in
any library: only so many papers are counted, ranked and read.

The figures were measured on 27,000 papers of arXiv: `tests/benchmarks/relevance.py`.
"""

import sqlite3
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import chain, pairwise
from sqlite3 import Connection
from types import MappingProxyType
from typing import NamedTuple

from papertrack.core.model import Paper
from papertrack.index.bodies import indexed
from papertrack.index.clauses import BARE, full_text_match, where
from papertrack.index.order import Order
from papertrack.index.relevance import first_of_newest
from papertrack.index.schema import ADD_TEXT, FULL_TEXT_TABLE, INDEXED, Meta, column
from papertrack.index.search import Search, SearchResult
from papertrack.index.stored_papers import StoredPapers
from papertrack.query.language import And, Clause, Or, Text, joined, words
from papertrack.query.loose import STOP_WORDS, Loose
from papertrack.query.normalize import phrases

COUNTED = 40_000
"""The rarest words are looked for, until the papers that have them come to this."""
LEAST_WORDS = 2
"""So many words are looked for, however common they are."""
NEWEST = 10_000
"""Beyond COUNTED, a word is looked for in so many papers: scoring half of a million
takes half a second.
"""
FILLED = 200
"""How many papers with some of the words are ranked."""
NEAR = 4
"""Words at most so far apart are near each other."""
NEAR_BONUS = 0.3
"""By which part a score grows if each word is near the next."""
NEAR_RANKED = 100
"""So many of the best papers with some of the words are ranked by nearness too."""
SHORTEST_PART = 3
"""Parts of a hyphenated word are looked for if they have so many letters."""

TITLE_WEIGHT = 4.0
"""What a word in the title counts where others are missing; in the abstract it is 1."""
_WEIGHTS = [TITLE_WEIGHT if f.name == "title" else f.weight for f in INDEXED]


class Found(NamedTuple):
    """What a search found for the clause that was looked for.

    `result` are the papers with all the words, best first, `others` those with some.
    `corrected` are words that no paper has, with those that were taken for them; `dropped`
    are words that were not looked for, `unknown` those that no paper has. `note` is how
    a line was read that is no query.
    """

    result: SearchResult
    clause: Clause
    others: tuple[Paper, ...] = ()
    corrected: Mapping[str, str] = MappingProxyType({})
    dropped: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()
    note: str = ""

    @property
    def papers(self) -> tuple[Paper, ...]:
        """All of them, in the order in which they are shown."""
        return (*self.result.papers, *self.others)

    def with_first(self, keys: Container[str]) -> "Found":
        """The same, the papers with these keys first."""
        papers = sorted(self.result.papers, key=lambda paper: paper.key not in keys)
        return self._replace(result=self.result._replace(papers=tuple(papers)))

    def with_named(self, papers: Sequence[Paper], limit: int) -> "Found":
        """The same, these papers before all others; a page of so many."""
        keys = {paper.key for paper in papers}
        result = self.result
        known = [paper for paper in result.papers if paper.key in keys]
        others = [paper for paper in result.papers if paper.key not in keys]
        first = tuple([*papers, *others][:limit])
        result = result._replace(
            papers=first, total=result.total + len(papers) - len(known)
        )
        some = [paper for paper in self.others if paper.key not in keys]
        return self._replace(result=result, others=tuple(some[: limit - len(first)]))


class _Word(NamedTuple):
    """A word that is looked for; as a term, in FTS5's syntax, and about how many papers
    have it.
    """

    term: Text
    match: str
    papers: int


class Finding:
    """Finds a page of the papers that the loose part of a query may mean."""

    def __init__(self, db: Connection, meta: Meta, limit: int) -> None:
        self.db = db
        self.meta = meta
        self.limit = limit

    def run(self, loose: Loose) -> Found:
        """The papers with all the words, and if they are few, those with some."""
        typed = loose
        result = self._with_all(loose)
        terms = _with_parts(loose.words)
        is_all_there_is = len(terms) == 1 and len(result.papers) > 0
        if len(result.papers) >= self.limit or is_all_there_is:
            return Found(result, loose.clause, dropped=loose.dropped)
        # Where papers have all the words, none of these is unknown.
        corrected = {} if result.papers else self._corrections(loose.words)
        if corrected:
            words = [
                word._replace(text=corrected.get(word.text, word.text))
                for word in loose.words
            ]
            loose = loose._replace(words=tuple(words))
            terms = _with_parts(loose.words)
            result = self._with_all(loose)
        known = self._words(terms)
        others = tuple(self._with_some(known, loose, result.papers))
        if not result.papers and not others:
            return Found(self._with_all(typed), typed.clause)
        found = {word.term for word in known}
        unknown = [word.text for word in loose.words if word not in found]
        return Found(
            result, loose.clause, others, corrected, loose.dropped, tuple(unknown)
        )

    def _with_all(self, loose: Loose) -> SearchResult:
        order = Order.by("relevance", limit=self.limit)
        result = self._search(loose.clause, order).run()
        return result._replace(papers=tuple(result.papers))

    def _search(self, clause: Clause, order: Order) -> Search:
        return Search(self.db, self.meta, clause, where(clause), order)

    def _corrections(self, words: Iterable[Text]) -> dict[str, str]:
        """Words that no paper has -> what they are taken for."""
        # 0.4 ms with vocabulary: most searches fill the page with all words.
        from papertrack.index.suggestions import correction

        found: dict[str, str] = {}
        for word in words:
            instead = correction(self.db, word.text)
            if instead is not None:
                found[word.text] = instead
        return found

    # ------------------------------------------------------------------ some words

    def _with_some(
        self, words: Sequence[_Word], loose: Loose, shown: Sequence[Paper]
    ) -> Iterator[Paper]:
        """The best papers with some of the words that are not shown yet."""
        if not words:
            return
        scores = self._scores(words, loose, FILLED + len(shown))
        rare, _ = _rarest(words)
        scores = self._by_nearness(scores, loose.words, {one.term for one in rare})
        taken = {paper.key for paper in shown}
        # Those that are shown already may be among the best.
        for paper in StoredPapers(self.db, list(scores)[: self.limit], scores):
            if paper.key not in taken and len(taken) < self.limit:
                taken.add(paper.key)
                yield paper

    def _scores(
        self, words: Sequence[_Word], loose: Loose, most: int
    ) -> Mapping[int, float]:
        """The best papers with some of the words, best first, with their scores."""
        rare, common = _rarest(words)
        if not common:
            return self._with_any(rare, loose).scored(_WEIGHTS, most)
        newest = first_of_newest(self.db, NEWEST)
        every = self._with_any([*rare, *common], loose)
        scores = every.scored(_WEIGHTS, most, low=newest)
        if rare:
            scores = {**self._with_any(rare, loose).scored(_WEIGHTS, most), **scores}
        best = sorted(scores, key=lambda rid: (scores[rid], -rid))
        return {rid: scores[rid] for rid in best[:most]}

    def _with_any(self, words: Sequence[_Word], loose: Loose) -> Search:
        looked_for = Or(tuple(word.term for word in words))
        return self._search(joined(And, [looked_for, *loose.exact]), _UNSORTED)

    def _words(self, terms: Iterable[Text]) -> list[_Word]:
        """The terms that any paper has, with how many have them."""
        from papertrack.index.vocabulary import papers_with, stems_of  # likewise

        spelled = {term: next(iter(phrases(term.text)), "") for term in terms}
        stems = stems_of(spelled.values())
        words: list[_Word] = []
        for term, stems_of_term in zip(spelled, stems, strict=True):
            match = full_text_match(term)
            counts = [papers_with(self.db, stem) or 1 for stem in stems_of_term]
            if match and counts and self._is_known(match):
                words.append(_Word(term, match, min(counts)))
        return words

    def _is_known(self, match: str) -> bool:
        return bool(
            column(self.db, "SELECT 1 FROM fts WHERE fts MATCH ? LIMIT 1", [match])
        )

    def _by_nearness(
        self,
        scores: Mapping[int, float],
        words: Sequence[Text],
        rare: Container[Text],
    ) -> dict[int, float]:
        """The scores, those of the best papers better by how many neighbouring words of
        the query are near each other; two common ones in the newest papers alone.
        """
        pairs = [pair for pair in pairwise(words) if all(map(_near_phrase, pair))]
        best = list(scores)[:NEAR_RANKED]
        if not pairs or not best:
            return dict(scores)
        bonus = dict.fromkeys(best, 0.0)
        for pair in pairs:
            match = f"{BARE} : NEAR({' '.join(map(_near_phrase, pair))}, {NEAR})"
            low = min(best)
            if not any(word in rare for word in pair):
                low = max(low, first_of_newest(self.db, NEWEST))
            query = "SELECT rowid FROM fts WHERE fts MATCH ? AND rowid BETWEEN ? AND ?"
            for rid in column(self.db, query, [match, low, max(best)]):
                if rid in bonus:
                    bonus[rid] += NEAR_BONUS / len(pairs)
        nearer = {rid: scores[rid] * (1 + bonus[rid]) for rid in best}
        ranked = sorted(best, key=nearer.__getitem__)
        rest = list(scores)[NEAR_RANKED:]
        return {rid: nearer.get(rid, scores[rid]) for rid in chain(ranked, rest)}


_UNSORTED = Order.by("date")


def _near_phrase(word: Text) -> str:
    """The word in its main spelling, for NEAR."""
    for spelling in phrases(word.text):
        return f'"{spelling}"'
    return ""


def _with_parts(words: Iterable[Text]) -> list[Text]:
    """The words, and the parts of those with hyphens."""
    found: dict[Text, None] = {}
    for word in words:
        found[word] = None
        for part in word.text.split("-"):
            is_telling = (
                len(part) >= SHORTEST_PART and part.casefold() not in STOP_WORDS
            )
            if is_telling:
                found[word._replace(text=part)] = None
    return list(found)


def _rarest(words: Sequence[_Word]) -> tuple[list[_Word], list[_Word]]:
    """The rarest words, while the papers that have them are not too many, and those
    that are looked for though they are.
    """
    rare: list[_Word] = []
    common: list[_Word] = []
    total = 0
    for word in sorted(words, key=lambda word: word.papers):
        total += word.papers
        if total <= COUNTED:
            rare.append(word)
        elif len(rare) + len(common) < LEAST_WORDS:
            common.append(word)
    return rare, common


def matched(papers: Sequence[Paper], clause: Clause) -> dict[str, list[str]]:
    """Key -> the words of the clause that each paper has, as they are written in it."""
    matches = {word.text: full_text_match(word) for word in words(clause)}
    found: dict[str, list[str]] = {paper.key: [] for paper in papers}
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as db:
        db.execute(FULL_TEXT_TABLE)
        for number, paper in enumerate(papers):
            db.execute(ADD_TEXT, (number, *indexed(paper)))
        for text, match in matches.items():
            query = "SELECT rowid FROM fts WHERE fts MATCH ?"
            for number in column(db, query, [match]) if match else ():
                found[papers[number].key].append(text)
    return found
