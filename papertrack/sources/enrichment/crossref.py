"""Responses of Crossref: a work, or a list of works.

A preprint's record may name its article (`is-preprint-of`); the two stay apart.
"""

from __future__ import annotations

import re

from papertrack.core.dates import iso_date
from papertrack.core.facts import Facts, Listing
from papertrack.sources.bibliography import entries, identifiers
from papertrack.sources.bibliography.json_objects import Object, first_text
from papertrack.sources.bibliography.markup import without_markup
from papertrack.sources.bibliography.types import is_part, published_by, type_of
from papertrack.sources.enrichment import responses
from papertrack.sources.enrichment.responses import inner, objects, text

SOURCE = "crossref"
_PATHS = (("message", "items"),)
_NAME_PARTS = ("prefix", "given", "family", "suffix")


def parse(body: bytes, *, name: str) -> Listing:
    """The works of a saved response. Raises Unrecognised if there is none."""
    return responses.listing(
        body, name=name, source=SOURCE, paths=_PATHS, facts_of=facts_of
    )


def facts_of(item: Object) -> Facts:
    """The facts of one work of a response."""
    if isinstance(item.get("message"), dict):
        item = item["message"]

    def field(name: str) -> str:
        return without_markup(first_text(item.get(name)))

    url = text(item, "resource", "primary", "URL") or text(item, "URL")
    ids = identifiers.keys(doi=text(item, "DOI"), urls=entries.web_urls(url))
    type = type_of(text(item, "type"))
    if type == "preprint" and text(item, "subtype") not in ("", "preprint"):
        type = "other"
    book = _container(item, type)
    issue = text(item, "journal-issue", "issue")
    return Facts(
        title=field("title"),
        ids=ids,
        abstract=field("abstract"),
        authors=_names(item, "author"),
        published=_published(item),
        keywords=entries.distinct(
            word for word in item.get("subject") or () if isinstance(word, str)
        ),
        doi=entries.doi_in(ids),
        venue=responses.venue(book, text(item, "event", "name")),
        url=entries.first(entries.web_urls(url)),
        type=type,
        citations=responses.number(item, "is-referenced-by-count"),
        references=responses.number(item, "reference-count") or None,
        venue_year=_venue_year(item) if book and type != "preprint" else None,
        editors=_names(item, "editor"),
        booktitle=book if is_part(type) else None,
        volume=field("volume"),
        number=field("issue") or issue,
        pages=field("page"),
        **published_by(type, field("publisher")),
    )


def _container(item: Object, type: str | None) -> str:
    """What the work is in; of a series and its volume the latter, which comes last."""
    names = [without_markup(first_text(item.get("container-title")))]
    written = item.get("container-title")
    if is_part(type) and isinstance(written, list):
        names += [without_markup(first_text(name)) for name in written]
    return next(filter(None, reversed(names)), "")


def _names(item: Object, role: str) -> tuple[str, ...]:
    return tuple(map(_name, objects(item, role)))


def _name(person: Object) -> str:
    parts = (text(person, part) for part in _NAME_PARTS)
    return entries.joined(" ", *parts) or text(person, "name")


def _venue_year(item: Object) -> int | None:
    return responses.year((_published(item) or "")[:4])


def _published(item: Object) -> str | None:
    """The earliest date of publication that is stated, in its precision."""
    for name in (
        "issued",
        "published",
        "posted",
        "published-online",
        "published-print",
    ):
        dates = inner(item, name, "date-parts")
        first = dates[0] if isinstance(dates, list) and dates else None
        parts = [first_text(part) for part in first or ()][:3]
        if parts and all(re.fullmatch(r"[0-9]{1,4}", part) for part in parts):
            return iso_date(*map(int, parts))
    return None
