"""The columns of tables, by the names that papertrack and other programs give them.

Zotero, Scopus, IEEE Xplore, PubMed, Google Scholar, Publish or Perish, Rayyan, Covidence,
JabRef, Paperpile and OpenAlex each have names of their own.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from typing import NamedTuple

from papertrack.core.field_names import PAPER_NAMES
from papertrack.core.text import pairs

DELIMITERS = (",", ";", "\t", "|")
_MAX_HEADER = 20_000
"""Characters of the longest header: Zotero's, with 87 columns, has 1,400."""

_SPELLINGS = pairs("""
    title       title; article title; document title; paper title
    title       publication title of work; display name; name of article
    title       titel; titre; título; titolo
    authors     authors; author; author names; creators
    authors     autor; autoren; autores; auteur; auteurs; autore; autori
    authors     authorships author display name
    full_names  author full names; authors full names
    editors     editors; editor
    published   published; date; publication date; date published; published date
    year        year; publication year; published year; pub year; year published
    year        jahr; année; año; anno; ano
    month       month; published month; publication month
    day         day
    venue       venue; journal; publication title; publication; source title
    venue       journal/book; full journal; journal title; container title; source
    venue       zeitschrift; revue; revista; rivista
    venue       primary location source display name
    booktitle   booktitle; book title; proceedings title; conference name
    doi         doi; digital object identifier; article doi
    arxiv       arxiv; arxiv id; arxivid; arxiv number; eprint
    url         url; link; links; article url; articleurl; urls; landing page url
    pdf         pdf; pdf link; pdf url; full text url; fulltexturl
    abstract    abstract; abstract note; summary of paper
    keywords    keywords; keyword; author keywords; manual tags; automatic tags
    keywords    index keywords; ieee terms
    categories  categories; arxiv categories
    comment     comment; comments
    type        type; item type; document type; publication type; bibliographytype
    type        reference type
    publisher   publisher
    volume      volume
    number      number; issue; issue number
    pages       pages; page range
    first_page  page start; start page; first page
    last_page   page end; end page; last page
    cite_key    cite key; citation key; citekey; bibtex key; identifier
    extra       extra
    pmid        pmid; pubmed id; pubmed
""")
FOREIGN = {
    spelling: name
    for name, spellings in _SPELLINGS
    for spelling in spellings.split("; ")
}
"""The spellings of other programs, as `plain` gives them, and what is in the column."""


class Header(NamedTuple):
    """The names in a header, and the character between them.

    `is_own` is whether papertrack wrote it; `known` are the names that are understood.
    """

    names: Sequence[str]
    delimiter: str
    is_own: bool

    @property
    def known(self) -> list[str]:
        names = PAPER_NAMES if self.is_own else FOREIGN
        return [name for name in self.names if name in names]


def plain(name: str) -> str:
    """A column's name in lower case, with single spaces in place of `_`, `-` and `.`."""
    return " ".join(
        re.sub(r"[\s_.-]+", " ", name.lower().replace("\ufeff", "")).split()
    )


def header_of(text: str) -> Header:
    """The header of a table: its first line that is not blank.

    The delimiter is the one that gives the most known names.
    """
    start, chosen = first_line(text)
    headers = [_split(start, delimiter) for delimiter in chosen or DELIMITERS]
    return max(headers, key=lambda header: len(header.known))


def first_line(text: str) -> tuple[str, str]:
    """The first line that is not blank, and the delimiter that `sep=;` before it names."""
    lines = text[:_MAX_HEADER].lstrip("\ufeff\n ").split("\n", 2)
    if re.fullmatch(r"sep=.", lines[0]) and len(lines) > 1:
        return lines[1], lines[0][-1]
    return lines[0], ""


def _split(line: str, delimiter: str) -> Header:
    try:
        cells = next(csv.reader([line], delimiter=delimiter), [])
    except csv.Error:
        cells = []
    own = [cell.strip().lower() for cell in cells]
    is_own = {*own} <= {*PAPER_NAMES} and bool({*own} & {"id", "key"})
    names = own if is_own else [plain(cell) for cell in cells]
    return Header(names, delimiter, is_own)
