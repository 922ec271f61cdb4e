"""Papers by how well they fit the best of several models.

A mean of several interests ranks what is between them, so each tag has a model of its
own, and a paper counts as it does by the tag that it fits best. The scores of a tag are
measured in standard deviations over the candidates: tags of different sizes compare.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import repeat
from operator import mul
from typing import NamedTuple

from papertrack.ranking.model import Feature, Model

Presence = Mapping[tuple[str, str], Collection[int]]
"""Kind and phrase of a feature -> the papers that have it, by number."""

HIDDEN = 0.5
"""How much of the score by hidden papers is taken away."""


SAME = 1e-6
"""A smaller deviation is one of rounding: all candidates have the same sum."""


class Fit(NamedTuple):
    """How well a paper fits: its score, the model that gave it, None where it fits none,
    and the features of that model that it has, by weight. `against` are those that it
    shares with hidden papers.
    """

    score: float
    model: Model | None
    features: Sequence[Feature]
    against: Sequence[Feature] = ()


def without(model: Model, models: Iterable[Model]) -> Model:
    """The model without the features that any of the others has.

    A hidden paper on a topic of a tag speaks against what sets it apart from the tag.
    """
    wanted = {_name(feature) for one in models for feature in one.features}
    features = [one for one in model.features if _name(one) not in wanted]
    return model._replace(features=tuple(features))


def features_of(models: Iterable[Model]) -> list[tuple[str, str]]:
    """Kind and phrase of all features of some models, each once."""
    names = (_name(feature) for model in models for feature in model.features)
    return list(dict.fromkeys(names))


class Ranking:
    """Candidates by how well each fits one of some models.

    `scores` has them by number, the best first; of the same score the one that comes
    first among the candidates does.
    """

    def __init__(
        self,
        candidates: Sequence[int],
        models: Sequence[Model],
        hidden: Model | None,
        presence: Presence,
    ) -> None:
        self._hidden = hidden
        self._presence = presence
        normal = []
        for model in models:
            normal.append(_normal(candidates, _sums(model, presence)))
        best = [max(scores) for scores in zip(*normal, strict=True)]
        # Of equal scores, the first model's counts.
        self._models = dict(zip(candidates, _first(models, normal, best), strict=True))
        if hidden is not None:
            unwanted = _normal(candidates, _sums(hidden, presence))
            lowered = (HIDDEN * max(score, 0.0) for score in unwanted)
            best = [one - other for one, other in zip(best, lowered, strict=True)]
        rounded = zip(candidates, (round(score, 6) for score in best), strict=True)
        self.scores = dict(sorted(rounded, key=lambda scored: -scored[1]))

    def fit(self, paper: int) -> Fit:
        """How well a candidate fits, and why."""
        model = self._models[paper]
        features = _present(model, paper, self._presence)
        against: Sequence[Feature] = ()
        if self._hidden is not None:
            against = _present(self._hidden, paper, self._presence)
        score = self.scores[paper]
        return Fit(score, model if features else None, features, against)


def _first(
    models: Sequence[Model], normal: Sequence[Sequence[float]], best: Sequence[float]
) -> list[Model]:
    """The first model that gives each candidate its best score."""
    by_candidate = zip(best, zip(*normal, strict=True), strict=True)
    return [models[scores.index(score)] for score, scores in by_candidate]


def _sums(model: Model, presence: Presence) -> dict[int, float]:
    """The summed weights of the features of each paper that has any."""
    sums: dict[int, float] = {}
    for feature in model.features:
        weight = feature.weight
        for paper in presence.get(_name(feature), ()):
            sums[paper] = sums.get(paper, 0.0) + weight
    return sums


def _normal(candidates: Sequence[int], sums: Mapping[int, float]) -> list[float]:
    """The sums in standard deviations above their mean over the candidates."""
    values = list(map(sums.get, candidates, repeat(0.0)))
    count = max(len(values), 1)
    mean = math.fsum(values) / count
    squares = math.fsum(map(mul, values, values)) / count
    deviation = math.sqrt(max(squares - mean * mean, 0.0))
    if deviation < SAME:
        return [0.0] * len(values)
    return [(value - mean) / deviation for value in values]


def _present(model: Model, paper: int, presence: Presence) -> Sequence[Feature]:
    present = [one for one in model.features if paper in presence.get(_name(one), ())]
    present.sort(key=lambda feature: (-feature.weight, feature.phrase))
    return present


def _name(feature: Feature) -> tuple[str, str]:
    return feature.kind, feature.phrase
