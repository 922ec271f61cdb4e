r"""Names of people: the rules that every reader shares, and arXiv's strings of authors.

`dc:creator` of arXiv's feeds, `authors` of OAI's arXivRaw and the listing pages hold
all names in one string, with accents in LaTeX (`Andr\'e`), affiliations in parentheses,
which contain commas and may nest, and collaborations. Nothing here raises, and all of
it takes time in proportion to the text.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from papertrack.core.latex import plain
from papertrack.core.lazy_regex import pattern
from papertrack.core.people import is_name_suffix

# `Md`, `Ma` and `Ba` are names.
_DEGREE = pattern(
    r"(?:(?i:Ph\.?\s?D|D\.?\s?Phil|M\.?\s?Sc|B\.?\s?Sc|MBA|MPH|DVM|Esq|Dr|Prof)"
    r"|M\.?D|M\.?A|B\.?A|RN)\.?"
)
_INITIALS = pattern(r"(?:[^\W\d_]\.?[ -]?){1,4}")
_AND = pattern(r"(?:^|\s)(?:and|&)(?=\s|$)")
_OTHERS = pattern(r"(?i)(?:and\s+|&\s*)?(?:et\.?\s*al\.?|others\.?|u\.\s?a\.|…|\.\.\.)")
_OTHERS_IN_A_LIST = pattern(
    r"(?i)[\s,]{0,9}(?:\band\s+)?"
    r"\b(?:et\.?\s+al\b\.?(?: ?\([^()]{0,99}\))?|et\.?al\.?$|others\.?$)"
)

_GROUP = r"(?:collaborations?|consorti(?:um|a)|teams?|groups?|project)"
_PREFIX = pattern(rf"^\s*([^:,;]{{1,200}}\b{_GROUP})\s*:", re.I)
_FOR = pattern(r"(?:^|\s)(?:for|on behalf of)\s+(?:the\s+)?(?=\S)")
_PLURAL = pattern(r"\b(?:collaborations|consortia|teams|groups)\b", re.I)
_HIDDEN = pattern(r"\((\d{1,5})\s+(?:additional|other|more) authors?\b", re.I)
_TRIM = " \t\r\n:&*"
_ASIDE = pattern(r"\(((?:for|on behalf of) [^()]{1,200})\)")


# ------------------------------------------------------------------ one name


def person(text: str) -> str:
    r"""One name on one line, its LaTeX read.

    >>> person("{\\'E}va~Nagy{-}Kov\\'acs")
    'Éva Nagy-Kovács'
    """
    return " ".join(plain(text).split())


def is_suffix(text: str, *, after_given: bool = False) -> bool:
    """Whether `text` is `Jr.`, `III` or the like, which belongs to the name before it.

    `V` and degrees may be initials too; they are suffixes if `after_given` names.
    """
    if is_name_suffix(text):
        return True
    return after_given and (text == "V" or is_degree(text))


def has_suffix(parts: Sequence[str]) -> bool:
    """Whether a suffix is among the parts of a name, of which the first is the family's."""
    return any(is_suffix(part, after_given=True) for part in parts[1:])


def is_degree(text: str) -> bool:
    """Whether `text` is `PhD`, `Esq.` or the like."""
    return bool(_DEGREE.fullmatch(text))


def are_initials(text: str) -> bool:
    """Whether `text` is one to four capitals: `A.`, `AB`, `É.-L.`."""
    return text.isupper() and bool(_INITIALS.fullmatch(text))


def given_first(parts: Sequence[str]) -> str:
    """The name whose `parts` between commas begin with the family name.

    >>> [given_first(parts) for parts in (("Roe", "Jr.", "Ann"), ("Roe", "Ann Jr."))]
    ['Ann Roe Jr.', 'Ann Roe Jr.']
    """
    family, *others = parts
    if len(others) == 1:
        names, _, last = others[0].rpartition(" ")
        if is_suffix(last):
            others = [names, last]
    given: list[str] = []
    suffixes: list[str] = []
    for part in others:
        if is_suffix(part, after_given=len(parts) > 2):
            suffixes.append(part)
        else:
            given.append(part)
    return " ".join(part for part in (*given, family, *suffixes) if part)


