"""A server on loopback that answers as it is told, bytes or worse."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable

Answering = Callable[[socket.socket, str], None]
"""What does an answer itself: it gets the connection and the request's head."""


class Server:
    """Answers each connection's first request by what `answer` gives for its head: bytes, or what does it itself.

    The head is "" where the client has gone; `answer` is asked for one at a time.
    """

    def __init__(self, answer: Callable[[str], bytes | Answering]) -> None:
        self.answer = answer
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
            with self._lock:
                self.heads.append(head)
                step = self.answer(head)
            if isinstance(step, bytes):
                connection.sendall(step)
            else:
                step(connection, head)

    def close(self) -> None:
        self._listener.close()


def _head(connection: socket.socket) -> str:
    data = b""
    while b"\r\n\r\n" not in data:
        if not (chunk := connection.recv(65536)):
            return ""
        data += chunk
    return data.decode("latin-1")
