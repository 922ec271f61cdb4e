"""Hugging Face's listing pages: `[data-target="DailyPapers"]` with the API's rows in `data-props`, cards under it.

The rows are read where they can be; else the cards, which know title, upvotes, comments and how many
authors. Pages come from the network or from a file that somebody saved.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.identity import arxiv_id
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean, shorten
from papertrack.sources.huggingface.rows import SOURCE, page_day, rows
from papertrack.sources.limits import check_end, html, load

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_TITLES = [
    pattern(rb"<%s\b[^>]{0,200}>([^<]{0,500})" % name, re.I)
    for name in (b"title", b"h1")
]
_AUTHORS = pattern(r"(\d{1,6})\s+authors?\b")
_COUNT = pattern(r"\d{1,9}")
_PAPER_LINK = pattern(r"(?:https?://[^/]+)?/papers/([^/?#]+)")


def parse_page(
    body: bytes,
    headers: Mapping[str, str],
    *,
    where: str,
    day: str | None = None,
    expect: tuple[str, ...] = (),
) -> tuple[Listing, str | None]:
    """A page's listing and the day that the page itself says it shows.

    `day` is for rows that tell none. `expect` are the values of `dateString` that answer what was
    asked: an invalid day is redirected to the newest listing. Raises Unrecognised.
    """
    root = _root(body, headers, where)
    props = _props(root)
    own_day = page_day(props)
    told = props.get("dateString")
    if (
        expect
        and isinstance(told, str)
        and told not in expect
        and told[:10] not in expect
    ):
        raise Unrecognised(
            f"{where}: the page shows {shorten(clean(told), 40)} and not {expect[0]}; check that there is such a day"
        )
    if isinstance(props.get("dailyPapers"), list):
        return rows(props["dailyPapers"], where=where, day=day), own_day
    listing = _cards(root, day)
    if not listing.facts:
        raise Unrecognised(
            f"{where}: the page has changed and papertrack can't read it; look for a newer papertrack"
        )
    return listing, own_day


def parse_saved_page(body: bytes, *, name: str, day: str | None = None) -> Listing:
    """A page saved to a file; without `day`, the page's own is what its rows were listed on."""
    listing, own_day = parse_page(body, {}, where=name, day=day)
    if day is not None or own_day is None:
        return listing
    facts = tuple(
        item if item.listed else replace(item, listed=own_day) for item in listing.facts
    )
    return replace(listing, facts=facts)


def portal(body: bytes, *, where: str) -> Unrecognised:
    """The error for a page that stands where a listing was expected: Hugging Face's own, or a network's."""
    match = next(
        (found for pattern in _TITLES if (found := pattern.search(body[:200_000]))),
        None,
    )
    title = shorten(clean(match[1].decode("utf-8", "replace")), 80) if match else ""
    if "hugging face" in title.lower() or "daily papers" in title.lower():
        return Unrecognised(
            f"{where}: the page has changed and papertrack can't read it; look for a newer papertrack"
        )
    titled = f"a page titled {title!r}" if title else "a page of something else"
    return Unrecognised(
        f"{where}: answered with {titled}: is there a login page on this network?"
    )


def _root(body: bytes, headers: Mapping[str, str], where: str) -> LexborNode:
    page = html(body, headers, where=where, whose="Hugging Face's")
    root = page.css_first('[data-target="DailyPapers"]')
    if root is None:
        raise portal(body, where=where)
    check_end(body, where=where)
    return root


def _props(root: LexborNode) -> dict[str, Any]:
    """The page's data; {} where it has none that can be read."""
    try:
        value = load(
            (root.attributes.get("data-props") or "").encode("utf-8", "replace"),
            where="data-props",
        )
    except Unrecognised:
        return {}
    return value if isinstance(value, dict) else {}


def _cards(root: LexborNode, day: str | None) -> Listing:
    facts: list[Facts] = []
    problems: list[str] = []
    for number, card in enumerate(root.css("article"), 1):
        if (read := _card(card, day)) is not None:
            facts.append(read)
        else:
            problems.append(f"card {number}: no title with a paper's id")
    if 2 * len(problems) > len(facts) + len(problems):
        return Listing(source=SOURCE)
    return Listing(source=SOURCE, facts=tuple(facts), problems=tuple(problems))


def _card(card: LexborNode, day: str | None) -> Facts | None:
    link = card.css_first("h3 a[href]")
    match = (
        _PAPER_LINK.match(link.attributes.get("href") or "")
        if link is not None
        else None
    )
    found = arxiv_id(match[1]) if match else None
    if link is None or found is None or not clean(link.text()):
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
    """The first lone number among a card's elements of one kind."""
    for node in card.css(selector):
        if _COUNT.fullmatch(text := node.text().strip()):
            return int(text)
    return None
