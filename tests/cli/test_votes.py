"""Votes over time: each count with the time it was read, from two weeks of listings."""

import datetime as dt
import json
import shutil
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.helpers.http_server import Server, path_of, response

FIRST = "2025-11-10"
"""A Monday, the newest day of the first fetch."""


class Voting(Server):
    """Hugging Face on the day `today`, with a paper on each day from 1 November on.

    `votes` maps a day's number to the votes of its paper; 10 by default.
    """

    def __init__(self):
        self.today = FIRST
        self.votes = {}
        self.requested = []
        super().__init__(self.reply)

    def reply(self, head):
        url = urlsplit(path_of(head))
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        self.requested.append(url.query)
        numbers = list(range(1, int(self.today[-2:]) + 1))
        if "date" in query:
            numbers = [n for n in numbers if query["date"] == day(n)]
        elif "week" in query:
            numbers = [n for n in numbers if query["week"] == week_of(day(n))]
        elif "month" not in query:
            numbers = numbers[-1:]
        rows = [] if query.get("p", "0") != "0" else [self.row(n) for n in numbers]
        return response(json.dumps(rows).encode(), Content_Type="application/json")

    def row(self, number):
        paper = {
            "id": f"2511.000{number:02}",
            "title": f"{'Kettle' if number % 2 else 'Teapot'} {number}",
            "publishedAt": f"{day(number)}T00:00:00.000Z",
            "submittedOnDailyAt": f"{day(number)}T01:00:00.000Z",
            "upvotes": self.votes.get(number, 10),
        }
        return {"paper": paper, "title": paper["title"]}

    def days_read(self):
        """The days and weeks that were requested since the last call."""
        spans = {query.partition("&")[0] for query in self.requested}
        self.requested = []
        return sorted(span for span in spans if not span.startswith("limit"))


def day(number):
    return f"2025-11-{number:02}"


def week_of(day):
    year, week, _ = dt.date.fromisoformat(day).isocalendar()
    return f"{year}-W{week:02}"


@pytest.fixture
def service(home):
    server = Voting()
    home["HF_ENDPOINT"] = server.url
    yield server
    server.close()


@pytest.fixture
def fetch(inside, service):
    """`fetch(DAY)`: a plain fetch on the morning of a day of November; its report."""

    def fetched(number):
        service.today = day(number)
        ran = inside("fetch", now=moment(number))
        assert ran.code == 0, ran.err
        report, *detail = ran.err.splitlines()
        assert all("nothing new since" in line for line in detail)
        return report

    return fetched


def moment(number):
    return dt.datetime.fromisoformat(f"{day(number)}T08:30:00+00:00")


def stored(home, number):
    """The facts of the paper of a day, as they are stored."""
    path = Path(home["PAPERTRACK_LIBRARY"]) / "papers" / "2025-11.json"
    papers = json.loads(path.read_text())["papers"].values()
    (facts,) = (
        paper["said"]["hf"]
        for paper in papers
        if paper["key"] == f"arxiv:2511.000{number:02}"
    )
    return facts


def state_of(home):
    """The inode and size of each file of papers: a file that is written has another."""
    folder = Path(home["PAPERTRACK_LIBRARY"]) / "papers"
    return {
        path.name: (path.stat().st_ino, path.read_bytes()) for path in folder.iterdir()
    }


def test_votes_are_stored_with_the_time_they_were_read(fetch, service, home):
    fetch(10)
    assert stored(home, 10)["votes"] == "2025-11-10T08:30:00Z 10"
    service.votes = {10: 25, 9: 8}  # votes can be withdrawn, too
    fetch(11)
    assert stored(home, 10)["upvotes"] == 25
    assert (
        stored(home, 10)["votes"] == "2025-11-10T08:30:00Z 10, 2025-11-11T08:30:00Z 25"
    )
    assert (stored(home, 9)["upvotes"], stored(home, 9)["votes"]) == (
        8,
        "2025-11-10T08:30:00Z 10",
    )


@pytest.mark.parametrize("later", [0, 1, 2, 5, 13])
def test_what_did_not_change_is_not_written(inside, fetch, home, later):
    fetch(10)
    fetch(11)
    before = state_of(home)
    ran = inside("fetch", now=moment(11 + later))  # the service lists no other day
    assert "0 new, 0 updated, " in ran.err
    assert state_of(home) == before
    fetch(12 + later)
    assert stored(home, 10)["votes"] == "2025-11-10T08:30:00Z 10"


def test_one_reading_a_day(inside, service, fetch, home):
    fetch(10)
    for hour, votes in ((9, 12), (12, 15), (20, 15)):
        service.votes = {10: votes}
        inside("fetch", now=moment(10).replace(hour=hour))
    assert stored(home, 10)["votes"] == "2025-11-10T12:30:00Z 15"


@pytest.mark.parametrize(
    ("mornings", "first_day"),
    [
        ([10], 4),  # the first fetch brings a week
        ([10, 11], 4),
        ([10, 12, 16], 4),
        ([10, 17], 4),
        ([10, 17, 18], 5),  # from then on two weeks are read again
        ([10, 17, 24], 11),
    ],
)
def test_two_weeks_are_read_again(fetch, service, mornings, first_day, home):
    for number in mornings:
        service.days_read()
        fetch(number)
    spans = service.days_read()
    read = {
        n
        for n in range(1, mornings[-1])
        if f"date={day(n)}" in spans or f"week={week_of(day(n))}" in spans
    }
    assert min(read) == first_day
    assert read == set(range(first_day, mornings[-1]))
    assert len(spans) <= 8
    assert "2511.00003" not in str(state_of(home))


