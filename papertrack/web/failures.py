"""What goes wrong on the network: whether another attempt may succeed, and its message."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from contextlib import suppress

import httpcore
import httpx

from papertrack.core.errors import FetchError, PapertrackError
from papertrack.core.secrets import hide_secrets
from papertrack.core.wording import excerpt
from papertrack.web import responses
from papertrack.web.responses import shown

_ERROR_BYTES = 100_000
_BROKEN_CONNECTION = (
    httpcore.TimeoutException,
    httpcore.ReadError,
    httpcore.WriteError,
    httpcore.RemoteProtocolError,
)
NETWORK_ERRORS = (
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.ProxyError,
    OSError,
)


class Failed(Exception):
    """An attempt that failed with `error`; `retry` if another may succeed, after
    `pause` seconds.
    """

    def __init__(
        self,
        error: PapertrackError,
        *,
        retry: bool = False,
        pause: float | None = None,
    ) -> None:
        super().__init__(str(error))
        self.error = error
        self.retry = retry
        self.pause = pause


def of_network(
    url: str, error: Exception, *, deadline: float, is_aborted: bool
) -> Failed:
    """The failure that an error of the network means; `deadline` is in seconds."""
    if is_aborted:
        message = "interrupted"
    elif isinstance(error, httpcore.ConnectTimeout | httpcore.PoolTimeout):
        message = "no connection in time; check the network, or try again later"
    elif isinstance(error, httpcore.TimeoutException):
        message = f"no complete response within {deadline:g} s; try again later"
    elif isinstance(error, httpcore.ConnectError | httpcore.ProxyError):
        message = f"{cause_of(error)}; check the address, the network and the proxy"
    else:
        message = f"the connection broke off ({cause_of(error)}); try again later"
    return Failed(FetchError(f"{shown(url)}: {message}"), retry=_may_pass(error))


def refused(
    url: str,
    response: httpx.Response,
    headers: Mapping[str, str],
    takes_token: bool,
    secrets: Iterable[str],
) -> Failed:
    """The failure that an error status means, and when to try again.

    The server may repeat the `secrets` that it refuses.
    """
    body = b""
    with suppress(PapertrackError, *NETWORK_ERRORS):
        chunks = responses.decoded(response.iter_raw(), headers, _ERROR_BYTES, url)
        body = b"".join(chunks)
    for secret in secrets:
        body = body.replace(secret.encode(), b"...")
    status = response.status_code
    return Failed(
        responses.refusal(url, status, body, takes_token),
        retry=status in responses.TRANSIENT,
        pause=responses.requested_pause(headers),
    )


def _may_pass(error: Exception) -> bool:
    """Whether a failure may be temporary: a time-out, or a connection that was cut."""
    if isinstance(error, httpcore.ConnectError):
        return "reset" in str(error).lower() or "EOF" in str(error)
    return isinstance(error, _BROKEN_CONNECTION)


def cause_of(error: BaseException) -> str:
    """A library's message on one line, without the passwords of a proxy's URL."""
    if "CERTIFICATE_VERIFY_FAILED" in str(error):
        return "its certificate can't be trusted"
    words = re.sub(r"\[(?:Errno|SSL)[^\]]*\]\s*", "", str(error))
    return excerpt(hide_secrets(words or type(error).__name__), 160)
