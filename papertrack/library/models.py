"""The models of the reader's tags, of the starred papers and of the hidden ones.

They are saved in the cache, each with a stamp of what it was made of: marking a paper
makes one of them anew.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from papertrack.core.environment import cache_name
from papertrack.core.errors import StoreError
from papertrack.index import likeness
from papertrack.index.index import Index
from papertrack.index.vocabulary import stem_by_word
from papertrack.query.normalize import spelled
from papertrack.ranking.model import (
    ENOUGH,
    MOST_PAPERS,
    Counts,
    Feature,
    Model,
    Source,
    model_of,
)
from papertrack.ranking.recommend import without
from papertrack.ranking.terms import content_words, words_of

STARRED = "starred papers"
MARKED = "marked papers"
HIDDEN = "hidden papers"
"""Models that are of no tag; a tag has no space in its name."""

MOST_MODELS = 30
"""The tags of most papers that have a model: each is looked up in all candidates."""

FORMAT = 1
"""Count this up when a model comes to be made in another way."""


class Models(NamedTuple):
    """The models of tags and stars, and that of the hidden papers.

    `marked` is how many papers have a tag or a star, counted up to `ENOUGH`.
    """

    liked: Sequence[Model]
    hidden: Model | None
    marked: int


def models(index: Index, root: Path, cache: Path) -> Models:
    """The models of the library at `root`, of which this is the index.

    None where fewer than `ENOUGH` papers are marked. Where no tag has so many, one model
    is made of all marked papers.
    """
    store = _Store(cache / f"models-{cache_name(root)}.json")
    liked: list[Model] = []
    for tag in index.query(likeness.tags_of, ENOUGH)[:MOST_MODELS]:
        papers = index.query(likeness.tagged, tag, MOST_PAPERS)
        liked.append(store.model(index, tag, papers))
    starred = index.query(likeness.starred, MOST_PAPERS)
    if len(starred) >= ENOUGH:
        liked.append(store.model(index, STARRED, starred))
    if not liked:
        marked = index.query(likeness.with_any_tag, MOST_PAPERS)
        if len(marked) < ENOUGH:
            return Models((), None, len(marked))
        liked.append(store.model(index, MARKED, marked))
    unwanted = index.query(likeness.hidden, MOST_PAPERS)
    hidden = store.model(index, HIDDEN, unwanted) if unwanted else None
    store.save()
    if hidden is not None:
        hidden = without(hidden, liked)
    return Models(liked, hidden, ENOUGH)


def model_of_papers(index: Index, name: str, rids: Sequence[int]) -> Model:
    """The model of the papers with these row ids."""
    sources: list[Source] = []
    for paper in index.query(likeness.papers_of, rids):
        abstract = paper.abstract or ""
        words = words_of(paper.title, abstract)
        sources.append(Source(paper.title, abstract, words, paper.authors))
    stem_of = stem_by_word(content_words(source.words for source in sources))
    counts = Counts(
        index.count(),
        lambda stem: index.query(likeness.with_stem, stem),
        lambda phrase: index.query(likeness.with_phrase, phrase),
        lambda name: index.query(likeness.of_author, name_phrase(name)),
    )
    return model_of(name, sources, stem_of, counts)


def name_phrase(name: str) -> str:
    """An author's name as FTS5 finds it."""
    return spelled(name).replace('"', " ")


class _Store:
    """The models that are saved in a file; what can't be read or written is made anew."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.saved = _read(path)
        self.used: dict[str, dict[str, Any]] = {}

    def model(self, index: Index, name: str, rids: Sequence[int]) -> Model:
        """The model of these papers, made anew if they changed."""
        stamp = [FORMAT, index.query(likeness.stamp, rids)]
        saved = self.saved.get(name)
        if isinstance(saved, dict) and saved.get("stamp") == stamp:
            with contextlib.suppress(KeyError, TypeError, ValueError):
                model = _model(name, saved)
                self.used[name] = saved
                return model
        model = model_of_papers(index, name, rids)
        self.used[name] = {
            "stamp": stamp,
            "tagged": model.tagged,
            "papers": model.papers,
            "features": model.features,
        }
        return model

    def save(self) -> None:
        """Write the models that were used, if they are others than those saved."""
        if self.used == self.saved:
            return
        from papertrack.storage.atomic import (
            write_atomically,
        )  # 2 ms, when marks change

        body = json.dumps(self.used, ensure_ascii=False).encode("utf-8", "replace")
        with contextlib.suppress(StoreError, OSError):
            write_atomically(self.path, body, private=True, durable=False)


def _read(path: Path) -> dict[str, Any]:
    try:
        saved = json.loads(path.read_bytes())
    except (OSError, ValueError, RecursionError):
        return {}
    return saved if isinstance(saved, dict) else {}


def _model(name: str, saved: dict[str, Any]) -> Model:
    """Raises KeyError, TypeError or ValueError for what is no model."""
    checks: Sequence[Callable[[Any], Any]] = (str, str, str, float, int, int)
    features = []
    for values in saved["features"]:
        typed = [check(value) for check, value in zip(checks, values, strict=True)]
        features.append(Feature(*typed))
    return Model(name, int(saved["tagged"]), int(saved["papers"]), features)
