"""An index that several processes build, interrupted at any moment."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from itertools import groupby
from pathlib import Path

import pytest

from papertrack.index import build
from papertrack.storage.processes import descendants, have_ended
from papertrack.storage.workers import worker_count
from tests.benchmarks import made
from tests.helpers.waiting import wait_until

MAIN = [sys.executable, "-c", "from papertrack.__main__ import main; main()"]


@pytest.fixture(scope="module")
def large(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that several processes index."""
    root = tmp_path_factory.mktemp("large") / "library"
    made.write(root, _some_bytes(build.PARALLEL_BYTES + 2_000_000), 50, 7)
    return root


def _some_bytes(size: int) -> list[tuple[str, made.Document]]:
    """Papers of so many bytes: a few, with other ids."""
    papers = list(made.papers(600, 7))
    found: list[tuple[str, made.Document]] = []
    for month, group in groupby(papers, key=lambda one: one[0]):
        for _, paper in group:
            for copy in range(size // len(papers) // 2_000 + 1):
                key = f"{paper['key']}{copy}"
                found.append((month, {**paper, "key": key, "keys": [key]}))
    return found


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_an_interrupted_build_leaves_no_process_and_no_half_index(
    number: signal.Signals, large: Path, home: dict[str, str]
) -> None:
    env = {**home, "PAPERTRACK_LIBRARY": str(large)}
    command = [*MAIN, "-q", "list", "-n", "1"]
    process = subprocess.Popen(
        command,
        env=env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    if worker_count():
        wait_until(lambda: descendants(process.pid))
    else:
        cache = Path(env["PAPERTRACK_CACHE"])
        wait_until(lambda: list(cache.glob(".index-*.tmp")))
    started = descendants(process.pid)
    if number == signal.SIGINT:
        os.killpg(process.pid, number)  # as a terminal does
    else:
        process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode in (128 + number, -number)
    if number != signal.SIGKILL:  # what is started just then reports that it is alone
        assert errors in ("", "papertrack: interrupted\n")
    wait_until(lambda: have_ended(started))
    again = subprocess.run(command, env=env, capture_output=True, check=True)
    assert again.stdout.count(b"\n") == 1
    assert not again.stderr
