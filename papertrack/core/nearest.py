"""The known names that a mistyped one is closest to."""

from __future__ import annotations

import re
from collections.abc import Iterable

MOST = 2
"""More names than this at the same distance are a guess, not a suggestion."""


def nearest(name: str, known: Iterable[str]) -> list[str]:
    """The known names that `name` is a slip of: the closest one, or two equally close.

    A slip is a letter too many, missing, replaced or swapped with the next: one in a
    name of up to four letters, up to two in a longer one. The first letter is right,
    but where it is part of the one slip in a longer name, or was swapped. `limit` also
    finds `list.limit`, `parsing` finds `nlp/parsing`, `later` finds `mark later`. Case
    makes no difference.
    """
    distances: dict[str, int] = {}
    for one in dict.fromkeys(known):
        whole = one.casefold()
        parts = (whole, re.split(r"[./ ]", whole)[-1])
        found = [_distance(name.casefold(), part) for part in parts]
        slips = [distance for distance in found if distance is not None]
        if slips:
            distances[one] = min(slips)
    least = min(distances.values(), default=0)
    closest = [one for one, distance in distances.items() if distance == least]
    return closest if len(closest) <= MOST else []


def _distance(typed: str, known: str) -> int | None:
    """How many slips lead from a known name to the typed one; None if too many."""
    if typed == known:
        return 0
    if not typed or not known:
        return None
    same_start = typed[0] == known[0] or typed[:2] == known[1::-1]
    if len(typed) < 3:
        is_part = known.startswith(typed) or typed.startswith(known)
        return 1 if is_part and abs(len(known) - len(typed)) == 1 else None
    most = 1 if len(typed) < 5 else 2
    if abs(len(typed) - len(known)) > most:
        return None
    slips = _slips(typed, known)
    if slips > most:
        return None
    if not same_start and (slips > 1 or len(typed) < 5):
        return None
    return slips


def _slips(typed: str, known: str) -> int:
    """The Damerau-Levenshtein distance, where swapped letters are not edited again."""
    before: list[int] = []
    row = list(range(len(known) + 1))
    for at, letter in enumerate(typed, 1):
        after = [at]
        for place, other in enumerate(known, 1):
            replaced = row[place - 1] + (letter != other)
            steps = min(row[place] + 1, after[-1] + 1, replaced)
            is_swapped = (
                at > 1
                and place > 1
                and letter == known[place - 2]
                and typed[at - 2] == other
            )
            if is_swapped:
                steps = min(steps, before[place - 2] + 1)
            after.append(steps)
        before, row = row, after
    return row[-1]
