"""Looking papers of the library up at services: venue, citations, code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from papertrack.core.errors import FetchError, Refused, Unrecognised
from papertrack.core.facts import Facts
from papertrack.core.identity import arxiv_id, show
from papertrack.core.model import Paper
from papertrack.core.progress import Progress
from papertrack.sources.enrichment.lookups import Lookup, missing
from papertrack.sources.enrichment.services import Service
from papertrack.sources.enrichment.subjects import Subject
from papertrack.web.http import Http

TOGETHER = 50
"""So many results of a service that takes one paper at a time are stored in one
transaction: what an interruption has to save.
"""
MOST_FAILURES = 2
"""After so many failed requests in a row no more are sent to a service."""
MOST_ODD = 5
"""The same of responses that can't be read."""


Refusal = Callable[[int], None]
"""Reports that a service refused the reader's key, with this HTTP status."""


@dataclass
class Report:
    """How looking papers up at a service went: how many, how many it knows,
    of how many there is no result, and why not.
    """

    service: Service
    papers: int = 0
    done: int = 0
    known: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def missing(self) -> int:
        """Of how many papers it is unknown what the service knows."""
        return self.papers - self.done


def subject_of(paper: Paper) -> Subject:
    """What a paper is looked up by."""
    is_on_arxiv = paper.key.startswith("arxiv:")
    number = arxiv_id(show(paper.key)) if is_on_arxiv else None
    doi = paper.doi or ""
    if paper.key.startswith("doi:"):
        doi = show(paper.key)
    year = (paper.published or paper.listed or "")[:4]
    return Subject(
        paper.key,
        arxiv=number[0] if number else "",
        doi=doi,
        title=paper.title if paper.title != paper.id else "",
        author=paper.authors[0] if paper.authors else "",
        year=int(year) if year.isdecimal() else None,
    )


def is_possible(service: Service, subject: Subject) -> bool:
    """Whether a paper can be looked up at a service."""
    if not service.takes:
        return bool(subject.title and subject.author and subject.year)
    return any(getattr(subject, kind) for kind in service.takes)


def look_up(
    service: Service,
    subjects: Sequence[Subject],
    http: Http,
    base: str,
    save: Callable[[Sequence[Facts]], None],
    *,
    progress: Progress,
    refused: Refusal,
) -> Report:
    """Look papers up at a service, and save the results as they come.

    What fails is in the report; interrupted, the results so far are saved. A key that is
    refused is dropped, and `refused` called.
    """
    report = Report(service, papers=len(subjects))
    waiting: list[Facts] = []
    failures = odd = 0
    try:
        for lookup in service.lookups(subjects, base):
            progress.report(service.title, report.done, report.papers, "papers")
            try:
                with progress.within():
                    results = _results(lookup, http, refused)
            except FetchError as error:
                # Without the names of all fields that were requested.
                url = lookup.url
                report.errors.append(str(error).replace(url, url.partition("?")[0]))
                is_odd = isinstance(error, Unrecognised) or _is_of_lookup(error)
                odd, failures = odd + is_odd, failures + (not is_odd)
                if failures >= MOST_FAILURES or odd >= MOST_ODD:
                    break
                continue
            failures = odd = 0
            waiting += results
            report.done += len(results)
            report.known += sum(map(_is_known, results))
            if len(waiting) >= TOGETHER:
                save(waiting)
                waiting = []
    finally:
        if waiting:
            save(waiting)
    return report


def _is_of_lookup(error: FetchError) -> bool:
    """Whether a service refused this lookup alone."""
    if not isinstance(error, Refused):
        return False
    return error.status < 500 and error.status not in (401, 403, 429)


def _is_known(result: Facts) -> bool:
    return len(result.as_json()) > 1


def _results(lookup: Lookup, http: Http, refused: Refusal) -> list[Facts]:
    """The result for each paper of a lookup. Raises FetchError."""
    try:
        body = _read(lookup, http, refused)
    except Refused as error:
        if error.status == 404 and lookup.may_be_missing:
            return list(map(missing, lookup.subjects))
        raise
    results: list[Facts] = []
    for subject, result in zip(lookup.subjects, lookup.read(body), strict=True):
        if isinstance(result, Lookup):
            results += _results(result, http, refused)
        else:
            results.append(result or missing(subject))
    return results


def _read(lookup: Lookup, http: Http, refused: Refusal) -> bytes:
    """The response; a key that the service refuses is dropped."""
    try:
        return _request(lookup, http)
    except Refused as error:
        if error.status not in (401, 403) or not http.drop_key(lookup.url):
            raise
        refused(error.status)
        return _request(lookup, http)


def _request(lookup: Lookup, http: Http) -> bytes:
    if lookup.body is None:
        return http.read(lookup.url).body
    return http.post(lookup.url, lookup.body).body