def test_votes_of_two_weeks_ago_still_grow(fetch, service, home):
    fetch(10)
    fetch(17)
    service.votes = {5: 90}
    assert "1 updated" in fetch(18)
    assert stored(home, 5)["votes"].endswith("2025-11-18T08:30:00Z 90")


def test_an_earlier_library_gets_its_first_readings(fetch, service, home, inside):
    fetch(10)
    path = Path(home["PAPERTRACK_LIBRARY"]) / "papers" / "2025-11.json"
    tables = json.loads(path.read_text())
    for paper in tables["papers"].values():
        del paper["said"]["hf"]["votes"]
    path.write_text(json.dumps(tables))
    assert inside("-q trends --votes kettle").out == ""
    fetch(11)
    assert stored(home, 10)["votes"] == "2025-11-11T08:30:00Z 10"


def test_a_file_states_no_time(inside, service, home, tmp_path):
    path = tmp_path / "rows.json"
    path.write_text(json.dumps([service.row(10)]))
    for command in ("import", "fetch"):
        assert inside([command, str(path)]).code == 0
    assert "votes" not in stored(home, 10)


def test_joining_two_libraries_keeps_all_readings(
    fetch, service, home, inside, tmp_path
):
    fetch(10)
    other = tmp_path / "other"
    shutil.copytree(home["PAPERTRACK_LIBRARY"], other)
    service.votes = {10: 20}
    fetch(11)
    mine = home["PAPERTRACK_LIBRARY"]
    home["PAPERTRACK_LIBRARY"] = str(other)
    service.votes = {10: 30}
    fetch(12)
    home["PAPERTRACK_LIBRARY"] = mine
    assert inside(["import", str(other)]).code == 0
    assert stored(home, 10)["votes"] == ", ".join(
        f"{day(n)}T08:30:00Z {votes}" for n, votes in ((10, 10), (11, 20), (12, 30))
    )
    before = state_of(home)
    assert inside(["import", str(other)]).code == 0
    assert state_of(home) == before


# ------------------------------------------------------------------ what is shown


@pytest.fixture
def grown(fetch, service):
    """A library with votes of three days."""
    fetch(10)
    service.votes = {9: 30, 10: 12}
    fetch(11)
    service.votes = {9: 30, 10: 22}
    fetch(13)


def test_show_has_the_readings_and_the_speed(terminal, grown):
    shown = terminal(["show", "2511.00010"], 120).text
    assert (
        "▲ 22; 10 on 2025-11-10, 12 on 2025-11-11, 22 on 2025-11-13: 5 a day" in shown
    )
    assert "▲ 10\n" in terminal(["show", "2511.00008"], 120).text.replace(" \n", "\n")


@pytest.mark.parametrize("marking", ["tag add x", "star", "mark read"])
def test_a_marked_paper_keeps_its_readings(inside, grown, marking):
    before = inside("trends --votes kettle --by day --json").out
    assert inside([*marking.split(), "2511.00010"]).code == 0
    assert inside("trends --votes kettle --by day --json").out == before


def periods(inside, line):
    (trend,) = json.loads(inside(f"trends --votes {line} --json").out)
    return {one["period"]: (one["count"], one["of"]) for one in trend["periods"]}


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        (
            "kettle --by day",
            {
                "2025-11-10": (30, 70),
                "2025-11-11": (30, 32),
                "2025-11-12": (0, 0),
                "2025-11-13": (10, 30),
            },
        ),
        ("kettle --by week", {"2025-W46": (70, 132)}),
        ("teapot", {"2025-11": (62, 132)}),
        ("id:2511.00010 --by week", {"2025-W46": (22, 132)}),
        (
            "kettle --by day --since 2025-11-11 --until 2025-11-12",
            {"2025-11-11": (30, 32)},
        ),
    ],
)
def test_trends_of_votes(inside, grown, line, expected):
    assert periods(inside, line) == expected


def test_trends_of_votes_on_a_terminal(terminal, grown):
    screen = terminal(["trends", "--votes", "kettle", "--by", "day"], 80)
    assert "Votes" in screen.text
    assert "all votes" in screen.text
    assert screen.lines[-1] == "132 votes"
    assert all(len(line) <= 80 for line in screen.lines)


def test_a_picture_of_votes(inside, grown, tmp_path):
    path = tmp_path / "votes.svg"
    ran = inside(["trends", "--votes", "kettle", "--by", "day", "-o", str(path)])
    assert ran.err == f"wrote a picture of 132 votes to {path}\n"
    drawn = path.read_text()
    assert "Share of votes by day" in drawn
    assert "papers" not in drawn


def test_without_readings(inside, fetch, papertrack):
    papertrack("import sample")
    ran = inside("trends --votes kettle")
    assert ran.code == 0
    assert "no votes were read" in ran.err


def test_the_index_is_the_same_however_it_was_made(inside, grown, home):
    line = "trends --votes kettle teapot --by day --json"
    before = inside(line).out
    shutil.rmtree(home["PAPERTRACK_CACHE"])
    assert inside(line).out == before
