"""Papers as BibTeX, written by bibtexparser, their text encoded with pylatexenc.

A cite key does not depend on what else is exported, unless two papers want the same one; then each
adds a piece of its own id, whatever their order.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from papertrack.core.identity import arxiv_id, show
from papertrack.core.model import Paper
from papertrack.core.text import clean, fold
from papertrack.exports.registry import note_lines, web_url

if TYPE_CHECKING:
    from bibtexparser.model import Block, Entry

_MONTHS = (
    "jan",
    "feb",
    "mar",
    "apr",
    "may",
    "jun",
    "jul",
    "aug",
    "sep",
    "oct",
    "nov",
    "dec",
)
_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2]))?")
_CATEGORY = re.compile(r"[a-z][a-z-]*(?:\.[A-Za-z-]+)?")
# Not split into first and last names: bodies, and what BibTeX would take for more than one name.
_WHOLE_NAME = re.compile(
    r"\b(?:team|collaboration|consortium|community|group|and|others)\b", re.IGNORECASE
)
_NAME_SUFFIXES = frozenset(("jr", "sr", "ii", "iii", "iv", "phd", "md"))
_DULL_WORDS = frozenset(
    (
        "a",
        "an",
        "and",
        "are",
        "at",
        "be",
        "by",
        "can",
        "do",
        "does",
        "for",
        "from",
        "how",
        "in",
        "is",
        "of",
        "on",
        "or",
    )
).union(("the", "to", "toward", "towards", "via", "what", "when", "why", "with"))
# Letters that do not decompose into a base letter and an accent.
_LETTERS = str.maketrans(
    {"ø": "o", "ł": "l", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "þ": "th", "ı": "i"}
)


def bibtex(papers: Sequence[Paper]) -> str:
    """An entry for each paper, in the order given."""
    from bibtexparser.entrypoint import write_string
    from bibtexparser.library import Library
    from bibtexparser.writer import BibtexFormat

    papers = list({paper.key: paper for paper in papers}.values())
    new_layout: Callable[[], Any] = BibtexFormat  # its __init__ has no types
    layout = new_layout()
    layout.indent = "  "
    layout.block_separator = "\n"
    layout.trailing_comma = True
    encode = encoder()
    keys = cite_keys(papers)
    entries: list[Block] = [
        _entry(paper, key, encode) for paper, key in zip(papers, keys, strict=True)
    ]
    # No middleware: the values are enclosed already, a month is not.
    return write_string(Library(entries), unparse_stack=[], bibtex_format=layout)


def cite_keys(papers: Sequence[Paper]) -> list[str]:
    """A key for each paper, `tong2025thinking`; `tong2025thinking-04570` where two papers would share one."""
    plain = [_plain_key(paper) for paper in papers]
    shared = Counter(plain)
    keys = [
        key if shared[key] == 1 and key else f"{key or 'paper'}-{_serial(paper.key)}"
        for key, paper in zip(plain, papers, strict=True)
    ]
    clashes = Counter(keys)
    return [
        key if clashes[key] == 1 else f"{key}-{_digest(paper.key, 16)}"
        for key, paper in zip(keys, papers, strict=True)
    ]


def _plain_key(paper: Paper) -> str:
    """First author's last name, year, first telling word of the title; "" without a name and a word."""
    name = _key_name(paper.authors[0]) if paper.authors else ""
    words = [word for word in _ascii(paper.title).split() if word not in _DULL_WORDS]
    year, _ = _year_and_month(paper)
    return f"{name}{year}{words[0] if words else ''}" if name or words else ""


def _key_name(author: str) -> str:
    """The last part of the last name, whichever way the name is written; of a body the first telling word."""
    parts = [_ascii(part).replace(" ", "") for part in author.partition(",")[0].split()]
    if _WHOLE_NAME.search(author):
        parts = [part for part in parts if part not in _DULL_WORDS][:1]
    return next(
        (part for part in reversed(parts) if part and part not in _NAME_SUFFIXES), ""
    )


def _ascii(text: str) -> str:
    """The words of `text` in lower-case ASCII; those without any ASCII letter or digit are gone."""
    folded = fold(text.casefold().translate(_LETTERS))
    return " ".join(re.sub(r"[^a-z0-9 ]", "", folded).split())


def _serial(key: str) -> str:
    """A few characters of a paper's own: the number of an arXiv id, else of a hash."""
    number = re.search(r"\d+$", key) if key.startswith("arxiv:") else None
    return number[0] if number else _digest(key, 6)


def _digest(key: str, length: int) -> str:
    return hashlib.blake2b(key.encode("utf-8", "replace")).hexdigest()[:length]


