"""Manners: the pace towards arXiv over processes, and answers that are asked for once, on real servers."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path

import pytest

from papertrack.web.http import Http
from papertrack.web.rate_limit import Bodies, Pace


class Service(ThreadingHTTPServer):
    """A server whose answers carry an ETag, and which notes when each request came and whether it was conditional."""

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.seen: list[tuple[float, bool]] = []
        self.body = b"as it was"
        self.refusals = 0
        self.url = f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: Service

    def do_GET(self) -> None:
        tag = f'"{hash(self.server.body)}"'
        asked = self.headers.get("If-None-Match")
        self.server.seen.append((time.monotonic(), asked is not None))
        if self.server.refusals:
            self.server.refusals -= 1
            self.send_error(429)
            return
        fresh = asked == tag
        self.send_response(304 if fresh else 200)
        self.send_header("ETag", tag)
        self.send_header("Link", '<x>; rel="next"')
        if not fresh:
            self.send_header("Content-Length", str(len(self.server.body)))
        self.end_headers()
        if not fresh:
            self.wfile.write(self.server.body)

    def log_message(self, *args: object) -> None:
        """Nothing is printed."""


@pytest.fixture
def service():
    server = Service()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def test_an_answer_is_asked_for_once(service: Service, tmp_path: Path) -> None:
    bodies = Bodies(tmp_path)
    with Http(bodies=bodies) as http:
        first, second = http.read(f"{service.url}/a"), http.read(f"{service.url}/a")
        assert [conditional for _, conditional in service.seen] == [False, True]
        assert (
            (first.body, first.status)
            == (second.body, second.status)
            == (b"as it was", 200)
        )
        assert second.headers["link"] == '<x>; rel="next"'
        service.body = b"as it is now"
        assert http.read(f"{service.url}/a").body == b"as it is now"
        assert http.read(f"{service.url}/b").body == b"as it is now"
    assert [conditional for _, conditional in service.seen] == [
        False,
        True,
        True,
        False,
    ]


def test_a_damaged_answer_is_asked_for_again(service: Service, tmp_path: Path) -> None:
    with Http(bodies=Bodies(tmp_path)) as http:
        http.read(service.url)
        for path in tmp_path.iterdir():
            path.write_bytes(path.read_bytes()[:-3])
        assert http.read(service.url).body == b"as it was"
    assert [conditional for _, conditional in service.seen] == [False, False]


def test_a_cache_that_can_not_be_written_is_passed_by(
    service: Service, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("in the way")
    with Http(bodies=Bodies(tmp_path / "file")) as http:
        assert http.read(service.url).body == b"as it was"
        assert http.read(service.url).body == b"as it was"


def test_the_oldest_answers_go_first(tmp_path: Path) -> None:
    bodies = Bodies(tmp_path)
    for number in range(4):
        bodies.keep(f"http://e.org/{number}", {"etag": "x"}, bytes([number]) * 50)
        time.sleep(0.02)
    size = max(path.stat().st_size for path in tmp_path.iterdir())
    bodies.prune(2 * size)
    assert [
        bodies.find(f"http://e.org/{number}") is not None for number in range(4)
    ] == [False, False, True, True]


PROGRAM = """
import sys
from pathlib import Path
from papertrack.web.rate_limit import Pace
from papertrack.web.http import Http
pace = Pace(Path(sys.argv[1]), "arxiv", 0.4)
with Http(pace=lambda url: pace) as http:
    for _ in range(3):
        http.read(sys.argv[2])
"""


def test_the_pace_holds_over_processes(service: Service, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), service.url]
    for process in [subprocess.Popen(command) for _ in range(2)]:
        assert process.wait(timeout=60) == 0
    times = sorted(when for when, _ in service.seen)
    assert len(times) == 6
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.4


def test_the_pace_holds_over_threads(service: Service, tmp_path: Path) -> None:
    pace = Pace(tmp_path, "arxiv", 0.2)
    with Http(pace=lambda url: pace) as http:
        threads = [
            threading.Thread(target=http.read, args=(f"{service.url}/{n}",))
            for n in range(4)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    times = sorted(when for when, _ in service.seen)
    assert len(times) == 4
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.2


def test_waiting_for_a_turn_is_no_part_of_a_requests_time(
    service: Service, tmp_path: Path
) -> None:
    service.refusals = 2
    pace = Pace(tmp_path, "arxiv", 1.1, silence=0.0)
    with Http(
        pace=lambda url: pace, deadline=0.5
    ) as http:  # tried again until twice that is spent
        http.read(service.url)
    assert len(service.seen) == 3


def test_a_bare_429_silences_all_processes(service: Service, tmp_path: Path) -> None:
    service.refusals = 1
    (one, other) = (
        Pace(tmp_path, "arxiv", 0.1, silence=1.0) for _ in range(2)
    )  # as two processes have them
    with Http(pace=lambda url: one) as http:
        assert http.read(service.url).body == b"as it was"
    with Http(pace=lambda url: other) as http:
        http.read(service.url)
    refused, again, then = [when for when, _ in service.seen]
    assert 1.1 <= again - refused < 5
    assert 0.1 <= then - again < 1


def test_a_clock_set_back_holds_nobody_for_long(tmp_path: Path) -> None:
    (tmp_path / "arxiv.clock").write_text(repr(time.time() + 10_000))
    waits: list[float] = []
    with Pace(tmp_path, "arxiv", 3.0).turn(waits.append):
        pass
    assert waits == [3.0]
