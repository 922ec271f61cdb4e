"""RSS 0.9 to 2.0, RDF and Atom, through feedparser.

feedparser gets bytes that `safe_xml` has made safe, and does none of its own work on
HTML, which takes the square of it.
"""

from __future__ import annotations

import html
import io
import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import feedparser

from papertrack.core.addresses import is_web_url
from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Listing
from papertrack.core.lazy_regex import pattern
from papertrack.core.wording import excerpt
from papertrack.sources.feeds.entries import (
    Entry,
    join_url,
    listing,
    string,
)
from papertrack.sources.feeds.safe_xml import read_xml

_MAX_MARKUP = 200_000
# feedparser compares each word of the first two with all the others, and makes numbers
# of the rest.
_SKIPPED = pattern(
    r"(</?(?:[\w.-]{1,60}:)?)(?=(?:keywords|tags|polygon|line|point|box|pos|poslist)[\s/>])",
    re.I,
)
# feedparser takes the address out of a name, and letters of the name with it.
_AT = "\ue000"
_ADDRESS = pattern(
    r"(<(?:[\w.-]{1,60}:)?(?:author|creator|name)\b[^<>]{0,200}>[^<@]{0,500})@", re.I
)
_DATES = ("published", "created", "updated")
_IDENTIFIERS = ("dc_identifier", "prism_doi", "arxiv_doi", "feedburner_origlink")


def read(text: str, url: str, *, source: str, where: str, home: str) -> Listing:
    """The entries of a feed. Raises Unrecognised if it is none, or was cut off before
    its first entry ended.
    """
    document = read_xml(text, where=where)
    feed = _parsed(document.text, url, where)
    if not feed.version:
        raise Unrecognised(
            f"not a feed: <{document.root}> from {where};"
            " expected RSS, RDF, Atom or JSON Feed"
        )
    if document.cut and not feed.entries:
        raise Unrecognised(
            f"{where}: the feed was cut off before its first entry ended; fetch it again"
        )
    venue = string(dict.get(feed.feed, "prism_publicationname"))
    entries = [_entry(item, url, venue) for item in feed.entries]
    lines = document.lines if len(document.lines) == len(entries) else ()
    found = listing(
        entries,
        source=source,
        where=where,
        home=home,
        lines=lines,
        left_out=document.problems,
        dropped=document.dropped,
    )
    if document.cut:
        last = f" (line {lines[-1]})" if lines else ""
        problem = (
            f"the feed was cut off after entry {len(entries)}{last}:"
            " the entries before it are saved; fetch it again"
        )
        return replace(found, problems=(problem, *found.problems), whole=False)
    if document.fault:
        note = f"broken XML was repaired: {document.fault}"
        return replace(found, notes=(note, *found.notes))
    return found


def _parsed(xml: str, url: str, where: str) -> Any:
    xml = _ADDRESS.sub(rf"\1{_AT}", _SKIPPED.sub(r"\1x-", xml))
    body = xml.encode()
    headers = {
        "content-type": "application/xml; charset=utf-8",
        "content-location": url,
    }
    try:
        return feedparser.parse(
            io.BytesIO(body),
            response_headers=headers,
            resolve_relative_uris=False,
            sanitize_html=False,
        )
    except Exception as error:
        # Nothing of ours runs in it, and it lets out whatever its parts raise:
        # KeyError, AttributeError, OverflowError…
        reason = excerpt(repr(error), 100)
        raise Unrecognised(f"{where}: feedparser can't read it: {reason}") from error


def _entry(item: Mapping[str, Any], url: str, venue: str) -> Entry:
    # A plain dict: feedparser's own `get` gives the published date for a missing
    # `updated`.
    values = dict(item)
    content: Mapping[str, Any] = next(iter(values.get("content") or ()), {})
    body = _markup(values.get("summary"), values.get("summary_detail"))
    if not body.strip():
        body = _markup(content.get("value"), content)
    guid = string(values.get("id"))
    link = string(values.get("link"))
    if link == guid and not guid.startswith(("/", "http")):
        link = ""  # feedparser takes any guid for the link if there is none
    # As they are written: feedparser completes some dates from the clock.
    first, created, updated = (string(values.get(name)) for name in _DATES)
    tags = values.get("tags") or ()
    identifiers = [string(values.get(name)) for name in _IDENTIFIERS]
    address = join_url(url, link)
    if not address and is_web_url(guid):
        address = guid
    return Entry(
        title=_markup(values.get("title"), values.get("title_detail")),
        body=body,
        link=address,
        names=(guid, link, *identifiers),
        authors=_authors(values),
        published=(first, created),
        updated=updated,
        tags=tuple(string(tag.get("term") or tag.get("label")) for tag in tags),
        venue=string(values.get("prism_publicationname")) or venue,
        guid=guid,
    )


def _authors(values: Mapping[str, Any]) -> tuple[str, ...]:
    authors = values.get("authors") or ()
    return tuple(string(one.get("name")).replace(_AT, "@") for one in authors)


def _markup(value: object, detail: Mapping[str, Any] | None) -> str:
    """A text of an entry as HTML."""
    text = value[:_MAX_MARKUP] if isinstance(value, str) else ""
    is_plain = detail and detail.get("type") == "text/plain"
    return html.escape(text) if is_plain else text
