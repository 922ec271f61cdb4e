"""Which problems of a source are new, and which its last fetch has reported already."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from papertrack.core.wording import excerpt

MOST = 100
"""Problems of a source that are remembered; further ones are always new."""

_PLACE = re.compile(r"(?:entry|row|card|item) \d+(?: \(line \d+\))?: ")


def lasting(problem: str) -> str:
    """A problem without its place, which changes when the source adds entries."""
    return excerpt(_PLACE.sub("", problem, count=1), 200)


def new(problems: Sequence[str], before: Sequence[str]) -> list[str]:
    """The problems that are not among those before, which have no place."""
    known = Counter(before)
    found = []
    for problem in problems:
        name = lasting(problem)
        if known[name]:
            known[name] -= 1
        else:
            found.append(problem)
    return found


def remembered(
    problems: Sequence[str], before: Sequence[str], *, is_whole: bool
) -> tuple[str, ...]:
    """The problems to know next time. If not all of the source was read, those before
    are among them.
    """
    known = Counter(map(lasting, problems))
    if not is_whole:
        known |= Counter(before)
    return tuple(known.elements())[:MOST]
