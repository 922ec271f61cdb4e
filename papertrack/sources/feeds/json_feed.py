"""JSON Feed (https://www.jsonfeed.org/version/1.1/)."""

from __future__ import annotations

import html
from collections.abc import Mapping
from typing import Any

from papertrack.core.addresses import is_web_url
from papertrack.core.errors import Unrecognised
from papertrack.sources.feeds.entries import Entry, string
from papertrack.sources.limits import load

_MAX_ITEMS = 30_000
_MAX_MARKUP = 200_000


def read(text: str, *, what: str) -> list[Entry]:
    """The items of a feed; `what` names it in messages. Raises Unrecognised."""
    value = load(text.encode("utf-8", "replace"), where=f"not a feed: {what}")
    version = str(value.get("version"))[:100] if isinstance(value, dict) else ""
    if "jsonfeed.org/version" not in version:
        raise Unrecognised(
            f"not a feed: {what}: JSON without the version of a JSON Feed"
        )
    items = value.get("items")
    if not isinstance(items, list):
        raise Unrecognised(f"not a feed: {what}: a JSON Feed without items")
    if len(items) > _MAX_ITEMS:
        raise Unrecognised(f"{what}: larger than any feed: {len(items)} items")
    return [_entry(item if isinstance(item, dict) else {}) for item in items]


def _entry(item: Mapping[str, Any]) -> Entry:
    bodies = (_plain(item, "summary"), _plain(item, "content_text"))
    markup = item.get("content_html")
    body = next((text for text in bodies if text.strip()), "")
    if not body and isinstance(markup, str):
        body = markup[:_MAX_MARKUP]
    guid = _text(item.get("id"))
    link = _text(item.get("url"))
    other = _text(item.get("external_url"))
    first = _text(item.get("date_published"))
    modified = _text(item.get("date_modified"))
    address = link or other
    if not address and is_web_url(guid):
        address = guid
    return Entry(
        title=_plain(item, "title"),
        body=body,
        link=address,
        names=(guid, link, other),
        authors=_authors(item),
        published=(first,),
        updated=modified,
        tags=_tags(item.get("tags")),
        guid=guid,
    )


def _text(value: object) -> str:
    """A text, or a whole number as one: some feeds have numbers as ids and times."""
    is_number = isinstance(value, int) and not isinstance(value, bool)
    return str(value)[:100] if is_number else string(value)


def _tags(value: object) -> tuple[str, ...]:
    tags = value.split(",") if isinstance(value, str) else value
    return tuple(map(_text, tags)) if isinstance(tags, list) else ()


def _plain(item: Mapping[str, Any], name: str) -> str:
    """A value that is plain text, as HTML."""
    value = item.get(name)
    return html.escape(value[:_MAX_MARKUP]) if isinstance(value, str) else ""


def _authors(item: Mapping[str, Any]) -> tuple[str, ...]:
    people = item.get("authors")
    if not isinstance(people, list):
        people = [people or item.get("author")]
    names = []
    for one in people:
        name = one.get("name") if isinstance(one, dict) else one
        names.append(string(name))
    return tuple(names)
