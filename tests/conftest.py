"""Shared by the tests: a library for each test, facts in one line, and the replay
server of ../shared.
"""

from __future__ import annotations

import gc
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import chain, permutations
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from hypothesis import HealthCheck, settings

from papertrack.core.facts import Facts
from papertrack.core.field_names import PAPER_NAMES
from papertrack.core.identity import normalise
from tests.helpers import browser, fork_server, libraries
from tests.helpers.libraries import Library

NOW = "2025-11-24T12:00:00Z"
ROOT = Path(__file__).resolve().parents[1]
REPLAY = ROOT.parent / "shared" / "replay" / "replay.py"

# The same examples in each run: what fails on a change is the change's doing. New ones
# are looked for with `pytest --hypothesis-profile random`.
settings.register_profile(
    "papertrack",
    deadline=None,
    max_examples=60,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
settings.register_profile(
    "random", settings.get_profile("papertrack"), derandomize=False
)
settings.load_profile("papertrack")


@pytest.fixture(autouse=True)
def _libraries() -> Iterator[None]:
    """Close the libraries that the test opens."""
    yield
    libraries.close_all()


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """An empty library and cache; the time is NOW."""
    return Library(tmp_path / "library", tmp_path / "cache", now=NOW)


@pytest.fixture(scope="session")
def facts() -> Callable[..., Facts]:
    """`facts("2511.00001", title=…, …)`: the facts of a paper; without an id one known
    by its title only.
    """

    def make(*ids: str, title: str = "Zoku mibra", **more: Any) -> Facts:
        keys = tuple(normalise(text) or text for text in ids)
        return Facts(title=title, ids=keys, **more)

    return make


MEMORY = Path("/dev/shm")
NEEDED_BYTES = 4_000_000_000


def pytest_configure() -> None:
    """Let Ctrl-C reach what the tests start. Put temporary folders into memory where it
    has room for them: on a disk the tests wait for thousands of files to be synced.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell's job in the background ignores it, and so would what the tests start.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if "TMPDIR" not in os.environ and _is_usable(MEMORY):
        os.environ["TMPDIR"] = str(MEMORY)
        tempfile.tempdir = None  # what was chosen before


def _is_usable(folder: Path) -> bool:
    """Whether a folder takes the suite's temporary files, programs among them."""
    if not (folder.is_dir() and os.access(folder, os.W_OK)):
        return False
    status = os.statvfs(folder)
    runs_programs = not status.f_flag & os.ST_NOEXEC
    return runs_programs and status.f_bavail * status.f_frsize >= NEEDED_BYTES


def pytest_collection_finish() -> None:
    """Let no collection of garbage look at the thousands of tests: each full one would
    take 0.15 seconds.
    """
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    """End what the tests started for the whole session."""
    fork_server.close()


def _run(env: dict[str, str], *args: str) -> subprocess.CompletedProcess[str]:
    """`papertrack ARGS`, as a user runs it. Its output goes into pipes."""
    # The time is against hangs; the soak tests take minutes.
    code, out, err = fork_server.run(args, env, timeout=1200)
    return subprocess.CompletedProcess(args, code, out.decode(), err.decode())


class Replay(NamedTuple):
    """A replay server: Hugging Face and arXiv on loopback, from recorded days."""

    url: str
    env: dict[str, str]
    """The variables that direct papertrack to it."""

    def log(self) -> list[dict[str, Any]]:
        """The requests so far, in order: `at` (seconds), `path`, `fault`,
        `conditional`, `agent`.
        """
        with urllib.request.urlopen(f"{self.url}/__log", timeout=20) as reply:
            log: list[dict[str, Any]] = json.load(reply)
        return sorted(log, key=lambda request: request["at"])

    def pauses_after_refusals(self) -> list[float]:
        """For each request refused with `Retry-After: 1`, the seconds until the page
        was requested again.
        """
        log, pauses = self.log(), []
        for number, refused in enumerate(log):
            if refused["fault"] in ("429", "503"):
                again = next(
                    later
                    for later in log[number + 1 :]
                    if later["path"] == refused["path"]
                )
                pauses.append(again["at"] - refused["at"])
        return pauses


@pytest.fixture(scope="session")
def replaying() -> Iterator[Callable[..., Replay]]:
    """`replaying("--fault", "503:0.1")` starts a replay server; skips where ../shared
    is not beside the project.
    """
    if not REPLAY.exists():
        pytest.skip(f"{REPLAY} is not there: no recordings to compare with")
    servers: list[subprocess.Popen[str]] = []

    def start(*options: str) -> Replay:
        command = [sys.executable, str(REPLAY), "--port", "0", *options]
        servers.append(subprocess.Popen(command, stdout=subprocess.PIPE, text=True))
        assert servers[-1].stdout is not None
        found = re.search(r"http://[\d.:]+", servers[-1].stdout.readline())
        assert found
        return Replay(
            found[0], {"HF_ENDPOINT": found[0], "PAPERTRACK_ARXIV_ENDPOINT": found[0]}
        )

    yield start
    for server in servers:
        server.terminate()
    for server in servers:
        server.wait(10)
        assert server.stdout is not None
        server.stdout.close()


@pytest.fixture
def reader(tmp_path: Path) -> Callable[..., dict[str, str]]:
    """`reader("ann", **variables)`: the environment of a reader with a library and a
    cache of their own.
    """

    def make(name: str, **variables: str) -> dict[str, str]:
        folder = tmp_path / name
        folder.mkdir()
        return {
            "PATH": os.environ.get("PATH", "/usr/bin:/bin"),
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONPATH": str(ROOT),
            "PAPERTRACK_LIBRARY": str(folder / "library"),
            "PAPERTRACK_CACHE": str(folder / "cache"),
            "PAPERTRACK_STATE": str(folder / "state"),
            **variables,
        }

    return make


@pytest.fixture(scope="session")
def run() -> Callable[..., subprocess.CompletedProcess[str]]:
    """`run(reader, "fetch", "hf")` runs papertrack for a reader."""
    return _run


@pytest.fixture
def in_every_order(reader: Callable[..., dict[str, str]]) -> Callable[..., list[str]]:
    """`in_every_order(replay, *groups)`: a library for each order of groups of targets,
    exported without `added`.
    """
    fields = ",".join(name for name in PAPER_NAMES if name != "added")

    def exported(env: dict[str, str], groups: Sequence[Sequence[str]]) -> str:
        fetched = _run(env, "fetch", *chain.from_iterable(groups))
        assert fetched.returncode == 0, fetched.stderr
        return _run(env, "export", "--format", "jsonl", "--fields", fields).stdout

    def libraries(replay: Replay, *groups: Sequence[str]) -> list[str]:
        orders = list(permutations(groups))
        readers = [reader(str(number), **replay.env) for number in range(len(orders))]
        # Most of the time is waiting for arXiv's rate limit.
        with ThreadPoolExecutor(len(orders)) as pool:
            return list(pool.map(exported, readers, orders))

    return libraries


@pytest.fixture
def without_daily_papers(home: dict[str, str]) -> None:
    """The reader has unfollowed hf, which is followed at first."""
    folder = Path(home["PAPERTRACK_LIBRARY"])
    folder.mkdir(parents=True)
    folder.chmod(0o700)
    unfollowed = {"1": {"key": "hf", "at": "2025-01-01T00:00:00Z"}}
    (folder / "desk.json").write_text(json.dumps({"unfollowed": unfollowed}))


@pytest.fixture(scope="module")
def chromium(tmp_path_factory: pytest.TempPathFactory) -> Iterator[browser.Browser]:
    """A headless Chromium. Skips the test where it is not installed."""
    if browser.PROGRAM is None:
        pytest.skip("Chromium is not installed")
    with browser.chromium(tmp_path_factory.mktemp("chromium")) as running:
        yield running
