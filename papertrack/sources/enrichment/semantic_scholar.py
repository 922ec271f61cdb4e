"""Responses of Semantic Scholar: a paper, a search, a batch, citations, references.

Its `journal` is no sign of publication (it names ArXiv for a third of the published
preprints), and its year may be that of the preprint or of the publication.
"""

from __future__ import annotations

from collections.abc import Sequence

from papertrack.core.facts import Facts, Listing
from papertrack.sources.bibliography import entries, identifiers
from papertrack.sources.bibliography.json_objects import Object
from papertrack.sources.bibliography.types import type_of
from papertrack.sources.enrichment import responses
from papertrack.sources.enrichment.responses import inner, objects, text

SOURCE = "semanticscholar"
_VENUES = {"conference": "conference-paper", "journal": "article"}
_PATHS = (("data",), ("recommendedPapers",))


def parse(body: bytes, *, name: str) -> Listing:
    """The papers of a saved response. Raises Unrecognised if there is none."""
    return responses.listing(
        body, name=name, source=SOURCE, paths=_PATHS, facts_of=facts_of
    )


def facts_of(item: Object) -> Facts:
    """The facts of one work of a response."""
    for wrapped in ("citedPaper", "citingPaper"):
        if isinstance(item.get(wrapped), dict):
            item = item[wrapped]
    arxiv = text(item, "externalIds", "ArXiv")
    url = text(item, "url")
    ids = identifiers.keys(
        arxiv=[identifiers.bare_arxiv(arxiv)],
        doi=text(item, "externalIds", "DOI"),
        urls=[*entries.web_urls(url), *_page(item)],
    )
    names = [text(item, "publicationVenue", "name")]
    if not arxiv:
        # Of a preprint this is often where a later version was submitted, or a guess.
        names.append(text(item, "venue"))
    venue = responses.venue(*names)
    is_preprint = not venue and (any(names) or responses.is_preprint(ids))
    journal = item.get("journal")
    is_in_venue = venue and responses.venue(text(journal, "name") or venue)
    return Facts(
        title=text(item, "title"),
        ids=ids,
        abstract=text(item, "abstract"),
        summary=text(item, "tldr", "text"),
        authors=tuple(text(author, "name") for author in objects(item, "authors")),
        published=responses.published(
            ids, text(item, "publicationDate"), item.get("year")
        ),
        doi=entries.doi_in(ids),
        venue=venue,
        url=entries.first(entries.web_urls(url)),
        pdf=entries.first(entries.web_urls(text(item, "openAccessPdf", "url"))),
        type="preprint" if is_preprint else _type(item),
        citations=responses.number(item, "citationCount"),
        influential=responses.number(item, "influentialCitationCount"),
        references=responses.number(item, "referenceCount"),
        venue_year=_venue_year(item, ids) if venue else None,
        volume=text(journal, "volume") if is_in_venue else None,
        pages=text(journal, "pages") if is_in_venue else None,
    )


def _venue_year(item: Object, ids: Sequence[str]) -> int | None:
    """The year of publication; with a preprint's DOI, or none, `year` is the preprint's."""
    year = responses.year(item.get("year"))
    stated = responses.year_of_dblp_key(text(item, "externalIds", "DBLP"), year)
    if stated or responses.is_preprint(ids):
        return stated
    return year


def _page(item: Object) -> list[str]:
    number = text(item, "paperId")
    return [f"https://www.semanticscholar.org/paper/{number}"] if number else []


def _type(item: Object) -> str | None:
    """That of the venue; else of several types the most specific."""
    of_venue = _VENUES.get(text(item, "publicationVenue", "type"))
    if of_venue:
        return of_venue
    written = inner(item, "publicationTypes")
    names = [name for name in written or () if isinstance(name, str)]
    types = [type for type in map(type_of, names) if type not in (None, "other")]
    specific = (type for type in types if type != "article")
    return next(specific, "article" if types else None)
