"""A server on loopback with chosen faults, and papertrack run in this process, which
saves 0.3 s a run.
"""

from __future__ import annotations

import contextlib
import io
import os
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import pytest

from papertrack.cli import app as cli
from papertrack.cli.session import Session
from tests.helpers import http_server as loopback
from tests.helpers.http_server import Respond


class Server(loopback.Server):
    """Responds to a request with `answer(path)`."""

    def __init__(self, answer: Callable[[str], bytes | Respond]) -> None:
        super().__init__(lambda head: answer(head.split()[1]) if head else b"")


@pytest.fixture
def serving() -> Iterator[Callable[[Callable[[str], bytes | Respond]], Server]]:
    """`serving(lambda path: b"HTTP/1.1 …")` starts a server."""
    servers: list[Server] = []

    def start(answer: Callable[[str], bytes | Respond]) -> Server:
        servers.append(Server(answer))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


class _Pipe(io.TextIOWrapper):
    def __init__(self) -> None:
        self.bytes = io.BytesIO()
        super().__init__(self.bytes, "utf-8", newline="\n")


class _Terminal(_Pipe):
    def isatty(self) -> bool:
        return True


class Ran(NamedTuple):
    """The result of a run."""

    code: int
    out: str
    err: str


@pytest.fixture
def home(tmp_path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a reader without a library."""
    env = {
        "HOME": str(tmp_path),
        "TZ": "UTC",
        "PAPERTRACK_LIBRARY": str(tmp_path / "library"),
        "PAPERTRACK_CACHE": str(tmp_path / "cache"),
        "PAPERTRACK_STATE": str(tmp_path / "state"),
        "PAPERTRACK_CONFIG": str(tmp_path / "config.toml"),
        "HF_ENDPOINT": "http://127.0.0.1:9",
    }
    for name in (
        "HF_TOKEN",
        "NETRC",
        *(name for name in os.environ if name.lower().endswith("_proxy")),
    ):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    return env


@pytest.fixture
def run(home: dict[str, str]) -> Callable[..., Ran]:
    """`run("fetch", "hf", HF_TOKEN=…)` runs papertrack in this process, its output into
    pipes, or on a `terminal`.
    """

    def papertrack(*args: str, terminal: bool = False, **more: str) -> Ran:
        out, err = (_Terminal() if terminal else _Pipe() for _ in range(2))
        environment: Mapping[str, str] = {**home, **more}
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = cli.run(list(args), Session(environment))
        for stream in (out, err):
            stream.flush()
        return Ran(code, *(stream.bytes.getvalue().decode() for stream in (out, err)))

    return papertrack