def inverted(text: str) -> str:
    """A name written family name first, as OAI's `dc:creator` and `citation_author` of
    pages have it.

    >>> inverted("Lauda, Aaron D."), inverted("Doe, John, Jr."), inverted("collaboration, Owl")
    ('Aaron D. Lauda', 'John Doe Jr.', 'Owl collaboration')
    """
    return given_first([part.strip() for part in person(text).split(",")])


def initials_first(name: str) -> str:
    """`A Roe` of PubMed's `Roe A`; any other name as it is."""
    words = name.strip().rstrip(".").split()
    has_suffix = len(words) > 2 and is_suffix(words[-1])
    suffix = words.pop() if has_suffix else ""
    if len(words) < 2 or not are_initials(words[-1]):
        return name.strip()
    *family, initials = words
    return " ".join([initials, *family, suffix]).strip()


# ------------------------------------------------------------------ several names


def is_others(text: str) -> bool:
    """Whether `text` stands for the authors who are not named: `et al.`."""
    return bool(_OTHERS.fullmatch(text.strip()))


def without_others(text: str) -> str:
    """A list of names without `et al.`, and without `others` at its end."""
    return _OTHERS_IN_A_LIST.sub("", text).strip()


def split_at_and(text: str) -> list[str]:
    """The parts of `text` around `and` and `&`."""
    return [part.strip() for part in _AND.split(text)]


def with_suffixes(parts: Iterable[str], *, after_given: bool = False) -> list[str]:
    """The names between commas, each with the suffix after its comma: `Ann Doe, Jr.`."""
    names: list[str] = []
    for part in parts:
        if names and is_suffix(part, after_given=after_given):
            names[-1] = f"{names[-1]} {part}"
        else:
            names.append(part)
    return names


def paired(parts: Sequence[str]) -> list[str] | None:
    """The names of `Roe, A., Lee, B.`; None if not every second part is initials."""
    families, given = parts[::2], parts[1::2]
    if len(families) != len(given) or not all(map(are_initials, given)):
        return None
    return [f"{one} {two}" for one, two in zip(given, families, strict=True)]


# ------------------------------------------------------------------ arXiv


def authors(text: str) -> tuple[str, ...]:
    r"""The names in arXiv's comma-joined string, in order; a collaboration is a name,
    affiliations are not.

    >>> authors("Andr\\'e Roe (Univ. of X, Y (Z)), Ann Doe, Jr. and Bo Ek "
    ...         "for the Owl Collaboration")
    ('André Roe', 'Ann Doe Jr.', 'Bo Ek', 'Owl Collaboration')
    """
    text = _ASIDE.sub(r" \1", person(text))
    text = without_others(_without_parentheses(text))
    names: list[str] = []
    prefix = _PREFIX.match(text)
    if prefix:
        names.append(_without_article(prefix[1]))
        text = text[prefix.end() :]
    for segment in re.split(r"[,;]", text):
        names += _around_and(segment.strip(_TRIM))
    names = with_suffixes(names, after_given=True)
    return tuple(name for name in names if any(map(str.isalpha, name)))


def hidden_authors(text: str) -> int:
    """How many authors the string leaves out: `et al. (909 additional authors not
    shown)`; else 0.
    """
    match = _HIDDEN.search(text)
    return int(match[1]) if match else 0


def _around_and(segment: str) -> list[str]:
    """The names between two commas, separated by `and` and by `for the` before a
    collaboration.
    """
    persons, *groups = _FOR.split(segment, maxsplit=1)
    names = [persons] if _PLURAL.search(persons) else split_at_and(persons)
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
