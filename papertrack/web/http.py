"""Reading URLs over HTTP: one `Http` for each run, and `read(url) -> Response`.

httpx and httpcore speak the protocol. Added here: a deadline for the whole request, a
limit for the decoded body, retries with pauses that the server may set, redirects that
are checked before they are followed, and a one-line error for whatever can go wrong.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, replace
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from typing import NamedTuple, Protocol
from urllib.parse import urlsplit

import httpx

from papertrack import __version__
from papertrack.core.environment import TIMEOUT
from papertrack.core.errors import FetchError, PapertrackError, Refused
from papertrack.core.secrets import has_secret
from papertrack.core.text import clean
from papertrack.web import responses
from papertrack.web.cache import Cache
from papertrack.web.failures import (
    NETWORK_ERRORS,
    Failed,
    cause_of,
    of_network,
    refused,
)
from papertrack.web.passwords import authorization
from papertrack.web.rate_limit import HostPauses, Throttle
from papertrack.web.responses import shown
from papertrack.web.transport import Backend, PrivateAddress, Transport
from papertrack.web.urls import check, host_of, is_public, leads_astray, site, target_of

REDIRECTS = 5
MOST_ATTEMPTS = 12
"""Attempts at a page in all, with those that the host postponed."""
LONGEST_PAUSE = 120.0
SHARED_PAUSE = 5.0
"""Seconds from which on a pause is for all that read from the host."""
_MOVED_FOR_GOOD = frozenset({301, 308})
_MOVED = frozenset({302, 303, 307, *_MOVED_FOR_GOOD})
SLOWEST = 10_000
"""Bytes a second of a download that is not too slow: so much it may take longer."""


@dataclass(frozen=True, slots=True)
class Response:
    """A server's response: the URL after redirects, lower-case header names, the decoded body.

    `moved_to` is where the server says the URL has moved permanently, if it does.
    """

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes
    moved_to: str | None = None


class Sink(Protocol):
    """Where the body of a download goes, as it arrives."""

    def conditions(self) -> Mapping[str, str]:
        """The headers with which to request what is missing."""

    def takes(self, status: int) -> bool:
        """Whether a response with this status is for `take`."""

    def take(
        self, url: str, status: int, headers: Mapping[str, str], body: Iterable[bytes]
    ) -> None:
        """Read a response. Raises FetchError, StoreError; Incomplete if another attempt
        may get the rest.
        """


class Addition(NamedTuple):
    """What is added to each request to a site (`https://host:port`): a header, or a
    parameter. It is in no message and in no cached address. A key is what may be refused.
    """

    site: str
    name: str
    value: str
    is_header: bool = False
    is_key: bool = False


class _Kind(NamedTuple):
    """How a URL is read: into a sink, or as the response to a POST of JSON."""

    sink: Sink | None = None
    body: bytes | None = None


_GET = _Kind()


class _Redirect(NamedTuple):
    """The URL that a response leads to, and whether it always will."""

    url: str
    is_permanent: bool


class Http:
    """The run's only way to the network; safe to use from several threads.

    `token` is sent as Bearer to `token_host` (a host, or host:port) only; `netrc` is the
    file with passwords for other hosts. `deadline` is in seconds for a whole request,
    `cap` in decoded bytes of a body; `tries` is how many attempts may fail. `sleep` takes
    seconds; by default it is a wait that `abort` ends. `throttle` returns the throttle of
    the service that a URL belongs to. Proxies come from the environment. `additions` are
    sent to their sites only.

    Raises FetchError if a proxy or certificate file of the environment is unusable.
    """

    def __init__(
        self,
        *,
        token: str | None = None,
        token_host: str | None = None,
        netrc: Path | None = None,
        sleep: Callable[[float], object] | None = None,
        deadline: float = TIMEOUT,
        cap: int = 50_000_000,
        tries: int = 4,
        cache: Cache | None = None,
        throttle: Callable[[str], Throttle | None] = lambda url: None,
        additions: Iterable[Addition] = (),
    ) -> None:
        self._token = token
        self._token_host = (token_host or "").lower()
        self._netrc = netrc
        self._sleep = sleep
        self._deadline = deadline
        self._cap = cap
        self._tries = tries
        self._cache = cache
        self._throttle = throttle
        self._additions = list(additions)
        self._aborted = threading.Event()
        self._pauses = HostPauses()
        self._backend = Backend()
        self._terms = self._backend.terms
        try:
            transport = Transport(self._backend)
        except (OSError, ValueError, RuntimeError) as error:
            raise FetchError(
                f"the network can't be set up: {cause_of(error)}; check HTTPS_PROXY,"
                " HTTP_PROXY, ALL_PROXY, SSL_CERT_FILE"
            ) from error
        self._client = httpx.Client(
            transport=transport,
            trust_env=False,
            headers={
                "User-Agent": f"papertrack/{__version__}",
                "Accept": "*/*",
                "Accept-Encoding": "gzip",
            },
            cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
            timeout=deadline,
            event_hooks={"response": [_keep_location]},
        )

    def __enter__(self) -> Http:
        return self

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is not None:
            self.abort()
        self.close()

    def abort(self) -> None:
        """End all reading in progress at once, pauses too; later reads start anew."""
        aborted = self._aborted
        self._aborted = threading.Event()
        aborted.set()
        self._backend.abort()

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def read(self, url: str, *, origin: str | None = None) -> Response:
        """The response to a GET of `url`. Raises Refused for an error status, else FetchError.

        `origin` is what led here, a URL or the name of a file; None where the user named
        `url`. A page on a public host, or a file, may not lead to a private address; nor
        may a host that was public become private.
        """
        return self._read(url, origin, _GET)

    def post(self, url: str, body: bytes) -> Response:
        """The response to a POST of JSON to `url`, which the user or papertrack named.

        Raises as `read`.
        """
        return self._read(url, None, _Kind(body=body))

    def drop_key(self, url: str) -> bool:
        """Drop the key that the site of `url` refused; whether there was one."""
        kept = []
        for one in self._additions:
            if not (one.is_key and one.site == site(url)):
                kept.append(one)
        has_dropped = len(kept) < len(self._additions)
        self._additions = kept
        return has_dropped

    def download(self, url: str, sink: Sink, *, origin: str | None = None) -> None:
        """Read `url` into a sink, as `read` does, but nothing of it is cached.

        Whatever arrives extends the deadline, by a second for each SLOWEST bytes. Raises
        also what the sink raises.
        """
        self._read(url, origin, _Kind(sink))

    def _read(self, url: str, origin: str | None, kind: _Kind) -> Response:
        check(url)
        self._terms.aborted = aborted = self._aborted
        spent = 0.0
        failures = 0
        for attempt in range(1, MOST_ATTEMPTS + 1):
            self._wait_for_host(url)
            try:
                return self._follow(url, origin, kind)
            except Failed as error:
                failed = error
            spent += self._elapsed()
            # A host that says when to try again has not failed.
            failures += 0 if failed.pause else 1
            is_last = failures == self._tries or attempt == MOST_ATTEMPTS
            too_late = is_last or spent > 2 * self._deadline
            if aborted.is_set() or not failed.retry or too_late:
                raise failed.error from failed
            pause = failed.pause
            if pause is None:
                pause = responses.back_off(failures)
            if pause > LONGEST_PAUSE:
                self._pauses.add(url, pause)
                raise responses.try_again_at(failed.error, pause) from failed
            spent += pause
            if failed.pause is not None and pause >= SHARED_PAUSE:
                self._pauses.add(url, pause)
            else:
                self._wait(pause)
        raise FetchError(f"{shown(url)}: not tried")

    def _elapsed(self) -> float:
        """Seconds since this thread's request began; waiting for its turn is not part of it."""
        began = self._terms.until - self._deadline
        # A download moves its deadline on: what arrives in time is not spent.
        return max(time.monotonic() - began, 0.0)

    def _wait_for_host(self, url: str) -> None:
        """Wait as long as the host requested. Raises Refused if that is too long."""
        seconds = self._pauses.left(url)
        if seconds > LONGEST_PAUSE:
            error = Refused(f"{shown(url)}: not read, the host wants a pause", 429)
            raise responses.try_again_at(error, seconds)
        if seconds > 0:
            self._wait(seconds)

    def _wait(self, seconds: float) -> object:
        """Wait, and return whether reading was aborted meanwhile."""
        if self._sleep is not None:
            return self._sleep(seconds)
        return (self._terms.aborted or self._aborted).wait(seconds)

    def _follow(self, url: str, origin: str | None, kind: _Kind) -> Response:
        """One attempt, redirects included. Raises Failed."""
        first = url
        moved_to = None
        is_permanent = True
        self._start_clock()
        for _ in range(REDIRECTS + 1):
            try:
                self._check_origin(url, origin)
                secret = self._token_for(first, url)
                response = self._in_turn(url, secret, kind, is_named=origin is None)
            except PrivateAddress as error:
                raise Failed(leads_astray(url, origin)) from error
            except PapertrackError as error:
                retry = isinstance(error, responses.Incomplete)
                raise Failed(error, retry=retry) from error
            except NETWORK_ERRORS as error:
                raise of_network(
                    url,
                    error,
                    deadline=self._deadline,
                    is_aborted=self._terms.is_aborted,
                ) from error
            if isinstance(response, Response):
                return replace(response, moved_to=moved_to)
            is_permanent = is_permanent and response.is_permanent
            url, origin = response.url, url
            if is_permanent:
                moved_to = url
        raise Failed(
            FetchError(
                f"{shown(first)}: more than {REDIRECTS} redirects; check the address"
            )
        )

    def _start_clock(self) -> None:
        self._terms.until = time.monotonic() + self._deadline

    def _check_origin(self, url: str, origin: str | None) -> None:
        """Raise PrivateAddress if `url` must be public and is not.

        It must be where a public host or a file leads to it, or where it was before.
        """
        known = self._backend.public
        public_only = known.get(host_of(url), False)
        if origin is not None and not public_only:
            public_only = known.get(host_of(origin), False) or is_public(origin)
        self._terms.public_only = public_only
        if public_only and not is_public(url):
            raise PrivateAddress(url)

    def _token_for(self, first: str, url: str) -> str | None:
        """The Authorization for a URL to which `first` led."""
        scheme = urlsplit(url).scheme
        is_safe = scheme == "https" or urlsplit(first).scheme == scheme
        if self._token and self._takes_token(url) and is_safe:
            return f"Bearer {self._token}"
        return None

    def _takes_token(self, url: str) -> bool:
        """Whether a URL is one of the host that the token is for."""
        parts = urlsplit(url)
        names = (parts.netloc.lower(), (parts.hostname or "").lower())
        return self._token_host in names

    def _in_turn(
        self,
        url: str,
        secret: str | None,
        kind: _Kind,
        *,
        is_named: bool,
    ) -> Response | _Redirect:
        """The response to one request, or what it redirects to, within the rate limit.

        Waiting for the turn is not part of the deadline.
        """
        throttle = self._throttle(url)
        turn = throttle.turn(self._wait) if throttle else nullcontext(float("inf"))
        with turn as seconds:
            if throttle:
                self._start_clock()
            self._terms.send_until = time.monotonic() + seconds
            try:
                return self._send(url, secret, kind, is_named=is_named)
            except Failed as failed:
                error = failed.error
                is_429 = isinstance(error, Refused) and error.status == 429
                if throttle and is_429 and failed.pause is None:
                    throttle.pause()
                raise

    def _send(
        self,
        url: str,
        secret: str | None,
        kind: _Kind,
        *,
        is_named: bool,
    ) -> Response | _Redirect:
        """The response to one request, or what it redirects to. Raises Failed.

        If the user named the URL and it needs a password, that of the netrc file is sent.
        """
        # Nothing that a password opens is cached, nor an address with one.
        sink = kind.sink
        cache = None if kind != _GET or has_secret(url) else self._cache
        cached = cache.find(url) if cache else None
        headers = dict(cached.conditions) if cached else {}
        if sink is not None:
            # A part of an encoded body is of no use.
            headers = {"Accept-Encoding": "identity", **sink.conditions()}
        if secret:
            headers["Authorization"] = secret
        request = self._request(url, headers, kind.body)
        response = self._client.send(request, stream=True)
        try:
            status = response.status_code
            received = {k.lower(): clean(v) for k, v in response.headers.items()}
            if status in _MOVED and "location" in response.extensions:
                target = target_of(url, clean(response.extensions["location"]))
                return _Redirect(target, status in _MOVED_FOR_GOOD)
            if cached is not None and status == 304:
                return Response(url, 200, cached.headers, cached.body)
            if status == 401 and is_named and secret is None:
                password = authorization(self._netrc, url)
                if password is not None:
                    return self._send(url, password, kind, is_named=False)
            if sink is not None and sink.takes(status):
                sink.take(url, status, received, self._extending(response.iter_raw()))
                return Response(url, status, received, b"")
            if not 200 <= status < 300:
                secrets = [one.value for one in self._additions]
                raise refused(url, response, received, self._takes_token(url), secrets)
            chunks = responses.decoded(response.iter_raw(), received, self._cap, url)
            body = b"".join(chunks)
        finally:
            response.close()
        if cache is not None:
            cache.store(url, received, body)
        return Response(url, status, received, body)

    def _request(
        self, url: str, headers: dict[str, str], body: bytes | None
    ) -> httpx.Request:
        """The request with what is added to those of its site."""
        parameters: dict[str, str] = {}
        for one in self._additions:
            if one.site == site(url):
                (headers if one.is_header else parameters)[one.name] = one.value
        address = httpx.URL(url)
        if parameters:
            address = address.copy_merge_params(parameters)
        if body is None:
            return self._client.build_request("GET", address, headers=headers)
        headers["Content-Type"] = "application/json"
        return self._client.build_request(
            "POST", address, headers=headers, content=body
        )

    def _extending(self, body: Iterable[bytes]) -> Iterator[bytes]:
        """The body; each chunk extends the deadline."""
        for chunk in body:
            self._terms.until += len(chunk) / SLOWEST
            yield chunk


def _keep_location(response: httpx.Response) -> None:
    """Move a redirect's target out of the headers.

    httpx reads it even where it does not follow it, and fails on a malformed one.
    """
    if "location" in response.headers:
        response.extensions["location"] = response.headers.pop("location")
