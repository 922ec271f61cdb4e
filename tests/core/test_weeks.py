"""Calendars: every day has its square, every count its shade."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.core.weeks import DARKEST, Weeks, heading, last_weeks

days = st.dictionaries(
    st.dates(dt.date(2019, 1, 1), dt.date(2026, 12, 31)),
    st.integers(1, 5000),
    min_size=1,
    max_size=40,
)


@given(days, st.integers(1, 60))
def test_the_last_weeks_end_with_the_last_day(
    found: dict[dt.date, int], most: int
) -> None:
    weeks = last_weeks(found, most)
    assert 1 <= len(weeks.mondays) <= most
    assert {monday.weekday() for monday in weeks.mondays} == {0}
    shown = {day: count for _, _, day, count in weeks.squares()}
    assert max(shown) == max(found)
    assert len(shown) == (max(found) - weeks.mondays[0]).days + 1
    first = min(shown)
    assert {day: count for day, count in shown.items() if count} == {
        day: count for day, count in found.items() if day >= first
    }
    assert len(weeks.mondays) == most or first <= min(found)


@given(days, st.integers(1, 60))
def test_parts_are_the_whole(found: dict[dt.date, int], most: int) -> None:
    weeks = last_weeks(found)
    parts = weeks.parts(most)
    squares = sorted(square[2:] for square in weeks.squares())
    assert sorted(square[2:] for part in parts for square in part.squares()) == squares
    sizes = [len(part.mondays) for part in parts]
    assert max(sizes) <= most
    assert len(parts) == -(-len(weeks.mondays) // most)
    assert len({*sizes[:-1]}) <= 1


@given(st.integers(1, 10_000))
def test_every_count_has_the_shade_of_the_scale(most: int) -> None:
    weeks = Weeks({}, [], dt.date(2025, 1, 1), most)
    scale = list(weeks.scale())
    assert scale[0] == (0, 0, 0)
    assert scale[-1][0] == DARKEST
    assert scale[-1][2] == most
    for shade, low, high in scale:
        assert weeks.shade(low) == weeks.shade(high) == shade
    lows = [low for _, low, _ in scale]
    highs = [high for _, _, high in scale]
    assert lows[1:] == [high + 1 for high in highs[:-1]]


@pytest.mark.parametrize(
    ("found", "most", "text"),
    [
        (["2025-11-07"], 53, "2025-11-07 to 2025-11-07"),
        (["2025-11-03", "2025-11-07"], 53, "2025-11-03 to 2025-11-07"),
        (["2019-01-01", "2025-11-07"], 53, "2024-11-04 to 2025-11-07"),
        (["2025-10-31", "2025-11-07"], 1, "2025-11-03 to 2025-11-07"),
        (["0001-01-01"], 53, "0001-01-01 to 0001-01-01"),
        (["0001-01-09", "9999-12-31"], 2, "9999-12-20 to 9999-12-31"),
    ],
)
def test_the_heading_names_the_days(found: list[str], most: int, text: str) -> None:
    counts = {dt.date.fromisoformat(day): 1 for day in found}
    assert heading(counts, most) == f"Papers a day, {text}"
    assert list(last_weeks(counts, most).squares())
