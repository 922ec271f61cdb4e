"""The sockets under `web.http`: a deadline for the whole request, checked addresses,
and a way to abort.

httpx's time-outs are for each read, so a server that sends a byte a second never times
out. Here each read and write gets what is left of the request's deadline. The address
that was checked is the one that is connected to: a name that resolves differently the
second time gains nothing.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
import weakref
from collections.abc import Iterable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from papertrack.core.addresses import is_private
from papertrack.core.secrets import hide_in_address, is_clear

CONNECTIONS = 8
CONNECT_SECONDS = 15.0
KEEPALIVE_SECONDS = 5.0


class PrivateAddress(Exception):
    """A host that the user did not name resolves to an address that is not public."""


class Terms(threading.local):
    """The terms of the request that this thread makes.

    `until` is its deadline (`time.monotonic`), `send_until` that of its turn: sent later,
    as by a process that was stopped, it would meet another's. With `public_only` it may
    connect to public addresses only. `aborted` is set when the user interrupts.
    """

    until: float = float("inf")
    send_until: float = float("inf")
    public_only: bool = False
    aborted: threading.Event | None = None

    @property
    def is_aborted(self) -> bool:
        """Whether reading was aborted."""
        return self.aborted is not None and self.aborted.is_set()

    def left(self, timeout: float | None) -> float:
        """Seconds that a step may take; 0 or less after the deadline."""
        if self.is_aborted:
            return 0.0
        left = self.until - time.monotonic()
        if timeout is None:
            return left
        return min(left, timeout)


class Backend(httpcore.NetworkBackend):
    """Opens the connections of all threads of a run."""

    def __init__(self) -> None:
        self.terms = Terms()
        self.trusted: set[str] = set()
        """Hosts that may have any address: the user's proxies."""
        self.public: dict[str, bool] = {}
        """Whether any address of a host was public when it was first connected to."""
        self._inner = httpcore.SyncBackend()
        self._open: weakref.WeakSet[_Stream] = weakref.WeakSet()
        self._lock = threading.Lock()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address of `host` that accepts one."""
        failure: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in self._allowed(host, port):
            seconds = min(self.terms.left(timeout), CONNECT_SECONDS)
            if seconds <= 0:
                raise httpcore.ConnectTimeout("deadline")
            try:
                inner = self._inner.connect_tcp(
                    address, port, seconds, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = error
            else:
                return self.register(_Stream(inner, self))
        raise failure or httpcore.ConnectError("no address")

    def _allowed(self, host: str, port: int) -> list[str]:
        """The addresses of a host that may be connected to. Raises PrivateAddress."""
        addresses = resolve(host, port)
        public = [address for address in addresses if not is_private(address)]
        self.public.setdefault(host.lower(), bool(public))
        if not self.terms.public_only or host in self.trusted:
            return addresses
        if not public:
            raise PrivateAddress(host)
        return public

    def register(self, stream: _Stream) -> _Stream:
        """Note a connection, to be closed by `abort`."""
        with self._lock:
            self._open.add(stream)
        return stream

    def abort(self) -> None:
        """Shut all connections down at once: whoever reads from one meets its end."""
        with self._lock:
            streams = list(self._open)
        for stream in streams:
            with suppress(OSError):
                stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


class _Stream(httpcore.NetworkStream):
    """A connection that keeps to the terms of the thread that uses it."""

    def __init__(self, inner: httpcore.NetworkStream, backend: Backend) -> None:
        self._inner = inner
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        seconds = self._left(timeout, httpcore.ReadTimeout)
        return self._inner.read(max_bytes, seconds)

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        seconds = self._left(timeout, httpcore.WriteTimeout)
        if time.monotonic() >= self._backend.terms.send_until:
            raise httpcore.WriteTimeout("the turn of this request is over")
        self._inner.write(buffer, seconds)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        seconds = self._left(timeout, httpcore.ConnectTimeout)
        inner = self._inner.start_tls(ssl_context, server_hostname, seconds)
        return self._backend.register(_Stream(inner, self._backend))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def _left(
        self, timeout: float | None, error: type[httpcore.TimeoutException]
    ) -> float:
        seconds = self._backend.terms.left(timeout)
        if seconds <= 0:
            raise error("deadline")
        return seconds


class Transport(httpx.BaseTransport):
    """httpx over our backend, directly or through the proxies of the environment.

    `httpx.HTTPTransport` has no public way to take a backend. Raises OSError,
    ValueError or RuntimeError where a proxy or certificate file is unusable.
    """

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._options: dict[str, Any] = {
            "ssl_context": httpx.create_ssl_context(),
            "max_connections": CONNECTIONS,
            "keepalive_expiry": KEEPALIVE_SECONDS,
            "network_backend": backend,
        }
        self._direct = httpcore.ConnectionPool(**self._options)
        self._proxies: dict[str, httpcore.ConnectionPool] = {}
        for scheme, address in getproxies().items():
            if address and scheme in ("http", "https", "all"):
                self._proxies[scheme] = self._proxy(address)

    def _proxy(self, address: str) -> httpcore.ConnectionPool:
        if "://" not in address:
            address = f"http://{address}"
        shown = hide_in_address(address)
        try:
            parts = urlsplit(address)
            port = parts.port
        except ValueError:
            raise ValueError(f"{shown} is not the address of a proxy") from None
        if not is_clear(address):
            raise ValueError(
                f"{shown} has a password with / ? # or @ that is not encoded"
            )
        host = parts.hostname or ""
        self._backend.trusted.add(host)
        auth = None
        if parts.username is not None:
            user = unquote(parts.username)
            password = unquote(parts.password or "")
            auth = (user.encode(), password.encode())
        is_socks = parts.scheme in ("socks5", "socks5h")
        if not host or not (is_socks or parts.scheme in ("http", "https")):
            raise ValueError(f"{shown} is not a proxy")
        pool = httpcore.SOCKSProxy if is_socks else httpcore.HTTPProxy
        url = httpcore.URL(scheme=parts.scheme, host=host, port=port, target="/")
        return pool(url, auth, **self._options)

    def _pool(self, url: httpx.URL) -> httpcore.ConnectionPool:
        pool = self._proxies.get(url.scheme) or self._proxies.get("all")
        if pool is None or proxy_bypass(url.netloc.decode("ascii")):
            return self._direct
        return pool

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """The response; its body is read from the connection. Raises httpcore's errors."""
        url = request.url
        inner = httpcore.Request(
            method=request.method,
            url=httpcore.URL(
                scheme=url.raw_scheme,
                host=url.raw_host,
                port=url.port,
                target=url.raw_path,
            ),
            headers=request.headers.raw,
            content=request.read(),
            extensions=request.extensions,
        )
        response = self._pool(url).handle_request(inner)
        return httpx.Response(
            response.status, headers=response.headers, stream=_Body(response)
        )

    def close(self) -> None:
        """Close all connections."""
        for pool in (self._direct, *self._proxies.values()):
            pool.close()


class _Body(httpx.SyncByteStream):
    def __init__(self, response: httpcore.Response) -> None:
        self._response = response

    def __iter__(self) -> Iterator[bytes]:
        yield from self._response.iter_stream()

    def close(self) -> None:
        self._response.close()


def resolve(host: str, port: int = 0) -> list[str]:
    """The numeric addresses of `host`, in the resolver's order. Raises httpcore.ConnectError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        cause = getattr(error, "strerror", error)
        raise httpcore.ConnectError(f"unknown host {host} ({cause})") from error
    addresses = [str(address[0]) for *_, address in found]
    return list(dict.fromkeys(addresses))
