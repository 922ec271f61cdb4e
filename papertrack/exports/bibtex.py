"""BibTeX: bibtexparser writes the entries, pylatexenc encodes their text."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Sequence
from functools import cache
from typing import Any
from urllib.parse import quote

from bibtexparser.entrypoint import write_string
from bibtexparser.library import Library
from bibtexparser.model import Block, Entry, Field
from bibtexparser.writer import BibtexFormat
from pylatexenc.latexencode import UnicodeToLatexEncoder

from papertrack.core.dates import MONTHS
from papertrack.core.identity import arxiv_id, show
from papertrack.core.latex import plain
from papertrack.core.model import Paper
from papertrack.core.text import BASE_LETTERS, clean, clean_lines, fold
from papertrack.exports.links import web_url

_DATE = re.compile(r"(\d{4})(?:-(0[1-9]|1[0-2]))?")
_CATEGORY = re.compile(r"[a-z][a-z-]*(?:\.[A-Za-z-]+)?")
# Not split into first and last names: groups, and what BibTeX would take for more than
# one name.
_WHOLE_NAME = re.compile(
    r"\b(?:team|collaboration|consortium|community|group|and|others)\b", re.IGNORECASE
)
# A DOI is read verbatim, not as LaTeX: what could end the field is percent-encoded
# instead.
_DOI_SAFE = "%/:;.()[]-_+,=&@!*'#?~"


def dumps(papers: Sequence[Paper]) -> str:
    """An entry for each paper, in the order given."""
    papers = list({paper.key: paper for paper in papers}.values())
    new_layout: Callable[[], Any] = BibtexFormat  # its __init__ has no types
    layout = new_layout()
    layout.indent = "  "
    layout.block_separator = "\n"
    layout.trailing_comma = True
    keys = cite_keys(papers)
    entries: list[Block] = [_entry(*pair) for pair in zip(papers, keys, strict=True)]
    # No middleware: the values are enclosed already, a month is not.
    return write_string(Library(entries), unparse_stack=[], bibtex_format=layout)


def _entry(paper: Paper, key: str) -> Entry:
    year, month = _year_and_month(paper)
    note = "\n".join(map(_encoded, clean_lines(paper.note or "")))
    fields = {
        "author": _braced(_authors(paper)),
        # Twice, so that a style lowers no capital: "BERT", "Bayesian".
        "title": _braced(_braced(_encoded(clean(paper.title) or clean(paper.id)))),
        "journal": _braced(_encoded(clean(paper.venue or ""))),
        "year": _braced(year),
        "month": month,
        **_eprint(paper),
        "doi": _braced(quote(paper.doi or "", safe=_DOI_SAFE, errors="replace")),
        "url": _braced(web_url(paper.url) or web_url(paper.pdf) or ""),
        "abstract": _braced(_encoded(clean(paper.abstract or paper.summary or ""))),
        "keywords": _braced(", ".join(_encoded(clean(tag)) for tag in paper.tags)),
        "annote": _braced(note),
    }
    values = [Field(name, value) for name, value in fields.items() if value]
    return Entry("article" if paper.venue else "misc", key, values)


def _braced(value: str) -> str:
    return f"{{{value}}}" if value else ""


def _year_and_month(paper: Paper) -> tuple[str, str]:
    """("2025", "nov"), as far as known. `added` is not a date of the paper."""
    match = _DATE.match(paper.published or paper.listed or "")
    if not match:
        return "", ""
    month = tuple(MONTHS)[int(match[2]) - 1] if match[2] else ""
    return match[1], month


def _eprint(paper: Paper) -> dict[str, str]:
    number = arxiv_id(show(paper.key)) if paper.key.startswith("arxiv:") else None
    if not number:
        return {}
    category = paper.categories[0] if paper.categories else ""
    return {
        "eprint": _braced(number[0]),
        "archiveprefix": _braced("arXiv"),
        "primaryclass": _braced(category if _CATEGORY.fullmatch(category) else ""),
    }


def _authors(paper: Paper) -> str:
    names = [_author(clean(name)) for name in paper.authors]
    if names and (paper.author_count or 0) > len(names):
        names.append("others")
    return " and ".join(names)


def _author(name: str) -> str:
    """A name, in braces if BibTeX would split it wrongly."""
    parts = name.split(",")
    is_odd = len(parts) > 2 or not all(part.strip() for part in parts)
    if is_odd or _WHOLE_NAME.search(name):
        return _braced(_encoded(name))
    return _encoded(name)


# ------------------------------------------------------------------ cite keys

_NAME_SUFFIXES = ("jr", "sr", "ii", "iii", "iv", "phd", "md")
_STOP_WORD = re.compile(
    "a|an|and|are|at|be|by|can|do|does|for|from|how|in|is|of|on|or|the|to|towards?|via"
    "|what|when|why|with"
)


def cite_keys(papers: Sequence[Paper]) -> list[str]:
    """A key for each paper, `tong2025thinking`.

    A key does not depend on the other papers, unless two would have the same one: then
    each gets a piece of its own id, `tong2025thinking-04570`, whatever their order.
    """
    short = [_short_key(paper) for paper in papers]
    count = Counter(short)
    keys = [
        key if count[key] == 1 and key else f"{key or 'paper'}-{_serial(paper.key)}"
        for key, paper in zip(short, papers, strict=True)
    ]
    count = Counter(keys)
    return [
        key if count[key] == 1 else f"{key}-{_digest(paper.key, 16)}"
        for key, paper in zip(keys, papers, strict=True)
    ]


def _short_key(paper: Paper) -> str:
    """First author's last name, year, first significant word of the title; "" without a
    name and a word.
    """
    name = _key_name(paper.authors[0]) if paper.authors else ""
    words = (
        word for word in _ascii(paper.title).split() if not _STOP_WORD.fullmatch(word)
    )
    word = next(words, "")
    year, _ = _year_and_month(paper)
    return f"{name}{year}{word}" if name or word else ""


def _key_name(author: str) -> str:
    """The last part of the last name, in either order; the first significant word of a
    group's name.
    """
    last_first = author.partition(",")[0]
    parts = [_ascii(part).replace(" ", "") for part in last_first.split()]
    if _WHOLE_NAME.search(author):
        parts = [part for part in parts if not _STOP_WORD.fullmatch(part)][:1]
    names = (part for part in reversed(parts) if part and part not in _NAME_SUFFIXES)
    return next(names, "")


def _ascii(text: str) -> str:
    """The words of `text` in lower-case ASCII, without other letters."""
    folded = fold(text.casefold().translate(BASE_LETTERS))
    return " ".join(re.sub(r"[^a-z0-9 ]", "", folded).split())


def _serial(key: str) -> str:
    """A few characters of a paper's key: the number of an arXiv id, else a hash."""
    number = re.search(r"\d+$", key) if key.startswith("arxiv:") else None
    return number[0] if number else _digest(key, 6)


