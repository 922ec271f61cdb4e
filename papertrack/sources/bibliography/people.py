"""The authors and editors of a bibliography's entry.

BibTeX separates names by `and`, and so does every program that writes it; people write
semicolons, commas and `et al.` as well. What can't be separated stays as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from papertrack.core.latex import plain
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean
from papertrack.sources import names as rules
from papertrack.sources.bibliography.entries import distinct, joined
from papertrack.sources.bibliography.markup import (
    without_markup,
    without_markup_in_latex,
)

_SEPARATOR = pattern(r"(?i)(?:(?<=\s)|(?<=,)|\A)and(?:\s|\Z)|;|[{}]")
_COMMA = pattern(r"[{},]")
_EXTENDED = pattern(r"(?:family|given|prefix|suffix|useprefix|given-i)\s*=")
_AMPERSAND = pattern(r"\s(?:\{\\&\}|\\?&)\s")


# Scopus adds its number of the author in brackets.
_NUMBER = pattern(r"\s*\(\d+\)$")
_QUOTED = pattern(r"'([^']+)'|\"([^\"]+)\"")


class People(NamedTuple):
    """Names, given names first. `incomplete` if the list ends with `et al.`; `unclear`
    is a text whose names can't be separated, which is one of the names then.
    """

    names: tuple[str, ...] = ()
    incomplete: bool = False
    unclear: str = ""

    @property
    def author_count(self) -> int | None:
        """How many there are at least if some are not named; None if all are."""
        return len(self.names) + 1 if self.incomplete and self.names else None


def of_bibtex(text: str) -> People:
    """The people in a field of BibTeX; a collaboration in braces stays whole."""
    text = without_markup_in_latex(" ".join(text.split()))
    names: list[str] = []
    incomplete = False
    unclear = ""
    parts = [part for part in _parts(text, _SEPARATOR) if part.strip(" ,")]
    for place, part in enumerate(parts):
        name = part.strip(" ,")
        if rules.is_others(plain(name)):
            incomplete = True
        elif name[0] == "{" and _closing_brace(name) == len(name) - 1:
            names.append(plain(name))
        elif _EXTENDED.match(name):
            names.append(_extended(name))
        else:
            named = rules.without_others(name)
            incomplete = incomplete or named != name
            is_list = _is_list(parts, place) or name[len(named) :].startswith(",")
            people = _people(named, is_list=is_list)
            names += people or [plain(named)]
            unclear = unclear if people else plain(named)
    return People(tuple(filter(None, names)), incomplete, unclear)


def _is_list(parts: list[str], place: int) -> bool:
    """Whether the part at `place` is one of `Ann Roe, Bo Lee and Cy Doe` or of
    `Ann Roe, Bo Lee, and Cy Doe`: the other names have no comma.
    """
    next_parts = parts[place + 1 : place + 2]
    if not next_parts or "," in next_parts[0]:
        return False
    if parts[place].endswith(","):
        return True
    first, _, second = parts[place].strip(" ,").partition(",")
    last = second.split(" ")[-1]
    is_inverted = first[:1].islower() or rules.are_initials(last)
    return len(parts) == 2 and not is_inverted


def of_names(texts: Iterable[str], *, are_inverted: bool = True) -> People:
    """The people of several texts, each a name; a text with `;` has several.

    A name with a comma has its family name first if `are_inverted`.
    """
    names: list[str] = []
    incomplete = False
    unclear = ""
    for text in texts:
        halves = text.split(" and ")
        if ";" in text or (len(halves) > 1 and all("," in half for half in halves)):
            people = of_bibtex(text)
            names += people.names
            incomplete = incomplete or people.incomplete
            unclear = unclear or people.unclear
        elif rules.is_others(text):
            incomplete = True
        else:
            name = without_markup(text).strip(" ,")
            people_in = _people(name, is_list=False) if are_inverted else []
            names += people_in or [name]
    return People(tuple(filter(None, names)), incomplete, unclear)


def person(text: str) -> str:
    """The name in a text, given names first."""
    return ", ".join(of_names([text]).names)


def names_in(text: str) -> tuple[str, ...]:
    """The names in a table's `Roe, Ann; Lee, Bob`, `Ann Roe, Bob Lee`, `Roe A, Lee B`
    or `Roe|Lee`.

    >>> names_in("Roe, Ann; Lee, Bob"), names_in("Roe A, Lee BC.")
    (('Ann Roe', 'Bob Lee'), ('A Roe', 'BC Lee'))
    """
    text = clean(text)
    if text.startswith("[") and text.endswith("]"):
        quoted = _QUOTED.finditer(text)
        return _cell_names(match[1] or match[2] for match in quoted)
    for separator in ";|":
        if separator in text:
            return _cell_names(text.split(separator))
    around_and = rules.split_at_and(text)
    if len(around_and) > 1:
        return _cell_names(around_and)
    parts = [part.strip() for part in text.split(",")]
    if all(" " in part for part in parts if part):
        return _cell_names(map(rules.initials_first, parts))
    return _cell_names([text])


def _cell_names(texts: Iterable[str]) -> tuple[str, ...]:
    names = []
    for text in texts:
        name = person(_NUMBER.sub("", text.strip(" ,")))
        if not rules.is_others(name) and name.lower().rstrip(".") != "no author listed":
            names.append(name)
    return distinct(names)


def _parts(text: str, separator: re.Pattern[str]) -> Iterator[str]:
    """The parts of `text` between separators that are in no braces."""
    depth = start = 0
    for match in separator.finditer(text):
        if match[0] == "{":
            depth += 1
        elif match[0] == "}":
            depth = max(depth - 1, 0)
        elif depth == 0:
            yield text[start : match.start()]
            start = match.end()
    yield text[start:]


def _closing_brace(name: str) -> int:
    """Where the brace that opens `name` is closed; -1 if it is not."""
    depth = 0
    for match in re.finditer(r"[{}]", name):
        depth += 1 if match[0] == "{" else -1
        if depth == 0:
            return match.start()
    return -1


def _people(name: str, *, is_list: bool) -> list[str]:
    """The names in a text without `and`; [] if they can't be separated."""
    pair = [one.strip(" ,") for one in _AMPERSAND.split(name)]
    if len(pair) > 1 and all(" " in one for one in pair):
        people: list[str] = []
        for one in pair:
            people += _people(one, is_list=False)
        return people
    parts = [part.strip() for part in _parts(name, _COMMA)]
    parts = [part for part in parts if part]
    if len(parts) < 2:
        return [plain(name)]
    are_whole = all(" " in part or "~" in part for part in parts)
    if len(parts) == 2 and not (is_list and are_whole):
        return _two_parts(*parts)
    if len(parts) == 3 and rules.has_suffix(parts):
        return [plain(rules.given_first(parts))]
    if not are_whole:
        parts = rules.paired(parts) or []
    return [plain(part) for part in parts]


def _two_parts(first: str, second: str) -> list[str]:
    """The name of `Family, Given`; two names of `A. Roe, B. Lee` and `Roe A, Lee B`."""
    names = [first.split(" "), second.split(" ")]
    if all(len(words) > 1 for words in names):
        for end in (0, -1):
            ends = (plain(words[end]) for words in names)
            if all(map(rules.are_initials, ends)):
                return [plain(first), plain(second)]
    return [plain(rules.given_first((first, second)))]


def _extended(name: str) -> str:
    """The name of BibLaTeX's `family=Beethoven, given=Ludwig, prefix=van`."""
    written = dict(re.findall(r"([\w-]+)\s*=\s*([^,]*)", name))
    names = ("given", "prefix", "family", "suffix")
    parts = (written.get(part, "").strip(' "') for part in names)
    return plain(joined(" ", *parts))
