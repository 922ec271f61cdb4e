"""Fetching into a library from a server on loopback: what is saved of a harvest that
breaks off, and how it resumes.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from papertrack.core.model import Reading
from papertrack.fetching.run import Report, fetch, plan, reading_after
from papertrack.library.adding import Counts, Fetched
from papertrack.query.language import Everything
from papertrack.sources.base import Context
from papertrack.web.http import Http
from tests.helpers.http_server import Server, path_of, response
from tests.helpers.libraries import Library

ROOT = Path(__file__).resolve().parents[2]
TARGET = "arxiv-oai:cs"
NOW = "2025-11-24T12:00:00Z"
PAGES, SIZE = 5, 3
HARVEST = """
import datetime as dt, sys
from pathlib import Path
sys.path.insert(0, {root!r})
from papertrack.fetching.run import Report, fetch, plan
from papertrack.library.library import Library
from papertrack.sources.base import Context
from papertrack.web.http import Http
folder = Path({folder!r})
library = Library(folder / "library", folder / "cache", now="2025-11-24T12:00:00Z")
context = Context(
    today=dt.date(2025, 11, 24),
    endpoints={{"PAPERTRACK_ARXIV_ENDPOINT": {url!r}}},
    since=dt.date(2025, 11, 1),
    readings=library.settings.readings(),
)
report = Report({target!r})
with Http() as http:
    fetch(library, lambda: http, plan({target!r}, context), report, context, today=context.today)
