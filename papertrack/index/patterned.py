"""A page of the papers that regular expressions match, newest first: once it is full,
little more is looked at.
"""

from __future__ import annotations

import sqlite3

from papertrack.index.search import ANY, Search
from papertrack.index.sql_functions import Patterns

ENOUGH = 50_000
"""The work after which no further matches are counted: some tenths of a second."""


def is_page(search: Search) -> bool:
    """Whether the newest matches are all that a search needs."""
    order = search.order
    is_newest_first = order.by_time and not order.reverse and search.ranked_by is None
    return is_newest_first and order.limit is not None


def newest(search: Search, patterns: Patterns, limit: int) -> tuple[list[int], bool]:
    """The row ids of the newest matches, hidden ones too, and whether there may be more.

    They are all matches, or those of the days of a page with `limit` papers at least.
    """
    page = _Page(search, limit)
    try:
        for rid, is_hidden in page.matches(0, ANY):
            page.add(rid, is_hidden)
            if page.is_full:
                patterns.most_work = ENOUGH
    except sqlite3.OperationalError:
        if not patterns.had_enough:
            raise
        patterns.begin()
        for rid, is_hidden in page.rest_of_day():
            page.add(rid, is_hidden)
        return page.rids, True
    return page.rids, False


class _Page:
    """The matches of a search so far."""

    def __init__(self, search: Search, limit: int) -> None:
        self._search = search
        self._left = limit
        self._last_day = 0
        self.rids: list[int] = []

    @property
    def is_full(self) -> bool:
        return self._left <= 0

    def matches(self, low: int, high: int) -> sqlite3.Cursor:
        """The row ids of matches, newest first, each with whether it is hidden."""
        search = self._search
        rid, source, parameters = search.source(search.with_hidden, low, high)
        hidden = f"{rid} IN (SELECT rid FROM hidden)"
        query = f"SELECT {rid}, {hidden} {source} ORDER BY {rid} DESC"
        return search.db.execute(query, parameters)

    def add(self, rid: int, is_hidden: bool) -> None:
        self.rids.append(rid)
        if self.is_full:
            return
        if self._search.shows_hidden or not is_hidden:
            self._left -= 1
            self._last_day = rid >> self._search.meta.bits

    def rest_of_day(self) -> sqlite3.Cursor:
        """The matches of the page's last day that are not among those so far."""
        first = self._last_day << self._search.meta.bits
        return self.matches(first, max(self.rids[-1], first))
