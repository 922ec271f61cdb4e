"""RIS: records of tagged lines, for Zotero, EndNote and Mendeley.

There is no `M3`: Zotero takes it for the DOI. Lines end with CR LF, as the format's
description asks (https://en.wikipedia.org/wiki/RIS_(file_format)).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.core.text import clean, clean_lines, pairs
from papertrack.exports import names, publication
from papertrack.exports.cited import cited
from papertrack.exports.links import web_url

_TYPES = dict(
    pairs("""
    article           JOUR
    conference-paper  CPAPER
    book              BOOK
    chapter           CHAP
    thesis            THES
    report            RPRT
    dataset           DATA
    software          COMP
    webpage           ELEC
""")
)


def pieces(papers: Collection[Paper], *, progress: Progress = SILENT) -> Iterator[str]:
    """A record for each paper, in the order given."""
    for paper, key in cited(papers, progress):
        yield _record(paper, key)


def _record(paper: Paper, key: str) -> str:
    lines = [f"TY  - {_type(paper)}"]
    # One line a value: a line break and `ER  - ` in a title would end the record.
    lines += [f"{tag}  - {clean(value)}" for tag, value in _values(paper, key) if value]
    return "\r\n".join([*lines, "ER  - ", "", ""])


def _type(paper: Paper) -> str:
    default = "JOUR" if paper.venue else "GEN"
    if paper.type == "article" and not paper.venue:
        return default
    return _TYPES.get(paper.type or "", default)


def _values(paper: Paper, key: str) -> Iterator[tuple[str, str | None]]:
    """The tags of a record and their values, in order."""
    first, last = _pages(paper.pages or "")
    yield "ID", key
    yield "TI", paper.title or paper.id
    for author in publication.authors(paper):
        yield "AU", names.parts(author).last_first
    for editor in paper.editors:
        yield "ED", names.parts(editor).last_first
    date = publication.date(paper)
    if date:
        year, month, day = [*date.split("-"), "", ""][:3]
        yield "PY", year
        yield "DA", f"{year}/{month}/{day}/"
    yield "T2", publication.container(paper)
    yield "PB", publication.publisher(paper)
    yield "VL", paper.volume
    yield "IS", paper.number
    yield "SP", first
    yield "EP", last
    yield "AB", paper.abstract or paper.summary
    yield "DO", paper.doi
    if paper.key.startswith("arxiv:"):
        yield "AN", f"arXiv:{paper.id}"
    yield "UR", web_url(paper.url)
    yield "L1", web_url(paper.pdf)
    for word in dict.fromkeys((*paper.tags, *paper.keywords)):
        yield "KW", word
    yield "N1", " ".join(clean_lines(paper.note or ""))


def _pages(pages: str) -> tuple[str, str]:
    first, _, last = clean(pages).replace("–", "-").partition("-")
    return first.strip(), last.strip("- ")
