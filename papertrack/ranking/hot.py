"""What is hot: many votes, of late.

A count of votes halves in a week, from the day on which it was read. A paper that was
read long after its publication is no news: its count halves from two weeks later on.
"""

from __future__ import annotations

import math

HALF_LIFE = 7
"""The days in which a count halves."""

FRESH = 14
"""The days in which a paper gains its votes, and in which fetches read them again."""


def heat(upvotes: int | None, day: int, read: int | None) -> float | None:
    """How hot a paper is, as the binary logarithm of its votes on day 0; None without
    votes.

    `day` is when it was listed, `read` when its votes were read, both as ordinal numbers.
    The order of papers is the same on every later day.
    """
    if not upvotes or upvotes < 0:
        return None
    since = day if read is None else max(day, min(read, day + FRESH))
    return math.log2(upvotes) + since / HALF_LIFE
