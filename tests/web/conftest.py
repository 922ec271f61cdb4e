"""Servers on loopback that follow a script."""

from __future__ import annotations

import time
import zlib
from collections.abc import Iterator

import pytest

from tests.helpers.http_server import (
    MakeServer,
    ScriptedServer,
    Server,
    Step,
    header,
    response,
)


class Service(Server):
    """A service whose responses have an ETag; records the times of requests, and which
    are conditional.
    """

    def __init__(self) -> None:
        super().__init__(self.next_response)
        self.seen: list[tuple[float, bool]] = []
        self.body = b"old"
        self.refusals = 0

    def next_response(self, head: str) -> bytes:
        tag = f'"{zlib.crc32(self.body)}"'
        requested = header(head, "If-None-Match")
        self.seen.append((time.monotonic(), requested is not None))
        if self.refusals:
            self.refusals -= 1
            return response(b"", "429 Too Many Requests")
        headers = {"ETag": tag, "Link": '<x>; rel="next"'}
        if requested == tag:
            return response(b"", "304 Not Modified", **headers)
        return response(self.body, **headers)


@pytest.fixture
def service() -> Iterator[Service]:
    server = Service()
    yield server
    server.close()


@pytest.fixture
def serve() -> Iterator[MakeServer]:
    """`serve(b"HTTP/1.1 …", …)`: a server that responds with these, the last one for
    ever.
    """
    servers: list[ScriptedServer] = []

    def make(*script: Step) -> ScriptedServer:
        servers.append(ScriptedServer(*script))
        return servers[-1]

    yield make
    for server in servers:
        server.close()
