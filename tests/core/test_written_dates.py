"""Dates as sources write them: ISO dates in the precision that is stated."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.core.dates import is_ambiguous, iso_date, partial_date, written_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-03-10", "2024-03-10"),
        ("2024-03", "2024-03"),
        ("2024", "2024"),
        ("0499", "0499"),
        ("499", "0499"),
        ("2024-3-1", "2024-03-01"),
        ("2024-03-10T15:07:41Z", "2024-03-10"),
        ("2024-03-10T23:30:00-05:00", "2024-03-11"),
        ("2024-03-10T00:30:00.123+01:00[Europe/Berlin]", "2024-03-09"),
        ("2024-03-10 23:30", "2024-03-10"),
        ("20240310", "2024-03-10"),
        ("20240310T150741Z", "2024-03-10"),
        ("20240310150741", "2024-03-10"),
        ("2024/3/10", "2024-03-10"),
        ("2024/3/10 15:07:41", "2024-03-10"),
        ("2024/03", "2024-03"),
        ("2020/05/12/Spring", "2020-05-12"),
        ("2020/05//", "2020-05"),
        ("2020///", "2020"),
        ("2024.03.10", "2024-03-10"),
        ("2024. 3. 10.", "2024-03-10"),
        ("10.3.2024", "2024-03-10"),
        ("10. 03. 2024 15:07", "2024-03-10"),
        ("2024:03:10 15:07:41", "2024-03-10"),
        ("2024年3月10日", "2024-03-10"),
        ("2024年03月10日(日) 15時07分", "2024-03-10"),
        ("２０２４年３月", "2024-03"),
        ("2024年", "2024"),
        ("2024년 3월 10일", "2024-03-10"),
        ("令和6年3月10日", None),
        ("3月10日", None),
        ("2024-W10", "2024-03"),
        ("2024-W09", "2024"),
        ("2025-W01", "2025"),
        ("2024-W10-3", "2024-03-06"),
        ("2024W103", "2024-03-06"),
        ("2024-W54", None),
        ("2024-070", "2024-03-10"),
        ("2024070", "2024-03-10"),
        ("2023-366", None),
        ("1710072000", "2024-03-10"),
        ("1710072000.25", "2024-03-10"),
        ("1710072000000", "2024-03-10"),
        ("Sun, 10 Mar 2024 15:07:41 GMT", "2024-03-10"),
        ("Sun, 10 Mar 2024 23:30:00 EST", "2024-03-11"),
        ("Sun, 10 Mar 2024 00:30:00 +0100 (CET)", "2024-03-09"),
        ("10 Mar 24 15:07 UT", "2024-03-10"),
        ("Sunday, 10-Mar-24 15:07:41 GMT", "2024-03-10"),
        ("10 Mar 1999", "1999-03-10"),
        ("Sun Mar 10 15:07:41 2024", "2024-03-10"),
        ("Sun Mar 10 2024 15:07:41 GMT+0100 (Central European Time)", "2024-03-10"),
        ("3:07 PM - 10 Mar 2024", "2024-03-10"),
        ("March 10, 2024 at 11:30 PM EST", "2024-03-11"),
        ("12 May 2020", "2020-05-12"),
        ("12 May, 2020", "2020-05-12"),
        ("12th of May 2020", "2020-05-12"),
        ("May 12, 2020", "2020-05-12"),
        ("May 12th, 2020", "2020-05-12"),
        ("MAY 2020", "2020-05"),
        ("Sept. 2020", "2020-09"),
        ("2020 May 12", "2020-05-12"),
        ("2020-May-12", "2020-05-12"),
        ("2020 May-Jun", "2020-05"),
        ("2020 Dec 31-2021 Jan 2", "2020-12-31"),
        ("12-14 May 2020", "2020-05-12"),
        ("May 12–14, 2020", "2020-05-12"),
        ("30 Dec - 2 Jan 2020", "2020"),
        ("12. März 2020", "2020-03-12"),
        ("1er août 2020", "2020-08-01"),
        ("1º de mayo de 2020", "2020-05-01"),
        ("31 Feb 2020", None),
        ("12 May", None),
        ("May", None),
        ("25/12/2020", "2020-12-25"),
        ("12/25/2020", "2020-12-25"),
        ("05/05/2020", "2020-05-05"),
        ("12/05/2020", "2020"),
        ("12-05-2020", "2020"),
        ("12/05/20", None),
        ("05/2020", "2020-05"),
        ("Spring 2020", "2020"),
        ("2020 Winter", "2020"),
        ("Q3 2020", "2020"),
        ("2020, 3rd quarter", "2020"),
        ("2020-21", "2020"),
        ("2019/2020", "2019"),
        ("1999/00", "1999"),
        ("2020-05-12/2020-05-14", "2020-05-12"),
        ("2020-05-12/..", "2020-05-12"),
        ("2020-XX-XX", "2020"),
        ("2020-05-00", "2020-05"),
        ("2020?", "2020"),
        ("c2020", "2020"),
        ("2020a", "2020"),
        ("[2020]", "2020"),
        ("2020 (in press)", "2020"),
        ("Published online: 2020-05-12", "2020-05-12"),
        ("2024-13-10", None),
        ("2025-02-30", None),
        ("2024/03/45", None),
        ("0000", None),
        ("9999", None),
        ("-0044", None),
        ("44 BC", None),
        ("99", None),
        ("", None),
        ("n.d.", None),
        ("in press", None),
        ("yesterday", None),
        ("Sun", None),
        ("15:07", None),
    ],
)
def test_written_date(text: str, expected: str | None) -> None:
    assert written_date(text) == expected
    assert is_ambiguous(text) == (text in ("12/05/2020", "12-05-2020"))


DAYS = st.dates(min_value=dt.date(1000, 1, 1), max_value=dt.date(2999, 12, 31))


@given(DAYS)
def test_each_spelling_of_a_day_gives_that_day(day: dt.date) -> None:
    spellings = (
        "%Y-%m-%d %Y/%m/%d %Y.%m.%d %Y%m%d %d.%m.%Y %Y-%jT10:00Z %G-W%V-%u %d-%b-%Y"
        " %d.%B.%Y %B.%d,%Y %Y年%m月%d日 %a,.%d.%b.%Y.10:11:12.GMT"
    )
    for spelling in spellings.split():
        text = day.strftime(spelling.replace("%Y", f"{day.year:04}"))
        if "%d." not in spelling or "%b" not in spelling:
            assert written_date(text) == day.isoformat(), text


@given(st.text(max_size=30) | st.from_regex(r"[0-9/. :TZW+-]{0,25}", fullmatch=True))
def test_any_text_gives_a_date_or_none(text: str) -> None:
    iso = written_date(text)
    assert iso is None or partial_date(iso) == iso
    assert not is_ambiguous(text) or (iso is not None and len(iso) == 4)


@given(DAYS)
def test_partial_dates(day: dt.date) -> None:
    whole = iso_date(day.year, day.month, day.day)
    assert whole == partial_date(day.isoformat())
    assert iso_date(day.year, day.month) == day.isoformat()[:7]
    assert iso_date(day.year) == day.isoformat()[:4]


@pytest.mark.parametrize("text", ["2021-2", "2021-00", "2021-02-30", "0000", "x", ""])
def test_other_texts_are_not_partial_dates(text: str) -> None:
    assert partial_date(text) is None
