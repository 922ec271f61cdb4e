"""Fetching into a library from a server on loopback: what is kept of a reading that
breaks off, and how it goes on.
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
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from papertrack.core.model import Reading
from papertrack.fetching.run import Report, fetch, plan, reading_after
from papertrack.library.adding import Counts, Fetched
from papertrack.library.library import Library
from papertrack.query.language import Everything
from papertrack.sources.base import Context
from papertrack.web.http import Http

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


EXPIRED = b'<OAI-PMH><error code="badResumptionToken">gone</error></OAI-PMH>'


class Service(ThreadingHTTPServer):
    """arXiv's OAI-PMH. `answers` gives a page another answer: a status or a body.
    `asked` are the pages asked for; the event `came` is set when page `awaited` is
    asked for.
    """

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.answers: dict[int, int | bytes] = {}
        self.asked: list[int] = []
        self.awaited, self.came = -1, threading.Event()

    def handle_error(self, request: object, client_address: object) -> None:
        """A client that goes away is no news."""


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        token = parse_qs(urlsplit(self.path).query).get("resumptionToken", ["page-0"])[
            0
        ]
        number = int(token.removeprefix("page-"))
        self.server.asked.append(number)
        if number == self.server.awaited:
            self.server.came.set()
        answer = self.server.answers.get(number, page(number))
        status, body = (answer, b"") if isinstance(answer, int) else (200, answer)
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Quiet."""


@pytest.fixture
def service() -> Iterator[Service]:
    """The service, all its pages in order."""
    server = Service()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def harvest(
    library: Library, service: Service, *, since: dt.date | None = dt.date(2025, 11, 1)
) -> Report:
    """Harvest into a library, noting on its desk how it went."""
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
    """The titles in a library, by name."""
    library.index.refresh()
    return sorted(paper.title for paper in library.search(Everything()).papers)


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


def test_a_harvest_that_broke_off_goes_on_at_its_page(
    library: Library, service: Service
) -> None:
    service.answers[3] = 503
    first = harvest(library, service)
    assert (first.counts.new, len(first.errors)) == (3 * SIZE, 1)
    reading = library.settings.readings()[TARGET]
    assert (reading.day, reading.onward, reading.read) == (None, "page-3", None)
    assert reading.error is not None
    assert "HTTP 503" in reading.error
    service.answers.clear()
    service.asked.clear()
    second = harvest(library, service, since=None)
    assert service.asked == [3, 4]
    assert (second.counts.new, titles(library)) == (2 * SIZE, ALL)
    assert library.settings.readings()[TARGET] == Reading(
        TARGET,
        read="2025-11-24T12:00:00Z",
        tried="2025-11-24T12:00:00Z",
        new=2 * SIZE,
        day="2025-11-05",
    )


def test_a_harvest_whose_token_expired_begins_anew(
    library: Library, service: Service
) -> None:
    service.answers[3] = 503
    harvest(library, service)
    service.answers[3] = EXPIRED
    report = harvest(library, service)
    assert "restarts" in report.notes[0]
    assert report.counts.known == 2 * SIZE
    assert "repeats a token" in str(
        report.errors[0]
    )  # the token comes again here, where arXiv's own would be a new one
    service.answers.clear()
    assert titles(library) == sorted(ALL[: 3 * SIZE])
    harvest(library, service)
    assert titles(library) == ALL


@pytest.mark.parametrize("awaited", range(PAGES))
@pytest.mark.parametrize("pause", [0.0, 0.01])
def test_a_harvest_killed_at_any_page_ends_as_one_that_was_not(
    awaited: int, pause: float, tmp_path: Path, service: Service
) -> None:
    service.awaited = awaited
    script = HARVEST.format(
        root=str(ROOT), folder=str(tmp_path), url=service.url, target=TARGET
    )
    child = subprocess.Popen(
        [sys.executable, "-c", script], env={**os.environ, "NO_PROXY": "*"}
    )
    assert service.came.wait(20)
    threading.Event().wait(pause)
    child.send_signal(signal.SIGKILL)
    child.wait(20)
    library = Library(
        tmp_path / "library", tmp_path / "cache", now="2025-11-24T12:00:00Z"
    )
    kept = titles(library)
    assert len(kept) % SIZE == 0  # whole pages
    harvest(library, service)
    assert titles(library) == ALL


# ----------------------------------------------- marks that move only past what was read


@pytest.mark.parametrize(
    ("since", "lost", "day"),
    [
        (None, False, "2025-11-20"),
        ("2025-11-19", False, "2025-11-18"),
        ("2025-11-18", False, "2025-11-20"),
        (None, True, "2025-11-18"),
    ],
)
def test_the_mark_moves_only_past_what_was_read(
    since: str | None, lost: bool, day: str
) -> None:
    before = Reading("hf", day="2025-11-18")
    first = dt.date.fromisoformat(since) if since else None
    report = Report("hf", reached="2025-11-20", lost=lost)
    context = Context(today=dt.date(2025, 11, 24), since=first)
    after = reading_after(before, report, Counts(), context, now=NOW)
    assert after.day == day


def test_days_that_failed_are_saved_until_they_were_read() -> None:
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


def test_a_desk_edited_by_hand_is_read_as_far_as_it_makes_sense(
    library: Library,
) -> None:
    library.add({}, state=lambda counts: Fetched(Reading("hf")))
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
