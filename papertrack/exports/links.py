"""Addresses, escaped for Markdown, LaTeX and XML, and the pages of a paper."""

from __future__ import annotations

from urllib.parse import quote

from papertrack.core.addresses import is_web_url
from papertrack.core.model import Paper
from papertrack.core.secrets import without_password


def web_url(url: str | None) -> str | None:
    """`url` with every character quoted that markup could take for syntax; None unless
    it is http or https. Without a password.
    """
    if not url or not is_web_url(url):
        return None
    url = without_password(url)
    return quote(url, safe="%/:?#@!&+,;=-._~", errors="replace")


def pages(paper: Paper) -> dict[str, str | None]:
    """The pages of a paper beside its own, by their names."""
    pages: dict[str, str | None] = {}
    if paper.key.startswith("arxiv:"):
        pages["arXiv"] = f"https://arxiv.org/abs/{paper.id}"
        if "hf" in paper.sources:
            pages["discussion"] = f"https://huggingface.co/papers/{paper.id}"
    pages["code"] = paper.github
    pages["project"] = paper.project
    pages["PDF"] = paper.pdf
    return pages
