"""The sockets under `web`: a total deadline, addresses that are checked, and a way to break off.

httpx's time-outs are per read, so a server that drips a byte a second is never timed out. Here each
read and write gets what is left of the request's deadline. The address that was checked is the one
that is connected to: a name that resolves differently the second time gains nothing.
"""

from __future__ import annotations

import socket
import ssl
import threading
import time
import weakref
from collections.abc import Iterable
from contextlib import suppress
from typing import Any

import httpcore

from papertrack.core.addresses import is_private

CONNECT_SECONDS = 15.0
SocketOption = (
    tuple[int, int, int]
    | tuple[int, int, bytes | bytearray]
    | tuple[int, int, None, int]
)


class PrivateAddress(Exception):
    """A host that was not named by the user resolves to an address that is not public."""


class Terms(threading.local):
    """On what terms this thread reads: until when (`time.monotonic`), from which kind of address, and if at all."""

    until: float = float("inf")
    public_only: bool = False
    ended: threading.Event | None = None

    @property
    def over(self) -> bool:
        """Whether reading was broken off."""
        return self.ended is not None and self.ended.is_set()

    def left(self, timeout: float | None) -> float:
        """Seconds that a step may take; 0 or less where the deadline has passed."""
        if self.over:
            return 0.0
        left = self.until - time.monotonic()
        return left if timeout is None else min(left, timeout)


class Backend(httpcore.NetworkBackend):
    """What httpcore connects through. One for all connections of a run."""

    def __init__(self, *, free: frozenset[str] = frozenset()) -> None:
        """`free` are hosts that may have any address: the proxies that the user has set."""
        self.terms = Terms()
        self._free = free
        self.public: dict[str, bool] = {}
        """Of each host that was connected to: whether any of its addresses was public at first."""
        self._inner = httpcore.SyncBackend()
        self._open: weakref.WeakSet[_Stream] = weakref.WeakSet()
        self._lock = threading.Lock()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> httpcore.NetworkStream:
        """A connection to the first address of `host` that answers."""
        addresses = resolve(host, port)
        self.public.setdefault(host.lower(), not all(map(is_private, addresses)))
        if self.terms.public_only and host not in self._free:
            addresses = [address for address in addresses if not is_private(address)]
            if not addresses:
                raise PrivateAddress(host)
        failure: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in addresses:
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
                return self._kept(_Stream(inner, self))
        raise failure or httpcore.ConnectError("no address")

    def _kept(self, stream: _Stream) -> _Stream:
        with self._lock:
            self._open.add(stream)
        return stream

    def abort(self) -> None:
        """Ends every open connection at once: whoever reads from one meets its end."""
        with self._lock:
            streams = list(self._open)
        for stream in streams:
            with suppress(OSError, AttributeError):
                stream.get_extra_info("socket").shutdown(socket.SHUT_RDWR)


class _Stream(httpcore.NetworkStream):
    """A connection that keeps to the terms of the thread that uses it."""

    def __init__(self, inner: httpcore.NetworkStream, backend: Backend) -> None:
        self._inner = inner
        self._backend = backend

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._inner.read(max_bytes, self._left(timeout, httpcore.ReadTimeout))

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, self._left(timeout, httpcore.WriteTimeout))

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        seconds = self._left(timeout, httpcore.ConnectTimeout)
        return self._backend._kept(
            _Stream(
                self._inner.start_tls(ssl_context, server_hostname, seconds),
                self._backend,
            )
        )

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)

    def _left(
        self, timeout: float | None, error: type[httpcore.TimeoutException]
    ) -> float:
        seconds = self._backend.terms.left(timeout)
        if seconds <= 0:
            raise error("deadline")
        return seconds


def resolve(host: str, port: int = 0) -> list[str]:
    """The numeric addresses of `host`, the resolver's order. Raises httpcore.ConnectError."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise httpcore.ConnectError(
            f"the host {host} is not known ({getattr(error, 'strerror', error)})"
        ) from error
    return list(dict.fromkeys(str(address[4][0]) for address in found))
