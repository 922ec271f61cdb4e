"""Hugging Face's listing pages: the API's rows as an attribute, and a card per paper.

The rows are in `data-props` of `[data-target="DailyPapers"]`, the cards below that
element. If the rows can't be read, the cards are, which have title, upvotes, comments and
the number of authors. Pages come from the network or from a saved file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.identity import arxiv_id
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean
from papertrack.core.wording import excerpt
from papertrack.sources.huggingface.rows import SOURCE, page_day, rows
from papertrack.sources.limits import check_end, html, load, page_title

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_AUTHORS = pattern(r"(\d{1,6})\s+authors?\b")
_COUNT = pattern(r"\d{1,9}")
_PAPER_LINK = pattern(r"(?:https?://[^/]+)?/papers/([^/?#]+)")
_CHANGED = "the page has changed and can't be read; update papertrack"


def parse_page(
    body: bytes,
    headers: Mapping[str, str],
    *,
    where: str,
    day: str | None = None,
    expect: tuple[str, ...] = (),
) -> tuple[Listing, str | None]:
    """A page's listing, and the day that the page itself names.

    `day` is for rows that have none. `expect` are the values of `dateString` that fit the
    request: an invalid day is redirected to the newest listing. Raises Unrecognised.
    """
    root = _root(body, headers, where)
    props = _props(root)
    date = props.get("dateString")
    if expect and isinstance(date, str) and not {date, date[:10]} & {*expect}:
        shown = f"the page shows {excerpt(date, 40)} instead of {expect[0]}"
        raise Unrecognised(f"{where}: {shown}; check that there is such a day")
    if isinstance(props.get("dailyPapers"), list):
        listing = rows(props["dailyPapers"], where=where, day=day)
    else:
        listing = _cards(root, day)
        if not listing.facts:
            raise Unrecognised(f"{where}: {_CHANGED}")
    return listing, page_day(props)


def parse_saved_page(body: bytes, *, name: str, day: str | None = None) -> Listing:
    """A page saved to a file; without `day`, rows were listed on the page's own."""
    listing, own_day = parse_page(body, {}, where=name, day=day)
    if day is not None or own_day is None:
        return listing
    facts = [
        paper if paper.listed else replace(paper, listed=own_day)
        for paper in listing.facts
    ]
    return replace(listing, facts=tuple(facts))


class OtherPage(Unrecognised):
    """A page of something else; `titled` describes it."""

    def __init__(self, where: str, titled: str) -> None:
        super().__init__(
            f"{where}: the response is {titled}: is there a login page on this network?"
        )
        self.titled = titled


def other_page(body: bytes, *, where: str) -> Unrecognised:
    """The error for a page in place of a listing: Hugging Face's own, or a network's."""
    title = page_title(body)
    if "hugging face" in title.lower() or "daily papers" in title.lower():
        return Unrecognised(f"{where}: {_CHANGED}")
    titled = f"a page titled {title!r}" if title else "a page of something else"
    return OtherPage(where, titled)


def _root(body: bytes, headers: Mapping[str, str], where: str) -> LexborNode:
    page = html(body, headers, where=where, whose="Hugging Face's")
    root = page.css_first('[data-target="DailyPapers"]')
    if root is None:
        raise other_page(body, where=where)
    check_end(body, where=where)
    return root


def _props(root: LexborNode) -> dict[str, Any]:
    """The page's data; {} if there is none that can be read."""
    text = root.attributes.get("data-props") or ""
    try:
        value = load(text.encode("utf-8", "replace"), where="data-props")
    except Unrecognised:
        return {}
    return value if isinstance(value, dict) else {}


def _cards(root: LexborNode, day: str | None) -> Listing:
    """The listing of the cards; an empty one if most can't be read."""
    all_facts: list[Facts] = []
    problems: list[str] = []
    for number, card in enumerate(root.css("article"), 1):
        facts = _card(card, day)
        if facts is not None:
            all_facts.append(facts)
        else:
            problems.append(f"card {number}: no title with a paper's id")
    if len(problems) > len(all_facts):
        return Listing(source=SOURCE)
    return Listing(source=SOURCE, facts=tuple(all_facts), problems=tuple(problems))


def _card(card: LexborNode, day: str | None) -> Facts | None:
    link = card.css_first("h3 a[href]")
    if link is None or not clean(link.text()):
        return None
    address = _PAPER_LINK.match(link.attributes.get("href") or "")
    found = arxiv_id(address[1]) if address else None
    if found is None:
        return None
    authors = _AUTHORS.search(card.text(separator=" "))
    return Facts(
        ids=(f"arxiv:{found[0]}",),
        title=link.text(),
        author_count=int(authors[1]) if authors else None,
        listed=day,
        upvotes=_first_count(card, "div"),
        comments=_first_count(card, 'a[href$="#community"]'),
    )


def _first_count(card: LexborNode, selector: str) -> int | None:
    """The first element of a card, of one kind, that has a number as its text."""
    for node in card.css(selector):
        text = node.text().strip()
        if _COUNT.fullmatch(text):
            return int(text)
    return None
