"""Styles, bars, sparklines and calendars."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.style import Style

from papertrack.config import keys
from papertrack.config.kinds import Style as StyleKind
from papertrack.config.kinds import Wrong
from papertrack.core.weeks import shown_from
from papertrack.render.charts import (
    FULL,
    REST,
    SHADES,
    STEPS,
    calendar,
    parted_bar,
    sparkline,
    weeks_in,
)
from papertrack.render.theme import THEMES


def test_every_theme_has_every_style() -> None:
    for name, styles in THEMES.items():
        assert set(styles) == set(keys.STYLES), name
        for style in styles.values():
            Style.parse(style)


WORDS = [
    *("bold", "dim", "not", "on", "red", "bright_blue", "default", "color(31)"),
    *("color(256)", "color(-1)", "#ffd787", "#ffd78", "#zzzzzz", "italic", "none"),
    *("link", "blick", "color(٣)", "bright_default", "bright_", "#", "color()", "BOLD"),
]


@given(st.lists(st.sampled_from(WORDS), min_size=1, max_size=4).map(" ".join))
@settings(max_examples=300)
def test_rich_reads_every_style_that_config_accepts(style: str) -> None:
    try:
        accepted = StyleKind().value(style)
    except Wrong:
        return
    assert Style.parse(accepted)


@pytest.mark.parametrize(
    "style",
    ["bold", "not dim bold bright_red", "color(31) on default", "red on #FFD787"],
)
def test_styles_that_config_accepts(style: str) -> None:
    assert StyleKind().value(f" {style.replace(' ', '  ')} ") == style


@given(st.integers(0, 500), st.integers(0, 500), st.integers(1, 60))
def test_a_bar_shows_both_parts(part: int, more: int, width: int) -> None:
    whole, most = part + more, 1000
    bar = parted_bar(part, whole, most, width).plain
    assert bar == FULL * bar.count(FULL) + REST * bar.count(REST)
    assert (len(bar) > 0) is (whole > 0)
    assert abs(len(bar) - whole * width / most) <= 1
    assert (FULL in bar) is (part > 0) or len(bar) == 1
    assert (REST in bar) is (more > 0) or len(bar) == 1


@given(
    st.lists(st.one_of(st.none(), st.integers(0, 100)), min_size=1, max_size=40),
    st.integers(1, 3),
)
def test_the_height_of_a_sparkline_follows_its_values(
    values: Any, stretch: Any
) -> None:
    top = max((value or 0 for value in values), default=0)
    line = sparkline(values, top=top, stretch=stretch)
    assert len(line) == len(values) * stretch
    columns = line[::stretch]
    assert [char == " " for char in columns] == [value is None for value in values]
    assert [char in " ▁" for char in columns] == [not value for value in values]
    known = sorted(
        (value, STEPS.index(char))
        for value, char in zip(values, columns, strict=True)
        if value is not None
    )
    heights = [height for _, height in known]
    assert heights == sorted(heights)
    assert not top or heights[-1] == len(STEPS) - 1


@settings(max_examples=40)
@given(
    st.dictionaries(
        st.dates(dt.date(2023, 1, 1), dt.date(2026, 12, 31)),
        st.integers(1, 300),
        max_size=60,
    ),
    st.integers(60, 200),
)
def test_a_calendar_has_a_square_for_each_day(days: Any, width: int) -> None:
    lines = [line.plain for line in calendar(days, width=width)]
    if not days:
        assert lines == []
        return
    first = shown_from(days, weeks_in(width))
    last = max(days)
    assert len(lines) == 9
    assert all(len(line) <= width for line in lines)
    squares = [char for line in lines[1:8] for char in line[4:] if char in SHADES]
    monday = first - dt.timedelta(days=first.weekday())
    assert len(squares) == (last - monday).days + 1
    assert sum(char != SHADES[0] for char in squares) == sum(
        day >= monday for day in days
    )
    row = lines[1 + last.weekday()].rstrip()
    assert row[-1] != SHADES[0]


def test_a_calendar_names_its_months() -> None:
    days = {dt.date(2024, 1, 30): 1, dt.date(2024, 2, 26): 4, dt.date(2024, 4, 1): 8}
    assert [line.plain.rstrip() for line in calendar(days, width=80)] == [
        "      Feb     Mar     Apr",
        "Mon · · · · ▒ · · · · █",
        "    ░ · · · · · · · ·",
        "Wed · · · · · · · · ·",
        "    · · · · · · · · ·",
        "Fri · · · · · · · · ·",
        "    · · · · · · · · ·",
        "Sun · · · · · · · · ·",
        "    · 0  ░ 1-2  ▒ 3-4  ▓ 5-6  █ 7-8",
    ]
