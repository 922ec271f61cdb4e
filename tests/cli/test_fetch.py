"""Fetching from a small Hugging Face: messages, stored papers, requests."""

import datetime as dt
import gzip
import html
import json
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.helpers.http_server import Server, path_of, response

PORTAL = (
    b"<!doctype html><html><head><title>Hotel Wi-Fi</title></head><body>Please "
    b"sign in</body></html>"
)
CHANGED = (
    b"<!doctype html><html><head><title>Daily Papers - Hugging Face</title></head>"
    b"<body><main><div class='new'>Papers, but otherwise</div></main></body></html>"
)


def paper(number, day, **more):
    body = {
        "id": f"{day[2:4]}{day[5:7]}.{number:05}",
        "title": f"Paper {number} of {day}",
        "summary": f"About {number}.",
        "authors": [{"name": "Ann Onymous"}],
        "publishedAt": f"{day}T00:00:00.000Z",
        "upvotes": number,
    }
    return {
        "paper": {**body, "submittedOnDailyAt": f"{day}T05:00:00.000Z", **more},
        "title": body["title"],
        "publishedAt": f"{day}T09:00:00.000Z",
        "numComments": 1,
    }


def page(rows, day):
    props = html.escape(json.dumps({"dateString": day, "dailyPapers": rows}))
    return (
        f"<!doctype html><html><head><title>Daily Papers - Hugging Face</title></head><body>"
        f'<div data-target="DailyPapers" data-props="{props}"></div></body></html>'
    ).encode()


class Hub(Server):
    """A Hugging Face that lists the papers of `days`.

    `answers[path]` replaces the response to a path: a status, a body, or a function
    from the path with its query to a whole response.
    """

    def __init__(self):
        # Returned as a function, so that requests are served at the same time.
        super().__init__(lambda head: self.reply)
        self.days, self.answers = {}, {}

    @property
    def log(self):
        """The paths of the requests so far."""
        return [path_of(head) for head in self.heads if head]

    def requested(self):
        """The days, weeks and months requested, sorted; "" for the newest listing."""
        result = []
        for path in self.log:
            query = query_of(path)
            if query.get("p") == "0":
                names = ("date", "week", "month", "sort")
                values = [query[name] for name in names if name in query]
                result.append(values[0] if values else "")
        return sorted(result)

    def rows(self, query):
        if "date" in query:
            rows = self.days.get(query["date"], [])
        elif "month" in query:
            rows = [
                row
                for day, rows in sorted(self.days.items())
                if day.startswith(query["month"])
                for row in rows
            ]
        elif "week" in query:
            first = dt.datetime.strptime(query["week"] + "-1", "%G-W%V-%u").date()
            week = [(first + dt.timedelta(days=n)).isoformat() for n in range(7)]
            rows = [row for day in week for row in self.days.get(day, [])]
        else:
            rows = self.days[max(self.days)] if self.days else []
        size = int(query.get("limit", 50))
        start = int(query.get("p", 0)) * size
        return rows[start : start + size]

    def reply(self, connection, head):
        if head:
            connection.sendall(self.response(path_of(head)))

    def response(self, path):
        url = urlsplit(path)
        answer = self.answers.get(url.path, self.answers.get("*"))
        if callable(answer):
            return answer(path)
        if isinstance(answer, int):
            return reply(answer, b'{"error":"no luck today"}', Retry_After="0")
        if isinstance(answer, bytes):
            return reply(200, answer)
        last = url.path.rpartition("/")[2]
        if url.path == "/api/daily_papers":
            return self.listing(path)
        if url.path.startswith("/api/papers/"):
            for rows in self.days.values():
                for row in rows:
                    if row["paper"]["id"] == last:
                        return reply(200, json.dumps(row["paper"]).encode())
        if url.path.startswith("/papers/date/"):
            return reply(200, page(self.days.get(last, []), last))
        return reply(404, b'{"error":"Not found"}')

    def listing(self, path):
        return reply(200, json.dumps(self.rows(query_of(path))).encode())


def query_of(path):
    """The parameters of a path."""
    query = parse_qs(urlsplit(path).query)
    return {name: values[0] for name, values in query.items()}


