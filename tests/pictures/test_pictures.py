"""Pictures of counts: goldens, hostile names, and numbers of every size."""

from __future__ import annotations

import datetime as dt
import itertools
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertrack.core.reading import Month
from papertrack.core.text import clean
from papertrack.core.trends import Trend
from papertrack.pictures import letters
from papertrack.pictures.lines import Series, lines
from papertrack.pictures.stats import stats
from papertrack.pictures.svg import document
from papertrack.pictures.trends import trends
from tests.helpers import svg

HOSTILE = (
    "<script>alert(1)</script>",
    '"><image href="http://evil.example/x.png"/>',
    "]]></style><svg onload=alert(1)>",
    "&amp;&lt;b&gt; &#60;",
    "</title></desc></text>",
    "<!-- comment",
    "url(http://evil.example)",
    "\x1b]0;pwn\x07nul\x00l\u202egnp.exe\ufeff\ufffe\ud800",
    "line\nbreak\tand tab",
    "W" * 300,
    "ﷺ" * 20,
    "a\u0301\u0316" * 40,
    "👩‍👩‍👧 大規模言語モデルの評価と応用に関する研究",
    "مرحبا بالعالم",
    "%s {0} $(touch x) `x`",
    "",
)
DAYS = {
    dt.date(2024, 10, 1): 7,
    dt.date(2024, 12, 31): 1,
    dt.date(2025, 1, 1): 12,
    dt.date(2025, 11, 3): 4,
    dt.date(2025, 11, 7): 9,
}
TOPS: dict[str, list[tuple[str, int]]] = {
    "Sources": [("hf", 1200), ("arxiv", 31)],
    "Tags": [("nlp/parsing", 12), ("to-discuss", 2), ("vision", 1)],
    "Organisations": [("Natural Language Processing Group at the University", 3)],
}
MONTHS = [Month("2025-10", 30, 0, 30, 0), Month("2025-11", 0, 12, 30, 12)]
PERIODS = ["2025-08", "2025-09", "2025-10", "2025-11"]
TRENDS = [
    Trend("diffusion", [1, 0, 30, 12], [4, 0, 120, 48]),
    Trend("'flow matching' or agent", [0, 0, 2, 1], [4, 0, 120, 48]),
]


def golden(name: str, text: str) -> None:
    """Compare with the golden file (UPDATE_GOLDENS=1 regenerates it)."""
    path = Path(__file__).with_name(f"golden.{name}.svg")
    if os.environ.get("UPDATE_GOLDENS"):
        path.write_bytes(text.encode())
    assert text == path.read_bytes().decode()


def picture(**changes: Any) -> str:
    facts: dict[str, Any] = {
        "title": "tag:nlp",
        "totals": "33 papers: 21 unread, 12 read",
        "days": DAYS,
        "tops": TOPS,
        "months": MONTHS,
    }
    return stats(**{**facts, **changes})


def test_the_picture_of_stats() -> None:
    text = picture()
    golden("stats", text)
    root = svg.parsed(text)
    assert svg.outside(root) == []
    tips = svg.tooltips(root)
    assert "2025-11-07: 9 papers" in tips
    assert "2024-10-01: 7 papers" not in tips, "53 weeks are shown"
    assert "nlp/parsing: 12 papers" in tips
    assert "12 of 30 read by 2025-11" in tips
    shown = svg.texts(root)
    assert {"tag:nlp", "Tags", "1,200", "2025-11", "40%", "Reading"} <= {*shown}
    assert "Papers a day, 2024-11-04 to 2025-11-07" in shown


def test_the_picture_of_trends() -> None:
    text = trends(TRENDS, PERIODS, "month")
    golden("trends", text)
    root = svg.parsed(text)
    assert svg.outside(root) == []
    tips = svg.tooltips(root)
    assert "diffusion, 2025-10: 25.0%" in tips
    assert not [tip for tip in tips if "2025-08: 25" in tip], "4 papers are too few"
    assert "all papers, 2025-08: 4" in tips
    shown = svg.texts(root)
    assert {"diffusion", "25%", "2.1%", "43", "172", "all papers"} <= {*shown}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_name_from_outside_is_text(name: str) -> None:
    tops = {"Tags": [(name, 3), ("plain", 1)], "Organisations": [(name, 2)]}
    texts = [picture(title=name or "x", tops=tops)]
    if name:
        trend = Trend(name, [1, 2, 3, 4], [4, 4, 4, 4])
        texts.append(trends([trend, trend], PERIODS, "month"))
    for text in texts:
        root = svg.parsed(text)
        assert svg.outside(root) == []
        told = [*svg.texts(root), *svg.tooltips(root)]
        assert any(clean(name) in one for one in told)
        assert clean(name) in (root.findtext(f"{svg.SVG}desc") or "")


