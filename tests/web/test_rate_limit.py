"""Rate limits: of a service, over threads and processes, against a server on loopback."""

from __future__ import annotations

import subprocess
import sys
import threading
import time
from itertools import pairwise
from pathlib import Path

from papertrack.web.http import Http
from papertrack.web.rate_limit import Throttle
from tests.web.conftest import Service

PROGRAM = """
import sys
from pathlib import Path
from papertrack.web.rate_limit import Throttle
from papertrack.web.http import Http
throttle = Throttle(Path(sys.argv[1]), "arxiv", 0.4)
with Http(throttle=lambda url: throttle) as http:
    for _ in range(3):
        http.read(sys.argv[2])
"""


def test_the_limit_is_shared_by_processes(service: Service, tmp_path: Path) -> None:
    command = [sys.executable, "-c", PROGRAM, str(tmp_path), service.url]
    for process in [subprocess.Popen(command) for _ in range(2)]:
        assert process.wait(timeout=60) == 0
    times = sorted(when for when, _ in service.seen)
    assert len(times) == 6
    assert min(later - earlier for earlier, later in pairwise(times)) >= 0.4


def test_the_limit_is_shared_by_threads(service: Service, tmp_path: Path) -> None:
    throttle = Throttle(tmp_path, "arxiv", 0.2)
    with Http(throttle=lambda url: throttle) as http:
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


def test_waiting_for_a_turn_does_not_count_as_request_time(
    service: Service, tmp_path: Path
) -> None:
    service.refusals = 2
    throttle = Throttle(tmp_path, "arxiv", 1.1, pause_seconds=0.0)
    # A request is tried again until twice its deadline is spent.
    with Http(throttle=lambda url: throttle, deadline=0.5) as http:
        http.read(service.url)
    assert len(service.seen) == 3


def test_a_429_without_a_time_pauses_all_processes(
    service: Service, tmp_path: Path
) -> None:
    service.refusals = 1
    # One for each of two processes.
    one, other = (Throttle(tmp_path, "arxiv", 0.1, pause_seconds=1.0) for _ in range(2))
    with Http(throttle=lambda url: one) as http:
        assert http.read(service.url).body == b"old"
    with Http(throttle=lambda url: other) as http:
        http.read(service.url)
    refused, again, then = [when for when, _ in service.seen]
    assert again - refused >= 1.1
    assert then - again >= 0.1


def test_a_clock_set_back_delays_nobody_for_long(tmp_path: Path) -> None:
    (tmp_path / "arxiv.clock").write_text(repr(time.time() + 10_000))
    waits: list[float] = []
    with Throttle(tmp_path, "arxiv", 3.0).turn(waits.append):
        pass
    assert waits == [3.0]
