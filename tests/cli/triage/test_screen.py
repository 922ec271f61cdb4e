"""Screens of any size, of papers with any text: what is drawn fits, and is only text."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.cli.triage.line import Line
from papertrack.cli.triage.screen import View, draw
from papertrack.config.triage_keys import bindings
from papertrack.core.model import Paper
from papertrack.core.text import clean, clean_output
from papertrack.index.snippets import Snippet
from papertrack.render import cells
from papertrack.render.theme import AUTO

STYLES = {"", "bold", "dim", *AUTO}
SIZES = [(40, 10), (41, 11), (80, 24), (100, 16), (200, 50), (39, 10), (20, 3), (1, 1)]
HARD = [
    "\x1b[2J\x1b]0;title\x07 red \x1b[31m",
    "\u202eRTL override\u202c and עברית, العربية",
    "日本語の題名がとても長くて一行には収まらない場合にも列は揃っていなければならない"
    * 3,
    "👨‍👩‍👧 Families of 🇯🇵 flags, ❤️ hearts and 👍🏽 thumbs " * 5,
    "z̷̢̛a̸l̶g̴o̷" + "\u0301" * 3_000,
    "Supercalifragilisticexpialidocious" * 200,
    "[bold]markup[/bold] \\markup{x} %s {0}",
    "line\nbreaks\r\n\ttabs\x0b\x0c\x85\u2028",
    "\ud800 surrogate \x00 nul \x7f \x9b31m",
    " ",
    "",
]


def view_of(text: str, **more: Any) -> View:
    paper = Paper(
        id=text[:40] or "2511.00001",
        key="k",
        title=text,
        abstract=text * 3,
        summary=text,
        authors=(text, "Ada Quill", text),
        categories=(text,),
        venue=text,
        listed=text[:10],
        upvotes=5,
        tags=(text, "tea"),
        note=text,
        starred=True,
    )
    view = View(
        paper=paper,
        position=6,
        total=46,
        decided=3,
        query=text,
        end=text,
        bound=bindings({}),
    )
    return view._replace(**more)


def check(view: View, width: int, height: int) -> None:
    drawn = draw(view, width, height)
    assert len(drawn.rows) == height
    for row in drawn.rows:
        text = "".join(span for span, _ in row)
        assert cells.width(text) <= width, text
        assert clean_output(text) == text
        assert not {"\n", "\t"} & {*text}
        assert {style for _, style in row} <= STYLES
    if drawn.cursor is not None:
        column, line = drawn.cursor
        assert 0 <= column < width
        assert line == height - 1


VARIANTS: list[dict[str, Any]] = [
    {},
    {"paper": None},
    {"is_help": True},
    {"with_abstract": False},
    {"scroll": 10_000},
    {"message": "日" * 500},
    {"line": Line("tags", "日本" * 300)},
    {"is_dry_run": True, "position": 10**9, "total": 10**9},
]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
@pytest.mark.parametrize("text", HARD, ids=lambda text: ascii(text[:12]))
def test_hard_texts_fit(text, size):
    for more in VARIANTS:
        check(view_of(text, **more), *size)


@given(st.text(max_size=200), st.integers(1, 120), st.integers(1, 40))
def test_any_text_fits_any_size(text, width, height):
    check(view_of(text), width, height)
    check(view_of(text, line=Line("tags", clean(text))), width, height)


def test_scrolling_shows_every_line_once():
    words = [f"word{number}" for number in range(400)]
    view = view_of("title")
    assert view.paper
    view = view._replace(
        paper=view.paper._replace(abstract=" ".join(words), summary=None, note=None)
    )
    seen: list[str] = []
    for scroll in itertools.count():
        drawn = draw(view._replace(scroll=scroll), 60, 12)
        if drawn.scroll < scroll:
            break
        shown = ["".join(span for span, _ in row) for row in drawn.rows]
        seen += [word for row in shown for word in row.split() if word in words]
    assert list(dict.fromkeys(seen)) == words


@pytest.mark.parametrize(
    ("title", "pieces", "highlighted"),
    [
        ("Whistling \x02Kettles\x03", (), ["Kettles"]),
        ("\x02Tea\x03 and \x02tea\x03", (), ["Tea", "tea"]),
        ("Plain", ("some \x02tea\x03 here…",), ["tea", "Tea"]),
        ("Plain", ("…\x02tea pot\x03",), ["tea pot"]),
        ("日\x02本語\x03", (), ["本語"]),
        ("Plain", ("a \x02\x1b[31m\x03",), []),
    ],
)
def test_matches_are_highlighted(title, pieces, highlighted):
    view = view_of("x", snippet=Snippet(title, pieces))
    assert view.paper
    abstract = "Some tea pot. Tea, teapots, steam."
    view = view._replace(
        paper=view.paper._replace(abstract=abstract, summary=None, note=None)
    )
    rows = draw(view, 80, 24).rows
    assert [
        text for row in rows for text, style in row if style == "match"
    ] == highlighted
