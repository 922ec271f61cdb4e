"""Papers by how well they fit the best of several models.

A mean of several interests ranks what is between them, so each tag has a model of its
own, and a paper counts as it does by the tag that it fits best.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from papertrack.ranking.model import Feature, Model
from papertrack.ranking.vectors import Vector

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

    @property
    def deviations(self) -> float:
        """How many standard deviations it is above the mean of the library's papers."""
        return self.model.deviations(self.score) if self.model else 0.0


def without(model: Model, models: Iterable[Model]) -> Model:
    """The features of a model that none of the others has.

    A hidden paper on a topic of a tag speaks against what sets it apart from the tag.
    """
    wanted = {feature.term for one in models for feature in one.features}
    features = [one for one in model.features if one.term not in wanted]
    return model._replace(features=tuple(features), likeness={}, twins=())


def lifted(scores: Sequence[float], twins: Iterable[int]) -> list[float]:
    """The scores by a model, at these places the best of all: the papers there have the
    words of one that is tagged, so nothing fits better.
    """
    changed = list(scores)
    best = max(changed, default=0.0)
    for place in twins:
        changed[place] = best
    return changed


class Ranking:
    """Candidates by how well each fits one of some models.

    `scores` has them by number, the best first; of the same score the one that comes
    first among the candidates does.
    """

    def __init__(
        self,
        candidates: Sequence[int],
        models: Sequence[Model],
        by_model: Sequence[Sequence[float]],
        hidden: Model | None = None,
        unwanted: Sequence[float] = (),
    ) -> None:
        """`by_model` has the scores of the candidates for each of the models, `unwanted`
        those for the model of the hidden papers.
        """
        self._place = {number: place for place, number in enumerate(candidates)}
        self._models = models
        self._by_model = by_model
        self._hidden = hidden
        best: Sequence[float] = [max(each) for each in zip(*by_model, strict=True)]
        if hidden is not None:
            best = [
                score - HIDDEN * max(other, 0.0)
                for score, other in zip(best, unwanted, strict=True)
            ]
        rounded = zip(candidates, (round(score, 6) for score in best), strict=True)
        self.scores = dict(sorted(rounded, key=lambda scored: -scored[1]))

    def fit(self, paper: int, vector: Vector) -> Fit:
        """How well a candidate fits, and why."""
        place = self._place[paper]
        scores = [one[place] for one in self._by_model]
        # Of equal scores, the first model's counts.
        model = self._models[scores.index(max(scores))]
        features = _present(model, vector)
        against: Sequence[Feature] = ()
        if self._hidden is not None:
            against = _present(self._hidden, vector)
        score = self.scores[paper]
        return Fit(score, model if features else None, features, against)


def _present(model: Model, vector: Vector) -> Sequence[Feature]:
    terms = set(vector.terms)
    present = [one for one in model.features if one.term in terms]
    present.sort(key=lambda feature: (-feature.weight, feature.text))
    return present
