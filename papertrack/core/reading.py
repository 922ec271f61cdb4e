"""How much was added and read, month by month."""

from __future__ import annotations

import contextlib
import datetime as dt
from collections.abc import Iterable
from itertools import accumulate
from typing import NamedTuple

from papertrack.core.periods import between

SHOWN = 12
"""How many months tables and pictures show, the last ones."""


class Month(NamedTuple):
    """A month, how many papers were added and read in it, and in all until its end."""

    month: str
    added: int
    read: int
    all_added: int
    all_read: int

    @property
    def share(self) -> str:
        """The share of the papers that was read until its end; "" without papers."""
        return f"{self.all_read / self.all_added:.0%}" if self.all_added else ""


def months(counts: Iterable[tuple[str, int, int]]) -> list[Month]:
    """All months from the first to the last, also those without papers.

    `counts` are months (ISO) with how many papers were added and read.
    """
    known = {month: (added, read) for month, added, read in counts}
    days = []
    for month in known:
        with contextlib.suppress(ValueError):  # an edited file can contain any text
            days.append(dt.date.fromisoformat(f"{month}-01"))
    names = between(days, "month")
    added = [known.get(name, (0, 0))[0] for name in names]
    read = [known.get(name, (0, 0))[1] for name in names]
    series = zip(names, added, read, accumulate(added), accumulate(read), strict=True)
    return [Month(*values) for values in series]
