"""RSS 0.9 to 2.0, RDF and Atom, through feedparser.

feedparser gets bytes that `safe_xml` has made safe, and does none of its own work on
HTML, which takes the square of it.
"""

from __future__ import annotations

import calendar
import datetime as dt
import html
import io
import re
import time
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
    update_after,
)
from papertrack.sources.feeds.safe_xml import read_xml

_MAX_MARKUP = 200_000
# feedparser compares each word of the first two with all the others, and makes numbers
# of the rest.
_SKIPPED = pattern(
    r"(</?(?:[\w.-]{1,60}:)?)(?=(?:keywords|tags|polygon|line|point|box|pos|poslist)[\s/>])",
    re.I,
)
_DATES = ("published", "created", "updated")
_IDENTIFIERS = ("dc_identifier", "prism_doi", "arxiv_doi", "feedburner_origlink")


def read(text: str, url: str, *, source: str, where: str) -> Listing:
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
    found = listing(entries, source=source, where=where, lines=lines)
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
    body = _SKIPPED.sub(r"\1x-", xml).encode()
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
    first, created, updated = (
        _utc_day(values.get(f"{name}_parsed")) for name in _DATES
    )
    published = first or created or updated
    tags = values.get("tags") or ()
    return Entry(
        _markup(values.get("title"), values.get("title_detail")),
        body,
        join_url(url, link) or (guid if is_web_url(guid) else ""),
        (guid, link, *(string(values.get(name)) for name in _IDENTIFIERS)),
        _authors(values),
        published,
        update_after(published, updated),
        not published and any(values.get(name) for name in _DATES),
        tuple(string(tag.get("term") or tag.get("label")) for tag in tags),
        string(values.get("prism_publicationname")) or venue,
    )


def _authors(values: Mapping[str, Any]) -> tuple[str, ...]:
    """The names in `authors`; of one with an e-mail address `author`, since feedparser
    cuts that name wrongly.
    """
    authors = values.get("authors") or []
    if len(authors) == 1 and authors[0].get("email"):
        return (string(values.get("author")),)
    return tuple(string(author.get("name")) for author in authors)


def _markup(value: object, detail: Mapping[str, Any] | None) -> str:
    """A text of an entry as HTML."""
    text = value[:_MAX_MARKUP] if isinstance(value, str) else ""
    is_plain = detail and detail.get("type") == "text/plain"
    return html.escape(text) if is_plain else text


def _utc_day(parsed: object) -> str | None:
    """The day of a date that feedparser parsed, which is in UTC."""
    if not isinstance(parsed, time.struct_time):
        return None
    try:
        moment = dt.datetime.fromtimestamp(calendar.timegm(parsed), dt.UTC)
    except (ValueError, OverflowError, OSError):
        return None
    return moment.date().isoformat()
