r"""Authors' names: one comma-joined string to its names, family name first to given
name first.

`dc:creator` of arXiv's feeds, `authors` of OAI's arXivRaw and the listing pages hold
all names in one string, with accents in LaTeX (`Andr\'e`), affiliations in parentheses,
which contain commas and may nest, and collaborations. Nothing here raises, and all of
it takes time in proportion to the text.
"""

from __future__ import annotations

import re

from papertrack.core.latex import plain
from papertrack.core.lazy_regex import pattern

_GROUP = r"(?:collaborations?|consorti(?:um|a)|teams?|groups?|project)"
_PREFIX = pattern(rf"^\s*([^:,;]{{1,200}}\b{_GROUP})\s*:", re.I)
_FOR = pattern(r"(?:^|\s)(?:for|on behalf of)\s+(?:the\s+)?(?=\S)")
_AND = pattern(r"(?:^|\s)(?:and|&)(?=\s)")
_PLURAL = pattern(r"\b(?:collaborations|consortia|teams|groups)\b", re.I)
_SUFFIX = pattern(r"(?:[JS]r\.?|I{2,3}|IV|VI{0,3}|2nd|3rd|4th)")
_ET_AL = pattern(r"\bet\.?\s+al\b\.?", re.I)
_HIDDEN = pattern(r"\((\d{1,5})\s+(?:additional|other|more) authors?\b", re.I)
_TRIM = " \t\r\n:&*"
_ASIDE = pattern(r"\(((?:for|on behalf of) [^()]{1,200})\)")


def person(text: str) -> str:
    r"""One name on one line, its LaTeX read.

    >>> person("{\\'E}va~Nagy{-}Kov\\'acs")
    'Éva Nagy-Kovács'
    """
    return " ".join(plain(text).split())


def inverted(text: str) -> str:
    """A name written family name first, as OAI's `dc:creator` and `citation_author` of
    pages have it.

    >>> inverted("Lauda, Aaron D."), inverted("Doe, John, Jr."), inverted("collaboration, Owl")
    ('Aaron D. Lauda', 'John Doe Jr.', 'Owl collaboration')
    """
    family, *given = (part.strip() for part in person(text).split(","))
    suffix = ""
    if len(given) > 1 and _SUFFIX.fullmatch(given[-1]):
        suffix = given.pop()
    return " ".join(part for part in (*given, family, suffix) if part)


def authors(text: str) -> tuple[str, ...]:
    r"""The names in arXiv's comma-joined string, in order; a collaboration is a name,
    affiliations are not.

    >>> authors("Andr\\'e Roe (Univ. of X, Y (Z)), Ann Doe, Jr. and Bo Ek "
    ...         "for the Owl Collaboration")
    ('André Roe', 'Ann Doe Jr.', 'Bo Ek', 'Owl Collaboration')
    """
    text = _ASIDE.sub(r" \1", person(text))
    text = _ET_AL.sub(" ", _without_parentheses(text))
    names: list[str] = []
    prefix = _PREFIX.match(text)
    if prefix:
        names.append(_without_article(prefix[1]))
        text = text[prefix.end() :]
    for segment in re.split(r"[,;]", text):
        for name in _split(segment.strip(_TRIM)):
            if _SUFFIX.fullmatch(name) and names:
                names[-1] = f"{names[-1]} {name}"
            else:
                names.append(name)
    return tuple(name for name in names if any(map(str.isalpha, name)))


def hidden_authors(text: str) -> int:
    """How many authors the string leaves out: `et al. (909 additional authors not
    shown)`; else 0.
    """
    match = _HIDDEN.search(text)
    return int(match[1]) if match else 0


def _split(segment: str) -> list[str]:
    """The names between two commas, separated by `and` and by `for the` before a
    collaboration.
    """
    persons, *groups = _FOR.split(segment, maxsplit=1)
    names = [persons] if _PLURAL.search(persons) else _AND.split(persons)
    articleless = (_without_article(name) for name in (*names, *groups))
    return [name for name in articleless if name]


def _without_article(name: str) -> str:
    return re.sub(r"^the\s+(?=\S)", "", name.strip(), flags=re.I)


def _without_parentheses(text: str) -> str:
    """`text` without what is in parentheses; one that nothing closes ends at the next
    comma.
    """
    if "(" not in text and ")" not in text:
        return text
    opened: list[int] = []
    ends: dict[int, int] = {}
    for place, letter in enumerate(text):
        if letter == "(":
            opened.append(place)
        elif letter == ")" and opened:
            ends[opened.pop()] = place + 1
    outside: list[str] = []
    place = 0
    while (start := text.find("(", place)) >= 0:
        outside.append(text[place:start])
        place = ends.get(start) or text.find(",", start)
        if place < 0:
            place = len(text)
    return " ".join([*outside, text[place:]]).replace(")", " ")
