"""Feeds that a page contains in place of its text: raw, or with their markup escaped."""

from __future__ import annotations

import re

from papertrack.core.lazy_regex import pattern
from papertrack.sources.feeds.markup import unescaped, without_comments

_MAX_PAGE = 5_000_000
_RAW = pattern(r"<(rss|rdf:RDF|feed)\b[^<>]{1,3000}>", re.I)
_ENTRY = pattern(r"<(?:item|entry)[\s>]", re.I)
_ESCAPED = pattern(r"&lt;|jsonfeed\.org/version", re.I)
_BODY = pattern(r"<body\b[^<>]{0,1000}>", re.I)
_TAG = pattern(r"<[^<>]{1,1000}>")
_FEED = pattern(r"\s*(?:<(?:\?xml|rss|rdf:RDF|feed)\b|\{)", re.I)


def contained_feed(page: str) -> str | None:
    """The feed in a page, or in text before its declaration; None if there is none.

    A page that shows a feed among other text contains none.
    """
    if len(page) > _MAX_PAGE:
        return None
    page = without_comments(page)
    root = _RAW.search(page)
    if root and _ENTRY.search(page, root.end()):
        end = page.lower().rfind(f"</{root[1].lower()}>")
        if end < 0:
            return page[root.start() :]
        return page[root.start() : end + len(root[1]) + 3]
    if not _ESCAPED.search(page):
        return None
    body = _BODY.search(page)
    text = unescaped(_TAG.sub("", page[body.end() if body else 0 :]))
    return text.strip() if _FEED.match(text) else None
