"""Six mornings: weekdays, a weekend, a failure, a day missed; with the README's cron
recipe, and with a sitting of triage before recorded days.
"""

import datetime as dt
import json
from collections import Counter
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.helpers.dialogue import Dialogue
from tests.helpers.http_server import Server, path_of, response

MORNINGS = {
    "2025-11-20": "the first fetch brings a week",
    "2025-11-21": "a weekday brings a day",
    "2025-11-22": "a Saturday brings nothing",
    "2025-11-24": "the service fails",
    "2025-11-26": "the days missed are caught up",
    "2025-11-27": "a weekday brings a day",
}


def row(day, number):
    paper = {
        "id": f"2511.{day[-2:]}00{number}",
        "title": f"Kettle {number} of {day}",
        "summary": "It whistles.",
        "authors": [{"name": "Ada Quill"}],
        "publishedAt": f"{day}T00:00:00.000Z",
        "submittedOnDailyAt": f"{day}T01:00:00.000Z",
        "upvotes": 10 * number,
    }
    return {
        "paper": paper,
        "title": paper["title"],
        "publishedAt": f"{day}T00:00:00.000Z",
    }


class Days(Server):
    """Hugging Face on the day `today`: two papers on each weekday of November 2025."""

    def __init__(self):
        self.today = ""
        self.is_failing = False
        super().__init__(self.reply)

    def reply(self, head):
        url = urlsplit(path_of(head))
        query = {name: values[0] for name, values in parse_qs(url.query).items()}
        if self.is_failing or url.path != "/api/daily_papers":
            return response(b"{}", "404 Not Found", Content_Type="application/json")
        days = list(filter(self.is_listed, (f"2025-11-{n:02}" for n in range(1, 31))))
        if "date" in query:
            days = [day for day in days if day == query["date"]]
        elif "week" in query:
            days = [day for day in days if week_of(day) == query["week"]]
        elif "month" in query:
            days = [day for day in days if day.startswith(query["month"])]
        else:
            days = days[-1:]
        rows = [row(day, number) for day in days for number in (1, 2)]
        body = json.dumps([] if query.get("p", "0") != "0" else rows).encode()
        return response(body, Content_Type="application/json")

    def is_listed(self, day):
        return day <= self.today and dt.date.fromisoformat(day).weekday() < 5


def week_of(day):
    year, week, _ = dt.date.fromisoformat(day).isocalendar()
    return f"{year}-W{week:02}"


@pytest.fixture
def days(home):
    server = Days()
    home["HF_ENDPOINT"] = server.url
    yield server
    server.close()


def test_six_mornings(inside, days, golden):
    text = []
    for day, what in MORNINGS.items():
        days.today = day
        days.is_failing = what == "the service fails"
        now = dt.datetime.fromisoformat(f"{day}T08:30:00+00:00")
        fetched = inside("fetch", now=now)
        new = inside("-q list is:new --all --format ids", now=now)
        list_ = inside("-q list is:new --all --format markdown", now=now)
        status = inside("status", now=now).err.splitlines()[-1]
        error = fetched.err.replace(days.url, "https://huggingface.co")
        text += [
            f"== {dt.date.fromisoformat(day):%A} {day}: {what}",
            f"exit code {fetched.code}",
            error.rstrip(),
            f"is:new: {' '.join(new.out.split())}".rstrip(),
            f"status: {status}",
            *[f"  {line}".rstrip() for line in list_.out.splitlines()],
            "",
        ]
    golden("six-days", "\n".join(text))


RECORDED_MORNINGS = {
    "2025-11-03": "the first fetch brings a week",
    "2025-11-04": "a weekday brings a day",
    "2025-11-05": "a captive portal responds",
    "2025-11-07": "the days missed are caught up",
    "2025-11-08": "a Saturday brings nothing",
    "2025-11-11": "two weekdays bring two days",
}
SITTING = "rlhsr"
"""Five decisions: read, later, hide, star, read."""


@pytest.fixture
def sit(home):
    """`sit(now, ARGS, decided)`: a sitting of `SITTING`; its first line and its report."""

    def sitting(now, *arguments):
        dialogue = Dialogue(["triage", *arguments], home, now=now)
        first = dialogue.until(" of ").splitlines()[0]
        dialogue.say(SITTING, f"{len(SITTING)} decided")
        dialogue.press("q")
        assert dialogue.end() == 0
        return " ".join(first.split()), dialogue.printed

    return sitting


def test_six_recorded_mornings_with_triage(inside, home, replaying, sit, golden):
    text = []
    for day, what in RECORDED_MORNINGS.items():
        fault = ["--fault", "html:1"] if "portal" in what else []
        server = replaying("--today", day, *fault)
        home |= server.env
        now = dt.datetime.fromisoformat(f"{day}T08:30:00+00:00")
        fetched = inside("fetch", now=now)
        error = fetched.err.replace(server.url, "https://huggingface.co")
        new = inside("-q list is:new --all --json --fields id,listed", now=now)
        days = Counter(paper["listed"] for paper in json.loads(new.out))
        listed = ", ".join(f"{count} of {day}" for day, count in sorted(days.items()))
        first, report = sit(now, *(["is:new"] if days else []))
        recipe = inside("-q list is:new --all --format markdown", now=now)
        text += [
            f"== {dt.date.fromisoformat(day):%A} {day}: {what}",
            f"exit code {fetched.code}",
            error.rstrip(),
            f"is:new: {listed}".rstrip(),
            f"triage: {first}",
            f"  {report}",
            f"log: {inside('log -n 1').out.split(chr(9))[-1].rstrip()}",
            f"status: {inside('status', now=now).err.splitlines()[-1]}",
            f"cron: {recipe.out.splitlines()[2]}",
            "",
        ]
    golden("six-days.recorded", "\n".join(text))
