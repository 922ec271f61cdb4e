"""What is drawn, apart from the program: colours, bars."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.color import Color

from papertrack import render
from papertrack.render.charts import FULL, REST, parted_bar

COLOURS = sorted(name for name in vars(render) if name.isupper())


def luminance(style: str) -> float:
    """The relative luminance of a colour, as WCAG defines it."""
    parts = (value / 255 for value in Color.parse(style).get_truecolor())
    red, green, blue = (part / 12.92 if part <= 0.03928 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize("name", COLOURS)
def test_no_colour_vanishes_on_black_or_on_white(name):
    light = luminance(getattr(render, name))
    assert 1.05 / (light + 0.05) >= 3, "on white"
    assert (light + 0.05) / 0.05 >= 3, "on black"
    assert Color.parse(getattr(render, name)).number >= 16, "the first sixteen are what a terminal makes of them"


@given(st.integers(0, 500), st.integers(0, 500), st.integers(1, 60))
def test_a_bar_shows_its_parts(part, more, width):
    whole, most = part + more, 1000
    bar = parted_bar(part, whole, most, width).plain
    assert bar == FULL * bar.count(FULL) + REST * bar.count(REST)
    assert (len(bar) > 0) is (whole > 0)
    assert abs(len(bar) - whole * width / most) <= 1
    assert (FULL in bar) is (part > 0) or len(bar) == 1
    assert (REST in bar) is (more > 0) or len(bar) == 1