def _digest(key: str, length: int) -> str:
    return hashlib.blake2b(key.encode("utf-8", "replace")).hexdigest()[:length]


# ------------------------------------------------------------------ LaTeX

# `core.latex` reads each of these back, and each balances for BibTeX, which counts `\{`
# as a brace.
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
    "$": r"\$",
    "%": r"\%",
    "#": r"\#",
    "&": r"\&",
    "_": r"\_",
}
# Syntax; `@` at the start of a line, where bibtexparser sees an entry even in a value;
# the second of a pair that LaTeX would join (`--`, `''`, `,,`); the blocks whose
# characters LaTeX has commands for: Latin and Greek letters, punctuation, arrows,
# mathematics. Other scripts stay as they are.
_ENCODED = re.compile(
    r"""[{}<>|\\~^`"$%#&_]|^@|(?<=-)-|(?<=')'|(?<=,),|[\u00a1-\u03ff\u2010-\u22ff]"""
)
_LATEX = UnicodeToLatexEncoder(
    replacement_latex_protection="braces-all",
    unknown_char_policy="keep",
    unknown_char_warning=False,
)


def _encoded(text: str) -> str:
    """LaTeX that prints `text`."""
    return _ENCODED.sub(lambda match: _encoded_character(match[0]), text)


@cache
def _encoded_character(character: str) -> str:
    if character in _ESCAPES:
        return _ESCAPES[character]
    if character.isascii():
        return f"{{}}{character}"
    # pylatexenc has no commands for fractions and raised digits (No), and warns about
    # them.
    if unicodedata.category(character) == "No":
        return character
    # It writes some letters as others (ű as ú, Ħ as H̄): only what is read back is
    # encoded.
    encoded: str = _LATEX.unicode_to_latex(character)
    return encoded if plain(encoded) == character else character
