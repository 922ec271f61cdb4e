"""Dates as a reader types them: half-open intervals of days."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.core import dates

TODAY = dt.date(2025, 3, 31)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2024", "2024-01-01", "2025-01-01"),
        ("2024-02", "2024-02-01", "2024-03-01"),
        ("2025-12", "2025-12-01", "2026-01-01"),
        ("2025-02-28", "2025-02-28", "2025-03-01"),
        ("2025-W45", "2025-11-03", "2025-11-10"),
        ("2026-W01", "2025-12-29", "2026-01-05"),
        ("2020-W53", "2020-12-28", "2021-01-04"),
        ("2025-w45", "2025-11-03", "2025-11-10"),
        ("Today", "2025-03-31", "2025-04-01"),
        ("today", "2025-03-31", "2025-04-01"),
        ("yesterday", "2025-03-30", "2025-03-31"),
        ("0d", "2025-03-31", "2025-04-01"),
        ("7d", "2025-03-24", "2025-03-25"),
        ("2w", "2025-03-17", "2025-03-18"),
        ("1m", "2025-02-28", "2025-03-01"),
        ("13m", "2024-02-29", "2024-03-01"),
        ("1y", "2024-03-31", "2024-04-01"),
        ("7d..", "2025-03-24", None),
        ("..7d", None, "2025-03-25"),
        ("2024..", "2024-01-01", None),
        ("..2024", None, "2025-01-01"),
        ("2024..2024", "2024-01-01", "2025-01-01"),
        ("2024-11..2025-W02", "2024-11-01", "2025-01-13"),
        ("7d..today", "2025-03-24", "2025-04-01"),
        (" 2024 .. 2025 ", "2024-01-01", "2026-01-01"),
    ],
)
def test_interval(text: str, first: str | None, last: str | None) -> None:
    assert dates.interval(text, TODAY) == (first, last)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "nothing is not a date"),
        ("..", "an empty range"),
        ("2025-13", "2025-13 is not a date"),
        ("2025-02-29", "2025-02-29 is not a date"),
        ("2025-W53", "2025-W53 is not a date"),
        ("0000", "0000 is not a date"),
        ("9999", "9999 is not a date"),
        ("9999-12-31", "9999-12-31 is not a date"),
        ("9999y", "9999y is not a date"),
        ("7 days", "7 days is not a date"),
        ("tomorrow", "tomorrow is not a date"),
        ("20251107", "20251107 is not a date"),
        ("-7d", "-7d is not a date"),
        ("2025..2024", "ends before it begins"),
        ("today..7d", "ends before it begins"),
        ("2024..2025..2026", "2025..2026 is not a date"),
        ("2024...", "not a date"),
    ],
)
def test_an_invalid_date_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=r"\A[^\n]+\Z") as caught:
        dates.interval(text, TODAY)
    assert reason in str(caught.value)


@given(st.dates(dt.date(1900, 1, 1), dt.date(2100, 1, 1)))
def test_the_interval_of_a_day_contains_only_that_day(day: dt.date) -> None:
    first, last = dates.interval(day.isoformat(), TODAY)
    assert first == day.isoformat()
    assert last == (day + dt.timedelta(days=1)).isoformat()
    for text in (f"{day:%Y}", f"{day:%Y-%m}", "{}-W{:02}".format(*day.isocalendar())):
        first, last = dates.interval(text, TODAY)
        assert first is not None
        assert last is not None
        assert first <= day.isoformat() < last


@given(st.text(alphabet="0123456789-.Wdwmy today", max_size=12) | st.text(max_size=12))
def test_any_text_is_an_interval_or_a_value_error(text: str) -> None:
    try:
        first, last = dates.interval(text, TODAY)
    except ValueError:
        return
    assert first is None or last is None or first < last


def test_first_and_last_day() -> None:
    assert dates.day("2025-W45", TODAY) == dt.date(2025, 11, 3)
    assert dates.last_day("2025-W45", TODAY) == dt.date(2025, 11, 9)
    assert dates.day("7d", TODAY) == dates.last_day("7d", TODAY) == dt.date(2025, 3, 24)