def reply(status, body, **headers):
    kind = "application/json" if body[:1] in (b"[", b"{", b"") else "text/html"
    return response(body, f"{status} Status", Content_Type=kind, **headers)


@pytest.fixture
def hub(home):
    server = Hub()
    home["HF_ENDPOINT"] = server.url
    server.days = {
        "2025-06-02": [paper(n, "2025-06-02") for n in (1, 2, 3)],
        "2025-06-03": [paper(n, "2025-06-03") for n in (4, 5)],
    }
    yield server
    server.close()


def stored(home, *, desk=False):
    """The files of papers and marks, and when each was written; with `desk` also
    desk.json and its copies, which record fetches.
    """
    root = Path(home["PAPERTRACK_LIBRARY"])
    paths = [
        path
        for path in root.glob("**/*.json")
        if desk or not path.name.startswith("desk")
    ]
    return {
        str(path.relative_to(root)): (path.read_bytes(), path.stat().st_mtime_ns)
        for path in paths
    }


def failed(ran, code=1):
    """The one line of the error message."""
    assert ran.code == code, ran
    assert "Traceback" not in ran.err
    errors = [line for line in ran.err.splitlines() if line.startswith("papertrack: ")]
    assert len(errors) == 1, ran.err
    return errors[0]


def test_one_day(papertrack, hub, home):
    ran = papertrack("fetch hf:2025-06-02")
    assert ran == (0, "", "hf:2025-06-02: 3 new, 0 updated, 0 known\n")
    one = json.loads(papertrack("show 2506.00002 --json").out)[0]
    assert (one["title"], one["abstract"], one["authors"]) == (
        "Paper 2 of 2025-06-02",
        "About 2.",
        ["Ann Onymous"],
    )
    assert (one["listed"], one["published"], one["upvotes"], one["comments"]) == (
        "2025-06-02",
    ) * 2 + (2, 1)
    assert one["sources"] == ["hf"]


def test_a_second_fetch_writes_nothing(papertrack, hub, home):
    papertrack("fetch hf:2025-06")
    before = stored(home)
    ran = papertrack("fetch hf:2025-06")
    since = r"20\d\d-\d\d-\d\d \d\d:\d\d UTC, when it was last read"
    again = rf"hf:2025-06: 0 new, 0 updated, 5 known\n  nothing new since {since}\n"
    assert re.fullmatch(again, ran.err)
    assert stored(home) == before
    hub.days["2025-06-03"][0]["paper"]["upvotes"] = 99
    assert (
        papertrack("fetch hf:2025-06").err == "hf:2025-06: 0 new, 1 updated, 4 known\n"
    )


def test_pages_are_read_to_the_end(papertrack, hub):
    hub.days = {"2025-06-02": [paper(n, "2025-06-02") for n in range(1, 251)]}
    assert (
        papertrack("fetch hf:2025-06-02").err
        == "hf:2025-06-02: 250 new, 0 updated, 0 known\n"
    )
    ten = papertrack("fetch hf:2025-06-02 --limit 10 --dry-run")
    assert ten.err.startswith("hf:2025-06-02: 0 new, 0 updated, 10 known")


def test_at_most_eight_requests_run_at_once(papertrack, hub):
    at_once, most, lock = [0], [0], threading.Lock()

    def slow(path):
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        time.sleep(0.05)
        with lock:
            at_once[0] -= 1
        return reply(200, b"[]")

    hub.answers["*"] = slow
    assert papertrack("fetch hf --since 2024-10-01 --until 2024-10-31").code == 0
    assert most == [8]


