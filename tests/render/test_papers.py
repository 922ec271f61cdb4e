"""Listings on a terminal: a wider one never takes more lines, no line is too wide, and
titles, cells and matches keep to their lines.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Sequence
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertrack.cli.listing import COLUMNS
from papertrack.core.model import Paper
from papertrack.index.snippets import Snippet
from papertrack.render import columns, lines
from papertrack.render.papers import Part, divided, listing
from papertrack.sources.sample import body

TODAY = dt.date(2025, 11, 24)
WIDTHS = range(60, 201)

SCRIPTS = ("abcdefg ", "aé-_/ ", "日本語の題名 ", "🫖☕ x", "가나 다", "x" * 9)
texts = st.sampled_from(SCRIPTS).flatmap(lambda letters: st.text(letters, max_size=150))
names = st.lists(st.text("Aa ñ", min_size=1, max_size=30), max_size=4).map(tuple)


@st.composite
def papers(draw: st.DrawFn) -> Paper:
    """A paper with facts of any length."""
    number = draw(st.integers(0, 10**5))
    prefixes = st.sampled_from(["2511.", "hep-th/99", "10.1234/journal.of.names."])
    return Paper(
        id=f"{draw(prefixes)}{number:05}",
        key=f"arxiv:{number}",
        title=" ".join(draw(texts).split()),
        authors=draw(names),
        organization=draw(st.one_of(st.none(), st.text("Oo ", max_size=40))),
        upvotes=draw(st.one_of(st.none(), st.integers(0, 10**6))),
        listed=draw(st.sampled_from([None, "2025-11-24", "2025-11-20", "2021"])),
        tags=tuple(
            draw(st.lists(st.text("ab/ñ", min_size=1, max_size=20), max_size=4))
        ),
        status=draw(st.sampled_from(["unread", "read", "later", "hidden"])),
        starred=draw(st.booleans()),
    )


libraries = st.lists(papers(), min_size=1, max_size=5)


def snippets_of(some: Sequence[Paper]) -> dict[str, Snippet]:
    """Snippets with one match and its surroundings for every second paper."""
    found = {}
    for paper in some[::2]:
        piece = f"…{paper.title} \x02kettles\x03 {paper.title}…"
        found[paper.key] = Snippet(paper.title, (piece,))
    return found


def height(some: Sequence[Paper], width: int, chosen: Sequence[str] | None) -> int:
    """How many lines a listing takes; none of them is too wide."""
    drawn = [
        *listing(some, columns=chosen, today=TODAY, width=width, snippets=snippets_of)
    ]
    matches = [paper for paper in some if paper.key in snippets_of(some)]
    assert max(map(lines.width, drawn)) <= width
    assert len(drawn) <= 1 + 2 * len(some) + len(matches)
    return len(drawn)


def heading(
    some: Sequence[Paper], width: int, chosen: Sequence[str] | None
) -> list[str]:
    """The names of the columns of a listing; none of the usual one."""
    if chosen is None:
        return []
    first, *_ = listing(some, columns=chosen, today=TODAY, width=width)
    return "".join(span.text for span in first).split()


def assert_never_grows(
    some: Sequence[Paper], chosen: Sequence[str] | None = None
) -> None:
    heights = [height(some, width, chosen) for width in WIDTHS]
    headings = [heading(some, width, chosen) for width in WIDTHS]
    growing = [
        width
        for width, (narrow, wide), (before, after) in zip(
            WIDTHS, pairwise(heights), pairwise(headings), strict=False
        )
        # The titles that only the wider one has room for bring tags with them.
        if wide > narrow and before == after
    ]
    assert growing == []


@pytest.fixture(scope="module")
def sample() -> list[Paper]:
    """The papers of the sample, some of them with tags."""
    papers = []
    for number, row in enumerate(json.loads(body())):
        facts = row["paper"]
        paper = Paper(
            id=facts["id"],
            key=f"arxiv:{facts['id']}",
            title=facts["title"],
            authors=tuple(author["name"] for author in facts["authors"]),
            organization=(facts.get("organization") or {}).get("fullname"),
            upvotes=facts["upvotes"],
            listed=facts["submittedOnDailyAt"][:10],
            tags=("agents", "to-discuss")[: number % 3],
        )
        papers.append(paper)
    assert len(papers) == 40
    return papers


def test_the_sample_never_takes_more_lines_on_a_wider_terminal(
    sample: list[Paper],
) -> None:
    assert_never_grows(sample[:30])
    assert height(sample[:30], 80, None) <= 1 + 30 * 2 + 15
    assert height(sample[:30], 200, None) < height(sample[:30], 60, None)


@settings(max_examples=6, deadline=None)
@given(libraries)
def test_no_library_takes_more_lines_on_a_wider_terminal(some: list[Paper]) -> None:
    assert_never_grows(some)


names_of_columns = st.lists(st.sampled_from(COLUMNS), min_size=1, max_size=6)


@settings(max_examples=6, deadline=None)
@given(libraries, names_of_columns.map(lambda names: tuple(dict.fromkeys(names))))
def test_chosen_columns_never_take_more_lines_on_a_wider_terminal(
    some: list[Paper], chosen: tuple[str, ...]
) -> None:
    assert_never_grows(some, chosen)


@settings(max_examples=30, deadline=None)
@given(libraries, st.integers(20, 59))
def test_nothing_is_too_wide_for_a_narrow_terminal(
    some: list[Paper], width: int
) -> None:
    assert height(some, width, None)


needs = st.fixed_dictionaries(
    {name: st.sampled_from([0, 1, 6, 10, 17, 30, 90, 500]) for name in columns.ORDER}
)


@given(needs, st.integers(20, 250), st.booleans())
def test_no_column_gets_narrower_or_wider_than_needed(
    needed: dict[str, int], room: int, with_chosen: bool
) -> None:
    chosen = [name for name in columns.ORDER if needed[name]] if with_chosen else None
    before = columns.widths(needed, room, chosen=chosen, narrow=False)
    after = columns.widths(needed, room + 1, chosen=chosen, narrow=False)
    for name, width in before.items():
        assert width <= after[name] <= needed[name]
    assert sum(before.values()) + columns.GAP * len(before) <= room


def plain(drawn: Iterable[lines.Line]) -> list[str]:
    return [lines.plain(line).rstrip() for line in drawn]


def paper(number: int = 1, **facts: Any) -> Paper:
    return Paper(
        f"2511.0000{number}", f"arxiv:{number}", facts.pop("title", "Tea"), **facts
    )


def test_empty_columns_take_no_room() -> None:
    assert plain(listing([paper()], today=TODAY, width=80)) == [
        "#      Id          Title",
        "1   •  2511.00001  Tea",
    ]
    assert plain(
        listing([paper()], today=TODAY, width=80, columns=("title", "upvotes"))
    ) == ["#      Title  ▲", "1   •  Tea"]


LONG = (
    "A Long Title About Kettles That Goes On and On Until It Fills More Than Two Lines"
)


@pytest.mark.parametrize(
    ("title", "tags", "expected"),
    [
        ("Tea", ("hot",), ["Tea  #hot"]),
        (LONG[:39], ("hot",), ["A Long Title About Kettles That", "Goes On  #hot"]),
        (LONG[:32], ("hot", "black"), [LONG[:31], "#hot #black"]),
        (
            LONG,
            (),
            ["A Long Title About Kettles That", "Goes On and On Until It Fills M…"],
        ),
        (
            LONG,
            ("hot",),
            ["A Long Title About Kettles That", "Goes On and On Until It F…  #hot"],
        ),
        (
            LONG,
            ("hot", "black", "strong"),
            ["A Long Title About Kettles That", "Goes On and On…  #hot #black #…"],
        ),
    ],
)
def test_a_title_and_its_tags_take_two_lines(
    title: str, tags: tuple[str, ...], expected: list[str]
) -> None:
    drawn = listing(
        [paper(title=title, tags=tags)], today=TODAY, width=39, columns=("title",)
    )
    assert [line[7:] for line in plain(drawn)[1:]] == expected


@pytest.mark.parametrize(
    "piece",
    [
        "A \x02kettle\x03 whistles.",
        "\x02Kettle\x03" + " and so on" * 30,
        "…" + "before it " * 30 + "\x02kettle\x03" + " and so on" * 30,
        "x" * 90 + " \x02kettle\x03",
        "日本語" * 20 + " \x02kettle\x03 日本語",
    ],
)
@pytest.mark.parametrize("width", [30, 60, 80, 120])
def test_a_match_takes_one_line_and_is_seen(piece: str, width: int) -> None:
    snippets = {"arxiv:1": Snippet("Tea", (piece,))}
    drawn = [*listing([paper()], today=TODAY, width=width, snippets=lambda _: snippets)]
    assert len(drawn) == 3
    assert "kettle" in lines.plain(drawn[2]).lower()
    assert lines.width(drawn[2]) <= width
    assert any(span.style.endswith("match") for span in drawn[2])


def test_parts_share_numbers_columns_and_one_line_of_headings() -> None:
    parts = [
        Part([[lines.Span("First")]], [paper(1, upvotes=12345), paper(2)]),
        Part([[lines.Span("Second")]], [paper(3, title="Hot tea", upvotes=1)]),
    ]
    drawn = divided(parts, columns=None, today=TODAY, width=60)
    assert plain(drawn) == [
        "First",
        "#      Id          Title        ▲",
        "1   •  2511.00001  Tea      12345",
        "2   •  2511.00002  Tea",
        "",
        "Second",
        "3   •  2511.00003  Hot tea      1",
    ]
