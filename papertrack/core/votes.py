"""Readings of a paper's votes: how many it had, and when a fetch read that.

They are stored as one text, `2025-11-07T08:00:00Z 12, 2025-11-09T08:00:00Z 30`: releases
that know no readings accept a fact that is a text, and leave it as it is.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from papertrack.core.model import Record

FACT = "votes"
"""The name of the stored fact. No `Facts` have it: a source does not know the time."""

MOST_DIGITS = 18
"""More votes than SQLite can count are a mistake."""


class VoteReading(NamedTuple):
    """How many votes a paper had at a time (ISO 8601 in UTC)."""

    at: str
    votes: int


def parse(text: object) -> list[VoteReading]:
    """The readings in a stored text, oldest first; what is none is left out, since a
    hand may have edited it.
    """
    if not isinstance(text, str):
        return []
    readings = []
    for part in text.split(","):
        at, _, votes = part.strip().partition(" ")
        is_count = votes.isascii() and votes.isdigit() and len(votes) <= MOST_DIGITS
        if is_count and _is_time(at):
            readings.append(VoteReading(at, int(votes)))
    return sorted(readings)


def _is_time(text: str) -> bool:
    try:
        return dt.datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def as_text(readings: Iterable[VoteReading]) -> str:
    """The text that readings are stored as."""
    return ", ".join(f"{at} {votes}" for at, votes in readings)


def together(*texts: object) -> str:
    """The readings of several stored texts as one text: those with more votes than any
    earlier one, at most one a day; "" if there are none.

    Votes grow, so what is left out adds nothing. The same in any order, and twice.
    """
    readings = {reading for text in texts for reading in parse(text)}
    # Of one day the one with most votes comes first, the earliest of equal ones.
    in_order = sorted(readings, key=lambda one: (one.at[:10], -one.votes, one.at))
    growing: list[VoteReading] = []
    for reading in in_order:
        if not growing or reading.votes > growing[-1].votes:
            growing.append(reading)
    return as_text(growing)


def of_record(record: Record) -> list[VoteReading]:
    """The readings of a stored paper's votes, oldest first."""
    texts = [facts[FACT] for facts in record.said.values() if FACT in facts]
    return parse(together(*texts)) if texts else []


def votes_a_day(readings: Sequence[VoteReading]) -> float | None:
    """How fast the votes grew between the last two readings; None for fewer than two."""
    if len(readings) < 2:
        return None
    before, last = readings[-2:]
    time = dt.datetime.fromisoformat(last.at) - dt.datetime.fromisoformat(before.at)
    days = max(time / dt.timedelta(days=1), 1.0)
    return (last.votes - before.votes) / days
