"""`enrich`: look up the venue, the citations and the code of papers at services."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, NamedTuple

from typer import Option

from papertrack import render
from papertrack.cli import options as opt
from papertrack.cli import output
from papertrack.cli.fetch_reports import SHOWN_PROBLEMS
from papertrack.cli.listing import Listing
from papertrack.cli.select import matching, split
from papertrack.cli.service_keys import KEYS, additions, base
from papertrack.cli.session import Session
from papertrack.config.keys import ENRICHING
from papertrack.core.errors import NotFound, PapertrackError, SomeTargetsFailed
from papertrack.core.facts import Facts
from papertrack.core.model import Paper, Record
from papertrack.core.text import clean
from papertrack.core.wording import excerpt, plural
from papertrack.library.enriching import DAYS, is_due
from papertrack.sources.enrichment.services import (
    CITATIONS,
    CODE,
    SERVICES,
    VENUE,
    Service,
)
from papertrack.sources.enrichment.subjects import Subject

if TYPE_CHECKING:
    from papertrack.fetching.enrich import Report
    from papertrack.web.http import Http

MAX_UNCONFIRMED = 200
"""More requests than this are sent only after the reader has agreed."""
_IDS = {"arxiv": "an arXiv id", "doi": "a DOI"}
Source = StrEnum("Source", {name: name for name in ENRICHING})  # type: ignore[misc]


class _Plan(NamedTuple):
    """The papers to look up at a service, and how many requests that takes."""

    service: Service
    subjects: Sequence[Subject]
    requests: int


def enrich_command(
    session: Session,
    select_: opt.TriageSelect = None,
    venue: Annotated[bool, Option("--venue", help="Look up venues.")] = False,
    citations: Annotated[
        bool, Option("--citations", help="Look up counts of citations.")
    ] = False,
    code: Annotated[bool, Option("--code", help="Look up code.")] = False,
    source: Annotated[
        list[Source] | None,
        Option("--source", help="Look papers up at this service; repeatable."),
    ] = None,
    again: Annotated[
        bool,
        Option("--again", help=f"Repeat what was looked up in the last {DAYS} days."),
    ] = False,
    dry_run: Annotated[
        bool, Option("--dry-run", help="Count the requests; send none.")
    ] = False,
    yes: opt.Yes = False,
) -> None:
    """Look up the venue, the citations and the code of papers at services.

    papertrack enrich is:starred
    papertrack enrich --dry-run

    Without SELECT all papers are looked up. show names the service of each fact; list
    citations:50.., has:venue and --sort citations find papers by them. export bibtex then
    has the published form.
    """
    wanted = {VENUE: venue, CITATIONS: citations, CODE: code}
    run = _Run(session, _keys(session, select_ or []), again=again)
    run.choose(
        {name for name, is_wanted in wanted.items() if is_wanted} or {*wanted},
        source or session.config["enrich.sources"],
        is_named=bool(source),
    )
    if dry_run:
        run.show_plan()
    else:
        run.look_up(yes=yes)
    run.conclude()


def _keys(session: Session, arguments: Sequence[str]) -> list[str]:
    """The main keys of the papers; all without arguments. Raises NotFound, UsageError."""
    keys, words = split(session, arguments)
    if words or not arguments:
        keys = matching(session, keys, Listing(words))
    if not keys:
        what = f"no paper matches {' '.join(arguments)}"
        raise NotFound(what if arguments else "the library has no papers")
    return keys


class _Run:
    """One run of `enrich` about these papers, given by their main keys."""

    def __init__(self, session: Session, keys: Sequence[str], *, again: bool) -> None:
        self.session = session
        self.library = session.library
        self.keys = list(keys)
        self.again = again
        self.services: list[Service] = []
        self.reports: list[Report] = []
        self.wanted: set[str] = set()
        self.unidentified: list[str] = []
        """A message for each paper that can be looked up nowhere."""

    def choose(self, wanted: set[str], names: Sequence[str], *, is_named: bool) -> None:
        """Choose the services: of these names, those that know what is wanted.

        One that is named on the command line is chosen in any case.
        """
        self.wanted = wanted
        for service in SERVICES:
            if service.name in names and (is_named or service.knows & wanted):
                self.services.append(service)
        for paper in self._papers():
            if not any(self._is_possible(paper, service) for service in self.services):
                title = excerpt(clean(paper.title), 60)
                self.unidentified.append(f"{title}: needs {self._needed()}")

    def _needed(self) -> str:
        """What a paper must have so that it can be looked up at the services."""
        kinds = {kind for service in self.services for kind in service.takes}
        names = [name for kind, name in _IDS.items() if kind in kinds]
        return " or ".join(names) or "a title, an author and a year"

    def _papers(self) -> list[Paper]:
        return self.library.index.papers(self.keys)

    def _is_possible(self, paper: Paper, service: Service) -> bool:
        from papertrack.fetching.enrich import is_possible, subject_of  # httpx: 115 ms

        subject = subject_of(paper)
        # Crossref needs a DOI of a publisher, which another service may state.
        return is_possible(service, subject) or bool(service.takes and subject.arxiv)

    @cached_property
    def records(self) -> Mapping[str, Record]:
        """What is stored of the papers before this run."""
        return self.library.records(self.keys)

    def plan(self, service: Service) -> _Plan:
        """What is to be looked up at a service now."""
        from papertrack.fetching.enrich import is_possible, subject_of  # httpx: 115 ms

        subjects = []
        for paper in self._papers():
            subject = subject_of(paper)
            record = self.records.get(paper.key)
            is_new = record is None or is_due(record, service.name, self.session.now)
            if is_possible(service, subject) and (is_new or self.again):
                subjects.append(subject)
        requests = sum(1 for _ in service.lookups(subjects, ""))
        return _Plan(service, subjects, requests)

    def show_plan(self) -> None:
        """Print how many papers would be looked up at each service."""
        plans = [self.plan(service) for service in self.services]
        rows: list[dict[str, str | int]] = []
        for one in plans:
            counts = {"papers": len(one.subjects), "requests": one.requests}
            rows.append({"service": one.service.title, **counts})
        output.emit_list(
            self.session,
            rows,
            "service papers requests",
            table=lambda: render.sources.lookups(rows),
            json=False,
        )
        count = plural(sum(one.requests for one in plans), "request")
        papers = plural(len(self.keys), "paper")
        self.session.narrate(f"would send {count} about {papers}")

    # ------------------------------------------------------------------ looking up

    def look_up(self, *, yes: bool) -> None:
        """Look the papers up at one service after the other; report what each knows."""
        session = self.session
        plans = [self.plan(service) for service in self.services]
        requests = sum(one.requests for one in plans)
        if requests > MAX_UNCONFIRMED and not yes:
            seconds = sum(_seconds(one) for one in plans)
            about = plural(len(self.keys), "paper")
            session.confirm(
                f"send {plural(requests, 'request')} about {about}, which takes at least"
                f" {plural(round(seconds), 'second')}"
            )
        first = [one.service for one in plans if one.subjects]
        # After the others Crossref may know the DOI of more papers.
        later = [one for one in self.services if one.name == "crossref"]
        if not first:
            self._narrate_nothing()
            return
        http = self._connect([*first, *later])
        with http, session.progress.working():
            for service in self.services:
                plan = self.plan(service)
                if plan.subjects:
                    self._look_up(plan, http)

    def _narrate_nothing(self) -> None:
        if len(self.unidentified) == len(self.keys):
            return
        names = [service.name for service in self.services]
        said = [record.said for record in self.records.values()]
        reason = f"that was done in the last {DAYS} days; --again repeats it"
        if not any(name in one for one in said for name in names):
            reason = "no DOI of a publisher is known; the other services may know one"
        self.session.narrate(f"nothing to look up: {reason}")

    def _connect(self, services: Sequence[Service]) -> Http:
        from papertrack.fetching.client import connect  # httpx: 115 ms

        session = self.session
        return connect(
            session.environment,
            session.locations.cache,
            session.config["fetch.timeout"],
            additions(session, services),
        )

    def _look_up(self, plan: _Plan, http: Http) -> None:
        from papertrack.fetching.enrich import look_up  # httpx: 115 ms

        session, service = self.session, plan.service

        def save(results: Sequence[Facts]) -> None:
            self.library.enriching.add(
                service.name, service.title, results, now=session.moment
            )

        def refused(status: int) -> None:
            key, _ = KEYS[service.name]
            session.notice(
                f"{service.title} refuses the key of {key} (HTTP {status});"
                " continuing without the key"
            )

        report = look_up(
            service,
            plan.subjects,
            http,
            base(session, service),
            save,
            progress=session.progress,
            refused=refused,
        )
        self.reports.append(report)
        session.narrate(f"{service.title}: {_what(report)}")

    # ------------------------------------------------------------------ the end

    def conclude(self) -> None:
        """Report what is known of the papers now, and each failure in a line.

        Exit code 3 if some papers could not be looked up, 1 if none could.
        """
        if self.reports:
            self.session.narrate(self._summary())
        failures = [error for one in self.reports for error in one.errors]
        errors = [*self.unidentified, *failures]
        if not errors:
            return
        shown = errors if self.session.verbose else errors[-SHOWN_PROBLEMS:]
        for message in shown[:-1]:
            self.session.report(message)
        hidden = len(errors) - len(shown)
        if hidden:
            self.session.narrate(f"  and {hidden} more failed; -v shows all")
        has_results = any(report.done for report in self.reports)
        if has_results or (not failures and len(self.unidentified) < len(self.keys)):
            raise SomeTargetsFailed(errors[-1])
        raise PapertrackError(errors[-1])

    def _summary(self) -> str:
        """`12 papers: venue of 8 (2 unknown), citations of 12, code of 3`."""
        papers = self._papers()
        has: Mapping[str, Callable[[Paper], bool]] = {
            VENUE: lambda paper: bool(paper.venue),
            CITATIONS: lambda paper: paper.citations is not None,
            CODE: lambda paper: bool(paper.github),
        }
        parts = []
        for name in (VENUE, CITATIONS, CODE):
            if name in self.wanted:
                known = sum(map(has[name], papers))
                unknown = self._unknown(name, papers, has[name])
                note = f" ({unknown} unknown)" if unknown else ""
                parts.append(f"{name} of {known}{note}")
        return f"{plural(len(papers), 'paper')}: {', '.join(parts)}"

    def _unknown(
        self, name: str, papers: Sequence[Paper], has: Callable[[Paper], bool]
    ) -> int:
        """How many papers are without a fact that a service which failed may know."""
        records = self.library.records([paper.key for paper in papers])
        failed = [
            one.service.name
            for one in self.reports
            if one.missing and name in one.service.knows
        ]
        count = 0
        for paper in papers:
            record = records.get(paper.key)
            is_open = record is not None and any(
                is_due(record, service, self.session.now) for service in failed
            )
            count += is_open and not has(paper)
        return count


def _seconds(plan: _Plan) -> float:
    limit = plan.service.endpoint.rate_limit
    return plan.requests * (limit.seconds if limit else 0.0)


def _what(report: Report) -> str:
    """`12 papers, 11 known, 1 without a response`."""
    parts = [plural(report.papers, "paper"), f"{report.known} known"]
    if report.missing:
        parts.append(f"{report.missing} without a response")
    return ", ".join(parts)
