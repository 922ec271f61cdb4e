"""Which URLs may be read: web addresses, and where they lead."""

from __future__ import annotations

from contextlib import suppress
from urllib.parse import urljoin, urlsplit

import httpcore
import httpx

from papertrack.core.addresses import is_private
from papertrack.core.errors import FetchError, Unrecognised
from papertrack.core.secrets import has_secret, is_clear, without_password
from papertrack.core.wording import excerpt
from papertrack.web.failures import cause_of
from papertrack.web.responses import shown
from papertrack.web.transport import resolve


def check(url: str) -> None:
    """Raise FetchError unless `url` is an http or https URL with a host."""
    cause = "expected http:// or https:// and a host"
    if not is_clear(url):
        raise FetchError(
            f"{shown(url)}: not read, it is not clear what of this address is the"
            " password; write its / ? # @ as %2F %3F %23 %40"
        )
    try:
        parts = urlsplit(url)
        is_web = parts.scheme in ("http", "https")
        # A port above 65535 is an error here; the system would use another one instead.
        if parts.port == 0:
            cause = "0 can't be a port"
        elif is_web and parts.hostname and httpx.URL(url).host:
            return
    except (httpx.InvalidURL, ValueError) as error:
        # The library's message repeats parts of the address.
        if not has_secret(url):
            cause = cause_of(error)
    raise FetchError(f"{shown(url)}: not a web address ({cause}); check it")


def is_public(url: str) -> bool:
    """Whether an address of the host is public; an unknown host counts as public.

    Whether that one exists is found out by the connection, or by the proxy.
    """
    host = host_of(url)
    if not host:
        return True
    try:
        return not all(map(is_private, resolve(host)))
    except httpcore.ConnectError:
        return True


def host_of(url: str) -> str:
    """The host of a URL; "" for the name of a file."""
    with suppress(ValueError):
        return (urlsplit(url).hostname or "").lower()
    return ""


def site(url: str) -> str:
    """The scheme and the host of a URL, with its port where that is named."""
    with suppress(ValueError):
        parts = urlsplit(url)
        return f"{parts.scheme}://{parts.netloc.lower()}"
    return ""


def target_of(url: str, location: str) -> str:
    """The absolute URL that `url` redirects to. Raises Unrecognised."""
    try:
        target = urljoin(url, without_password(location))
        check(target)
    except (FetchError, ValueError) as error:
        raise Unrecognised(
            f"{shown(url)}: redirects to {shown(location)}, which is not a web address;"
            " not followed"
        ) from error
    return target


def leads_astray(url: str, origin: str | None) -> FetchError:
    by = "a public page"
    advice = "fetch it by name to read it"
    if origin is not None and not host_of(origin):
        by = excerpt(origin, 100)
        advice += f", or follow it: papertrack feed add {shown(url)}"
    return FetchError(f"{shown(url)}: {by} leads to this private address; {advice}")
