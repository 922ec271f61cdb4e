"""Where a paper was published, and how often it is cited: what the sources agree on.

One source describes the preprint, another the article, a third a version at a workshop.
Field by field, the settled paper would mix them: the year of one, the DOI of another. So
the most trusted venue is taken, and of the other sources only what is about the same
publication.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from papertrack.core import comments
from papertrack.core.services import SERVICES
from papertrack.joining import venues
from papertrack.joining.facts import FactsOfSource

SHARED = (
    *("type", "doi", "booktitle", "publisher", "volume", "number", "pages"),
    "venue_year",
)
"""What is stated of a publication, beside its venue."""
COUNTS = ("citations", "influential", "references")
_COUNTING = ("semanticscholar", "openalex", "crossref")
"""Who counts citations, the most complete count first: Crossref knows those of works with
a DOI only, OpenAlex has the preprint apart from its article.
"""
PREPRINT = "preprint"

Said = Mapping[str, FactsOfSource]


def venue_of(facts: FactsOfSource) -> str | None:
    """The venue that a source states, unless it is a preprint server."""
    venue = facts.get("venue")
    if not isinstance(venue, str) or comments.is_preprint_server(venue):
        return None
    return venue or None


def of_one_publication(said: Said, order: Sequence[str]) -> dict[str, FactsOfSource]:
    """The facts of the sources in `order`, the most trusted first, without what services
    state of other publications than that of the venue which is shown.
    """
    chosen = next((name for name in order if venue_of(said[name])), None)
    if chosen is None:
        return {name: said[name] for name in order}
    kept = {}
    for name in order:
        facts = said[name]
        is_of_service = name in SERVICES or chosen in SERVICES
        if name != chosen and is_of_service and _is_another(facts, said[chosen]):
            facts = {key: facts[key] for key in facts if key not in _PUBLICATION}
        elif facts.get("type") == PREPRINT:
            facts = {key: facts[key] for key in facts if key != "type"}
        kept[name] = facts
    return kept


_PUBLICATION = {"venue", *SHARED}


def _is_another(facts: FactsOfSource, chosen: FactsOfSource) -> bool:
    """Whether facts are of another publication than that of the chosen venue."""
    doi, chosen_doi = facts.get("doi"), chosen.get("doi")
    if doi and chosen_doi:
        return str(doi).lower() != str(chosen_doi).lower()
    venue = venue_of(facts)
    return venue is not None and not venues.is_same(venue, str(chosen["venue"]))


def year(said: Said, order: Sequence[str], shown: Mapping[str, Any]) -> int | None:
    """The year in which the venue that is shown published the paper; None if unknown.

    `said` are the facts of that publication. A preprint's own date is not taken for it.
    """
    stated: int | None = shown["venue_year"]
    if stated is not None or not shown["venue"]:
        return stated
    stated = venues.year_in(shown["venue"]) or _year_of_comment(shown)
    if stated is None:
        source = next((name for name in order if venue_of(said[name])), "arxiv")
        if source not in SERVICES and not source.startswith("arxiv"):
            stated = _year_of_entry(source, said[source])
    return stated


def _year_of_entry(source: str, facts: FactsOfSource) -> int | None:
    """The year of the date that an entry states beside its venue.

    In papertrack's own exports the day of a paper of arXiv is that of the preprint.
    """
    date = str(facts.get("published") or "")
    has_arxiv_id = any(key.startswith("arxiv:") for key in facts.get("ids", ()))
    if source == "import" and has_arxiv_id and len(date) > len("2025-11"):
        return None
    return int(date[:4]) if date[:4].isdecimal() else None


def _year_of_comment(shown: Mapping[str, Any]) -> int | None:
    """The year in the authors' comment, if that names the same venue."""
    named = comments.accepted_venue(shown["comment"] or "")
    if named and venues.is_same(named, shown["venue"]):
        return venues.year_in(named)
    return None


def counts(said: Said, order: Sequence[str]) -> dict[str, str]:
    """From which source each count is shown, by its name."""
    known = [name for name in _COUNTING if name in said]
    others = [name for name in order if name not in known]
    sources = {}
    for count in COUNTS:
        for name in (*known, *others):
            if said[name].get(count) is not None:
                sources[count] = name
                break
    return sources
