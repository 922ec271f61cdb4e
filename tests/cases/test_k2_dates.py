"""K2, K3, K11: dates in the precision that they state, from the library to every export.

How they are read is in tests/core/test_written_dates.py.
"""

from __future__ import annotations

import datetime as dt

import pytest

from papertrack.core.facts import Facts
from papertrack.core.periods import PERIODS
from papertrack.exports.registry import FORMATS, export
from papertrack.index import counts
from papertrack.library.library import Library
from papertrack.query.language import parse
from papertrack.sources.feeds.source import parse_saved

TODAY = dt.date(2025, 11, 24)
ITEM = "<item><title>T{}</title><link>https://e.org/{}</link>{}</item>"


def keys(library: Library, query: str, sort: str = "date") -> list[str]:
    result = library.index.search(parse(query, TODAY), sort=sort)
    return [paper.title for paper in result.papers]


@pytest.fixture
def dated(library: Library) -> Library:
    """A library with papers that are known by a year, a month, a day and no date."""
    dates = ["2021", "2021-03", "2021-03-07", "2020-12-31", None, "2031-01-01"]
    papers = [
        Facts(title=f"Paper of {date}", ids=(f"arxiv:2103.0000{n}",), published=date)
        for n, date in enumerate(dates)
    ]
    library.adding.add({"import": papers})
    return library


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("published:2021", {"2021", "2021-03", "2021-03-07"}),
        ("published:2021-03", {"2021-03", "2021-03-07"}),
        ("published:2021-01", set()),
        ("published:2021-03-07", {"2021-03-07"}),
        ("published:2021-03-01", set()),
        ("published:2021-03..", {"2021-03", "2021-03-07", "2031-01-01"}),
        ("published:2021-01..2021-12", {"2021", "2021-03", "2021-03-07"}),
        ("published:2021-01..2021-11", {"2021-03", "2021-03-07"}),
        ("published:..2021-03-07", {"2021-03-07", "2020-12-31"}),
        ("published:..2020", {"2020-12-31"}),
        ("published:2021-02..2021-03-30", {"2021-03-07"}),
        ("published:2021-03-01..2021-03-31", {"2021-03", "2021-03-07"}),
    ],
)
def test_a_date_matches_days_that_contain_it(
    dated: Library, query: str, expected: set[str]
) -> None:
    assert set(keys(dated, query)) == {f"Paper of {date}" for date in expected}


def test_a_year_is_older_than_its_days_and_the_future_is_not_on_top(
    dated: Library,
) -> None:
    order = [title.removeprefix("Paper of ") for title in keys(dated, "")]
    assert {*order[:2]} == {"None", "2031-01-01"}  # as of the day they were added
    assert order[2:4] == ["2021-03-07", "2021-03"]
    assert {*order[4:]} == {"2021", "2020-12-31"}


def test_groups_and_trends_count_what_is_known(dated: Library) -> None:
    of = dated.index.matching(parse("", TODAY))
    dates = [date for date, _ in dated.index.query(counts.by_date, of)]
    assert dates == [None, "2020-12-31", "2021", "2021-03", "2021-03-07", "2031-01-01"]
    headings = [PERIODS["month"](date) for date in dates if date]
    assert headings == ["2020-12", "2021", "2021-03", "2021-03", "2031-01"]
    assert PERIODS["week"]("2021") == "2021"
    assert PERIODS["day"]("2021-03") == "2021-03"


@pytest.mark.parametrize(
    ("written", "published"),
    [
        ("2024/3/10 15:07:41", "2024-03-10"),
        ("2024.03.10", "2024-03-10"),
        ("2024年3月10日", "2024-03-10"),
        ("1710072000", "2024-03-10"),
        ("10 Mar 2024", "2024-03-10"),
        ("March 2024", "2024-03"),
        ("2024", "2024"),
        ("soon", None),
        ("10 Mar", None),
        ("15:07", None),
        ("2024-13-40", None),
    ],
)
def test_feeds_never_complete_a_date(written: str, published: str | None) -> None:
    item = ITEM.format(1, 1, f"<pubDate>{written}</pubDate>")
    feed = f"<rss version='2.0'><channel><title>F</title>{item}</channel></rss>"
    listing = parse_saved(feed.encode(), name="f.xml")
    assert [facts.published for facts in listing.facts] == [published]
    assert bool(listing.problems) == (published is None)


def test_an_undated_paper_has_no_date_in_any_export(library: Library) -> None:
    library.adding.add({"import": [Facts(title="On kettles")]})
    papers = library.index.all_papers()
    assert [paper.date for paper in papers] == [None]
    added = (papers[0].added or "")[:10]
    assert added
    for name in FORMATS:
        # These have `added` as such, or as the day on which an entry was updated.
        if name not in ("json", "jsonl", "csv", "tsv", "atom"):
            assert added not in export(papers, name), name
