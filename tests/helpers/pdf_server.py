"""A server on loopback with one PDF, and faults on demand."""

from __future__ import annotations

import random
import socket
from collections.abc import Iterable
from typing import NamedTuple

from tests.helpers.http_server import Server, Step, header, response


def made_pdf(size: int, seed: int = 1) -> bytes:
    """Bytes that begin and end as a PDF; what is between them is noise."""
    start, end = b"%PDF-1.5\n", b"\nstartxref\n0\n%%EOF\n"
    noise = random.Random(seed).randbytes(size - len(start) - len(end))
    return start + noise + end


class Fault(NamedTuple):
    """How one response differs: it is cut after so many bytes of its body, or is one of
    `norange`, `wrongrange`, `hang` (silence after the cut); or it is these bytes.
    """

    cut: int | None = None
    kind: str = ""
    reply: bytes | None = None


SOUND = Fault()


class PdfServer(Server):
    """Serves `body` on every path, with Range and If-Range; `faults` are those of the
    first responses.
    """

    def __init__(
        self,
        body: bytes,
        faults: Iterable[Fault] = (),
        *,
        etag: str = '"one"',
        is_chunked: bool = False,
    ) -> None:
        self.body = body
        self.etag = etag
        self.is_chunked = is_chunked
        self.faults = list(faults)
        super().__init__(self._respond)

    @property
    def ranges(self) -> list[str | None]:
        """The ranges requested so far."""
        return [header(head, "Range") for head in self.heads]

    def _respond(self, head: str) -> Step:
        fault = self.faults.pop(0) if self.faults else SOUND
        if fault.reply is not None:
            return fault.reply
        status, body, headers = self._sound(head, fault.kind)
        framing = f"Content-Length: {len(body)}"
        if self.is_chunked:
            framing = "Transfer-Encoding: chunked"
        lines = [f"HTTP/1.1 {status}", framing, "Connection: close", *headers]
        top = ("\r\n".join(lines) + "\r\n\r\n").encode()
        sent = body if fault.cut is None else body[: fault.cut]
        if self.is_chunked and sent:
            sent = b"%x\r\n%b\r\n" % (len(sent), sent)
        if self.is_chunked and fault.cut is None:
            sent += b"0\r\n\r\n"

        def send(connection: socket.socket, _: str) -> None:
            connection.sendall(top + sent)
            if fault.kind == "hang":
                connection.recv(1)  # until the client ends

        return send

    def _sound(self, head: str, kind: str) -> tuple[str, bytes, list[str]]:
        headers = ["Content-Type: application/pdf"]
        if self.etag:
            headers.append(f"ETag: {self.etag}")
        requested = header(head, "Range")
        is_same = header(head, "If-Range") in (None, self.etag)
        if requested is None or kind == "norange" or not is_same:
            return "200 OK", self.body, headers
        start = int(requested.removeprefix("bytes=").removesuffix("-"))
        size = len(self.body)
        if start >= size:
            headers.append(f"Content-Range: bytes */{size}")
            return "416 Range Not Satisfiable", b"", headers
        if kind == "wrongrange":
            start = 0
        headers.append(f"Content-Range: bytes {start}-{size - 1}/{size}")
        return "206 Partial Content", self.body[start:], headers


PAGE = b"<!DOCTYPE html><title>Sign in</title>" + b"<p>portal" * 300


def page(kind: str) -> bytes:
    """A page under status 200, of this type."""
    return response(PAGE, Content_Type=kind)
