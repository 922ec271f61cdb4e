"""Web addresses: what of one may be shown, and which are of this machine or a local network."""

from __future__ import annotations

import ipaddress
import re
import socket
from urllib.parse import urlsplit, urlunsplit

# `user:password@`, also where other text stands around it.
_SECRET = r"(?<=//)[^/?#\s\"'<>]*@"


def is_web_url(text: str) -> bool:
    """Whether `text` begins with http:// or https:// and a host."""
    return bool(re.match(r"(?i)https?://[^\s/]", text))


def shown(text: str) -> str:
    """Text with the names and passwords of the addresses in it left out.

    >>> shown("https://ann:geheim@owls.example/feed: gone")
    'https://…@owls.example/feed: gone'
    """
    return re.sub(_SECRET, "…@", text) if "@" in text and "//" in text else text


def bare(url: str) -> str:
    """An address without name and password. What is none stays as it is."""
    try:
        parts = urlsplit(url)
        return (
            urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))
            if "@" in parts.netloc
            else url
        )
    except ValueError:
        return url


def is_private(address: str) -> bool:
    """Whether a numeric address is this machine's, a local network's, or otherwise not public."""
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip.sixtofour or _embedded(ip) or ip
    return not ip.is_global or ip.is_multicast


def _embedded(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address in `64:ff9b::127.0.0.1`, which a gateway translates, and in the old `::127.0.0.1`."""
    prefix, low = int(ip) >> 32, int(ip) & 0xFFFFFFFF
    return (
        ipaddress.IPv4Address(low)
        if prefix in (0, 0x0064FF9B << 64) and low > 1
        else None
    )


def names_private(url: str) -> bool:
    """Whether an address names this machine or a local network by itself, without asking for its host's address.

    As resolvers read them: `127.1`, `2130706433`, `0`, `0x7f000001`, `[::1]`, `localhost`.
    """
    try:
        host = (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return False
    if host in ("", "localhost") or host.endswith(
        (".localhost", ".local", ".internal", ".home.arpa")
    ):
        return True
    try:
        return is_private(host)
    except ValueError:
        pass
    try:
        return is_private(socket.inet_ntoa(socket.inet_aton(host)))
    except (OSError, UnicodeError):
        return False
