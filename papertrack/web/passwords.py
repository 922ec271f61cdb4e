"""Passwords for hosts, from a netrc file."""

from __future__ import annotations

import netrc
from base64 import b64encode
from pathlib import Path
from urllib.parse import urlsplit


def authorization(path: Path | None, url: str) -> str | None:
    """The Authorization header for a URL's host; None where the file has none."""
    if path is None:
        return None
    try:
        entry = netrc.netrc(path).authenticators(urlsplit(url).hostname or "")
    except (OSError, netrc.NetrcParseError, ValueError):
        return None
    if entry is None:
        return None
    user, _, password = entry
    return f"Basic {b64encode(f'{user}:{password}'.encode()).decode()}"