def _entry(paper: Paper, key: str, encode: Callable[[str], str]) -> Entry:
    from bibtexparser.model import Entry, Field

    year, month = _year_and_month(paper)
    fields = {
        "author": _braced(_authors(paper, encode)),
        # Twice, so that a style lowers no capital: "BERT", "Bayesian".
        "title": _braced(_braced(encode(clean(paper.title) or clean(paper.id)))),
        "journal": _braced(encode(clean(paper.venue or ""))),
        "year": _braced(year),
        "month": month,
        **_eprint(paper),
        "doi": _braced(quote(paper.doi or "", safe=_DOI_SAFE, errors="replace")),
        "url": _braced(web_url(paper.url) or web_url(paper.pdf) or ""),
        "abstract": _braced(encode(clean(paper.abstract or paper.summary or ""))),
        "keywords": _braced(", ".join(encode(clean(tag)) for tag in paper.tags)),
        "annote": _braced("\n".join(encode(line) for line in note_lines(paper.note))),
    }
    kind = "article" if paper.venue else "misc"
    return Entry(
        kind, key, [Field(name, value) for name, value in fields.items() if value]
    )


# A DOI and a URL are read verbatim, not as LaTeX: what could end a field is percent-encoded instead.
_DOI_SAFE = "%/:;.()[]-_+,=&@!*'#?~"


def _braced(value: str) -> str:
    return f"{{{value}}}" if value else ""


def _year_and_month(paper: Paper) -> tuple[str, str]:
    """("2025", "nov"), as far as they are known. `added` says nothing of the paper and is left aside."""
    match = _DATE.match(paper.published or paper.listed or "")
    if not match:
        return "", ""
    return match[1], _MONTHS[int(match[2]) - 1] if match[2] else ""


def _eprint(paper: Paper) -> dict[str, str]:
    found = arxiv_id(show(paper.key)) if paper.key.startswith("arxiv:") else None
    if not found:
        return {}
    category = paper.categories[0] if paper.categories else ""
    known = _CATEGORY.fullmatch(category) is not None
    return {
        "eprint": _braced(found[0]),
        "archiveprefix": _braced("arXiv"),
        "primaryclass": _braced(category) if known else "",
    }


def _authors(paper: Paper, encode: Callable[[str], str]) -> str:
    names = [_author(clean(name), encode) for name in paper.authors]
    if names and (paper.author_count or 0) > len(names):
        names.append("others")
    return " and ".join(names)


def _author(name: str, encode: Callable[[str], str]) -> str:
    """A name; in braces where BibTeX would take it apart wrongly. `Last, First` it knows."""
    parts = name.split(",")
    whole = (
        _WHOLE_NAME.search(name)
        or len(parts) > 2
        or not all(part.strip() for part in parts)
    )
    return _braced(encode(name)) if whole else encode(name)


# pylatexenc reads back each of these, and each balances for BibTeX, which counts `\{` as a brace like any other.
_ESCAPES = {
    "{": r"{\ensuremath{\lbrace}}",
    "}": r"{\ensuremath{\rbrace}}",
    "<": r"{\ensuremath{<}}",
    ">": r"{\ensuremath{>}}",
    "|": r"{\ensuremath{|}}",
    "\\": r"{\textbackslash}",
    "~": r"{\textasciitilde}",
    "^": r"{\string^}",
    "`": r"{\textasciigrave}",
    '"': '{"}',
    "@": "{@}",
    **{c: f"\\{c}" for c in "$%#&_"},
}
# Syntax; `@` where a line starts, for bibtexparser sees an entry there, even in a value; the second of a pair
# that LaTeX would join (`--`, `''`, `,,`); the blocks whose characters LaTeX has commands for: Latin and
# Greek letters, punctuation, arrows, mathematics. Other scripts stay as they are.
_ENCODED = re.compile(
    r"""[{}<>|\\~^`"$%#&_]|^@|(?<=-)-|(?<=')'|(?<=,),|[\u00a1-\u03ff\u2010-\u22ff]"""
)


@cache
def encoder() -> Callable[[str], str]:
    """A function from text to LaTeX that shows it; made once, when pylatexenc is first needed."""
    from pylatexenc.latex2text import LatexNodes2Text
    from pylatexenc.latexencode import UnicodeToLatexEncoder

    latex = UnicodeToLatexEncoder(
        replacement_latex_protection="braces-all",
        unknown_char_policy="keep",
        unknown_char_warning=False,
    )
    text = LatexNodes2Text()

    @cache
    def encode(character: str) -> str:
        if character in _ESCAPES:
            return _ESCAPES[character]
        if character.isascii():
            return f"{{}}{character}"
        # pylatexenc writes some letters as others (ű as ú, Ħ as H̄): only what it reads back is encoded.
        # It has no words for fractions and raised digits (No), and complains of them.
        encoded: str = (
            character
            if unicodedata.category(character) == "No"
            else latex.unicode_to_latex(character)
        )
        return encoded if text.latex_to_text(encoded) == character else character

    return lambda value: _ENCODED.sub(lambda match: encode(match[0]), value)
