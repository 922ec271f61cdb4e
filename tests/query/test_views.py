"""Views in the place of their names: loops, errors, size, and the same meaning as in
brackets.
"""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertrack.core.errors import NotFound, QueryError, UsageError
from papertrack.query import language as query
from papertrack.query import views
from papertrack.query.language import Clause

TODAY = dt.date(2025, 11, 24)
VIEWS = {
    "fresh": "is:unread listed:7d..",
    "llm": 'llm or "language model"',
    "mine": "@fresh @llm",
    "loop": "x or @round",
    "round": "^@pool",
    "pool": "@loop",
    "self": "@self",
    "broken": "tittle:x",
    "astray": "@nowhere",
    "below": "(kettles (@broken or y))",
}


def expanded(text: str) -> Clause:
    return views.expand(query.parse(text, TODAY), VIEWS, TODAY)


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("@fresh", "is:unread listed:7d.."),
        ("@FRESH kettles", "is:unread listed:7d.. kettles"),
        ("^@fresh", "^(is:unread listed:7d..)"),
        ("@llm or x", 'llm or "language model" or x'),
        ("@mine", 'is:unread listed:7d.. (llm or "language model")'),
        (
            "x (y or @mine)",
            'x (y or (is:unread listed:7d.. (llm or "language model")))',
        ),
        ("x y", "x y"),
        ("", ""),
    ],
)
def test_a_view_is_its_query_in_brackets(text: str, meaning: str) -> None:
    assert expanded(text) == query.parse(meaning, TODAY)


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("@loop", "@loop -> @round -> @pool -> @loop"),
        ("x ^(y @pool)", "@pool -> @loop -> @round -> @pool"),
        ("@self", "@self -> @self"),
    ],
)
def test_a_loop_is_reported_with_its_path(text: str, path: str) -> None:
    with pytest.raises(UsageError) as caught:
        expanded(text)
    assert f"leads back to itself: {path};" in str(caught.value)


def test_an_error_inside_a_view_names_the_view() -> None:
    with pytest.raises(QueryError) as caught:
        expanded("x @below")
    assert str(caught.value).startswith(
        "in the view @broken: unknown field tittle; did you mean title"
    )
    assert (caught.value.query, caught.value.position) == ("tittle:x", 0)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("@lln", "unknown view @lln; did you mean llm?"),
        ("@astray", "unknown view @nowhere (in the view @astray)"),
    ],
)
def test_an_unknown_view_names_the_closest_one(text: str, message: str) -> None:
    with pytest.raises(NotFound) as caught:
        expanded(text)
    assert str(caught.value).startswith(message)


def test_views_of_views_stay_within_bounds() -> None:
    """Nine views, each with the one before twice, and views nested deeper than SQLite
    allows.
    """
    doubling = {
        "v0": "a b",
        **{f"v{n}": f"@v{n - 1} or @v{n - 1} x" for n in range(1, 9)},
    }
    with pytest.raises(UsageError, match="more than 200 terms"):
        views.expand(query.View("v8"), doubling, TODAY)
    nested = {"v0": "a b", **{f"v{n}": f"x (y or ^@v{n - 1})" for n in range(1, 30)}}
    with pytest.raises(UsageError, match="nested too deep"):
        views.expand(query.View("v29"), nested, TODAY)


@pytest.mark.parametrize(
    "name",
    ["", "@", "a b", "a(b", 'a"b', "-x", "a:b", "a,b", "x" * 81, "\x1b[31m", "@@a"],
)
def test_invalid_names_are_refused(name: str) -> None:
    with pytest.raises(UsageError, match="is not a name"):
        views.name_of(name)


@settings(max_examples=30)
@given(st.text(max_size=8))
def test_a_valid_name_is_one_term_of_a_query(text: str) -> None:
    try:
        name = views.name_of(text)
    except UsageError:
        return
    assert query.parse(f"(@{name})", TODAY) == query.View(name)
