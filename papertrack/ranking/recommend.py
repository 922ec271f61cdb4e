"""Papers by how well they fit the best of several models.

A mean of several interests ranks what is between them, so each tag has a model of its
own, and a paper counts as it does by the tag that it fits best. The scores of a tag are
measured in standard deviations over the candidates: tags of different sizes compare.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import NamedTuple

from papertrack.ranking.model import Feature, Model

Presence = Mapping[tuple[str, str], Iterable[int]]
"""Kind and phrase of a feature -> the papers that have it, by number."""

HIDDEN = 0.5
"""How much of the score by hidden papers is taken away."""


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


def fits(
    candidates: Sequence[int],
    models: Sequence[Model],
    hidden: Model | None,
    presence: Presence,
) -> dict[int, Fit]:
    """How well each candidate fits at least one model, by its number, the best first.

    Of the same score the one that comes first among the candidates does.
    """
    scores: list[tuple[Model, list[float]]] = []
    for model in models:
        scores.append((model, _normal(candidates, _sums(model, candidates, presence))))
    lowered = [0.0] * len(candidates)
    if hidden is not None:
        unwanted = _normal(candidates, _sums(hidden, candidates, presence))
        lowered = [HIDDEN * max(score, 0.0) for score in unwanted]
    having = {name: frozenset(papers) for name, papers in presence.items()}
    fitting: list[tuple[int, Fit]] = []
    for place, paper in enumerate(candidates):
        # Of equal scores, the first model's counts.
        best, normal = max(scores, key=lambda score: score[1][place])
        features = _present(best, paper, having)
        total = round(normal[place] - lowered[place], 6)
        against = _present(hidden, paper, having) if hidden else ()
        fitting.append(
            (paper, Fit(total, best if features else None, features, against))
        )
    fitting.sort(key=lambda fit: -fit[1].score)
    return dict(fitting)


def _sums(
    model: Model, candidates: Iterable[int], presence: Presence
) -> dict[int, float]:
    """The summed weights of the features of each candidate that has any."""
    wanted = set(candidates)
    sums: dict[int, float] = {}
    for feature in model.features:
        for paper in presence.get(_name(feature), ()):
            if paper in wanted:
                sums[paper] = sums.get(paper, 0.0) + feature.weight
    return sums


def _normal(candidates: Sequence[int], sums: Mapping[int, float]) -> list[float]:
    """The sums in standard deviations above their mean over the candidates."""
    values = [sums.get(paper, 0.0) for paper in candidates]
    mean = math.fsum(values) / max(len(values), 1)
    variance = math.fsum((value - mean) ** 2 for value in values)
    deviation = math.sqrt(variance / max(len(values), 1))
    if deviation < 1e-9:
        return [0.0] * len(values)
    return [(value - mean) / deviation for value in values]


def _present(
    model: Model, paper: int, having: Mapping[tuple[str, str], Collection[int]]
) -> Sequence[Feature]:
    present = [one for one in model.features if paper in having.get(_name(one), ())]
    present.sort(key=lambda feature: (-feature.weight, feature.phrase))
    return present


def _name(feature: Feature) -> tuple[str, str]:
    return feature.kind, feature.phrase
