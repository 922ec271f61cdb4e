"""CSL-JSON, for pandoc, Zotero and citation processors.

https://docs.citationstyles.org/en/stable/specification.html (1.0.2).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from typing import Any

from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.core.text import clean, clean_lines, pairs
from papertrack.exports import names, publication
from papertrack.exports.cited import cited
from papertrack.exports.json import array
from papertrack.exports.links import web_url

_TYPES = dict(
    pairs("""
    article           article-journal
    conference-paper  paper-conference
    book              book
    chapter           chapter
    thesis            thesis
    report            report
    preprint          article
    dataset           dataset
    software          software
    webpage           webpage
""")
)


def pieces(papers: Collection[Paper], *, progress: Progress = SILENT) -> Iterator[str]:
    """An array of items; `[]` for no papers. The ids are the keys of the BibTeX export."""
    return array(_item(paper, key) for paper, key in cited(papers, progress))


def _item(paper: Paper, key: str) -> dict[str, Any]:
    """An item, without the fields of which nothing is known."""
    is_on_arxiv = paper.key.startswith("arxiv:")
    is_preprint = is_on_arxiv and not paper.venue
    publisher = publication.publisher(paper) or ("arXiv" if is_preprint else "")
    item = {
        "id": key,
        "type": _type(paper),
        "title": clean(paper.title or paper.id),
        "author": _people(publication.authors(paper)),
        "editor": _people(paper.editors),
        "issued": _date(paper),
        "container-title": clean(publication.container(paper)),
        "publisher": clean(publisher),
        "volume": clean(paper.volume or ""),
        "issue": clean(paper.number or ""),
        "page": clean(paper.pages or ""),
        "number": f"arXiv:{paper.id}" if is_on_arxiv else "",
        "DOI": clean(paper.doi or ""),
        "URL": web_url(paper.url) or web_url(paper.pdf),
        "abstract": clean(paper.abstract or paper.summary or ""),
        "keyword": ", ".join(map(clean, paper.tags or paper.keywords)),
        "annote": "\n".join(clean_lines(paper.note or "")),
    }
    return {name: value for name, value in item.items() if value}


def _type(paper: Paper) -> str:
    if paper.type:
        return _TYPES.get(paper.type, "document")
    return "article-journal" if paper.venue else "article"


def _date(paper: Paper) -> dict[str, Any]:
    """The date in the precision that is known."""
    date = publication.date(paper)
    if not date:
        return {}
    return {"date-parts": [list(map(int, date.split("-")))]}


def _people(people: Iterable[str]) -> list[dict[str, str]]:
    return [_person(names.parts(person)) for person in people if clean(person)]


def _person(name: names.Name) -> dict[str, str]:
    if not name.given:
        return {"literal": name.last_first}
    parts = {
        "family": name.family,
        "given": name.given,
        "non-dropping-particle": name.particle,
        "suffix": name.suffix,
    }
    return {part: text for part, text in parts.items() if text}
