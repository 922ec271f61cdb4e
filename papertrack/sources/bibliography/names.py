"""Names of people in a field that has all of them."""

from __future__ import annotations

import re
from collections.abc import Iterable

from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean
from papertrack.sources.bibliography.entries import distinct
from papertrack.sources.bibliography.people import person

_FAMILY_FIRST = pattern(
    r"(.+?)\s+((?:[A-Z]\.?-?){1,4})(?:\s+(Jr|Sr|2nd|3rd|II|III|IV)\.?)?"
)
_NO_NAME = frozenset(["et al", "and others", "others", "no author listed"])


def names_in(text: str) -> tuple[str, ...]:
    """The names in `Roe, Ann; Lee, Bob`, `Ann Roe, Bob Lee`, `Roe A, Lee B`, `Roe|Lee`.

    >>> names_in("Roe, Ann; Lee, Bob"), names_in("Roe A, Lee BC.")
    (('Ann Roe', 'Bob Lee'), ('A Roe', 'BC Lee'))
    """
    text = clean(text)
    if re.fullmatch(r"\[.*\]", text):
        return _names(
            match[1] or match[2]
            for match in re.finditer(r"'([^']+)'|\"([^\"]+)\"", text)
        )
    for separator in (r";", r"\|", r"\band\b", "&"):
        if re.search(separator, text):
            return _names(re.split(separator, text))
    parts = [part.strip() for part in text.split(",")]
    if all(" " in part for part in parts if part):
        return _names(map(initials_first, parts))
    return _names([text])


def _names(texts: Iterable[str]) -> tuple[str, ...]:
    # Scopus adds its number of the author in brackets.
    plain = (re.sub(r"\s*\(\d+\)$", "", text.strip(" ,")) for text in texts)
    names = (person(text) for text in plain)
    return distinct(name for name in names if name.lower().rstrip(".") not in _NO_NAME)


def initials_first(name: str) -> str:
    """`A Roe` of PubMed's `Roe A`; any other name as it is."""
    match = _FAMILY_FIRST.fullmatch(name.strip().rstrip("."))
    if not match:
        return name.strip()
    return " ".join(part for part in (match[2], match[1], match[3]) if part)
