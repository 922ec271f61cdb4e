"""The Atom of arXiv's API."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple
from xml.etree.ElementTree import Element

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.latex import accents
from papertrack.core.wording import excerpt
from papertrack.sources.arxiv.xml import (
    SOURCE,
    collect,
    day,
    keys,
    paper_id,
    read_xml,
    titled,
    unique,
    words,
)
from papertrack.sources.names import person

_ATOM, _ARXIV = "{http://www.w3.org/2005/Atom}", "{http://arxiv.org/schemas/atom}"
_AUTHOR, _NAME, _TERM = f"{_ATOM}author", f"{_ATOM}name", f"{_ATOM}category"
_PRIMARY = f"{_ARXIV}primary_category"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"


class Feed(NamedTuple):
    """A response of the API.

    `entries` is the number of entries in it, `total` of those that match the query.
    `broken` is '' or where the response is cut off.
    """

    facts: tuple[Facts, ...]
    problems: tuple[str, ...]
    entries: int
    total: int | None
    broken: str


def parse_atom(
    body: bytes, headers: Mapping[str, str], *, where: str = "arXiv's response"
) -> Listing:
    """A response of the API (`/api/query`), newest first. Raises Unrecognised."""
    feed = read_feed(body, where)
    problems = feed.problems
    notes: tuple[str, ...] = ()
    if feed.broken:
        problems = (*problems, feed.broken)
    elif not feed.entries:
        reason = "no paper at arXiv matches"
        if feed.total:
            reason = f"it contains none of the {feed.total} papers that match"
        notes = (f"{where}: {reason}",)
    return Listing(
        source=SOURCE, facts=newest_first(feed.facts), problems=problems, notes=notes
    )


def read_feed(body: bytes, where: str) -> Feed:
    """A response of the API as it is. Raises Unrecognised for any other, and for errors."""
    root, broken = read_xml(body, ["feed"], "an Atom feed", where=where)
    entries = root.findall(f"{_ATOM}entry")
    for entry in entries:
        if "/api/errors" in (entry.findtext(f"{_ATOM}id") or ""):
            reason = excerpt(words(entry.find(f"{_ATOM}summary")), 200)
            raise Unrecognised(
                f"{where}: arXiv refuses the query: {reason or 'without a reason'}"
            )
    facts, problems = collect(entries, _entry, where=where)
    total = (root.findtext(_TOTAL) or "").strip()
    count = int(total) if re.fullmatch(r"[0-9]{1,9}", total) else None
    return Feed(facts, problems, len(entries), count, broken)


def read_whole_feed(body: bytes, where: str) -> Feed:
    """The same, but what is cut off raises Unrecognised.

    It is read again as a whole: the pages after it would not be missed otherwise.
    """
    feed = read_feed(body, where)
    if feed.broken:
        raise Unrecognised(f"{feed.broken.partition(';')[0]}; try again later")
    return feed


def _entry(entry: Element) -> Facts:
    texts: dict[str, str] = {}
    people: list[str] = []
    categories: list[str] = []
    for child in entry:
        tag = child.tag
        if tag == _AUTHOR:
            people.append(person(child.findtext(_NAME) or ""))
        elif tag == _TERM:
            categories.append(child.get("term") or "")
        elif tag == _PRIMARY:
            categories.insert(0, child.get("term") or "")
        else:
            texts[tag] = words(child)
    title = texts.get(f"{_ATOM}title", "")
    number, version = paper_id(texts.get(f"{_ATOM}id", ""), title)
    ids, doi = keys(number, texts.get(f"{_ARXIV}doi", ""))
    return Facts(
        title=titled(title, number),
        ids=ids,
        abstract=accents(texts.get(f"{_ATOM}summary", "")),
        # A collaboration's colon is an author of its own.
        authors=tuple(name for name in people if name.strip(" :.,")),
        published=day(texts.get(f"{_ATOM}published", "")[:10]),
        updated=day(texts.get(f"{_ATOM}updated", "")[:10]),
        version=version,
        categories=unique(categories),
        doi=doi,
        venue=accents(texts.get(f"{_ARXIV}journal_ref", "")),
        comment=accents(texts.get(f"{_ARXIV}comment", "")),
    )


def newest_first(facts: Iterable[Facts]) -> tuple[Facts, ...]:
    """By day of publication: the server's own order by date broke in November 2025."""
    return tuple(sorted(facts, key=lambda paper: paper.published or "", reverse=True))
