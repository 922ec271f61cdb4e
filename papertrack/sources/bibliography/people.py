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
from papertrack.sources.bibliography.markup import (
    without_markup,
    without_markup_in_latex,
)

_SEPARATOR = pattern(r"(?i)(?:(?<=\s)|(?<=,)|\A)and(?:\s|\Z)|;|[{}]")
_COMMA = pattern(r"[{},]")
_EXTENDED = pattern(r"(?:family|given|prefix|suffix|useprefix|given-i)\s*=")
_OTHERS = pattern(
    r"(?i)(?:and\s+|&\s*)?(?:et\.?\s*al\.?|(?:and\s+)?others\.?|u\.\s?a\.|…|\.\.\.)"
)
_TRAILING_OTHERS = pattern(r"(?i)[\s,]+(?:and\s+)?(?:et\.?\s*al\.?|others)\s*\Z")
_SUFFIX = pattern(r"(?i)[js]n?r\.?|I{2,3}|IV|2nd|3rd|4th")
_TITLE = pattern(r"(?i)V|ph\.?\s?d\.?|m\.?d\.?|esq\.?|dr\.?")
_INITIALS = pattern(r"(?:[^\W\d_a-z]\.?[ -]?){1,4}")
_AMPERSAND = pattern(r"\s(?:\{\\&\}|\\?&)\s")


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
        if _OTHERS.fullmatch(plain(name).strip()):
            incomplete = True
        elif name[0] == "{" and _closing_brace(name) == len(name) - 1:
            names.append(plain(name))
        elif _EXTENDED.match(name):
            names.append(_extended(name))
        else:
            named = _TRAILING_OTHERS.sub("", name)
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
    first, _, second = parts[place].strip(" ,").partition(",")
    is_inverted = first[:1].islower() or _INITIALS.fullmatch(second.split(" ")[-1])
    return parts[place].endswith(",") or (len(parts) == 2 and not is_inverted)


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
        elif _OTHERS.fullmatch(text.strip()):
            incomplete = True
        else:
            name = without_markup(text).strip(" ,")
            people_in = _people(name, is_list=False) if are_inverted else []
            names += people_in or [name]
    return People(tuple(filter(None, names)), incomplete, unclear)


def person(text: str) -> str:
    """The name in a text, given names first."""
    return ", ".join(of_names([text]).names)


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
    pair = _AMPERSAND.split(name)
    if len(pair) > 1 and all(" " in one.strip() for one in pair):
        people = [_people(one.strip(" ,"), is_list=False) for one in pair]
        return [one for several in people for one in several]
    if "," not in name:
        return [plain(name)]
    parts = [part.strip() for part in _parts(name, _COMMA)]
    parts = [part for part in parts if part]
    are_whole = all(" " in part or "~" in part for part in parts)
    if len(parts) == 2 and not (is_list and are_whole):
        return _two_parts(*parts)
    if len(parts) == 3 and _is_suffix(parts[1]):
        parts = [f"{parts[2]} {parts[0]} {parts[1]}"]
    elif len(parts) == 3 and _is_suffix(parts[2]):
        parts = [f"{parts[1]} {parts[0]} {parts[2]}"]
    elif not are_whole:
        # `Roe, A., Lee, B.`
        families, given = parts[::2], parts[1::2]
        if len(parts) % 2 or not all(map(_INITIALS.fullmatch, given)):
            return []
        parts = [f"{one} {two}" for one, two in zip(given, families, strict=True)]
    return [plain(part) for part in parts]


def _is_suffix(text: str) -> bool:
    return bool(_SUFFIX.fullmatch(text) or _TITLE.fullmatch(text))


def _two_parts(first: str, second: str) -> list[str]:
    """The name of `Family, Given`; two names of `A. Roe, B. Lee` and `Roe A, Lee B`."""
    if _SUFFIX.fullmatch(second):
        return [plain(f"{first} {second}")]
    names = [first.split(" "), second.split(" ")]
    for end in (0, -1):
        ends = (plain(words[end]) for words in names)
        if all(len(words) > 1 for words in names) and all(
            map(_INITIALS.fullmatch, ends)
        ):
            return [plain(first), plain(second)]
    *given, last = names[1]
    if given and _SUFFIX.fullmatch(last):
        return [plain(" ".join((*given, first, last)))]
    return [plain(f"{second} {first}")]


def _extended(name: str) -> str:
    """The name of BibLaTeX's `family=Beethoven, given=Ludwig, prefix=van`."""
    written = dict(re.findall(r"([\w-]+)\s*=\s*([^,]*)", name))
    names = ("given", "prefix", "family", "suffix")
    parts = (written.get(part, "").strip(' "') for part in names)
    return plain(" ".join(part for part in parts if part))
