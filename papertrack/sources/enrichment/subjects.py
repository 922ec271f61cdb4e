"""Papers that services are queried for, and whether what is found by a title is one."""

from __future__ import annotations

import difflib
from typing import NamedTuple

from papertrack.core.facts import Facts
from papertrack.core.text import fold

LEAST_RATIO = 0.95
"""How much of two folded titles must agree: one corrected word, not another paper."""
YEARS_BEFORE, YEARS_AFTER = 1, 3
"""So many years a publication may be before its preprint, and after it."""


class Subject(NamedTuple):
    """A paper: the key it is stored under, its ids, and what a title is compared with.

    `author` is the first one; `year` that of the paper's first version.
    """

    key: str
    arxiv: str = ""
    doi: str = ""
    title: str = ""
    author: str = ""
    year: int | None = None


def is_of(facts: Facts, subject: Subject) -> bool:
    """Whether facts that were found by a title are about the paper.

    The titles, the first authors and the years must agree; without any of them it is
    not known.
    """
    year = facts.venue_year or _year(facts.published)
    if not facts.authors or not subject.author or not year or not subject.year:
        return False
    first, last = subject.year - YEARS_BEFORE, subject.year + YEARS_AFTER
    return (
        first <= year <= last
        and _family(facts.authors[0]) == _family(subject.author)
        and _is_one_title(facts.title, subject.title)
    )


def _is_one_title(one: str, other: str) -> bool:
    folded, other_folded = fold(one), fold(other)
    if not folded or not other_folded:
        return False
    if folded == other_folded:
        return True
    matcher = difflib.SequenceMatcher(None, folded, other_folded, autojunk=False)
    # The bounds are cheap; the ratio itself takes a time that is quadratic.
    is_near = matcher.real_quick_ratio() >= LEAST_RATIO
    return is_near and matcher.ratio() >= LEAST_RATIO


def _family(name: str) -> str:
    """The family name, folded: before a comma, else the last word."""
    family, comma, _ = name.partition(",")
    words = fold(family if comma else name).split()
    return words[-1] if words else ""


def _year(date: str | None) -> int | None:
    digits = (date or "")[:4]
    return int(digits) if digits.isdecimal() else None
