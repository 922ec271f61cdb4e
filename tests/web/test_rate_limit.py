"""Rate limits: of a service, over threads and processes, against a server on loopback."""

from __future__ import annotations

import contextlib
import json
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from papertrack.core.errors import FetchError
from papertrack.storage import waiting
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


@pytest.mark.parametrize("seconds", [-5.0, -0.1, 0.0, 5.0])
def test_a_request_is_not_sent_after_its_turn(
    service: Service, tmp_path: Path, seconds: float
) -> None:
    """As by a process that was stopped, or took long to connect."""
    throttle = Throttle(tmp_path, "arxiv", 0.01, turn_seconds=seconds)
    with Http(throttle=lambda url: throttle, deadline=0.5 + max(seconds, 0.0)) as http:
        if seconds > 0:
            http.read(service.url)
            assert len(service.seen) == 1
        else:
            with pytest.raises(FetchError):
                http.read(service.url)
            assert service.seen == []


# ------------------------------------------------------------------ other processes

TAKES = """
import sys, time
from pathlib import Path
from papertrack.web.rate_limit import Throttle
throttle = Throttle(Path(sys.argv[1]), "arxiv", 0.2)
with throttle.turn(time.sleep):
    print("taken", flush=True)
    time.sleep(600)
"""
RUNNING, STOPPED, KILLED = "running", "stopped", "killed"


def write_turn(folder: Path, **facts: object) -> None:
    turn = {"number": 7, "process": 0, "began": 0.0, "ended": True, "next_start": 0.0}
    (folder / "arxiv.7.turn").write_text(json.dumps({**turn, **facts}))


def elapsed(throttle: Throttle) -> float:
    """The seconds until the next turn."""
    began = time.monotonic()
    with throttle.turn(time.sleep):
        return time.monotonic() - began


@pytest.fixture
def notices() -> Iterator[list[str]]:
    lines: list[str] = []
    waiting.report_to(lines.append)
    yield lines
    waiting.report_to(None)


@contextlib.contextmanager
def holder(folder: Path, state: str) -> Iterator[subprocess.Popen[bytes]]:
    """Another process that has the turn, in some state."""
    command = [sys.executable, "-c", TAKES, str(folder)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"taken\n"
    if state == STOPPED:
        process.send_signal(signal.SIGSTOP)
    if state == KILLED:
        process.kill()
        process.wait()
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("state", [RUNNING, STOPPED])
def test_a_process_that_keeps_the_turn_is_named_and_passed_by(
    state: str, tmp_path: Path, notices: list[str]
) -> None:
    with holder(tmp_path, state) as process:
        assert elapsed(Throttle(tmp_path, "arxiv", 0.2, turn_seconds=4.0)) > 2.0
    (line,) = notices
    assert line.startswith(
        f"waiting for arXiv's turn, taken by process {process.pid} (python"
    )
    assert (", stopped)" in line) == (state == STOPPED)


def test_a_process_that_was_killed_has_no_turn(
    tmp_path: Path, notices: list[str]
) -> None:
    with holder(tmp_path, KILLED):
        elapsed(Throttle(tmp_path, "arxiv", 0.2, turn_seconds=600.0))
    assert notices == []


def test_a_wait_for_the_turn_is_aborted(tmp_path: Path) -> None:
    with (
        holder(tmp_path, STOPPED),
        pytest.raises(TimeoutError),
        Throttle(tmp_path, "arxiv", 0.2).turn(lambda seconds: True),
    ):
        pass


def test_who_was_passed_by_gives_nothing_back(tmp_path: Path) -> None:
    slow, quick, third = (
        Throttle(tmp_path, "arxiv", 0.0, turn_seconds=seconds)
        for seconds in (600.0, 0.1, 600.0)
    )
    with contextlib.ExitStack() as stack:
        stack.enter_context(slow.turn(time.sleep))
        with quick.turn(time.sleep):
            stack.close()
            with pytest.raises(TimeoutError):
                stack.enter_context(third.turn(lambda seconds: True))
    assert elapsed(third) < 60


def test_a_clock_set_back_delays_nobody_for_long(tmp_path: Path) -> None:
    write_turn(tmp_path, next_start=time.time() + 10_000)
    assert 0.3 <= elapsed(Throttle(tmp_path, "arxiv", 0.3)) < 60


@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"number": "x"}', b'{"a": 1}', b"null", b"\xff"]
)
def test_a_turn_that_was_not_written_is_taken_as_just_begun(
    body: bytes, tmp_path: Path
) -> None:
    (tmp_path / "arxiv.3.turn").write_bytes(body)
    assert elapsed(Throttle(tmp_path, "arxiv", 0.2)) > 0.1
    assert (tmp_path / "arxiv.4.turn").exists()


def test_turns_leave_few_files(tmp_path: Path) -> None:
    throttle = Throttle(tmp_path, "arxiv", 0.0)
    for _ in range(40):
        elapsed(throttle)
    assert len(list(tmp_path.iterdir())) <= 11


def test_without_a_folder_for_the_turns_requests_are_still_made(tmp_path: Path) -> None:
    assert elapsed(Throttle(tmp_path / "missing", "arxiv", 0.0)) < 60