def test_weekend_future_changed_page_and_portal_have_different_messages(
    papertrack, hub, home
):
    """A weekend, a future date, a changed page and a captive portal."""
    messages = {}
    weekend = papertrack("fetch hf:2025-06-07")
    assert weekend.code == 0
    messages["weekend"] = weekend.err
    assert "Saturday 2025-06-07" in weekend.err
    assert "weekend" in weekend.err

    ahead = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=40)).isoformat()
    messages["future"] = failed(papertrack(f"fetch hf:{ahead}"))
    assert "future" in messages["future"]
    assert ahead in messages["future"]

    hub.answers["/api/daily_papers"] = 500
    hub.answers["/papers/date/2025-06-02"] = CHANGED
    messages["changed"] = failed(papertrack("fetch hf:2025-06-02"))
    assert "the page has changed" in messages["changed"]
    assert f"{hub.url}/papers/date/2025-06-02" in messages["changed"]

    hub.answers = {"*": PORTAL}
    messages["portal"] = failed(papertrack("fetch hf:2025-06-02"))
    assert "Hotel Wi-Fi" in messages["portal"]
    assert "login page" in messages["portal"]
    assert hub.url in messages["portal"]

    assert len(set(messages.values())) == 4
    assert stored(home) == {}


def test_a_working_day_without_papers_is_not_called_a_weekend(papertrack, hub):
    ran = papertrack("fetch hf:2025-06-05")
    assert ran.code == 0
    assert "Thursday 2025-06-05" in ran.err
    assert "weekend" not in ran.err


def test_the_page_is_read_if_the_api_fails(papertrack, hub):
    hub.answers["/api/daily_papers"] = 500
    assert papertrack("fetch hf:2025-06-02") == (
        0,
        "",
        "hf:2025-06-02: 3 new, 0 updated, 0 known\n",
    )
    hub.answers = {}
    # The page has the same facts as the API.
    again = papertrack("fetch hf:2025-06-02")
    assert again.err.startswith("hf:2025-06-02: 0 new, 0 updated, 3 known\n")


def hang_up(path):
    """No response at all."""
    return b""


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (404, "HTTP 404"),
        (429, "HTTP 429"),
        (500, "HTTP 500"),
        (b"", "the response is empty"),
        (b'{"error": "maintenance"}', "maintenance"),
        (b'[{"paper": {"id": "2506.00001", "title": ', "not JSON"),
        (b'[{"x": 1}, {"x": 2}]', "format has changed"),
        (b"\xff\xfe", "UTF-8"),
        (hang_up, "again later"),
        (
            lambda path: reply(302, b"", Location="ftp://127.0.0.1/x"),
            "not a web address",
        ),
        (
            lambda path: reply(200, gzip.compress(b"[]")[:9], Content_Encoding="gzip"),
            "cut off",
        ),
    ],
    ids=[
        "404",
        "429",
        "500",
        "empty",
        "error",
        "half JSON",
        "other rows",
        "no text",
        "nothing",
        "redirect",
        "gzip",
    ],
)
def test_a_bad_response_is_reported_and_changes_nothing(
    answer, words, papertrack, hub, home
):
    papertrack("fetch hf:2025-06-03")
    before = stored(home)
    hub.answers["*"] = answer
    error = failed(papertrack("fetch hf:2025-06-02"))
    assert hub.url in error
    assert words in error
    assert stored(home) == before
    hub.answers = {"/api/daily_papers": answer}
    if words not in ("again later", "not a web address", "cut off"):
        # The page replaces an API that fails.
        both = papertrack("fetch hf:2025-06-02 -q")
        assert (both.code, both.err) == (0, "")
        assert len(papertrack("list").out.splitlines()) == 5


def test_a_failed_target_does_not_stop_the_others(papertrack, hub, rows_file):
    hub.answers["/api/daily_papers"] = 404
    hub.answers["/papers/date/2025-06-02"] = 404
    ran = papertrack(["fetch", "hf:2025-06-02", str(rows_file)])
    assert hub.url in failed(ran, 3)
    assert f"{rows_file}: 6 new, 0 updated, 0 known" in ran.err
    assert papertrack("list").err == "6 papers\n"
    # With a target that was known already, that target did not fail either.
    assert papertrack(["fetch", "hf:2025-06-02", str(rows_file)]).code == 3


def test_a_day_without_papers_counts_as_success(papertrack, hub):
    hub.answers["/api/papers/2506.00009"] = 404
    assert papertrack("fetch hf:2506.00009 hf:2025-06-07").code == 3


