"""A server on loopback that misbehaves as it is told, and papertrack run in this process: a start costs 0.3 s."""

from __future__ import annotations

import contextlib
import io
import os
import socket
import threading
from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple

import pytest

from papertrack import cli
from papertrack.cli.session import Session

Answering = Callable[[socket.socket, str], None]


def _head(connection: socket.socket) -> str:
    data = b""
    while b"\r\n\r\n" not in data:
        if not (chunk := connection.recv(65536)):
            return ""
        data += chunk
    return data.decode("latin-1")


class Server:
    """Answers a connection's request by what `answer` gives for its path: bytes, or a function that does it."""

    def __init__(self, answer: Callable[[str], bytes | Answering]) -> None:
        self.answer = answer
        self.heads: list[str] = []
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port: int = self._listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        threading.Thread(target=self._accept, daemon=True).start()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            if not (head := _head(connection)):
                return
            self.heads.append(head)
            step = self.answer(head.split()[1])
            if isinstance(step, bytes):
                connection.sendall(step)
            else:
                step(connection, head)

    def close(self) -> None:
        self._listener.close()


@pytest.fixture
def serving() -> Iterator[Callable[[Callable[[str], bytes | Answering]], Server]]:
    """`serving(lambda path: b"HTTP/1.1 …")` starts a server."""
    servers: list[Server] = []

    def start(answer: Callable[[str], bytes | Answering]) -> Server:
        servers.append(Server(answer))
        return servers[-1]

    yield start
    for server in servers:
        server.close()


class _Pipe(io.TextIOWrapper):
    def __init__(self) -> None:
        super().__init__(io.BytesIO(), "utf-8", newline="\n")


class _Terminal(_Pipe):
    def isatty(self) -> bool:
        return True


class Ran(NamedTuple):
    """What a run left."""

    code: int
    out: str
    err: str


@pytest.fixture
def home(tmp_path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """The environment of a reader without a library."""
    env = {"HOME": str(tmp_path), "TZ": "UTC", "PAPERTRACK_LIBRARY": str(tmp_path / "library"),
           "PAPERTRACK_CACHE": str(tmp_path / "cache"), "PAPERTRACK_CONFIG": str(tmp_path / "config.toml"),
           "HF_ENDPOINT": "http://127.0.0.1:9"}  # fmt: skip
    for name in ("HF_TOKEN", "NETRC", *(name for name in os.environ if name.lower().endswith("_proxy"))):
        monkeypatch.delenv(name, raising=False)
    for name, value in env.items():
        monkeypatch.setenv(name, value)
    return env


@pytest.fixture
def run(home: dict[str, str]) -> Callable[..., Ran]:
    """`run("fetch", "hf", HF_TOKEN=…)` runs papertrack in this process, its output into pipes, or on a `terminal`."""

    def papertrack(*args: str, terminal: bool = False, **more: str) -> Ran:
        out, err = (_Terminal() if terminal else _Pipe() for _ in range(2))
        environment: Mapping[str, str] = {**home, **more}
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            code = cli.run(list(args), Session(environment))
        for stream in (out, err):
            stream.flush()
        return Ran(code, *(stream.buffer.getvalue().decode() for stream in (out, err)))

    return papertrack
