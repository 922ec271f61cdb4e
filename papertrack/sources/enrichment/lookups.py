"""How papers are looked up at each service, and what is taken of its response.

A lookup is a URL, for Semantic Scholar with a body, and a parser that gives a result
for each paper in turn: facts, None for one that the service does not know, or a further
lookup. Only facts of enrichment are taken: no title, no abstract, no date of the paper.

Endpoints, limits and fields as documented in 2026:
https://api.semanticscholar.org/api-docs/graph, https://docs.openalex.org,
https://api.crossref.org/swagger-ui, https://dblp.org/faq/13501473.html
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any
from urllib.parse import quote, urlencode

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts
from papertrack.core.wording import excerpt
from papertrack.sources.bibliography.json_objects import Object
from papertrack.sources.enrichment import crossref, dblp, openalex, semantic_scholar
from papertrack.sources.enrichment.responses import inner, objects, text
from papertrack.sources.enrichment.subjects import Subject, is_of
from papertrack.sources.huggingface.rows import one as paper_of_hugging_face
from papertrack.sources.limits import load

BATCH = 500
"""Papers of a request to Semantic Scholar."""
HITS = 5
"""Publications that DBLP lists for a title."""
_S2_FIELDS = (
    "externalIds,venue,publicationVenue,publicationTypes,year,journal,citationCount,"
    "influentialCitationCount,referenceCount"
)
_OPENALEX_FIELDS = (
    "id,ids,doi,title,type,publication_year,publication_date,primary_location,locations,"
    "biblio,cited_by_count,referenced_works_count"
)
_TAKEN = (
    *("venue", "venue_year", "type", "doi", "booktitle", "publisher", "volume"),
    *("number", "pages", "citations", "influential", "references", "withdrawn"),
    *("github", "stars", "project"),
)


@dataclass(frozen=True)
class Lookup:
    """A request about papers; `read` gives the result for each, in their order.

    A URL that is not found is a result if `may_be_missing`. `read` raises Unrecognised.
    """

    subjects: tuple[Subject, ...]
    url: str
    read: Callable[[bytes], Sequence[Result]]
    body: bytes | None = None
    may_be_missing: bool = True


Result = Facts | Lookup | None
Plan = Callable[[Sequence[Subject], str], Iterator[Lookup]]
"""The lookups of those papers that a service takes the ids of; its base URL is given."""


def taken(facts: Facts, subject: Subject) -> Facts | None:
    """What is taken of a service's facts; None if they are about another preprint."""
    ids = [key for key in facts.ids if key.startswith(("arxiv:", "doi:"))]
    of_arxiv = {key for key in ids if key.startswith("arxiv:")}
    if subject.arxiv and of_arxiv - {f"arxiv:{subject.arxiv}"}:
        return None
    if not subject.arxiv:
        # A paper that is known by its DOI may be an article of several preprints.
        ids = [key for key in ids if key not in of_arxiv]
    values: dict[str, Any] = {name: getattr(facts, name) for name in _TAKEN}
    return Facts(title="", ids=tuple(dict.fromkeys((subject.key, *ids))), **values)


def missing(subject: Subject) -> Facts:
    """What is stored of a service that does not know the paper: that it was read."""
    return Facts(title="", ids=(subject.key,))


def _known(
    facts_of: Callable[[Object], Facts], item: Object, subject: Subject
) -> Result:
    return taken(facts_of(item), subject)


def _changed(url: str, expected: str) -> Unrecognised:
    return Unrecognised(
        f"{excerpt(url, 200)}: the response has changed: {expected} was expected; update"
        " papertrack"
    )


def _load(url: str, body: bytes) -> object:
    """The value of a JSON body. Raises Unrecognised for a page, or half a response."""
    try:
        return load(body, where=url)
    except Unrecognised as error:
        raise Unrecognised(
            f"{excerpt(url, 200)}: the response is not JSON; try again later"
        ) from error


# ------------------------------------------------------------------ Semantic Scholar


def semantic_scholar_lookups(
    subjects: Sequence[Subject], base: str
) -> Iterator[Lookup]:
    """Lookups of 500 papers each."""
    url = f"{base}/graph/v1/paper/batch?fields={_S2_FIELDS}"
    known = iter([one for one in subjects if one.arxiv or one.doi])
    while batch := tuple(islice(known, BATCH)):
        ids = []
        for one in batch:
            ids.append(f"ARXIV:{one.arxiv}" if one.arxiv else f"DOI:{one.doi}")
        body = json.dumps({"ids": ids}).encode()
        read = partial(_read_batch, url, batch)
        yield Lookup(batch, url, read, body, may_be_missing=False)


