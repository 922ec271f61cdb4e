"""Web addresses: what is one, its host, and whether that is private."""

from __future__ import annotations

import ipaddress
import re
import socket
import unicodedata
from urllib.parse import urlsplit

_PRIVATE_DOMAINS = (".localhost", ".local", ".internal", ".home.arpa")
_NAT64 = 0x0064FF9B << 64
"""The upper 96 bits of `64:ff9b::`, which a gateway translates to IPv4."""


def is_web_url(text: str) -> bool:
    """Whether `text` begins with http:// or https:// and a host."""
    return bool(re.match(r"(?i)https?://[^\s/]", text))


def web_address(text: str) -> str:
    """The web address that `feed://…` or `feed:https://…` stands for; another text as it is.

    >>> web_address("feed://owls.example/a"), web_address("feed:https://owls.example/a")
    ('http://owls.example/a', 'https://owls.example/a')
    """
    scheme = r"(?:web\+)?(?:feed|rss|itpc|pcast):"
    match = re.match(rf"(?i){scheme}(?://)?(?=https?://)|{scheme}//", text)
    if not match:
        return text
    address = text[match.end() :]
    return address if is_web_url(address) else f"http://{address}"


def host_of(url: str) -> str:
    """The host of a web address without `www.`; "" if it has none."""
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return ""
    return host.removeprefix("www.")


def is_private(address: str) -> bool:
    """Whether a numeric address is not public: of this machine, of a local network, or reserved.

    Raises ValueError for another text.
    """
    ip = ipaddress.ip_address(address.partition("%")[0])
    if isinstance(ip, ipaddress.IPv6Address):
        ip = ip.ipv4_mapped or ip.sixtofour or _embedded(ip) or ip
    return not ip.is_global or ip.is_multicast


def _embedded(ip: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    """The IPv4 address in `64:ff9b::127.0.0.1` and in the old form `::127.0.0.1`."""
    prefix, low = int(ip) >> 32, int(ip) & 0xFFFFFFFF
    if prefix in (0, _NAT64) and low > 1:
        return ipaddress.IPv4Address(low)
    return None


def names_private_host(url: str) -> bool:
    """Whether a URL names this machine or a local network, without resolving its host.

    Numbers are read as resolvers do: `127.1`, `2130706433`, `0`, `0x7f000001`, `[::1]`.
    """
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return False
    # As IDNA reads them, full-width digits are digits.
    host = unicodedata.normalize("NFKC", host).replace("。", ".").rstrip(".")
    if host in ("", "localhost") or host.endswith(_PRIVATE_DOMAINS):
        return True
    try:
        return is_private(host)
    except ValueError:
        pass
    try:
        return is_private(socket.inet_ntoa(socket.inet_aton(host)))
    except (OSError, UnicodeError):
        return False
