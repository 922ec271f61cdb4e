"""Asking services about papers of the library: venue, citations, code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from papertrack.core.errors import FetchError, Refused, Unrecognised
from papertrack.core.facts import Facts
from papertrack.core.identity import arxiv_id, show
from papertrack.core.model import Paper
from papertrack.core.progress import Progress
from papertrack.sources.enrichment.questions import Question, missing
from papertrack.sources.enrichment.services import Service
from papertrack.sources.enrichment.subjects import Subject
from papertrack.web.http import Http

TOGETHER = 50
"""So many answers of a service that is asked about one paper at a time are stored in one
transaction: what an interruption has to save.
"""
MOST_FAILURES = 2
"""After so many requests in a row that a service did not answer it is asked no more."""
MOST_ODD = 5
"""The same of responses that can't be read."""


@dataclass
class Report:
    """What asking a service brought: of how many papers it was asked, how many it knows,
    of how many there is no answer, and why not.
    """

    service: Service
    papers: int = 0
    answered: int = 0
    known: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def unanswered(self) -> int:
        """Of how many papers it is unknown what the service knows."""
        return self.papers - self.answered


def subject_of(paper: Paper) -> Subject:
    """What services are asked about a paper by."""
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


def can_ask(service: Service, subject: Subject) -> bool:
    """Whether a service can be asked about a paper."""
    if not service.takes:
        return bool(subject.title and subject.author and subject.year)
    return any(getattr(subject, kind) for kind in service.takes)


def ask(
    service: Service,
    subjects: Sequence[Subject],
    http: Http,
    base: str,
    save: Callable[[Sequence[Facts]], None],
    *,
    progress: Progress,
    notice: Callable[[str], None],
) -> Report:
    """Ask a service about papers, and save the answers as they come.

    What it does not answer is in the report; interrupted, what it answered is saved.
    """
    report = Report(service, papers=len(subjects))
    waiting: list[Facts] = []
    failures = odd = 0
    try:
        for question in service.questions(subjects, base):
            progress.report(service.title, report.answered, report.papers, "papers")
            try:
                with progress.within():
                    answers = _answers(question, http, notice)
            except FetchError as error:
                # Without the names of all fields that were requested.
                url = question.url
                report.errors.append(str(error).replace(url, url.partition("?")[0]))
                is_odd = isinstance(error, Unrecognised) or _is_of_question(error)
                odd, failures = odd + is_odd, failures + (not is_odd)
                if failures >= MOST_FAILURES or odd >= MOST_ODD:
                    break
                continue
            failures = odd = 0
            waiting += answers
            report.answered += len(answers)
            report.known += sum(map(_is_known, answers))
            if len(waiting) >= TOGETHER:
                save(waiting)
                waiting = []
    finally:
        if waiting:
            save(waiting)
    return report


def _is_of_question(error: FetchError) -> bool:
    """Whether a service refused this question alone."""
    if not isinstance(error, Refused):
        return False
    return error.status < 500 and error.status not in (401, 403, 429)


def _is_known(answer: Facts) -> bool:
    return len(answer.as_json()) > 1


def _answers(
    question: Question, http: Http, notice: Callable[[str], None]
) -> list[Facts]:
    """The answer about each paper of a question. Raises FetchError."""
    try:
        body = _read(question, http, notice)
    except Refused as error:
        if error.status == 404 and question.may_be_missing:
            return list(map(missing, question.subjects))
        raise
    answers: list[Facts] = []
    for subject, answer in zip(question.subjects, question.read(body), strict=True):
        if isinstance(answer, Question):
            answers += _answers(answer, http, notice)
        else:
            answers.append(answer or missing(subject))
    return answers


def _read(question: Question, http: Http, notice: Callable[[str], None]) -> bytes:
    """The response; a key that the service refuses is dropped."""
    try:
        return _request(question, http)
    except Refused as error:
        if error.status not in (401, 403) or not http.drop_key(question.url):
            raise
        notice(f"{error.args[0].partition(';')[0]}; continuing without the key")
        return _request(question, http)


def _request(question: Question, http: Http) -> bytes:
    if question.body is None:
        return http.read(question.url).body
    return http.post(question.url, question.body).body
