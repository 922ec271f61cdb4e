"""`search --remote`: a service's own search, with what the library has of its results."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from papertrack import render
from papertrack.cli import fetch_reports, output, targets
from papertrack.cli.listing import Listing, Service
from papertrack.cli.session import Session
from papertrack.core.errors import FetchError, UsageError
from papertrack.core.facts import Listing as Found
from papertrack.core.model import Paper
from papertrack.core.wording import counted
from papertrack.fetching import remote
from papertrack.fetching.client import connect
from papertrack.index.snippets import Snippet
from papertrack.library.preview import Previewed, previews

HERE = "in_library"
"""The name in JSON of whether the library has a paper."""

LOCAL = ("sort", "reverse", "group", "snippets")
"""Options of a search in the library; a service orders its results itself."""


def search(
    session: Session,
    service: Service,
    options: Listing,
    *,
    keep: bool,
) -> None:
    """Search at a service and print what it finds; with `keep` add it to the library.

    Raises QueryError for what the service can't search for, UsageError, FetchError.
    """
    _check_options(session)
    context = targets.context(session, since=options.since, until=options.until)
    words = " ".join(options.words)
    request = remote.plan(service.value, words, options.limit, context, session.today)
    http = connect(
        session.environment, session.locations.cache, session.config["fetch.timeout"]
    )
    try:
        with session.progress.working():
            found = remote.read(lambda: http, request, session.library)
    finally:
        http.close()
    known = sum(one.is_known for one in _previews(session, found))
    if keep:
        _keep(session, service, found)
    papers = _previews(session, found)
    if options.only_count:
        output.write(session, f"{len(papers)}\n")
    else:
        _emit(session, papers, options)
    for problem in found.problems:
        session.narrate(f"  {problem}")
    if not keep:
        _report(session, service, len(papers), known)
    _check_whole(service, found)


def _check_options(session: Session) -> None:
    """Raise UsageError for an option that only the library's own search has."""
    for name in LOCAL:
        if session.is_typed(name):
            raise UsageError(
                f"--{name} is for the library: a service orders its results itself;"
                " leave it out, or use --keep, then list"
            )


def _check_whole(service: Service, found: Found) -> None:
    """Raise FetchError where papers were dropped, once the others are shown."""
    if found.unreadable:
        dropped = counted(found.unreadable, "paper")
        name = remote.SERVICES[service.value].name
        raise FetchError(f"{name}'s search: {dropped} can't be read")


def _previews(session: Session, found: Found) -> list[Previewed]:
    return previews(session.library.index, found.facts, source=found.source)


def _keep(session: Session, service: Service, found: Found) -> None:
    """Add what was found, and report it as a fetch does."""
    if not found.facts:
        session.narrate(_nothing(service))
        return
    report = remote.keep(session.library, service.value, found, today=session.today)
    # What could not be read is reported below the papers.
    report.problems.clear()
    fetch_reports.show(session, report, dry_run=False)
    fetch_reports.show_rules(session, [report])


def _report(session: Session, service: Service, papers: int, known: int) -> None:
    """Report how many papers there are, and how many the library has."""
    if not papers:
        session.narrate(_nothing(service))
        return
    name = remote.SERVICES[service.value].name
    line = f"{counted(papers, 'paper')} from {name}, {known} in the library"
    if known < papers:
        line += "; --keep adds the others" if known else "; --keep adds them"
    session.narrate(line)


def _nothing(service: Service) -> str:
    return f"no paper at {remote.SERVICES[service.value].name} matches"


def _emit(session: Session, found: Sequence[Previewed], options: Listing) -> None:
    papers = [one.paper for one in found]

    def table() -> output.Drawing:
        notes = _notes(found)
        session.library.number(papers)
        return render.papers.listing(
            [_for_table(one) for one in found],
            columns=output.table_columns(session, options),
            today=session.today,
            width=session.width,
            snippets=lambda _: notes,
        )

    def objects() -> Iterator[dict[str, object]]:
        values = output.paper_objects(papers, options)
        for one, value in zip(found, values, strict=True):
            yield value if options.fields else {**value, HERE: one.is_known}

    def rows() -> Iterator[output.Row]:
        values = output.paper_rows(papers, options)
        for one, row in zip(found, values, strict=True):
            is_known = "yes" if one.is_known else "no"
            yield row if options.columns else [*row, is_known]

    output.emit_papers(
        session, papers, options, table=table, rows=rows(), objects=objects
    )


def _for_table(one: Previewed) -> Paper:
    """The paper; without a status if the library does not have it."""
    return one.paper if one.is_known else one.paper._replace(status="")


def _notes(found: Sequence[Previewed]) -> Mapping[str, Snippet]:
    """A line below each paper that the library has: since when, and its status."""
    notes: dict[str, Snippet] = {}
    for paper, is_known in found:
        if is_known:
            since = (paper.added or "")[:10]
            line = f"in the library since {since}, {paper.status}"
            notes[paper.key] = Snippet(paper.title, (line,))
    return notes