def test_retry_after_is_respected(papertrack, hub):
    left = [2]

    def busy(path):
        if left[0]:
            left[0] -= 1
            return reply(429, b"Rate exceeded.", Retry_After="1")
        return hub.listing(path)

    hub.answers["/api/daily_papers"] = busy
    began = time.monotonic()
    assert (
        papertrack("fetch hf:2025-06-02").err
        == "hf:2025-06-02: 3 new, 0 updated, 0 known\n"
    )
    assert time.monotonic() - began > 1.9


def test_a_long_retry_after_is_reported_at_once(papertrack, hub):
    hub.answers["*"] = lambda path: reply(429, b"", Retry_After="3600")
    error = failed(papertrack("fetch hf:2025-06-02"))
    assert "60 minutes" in error
    assert hub.url in error


def test_a_closed_port_is_reported(papertrack, home):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        home["HF_ENDPOINT"] = f"http://127.0.0.1:{free.getsockname()[1]}"
    error = failed(papertrack("fetch"))
    assert home["HF_ENDPOINT"] in error
    assert "refused" in error
    assert stored(home) == {}


@pytest.mark.parametrize(
    "endpoint",
    [
        "not a url",
        "http://",
        "http://no.such.host.invalid",
        "ftp://127.0.0.1",
        "http://[::1",
    ],
)
def test_an_invalid_endpoint_is_named(endpoint, papertrack, home):
    home["HF_ENDPOINT"] = endpoint
    ran = papertrack("fetch hf:2025-06-02")
    assert ran.code in (1, 2, 4)
    assert endpoint[:8] in failed(ran, ran.code)


def test_dry_run_writes_nothing(papertrack, hub, home):
    ran = papertrack("fetch hf:2025-06-02 sample --dry-run")
    assert "hf:2025-06-02: 3 new, 0 updated, 0 known (dry run)" in ran.err
    assert "sample: 40 new, 0 updated, 0 known (dry run)" in ran.err
    assert stored(home, desk=True) == {}
    assert papertrack("list").out == ""
    papertrack("fetch --dry-run")
    assert stored(home, desk=True) == {}


def test_a_dry_run_has_no_hint_about_saved_papers(papertrack):
    assert "papertrack list shows them" not in papertrack("fetch sample --dry-run").err


def test_json(papertrack, hub):
    ran = papertrack("fetch hf:2025-06-02 hf:2025-06-07 --json")
    first, second = json.loads(ran.out)
    counts = {"new": 3, "updated": 0, "known": 0}
    assert first == {
        "target": "hf:2025-06-02",
        **counts,
        "problems": [],
        "notes": [],
        "errors": [],
    }
    assert "Saturday" in second["notes"][0]
    hub.answers["*"] = 404
    ran = papertrack("fetch hf:2025-06-02 sample --json")
    assert ran.code == 3
    assert "HTTP 404" in json.loads(ran.out)[0]["errors"][0]
    assert json.loads(ran.out)[1]["new"] == 40


def test_one_paper(papertrack, hub):
    assert (
        papertrack("fetch hf:2506.00001").err
        == "hf:2506.00001: 1 new, 0 updated, 0 known\n"
    )
    error = failed(papertrack("fetch hf:2506.77777"), 5)
    assert "hf:2506.77777" in error
    assert "does not have this paper" in error


def test_sample_needs_no_network_and_hints(papertrack):
    ran = papertrack("fetch sample")
    assert ran.code == 0
    assert ran.err.splitlines() == [
        "sample: 40 new, 0 updated, 0 known",
        "papertrack list shows them; papertrack fetch gets today's papers",
    ]
    assert papertrack("-q fetch sample").err == ""


# ------------------------------------------------------------------ files and stdin


def test_stdin(papertrack, rows, rows_file):
    assert (
        papertrack("fetch -", rows_file.read_bytes()).err
        == "standard input: 6 new, 0 updated, 0 known\n"
    )
    text = (
        "Reading Tea Leaves With Statistics\n\nWe read the leaves, and they told "
        "us little.\n\n• 3 authors · Nov 5\n"
    )
    ran = papertrack("fetch - --date 2023-11-07", text)
    assert ran.code == 0, ran.err
    one = json.loads(papertrack("list title:leaves --json").out)[0]
    assert (one["author_count"], one["published"], one["listed"]) == (
        3,
        "2023-11-05",
        "2023-11-07",
    )


