"""Crawling: a tree of requests, read by several threads, yielded in order."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Mapping

import pytest

from papertrack.core.errors import FetchError, PapertrackError, Refused, Unrecognised
from papertrack.core.facts import Facts, Listing, Request
from papertrack.web.crawl import crawl
from papertrack.web.http import Http, Response
from tests.helpers.http_server import OK, MakeServer
from tests.helpers.reports import Reports
from tests.helpers.waiting import wait_until


def hang(connection: socket.socket, head: str) -> None:
    """Send nothing until the client closes the connection."""
    connection.recv(1)


class Tree:
    """A reader of a tree of pages, given as URL -> its links, with a delay for each URL."""

    def __init__(
        self,
        pages: Mapping[str, tuple[Request, ...] | PapertrackError],
        slow: Mapping[str, float],
    ) -> None:
        self.pages, self.slow = pages, slow
        self.urls: list[str] = []

    def read(self, url: str, *, origin: str | None = None) -> Response:
        self.urls.append(url)
        time.sleep(self.slow.get(url, 0))
        if isinstance(page := self.pages[url], PapertrackError):
            raise page
        return Response(url, 200, {}, url.encode())

    def abort(self) -> None:
        self.urls.append("abort")

    def requests(self, *urls: str) -> tuple[Request, ...]:
        return tuple(Request(url, self.parse) for url in urls)

    def parse(self, body: bytes, headers: Mapping[str, str]) -> Listing:
        page = self.pages[body.decode()]
        assert not isinstance(page, PapertrackError)
        return Listing(source="t", facts=(Facts(title=body.decode()),), follow=page)


def _tree(slow: Mapping[str, float]) -> Tree:
    pages: dict[str, tuple[Request, ...] | PapertrackError] = {}
    tree = Tree(pages, slow)
    links: dict[str, tuple[str, ...]] = {
        "a": ("a1", "a2"),
        "b": ("c1", "a2"),
        "c": ("c1", "b"),
        "a1": ("a", "deep"),
    }
    links |= {"a2": (), "c1": (), "deep": ()}
    pages.update({url: tree.requests(*to) for url, to in links.items()})
    return tree


@pytest.mark.parametrize("late", ["", "a", "b", "c", "a1", "a2", "c1", "deep"])
def test_the_tree_is_yielded_depth_first_each_url_once(late: str) -> None:
    tree = _tree({late: 0.05})
    progress = Reports()
    got = list(crawl(tree, tree.requests("a", "b", "c"), progress=progress))
    assert [fetched.request.url for fetched in got] == [
        "a",
        "a1",
        "deep",
        "a2",
        "b",
        "c1",
        "c",
    ]
    assert sorted(tree.urls) == sorted(["a", "b", "c", "a1", "a2", "c1", "deep"])
    assert progress.reports[-1] == ("reading", 7, 7, "pages")
    assert progress.reports == sorted(progress.reports)


def _unrecognised(body: bytes, headers: Mapping[str, str]) -> Listing:
    raise Unrecognised("changed")


def _bug(body: bytes, headers: Mapping[str, str]) -> Listing:
    raise KeyError("oops\x1b")


def test_a_fallback_is_read_and_the_clearer_error_reported() -> None:
    refused = {"404": Refused("missing", 404), "400": Refused("bad", 400)}
    tree = Tree({"ok": (), "x": (), "net": FetchError("cut"), **refused}, {})
    good, bad = Request("ok", tree.parse), Request("x", _unrecognised)
    requests = [
        Request("404", tree.parse, good),
        Request("x", _unrecognised, good),
        Request("400", tree.parse, good),
        Request("net", tree.parse, good),
        Request("ok", _bug),
    ]
    seen = []
    for request in (
        *requests,
        Request("404", tree.parse, bad),
        Request("x", _unrecognised, Request("404", tree.parse)),
    ):
        seen += [
            str(got.error) if got.error else "read" for got in crawl(tree, [request])
        ]
    assert seen[:4] == ["read", "read", "bad", "cut"]
    assert "KeyError: 'oops" in seen[4]
    assert seen[5:] == ["changed", "changed"]


def test_a_lookup_explains_a_404() -> None:
    tree = Tree({"id": Refused("HTTP 404", 404)}, {})
    [got] = crawl(tree, [Request("id", tree.parse, not_found="no such paper")])
    assert str(got.error) == "no such paper"


def test_reading_continues_while_the_caller_is_busy() -> None:
    tree = Tree(pages := {}, {})
    pages.update({str(n): () for n in range(30)})
    run = crawl(tree, tree.requests(*pages), at_once=2)
    next(run)
    wait_until(lambda: len(tree.urls) == 30)
    assert len(list(run)) == 29


def test_closing_a_crawl_ends_its_threads(serve: MakeServer) -> None:
    quick, hanging = serve(OK), serve(hang)

    def parse(body: bytes, headers: Mapping[str, str]) -> Listing:
        return Listing(source="t")

    with Http() as http:
        run = crawl(http, [Request(server.url, parse) for server in (quick, hanging)])
        assert next(run).error is None
        wait_until(lambda: hanging.heads)
        run.close()
        assert http.read(quick.url).body == b"ok"
    wait_until(
        lambda: (
            not any(
                thread.name.startswith("papertrack-fetch")
                for thread in threading.enumerate()
            )
        )
    )