"""


def page(number: int) -> bytes:
    """A page of the harvest; its token leads to the next."""
    records = "".join(
        f"<record><header><datestamp>2025-11-{number + 1:02}</datestamp></header><metadata><arXiv>"
        f"<id>2511.{number}{one:04}</id><title>Owls {number} {one}</title><created>"
        "2025-11-01</created>"
        f"<abstract>They read.</abstract></arXiv></metadata></record>"
        for one in range(SIZE)
    )
    token = (
        f"<resumptionToken>page-{number + 1}</resumptionToken>"
        if number + 1 < PAGES
        else ""
    )
    return f"<OAI-PMH><ListRecords>{records}{token}</ListRecords></OAI-PMH>".encode()


EXPIRED = response(
    b'<OAI-PMH><error code="badResumptionToken">expired</error></OAI-PMH>'
)
UNAVAILABLE = response(b"", "503 Service Unavailable")


class Service(Server):
    """arXiv's OAI-PMH.

    `responses` replaces the response of a page. `requested` are the numbers of the
    pages requested; the event `reached` is set at the request of page `awaited`.
    """

    def __init__(self) -> None:
        super().__init__(self.next_response)
        self.responses: dict[int, bytes] = {}
        self.requested: list[int] = []
        self.awaited, self.reached = -1, threading.Event()

    def next_response(self, head: str) -> bytes:
        query = parse_qs(urlsplit(path_of(head)).query)
        token = query.get("resumptionToken", ["page-0"])[0]
        number = int(token.removeprefix("page-"))
        self.requested.append(number)
        if number == self.awaited:
            self.reached.set()
        return self.responses.get(number) or response(page(number))


@pytest.fixture
def service() -> Iterator[Service]:
    """The service with all its pages."""
    server = Service()
    yield server
    server.close()


def harvest(
    library: Library, service: Service, *, since: dt.date | None = dt.date(2025, 11, 1)
) -> Report:
    """Harvest into a library, and record the state of the source."""
    readings = library.settings.readings()
    context = Context(
        today=dt.date(2025, 11, 24),
        endpoints={"PAPERTRACK_ARXIV_ENDPOINT": service.url},
        since=since,
        readings=readings,
    )
    report = Report(TARGET)
    with Http(tries=1) as http:
        planned = plan(TARGET, context)
        fetch(library, lambda: http, planned, report, context, today=context.today)
    return report


def titles(library: Library) -> list[str]:
    """The sorted titles of a library."""
    library.index.refresh()
    return sorted(paper.title for paper in library.index.search(Everything()).papers)


ALL = sorted(f"Owls {number} {one}" for number in range(PAGES) for one in range(SIZE))


def test_a_harvest_is_read_to_its_end(library: Library, service: Service) -> None:
    report = harvest(library, service)
    assert (report.counts.new, report.errors, titles(library)) == (
        PAGES * SIZE,
        [],
        ALL,
    )
    reading = library.settings.readings()[TARGET]
    assert (reading.day, reading.onward, reading.read) == (
        "2025-11-05",
        None,
        "2025-11-24T12:00:00Z",
    )


def test_an_incomplete_harvest_resumes_at_its_page(
    library: Library, service: Service
) -> None:
    service.responses[3] = UNAVAILABLE
    first = harvest(library, service)
    assert (first.counts.new, len(first.errors)) == (3 * SIZE, 1)
    reading = library.settings.readings()[TARGET]
    assert (reading.day, reading.onward, reading.read) == (None, "page-3", None)
    assert reading.error is not None
    assert "HTTP 503" in reading.error
    service.responses.clear()
    service.requested.clear()
    second = harvest(library, service, since=None)
    assert service.requested == [3, 4]
    assert (second.counts.new, titles(library)) == (2 * SIZE, ALL)
    assert library.settings.readings()[TARGET] == Reading(
        TARGET,
        read="2025-11-24T12:00:00Z",
        tried="2025-11-24T12:00:00Z",
        new=2 * SIZE,
        day="2025-11-05",
    )


def test_a_harvest_with_an_expired_token_restarts(
    library: Library, service: Service
) -> None:
    service.responses[3] = UNAVAILABLE
    harvest(library, service)
    service.responses[3] = EXPIRED
    report = harvest(library, service)
    assert "restarts" in report.notes[0]
    assert report.counts.known == 2 * SIZE
    # This server repeats the token, where arXiv would send a new one.
    assert "repeats a token" in str(report.errors[0])
    service.responses.clear()
    assert titles(library) == sorted(ALL[: 3 * SIZE])
    harvest(library, service)
    assert titles(library) == ALL


@pytest.mark.parametrize("awaited", range(PAGES))
@pytest.mark.parametrize("pause", [0.0, 0.01])
def test_a_harvest_killed_at_any_page_is_completed_by_the_next(
    awaited: int, pause: float, tmp_path: Path, service: Service
) -> None:
    service.awaited = awaited
    script = HARVEST.format(
        root=str(ROOT), folder=str(tmp_path), url=service.url, target=TARGET
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script], env={**os.environ, "NO_PROXY": "*"}
    )
    assert service.reached.wait(20)
    threading.Event().wait(pause)
    child.send_signal(signal.SIGKILL)
    child.wait(20)
    library = Library(
        tmp_path / "library", tmp_path / "cache", now="2025-11-24T12:00:00Z"
    )
    saved = titles(library)
    assert len(saved) % SIZE == 0  # whole pages
    harvest(library, service)
    assert titles(library) == ALL


# ----------------------------------------------- the day a source was read to


@pytest.mark.parametrize(
    ("since", "lost", "day"),
    [
        (None, False, "2025-11-20"),
        ("2025-11-19", False, "2025-11-18"),
        ("2025-11-18", False, "2025-11-20"),
        (None, True, "2025-11-18"),
    ],
)
def test_the_day_read_to_advances_only_past_days_read(
    since: str | None, lost: bool, day: str
) -> None:
    before = Reading("hf", day="2025-11-18")
    first = dt.date.fromisoformat(since) if since else None
    report = Report("hf", reached="2025-11-20", lost=lost)
    context = Context(today=dt.date(2025, 11, 24), since=first)
    after = reading_after(before, report, Counts(), context, now=NOW)
    assert after.day == day


def test_failed_days_are_recorded_until_they_are_read() -> None:
    context = Context(today=dt.date(2025, 11, 24))
    span = "2025-11-03/2025-11-09"
    reading = Reading("hf")
    for report, missed in (
        (Report("hf", reached="2025-11-20", missed=[span]), (span,)),
        (Report("hf", stopped=True), (span,)),  # it may have ended before them
        (Report("hf"), ()),
    ):
        reading = reading_after(reading, report, Counts(), context, now=NOW)
        assert reading.missed == missed


def test_invalid_values_in_the_state_of_a_source_are_ignored(
    library: Library,
) -> None:
    library.adding.add({}, state=lambda counts: Fetched(Reading("hf")))
    path = library.root / "desk.json"
    tables = json.loads(path.read_text())
    tables["sources"]["1"] |= {
        "missed": ["soon", 3, "2025-11-03/2025-11-04"],
        "day": "someday",
        "owl": 1,
    }
    path.write_text(json.dumps(tables))
    readings = library.settings.readings()
    assert readings["hf"].missed == ("2025-11-03/2025-11-04",)
    assert Context(today=dt.date(2025, 11, 24), readings=readings).read_to("hf") is None
