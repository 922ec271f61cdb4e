"""The share of papers, or of votes, that match a query, period by period."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

FEW = 10
"""The share of a period with fewer papers means little: one paper of two is 50 %."""


class Trend(NamedTuple):
    """A query, and for each period how many papers match and how many there are; or how
    many votes the papers that match gained, and all.
    """

    query: str
    counts: Sequence[int]
    totals: Sequence[int]

    @property
    def shares(self) -> list[float | None]:
        """The part of each period's papers that matches; None where there are none."""
        pairs = zip(self.counts, self.totals, strict=True)
        return [count / total if total else None for count, total in pairs]

    def reliable_shares(self, last: int | None = None) -> list[float | None]:
        """The shares of the last periods, all by default: None also where there are few
        papers, if other periods have more.
        """
        start = 0 if last is None else len(self.totals) - last
        totals = self.totals[start:]
        least = FEW if max(totals, default=0) >= FEW else 1
        shares = zip(self.shares[start:], totals, strict=True)
        return [share if of >= least else None for share, of in shares]


def highest(values: Sequence[float | None]) -> int:
    """The place of the highest value, the first of equal ones; unknown ones count as 0."""
    return max(range(len(values)), key=lambda place: values[place] or 0)


def percent(share: float | None) -> str:
    """A share for the reader: `2.5%`, `25%`, a dash if it is unknown."""
    if share is None:
        return "–"
    return f"{share:.1%}" if 0 < share < 0.1 else f"{share:.0%}"
