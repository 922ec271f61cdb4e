"""Days that are typed or shown are the reader's, wherever the reader is."""

import datetime as dt
import json
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from papertrack.cli import app as cli
from papertrack.cli import targets
from papertrack.cli.session import Session
from papertrack.render.days import moment
from papertrack.sources.huggingface.source import HuggingFace

Command = Callable[..., str]

SAMPLE = 40
"""Papers of the sample."""


@pytest.fixture
def command(
    tmp_path: Path,
    environment: Callable[[Path], dict[str, str]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> Iterator[Command]:
    """`command(ZONE, TIME, WORD...)`: what papertrack prints there at that time (UTC)."""
    env = environment(tmp_path / "home")

    def run(zone: str, now: str, *words: str) -> str:
        monkeypatch.setenv("TZ", zone)
        time.tzset()
        session = Session(env, now=dt.datetime.fromisoformat(now))
        code = cli.run(list(words), session)
        out, err = capsys.readouterr()
        assert code == 0, err
        return out

    yield run
    monkeypatch.undo()
    time.tzset()


def _count(command: Command, zone: str, now: str, query: str) -> int:
    out = command(zone, now, "-q", "list", query, "--all")
    return len(out.splitlines())


FETCHED = [
    # the zone, when papers were added (UTC), that local day
    ("UTC", "2025-11-07T00:00:00Z", "2025-11-07"),
    ("Etc/GMT+12", "2025-11-08T11:59:59Z", "2025-11-07"),
    ("Etc/GMT+12", "2025-11-08T12:00:00Z", "2025-11-08"),
    ("Pacific/Kiritimati", "2025-11-07T10:00:00Z", "2025-11-08"),
    ("Pacific/Kiritimati", "2025-12-31T10:00:00Z", "2026-01-01"),
    ("Asia/Kathmandu", "2025-11-07T18:14:59Z", "2025-11-07"),
    ("America/New_York", "2025-03-10T03:59:59Z", "2025-03-09"),
    ("America/New_York", "2025-11-03T04:59:59Z", "2025-11-02"),
    ("America/New_York", "2025-11-03T05:00:00Z", "2025-11-03"),
    ("America/Havana", "2025-03-09T05:00:00Z", "2025-03-09"),
    # 24 hours from UTC, which Python's datetime refuses
    ("UTC-25", "2025-11-07T10:00:00Z", "2025-11-08"),
    ("UTC+30", "2025-11-07T10:00:00Z", "2025-11-06"),
]


@pytest.mark.parametrize(("zone", "now", "day"), FETCHED)
def test_papers_are_added_on_the_readers_day(
    command: Command, zone: str, now: str, day: str
) -> None:
    command(zone, now, "-q", "fetch", "sample")
    date = dt.date.fromisoformat(day)
    other = (date - dt.timedelta(days=1)).isoformat()
    year, week, _ = date.isocalendar()
    same = ("today", day, "0d..", f"{day}..{day}", day[:7], f"{year}-W{week:02}")
    for typed in same:
        assert _count(command, zone, now, f"added:{typed}") == SAMPLE, typed
    for typed in ("yesterday", other, "..1d"):
        assert _count(command, zone, now, f"added:{typed}") == 0, typed
    stats = json.loads(command(zone, now, "stats", "--json"))
    assert [month["month"] for month in stats["reading"]] == [day[:7]]
    stored = json.loads(command(zone, now, "list", "-n", "1", "--json"))
    assert stored[0]["added"] == now


@pytest.mark.parametrize("zone", ["Etc/GMT+12", "Pacific/Kiritimati", "Asia/Kathmandu"])
def test_dates_of_papers_are_the_same_everywhere(command: Command, zone: str) -> None:
    now = "2025-11-24T12:00:00Z"
    command(zone, now, "-q", "fetch", "sample")
    queries = ("listed:2025-11-07", "published:2025-11", "updated:2025-11-06..")
    here = [_count(command, zone, now, query) for query in queries]
    there = [_count(command, "UTC", now, query) for query in queries]
    assert here == there
    grouped = command(zone, now, "export", "--format", "markdown", "--group", "day")
    assert grouped == command(
        "UTC", now, "export", "--format", "markdown", "--group", "day"
    )


@pytest.mark.parametrize(
    ("zone", "now", "then", "shown"),
    [
        # 19:00 on the 24th, and 13 hours later, in one day of UTC
        (
            "America/New_York",
            "2025-11-25T00:00:00Z",
            "2025-11-25T13:00:00Z",
            "yesterday",
        ),
        ("UTC", "2025-11-25T00:00:00Z", "2025-11-25T13:00:00Z", "today"),
        # 10:00 and 23:00 of one day, in two days of UTC
        ("Pacific/Kiritimati", "2025-11-23T20:00:00Z", "2025-11-24T09:00:00Z", "today"),
        ("Etc/GMT+12", "2025-11-24T11:00:00Z", "2025-11-25T00:00:00Z", "yesterday"),
        ("Asia/Kathmandu", "2025-11-23T18:14:00Z", "2025-11-24T17:00:00Z", "yesterday"),
        # 23:30 before the day of 23 hours, and 23:00 on it
        ("Europe/Berlin", "2025-03-29T22:30:00Z", "2025-03-30T21:00:00Z", "yesterday"),
    ],
)
def test_times_are_shown_as_the_readers_days(
    zone: str, now: str, then: str, shown: str, command: Command
) -> None:
    command(zone, now, "-q", "fetch", "sample")  # moves this process to the zone
    assert moment(now, dt.datetime.fromisoformat(then)) == shown


@pytest.mark.parametrize(
    ("zone", "now", "day"),
    [
        ("UTC", "2025-11-24T10:00:00Z", "2025-11-24"),
        ("Etc/GMT+12", "2025-11-24T10:00:00Z", "2025-11-23"),
        ("Etc/GMT+12", "2025-11-24T12:00:00Z", "2025-11-24"),
        # The service has no page yet of the day that began there.
        ("Pacific/Kiritimati", "2025-11-24T10:00:00Z", "2025-11-24"),
        ("America/New_York", "2025-11-03T04:30:00Z", "2025-11-02"),
    ],
)
def test_a_day_of_a_target_is_the_readers(
    zone: str,
    now: str,
    day: str,
    command: Command,
    home: dict[str, str],
) -> None:
    command(zone, now, "-q", "fetch", "sample")  # moves this process to the zone
    with closing(Session(home, now=dt.datetime.fromisoformat(now))) as session:
        context = targets.context(session, since="today", until="today")
    assert (str(context.since), str(context.until)) == (day, day)
    (request,) = HuggingFace().start("hf:today", context)
    assert f"date={day}" in request.url
