"""An HTTP server on loopback for tests: its responses are bytes, valid or not, or
functions.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable
from typing import Protocol

Respond = Callable[[socket.socket, str], None]
"""Writes a response itself, to the connection, for the request's head."""
Step = bytes | Respond

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


class Server:
    """Serves one request on each connection; `respond` returns the response for its
    head.

    The head is "" if the client closed the connection; `respond` is called by one
    thread at a time. `heads` are the heads of all requests so far.
    """

    def __init__(self, respond: Callable[[str], Step]) -> None:
        self.respond = respond
        self.heads: list[str] = []
        self._lock = threading.Lock()
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
            threading.Thread(
                target=self._serve, args=(connection,), daemon=True
            ).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            head = _head(connection)
            if not head:  # the client was killed before it sent a request
                return
            with self._lock:
                self.heads.append(head)
                step = self.respond(head)
            if isinstance(step, bytes):
                connection.sendall(step)
            else:
                step(connection, head)

    def close(self) -> None:
        # Closing alone does not end a thread's accept(), which may go on with the
        # next socket that gets the number of this one.
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


class ScriptedServer(Server):
    """Responds with the steps of a script in turn, with the last one for ever."""

    def __init__(self, *script: Step) -> None:
        steps = list(script)
        super().__init__(lambda head: steps.pop(0) if len(steps) > 1 else steps[0])
        self.url += "/x"


class PageServer(Server):
    """Serves the pages of `pages`, responses by path; anything else is not found."""

    def __init__(self, pages: dict[str, bytes]) -> None:
        self.pages = pages
        missing = response(b"no", "404 Not Found")
        super().__init__(lambda head: self.pages.get(path_of(head), missing))


class MakeServer(Protocol):
    def __call__(self, *script: Step) -> ScriptedServer: ...


def response(body: bytes, status: str = "200 OK", **headers: str) -> bytes:
    """A whole response; `Content_Type="text/html"` is a header."""
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close"]
    lines += [f"{name.replace('_', '-')}: {value}" for name, value in headers.items()]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1") + body


def path_of(head: str) -> str:
    """The path of a request, with its query."""
    return head.split(" ", 2)[1]


def header(head: str, name: str) -> str | None:
    """A header of a request; None without it."""
    for line in head.split("\r\n")[1:]:
        key, _, value = line.partition(":")
        if key.lower() == name.lower():
            return value.strip()
    return None


def _head(connection: socket.socket) -> str:
    data = b""
    while b"\r\n\r\n" not in data:
        chunk = connection.recv(65536)
        if not chunk:
            return ""
        data += chunk
    return data.decode("latin-1")
