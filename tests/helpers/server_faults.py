"""Small complete responses of services, and faults: truncation, framings, misbehaving
servers.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import socket
import struct
import time
from collections.abc import Callable
from typing import NamedTuple

from papertrack.core.errors import PapertrackError
from papertrack.core.facts import Listing, Request
from papertrack.sources import registry as sources
from papertrack.sources.base import Context
from papertrack.web.http import Http
from tests.helpers.http_server import Server, Step

Answering = Callable[[socket.socket], None]
TODAY = dt.date(2025, 11, 8)


class Kind(NamedTuple):
    """A response of a service: how to request it from a base URL, its body, and its
    number of papers.
    """

    request: Callable[[str], Request]
    body: bytes
    type: str
    papers: int = 2


def _asked(target: str) -> Callable[[str], Request]:
    def request(base: str) -> Request:
        context = Context(
            today=TODAY,
            endpoints={"HF_ENDPOINT": base, "PAPERTRACK_ARXIV_ENDPOINT": base},
            since=TODAY if "oai" in target else None,
        )
        return sources.find(target.format(base=base)).start(
            target.format(base=base), context
        )[0]

    return request


def _page(base: str) -> Request:
    page = _asked("hf:2025-11-07")(base).fallback
    assert page is not None
    return page


def _rows() -> list[dict[str, object]]:
    papers = [
        {
            "id": f"2511.0000{n}",
            "title": f"Paper {n} — “naïve”",
            "authors": [{"name": "Ann"}],
        }
        for n in (1, 2)
    ]
    return [{"paper": paper, "numComments": 1} for paper in papers]


def _entries(form: str) -> str:
    return "".join(form.format(n=n) for n in (1, 2))


ATOM = (
    '<?xml version="1.0" encoding="UTF-8"?><feed '
    'xmlns="http://www.w3.org/2005/Atom"><title>t – é</title>'
    + _entries(
        "<entry><id>http://arxiv.org/abs/2511.0000{n}v1</id><title>Paper {n}</title>"
        "<summary>“It”</summary>"
        "<updated>2025-11-07T00:00:00Z</updated><author><name>Ann</name></author></entry>"
    )
    + "</feed>"
)
RSS = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>cs.CL updates on arXiv.org</title>'
    "<link>http://rss.arxiv.org/rss/cs.CL</link>"
    + _entries(
        "<item><title>Paper {n}</title><link>https://arxiv.org/abs/2511.0000{n}"
        "</link><description>On it."
        '</description><guid isPermaLink="false">oai:arXiv.org:2511.0000{n}v1</guid></item>'
    )
    + "</channel></rss>\n"
)
OAI = (
    '<?xml version="1.0"?><OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><ListRecords>'
    + _entries(
        "<record><header><identifier>oai:arXiv.org:2511.0000{n}</identifier></header><metadata>"
        '<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>2511.0000{n}</id><title>'
        "Paper {n}</title></arXiv>"
        "</metadata></record>"
    )
    + "<resumptionToken></resumptionToken></ListRecords></OAI-PMH>"
)
LIST = (
    '<!doctype html><html><head><title>arXiv</title></head><body><div id="dlpage">'
    '<dl id="articles">'
    + _entries(
        '<dt><a href="/abs/2511.0000{n}">arXiv:2511.0000{n}</a></dt><dd><div class="list-title">'
        "Title: Paper {n}</div></dd>"
    )
    + "</dl></div></body></html>"
)
CARDS = (
    '<!doctype html><html><body><div data-target="DailyPapers" data-props="{}">'
    + _entries(
        '<article><h3><a href="/papers/2511.0000{n}">Paper {n}</a></h3><div>3</div></article>'
    )
    + "</div></body></html>"
)
POSTS = [{"id": str(n), "title": f"Post {n}", "url": f"https://a/{n}"} for n in (1, 2)]
JSON_FEED = json.dumps(
    {"version": "https://jsonfeed.org/version/1.1", "title": "t", "items": POSTS}
)

KINDS: dict[str, Kind] = {
    "hf": Kind(
        _asked("hf:2025-11-07"),
        json.dumps(_rows(), ensure_ascii=False).encode(),
        "application/json",
    ),
    "hf page": Kind(_page, CARDS.encode(), "text/html"),
    "arxiv list": Kind(
        _asked("https://arxiv.org/list/cs.CL/new"), LIST.encode(), "text/html"
    ),
    "announced": Kind(_asked("arxiv:cs.CL"), RSS.encode(), "text/xml"),
    "api": Kind(
        _asked("arxiv:2511.00001,2511.00002"), ATOM.encode(), "application/atom+xml"
    ),
    "oai": Kind(_asked("arxiv-oai:cs"), OAI.encode(), "text/xml"),
    "feed": Kind(_asked("{base}/feed"), ATOM.encode(), "application/atom+xml"),
    "json feed": Kind(
        _asked("{base}/feed"), JSON_FEED.encode(), "application/feed+json"
    ),
}


def _head(kind: Kind, *lines: str) -> bytes:
    head = (
        "HTTP/1.1 200 OK",
        f"Content-Type: {kind.type}",
        'ETag: "1"',
        "Connection: close",
        *lines,
    )
    return ("\r\n".join(head) + "\r\n\r\n").encode()


def _chunked(kind: Kind) -> bytes:
    parts = [kind.body[at : at + 200] for at in range(0, len(kind.body), 200)]
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in parts)
    return _head(kind, "Transfer-Encoding: chunked") + chunks + b"0\r\n\r\n"


FRAMINGS: dict[str, Callable[[Kind], bytes]] = {
    "length": lambda kind: _head(kind, f"Content-Length: {len(kind.body)}") + kind.body,
    "until it closes": lambda kind: _head(kind) + kind.body,
    "chunks": _chunked,
    "gzip until it closes": lambda kind: (
        _head(kind, "Content-Encoding: gzip") + gzip.compress(kind.body)
    ),
}


def fair(kind: Kind, listing: Listing) -> bool:
    """Whether the listing of a truncated response is complete, or reports that it is
    not.
    """
    return (
        len(listing.facts) == kind.papers or not listing.whole or bool(listing.problems)
    )


# ------------------------------------------------------------------ faults

BOMB = gzip.compress(b"\0" * 20_000_000, 9)


def _told(status: str, body: bytes = b"", *lines: str) -> Answering:
    head = "\r\n".join(
        (
            f"HTTP/1.1 {status}",
            f"Content-Length: {len(body)}",
            "Connection: close",
            *lines,
        )
    )
    return lambda connection: connection.sendall(
        head.encode("latin-1") + b"\r\n\r\n" + body
    )


def _raw(answer: bytes) -> Answering:
    return lambda connection: connection.sendall(answer)


def _reset(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhel")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def _hang(connection: socket.socket) -> None:
    connection.recv(1)


def _drip(head: bytes, piece: bytes) -> Answering:
    def drip(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            time.sleep(0.02)
            connection.sendall(piece)

    return drip


def _pour(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
    while True:
        connection.sendall(b"x" * 65_536)


OK = "200 OK"
GZIP = "Content-Encoding: gzip"
FAULTS: dict[str, tuple[Answering, bool]] = {
    "429": (_told("429 Too Many Requests", b"", "Retry-After: 0"), True),
    "429 without a time": (_told("429 Too Many Requests"), True),
    "429 for years": (
        _told("429 Too Many Requests", b"", "Retry-After: 999999999"),
        False,
    ),
    "429 until the year 9999": (
        _told("429 x", b"", "Retry-After: Fri, 31 Dec 9999 23:59:59 GMT"),
        False,
    ),
    "429 for 1e9": (_told("429 x", b"", "Retry-After: 1e9"), True),
    "500": (_told("500 x"), True),
    "503": (_told("503 x", b"", "Retry-After: 0"), True),
    "403": (_told("403 x"), False),
    "truncated": (_raw(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhello"), True),
    "login page": (
        _told(OK, b"<html><title>Sign in</title></html>", "Content-Type: text/html"),
        False,
    ),
    "empty": (_told(OK), False),
    "JSON of something else": (_told(OK, b'{"a": 1}'), False),
    "hang": (_hang, True),
    "closed": (_raw(b""), True),
    "reset": (_reset, True),
    "a byte at a time": (
        _drip(b"HTTP/1.1 200 OK\r\nContent-Length: 9999\r\n\r\n", b"x"),
        True,
    ),
    "a header at a time": (_drip(b"HTTP/1.1 200 OK\r\n", b"X-A: b\r\n"), True),
    "a bomb": (_told(OK, BOMB, GZIP), False),
    "a bomb twice": (
        _told(OK, gzip.compress(BOMB), "Content-Encoding: gzip, gzip"),
        False,
    ),
    "endless": (_pour, False),
    "gzip cut": (_told(OK, gzip.compress(bytes(range(256)) * 40)[:-30], GZIP), False),
    "no gzip": (_told(OK, b"not gzip", GZIP), False),
    "chunks cut": (
        _raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n"),
        True,
    ),
    "no chunks": (
        _raw(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\nhello\r\n"),
        True,
    ),
    "no HTTP": (_raw(b"\x16\x03\x01garbage\r\n\r\n"), True),
    "HTTP 0.9": (_raw(b"hello"), True),
    "a large head": (
        _raw(b"HTTP/1.1 200 OK\r\nX: " + b"a" * 1_000_000 + b"\r\n\r\n"),
        True,
    ),
    "a loop": (_told("302 x", b"", "Location: /loop"), True),
    "to a file": (_told("302 x", b"", "Location: file:///etc/passwd"), False),
    "to no address": (_told("302 x", b"", "Location: http://[::1"), False),
    "to itself": (_told("302 x"), False),
    "escapes": (
        _raw(
            b"HTTP/1.1 503 \x1b]0;x\x07Down\r\nX: \x1b[2J\r\nConnection: close\r\n\r\n"
        ),
        True,
    ),
    "304 unasked": (_told("304 Not Modified"), False),
}
"""Name -> the behaviour of a server, and whether another request may succeed."""


class Faulty(Server):
    """The first requests meet the faults, in their order; all others get the response."""

    def __init__(self, answer: bytes, *faults: Answering, ever: bool = False) -> None:
        self.answer, self.faults, self.ever = answer, list(faults), ever
        super().__init__(self._step)

    def __enter__(self) -> Faulty:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    @property
    def requests(self) -> int:
        """The number of requests so far."""
        return sum(map(bool, self.heads))

    def _step(self, head: str) -> Step:
        if not head:
            return b""
        if not self.faults:
            return self.answer
        fault = self.faults[0] if self.ever else self.faults.pop(0)
        return lambda connection, _: fault(connection)


def impatient() -> Http:
    """A client that does not pause; one for many servers, as creating one takes longer
    than most responses.
    """
    return Http(sleep=lambda seconds: None, deadline=0.15, cap=2_000_000)


def read(http: Http, server: Faulty, kind: Kind) -> Listing | PapertrackError:
    """The listing of a response, or its error."""
    request = kind.request(server.url)
    try:
        answer = http.read(
            request.url if server.url in request.url else f"{server.url}/x"
        )
        return request.parse(answer.body, answer.headers)
    except PapertrackError as error:
        return error
