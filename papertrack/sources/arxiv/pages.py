"""arXiv's pages: listings and abstracts."""

from __future__ import annotations

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
    r"\A\s*(?:Title|Authors?|Comments|Subjects|Journal-ref|DOI|Abstract)\s*:\s*"
)
_CODE = pattern(r"\(([a-z]+(?:-[a-z]+)?(?:\.[A-Za-z-]{2,12})?)\)")
_TOTAL = pattern(rb"Total of (\d{1,6}) entries")


def parse_page(
    body: bytes, headers: Mapping[str, str], *, where: str = "arXiv's page"
) -> Listing:
    """An abstract page, `/abs/ID`, or a listing page, `/list/CATEGORY/new`.

    Of the listings (`new`, `recent`, `pastweek`) only `new` has abstracts. Raises
    Unrecognised for any other page.
    """
    page = html(body, headers, where=where, whose="arXiv's")
    if page.css_first('meta[name="citation_arxiv_id"]') is not None:
        check_end(body, where=where)
        return _abstract(page, where)
    if page.css_first("#dlpage, dl#articles, .list-title") is None:
        raise other_page(body, where=where)
    check_end(body, where=where)
    return _listing(page, body, where)


# ------------------------------------------------------------------ listings


class _Item(NamedTuple):
    """An entry of a listing: its `dt`, its `dd`, the heading above it, and that one's day."""

    term: LexborNode
    details: LexborNode | None
    heading: str
    date: str | None


def _listing(page: LexborHTMLParser, body: bytes, where: str) -> Listing:
    items: list[_Item] = []
    heading, date = "", None
    for node in page.css("h3, dt, dd"):
        if node.tag == "h3":
            heading = node.text()
            date = day(heading) or date
        elif node.tag == "dt":
            items.append(_Item(node, None, heading, date))
        elif items and items[-1].details is None:
            items[-1] = items[-1]._replace(details=node)
    facts, problems = collect(items, _listed, where=where)
    notes: tuple[str, ...] = ()
    total = _TOTAL.search(body)
    if not items:
        notes = (f"{where}: no papers in this listing",)
    elif total and len(items) < int(total[1]):
        shown = f"{len(items)} of {int(total[1])} entries"
        notes = (f"{where}: the page shows {shown}",)
    return Listing(source=LIST, facts=facts, problems=problems, notes=notes)


def _listed(item: _Item) -> Facts:
    title = _part(item.details, ".list-title")
    link = item.term.css_first('a[href*="/abs/"]')
    address = _attribute(link, "href")
    number, version = paper_id(address, title)
    kind = f"{item.heading} {item.term.text()}".lower()
    is_replaced = "replace" in kind
    is_new = not is_replaced and "cross" not in kind
    names = _part(item.details, ".list-authors")
    people, hidden = authors(names), hidden_authors(names)
    return Facts(
        title=titled(title, number),
        ids=(f"arxiv:{number}",),
        abstract=accents(_part(item.details, "p.mathjax")),
        authors=people,
        author_count=len(people) + hidden if hidden else None,
        published=item.date if is_new else None,
        updated=item.date if is_replaced else None,
        version=version,
        categories=unique(_CODE.findall(_part(item.details, ".list-subjects"))),
        venue=accents(_part(item.details, ".list-journal-ref")),
        comment=_comment(item.details, ".list-comments"),
    )


def _part(node: LexborNode | None, selector: str) -> str:
    """The text of the first element that `selector` matches, without its label; or ''."""
    part = node.css_first(selector) if node is not None else None
    return _LABEL.sub("", part.text(), count=1) if part is not None else ""


def _comment(node: LexborNode | None, selector: str) -> str:
    """The authors' comment, with the URLs that the page shows as "this https URL"."""
    text = _part(node, selector)
    links = node.css(f"{selector} a[href]") if node is not None else []
    for link in links:
        if link.text().startswith("this http"):
            text = text.replace(link.text(), _attribute(link, "href"), 1)
    return accents(text)


def _attribute(node: LexborNode | None, name: str) -> str:
    """The value of an attribute; '' if there is none."""
    return (node.attributes.get(name) or "") if node is not None else ""


# ------------------------------------------------------------------ abstract pages


def _abstract(page: LexborHTMLParser, where: str) -> Listing:
    """The facts in the `citation_*` tags of an abstract page, in its table and history."""
    metas = [
        (_attribute(meta, "name"), _attribute(meta, "content"))
        for meta in page.css("meta[name]")
    ]
    values = dict(reversed(metas))
    try:
        title = values.get("citation_title", "")
        number, version = paper_id(values["citation_arxiv_id"], title)
        title = titled(title, number)
    except Unreadable as error:
        raise Unrecognised(f"{where}: {error}; save the page again") from error
    address = _attribute(page.css_first('meta[property="og:url"]'), "content")
    shown = arxiv_id(address.partition("/abs/")[2])
    if version is None and shown:
        version = shown[1]
    root = page.root
    ids, doi = keys(number, values.get("citation_doi", "") or _part(root, "td.doi"))
    abstract = values.get("citation_abstract", "")
    published = day(values.get("citation_date", ""))
    people = [value for name, value in metas if name == "citation_author"]
    facts = Facts(
        title=title,
        ids=ids,
        abstract=accents(abstract or _part(root, "blockquote.abstract")),
        authors=tuple(map(inverted, people)),
        published=published,
        updated=day(values.get("citation_online_date", "")) or published,
        version=version,
        categories=unique(_CODE.findall(_part(root, "td.subjects"))),
        doi=doi,
        venue=accents(_part(root, "td.jref")),
        comment=_comment(root, "td.comments"),
    )
    return Listing(source=SOURCE, facts=(facts,))
