"""Papers ranked by the reader's tags and stars."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import NamedTuple

from papertrack.core.model import Paper
from papertrack.index import likeness
from papertrack.index.schema import has_full_text
from papertrack.index.search import SearchResult
from papertrack.index.stored_papers import StoredPapers
from papertrack.library.library import Library
from papertrack.library.models import Models
from papertrack.query.language import And, Clause, Everything, Flag, Not
from papertrack.ranking.model import ENOUGH
from papertrack.ranking.recommend import Fit, Ranking

CANDIDATES = 5000
"""The newest matches that are ranked."""

WORTH_NAMING = 1.0
"""A paper that fits by so many standard deviations is recommended where it is not requested
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
    stored: bool = False,
) -> Recommended:
    """The newest matches of a clause, those that fit the reader's tags and stars first;
    then the older ones, newest first.

    If they are `stored`, they are read when they are needed: see `Index.stored`.
    """
    ranked = partial(_recommended, library, clause, limit, reverse, stored)
    return library.index.read(ranked)


def _recommended(
    library: Library,
    clause: Clause,
    limit: int | None,
    reverse: bool,
    stored: bool,
) -> Recommended:
    index = library.index
    most = None if limit is None else max(limit, CANDIDATES)
    result = index.stored(clause, limit=most)
    rids = _row_ids(result.papers)
    models = Models(library)
    best = _ranking(models, rids[:CANDIDATES])
    if best is None:
        return Recommended(result._replace(papers=()), {}, models.marked)
    order = [*best.scores, *rids[CANDIDATES:]]
    if reverse:
        order.reverse()
    page = order[:limit]
    ranked = [rid for rid in page if rid in best.scores]
    scores = {rid: -best.scores[rid] for rid in ranked}
    papers = index.query(likeness.papers_of, page, scores)
    keys_of_ranked = index.query(likeness.papers_of, ranked).keys()
    keys = dict(zip(ranked, keys_of_ranked, strict=True))
    fits = {keys[rid]: fit for rid, fit in _fits(best, models, ranked).items()}
    models.save(rids[:CANDIDATES])
    is_partly_ranked = result.more or result.total > CANDIDATES
    result = result._replace(
        papers=papers if stored else tuple(papers),
        ranked=CANDIDATES if is_partly_ranked else None,
    )
    return Recommended(result, fits, models.marked)


def _row_ids(papers: Sequence[Paper]) -> list[int]:
    return list(papers.rids) if isinstance(papers, StoredPapers) else []


def _ranking(models: Models, candidates: Sequence[int]) -> Ranking | None:
    """The candidates, ranked, if any are and enough papers are marked."""
    if not candidates or not models.liked:
        models.cache.close()  # nothing is saved
        return None
    scores = [one.of(models.vectors, candidates) for one in models.liked]
    liked = [one.model for one in models.liked]
    if models.hidden is None:
        return Ranking(candidates, liked, scores)
    unwanted = models.hidden.of(models.vectors, candidates)
    return Ranking(candidates, liked, scores, models.hidden.model, unwanted)


def _fits(ranking: Ranking, models: Models, rids: Sequence[int]) -> dict[int, Fit]:
    """How these candidates fit, and why."""
    vectors = models.vectors.of(rids)
    return {
        rid: ranking.fit(rid, vector) for rid, vector in zip(rids, vectors, strict=True)
    }


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
    models = Models(library)
    best = _ranking(models, candidates)
    if best is None:
        return Placed({}, {}, 0, models.marked)
    place_of = {rid: place for place, rid in enumerate(best.scores, 1)}
    fits = _fits(best, models, list(named.values()))
    models.save(candidates)
    return Placed(
        {key: fits[rid] for key, rid in named.items()},
        {key: place_of[rid] for key, rid in named.items()},
        len(best.scores),
        models.marked,
    )


def reasons(library: Library, keys: Collection[str]) -> dict[str, str]:
    """Why papers are recommended, by main key, the best first; none for those that are
    not, and none without full text.
    """
    if not library.index.query(has_full_text):
        return {}
    return library.index.read(partial(_reasons, library, keys))


def _reasons(library: Library, keys: Collection[str]) -> dict[str, str]:
    index = library.index
    rids = {rid: key for key in keys for rid in index.stored_papers([key]).rids}
    models = Models(library)
    best = _ranking(models, list(rids))
    if best is None:
        return {}
    fits = _fits(best, models, list(best.scores))
    models.save(list(rids))
    return {
        rids[rid]: reason(fit)
        for rid, fit in fits.items()
        if fit.deviations >= WORTH_NAMING
    }


def reason(fit: Fit, words: int = 3) -> str:
    """Why a paper fits: the tag, and the words that decided."""
    if fit.model is None:
        return ""
    named = ", ".join(feature.text for feature in fit.features[:words])
    return f"{label(fit.model.name)}: {named}"


def label(name: str) -> str:
    """The name of a model, as it is shown."""
    return name if " " in name else f"#{name}"