@pytest.mark.parametrize(
    ("words", "room"),
    [
        ("short", 200),
        ("a longer name of a laboratory", 90),
        ("W" * 60, 120),
        ("i" * 90, 120),
        ("大規模言語モデル", 60),
        ("word", 3),
        ("a\u0301" * 90, 100),
    ],
)
def test_a_name_is_cut_where_there_is_no_more_room(words: str, room: float) -> None:
    shown = letters.fitting(words, room)
    if shown == words:
        assert letters.width(words) <= room
        return
    assert shown.endswith("…")
    assert words.startswith(shown[:-1])
    assert letters.width(shown) <= max(room, letters.width("…"))
    longer = words[: len(shown) + 1]
    assert letters.width(longer) + letters.width("…") > room - letters.width("W")


counts = st.integers(0, 10**7)
days = st.dictionaries(st.dates(), st.integers(1, 10**6), max_size=30)


@settings(max_examples=40)
@given(days, st.lists(st.tuples(st.text(max_size=20), st.integers(1, 10**7))))
def test_any_days_and_counts_are_drawn(
    days: dict[dt.date, int], tags: Sequence[tuple[str, int]]
) -> None:
    text = picture(days=days, tops={"Tags": tags}, months=[])
    root = svg.parsed(text)
    assert svg.outside(root) == []
    last = max(days, default=dt.date.max)
    first = last.toordinal() - last.weekday() - 52 * 7
    expected = [
        f"{day}: {papers:,} {'paper' if papers == 1 else 'papers'}"
        for day, papers in days.items()
        if day.toordinal() >= first
    ]
    names = [clean(name) for name, _ in tags]
    tips = [tip for tip in svg.tooltips(root) if tip.rpartition(": ")[0] not in names]
    assert {*expected} <= {*tips}
    assert len(expected) == sum(tip[:10] in map(str, days) for tip in tips)


@settings(max_examples=40)
@given(st.lists(st.tuples(counts, counts), min_size=1, max_size=400), st.integers(1, 9))
def test_any_shares_are_drawn(pairs: list[tuple[int, int]], queries: int) -> None:
    matching = [min(pair) for pair in pairs]
    totals = [max(pair) for pair in pairs]
    totals[-1] += 1  # there is a paper
    names = [f"{2000 + n // 12}-{n % 12 + 1:02}" for n in range(len(pairs))]
    drawn = [Trend(f"q{n}", matching, totals) for n in range(queries)]
    root = svg.parsed(trends(drawn, names, "month"))
    assert svg.outside(root) == []
    assert f"{sum(totals):,}" in svg.texts(root)
    places = [
        float(one.attrib["x"])
        for one in root.iter(f"{svg.SVG}text")
        if one.get("text-anchor") == "middle"
    ]
    wide = letters.width(names[0], 12)
    assert places[0] >= wide / 2
    assert places[-1] <= 500 - wide / 2 + 0.1
    for left, right in itertools.pairwise(places):
        assert right - left >= wide, "names of periods cover each other"
    for path in root.iter(f"{svg.SVG}path"):
        assert "nan" not in path.attrib["d"]
        assert "inf" not in path.attrib["d"]


@pytest.mark.parametrize(
    ("most", "ticks"),
    [
        (1.0, "0% 25% 50% 75% 100%"),
        (0.62, "0% 20% 40% 60% 80%"),
        (0.1, "0.0% 2.5% 5.0% 7.5% 10.0%"),
        (0.034, "0% 1% 2% 3% 4%"),
        (0.0007, "0.00% 0.02% 0.04% 0.06% 0.08%"),
        (0.0, "0% 1%"),
    ],
)
def test_the_percentages_are_round(most: float, ticks: str) -> None:
    drawn = lines([Series("q", [most])], [9], ["2025"], 500)
    root = svg.parsed(document(drawn, "t", "d"))
    shown = [text for text in svg.texts(root) if text.endswith("%")]
    assert " ".join(shown) == ticks


def test_no_papers() -> None:
    text = stats("nothing", "0 papers", {}, {"Tags": []}, [])
    assert "0 papers" in svg.texts(svg.parsed(text))
    assert "no papers" in svg.texts(svg.parsed(trends(TRENDS, [], "month")))