def _read_batch(url: str, subjects: Sequence[Subject], body: bytes) -> list[Result]:
    items = _load(url, body)
    if not isinstance(items, list) or len(items) != len(subjects):
        raise _changed(url, f"a list of {len(subjects)} papers")
    results: list[Result] = []
    for item, subject in zip(items, subjects, strict=True):
        if item is None:
            results.append(None)
        elif isinstance(item, dict) and text(item, "paperId"):
            results.append(_known(semantic_scholar.facts_of, item, subject))
        else:
            raise _changed(url, "a paper or null")
    return results


# ------------------------------------------------------------------ one by one


def openalex_lookups(subjects: Sequence[Subject], base: str) -> Iterator[Lookup]:
    """A lookup of each paper.

    Lists miss preprints that are merged into their articles. A paper on arXiv is found
    by arXiv's DOI, whatever DOI another service has.
    """
    for subject in subjects:
        doi = subject.doi
        if subject.arxiv:
            doi = f"10.48550/arXiv.{subject.arxiv}"
        if doi:
            url = f"{base}/works/doi:{_escaped(doi)}?select={_OPENALEX_FIELDS}"
            yield Lookup((subject,), url, partial(_read_openalex, url, subject))


def _read_openalex(url: str, subject: Subject, body: bytes) -> list[Result]:
    item = _load(url, body)
    if not isinstance(item, dict) or not text(item, "id"):
        raise _changed(url, "a work")
    return [_known(openalex.facts_of, item, subject)]


def crossref_lookups(subjects: Sequence[Subject], base: str) -> Iterator[Lookup]:
    """A lookup of each paper with a DOI of a publisher: arXiv's are not Crossref's."""
    for subject in subjects:
        if subject.doi:
            yield _crossref_lookup(subject, base, subject.doi, is_first=True)


def _crossref_lookup(
    subject: Subject, base: str, doi: str, *, is_first: bool
) -> Lookup:
    url = f"{base}/works/{_escaped(doi)}"
    follow = partial(_crossref_lookup, subject, base, is_first=False)
    read = partial(_read_crossref, url, subject, follow if is_first else None)
    return Lookup((subject,), url, read)


def _read_crossref(
    url: str,
    subject: Subject,
    follow: Callable[[str], Lookup] | None,
    body: bytes,
) -> list[Result]:
    work = inner(_load(url, body), "message")
    if not isinstance(work, dict) or not text(work, "DOI"):
        raise _changed(url, "a work")
    facts = crossref.facts_of(work)
    # A preprint names its article, the article may name nothing.
    articles = objects(work, "relation", "is-preprint-of")
    dois = [text(one, "id") for one in articles if text(one, "id-type") == "doi"]
    if facts.type == "preprint" and dois and follow:
        return [follow(dois[0])]
    return [taken(facts, subject)]


def dblp_lookups(subjects: Sequence[Subject], base: str) -> Iterator[Lookup]:
    """A lookup of each paper, by its title."""
    for subject in subjects:
        if subject.title:
            query = {"q": subject.title, "format": "json", "h": HITS}
            url = f"{base}/search/publ/api?{urlencode(query)}"
            yield Lookup((subject,), url, partial(_read_dblp, url, subject))


def _read_dblp(url: str, subject: Subject, body: bytes) -> list[Result]:
    hits = inner(_load(url, body), "result", "hits")
    if not isinstance(hits, dict):
        raise _changed(url, "a list of hits")
    found = []
    for hit in objects(hits, "hit"):
        facts = dblp.facts_of(hit)
        other_preprint = {key for key in facts.ids if key.startswith("arxiv:")} - {
            f"arxiv:{subject.arxiv}"
        }
        if is_of(facts, subject) and not other_preprint:
            found.append(facts)
    # Of a preprint and its publication the latter, which DBLP lists apart.
    found.sort(key=lambda facts: facts.type == "preprint")
    if not found:
        return [None]
    return [taken(found[0], subject)]


def hugging_face_lookups(subjects: Sequence[Subject], base: str) -> Iterator[Lookup]:
    """A lookup of each paper of arXiv."""
    for subject in subjects:
        if subject.arxiv and "/" not in subject.arxiv:
            url = f"{base}/api/papers/{subject.arxiv}"
            yield Lookup((subject,), url, partial(_read_hugging_face, url, subject))


def _read_hugging_face(url: str, subject: Subject, body: bytes) -> list[Result]:
    (facts,) = paper_of_hugging_face(_load(url, body), where=url).facts
    return [taken(replace(facts, ids=()), subject)]


def _escaped(doi: str) -> str:
    return quote(doi, safe="/:;()._-")
