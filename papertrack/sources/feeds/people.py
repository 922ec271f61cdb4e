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
from papertrack.sources import names as rules
from papertrack.sources.feeds.markup import text_of

_MAX_NAME = 50_000

_EMAIL = pattern(r"(?<![\w.+-])(?:mailto:)?[\w.+-]{1,100}@[\w.-]{1,200}")
_BETWEEN_NAMES = pattern(r"</(?:a|li|p|div|td)\s{0,9}>|<br\b[^<>]{0,100}>", re.I)
_BY = pattern(r"(?:(?:written|posted|contributed)\s+)?by[:\s]\s*", re.I)
_ASIDE = pattern(r"(?<=\S)\s*\([^()]*\)")
_PLACE = pattern(r"(?<=\w) in [A-Z][^,]*(?:, [A-Z][^, ]*$)?")
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
    text = rules.without_others(text)
    text = text[_match_end(_BY, text) :]
    for segment in re.split(r"[;|、]|(?<=[^\x00-\u2fff])，", text):
        for name in _in_segment(segment):
            name = rules.person(name).strip(" ()[]<>\"',:")
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
    parts = rules.split_at_and(text)
    is_company = len(set(parts)) < len(parts)
    return [text] if is_company else [part.strip(" ,") for part in parts]


def _between_commas(text: str, has_families: bool) -> list[str]:
    """The names in a list; `Doe, Ann` is one, and `Roe, J., Doe, A.` are two."""
    parts = [part.strip() for part in _PLACE.sub("", text).split(",")]
    parts = [part for part in parts if part and not rules.is_degree(part)]
    names = rules.with_suffixes(parts)
    with_initials = rules.paired(names)
    if with_initials is not None:
        return with_initials
    if len(names) == 2 and has_families and _is_family_name(*names):
        return [rules.given_first(names)]
    return names


def _is_family_name(family: str, given: str) -> bool:
    """Whether two parts are the family name and the given names of one person."""
    if _GROUP.fullmatch(given):
        return False
    words, _, last = family.rpartition(" ")
    if rules.is_suffix(last):
        family = words
    return " " not in family or bool(_PARTICLE.fullmatch(family))
