"""What arXiv announced: RSS 2.0, the RDF 1.0 of the years before 2024, and Atom."""

from __future__ import annotations

import datetime as dt
import html
import re
from calendar import day_name
from collections.abc import Mapping
from functools import partial
from xml.etree.ElementTree import Element

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.latex import accents
from papertrack.core.lazy_regex import pattern
from papertrack.core.wording import excerpt
from papertrack.sources.arxiv.xml import (
    KINDS,
    RSS,
    collect,
    day,
    local,
    paper_id,
    read_xml,
    titled,
    unique,
    words,
)
from papertrack.sources.names import authors, hidden_authors

ROOTS = ("rss", "RDF", "feed")
MOST_ANNOUNCED = 2_000
_FEED_ERROR = pattern(r"Feed error for query:?\s*(.*)", re.S)
_ANNOUNCED = pattern(
    r"\s*arXiv:\S{1,40}\s+Announce Type:\s*(\S{1,20})(?:\s+Abstract:)?\s*"
)
_OLD_TITLE = pattern(r"\(arXiv:(\S{1,40})\s+\[([^\]]{1,40})\]\s*([A-Z ]{0,40})\)\s*")
_OLD_KINDS = {"UPDATED": "replace", "CROSS LISTED": "cross", "": "new"}
_TAGS = pattern(r"<[^<>]*>")


def announce_type(item: Element) -> str | None:
    """`new`, `cross`, `replace` or `replace-cross`, of an item of any of the formats."""
    texts = _texts(item)
    if match := _old_title(texts.get("title", "")):
        return _OLD_KINDS.get(match[3].strip())
    kind = texts.get("announce_type", "")
    if not kind and (match := _ANNOUNCED.match(_description(texts))):
        kind = match[1]
    kind = kind.strip().lower()
    return kind if kind in KINDS else None


def parse_rss(
    body: bytes,
    headers: Mapping[str, str],
    *,
    kinds: frozenset[str] | None = None,
    where: str = "arXiv's feed",
) -> Listing:
    """What was announced, of `kinds` only if any are given; a note explains an empty feed.

    Raises Unrecognised, also for a category that arXiv does not have.
    """
    root, broken = read_xml(body, ROOTS, "an RSS feed", where=where)
    channel = next((child for child in root if local(child) == "channel"), root)
    head = _texts(channel)
    if match := _FEED_ERROR.search(head.get("title", "")):
        query = excerpt(match[1], 80).strip("\"' ")
        known = "https://arxiv.org/category_taxonomy"
        raise Unrecognised(f"{where}: arXiv has no feed of {query!r}; see {known}")
    parents = dict.fromkeys((channel, root))
    items = [
        item
        for parent in parents
        for item in parent
        if local(item) in ("item", "entry")
    ]
    issued = _issued(head)
    if issued is None and items:
        issued = _issued(_texts(items[0]))
    wanted = [item for item in items if kinds is None or announce_type(item) in kinds]
    facts, problems = collect(wanted, partial(_announced, issued=issued), where=where)
    notes: tuple[str, ...] = ()
    if len(items) >= MOST_ANNOUNCED:
        most = f"{len(items)} announcements, the most that a feed contains"
        problems += (f"{where}: {most}; fetch fewer categories at once",)
    if broken:
        problems += (broken,)
    elif not items:
        notes = (_why_empty(issued, channel),)
    if len(wanted) < len(items):
        others = f"{len(items) - len(wanted)} of {len(items)} announcements"
        notes = (f"{others} are of another kind than requested",)
    return Listing(
        source=RSS,
        facts=facts,
        problems=problems,
        notes=notes,
        reached=issued,
        whole=not broken,
    )


def _texts(element: Element) -> dict[str, str]:
    """The text of an element's children by their names; of several the first."""
    texts: dict[str, str] = {}
    for child in element:
        texts.setdefault(local(child), words(child))
    return texts


def _description(texts: Mapping[str, str]) -> str:
    return texts.get("description") or texts.get("summary") or ""


def _issued(texts: Mapping[str, str]) -> str | None:
    for name in ("pubDate", "published", "date", "updated", "lastBuildDate"):
        if found := day(texts.get(name, "")):
            return found
    return None


def _old_title(title: str) -> re.Match[str] | None:
    """The id, category and kind that titles ended in before 2024."""
    place = title.rfind("(arXiv:")
    return _OLD_TITLE.fullmatch(title, place) if place >= 0 else None


def _announced(item: Element, *, issued: str | None) -> Facts:
    texts = _texts(item)
    title = texts.get("title", "")
    creator = texts.get("creator", "")
    if old := _old_title(title):
        title = title[: old.start()].rstrip().removesuffix(".")
        name, categories = old[1], [old[2]]
        creator = html.unescape(_TAGS.sub("", creator))
    else:
        name = texts.get("guid") or texts.get("id") or texts.get("link", "")
        named = [child for child in item if local(child) == "category"]
        categories = [child.get("term") or words(child) for child in named]
    number, version = paper_id(name, title)
    kind = announce_type(item)
    date = _issued(texts) or issued
    people = authors(creator) or unique(
        words(child).strip() for child in item if local(child) == "author"
    )
    hidden = hidden_authors(creator)
    venue = texts.get("DOI_journal_ref", "") or texts.get("journal_reference", "")
    return Facts(
        title=titled(title, number),
        ids=(f"arxiv:{number}",),
        abstract=accents(_abstract(_description(texts))),
        authors=people,
        author_count=len(people) + hidden if hidden else None,
        published=date if kind == "new" else None,
        updated=date if kind in ("replace", "replace-cross") else None,
        version=version,
        categories=unique(category.strip() for category in categories),
        venue=accents(venue),
    )


def _abstract(text: str) -> str:
    """A description without its label, and without the HTML of the years before 2024."""
    if re.match(r"\s*<p\b", text):
        return html.unescape(_TAGS.sub(" ", text))
    match = _ANNOUNCED.match(text)
    return text[match.end() :] if match else text


def _why_empty(issued: str | None, channel: Element) -> str:
    """Why a feed may be empty: one of the days that it skips, else a holiday."""
    skipped = {
        words(name).strip()
        for part in channel
        if local(part) == "skipDays"
        for name in part
    }
    pauses = [name for name in day_name if name in skipped] or day_name[5:]
    days = f"nothing is announced on {' and '.join(pauses)}"
    if issued is None:
        return f"arXiv has no announcements now: perhaps a holiday; {days}"
    weekday = day_name[dt.date.fromisoformat(issued).weekday()]
    why = days if weekday in pauses else "perhaps a holiday"
    return f"arXiv announced nothing on {weekday} {issued}: {why}"
