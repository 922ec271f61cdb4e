r"""Names and accents as arXiv writes them: TeX to Unicode, one comma-joined string to names.

`dc:creator` of the feeds, `authors` of OAI's arXivRaw and the listing pages hold all names in one string, with
accents in TeX (`Andr\'e`), affiliations in parentheses, which hold commas and may nest, and collaborations.
Nothing here raises, and all of it takes time in proportion to the text.
"""

from __future__ import annotations

import re
from functools import lru_cache

from papertrack.core.lazy_regex import pattern

# A backslash is the door: text without one is never matched against these, and pylatexenc never imported.
_BRACED = r"\{\s{0,9}(?:\\[ij]|[A-Za-z]{1,2})\s{0,9}\}"
_DOTLESS = r"\\[ij](?![A-Za-z])(?:\s{1,9}(?=[a-z]))?"
_PIECE = (
    rf"[`'^\"~=.]\s{{0,9}}(?:{_BRACED}|{_DOTLESS}|[A-Za-z])"
    rf"|[cvuHkrbdt](?:\s{{0,9}}(?:{_BRACED}|{_DOTLESS})|\s{{1,9}}[A-Za-z])"
    # After a digit \AA is the unit, and the word behind it is no part of it.
    r"|(?:(?<=\d\\)|(?<=\d\s\\))AA(?![A-Za-z])(?:\{\})?"
    r"|(?:ss|ae|AE|oe|OE|aa|AA|dh|DH|th|TH|dj|DJ|ng|NG|[oOlLij])(?![A-Za-z])(?:\{\}|\s{1,9}(?=[a-z]))?"
)
# Each begins with letters as they stand: `re` finds the place by them, five times as fast.
_ACCENT = pattern(rf"\\(?:{_PIECE})")
# In \'{\i} the braces are the accent's, and the letter none by itself.
_BRACED_ACCENT = pattern(
    rf"\{{\\(?<!\\[`'^\"~=.cvuHkrbdt]\{{\\)(?:{_PIECE})\s{{0,9}}\}}"
)
# Maths is text that TeX's accents never stand in; a dollar that nothing closes is a price.
_MATHS = pattern(
    r"(?<!\\)(\$\$?[^$]+\$\$?|\\\((?:[^\\]|\\(?![()]))*+\\\)|\\\[(?:[^\\]|\\(?![\[\]]))*+\\\])"
)

_GROUP = r"(?:collaborations?|consorti(?:um|a)|teams?|groups?|project)"
_PREFIX = pattern(rf"^([^:,;]{{1,200}}\b{_GROUP})\s*:", re.I)
_FOR = pattern(r"(?:^|\s)(?:for|on behalf of)\s+(?:the\s+)?(?=\S)")
_AND = pattern(r"(?:^|\s)(?:and|&)(?=\s)")
_PLURAL = pattern(r"\b(?:collaborations|consortia|teams|groups)\b", re.I)
_SUFFIX = pattern(r"(?:[JS]r\.?|I{2,3}|IV|VI{0,3}|2nd|3rd|4th)")
_ET_AL = pattern(r"\bet\.?\s+al\b\.?", re.I)
_HIDDEN = pattern(r"\((\d{1,5})\s+(?:additional|other|more) authors?\b", re.I)
_TRIM = " \t\r\n:&*"
_ASIDE = pattern(r"\(((?:for|on behalf of) [^()]{1,200})\)")


def tex(text: str) -> str:
    r"""`text` on one line, TeX's accents and letters as Unicode; maths and all other commands stay as they are.

    >>> tex("Schr\\\"odinger's {\\'e}tude of $\\'e_1$ and \\emph{\\O re}")
    "Schrödinger's étude of $\\'e_1$ and \\emph{Øre}"
    """
    text = _on_one_line(text)
    if "\\" not in text or not _ACCENT.search(
        text
    ):  # most backslashes are maths', which takes longer to find
        return text
    if "$" not in text and "\\(" not in text and "\\[" not in text:
        return _accents(text)
    parts = _MATHS.split(text)
    return "".join(
        part if number % 2 else _accents(part) for number, part in enumerate(parts)
    )


def _on_one_line(text: str) -> str:
    """White space folded. Of what is printable only the blank is white, and most abstracts break lines by one each."""
    joined = text.strip().replace("\n", " ")
    return (
        joined
        if "  " not in joined and joined.isprintable()
        else " ".join(text.split())
    )


