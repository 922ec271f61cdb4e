"""arXiv's pages: listings and abstracts."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, NamedTuple

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.identity import arxiv_id
from papertrack.core.latex import accents
from papertrack.core.lazy_regex import pattern
from papertrack.sources.arxiv.xml import (
    LIST,
    SOURCE,
    Unreadable,
    collect,
    day,
    keys,
    other_page,
    paper_id,
    titled,
    unique,
)
from papertrack.sources.limits import check_end, html
from papertrack.sources.names import authors, hidden_authors, inverted

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

_LABEL = pattern(
    r"\s*(?:Title|Authors?|Comments|Subjects|Journal-ref|DOI|Abstract)\s*:\s*"
)
_CODE = pattern(r"\(([a-z]+(?:-[a-z]+)?(?:\.[A-Za-z-]{2,12})?)\)")


def page_of(body: bytes, headers: Mapping[str, str], where: str) -> LexborHTMLParser:
    return html(body, headers, where=where, whose="arXiv's")


def parse_list(
    body: bytes, headers: Mapping[str, str], *, where: str = "arXiv's listing"
) -> Listing:
    """A listing page, `/list/CATEGORY/new`, `recent` or `pastweek`; only `new` has abstracts. Raises Unrecognised."""
    return listing_of(page_of(body, headers, where), body, where)


class _Item(NamedTuple):
    """An entry of a listing: its `dt`, its `dd`, the heading it stands under, and the day that heading tells."""

    term: LexborNode
    said: LexborNode | None
    heading: str
    on: str | None


def listing_of(page: LexborHTMLParser, body: bytes, where: str) -> Listing:
    items: list[_Item] = []
    heading, on = "", None
    nodes = page.css("h3, dt, dd")
    for node in nodes:
        if node.tag == "h3":
            heading = node.text()
            on = day(heading) or on
        elif node.tag == "dt":
            items.append(_Item(node, None, heading, on))
        elif items and items[-1].said is None:
            items[-1] = items[-1]._replace(said=node)
    if page.css_first("#dlpage, dl#articles, .list-title") is None:
        raise other_page(body, where=where)
    check_end(body, where=where)
    facts, problems = collect(items, _listed, where=where)
    notes: tuple[str, ...] = () if items else (f"{where}: no papers in this listing",)
    total = re.search(rb"Total of (\d{1,6}) entries", body)
    if total and 0 < len(items) < int(total[1]):
        notes = (f"{where}: the page shows {len(items)} of {int(total[1])} entries",)
    return Listing(source=LIST, facts=facts, problems=problems, notes=notes)


def _listed(item: _Item) -> Facts:
    link = item.term.css_first('a[href*="/abs/"]')
    title = _part(item.said, ".list-title")
    number, version = paper_id(
        (link.attributes.get("href") or "") if link is not None else "", title
    )
    told = f"{item.heading} {item.term.text()}".lower()
    replaced, crossed = "replace" in told, "cross" in told
    names = _part(item.said, ".list-authors")
    people, hidden = authors(names), hidden_authors(names)
    return Facts(
        title=titled(title, number),
        ids=(f"arxiv:{number}",),
        abstract=accents(_part(item.said, "p.mathjax")),
        authors=people,
        author_count=len(people) + hidden if hidden else None,
        published=None if replaced or crossed else item.on,
        updated=item.on if replaced else None,
        version=version,
        categories=unique(_CODE.findall(_part(item.said, ".list-subjects"))),
        venue=accents(_part(item.said, ".list-journal-ref")),
    )


def _part(node: LexborNode | None, selector: str) -> str:
    """The text of the first element that `selector` finds, without its label; '' where there is none."""
    found = node.css_first(selector) if node is not None else None
    text = found.text() if found is not None else ""
    match = _LABEL.match(text)
    return text[match.end() :] if match else text


def parse_abs(
    body: bytes, headers: Mapping[str, str], *, where: str = "arXiv's page"
) -> Listing:
    """An abstract page, `/abs/ID`, by its `citation_*` tags, its table and its history. Raises Unrecognised."""
    return abstract_of(page_of(body, headers, where), body, where)


def abstract_of(page: LexborHTMLParser, body: bytes, where: str) -> Listing:
    metas = [
        (m.attributes.get("name") or "", m.attributes.get("content") or "")
        for m in page.css("meta[name]")
    ]
    said = dict(reversed(metas))
    root = page.root
    if root is None or "citation_arxiv_id" not in said:
        raise other_page(body, where=where)
    check_end(body, where=where)
    try:
        number, version = paper_id(
            said["citation_arxiv_id"], said.get("citation_title", "")
        )
        title = titled(said.get("citation_title", ""), number)
    except Unreadable as error:
        raise Unrecognised(f"{where}: {error}; save the page again") from error
    this = page.css_first('meta[property="og:url"]')
    shown = (
        arxiv_id((this.attributes.get("content") or "").partition("/abs/")[2])
        if this is not None
        else None
    )
    ids, doi = keys(number, said.get("citation_doi", "") or _part(root, "td.doi"))
    published = day(said.get("citation_date", ""))
    facts = Facts(
        title=title,
        ids=ids,
        abstract=accents(
            said.get("citation_abstract", "") or _part(root, "blockquote.abstract")
        ),
        authors=tuple(
            inverted(value) for name, value in metas if name == "citation_author"
        ),
        published=published,
        updated=day(said.get("citation_online_date", "")) or published,
        version=version or (shown[1] if shown else None),
        categories=unique(_CODE.findall(_part(root, "td.subjects"))),
        doi=doi,
        venue=accents(_part(root, "td.jref")),
    )
    return Listing(source=SOURCE, facts=(facts,))
