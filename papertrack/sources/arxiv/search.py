"""arXiv's own search: a query in the language of its API, the best matches first."""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from urllib.parse import quote_plus

from papertrack.core.facts import Listing, Request
from papertrack.sources.arxiv.atom import read_whole_feed
from papertrack.sources.arxiv.services import address
from papertrack.sources.arxiv.xml import SOURCE
from papertrack.sources.base import Context

MOST = 2_000
"""Papers that the API returns in one response."""


def request(query: str, limit: int, context: Context) -> Request:
    """The request for the first `limit` papers that match, at most MOST."""
    return _request(query, limit, address(context, "api"), is_again=False)


def _request(query: str, limit: int, base: str, *, is_again: bool) -> Request:
    parameters = [
        f"search_query={quote_plus(query)}",
        f"max_results={min(limit, MOST)}",
        "sortBy=relevance",
        "sortOrder=descending",
    ]
    if is_again:
        # A URL is read once in a run; in another order this is another URL.
        parameters.reverse()
    url = f"{base}?{'&'.join(parameters)}"
    again = None if is_again else _request(query, limit, base, is_again=True)
    return Request(url, partial(_parse, where=url, again=again))


def _parse(
    body: bytes,
    headers: Mapping[str, str],
    *,
    where: str,
    again: Request | None,
) -> Listing:
    """The papers of a response, in its order; an empty one is read again if papers match."""
    feed = read_whole_feed(body, where)
    problems = feed.problems
    follow: tuple[Request, ...] = ()
    if feed.total and not feed.entries:
        if again:
            follow = (again,)
        else:
            empty = f"{where}: empty, but {feed.total} papers match; try again later"
            problems = (*problems, empty)
    return Listing(source=SOURCE, facts=feed.facts, problems=problems, follow=follow)