def _accents(text: str) -> str:
    """Text without maths. An accent's own braces go with it, `{\\'e}`."""
    if "\\" not in text:
        return text
    if "{\\" in text:
        text = _BRACED_ACCENT.sub(lambda match: _letter(match[0][1:-1]), text)
    return _ACCENT.sub(lambda match: _letter(match[0]), text)


@lru_cache(maxsize=2048)
def _letter(piece: str) -> str:
    """One accented letter. pylatexenc takes a millisecond for a paragraph: it is given nothing longer."""
    from pylatexenc.latex2text import LatexNodes2Text

    return str(LatexNodes2Text().latex_to_text(piece)).strip()


def person(text: str) -> str:
    r"""One name: accents as Unicode, TeX's braces and ties gone.

    >>> person("{\\'E}va~Nagy{-}Kov\\'acs")
    'Éva Nagy-Kovács'
    """
    if "\\" in text or "{" in text or "~" in text:
        text = tex(text).replace("\\ ", " ").replace("\\-", "").replace("\\&", "&")
        text = text.replace("{", "").replace("}", "").replace("~", " ")
    return " ".join(text.split())


def inverted(text: str) -> str:
    """A name written family name first, as OAI's `dc:creator` and pages' `citation_author` have it.

    >>> inverted("Lauda, Aaron D."), inverted("Doe, John, Jr."), inverted("collaboration, Owl")
    ('Aaron D. Lauda', 'John Doe Jr.', 'Owl collaboration')
    """
    family, *given = (part.strip() for part in person(text).split(","))
    suffix = given.pop() if len(given) > 1 and _SUFFIX.fullmatch(given[-1]) else ""
    return " ".join(part for part in (*given, family, suffix) if part)


def authors(text: str) -> tuple[str, ...]:
    r"""The names in arXiv's comma-joined string, in order; a collaboration is a name, affiliations are not.

    >>> authors("Andr\\'e Roe (Univ. of X, Y (Z)), Ann Doe, Jr. and Bo Ek for the Owl Collaboration")
    ('André Roe', 'Ann Doe Jr.', 'Bo Ek', 'Owl Collaboration')
    """
    text = _ET_AL.sub(" ", _without_parentheses(_ASIDE.sub(r" \1", person(text))))
    names: list[str] = []
    if match := _PREFIX.match(text.strip()):
        names.append(_article(match[1]))
        text = text.strip()[match.end() :]
    for segment in re.split(r"[,;]", text):
        for name in _split(segment.strip(_TRIM)):
            if _SUFFIX.fullmatch(name) and names:
                names[-1] = f"{names[-1]} {name}"
            else:
                names.append(name)
    return tuple(name for name in names if any(map(str.isalpha, name)))


def hidden_authors(text: str) -> int:
    """How many authors the string leaves out: `et al. (909 additional authors not shown)`; 0 where it tells none."""
    match = _HIDDEN.search(text)
    return int(match[1]) if match else 0


def _split(segment: str) -> list[str]:
    """The names between two commas: parted by `and`, and by what stands before a collaboration."""
    names: list[str] = []
    before, of, group = _parted(segment)
    for name in (before,) if _PLURAL.search(before) else _AND.split(before):
        names.append(_article(name.strip()))
    if of:
        names.append(_article(group))
    return [name for name in names if name]


def _parted(segment: str) -> tuple[str, bool, str]:
    """(`A. Roe`, True, `Owl Collaboration`) of `A. Roe for the Owl Collaboration`."""
    match = _FOR.search(segment)
    return (
        (segment[: match.start()], True, segment[match.end() :])
        if match
        else (segment, False, "")
    )


def _article(name: str) -> str:
    return re.sub(r"^the\s+(?=\S)", "", name.strip(), flags=re.I)


def _without_parentheses(text: str) -> str:
    """`text` without what stands in parentheses; one that nothing closes ends at the next comma."""
    if "(" not in text and ")" not in text:
        return text
    opened: list[int] = []
    closes: dict[int, int] = {}
    for place, letter in enumerate(text):
        if letter == "(":
            opened.append(place)
        elif letter == ")" and opened:
            closes[opened.pop()] = place
    kept: list[str] = []
    place = 0
    while (start := text.find("(", place)) >= 0:
        kept.append(text[place:start])
        comma = text.find(",", start)
        place = (
            closes[start] + 1 if start in closes else comma if comma >= 0 else len(text)
        )
    return " ".join([*kept, text[place:]]).replace(")", " ")
