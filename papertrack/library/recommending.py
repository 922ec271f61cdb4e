"""Papers ranked by the reader's tags and stars."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from papertrack.core.model import Paper
from papertrack.index import likeness
from papertrack.index.index import Index
from papertrack.index.schema import has_full_text
from papertrack.index.search import SearchResult
from papertrack.index.stored_papers import StoredPapers
from papertrack.library.library import Library
from papertrack.library.models import models, name_phrase
from papertrack.query.language import And, Clause, Everything, Flag, Not
from papertrack.ranking.model import AUTHOR, ENOUGH, Model
from papertrack.ranking.recommend import Fit, Ranking, features_of

CANDIDATES = 5000
"""The newest matches that are ranked."""

WORTH_NAMING = 1.0
"""A paper that fits by so many standard deviations is recommended where it is not asked
for: about every tenth of the candidates.
"""

UNMARKED = (
    Flag("is", "unread"),
    Not(Flag("is", "starred")),
    Not(Flag("has", "tag")),
    Not(Flag("has", "note")),
)
"""The papers that the reader has not decided on."""


class Recommended(NamedTuple):
    """A page of papers, the best first, and how each fits, by key.

    `marked` is how many papers have a tag or a star, counted up to `ENOUGH`; with fewer
    nothing is ranked.
    """

    result: SearchResult
    fits: Mapping[str, Fit]
    marked: int

    @property
    def has_enough(self) -> bool:
        """Whether enough papers are marked to rank others by them."""
        return self.marked >= ENOUGH


def missing(marked: int) -> str:
    """What is missing to rank papers, if so few are marked, and what to do."""
    so_far = "no paper has" if not marked else f"only {marked} have"
    return (
        f"to recommend papers takes {ENOUGH} with a tag or a star, and {so_far} one; "
        "mark what you like: papertrack tag add TAG 1-3, papertrack star 1, "
        "papertrack triage"
    )


def unmarked(clause: Clause) -> Clause:
    """What a clause matches of the papers that the reader has not decided on."""
    return And((clause, *UNMARKED))


def recommended(
    library: Library,
    clause: Clause,
    *,
    limit: int | None = None,
    reverse: bool = False,
) -> Recommended:
    """The newest matches of a clause, those that fit the reader's tags and stars first;
    then the older ones, newest first.
    """
    ranked = partial(_recommended, library, clause, limit, reverse)
    return library.index.read(ranked)


def _recommended(
    library: Library, clause: Clause, limit: int | None, reverse: bool
) -> Recommended:
    index = library.index
    most = None if limit is None else max(limit, CANDIDATES)
    result = index.stored(clause, limit=most)
    rids = _row_ids(result.papers)
    match = index.matching(clause).condition.match
    best, marked = _best(library, rids[:CANDIDATES], match)
    if best is None:
        return Recommended(result._replace(papers=()), {}, marked)
    order = [*best.scores, *rids[CANDIDATES:]]
    if reverse:
        order.reverse()
    page = order[:limit]
    scores = {rid: -best.scores[rid] for rid in page if rid in best.scores}
    papers = tuple(index.query(likeness.papers_of, page, scores))
    by_key = {
        one.key: best.fit(rid)
        for rid, one in zip(page, papers, strict=True)
        if rid in scores
    }
    is_partly_ranked = result.more or result.total > CANDIDATES
    result = result._replace(
        papers=papers, ranked=CANDIDATES if is_partly_ranked else None
    )
    return Recommended(result, by_key, marked)


def _row_ids(papers: Sequence[Paper]) -> list[int]:
    return list(papers.rids) if isinstance(papers, StoredPapers) else []


def _best(
    library: Library, candidates: Sequence[int], match: str | None = None
) -> tuple[Ranking | None, int]:
    """The candidates, ranked, if any are and enough papers are marked; how many are."""
    liked, hidden, marked = models(library.index, library.root, library.cache)
    if not candidates or not liked:
        return None, marked
    presence = presence_of(library.index, _all(liked, hidden), candidates, match)
    return Ranking(candidates, liked, hidden, presence), marked


class Placed(NamedTuple):
    """How some papers fit, by key, and their places among so many candidates; `marked`
    is that of `Recommended`.
    """

    fits: Mapping[str, Fit]
    places: Mapping[str, int]
    candidates: int
    marked: int


def placed(library: Library, keys: Collection[str]) -> Placed:
    """How well the papers with these main keys fit, among the newest that are unmarked."""
    return library.index.read(partial(_placed, library, keys))


def _placed(library: Library, keys: Collection[str]) -> Placed:
    index = library.index
    newest = index.stored(unmarked(Everything()), limit=CANDIDATES).papers
    named = {key: rid for key in keys for rid in index.stored_papers([key]).rids}
    candidates = list(dict.fromkeys([*_row_ids(newest), *named.values()]))
    best, marked = _best(library, candidates)
    if best is None:
        return Placed({}, {}, 0, marked)
    place_of = {rid: place for place, rid in enumerate(best.scores, 1)}
    return Placed(
        {key: best.fit(rid) for key, rid in named.items()},
        {key: place_of[rid] for key, rid in named.items()},
        len(best.scores),
        marked,
    )


def reasons(library: Library, keys: Collection[str]) -> dict[str, str]:
    """Why papers are recommended, by main key, the best first; none for those that are
    not, and none without full text.
    """
    if not library.index.query(has_full_text):
        return {}
    found = placed(library, keys)
    ranked = sorted(found.fits, key=found.places.__getitem__)
    return {
        key: reason(found.fits[key])
        for key in ranked
        if found.fits[key].model is not None and found.fits[key].score >= WORTH_NAMING
    }


def presence_of(
    index: Index,
    models: Sequence[Model],
    candidates: Sequence[int],
    match: str | None = None,
) -> dict[tuple[str, str], list[int]]:
    """Which candidates have the features of some models. `match` is what all of them
    match, in FTS5's syntax, if they do.
    """
    presence = {}
    for kind, phrase in features_of(models):
        words = name_phrase(phrase) if kind == AUTHOR else phrase
        found = index.query(likeness.having, kind, words, candidates, match)
        presence[kind, phrase] = found
    return presence


def _all(liked: Sequence[Model], hidden: Model | None) -> Sequence[Model]:
    return liked if hidden is None else [*liked, hidden]


def reason(fit: Fit, words: int = 3) -> str:
    """Why a paper fits: the tag, and the words that decided."""
    if fit.model is None:
        return ""
    named = ", ".join(feature.text for feature in fit.features[:words])
    return f"{label(fit.model.name)}: {named}"


def label(name: str) -> str:
    """The name of a model, as it is shown."""
    return name if " " in name else f"#{name}"
