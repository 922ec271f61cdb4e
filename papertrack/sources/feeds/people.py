"""Authors of a feed's entry: lists of names, names with e-mail addresses, in markup.

Feeds state the same people in several elements (`dc:creator`, `itunes:author`), and all
of an entry in one string. Groups keep their article: The Owl Team. All of it takes time
in proportion to the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from papertrack.core.lazy_regex import pattern
from papertrack.core.text import fold
from papertrack.sources.feeds.markup import text_of
from papertrack.sources.names import inverted, person

_MAX_NAME = 50_000

_EMAIL = pattern(r"(?<![\w.+-])(?:mailto:)?[\w.+-]{1,100}@[\w.-]{1,200}")
_BETWEEN_NAMES = pattern(r"</(?:a|li|p|div|td)\s{0,9}>|<br\b[^<>]{0,100}>", re.I)
_BY = pattern(r"(?:(?:written|posted|contributed)\s+)?by[:\s]\s*", re.I)
_ASIDE = pattern(r"(?<=\S)\s*\([^()]*\)")
_ET_AL = pattern(r"(?:,|\band\b)?\s*\b(?:et\.?\s+al\b\.?|others$)", re.I)
_INITIALS = pattern(r"(?:[A-Z]\.?[ -]?){1,4}")
_PLACE = pattern(r"(?<=\w) in [A-Z][^,]*(?:, [A-Z][^, ]*$)?")
_SUFFIX = pattern(r"(?:[JS]r\.?|I{2,3}|IV|2nd|3rd)")
_DEGREE = pattern(
    r"(?:Ph\.?\s?D|M\.?\s?D|D\.?\s?Phil|M\.?\s?Sc|B\.?\s?Sc|M\.?A|B\.?A|MBA|MPH|RN|DVM"
    r"|Esq|Dr|Prof)\.?",
    re.I,
)
_PARTICLE = pattern(
    r"(?:van|von|de|del|della|der|den|di|da|dos|du|la|le|el|al|bin|ter|ten|st\.?)\s.*",
    re.I,
)
_GROUP = pattern(
    r"(?i).*\b(?:teams?|groups?|labs?|laborator(?:y|ies)|staff|editors|collaboration"
    r"|consortium|committee|department|university|institute|school|cent(?:er|re)"
    r"|administration|agency|ministry|office|society|association|foundation|company"
    r"|inc|ltd|llc|gmbh|co|news|press|blog|magazine|journal)\b\.?"
)
_NO_NAME = pattern(r"(?i)unknown|none|null|undefined|n/?a|and|&|https?://.*|\W*")


def people(texts: Iterable[str]) -> tuple[str, ...]:
    """The names in the texts, each once, without e-mail addresses and degrees.

    >>> people(["Anna Bell, Carl Dorn", "Bell, Anna", "The Kettle Team"])
    ('Anna Bell', 'Carl Dorn', 'The Kettle Team')
    """
    names: dict[str, str] = {}
    for text in texts:
        for name in _names(text):
            names.setdefault(fold(name) or name, name)
    return tuple(names.values())


def _names(markup: str) -> Iterator[str]:
    """The names in one string."""
    marked = _BETWEEN_NAMES.sub(";", markup[:_MAX_NAME])
    text = _EMAIL.sub("", text_of(marked)).strip()
    text = _ASIDE.sub("", _ASIDE.sub("", text)).strip(" ()[]<>\"',;:|")
    text = _ET_AL.sub("", text)
    text = text[_match_end(_BY, text) :]
    for segment in re.split(r"[;|、]|(?<=[^\x00-\u2fff])，", text):
        for name in _in_segment(segment):
            name = person(name).strip(" ()[]<>\"',:")
            if not _NO_NAME.fullmatch(name):
                yield name


def _match_end(regex: re.Pattern[str], text: str) -> int:
    match = regex.match(text)
    return match.end() if match else 0


def _in_segment(text: str) -> list[str]:
    """The names in a text without semicolons."""
    parts = _around_and(text)
    # `Ann, Bo and Cy` are three: nobody else there has a family name.
    has_families = len(parts) == 1 or any(" " in part for part in parts[1:])
    return [name for part in parts for name in _between_commas(part, has_families)]


def _around_and(text: str) -> list[str]:
    """The names before and after `and`; a group may have one in its own."""
    if _GROUP.fullmatch(text) and "," not in text:
        return [text]
    parts = re.split(r"\s(?:and|&)\s", text)
    is_company = len(set(parts)) < len(parts)
    return [text] if is_company else [part.strip(" ,") for part in parts]


def _between_commas(text: str, has_families: bool) -> list[str]:
    """The names in a list; `Doe, Ann` is one, and `Roe, J., Doe, A.` are two."""
    text = _PLACE.sub("", text)
    parts: list[str] = []
    suffix = ""
    for part in map(str.strip, text.split(",")):
        if _SUFFIX.fullmatch(part) and parts:
            parts[-1] += f" {part}"
            suffix = part
        elif part and not _DEGREE.fullmatch(part):
            parts.append(part)
    families, given = parts[::2], parts[1::2]
    if len(families) == len(given) and all(map(_INITIALS.fullmatch, given)):
        return [" ".join(pair) for pair in zip(given, families, strict=True)]
    if len(parts) == 2 and has_families and _is_family_name(*parts):
        parts[1] = parts[1].removesuffix(f" {suffix}") if suffix else parts[1]
        return [inverted(", ".join(filter(None, [*parts, suffix])))]
    return parts


def _is_family_name(family: str, given: str) -> bool:
    """Whether two parts are the family name and the given names of one person."""
    if _GROUP.fullmatch(given):
        return False
    family = re.sub(r" (?:[JS]r\.?|I{2,3}|IV)$", "", family)
    return " " not in family or bool(_PARTICLE.fullmatch(family))
