"""Papers ranked by the reader's tags and stars."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import NamedTuple

from papertrack.core.model import Paper
from papertrack.index import likeness
from papertrack.index.index import Index
from papertrack.index.search import SearchResult
from papertrack.index.stored_papers import StoredPapers
from papertrack.library.library import Library
from papertrack.library.models import models, name_phrase
from papertrack.query.language import And, Clause, Flag, Not
from papertrack.ranking.model import AUTHOR, ENOUGH, Model
from papertrack.ranking.recommend import Fit, features_of, fits

CANDIDATES = 5000
"""The newest matches that are ranked."""

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

    @property
    def missing(self) -> str:
        """What is missing to rank papers, and what to do."""
        so_far = "no paper has" if not self.marked else f"only {self.marked} have"
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
    paper: str | None = None,
) -> Recommended:
    """The newest matches of a clause, those that fit the reader's tags and stars first;
    then the older ones, newest first.

    `paper` is the main key of a paper that is ranked among the newest, whether or not it
    matches; these are all that is listed then.
    """
    ranked = partial(_recommended, library, clause, limit, reverse, paper)
    return library.index.read(ranked)


def _recommended(
    library: Library,
    clause: Clause,
    limit: int | None,
    reverse: bool,
    paper: str | None,
) -> Recommended:
    index = library.index
    is_all = limit is None and paper is None
    most = None if is_all else max(limit or 0, CANDIDATES)
    result = index.stored(clause, limit=most)
    rids: list[int] = []
    if isinstance(result.papers, StoredPapers):
        rids += result.papers.rids
    if paper is not None:
        named = index.stored_papers([paper]).rids
        rids = list(dict.fromkeys([*rids[:CANDIDATES], *named]))
        limit = len(rids)
    liked, hidden, marked = models(index, library.root, library.cache)
    if not rids or not liked:
        return Recommended(result._replace(papers=()), {}, marked)
    candidates = rids[:CANDIDATES]
    if paper is not None:
        candidates = rids
    match = index.matching(clause).condition.match if paper is None else None
    presence = presence_of(index, _all(liked, hidden), candidates, match)
    best = fits(candidates, liked, hidden, presence)
    order = [*best, *rids[len(candidates) :]]
    if reverse:
        order.reverse()
    page = order[:limit]
    scores = {rid: -best[rid].score for rid in page if rid in best}
    papers: Sequence[Paper] = tuple(index.query(likeness.papers_of, page, scores))
    by_key = {
        one.key: best[rid] for rid, one in zip(page, papers, strict=True) if rid in best
    }
    is_partly_ranked = result.more or result.total > CANDIDATES
    result = result._replace(
        papers=papers, ranked=CANDIDATES if is_partly_ranked else None
    )
    return Recommended(result, by_key, marked)


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
