"""A service's own search: the query in its language, read once, nothing saved."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, NamedTuple

from papertrack.core.errors import FetchError, QueryError, UsageError
from papertrack.core.facts import Listing, Request
from papertrack.core.field_names import QUERY_NAMES
from papertrack.fetching import remote_query
from papertrack.fetching.run import Collector, Report
from papertrack.library.library import Library
from papertrack.query.language import (
    And,
    Days,
    Placed,
    mentions_field,
    parse_placed,
    words_alone,
)
from papertrack.sources.arxiv import search as arxiv
from papertrack.sources.base import Context
from papertrack.sources.huggingface import source as huggingface

if TYPE_CHECKING:
    from papertrack.web.http import Http


class Service(NamedTuple):
    """A service with a search: its name for the reader, and the most papers at once."""

    name: str
    most: int


SERVICES = {
    "hf": Service("Hugging Face", huggingface.MOST_FOUND),
    "arxiv": Service("arXiv", arxiv.MOST),
}


def plan(
    service: str, words: str, limit: int | None, context: Context, today: dt.date
) -> Request:
    """What to read for the words of a query; relative days count from `today`.

    Raises QueryError for what the service has no words for, UsageError for days.
    """
    query = _parsed(words, today)
    most = SERVICES[service].most
    count = most if limit is None else min(limit, most)
    if service == "arxiv":
        query = _within(query, context)
        text = remote_query.for_arxiv(query, context.today)
        return arxiv.request(text, count, context)
    if context.since or context.until:
        raise UsageError(
            "Hugging Face's search takes only words; leave out --since and --until, or"
            " use --remote arxiv"
        )
    text = remote_query.for_hugging_face(query)
    return huggingface.search(text, count, context)


def _parsed(words: str, today: dt.date) -> Placed:
    """The query; a line that is none, such as a pasted title, is taken as words."""
    try:
        return parse_placed(words, today)
    except QueryError as error:
        if error.instead or mentions_field(words):
            raise
        return Placed(words, And(words_alone(words)), [])


def _within(query: Placed, context: Context) -> Placed:
    """The query within the days requested, which are those of publication."""
    if not context.since and not context.until:
        return query
    first = context.since.isoformat() if context.since else None
    last = None
    if context.until:
        last = (context.until + dt.timedelta(days=1)).isoformat()
    days = Days(QUERY_NAMES["published"], first, last)
    return query._replace(clause=And((query.clause, days)))


def read(http: Callable[[], Http], request: Request, library: Library) -> Listing:
    """What the service finds, in its order. Raises FetchError."""
    from papertrack.web.crawl import crawl  # with httpx 100 ms

    whole: Listing | None = None
    for fetched in crawl(http(), [request], progress=library.progress):
        if fetched.error is not None:
            raise fetched.error
        if fetched.listing is not None:
            whole = _joined(whole, fetched.listing)
    if whole is None:
        raise FetchError(f"{request.url}: nothing was read; try again")
    return whole


def _joined(before: Listing | None, listing: Listing) -> Listing:
    if before is None:
        return listing
    return replace(
        listing,
        facts=before.facts + listing.facts,
        problems=before.problems + listing.problems,
    )


def keep(
    library: Library,
    service: str,
    listing: Listing,
    *,
    today: dt.date,
) -> Report:
    """Add what was found, as a fetch adds it: new papers, rules, one step to undo.

    Raises StoreError.
    """
    report = Report(f"{SERVICES[service].name}'s search")
    collector = Collector(
        library,
        report,
        today,
        None,
        dry_run=False,
        is_fetch=True,
        is_service=True,
    )
    collector.add(listing)
    collector.finish()
    return report
