"""arXiv's services, their addresses and the rate limit that they share."""

from __future__ import annotations

from papertrack.sources.base import Context, Endpoint, RateLimit

ENDPOINT = Endpoint(
    "PAPERTRACK_ARXIV_ENDPOINT",
    "https://export.arxiv.org",
    "base URL that replaces all hosts of arXiv",
    # https://info.arxiv.org/help/api/tou.html: 3 seconds, one connection at a time
    RateLimit(
        name="arxiv",
        seconds=3.0,
        domain="arxiv.org",
        paths=(
            *("/api/query", "/rss/", "/atom/", "/oai"),
            *("/list/", "/abs/", "/html/", "/pdf/"),
        ),
    ),
)
URLS = {
    "api": "https://export.arxiv.org/api/query",
    "rss": "https://rss.arxiv.org/rss",
    "oai": "https://oaipmh.arxiv.org/oai",
    "list": "https://arxiv.org/list",
    "html": "https://arxiv.org/html",
}
"""Each service is on a host of its own."""


def address(context: Context, service: str) -> str:
    """The URL of a service of URLS: its own, or below the endpoint set by the user."""
    base = context.base(ENDPOINT)
    if base == ENDPOINT.url:
        return URLS[service]
    return f"{base}/api/query" if service == "api" else f"{base}/{service}"
