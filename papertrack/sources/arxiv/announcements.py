"""What arXiv announced: RSS 2.0, the RDF 1.0 of the years before 2024, and Atom."""

from __future__ import annotations

import datetime as dt
import html
import re
from collections.abc import Mapping
from functools import partial
from xml.etree import ElementTree

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.latex import accents
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean, shorten
from papertrack.sources.arxiv.xml import (
    KINDS,
    RSS,
    collect,
    day,
    local,
    paper_id,
    titled,
    unique,
    words,
    xml,
)
from papertrack.sources.names import authors, hidden_authors

MOST_ANNOUNCED = 2_000
_WEEKDAYS = (
    "Monday",
    "Tuesday",
    "Wednesday",
    "Thursday",
    "Friday",
    "Saturday",
    "Sunday",
)


_FEED_ERROR = pattern(r"Feed error for query:?\s*(.*)", re.S)
_ANNOUNCED = pattern(
    r"\s*arXiv:\S{1,40}\s+Announce Type:\s*(\S{1,20})(?:\s+Abstract:)?\s*"
)
_OLD_TITLE = pattern(r"\(arXiv:(\S{1,40})\s+\[([^\]]{1,40})\]\s*([A-Z ]{0,40})\)\s*")
_TAGS = pattern(r"<[^<>]*>")


def announce_type(item: ElementTree.Element) -> str | None:
    """`new`, `cross`, `replace` or `replace-cross`, of an item of any of the three forms; None where it tells none."""
    said = _fields(item)
    if match := _old_title(said.get("title", "")):
        return {"UPDATED": "replace", "CROSS LISTED": "cross", "": "new"}.get(
            match[3].strip()
        )
    found = _ANNOUNCED.match(said.get("description") or said.get("summary") or "")
    kind = (said.get("announce_type") or (found[1] if found else "")).strip().lower()
    return kind if kind in KINDS else None


def parse_rss(
    body: bytes,
    headers: Mapping[str, str],
    *,
    kinds: frozenset[str] | None = None,
    where: str = "arXiv's feed",
) -> Listing:
    """What was announced, as RSS 2.0, as Atom, or as RDF 1.0 before 2024; of `kinds` only, where given.

    An empty feed is explained in a note. Raises Unrecognised, for a category that arXiv does not have too.
    """
    root, broken = xml(body, where=where)
    if local(root) not in ("rss", "RDF", "feed"):
        raise Unrecognised(
            f"{where}: <{shorten(clean(local(root)), 40)}> where arXiv gives an RSS feed"
        )
    channel = next((child for child in root if local(child) == "channel"), root)
    head = _fields(channel)
    if match := _FEED_ERROR.search(head.get("title", "")):
        asked = shorten(clean(match[1]).strip("\"' "), 80)
        raise Unrecognised(
            f"{where}: arXiv has no feed of {asked!r}: see https://arxiv.org/category_taxonomy"
        )
    items = [
        item
        for parent in dict.fromkeys((channel, root))
        for item in parent
        if local(item) in ("item", "entry")
    ]
    issued = _issued(head) or (_issued(_fields(items[0])) if items else None)
    wanted = [item for item in items if kinds is None or announce_type(item) in kinds]
    facts, problems = collect(wanted, partial(_announced, issued=issued), where=where)
    if len(items) >= MOST_ANNOUNCED:
        problems += (
            f"{where}: {len(items)} announcements, the most that a feed holds: ask for fewer categories",
        )
    notes: tuple[str, ...] = ()
    if not items and not broken:
        notes = (_why_empty(issued, channel),)
    elif len(wanted) < len(items):
        notes = (
            f"{len(items) - len(wanted)} of {len(items)} announcements are of another kind than asked for",
        )
    problems = (*problems, broken) if broken else problems
    return Listing(
        source=RSS,
        facts=facts,
        problems=problems,
        notes=notes,
        reached=issued,
        whole=not broken,
    )


def _fields(element: ElementTree.Element) -> dict[str, str]:
    """The text of an element's children by their names; of several the first."""
    said: dict[str, str] = {}
    for child in element:
        said.setdefault(local(child), words(child))
    return said


def _issued(said: Mapping[str, str]) -> str | None:
    return next(
        (
            found
            for name in ("pubDate", "published", "date", "updated", "lastBuildDate")
            if (found := day(said.get(name, "")))
        ),
        None,
    )


def _old_title(title: str) -> re.Match[str] | None:
    place = title.rfind("(arXiv:")
    return _OLD_TITLE.fullmatch(title, place) if place >= 0 else None


def _announced(item: ElementTree.Element, *, issued: str | None) -> Facts:
    said = _fields(item)
    title, old = said.get("title", ""), _old_title(said.get("title", ""))
    kind = announce_type(item)
    on = _issued(said) or issued
    names = [
        child.get("term") or words(child)
        for child in item
        if local(child) == "category"
    ]
    if old:
        title, names = title[: old.start()].rstrip().removesuffix("."), [old[2]]
    number, version = paper_id(
        old[1] if old else said.get("guid") or said.get("id") or said.get("link", ""),
        title,
    )
    creator = (
        html.unescape(_TAGS.sub("", said.get("creator", "")))
        if old
        else said.get("creator", "")
    )
    people = authors(creator) or unique(
        words(c).strip() for c in item if local(c) == "author"
    )
    hidden = hidden_authors(creator)
    return Facts(
        title=titled(title, number),
        ids=(f"arxiv:{number}",),
        abstract=accents(
            _abstract(said.get("description") or said.get("summary") or "")
        ),
        authors=people,
        author_count=len(people) + hidden if hidden else None,
        published=on if kind == "new" else None,
        updated=on if kind in ("replace", "replace-cross") else None,
        version=version,
        categories=unique(name.strip() for name in names),
        venue=accents(
            said.get("DOI_journal_ref", "") or said.get("journal_reference", "")
        ),
    )


def _abstract(text: str) -> str:
    """A description without what arXiv puts before the abstract, and without the HTML of the years before 2024."""
    if re.match(r"\s*<p\b", text):
        return html.unescape(_TAGS.sub(" ", text))
    match = _ANNOUNCED.match(text)
    return text[match.end() :] if match else text


def _why_empty(issued: str | None, channel: ElementTree.Element) -> str:
    """Why a feed may be empty: the days that it says it skips, else a holiday."""
    skipped = {
        words(day_).strip()
        for part in channel
        if local(part) == "skipDays"
        for day_ in part
    }
    rests = [name for name in _WEEKDAYS if name in skipped] or list(_WEEKDAYS[5:])
    if issued is None:
        return f"arXiv announces nothing at the moment: perhaps a holiday; it rests on {' and '.join(rests)}"
    weekday = _WEEKDAYS[dt.date.fromisoformat(issued).weekday()]
    why = (
        f"it rests on {' and '.join(rests)}"
        if weekday in rests
        else "perhaps a holiday"
    )
    return f"arXiv announced nothing on {weekday} {issued}: {why}"
