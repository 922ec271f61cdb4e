"""Local days as intervals of UTC, in zones far from UTC and where the clock is put
forward or back.
"""

import datetime as dt
import os
import time
from collections.abc import Iterator

import pytest

from papertrack.core import dates
from papertrack.core.local_time import local_day, utc_interval

TODAY = dt.date(2025, 11, 7)


@pytest.fixture(autouse=True)
def _zone() -> Iterator[None]:
    before = os.environ.get("TZ")
    yield
    if before is None:
        os.environ.pop("TZ", None)
    else:
        os.environ["TZ"] = before
    time.tzset()


def _move_to(zone: str) -> None:
    os.environ["TZ"] = zone
    time.tzset()


# The changes of the clock, by the IANA time zone database.
DAYS = [
    ("UTC", "2025-11-07", "2025-11-07 .. 2025-11-08"),
    ("Etc/GMT+12", "2025-11-07", "2025-11-07T12:00:00Z .. 2025-11-08T12:00:00Z"),
    ("Pacific/Kiritimati", "today", "2025-11-06T10:00:00Z .. 2025-11-07T10:00:00Z"),
    ("Asia/Kathmandu", "yesterday", "2025-11-05T18:15:00Z .. 2025-11-06T18:15:00Z"),
    ("Asia/Kolkata", "2d..", "2025-11-04T18:30:00Z .. "),
    ("XXX+3:30", "..2025-11-07", " .. 2025-11-08T03:30:00Z"),
    # 23 and 25 hours
    ("America/New_York", "2025-03-09", "2025-03-09T05:00:00Z .. 2025-03-10T04:00:00Z"),
    ("America/New_York", "2025-11-02", "2025-11-02T04:00:00Z .. 2025-11-03T05:00:00Z"),
    ("Europe/London", "2025-10", "2025-09-30T23:00:00Z .. 2025-11-01"),
    ("Australia/Lord_Howe", "2025-W14", "2025-03-30T13:00:00Z .. 2025-04-06T13:30:00Z"),
    # without a midnight, and with two
    ("America/Havana", "2025-03-09", "2025-03-09T05:00:00Z .. 2025-03-10T04:00:00Z"),
    ("America/Havana", "2025-11-02", "2025-11-02T04:00:00Z .. 2025-11-03T05:00:00Z"),
    ("America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z .. 2018-11-05T02:00:00Z"),
    ("America/Sao_Paulo", "2018-02-17", "2018-02-17T02:00:00Z .. 2018-02-18T03:00:00Z"),
    # a day that was left out
    ("Pacific/Apia", "2011-12-29", "2011-12-29T10:00:00Z .. 2011-12-30T10:00:00Z"),
    ("Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z .. 2011-12-30T10:00:00Z"),
    # the first and last days of the calendar
    ("XXX-14", "0001", "0001-01-01 .. 0001-12-31T10:00:00Z"),
    ("Etc/GMT+12", "9999-12-30", "9999-12-30T12:00:00Z .. 9999-12-31T12:00:00Z"),
]


@pytest.mark.parametrize(("zone", "typed", "interval"), DAYS)
def test_a_local_day_is_an_interval_of_utc(
    zone: str, typed: str, interval: str
) -> None:
    _move_to(zone)
    first, last = utc_interval(dates.interval(typed, TODAY))
    assert f"{first or ''} .. {last or ''}" == interval


@pytest.mark.parametrize(
    "zone",
    ["UTC", "Etc/GMT+12", "Pacific/Kiritimati", "Asia/Kathmandu", "America/Havana"],
)
def test_each_time_is_in_one_local_day(zone: str) -> None:
    _move_to(zone)
    for first in ("2025-03-06", "2025-10-30", "2024-12-30"):
        moment = dt.datetime.fromisoformat(f"{first}T00:29:59Z")
        for _ in range(6 * 24):
            moment += dt.timedelta(hours=1)
            stored = moment.strftime("%Y-%m-%dT%H:%M:%SZ")
            day = local_day(stored)
            start, end = utc_interval(dates.interval(day, TODAY))
            assert start is not None
            assert end is not None
            assert start <= stored < end


@pytest.mark.parametrize(
    ("stored", "day"),
    [
        ("2025-11-07T09:59:59Z", "2025-11-07"),
        ("2025-11-07T10:00:00Z", "2025-11-08"),
        ("2025-11-07T12:00:00+02:00", "2025-11-08"),
        ("2025-11-07", "2025-11-07"),
        ("2025-11-07T10:00:00", "2025-11-07T10:00:00"),
        ("9999-12-31T23:00:00Z", "9999-12-31T23:00:00Z"),
        ("soon", "soon"),
    ],
)
def test_the_local_day_of_a_stored_time(stored: str, day: str) -> None:
    _move_to("Pacific/Kiritimati")
    assert local_day(stored) == day
