"""Whether two names are of one journal or conference."""

from __future__ import annotations

import re
from functools import lru_cache

from papertrack.core.text import fold

_COMMON_WORDS = (
    "a an the of on in for and to at annual meeting international conference proceedings"
    " proc ieee acm cvf european workshop symposium advances transactions journal"
    " conf int main track findings"
)
_COMMON = frozenset(_COMMON_WORDS.split())
"""Words of many names: an abbreviation may leave them out."""
_NUMBER = re.compile(r"\d+(?:st|nd|rd|th)?")
_YEAR = re.compile(
    r"(?<![\d.])(?:19[5-9]\d|20\d\d)(?![\d.])|(?<=[a-z]['’])\d\d\b", re.I
)
LONGEST_DELAY, LARGEST_ADVANCE = 5, 1
"""So many years a publication may come after its preprint, and before it: services date
a preprint by a later version.
"""


@lru_cache(maxsize=4096)
def is_same(one: str, other: str) -> bool:
    """Whether two names are of one venue, as far as their words show.

    >>> is_same("ICLR 2025", "International Conference on Learning Representations")
    True
    >>> is_same("Nature", "Nature Machine Intelligence")
    False
    """
    words, other_words = _words(one), _words(other)
    if not words or not other_words:
        return False
    significant = [word for word in words if word not in _COMMON]
    if significant and significant == [w for w in other_words if w not in _COMMON]:
        return True
    return _abbreviates("".join(words), other_words) or _abbreviates(
        "".join(other_words), words
    )


def _words(name: str) -> tuple[str, ...]:
    """The words of a name, without years, volumes and what is in parentheses."""
    name = re.sub(r"\([^)]*\)", " ", name)
    words = re.split(r"[\W_]+", fold(_YEAR.sub(" ", name)))
    return tuple(w for w in words if w and not _NUMBER.fullmatch(w))


def _abbreviates(letters: str, words: tuple[str, ...]) -> bool:
    """Whether letters are the beginnings of words, of which only common ones miss."""
    if len(letters) > 40:
        return False
    ends = {0}
    """How many of the letters the words so far can account for."""
    for word in words:
        after = set(ends) if word in _COMMON else set()
        for end in ends:
            for length in range(1, len(word) + 1):
                if letters[end : end + length] != word[:length]:
                    break
                after.add(end + length)
        if not after:
            return False
        ends = after
    return len(letters) in ends


def year_in(name: str) -> int | None:
    """The year in a venue's name, if there is exactly one: 2025 for `ICLR 2025`."""
    years = set()
    for digits in _YEAR.findall(name):
        years.add(int(digits) if len(digits) == 4 else 2000 + int(digits))
    return years.pop() if len(years) == 1 else None


def is_possible(year: int, preprint: str | None) -> bool:
    """Whether a paper whose preprint is of this date (ISO) can be published in a year."""
    if not preprint or not preprint[:4].isdigit():
        return True
    first = int(preprint[:4])
    return first - LARGEST_ADVANCE <= year <= first + LONGEST_DELAY
