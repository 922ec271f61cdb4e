"""Reading URLs over HTTP: one `Http` a run, `read(url) -> Answer`, and `crawl` for many.

httpx does the talking; what it leaves open is closed here: a deadline for the whole request, a cap on
the decoded size that is checked while reading, retries with pauses that the server may set, redirects
followed by hand, and one error of ours, on one line, for everything that can go wrong.
"""

from __future__ import annotations

import re
import ssl
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from types import TracebackType
from urllib.parse import urljoin, urlsplit
from urllib.request import getproxies

import httpcore
import httpx

from papertrack import __version__
from papertrack.core.addresses import bare, is_private, shown
from papertrack.core.errors import FetchError, PapertrackError, Refused, Unrecognised
from papertrack.core.text import clean, shorten
from papertrack.web import responses as answers
from papertrack.web.crawl import Fetched, crawl
from papertrack.web.rate_limit import Bodies, Pace
from papertrack.web.transport import Backend, PrivateAddress, resolve

__all__ = ["Answer", "Fetched", "Http", "crawl"]

CONNECTIONS = 8
DEADLINE = 60.0
REDIRECTS = 5
MOST_TRIES = 12
"""Attempts at a page in all, with those that the host put off."""
LONGEST_PAUSE = 120.0
SHARED_PAUSE = 5.0
_MOVED = frozenset({301, 302, 303, 307, 308})
_ERROR_BYTES = 100_000
# Besides its own, httpx lets through what sockets, codecs and URLs raise: see tests/web/test_http.py.
_FAULTS = (
    *(
        httpx.HTTPError,
        httpx.InvalidURL,
        httpx.StreamError,
        httpcore.ConnectError,
        OSError,
    ),
    *(ValueError, TypeError, ImportError, AssertionError, LookupError, RuntimeError),
)
_BROKEN = (
    httpx.TimeoutException,
    httpx.ReadError,
    httpx.WriteError,
    httpx.RemoteProtocolError,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server answered: the URL after redirects, lower-case header names, the decoded body."""

    url: str
    status: int
    headers: Mapping[str, str]
    body: bytes


class _Failed(Exception):
    """An attempt that failed; `error` is what the user would be told."""

    def __init__(
        self, error: PapertrackError, *, again: bool = False, pause: float | None = None
    ) -> None:
        super().__init__(str(error))
        self.error, self.again, self.pause = error, again, pause


class Http:
    """The run's one way to the network; safe to use from several threads.

    `token` is sent as Bearer to `token_host` (a host, or host:port) alone. `deadline` is seconds for a
    whole request, `cap` decoded bytes of a body, `tries` attempts that may fail. `sleep` takes seconds; by
    default it is a wait that `abort` ends. `bodies` are answers to ask again for conditionally; `pace`
    tells the pace that a URL's service wants. Proxies come from the environment.
    """

    def __init__(
        self,
        *,
        token: str | None = None,
        token_host: str | None = None,
        sleep: Callable[[float], object] | None = None,
        deadline: float = DEADLINE,
        cap: int = 50_000_000,
        tries: int = 4,
        bodies: Bodies | None = None,
        netrc: Path | None = None,
        pace: Callable[[str], Pace | None] = lambda url: None,
    ) -> None:
        self._token, self._token_host = token, (token_host or "").lower()
        self._deadline, self._cap, self._tries = deadline, cap, tries
        self._ended = threading.Event()
        self._sleep, self._bodies, self._pace_of = sleep, bodies, pace
        self._netrc = netrc
        self._quiet_until: dict[str, float] = {}
        self._lock = threading.Lock()
        self._backend = Backend(free=_proxy_hosts())
        try:
            self._client = _client(self._backend, deadline)
        except (
            ValueError,
            TypeError,
            ImportError,
            OSError,
            httpx.HTTPError,
            httpx.InvalidURL,
        ) as error:
            raise FetchError(
                f"the network can't be set up: {_cause(error)}; check HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, SSL_CERT_FILE"
            ) from error

    def __enter__(self) -> Http:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        _: TracebackType | None,
    ) -> None:
        if kind is not None:
            self.abort()
        self.close()

    def abort(self) -> None:
        """Ends all reading that is under way at once, pauses too; what is read after it begins anew."""
        ended, self._ended = self._ended, threading.Event()
        ended.set()
        self._backend.abort()

    def close(self) -> None:
        """Closes the connections."""
        with suppress(
            Exception
        ):  # a connection that another thread still holds may object
            self._client.close()

    def read(self, url: str, *, origin: str | None = None) -> Answer:
        """The answer to a GET of `url`. Raises Refused for an error status, else FetchError.

        `origin` is what led here, a URL or the name of a file; None where the user named `url`. A page on a public
        host, or a file, may not send us to a private address; nor may a host that was public become one.
        """
        ended = self._backend.terms.ended = self._ended
        spent, failures = 0.0, 0
        for attempt in range(1, MOST_TRIES + 1):
            self._keep_quiet(url)
            try:
                return self._follow(url, origin)
            except _Failed as failed:
                failures += (
                    not failed.pause
                )  # a host that says when to come again has not failed
                pause = (
                    failed.pause
                    if failed.pause is not None
                    else answers.back_off(failures)
                )
                spent += self._took()
                late = (
                    spent > 2 * self._deadline
                    or failures == self._tries
                    or attempt == MOST_TRIES
                )
                if ended.is_set() or not failed.again or late:
                    raise failed.error from failed
                spent += pause
                self._pause(
                    url,
                    pause,
                    shared=failed.pause is not None and pause >= SHARED_PAUSE,
                )
                if pause > LONGEST_PAUSE:
                    raise answers.come_again(failed.error, pause) from failed
        raise FetchError(f"{answers.shown(url)}: not tried")

    def _took(self) -> float:
        """Seconds since this thread's request began; waiting for the service's pace is no part of it."""
        return time.monotonic() - (self._backend.terms.until - self._deadline)

    def _pause(self, url: str, seconds: float, *, shared: bool) -> None:
        """Waits; a long pause that the host asked for is noted instead, and holds for all that read from it."""
        until = time.monotonic() + seconds
        if not shared:
            self._wait(seconds)
        else:
            with self._lock:
                self._quiet_until[_netloc(url)] = max(
                    until, self._quiet_until.get(_netloc(url), 0.0)
                )

    def _keep_quiet(self, url: str) -> None:
        """Waits until the host may be asked again. Raises Refused where that is too long."""
        with self._lock:
            seconds = self._quiet_until.get(_netloc(url), 0.0) - time.monotonic()
        if seconds > LONGEST_PAUSE:
            raise answers.come_again(
                Refused(
                    f"{answers.shown(url)}: not asked, the host wants a pause", 429
                ),
                seconds,
            )
        if seconds > 0:
            self._wait(seconds)

    def _wait(self, seconds: float) -> None:
        (self._sleep or (self._backend.terms.ended or self._ended).wait)(seconds)

    def _follow(self, url: str, origin: str | None) -> Answer:
        """One attempt, redirects included. Raises _Failed."""
        terms, first = self._backend.terms, url
        terms.until = time.monotonic() + self._deadline
        for _ in range(REDIRECTS + 1):
            try:
                terms.public_only = self._public_only(url, origin)
                if terms.public_only and not _public(url):
                    raise PrivateAddress(url)
                answer = self._in_turn(
                    url, self._token_for(first, url), named=origin is None
                )
            except PapertrackError as error:
                raise _Failed(
                    error, again=isinstance(error, answers.CutShort)
                ) from error
            except PrivateAddress as error:
                by = (
                    "a public page"
                    if origin is None or _host(origin)
                    else shorten(clean(origin), 100)
                )
                told = f"{answers.shown(url)}: {by} leads to this private address; name it yourself to read it"
                raise _Failed(FetchError(told)) from error
            except _FAULTS as error:
                raise _Failed(
                    self._told(url, error), again=_is_broken(error)
                ) from error
            if isinstance(answer, Answer):
                return answer
            url, origin = answer, url
        raise _Failed(
            FetchError(
                f"{answers.shown(first)}: more than {REDIRECTS} redirects; check the address"
            )
        )

    def _public_only(self, url: str, origin: str | None) -> bool:
        """Whether `url` must not lead to a private address: what is public itself sends us there, or was it before."""
        if self._backend.public.get(_host(url)):
            return True
        return origin is not None and (
            self._backend.public.get(_host(origin)) or _public(origin)
        )

    def _token_for(self, first: str, url: str) -> str | None:
        parts = urlsplit(url)
        known = self._token_host in (
            parts.netloc.lower(),
            (parts.hostname or "").lower(),
        )
        safe = parts.scheme == "https" or urlsplit(first).scheme == parts.scheme
        return f"Bearer {self._token}" if self._token and known and safe else None

    def _in_turn(self, url: str, secret: str | None, *, named: bool) -> Answer | str:
        """The answer to one GET, at the pace that the service wants; waiting for it is not part of the deadline."""
        pace = self._pace_of(url)
        if pace is None:
            return self._once(url, secret, named=named)
        with pace.turn(self._wait):
            self._backend.terms.until = time.monotonic() + self._deadline
            try:
                return self._once(url, secret, named=named)
            except _Failed as failed:
                if (
                    failed.pause is None
                    and isinstance(failed.error, Refused)
                    and failed.error.status == 429
                ):
                    pace.hush()
                raise

    def _once(self, url: str, secret: str | None, *, named: bool) -> Answer | str:
        """The answer to one GET, or the URL that it redirects to.

        Where the user `named` it and a password is asked for, it is asked again with the one of ~/.netrc.
        """
        # What a password opens is not kept, nor under which address.
        bodies = self._bodies if bare(url) == url else None
        kept = bodies.find(url) if bodies else None
        headers = {
            **(kept.ask if kept else {}),
            **({"Authorization": secret} if secret else {}),
        }
        request = self._client.build_request("GET", url, headers=headers)
        response = self._client.send(request, stream=True)
        try:
            told = {
                name.lower(): clean(value) for name, value in response.headers.items()
            }
            if response.status_code in _MOVED and "location" in response.extensions:
                return _target(url, clean(response.extensions["location"]))
            if kept is not None and response.status_code == 304:
                return Answer(url, 200, kept.headers, kept.body)
            known = (
                answers.authorization(self._netrc, url)
                if response.status_code == 401 and named and secret is None
                else None
            )
            if known is not None:
                return self._once(url, known, named=False)
            if not 200 <= response.status_code < 300:
                raise _refusal(url, response, told)
            body = b"".join(answers.decoded(response.iter_raw(), told, self._cap, url))
            if bodies is not None:
                bodies.keep(url, told, body)
            return Answer(url, response.status_code, told, body)
        finally:
            response.close()

    def _told(self, url: str, error: Exception) -> FetchError:
        """The one line that a failure of the network is told by."""
        if self._backend.terms.over:
            return FetchError(f"{answers.shown(url)}: interrupted")
        if isinstance(error, httpx.ConnectTimeout | httpx.PoolTimeout):
            return FetchError(
                f"{answers.shown(url)}: no connection in time; check the network, or try again later"
            )
        if isinstance(error, httpx.TimeoutException):
            return FetchError(
                f"{answers.shown(url)}: no whole answer within {self._deadline:g} s; try again later"
            )
        if isinstance(
            error, httpx.ConnectError | httpcore.ConnectError | httpx.ProxyError
        ):
            return FetchError(
                f"{answers.shown(url)}: {_cause(error)}; check the address, the network and the proxy"
            )
        if isinstance(error, httpx.HTTPError) and not isinstance(
            error, httpx.UnsupportedProtocol
        ):
            return FetchError(
                f"{answers.shown(url)}: the connection broke off ({_cause(error)}); try again later"
            )
        return FetchError(
            f"{answers.shown(url)}: not an address that can be read ({_cause(error)}); check it"
        )


def _client(backend: Backend, deadline: float) -> httpx.Client:
    client = httpx.Client(
        headers={
            "User-Agent": f"papertrack/{__version__}",
            "Accept": "*/*",
            "Accept-Encoding": "gzip",
        },
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
        timeout=deadline,
        limits=httpx.Limits(
            max_connections=CONNECTIONS, max_keepalive_connections=CONNECTIONS
        ),
        verify=httpx.create_ssl_context(),
        event_hooks={"response": [_keep_location]},
    )
    # httpx has no public way to give its transports a backend and keep the proxies of the environment.
    for transport in (client._transport, *client._mounts.values()):
        if isinstance(transport, httpx.HTTPTransport):
            transport._pool._network_backend = backend
    return client


def _keep_location(response: httpx.Response) -> None:
    """Puts a redirect's target aside: httpx reads it even where it does not follow it, and fails on a bad one."""
    if "location" in response.headers:
        response.extensions["location"] = response.headers.pop("location")


def _proxy_hosts() -> frozenset[str]:
    hosts = set()
    for proxy in getproxies().values():
        with suppress(ValueError):
            hosts.add(
                urlsplit(proxy if "://" in proxy else f"http://{proxy}").hostname or ""
            )
    return frozenset(hosts - {""})


def _public(url: str) -> bool:
    """Whether an address of the host is public; unknown hosts are left to the connection, or to the proxy."""
    with suppress(httpcore.ConnectError, ValueError):
        host = urlsplit(url).hostname
        return host is None or not all(map(is_private, resolve(host)))
    return True


def _host(url: str) -> str:
    with suppress(ValueError):
        return (urlsplit(url).hostname or "").lower()
    return ""


def _target(url: str, location: str) -> str:
    target = urljoin(url, location)
    if (
        urlsplit(target).scheme not in ("http", "https")
        or not urlsplit(target).hostname
    ):
        to = answers.shown(target)
        raise Unrecognised(
            f"{answers.shown(url)}: redirects to {to}, which is no web address; not followed"
        )
    return target


def _refusal(url: str, response: httpx.Response, headers: Mapping[str, str]) -> _Failed:
    """What an error status means: the server's own words where it gives some, and when to come again."""
    status = response.status_code
    reason = _own_words(response, headers, url) or answers.phrase(status)
    error = Refused(
        f"{answers.shown(url)}: {reason} (HTTP {status}); {answers.next_step(status)}",
        status,
    )
    return _Failed(
        error, again=status in answers.TRANSIENT, pause=answers.asked_pause(headers)
    )


def _own_words(
    response: httpx.Response, headers: Mapping[str, str], url: str
) -> str | None:
    with suppress(PapertrackError, httpx.HTTPError):
        return answers.own_words(
            b"".join(answers.decoded(response.iter_raw(), headers, _ERROR_BYTES, url))
        )
    return None


def _is_broken(error: Exception) -> bool:
    """Whether a failure may pass: a time-out, or a connection that was cut."""
    if isinstance(error, httpx.ConnectError):
        return "reset" in str(error).lower() or "EOF" in str(error)
    return isinstance(error, _BROKEN)


def _cause(error: BaseException) -> str:
    """A library's words on one line, without the secrets of a proxy's URL."""
    if isinstance(error, ssl.SSLError) or "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "its certificate can't be trusted"
    words = (
        re.sub(r"\[(?:Errno|SSL)[^\]]*\]\s*", "", str(error)) or type(error).__name__
    )
    return shorten(clean(shown(words)), 160)


def _netloc(url: str) -> str:
    with suppress(ValueError):
        return urlsplit(url).netloc.lower()
    return ""
