"""Responses of DBLP's search for publications."""

from __future__ import annotations

import re
from typing import Any

from papertrack.core.dates import partial_date
from papertrack.core.facts import Facts, Listing
from papertrack.sources.bibliography import entries, identifiers
from papertrack.sources.bibliography.json_objects import Object, first_text
from papertrack.sources.bibliography.types import type_of
from papertrack.sources.enrichment import responses
from papertrack.sources.enrichment.responses import inner, text

SOURCE = "dblp"
_PATHS = (("result", "hits", "hit"), ("hits", "hit"), ("hit",))


def parse(body: bytes, *, name: str) -> Listing:
    """The publications of a saved response. Raises Unrecognised if there is none."""
    return responses.listing(
        body, name=name, source=SOURCE, paths=_PATHS, facts_of=facts_of
    )


def facts_of(item: Object) -> Facts:
    """The facts of one work of a response."""
    info = inner(item, "info") or {}

    def field(name: str) -> str:
        return first_text(info.get(name))

    links = [link for link in _listed(info.get("ee")) if isinstance(link, str)]
    urls = [*entries.web_urls(" ".join(links)), *entries.web_urls(text(info, "url"))]
    volume = field("volume")
    ids = identifiers.keys(
        arxiv=[identifiers.bare_arxiv(volume.removeprefix("abs/"))],
        doi=field("doi") or " ".join(link for link in links if "doi.org/" in link),
        urls=urls,
    )
    is_preprint = field("venue") == "CoRR"
    authors = map(_name, _listed(inner(info, "authors", "author")))
    title = text(info, "title")
    return Facts(
        title=title[:-1] if title.endswith(".") else title,
        ids=ids,
        authors=tuple(authors),
        published=partial_date(field("year")),
        doi=entries.doi_in(ids),
        venue=None if is_preprint else text({"": field("venue")}, ""),
        url=entries.first(urls),
        type="preprint" if is_preprint else _type(info),
        publisher=field("publisher"),
        venue_year=None if is_preprint else responses.year(field("year")),
        volume=None if is_preprint else volume,
        number=field("number"),
        pages=field("pages"),
    )


def _listed(value: Any) -> list[Any]:
    """A value as a list: DBLP has one value in place of a list of one."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]


def _name(author: Any) -> str:
    """An author's name, without the number that distinguishes people of one name."""
    name = text(author, "text") or text({"": author}, "")
    return re.sub(r" \d{4}$", "", name)


def _type(info: Object) -> str | None:
    if text(info, "key").startswith(("phd/", "ms/")):
        return "thesis"
    written = text(info, "type")
    return "book" if written == "Books and Theses" else type_of(written)
