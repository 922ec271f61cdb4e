"""Counts of all papers, kept up to date with every write, so that nothing is counted
when they are shown.

The tables (`schema`): `day` has a row for each number of a day (see `rows`), date and
status; `moment` one for each time at which papers were added or marked, and status;
`tally` one for each label of the fields TALLIED, and status.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from sqlite3 import Connection
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from papertrack.core.model import Paper

TALLIED = frozenset(("tags", "sources", "organization"))
"""The fields whose labels are counted."""

NO_DATE = ""
"""Stands for the date of a paper without one: a primary key has no NULL."""

Place = tuple[str | int, ...]
"""The key of a row."""


class Counted(NamedTuple):
    """What is counted of a paper besides its labels."""

    date: str
    status: str
    starred: bool
    added: str | None
    marked: str | None


def counted(paper: "Paper", marked: str | None) -> Counted:
    """What is counted of a paper that was marked at this time."""
    date = paper.date or NO_DATE
    return Counted(date, paper.status, paper.starred, paper.added, marked)


class Tallies:
    """What the writes of a transaction add to the counts. Call `finish` before it
    ends.
    """

    def __init__(self, db: Connection) -> None:
        self._db = db
        self._labels: Counter[Place] = Counter()
        self._days: Counter[Place] = Counter()
        self._stars: Counter[Place] = Counter()
        self._added: Counter[Place] = Counter()
        self._marked: Counter[Place] = Counter()

    def count(self, one: Counted, day: int, labels: Iterable[int], step: int) -> None:
        """Count a paper that is added (`step` 1) or removed (-1): the number of its
        day, and the numbers of those of its labels that are counted.
        """
        status = one.status
        place = (day, one.date, status)
        self._days[place] += step
        self._stars[place] += step * one.starred
        if one.added is not None:
            self._added[one.added, status] += step
        if one.marked is not None:
            self._marked[one.marked, status] += step
        for label in labels:
            self._labels[label, status] += step

    def finish(self) -> None:
        """Write the counts."""
        self._write("tally", ("name", "status"), {"papers": self._labels})
        days = {"papers": self._days, "starred": self._stars}
        self._write("day", ("number", "date", "status"), days)
        moments = {"added": self._added, "marked": self._marked}
        self._write("moment", ("at", "status"), moments)

    def _write(
        self,
        table: str,
        key: Sequence[str],
        counts: Mapping[str, Counter[Place]],
    ) -> None:
        """Add these counts, by the name of their column, to a table; rows that count
        nothing are removed.
        """
        counters = counts.values()
        places = sorted(set().union(*counters))
        rows = [(*place, *(counter[place] for counter in counters)) for place in places]
        values = ", ".join("?" * (len(key) + len(counts)))
        sums = ", ".join(f"{name} = {name} + excluded.{name}" for name in counts)
        self._db.executemany(
            f"INSERT INTO {table} VALUES ({values}) ON CONFLICT DO UPDATE SET {sums}",
            rows,
        )
        same_key = " AND ".join(f"{name} = ?" for name in key)
        empty = " AND ".join(f"{name} = 0" for name in counts)
        self._db.executemany(
            f"DELETE FROM {table} WHERE {same_key} AND {empty}", places
        )
        for counter in counters:
            counter.clear()
