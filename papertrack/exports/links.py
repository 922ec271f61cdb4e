"""Addresses as they may stand in Markdown, LaTeX and XML."""

from __future__ import annotations

from urllib.parse import quote

from papertrack.core.addresses import is_web_url
from papertrack.core.secrets import without_password


def web_url(url: str | None) -> str | None:
    """`url` with every character quoted that markup could take for syntax; None unless
    it is http or https. Without a password.
    """
    if not url or not is_web_url(url):
        return None
    url = without_password(url)
    return quote(url, safe="%/:?#@!&+,;=-._~", errors="replace")
