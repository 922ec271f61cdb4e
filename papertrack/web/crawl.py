"""Reading many requests at once, and what they lead to, in the order one reader would meet them.

Requests form a tree: a listing's `follow` are its children. Whatever arrives first, what is yielded
is that tree depth first, so that the same answers always give the same run. A URL is read once.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Protocol
from urllib.parse import urlsplit

from papertrack.core.errors import FetchError, PapertrackError, Refused, Unrecognised
from papertrack.core.facts import Listing, Request
from papertrack.core.text import clean, shorten

Progress = Callable[[int, int], None]
"""Told (requests done, requests known so far), in the caller's thread."""


class Body(Protocol):
    """What a parser needs of an answer."""

    @property
    def headers(self) -> Mapping[str, str]: ...
    @property
    def body(self) -> bytes: ...


class Reader(Protocol):
    """What `crawl` needs of `web.Http`. `origin` is the URL that led to this one; None: the user named it."""

    def read(self, url: str, *, origin: str | None = None) -> Body: ...
    def abort(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Fetched:
    """A request with what came of it: a listing, or the error that it ended with."""

    request: Request
    listing: Listing | None
    error: PapertrackError | None


@dataclass(slots=True)
class _Node:
    request: Request
    path: tuple[int, ...]
    origin: str | None
    started: bool = False
    done: bool = False
    fetched: Fetched | None = None
    follow: tuple[str, ...] = field(default=())


def crawl(
    http: Reader,
    requests: Iterable[Request],
    *,
    at_once: int = 8,
    on_done: Progress | None = None,
) -> Generator[Fetched, None, None]:
    """Each request and all that follows from it, read `at_once` at a time, parsed beside the reading.

    Ending early (closing the iterator, Ctrl-C) breaks the connections off and waits for nothing.
    """
    tree = _Tree(http, tuple(requests))
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="papertrack-fetch")
    try:
        for _ in range(at_once):
            pool.submit(tree.work)
        yield from tree.in_order(on_done)
    finally:
        finished = tree.stop()
        pool.shutdown(wait=finished, cancel_futures=True)
        if not finished:
            http.abort()


class _Tree:
    """The requests known so far, by URL; workers take the first in order, the caller awaits its turn."""

    def __init__(self, http: Reader, roots: tuple[Request, ...]) -> None:
        self._http = http
        self._changed = threading.Condition()
        self._nodes: dict[str, _Node] = {}
        self._waiting: list[tuple[tuple[int, ...], str]] = []
        self._running = 0
        self._done = 0
        self._stopped = False
        self._trusted = {_host(root.url) for root in roots if root.origin is None}
        self._roots = self._add(roots, (), None)

    def _add(
        self, requests: tuple[Request, ...], path: tuple[int, ...], parent: str | None
    ) -> tuple[str, ...]:
        """Notes requests that stand at `path`; one known already moves up where this place is earlier."""
        for number, request in enumerate(requests):
            place = (*path, number)
            node = self._nodes.get(request.url)
            if node is None:
                origin = (
                    None
                    if _host(request.url) in self._trusted
                    else request.origin or parent
                )
                self._nodes[request.url] = _Node(request, place, origin)
            elif not node.started and place < node.path:
                node.path = place
            else:
                continue
            heapq.heappush(self._waiting, (place, request.url))
        return tuple(request.url for request in requests)

    def work(self) -> None:
        """A worker's life: take the first request in order, read it, until there is none left to come."""
        while (node := self._take()) is not None:
            fetched = _fetch(self._http, node.request, node.origin)
            with self._changed:
                if fetched.listing is not None:
                    node.follow = self._add(
                        fetched.listing.follow, node.path, node.request.url
                    )
                node.fetched, node.done = fetched, True
                self._running -= 1
                self._done += 1
                self._changed.notify_all()

    def _take(self) -> _Node | None:
        with self._changed:
            while not self._stopped:
                while self._waiting:
                    node = self._nodes[heapq.heappop(self._waiting)[1]]
                    if not node.started:
                        node.started = True
                        self._running += 1
                        return node
                if not self._running:
                    break
                self._changed.wait()
            return None

    def in_order(self, on_done: Progress | None) -> Iterator[Fetched]:
        """What was fetched, depth first; a URL that stands at several places comes at the first."""
        to_come = list(reversed(self._roots))
        given: set[str] = set()
        while to_come:
            url = to_come.pop()
            if url in given:
                continue
            given.add(url)
            node = self._nodes[url]
            self._await(node, on_done)
            fetched, node.fetched = node.fetched, None
            if fetched is not None:
                yield fetched
            to_come.extend(reversed(node.follow))

    def _await(self, node: _Node, on_done: Progress | None) -> None:
        told = -1
        while True:
            with self._changed:
                while not node.done and told == self._done:
                    self._changed.wait()
                told, known, done = self._done, len(self._nodes), node.done
            if on_done is not None:
                on_done(told, known)
            if done:
                return

    def stop(self) -> bool:
        """Lets the workers end; True where they have nothing more to do anyway."""
        with self._changed:
            self._stopped = True
            self._changed.notify_all()
            return not self._running


def _host(url: str) -> str:
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return url


def _fetch(http: Reader, request: Request, origin: str | None) -> Fetched:
    """The request's answer, else what its fallback answers, else the more telling of their errors."""
    try:
        return Fetched(request, _read(http, request, origin), None)
    except PapertrackError as error:
        if request.otherwise is None or not _worth_another_way(error):
            return Fetched(request, None, error)
        first = error
    try:
        return Fetched(request, _read(http, request.otherwise, origin), None)
    except PapertrackError as second:
        telling = isinstance(second, Unrecognised) and not isinstance(
            first, Unrecognised
        )
        return Fetched(request, None, second if telling else first)


def _worth_another_way(error: PapertrackError) -> bool:
    """A 400 means that the question is wrong: asking otherwise would hide it."""
    return isinstance(error, Unrecognised) or (
        isinstance(error, Refused) and error.status != 400
    )


def _read(http: Reader, request: Request, origin: str | None) -> Listing:
    try:
        answer = http.read(request.url, origin=origin)
        return request.parse(answer.body, answer.headers)
    except Refused as error:
        if request.missing and error.status == 404:
            raise Refused(request.missing, 404) from error
        raise
    except PapertrackError:
        raise
    except (
        Exception
    ) as error:  # a parser's own fault must not take the other listings with it
        cause = shorten(clean(f"{type(error).__name__}: {error}"), 120)
        raise FetchError(
            f"{clean(request.url)}: the answer could not be read ({cause}); please report this"
        ) from error
