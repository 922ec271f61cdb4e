"""The table of tags."""

from __future__ import annotations

import datetime as dt
import io

import pytest
from rich.console import Console

from papertrack.index.counts import Tag
from papertrack.render.tags import tags

TODAY = dt.date(2025, 11, 24)


@pytest.mark.parametrize("width", [56, 64, 80, 120])
@pytest.mark.parametrize(
    "names",
    [
        ["a"],
        ["a", "b", "c"],
        ["é"],
        ["日"],
        ["nlp", "x"],
        ["a-long-name/of-a-tag/below-others"],
    ],
)
def test_the_headings_are_one_line(names: list[str], width: int) -> None:
    rows = [Tag(name, 12, 3, 4, "2023-01-01") for name in names]
    drawn = io.StringIO()
    console = Console(file=drawn, width=width)
    console.print(tags(rows, today=TODAY, width=width))
    heading = drawn.getvalue().splitlines()[0]
    assert heading.split()[:5] == ["Tag", "Papers", "Unread", "Later", "Newest"]
