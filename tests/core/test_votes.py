"""Readings of votes: one text, the same in any order, no longer than it need be."""

from __future__ import annotations

from itertools import permutations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.core.votes import VoteReading, as_text, parse, together, votes_a_day

readings = st.lists(
    st.builds(
        "2025-11-{:02}T{:02}:00:00Z {}".format,
        st.integers(1, 4),
        st.sampled_from([8, 20]),
        st.integers(0, 5),
    ),
    max_size=4,
).map(", ".join)


@given(readings, readings, readings)
def test_readings_are_together_in_any_order_and_twice(
    one: str, two: str, three: str
) -> None:
    whole = together(one, two, three)
    for first, second, third in permutations([one, two, three]):
        assert together(together(first, second), third) == whole
        assert together(first, together(second, third, first)) == whole
    assert together(whole, whole) == whole == as_text(parse(whole))


@given(readings, readings)
def test_votes_grow_at_most_once_a_day(one: str, two: str) -> None:
    result = parse(together(one, two))
    days = [at[:10] for at, _ in result]
    counts = [votes for _, votes in result]
    assert days == sorted(set(days))
    assert counts == sorted(set(counts))
    every = parse(one) + parse(two)
    assert max(counts, default=None) == max((votes for _, votes in every), default=None)


@pytest.mark.parametrize(
    ("stored", "expected"),
    [
        ("", ""),
        (None, ""),
        (["2025-11-07T08:00:00Z 12"], ""),
        ("2025-11-07T08:00:00Z 12", "2025-11-07T08:00:00Z 12"),
        (" 2025-11-07T08:00:00Z 12 ,, ", "2025-11-07T08:00:00Z 12"),
        ("2025-11-07T08:00:00Z", ""),
        ("2025-11-07 12", ""),  # a day is no time in UTC
        ("2025-02-30T08:00:00Z 12", ""),
        ("2025-11-07T08:00:00Z -1", ""),
        ("2025-11-07T08:00:00Z ١٢", ""),
        (f"2025-11-07T08:00:00Z {'9' * 5000}", ""),
        ("2025-11-08T08:00:00Z 9, 2025-11-07T08:00:00Z 12", "2025-11-07T08:00:00Z 12"),
    ],
)
def test_what_a_hand_may_have_written(stored: object, expected: str) -> None:
    assert together(stored) == expected


@pytest.mark.parametrize(
    ("times", "speed"),
    [
        ({}, None),
        ({"2025-11-07T08:00:00Z": 12}, None),
        ({"2025-11-07T08:00:00Z": 12, "2025-11-09T08:00:00Z": 30}, 9),
        ({"2025-11-07T08:00:00Z": 12, "2025-11-09T20:00:00Z": 17}, 2),
        ({"2025-11-07T23:59:00Z": 12, "2025-11-08T00:01:00Z": 14}, 2),
        (
            {
                "2025-11-01T08:00:00Z": 0,
                "2025-11-02T08:00:00Z": 90,
                "2025-11-12T08:00:00Z": 95,
            },
            0.5,
        ),
    ],
)
def test_votes_a_day(times: dict[str, int], speed: float | None) -> None:
    assert votes_a_day([VoteReading(*item) for item in times.items()]) == speed