def test_a_saved_page(papertrack, tmp_path):
    path = tmp_path / "saved.html"
    path.write_bytes(page([paper(1, "2025-06-02")], "2025-06-02"))
    assert (
        papertrack(["fetch", str(path)]).err == f"{path}: 1 new, 0 updated, 0 known\n"
    )
    assert (
        papertrack(["import", str(path)]).err == f"{path}: 0 new, 0 updated, 1 known\n"
    )
    assert papertrack("list --columns id,listed").out == "2506.00001\t2025-06-02\n"


@pytest.mark.parametrize(
    ("name", "body", "words"),
    [
        ("empty.json", b"", "empty"),
        ("half.json", b'[{"paper": {"id": "2506', "line 1, column"),
        ("other.json", b'{"a": 1}', "JSON of an unknown kind (its keys: a)"),
        ("list.json", b"[1, 2, 3]", "3 of 3 rows can't be read"),
        ("deep.json", b"[" * 100_000, "nested too deeply"),
        ("nan.json", b"[NaN]", "NaN"),
        ("portal.html", PORTAL, "Hotel Wi-Fi"),
        ("changed.html", CHANGED, "the page has changed"),
        ("deep.html", b"<!doctype html>" + b"<div>" * 50_000, "deeper"),
        (
            "half.html",
            b'<html><div data-target="DailyPapers" data-props="{&quot;dailyP',
            "",
        ),
        ("binary.txt", bytes(range(256)) * 20, ""),
        ("image.png", b"\x89PNG\r\n\x1a\n" + b"\x00" * 500, ""),
    ],
)
def test_malformed_files(name, body, words, papertrack, home, tmp_path):
    path = tmp_path / name
    path.write_bytes(body)
    error = failed(papertrack(["fetch", str(path)]))
    assert str(path) in error
    assert words in error
    assert stored(home, desk=True) == {}


def test_unreadable_files_are_named(papertrack, tmp_path, home):
    error = failed(papertrack(["import", str(tmp_path / "missing.json")]))
    assert f"{tmp_path / 'missing.json'}: No such file" in error
    assert f"{tmp_path}: Is a directory" in failed(papertrack(["fetch", str(tmp_path)]))
    if os.geteuid():
        secret = tmp_path / "secret.json"
        secret.write_text("[]")
        secret.chmod(0)
        assert f"{secret}: Permission denied" in failed(
            papertrack(["fetch", str(secret)])
        )


def test_a_missing_file_is_not_reported_as_an_unknown_target(papertrack, tmp_path):
    ran = papertrack(["fetch", str(tmp_path / "missing.json")])
    assert ran.code in (1, 2)
    assert "missing.json" in failed(ran, ran.code)
    assert "No such file" in ran.err


@pytest.mark.parametrize(
    "target",
    ["nonsense", "hf:", "hf:yesterdayish", "hf:2025-02-30", "hf:2025-W60", "", "hff"],
)
def test_unknown_targets(target, papertrack, hub, home):
    error = failed(papertrack(["fetch", target]), 2)
    assert target in error
    assert hub.log == []
    # Refused before the other target is read.
    assert papertrack(["fetch", "sample", target]).code == 2
    assert stored(home) == {}


def test_since_after_until_is_refused(papertrack, hub):
    error = failed(papertrack("fetch hf --since 2025-06-03 --until 2025-06-02"), 2)
    assert "2025-06-03" in error
    assert failed(papertrack("fetch --since soon"), 2)


# ------------------------------------------------------------------ bare fetch


def days_ago(number):
    return (dt.datetime.now(dt.UTC).date() - dt.timedelta(days=number)).isoformat()


