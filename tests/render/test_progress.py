"""The bar of long work as a line: what is in it, and that it fits."""

from __future__ import annotations

import io

import pytest
from rich.console import Console
from rich.theme import Theme

from papertrack.core.progress import Moment
from papertrack.render.progress import line
from papertrack.render.theme import styles

READING = Moment("hf", "reading", 12, 402, "pages", 8.25, 3.0, 0)


def drawn(moment: Moment, width: int) -> str:
    out = io.StringIO()
    Console(file=out, width=width, theme=Theme(styles("none", {}))).print(
        line(moment, width)
    )
    return out.getvalue().rstrip("\n")


NUMBERS = [
    (READING, "12/402 pages  8.2/s  0:47 left"),
    (READING._replace(rate=0.0), "12/402 pages  0:03"),
    (READING._replace(rate=0.05), "12/402 pages  3.0/min  2:10:00 left"),
    (READING._replace(done=26_000, total=27_000), "26,000/27,000 pages"),
    (READING._replace(rate=1534.6, unit="lines"), "lines  1,535/s  0:00 left"),
    (READING._replace(total=0, rate=0.0, seconds=75.0), "12 pages  1:15"),
    (READING._replace(done=0, total=0, rate=0.0, seconds=725.4), "12:05"),
    (READING._replace(done=410), "410/402 pages  8.2/s  0:00 left"),
]


@pytest.mark.parametrize(("moment", "numbers"), NUMBERS)
def test_count_rate_and_time(moment: Moment, numbers: str) -> None:
    assert numbers in drawn(moment, 76)


@pytest.mark.parametrize("width", [20, 30, 40, 59, 60, 76])
@pytest.mark.parametrize("name", ["", "hf", "a/very/long/path/of/some/file.jsonl" * 3])
def test_it_is_one_line_that_names_the_phase(width: int, name: str) -> None:
    moment = READING._replace(name=name)
    text = drawn(moment, width)
    assert "\n" not in text
    assert len(text) <= width
    assert "12/402" in text
    if width >= 40:
        assert "reading" in text


@pytest.mark.parametrize("turns", range(5))
def test_it_turns(turns: int) -> None:
    one = drawn(READING._replace(turns=turns), 76)
    assert one != drawn(READING._replace(turns=turns + 1), 76)


def test_the_bar_stays_at_its_place_while_the_numbers_change() -> None:
    places = set()
    for done in (60, 99, 333):
        places.add(drawn(READING._replace(done=done), 76).index("━"))
    assert len(places) == 1
