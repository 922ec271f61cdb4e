"""Responses of OpenAlex: a work, or a list of works."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from papertrack.core.facts import Facts, Listing
from papertrack.sources.bibliography import entries, identifiers, people
from papertrack.sources.bibliography.json_objects import Object
from papertrack.sources.bibliography.markup import without_markup
from papertrack.sources.bibliography.types import is_part, type_of
from papertrack.sources.enrichment import responses
from papertrack.sources.enrichment.responses import inner, objects, text

SOURCE = "openalex"
_PATHS = (("results",),)
_SERIES = ("book series", "ebook platform")
"""Sources with books of many kinds: their names do not say which."""
_MAX_WORDS = 20_000
"""Words of the longest abstract that is put together."""


def parse(body: bytes, *, name: str) -> Listing:
    """The works of a saved response. Raises Unrecognised if there is none."""
    return responses.listing(
        body, name=name, source=SOURCE, paths=_PATHS, facts_of=facts_of
    )


def facts_of(item: Object) -> Facts:
    """The facts of one work of a response."""
    primary = inner(item, "primary_location")
    landing = text(primary, "landing_page_url")
    ids = identifiers.keys(
        arxiv=_arxiv(item),
        doi=text(item, "doi") or text(item, "ids", "doi"),
        urls=entries.web_urls(text(item, "id") or landing),
    )
    date = text(item, "publication_date")
    if date.endswith("-01-01"):
        date = date[:4]  # what OpenAlex writes where it knows the year alone
    published = _published(item)
    venue = _venue(published)
    type = "preprint" if responses.is_preprint(ids) else _type(item, published)
    first, last = text(item, "biblio", "first_page"), text(item, "biblio", "last_page")
    pages = first if first == last else f"{first}-{last}".strip("-")
    return Facts(
        title=without_markup(text(item, "title") or text(item, "display_name")),
        ids=ids,
        abstract=_abstract(inner(item, "abstract_inverted_index")),
        authors=tuple(map(_author, objects(item, "authorships"))),
        published=responses.published(ids, date, item.get("publication_year")),
        keywords=entries.distinct(
            text(word, "display_name") for word in objects(item, "keywords")
        ),
        doi=entries.doi_in(ids),
        venue=venue,
        url=entries.first(entries.web_urls(landing)),
        pdf=entries.first(entries.web_urls(text(primary, "pdf_url"))),
        type=type,
        booktitle=venue if is_part(type) else None,
        volume=text(item, "biblio", "volume"),
        number=text(item, "biblio", "issue"),
        pages=pages,
        citations=responses.number(item, "cited_by_count"),
        references=responses.number(item, "referenced_works_count") or None,
        venue_year=_venue_year(item, ids) if venue else None,
        withdrawn=True if item.get("is_retracted") is True else None,
    )


def _arxiv(item: Object) -> list[str]:
    """The arXiv id in the work's locations, if they have one alone."""
    locations = [inner(item, "primary_location"), *objects(item, "locations")]
    pages = [text(location, "landing_page_url") for location in locations]
    keys = identifiers.keys(
        urls=[page for page in pages if "arxiv.org" in page.lower()]
    )
    found = [key for key in keys if key.startswith("arxiv:")]
    return found if len(found) == 1 else []


def _published(item: Object) -> Object | None:
    """The location at which the work was published: the main one, else the first such."""
    locations = [inner(item, "primary_location"), *objects(item, "locations")]
    return next((one for one in locations if _venue(one)), None)


def _venue(location: object) -> str | None:
    """Where the work was published: a journal, a conference, a series, as text if need be.

    The published version is also in repositories, which are no venue.
    """
    if inner(location, "version") != "publishedVersion":
        return None
    kind = inner(location, "source", "type")
    as_written = text(location, "raw_source_name")
    name = text(location, "source", "display_name")
    if kind == "repository":
        return None
    if inner(location, "source") is None or kind in _SERIES:
        return responses.venue(as_written, name)
    return responses.venue(name)


def _venue_year(item: Object, ids: Sequence[str]) -> int | None:
    """The year of publication; that of a work with a preprint's DOI is the preprint's."""
    if responses.is_preprint(ids):
        return None
    return responses.year(item.get("publication_year"))


def _type(item: Object, published: object) -> str | None:
    """The type of the work; a paper in proceedings is an article in earlier responses."""
    in_proceedings = type_of(text(published, "raw_type")) == "conference-paper"
    is_in_conference = inner(published, "source", "type") == "conference"
    type = type_of(text(item, "type"))
    if type in ("article", None) and (in_proceedings or is_in_conference):
        return "conference-paper"
    return type


def _author(authorship: Object) -> str:
    name = text(authorship, "author", "display_name")
    return name or people.person(text(authorship, "raw_author_name"))


def _abstract(index: object) -> str:
    """The abstract of `{"word": [places]}`."""
    if not isinstance(index, Mapping):
        return ""
    words = sorted(_places(index))[:_MAX_WORDS]
    return without_markup(" ".join(word for _, word in words))


def _places(index: Mapping[str, object]) -> Iterator[tuple[int, str]]:
    for word, places in index.items():
        if isinstance(places, list):
            yield from ((place, word) for place in places if isinstance(place, int))