def test_bare_fetch_reads_the_newest_listing_then_the_missed_days(
    papertrack, hub, home
):
    hub.days = {
        days_ago(n): [paper(n, days_ago(n))]
        for n in (30, 29, 28, 25, 20, 15, 14, 12, 10)
    }
    # The newest listing, and six days before it.
    assert papertrack("fetch").err == "hf: 4 new, 0 updated, 0 known\n"
    hub.heads.clear()

    hub.days |= {days_ago(n): [paper(n, days_ago(n))] for n in (8, 5, 1)}
    ran = papertrack("fetch")
    # Since the last one (10 days ago), and the six days before it: 16 to 1 days ago.
    assert ran.err == "hf: 3 new, 0 updated, 4 known\n"
    listed = papertrack("list --columns listed --all").out.split()
    assert listed == [days_ago(n) for n in (1, 5, 8, 10, 12, 14, 15)]
    assert "" in hub.requested()
    requested = [what for what in hub.requested() if len(what) == 10]
    assert all(days_ago(16) <= day <= days_ago(1) for day in requested)
    covered = set(requested) | {
        day for what in hub.requested() for day in days_of(what)
    }
    assert {days_ago(n) for n in range(2, 17)} <= covered
    assert len(hub.requested()) == len(set(hub.requested()))  # nothing twice


def days_of(what):
    if "W" in what:
        first = dt.datetime.strptime(what + "-1", "%G-W%V-%u").date()
        return {(first + dt.timedelta(days=n)).isoformat() for n in range(7)}
    if len(what) == 7:
        return {f"{what}-{n:02}" for n in range(1, 32)}
    return set()


def test_a_failed_fetch_is_not_counted_as_read(papertrack, hub):
    hub.days = {days_ago(n): [paper(n, days_ago(n))] for n in (9, 3)}
    # Other days: the newest are not read by that.
    papertrack("fetch --until 2025-01-01")
    hub.days = {days_ago(9): [paper(9, days_ago(9))]}
    papertrack("fetch")
    hub.days = {days_ago(n): [paper(n, days_ago(n))] for n in (9, 5, 3)}
    hub.answers["*"] = 404
    assert papertrack("fetch").code == 1
    hub.answers.clear()
    assert papertrack("fetch").err == "hf: 2 new, 0 updated, 1 known\n"


def test_a_failed_day_is_requested_again_and_delays_no_other(papertrack, hub, home):
    hub.days = {days_ago(n): [paper(n, days_ago(n))] for n in (20, 9)}
    papertrack("fetch")
    hub.days |= {days_ago(n): [paper(n, days_ago(n))] for n in (8, 6, 3)}
    broken = set()

    def some_fail(path):
        query = query_of(path)
        what = query.get("date") or query.get("week") or query.get("month")
        if what and (what == days_ago(6) or days_ago(6) in days_of_span(what)):
            broken.add(what)
            return reply(404, b"{}")
        return hub.listing(path)

    hub.answers["/api/daily_papers"] = some_fail
    for what in ("date", "week", "month"):
        hub.answers |= {f"/papers/{what}/{days_ago(n)}": 404 for n in range(20)}
    assert papertrack("fetch").code == 3
    (state,) = json.loads(papertrack("status --json").out)
    assert (state["day"], len(state["missed"])) == (days_ago(3), 1)
    first, last = state["missed"][0].split("/")
    assert first <= days_ago(6) <= last
    assert state["due"].endswith("that failed")
    hub.answers.clear()
    assert papertrack("fetch").code == 0
    listed = papertrack("list --columns listed --all").out.split()
    assert {days_ago(n) for n in (9, 8, 6, 3)} <= set(listed)
    assert json.loads(papertrack("status --json").out)[0]["missed"] == []


def days_of_span(what):
    """The days of a week or a month; none for a day."""
    return days_of(what) if len(what) < 10 and what else set()


def test_a_span_of_days(papertrack, hub):
    assert (
        papertrack("fetch hf --since 2025-06-02 --until 2025-06-03").err
        == "hf: 5 new, 0 updated, 0 known\n"
    )
    assert (
        papertrack("fetch --since 2025-06 --until 2025-06-02").err
        == "hf: 0 new, 0 updated, 3 known\n"
    )


def test_trending_and_week(papertrack, hub):
    assert (
        papertrack("fetch hf:trending").err
        == "hf:trending: 2 new, 0 updated, 0 known\n"
    )
    assert (
        papertrack("fetch hf:2025-W23").err
        == "hf:2025-W23: 3 new, 0 updated, 2 known\n"
    )


