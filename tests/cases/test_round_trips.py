"""Exports are imported unchanged, as far as their format carries what a paper has."""

from __future__ import annotations

import datetime as dt
from typing import Any, cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertrack.core.field_names import BY_NAME
from papertrack.core.fields import Kind
from papertrack.core.model import STATUSES, Paper
from papertrack.core.tags import is_tag
from papertrack.core.text import clean, clean_lines
from tests.helpers.round_trips import ALL, carried, round_trip

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=30)
HOSTILE = st.sampled_from(
    [
        "=1+1",
        "'=1",
        "''-a",
        '"whole"',
        '5" disk',
        "a,b",
        'a "b", c',
        "a;b",
        "1",
        "@x{y,",
    ]
)
WORDS = (TEXTS | HOSTILE).map(clean).filter(bool)
# Tables join the items of a list with `; `.
ITEMS = WORDS.filter(lambda text: ";" not in text)
DAYS = st.dates(max_value=dt.date(2999, 12, 31)).map(dt.date.isoformat)
DATES = DAYS | DAYS.map(lambda day: day[:7]) | DAYS.map(lambda day: day[:4])
URLS = st.from_regex(r"https://[a-z]{1,9}\.example/[a-z]{0,9}", fullmatch=True)
VALUES = {
    Kind.TEXT: WORDS,
    Kind.PLAIN: WORDS,
    Kind.EXACT: WORDS,
    Kind.NUMBER: st.integers(0, 10**9),
    Kind.DATE: DATES,
    Kind.URL: URLS,
    Kind.FLAG: st.just(True),
}
OWN = {
    "title": WORDS,
    "tags": st.lists(ITEMS.filter(is_tag), max_size=3, unique_by=str.casefold).map(
        tuple
    ),
    "status": st.sampled_from(STATUSES),
    "starred": st.booleans(),
    "note": (TEXTS | HOSTILE)
    .map(clean_lines)
    .map("\n".join)
    .map(str.strip)
    .filter(bool),
    "doi": st.from_regex(r"10\.1000/[a-z0-9]{1,9}", fullmatch=True),
}


def _values(name: str) -> st.SearchStrategy[Any]:
    if name in OWN:
        return OWN[name]
    field = BY_NAME[name]
    if field.is_list:
        return st.lists(ITEMS, max_size=3).map(tuple)
    return VALUES[field.kind]


NAMES = [name for name in ALL if name not in ("id", "key", "title")]
PAPERS = st.fixed_dictionaries(
    {"title": WORDS, "url": URLS, "pdf": URLS},
    optional={name: _values(name) for name in NAMES if name not in ("url", "pdf")},
).map(lambda facts: _paper(dict(cast(Any, facts))))


def _paper(facts: dict[str, Any]) -> Paper:
    """A paper of these facts; as in a library, one with a venue has the venue's year."""
    if "venue" in facts:
        facts.setdefault("venue_year", 2024)
    else:
        facts.pop("venue_year", None)
    return Paper("2511.00001", "arxiv:2511.00001", **facts)


@pytest.mark.parametrize("format", ["json", "jsonl", "csv", "tsv"])
@given(paper=PAPERS)
@settings(deadline=None, max_examples=60)
def test_an_export_is_imported_unchanged(format: str, paper: Paper) -> None:
    fields = ALL if format in ("csv", "tsv") else None
    # The paper on the second row shows that quotes in the first are part of the text.
    other = Paper("2511.00002", "arxiv:2511.00002", 'It is "so", they say')
    found, second = round_trip([paper, other], format, fields)
    assert second.title == other.title
    for name, value in carried(paper, format, fields).items():
        if name == "author_count" and value is None:
            value = len(paper.authors) or None
        if name == "venue_year" and value is None:
            continue  # it is what the venue or a date beside it tells
        assert getattr(found, name) == value, name
