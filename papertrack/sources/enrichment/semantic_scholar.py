"""Responses of Semantic Scholar: a paper, a search, a batch, citations, references.

Its `journal` is no sign of publication (it names ArXiv for a third of the published
preprints), and its year may be that of the preprint or of the publication.
"""

from __future__ import annotations

from papertrack.core.facts import Facts, Listing
from papertrack.sources.bibliography import entries, identifiers
from papertrack.sources.bibliography.json_objects import Object
from papertrack.sources.bibliography.types import type_of
from papertrack.sources.enrichment import responses
from papertrack.sources.enrichment.responses import inner, objects, text

SOURCE = "semanticscholar"
_PATHS = (("data",), ("recommendedPapers",))


def parse(body: bytes, *, name: str) -> Listing:
    """The papers of a saved response. Raises Unrecognised if there is none."""
    return responses.listing(
        body, name=name, source=SOURCE, paths=_PATHS, facts_of=_facts
    )


def _facts(item: Object) -> Facts:
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
    names = (text(item, "publicationVenue", "name"), text(item, "venue"))
    venue = responses.venue(*names)
    is_preprint = any(names) and not venue
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
        volume=text(journal, "volume") if is_in_venue else None,
        pages=text(journal, "pages") if is_in_venue else None,
    )


def _page(item: Object) -> list[str]:
    number = text(item, "paperId")
    return [f"https://www.semanticscholar.org/paper/{number}"] if number else []


def _type(item: Object) -> str | None:
    """Of several types the most specific."""
    written = inner(item, "publicationTypes")
    names = [name for name in written or () if isinstance(name, str)]
    types = [type for type in map(type_of, names) if type not in (None, "other")]
    specific = (type for type in types if type != "article")
    return next(specific, "article" if types else None)
