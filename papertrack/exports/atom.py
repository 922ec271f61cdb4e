"""Atom: papers as a feed, for feed readers (RFC 4287).

The dates are those of the papers, never today's, so that an unchanged feed is the same
bytes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from urllib.parse import quote
from xml.etree import ElementTree
from xml.etree.ElementTree import Element, SubElement

from papertrack.core.dates import existing_day
from papertrack.core.model import Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.core.text import clean
from papertrack.exports.links import web_url

_ATOM = "http://www.w3.org/2005/Atom"
_NEVER = "1970-01-01T00:00:00Z"
_END = "\n</feed>"


def pieces(
    papers: Collection[Paper],
    *,
    title: str = "Reading list",
    progress: Progress = SILENT,
) -> Iterator[str]:
    """A feed of an entry per paper, in the order given."""
    title = clean(title)
    feed = Element("feed", xmlns=_ATOM)
    _add(feed, "id", f"tag:papertrack,2026:{quote(title)}")
    _add(feed, "title", title)
    _add(feed, "updated", max(map(_updated, papers), default=_NEVER))
    # An entry without an author has that of the feed; one of them must have one.
    _add(SubElement(feed, "author"), "name", "papertrack")
    ElementTree.indent(feed)
    document = ElementTree.tostring(feed, encoding="unicode")
    yield f'<?xml version="1.0" encoding="UTF-8"?>\n{document.removesuffix(_END)}'
    for paper in progress.counted(papers, "writing", "papers"):
        entry = _entry(paper)
        ElementTree.indent(entry, level=1)
        yield f"\n  {ElementTree.tostring(entry, encoding='unicode')}"
    yield f"{_END}\n"


def _entry(paper: Paper) -> Element:
    entry = Element("entry")
    url = web_url(paper.url)
    _add(entry, "id", _id(paper))
    _add(entry, "title", clean(paper.title or paper.id))
    _add(entry, "updated", _updated(paper))
    published = existing_day(paper.published or "")
    if published:
        _add(entry, "published", _time(published))
    for author in filter(None, map(clean, paper.authors)):
        _add(SubElement(entry, "author"), "name", author)
    for category in filter(None, map(clean, paper.categories)):
        SubElement(entry, "category", term=category)
    summary = clean(paper.abstract or paper.summary or "")
    if summary:
        _add(entry, "summary", summary)
    if url:
        SubElement(entry, "link", rel="alternate", href=url)
    pdf = web_url(paper.pdf)
    if pdf:
        SubElement(entry, "link", rel="related", type="application/pdf", href=pdf)
    return entry


def _id(paper: Paper) -> str:
    """An address that stays, whichever sources know the paper."""
    kind, _, id = paper.key.partition(":")
    pages = {"arxiv": "https://arxiv.org/abs/", "doi": "https://doi.org/", "url": ""}
    page = web_url(pages[kind] + id) if kind in pages else None
    return page or f"tag:papertrack,2026:{quote(paper.key, errors='replace')}"


def _updated(paper: Paper) -> str:
    """When the paper was added to the library or, if later, updated by its authors."""
    added = existing_day(paper.added or "")
    updated = existing_day(paper.updated or "")
    times = [_time(paper.added or "") if added else "", _time(updated or "")]
    return max(times) or _NEVER


def _time(iso: str) -> str:
    """A day, or a time in UTC, as RFC 3339 has it."""
    if not iso or iso.endswith("Z"):
        return iso
    return f"{iso}T00:00:00Z"


def _add(parent: Element, name: str, text: str) -> None:
    SubElement(parent, name).text = text
