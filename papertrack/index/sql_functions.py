"""What SQL asks of Python: exact comparisons and regular expressions, the latter within
a time limit.

`(a+)+$` on 32 letters keeps Python's `re` busy for a minute; `regex` can be stopped.
The time of one search is limited over all its texts: a second more than reading them
costs.
"""

from __future__ import annotations

import re
import sqlite3
import time
from datetime import date
from functools import lru_cache
from math import inf
from sqlite3 import Connection
from typing import TYPE_CHECKING

from papertrack.core.errors import UsageError
from papertrack.index.bodies import values_of
from papertrack.query.normalize import same

if TYPE_CHECKING:
    import regex

SECONDS = 1.0
SECONDS_A_TEXT = 10e-6
SECONDS_A_BODY = 50e-6
"""About what it takes to look at a short text, and to unpack a paper's long ones."""

SHORT = 300
"""A text of so many characters takes a simple pattern less than a millisecond."""

UNCHECKED = 64
"""Texts that simple patterns look at before the time is checked."""

TEXT, BODY = 1, 10
"""What a text costs, and a body, as shares of the work of a search."""


class Patterns:
    """The SQL functions `holds` and `matches`, and the time that is left to the current
    search.

    SQLite reports only that a function failed; `fault` is the exception that it raised.
    """

    def __init__(self) -> None:
        self.begin()

    def begin(self) -> None:
        """Start a new search, with all of its time left."""
        self.left = SECONDS
        self.fault: Exception | None = None
        self.work = 0
        """The texts and bodies that were looked at, at their costs."""
        self.most_work: float = inf
        """After so much work the search is given up: `had_enough` is true then."""
        self.had_enough = False
        self._quick = 0
        self._checked = time.thread_time()

    def register(self, db: Connection) -> None:
        """Make these functions known to a connection."""
        db.create_function("holds", 4, self.holds)
        db.create_function("matches", 2, self.matches)

    def holds(
        self,
        body: bytes,
        name: str,
        how: str,
        text: str,
    ) -> bool:
        """Whether a field's value, or an item of it, is `text` but for its spelling, or
        matches it as a pattern.
        """
        try:
            values = values_of(body, name)
        except sqlite3.DatabaseError as error:
            self.fault = error
            raise
        if how == "exact":
            return any(same(value, text) for value in values)
        self.left += SECONDS_A_BODY
        self.work += BODY - TEXT
        return any(self.matches(value, text) for value in values)

    def matches(self, value: str | None, pattern: str) -> bool:
        """Whether a value matches a regular expression, without regard to case."""
        self.work += TEXT
        if self.work > self.most_work:
            self.had_enough = True
            raise StopIteration
        if not value:
            return False
        compiled, is_simple = _compiled(pattern)
        if is_simple and len(value) <= SHORT:
            self._count_quick(pattern)
            return compiled.search(value) is not None
        # CPU time, as `regex` counts: a busy machine does not make a pattern slow.
        began = time.thread_time()
        try:
            if self.left <= 0:
                raise TimeoutError
            return compiled.search(value, timeout=self.left) is not None
        except TimeoutError:
            raise self._too_slow(pattern) from None
        finally:
            self.left += SECONDS_A_TEXT - (time.thread_time() - began)
            self._quick = 0

    def _count_quick(self, pattern: str) -> None:
        """Count a text that is looked at without a limit of time: looking at the clock
        takes longer. Raises TimeoutError if such texts have taken too long together.
        """
        if not self._quick:
            self._checked = time.thread_time()
        self._quick += 1
        if self._quick == UNCHECKED:
            now = time.thread_time()
            self.left += UNCHECKED * SECONDS_A_TEXT - (now - self._checked)
            self._quick = 0
            if self.left <= 0:
                raise self._too_slow(pattern)

    def _too_slow(self, pattern: str) -> TimeoutError:
        self.fault = UsageError(
            f"a regular expression takes too long on these papers: /{pattern}/; "
            "make it simpler"
        )
        return TimeoutError(pattern)


def register_heat(db: Connection) -> None:
    """Make the SQL function `heat` known to a connection: `ranking.hot.heat` of votes, a
    day, and the time (ISO 8601) at which they were read.
    """
    from papertrack.ranking.hot import heat  # for papers in this order only

    def heat_of(upvotes: int | None, day: int, read: str | None) -> float | None:
        try:
            read_on = date.fromisoformat(read[:10]).toordinal() if read else None
        except ValueError:
            read_on = None
        return heat(upvotes, day, read_on)

    db.create_function("heat", 3, heat_of)


@lru_cache(maxsize=8)
def _compiled(pattern: str) -> tuple[regex.Pattern[str], bool]:
    """The pattern, and whether it is simple: it repeats at most once, so that it takes
    at most the square of a text's length.
    """
    import regex  # 20 ms, for regular expressions only

    bare = re.sub(r"\\.", "", pattern, flags=re.DOTALL)
    is_simple = "(" not in bare and sum(map(bare.count, "*+?{")) <= 1
    return regex.compile(pattern, regex.IGNORECASE), is_simple