# ------------------------------------------------------------------ Ctrl-C


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_an_interrupted_fetch_saves_whole_pages(number, hub, home, papertrack):
    days = [f"2024-10-{day:02}" for day in range(7, 12)]
    hub.days = {
        day: [paper(int(day[-2:]) * 10 + n, day) for n in range(3)] for day in days
    }
    hung = threading.Event()

    def third_hangs(path):
        if "date=2024-10-09" in path:
            time.sleep(0.4)  # the days before it are read first
            hung.set()
            time.sleep(5)
            return b""
        return hub.listing(path)

    hub.answers["/api/daily_papers"] = third_hangs
    args = ["fetch", "hf", "--since", "2024-10-07", "--until", "2024-10-11"]
    child = subprocess.Popen(
        [sys.executable, "-c", "from papertrack.__main__ import main; main()", *args],
        env=home,
        cwd=home["HOME"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert hung.wait(20)
    child.send_signal(number)
    _, err = child.communicate(timeout=20)
    assert "Traceback" not in err
    days = papertrack("list --columns listed --all").out.split()
    assert all(days.count(day) == 3 for day in set(days))
    if number == signal.SIGINT:
        assert child.returncode == 130
        assert err.splitlines() == [
            f"hf: {len(days)} new, 0 updated, 0 known",
            "papertrack: interrupted: the papers read from hf so far are saved; run "
            "the same command to continue",
        ]
        assert days.count("2024-10-07") == days.count("2024-10-08") == 3
    hub.answers.clear()
    assert papertrack(args).code == 0
    assert len(papertrack("list --all").out.splitlines()) == 15


def test_an_interruption_is_reported(hub, home):
    requested = threading.Event()

    def hangs(path):
        requested.set()
        time.sleep(5)
        return b""

    hub.answers["*"] = hangs
    child = subprocess.Popen(
        [sys.executable, "-c", "from papertrack.__main__ import main; main()", "fetch"],
        env=home,
        cwd=home["HOME"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert requested.wait(20)
    time.sleep(0.1)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=20)
    assert (child.returncode, err) == (130, "papertrack: interrupted\n")


@pytest.mark.parametrize(
    "seconds", ["soon", "0", "-1", "nan", "inf", "1e9", "\x1b[31m"]
)
def test_an_invalid_timeout_is_refused(seconds, papertrack, hub, home):
    home["PAPERTRACK_TIMEOUT"] = seconds
    error = failed(papertrack("fetch hf:2025-06-02"), code=4)
    assert error.startswith("papertrack: PAPERTRACK_TIMEOUT: '")
    assert "\x1b" not in error
    assert hub.log == []


def test_the_timeout_of_the_environment_is_used(papertrack, hub, home):
    home["PAPERTRACK_TIMEOUT"] = "0.2"

    def slow(path):
        time.sleep(0.6)
        return b""

    hub.answers["*"] = slow
    assert "no complete response within 0.2 s" in failed(
        papertrack("fetch hf:2025-06-02")
    )
    home["PAPERTRACK_TIMEOUT"] = ""
    hub.answers.clear()
    assert papertrack("fetch hf:2025-06-02").code == 0


@pytest.mark.parametrize(
    "bad",
    ["hf:2025-13-45", "arxiv:cs.CL,2511.04570", "arxiv:", "arxiv-oai:nowhere!", "x:y"],
)
def test_a_feed_that_never_can_be_read_stops_no_other(papertrack, hub, home, bad):
    library = Path(home["PAPERTRACK_LIBRARY"])
    library.mkdir()
    feeds = {
        str(number): {"key": target, "name": target, "at": "2025-01-01T00:00:00Z"}
        for number, target in enumerate([bad, "hf:2025-06-02"], 1)
    }
    desk = {"format": {"1": {"version": 1}}, "feeds": feeds}
    (library / "desk.json").write_text(json.dumps(desk))
    ran = papertrack("fetch")
    assert "hf:2025-06-02: 3 new, 0 updated, 0 known" in ran.err
    assert f"papertrack feed remove {bad} unfollows it" in failed(ran, 3).replace(
        "'", ""
    )
    # A mistake in an option is one of the line.
    assert papertrack("fetch --since 2026-01-02 --until 2025-01-01").code == 2
