"""Fetching from a small Hugging Face of our own: what is told, what is kept, what is
asked.
"""

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
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

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


class Hub(ThreadingHTTPServer):
    """A Hugging Face that lists what `days` holds; `answers[path]` is what a path
    answers instead: a status, a body, or a function of the handler.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.days, self.answers, self.log = {}, {}, []

    def handle_error(self, request, address):
        """A client that goes away is no news."""

    def asked(self):
        """The days, weeks and months that were asked for, in order of value; `` for the
        newest listing.
        """
        found = []
        for path in self.log:
            query = {
                name: values[0]
                for name, values in parse_qs(urlsplit(path).query).items()
            }
            if query.get("p") == "0":
                found.append(
                    next(
                        (
                            query[name]
                            for name in ("date", "week", "month", "sort")
                            if name in query
                        ),
                        "",
                    )
                )
        return sorted(found)

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


class Handler(BaseHTTPRequestHandler):
    server: Any
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        self.server.log.append(self.path)
        url = urlsplit(self.path)
        answer = self.server.answers.get(url.path, self.server.answers.get("*"))
        if callable(answer):
            return answer(self)
        if isinstance(answer, int):
            return self.reply(
                answer, b'{"error":"no luck today"}', **{"Retry-After": "0"}
            )
        if isinstance(answer, bytes):
            return self.reply(200, answer)
        if url.path == "/api/daily_papers":
            query = {name: values[0] for name, values in parse_qs(url.query).items()}
            return self.reply(200, json.dumps(self.server.rows(query)).encode())
        if url.path.startswith("/api/papers/"):
            name = url.path.rpartition("/")[2]
            found = [
                row["paper"]
                for rows in self.server.days.values()
                for row in rows
                if row["paper"]["id"] == name
            ]
            return self.reply(
                200 if found else 404,
                json.dumps(found[0] if found else {"error": "no"}).encode(),
            )
        if url.path.startswith("/papers/date/"):
            day = url.path.rpartition("/")[2]
            return self.reply(200, page(self.server.days.get(day, []), day))
        return self.reply(404, b'{"error":"Not found"}')

    def reply(self, status, body, **headers):
        self.send_response(status)
        self.send_header(
            "Content-Type", "application/json" if body[:1] in b"[{" else "text/html"
        )
        for name, value in headers.items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture
def hub(home):
    server = Hub()
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    home["HF_ENDPOINT"] = server.url
    server.days = {
        "2025-06-02": [paper(n, "2025-06-02") for n in (1, 2, 3)],
        "2025-06-03": [paper(n, "2025-06-03") for n in (4, 5)],
    }
    yield server
    server.shutdown()
    server.server_close()


def kept(home, *, desk=False):
    """The papers and marks, and when each was written; the desk and its copies, which
    note fetches, if asked for.
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
    """The one line that tells the failure."""
    assert ran.code == code, ran
    assert "Traceback" not in ran.err
    errors = [line for line in ran.err.splitlines() if line.startswith("papertrack: ")]
    assert len(errors) == 1, ran.err
    return errors[0]


def test_a_day(papertrack, hub, home):
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


def test_again_changes_nothing(papertrack, hub, home):
    papertrack("fetch hf:2025-06")
    before = kept(home)
    ran = papertrack("fetch hf:2025-06")
    since = r"20\d\d-\d\d-\d\d \d\d:\d\d UTC, when it was last read"
    again = rf"hf:2025-06: 0 new, 0 updated, 5 known\n  nothing new since {since}\n"
    assert re.fullmatch(again, ran.err)
    assert kept(home) == before
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


def test_at_most_eight_at_once(papertrack, hub):
    at_once, most, lock = [0], [0], threading.Lock()

    def slow(handler):
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        time.sleep(0.05)
        with lock:
            at_once[0] -= 1
        handler.reply(200, b"[]")

    hub.answers["*"] = slow
    assert papertrack("fetch hf --since 2024-10-01 --until 2024-10-31").code == 0
    assert most == [8]


def test_four_things_that_are_not_the_same(papertrack, hub, home):
    """A weekend, a date to come, a changed page and a captive portal."""
    told = {}
    weekend = papertrack("fetch hf:2025-06-07")
    assert weekend.code == 0
    told["weekend"] = weekend.err
    assert "Saturday 2025-06-07" in weekend.err
    assert "weekend" in weekend.err

    ahead = (dt.datetime.now(dt.UTC).date() + dt.timedelta(days=40)).isoformat()
    told["future"] = failed(papertrack(f"fetch hf:{ahead}"))
    assert "future" in told["future"]
    assert ahead in told["future"]

    hub.answers["/api/daily_papers"] = 500
    hub.answers["/papers/date/2025-06-02"] = CHANGED
    told["changed"] = failed(papertrack("fetch hf:2025-06-02"))
    assert "the page has changed" in told["changed"]
    assert f"{hub.url}/papers/date/2025-06-02" in told["changed"]

    hub.answers = {"*": PORTAL}
    told["portal"] = failed(papertrack("fetch hf:2025-06-02"))
    assert "Hotel Wi-Fi" in told["portal"]
    assert "login page" in told["portal"]
    assert hub.url in told["portal"]

    assert len(set(told.values())) == 4
    assert kept(home) == {}


def test_a_working_day_without_papers(papertrack, hub):
    ran = papertrack("fetch hf:2025-06-05")
    assert ran.code == 0
    assert "Thursday 2025-06-05" in ran.err
    assert "weekend" not in ran.err


def test_the_page_stands_in_for_the_api(papertrack, hub):
    hub.answers["/api/daily_papers"] = 500
    assert papertrack("fetch hf:2025-06-02") == (
        0,
        "",
        "hf:2025-06-02: 3 new, 0 updated, 0 known\n",
    )
    hub.answers = {}
    again = papertrack("fetch hf:2025-06-02")
    assert again.err.startswith(
        "hf:2025-06-02: 0 new, 0 updated, 3 known\n"
    )  # the page gives what the API gives


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
        (lambda handler: hang_up(handler), "again later"),
        (
            lambda handler: handler.reply(302, b"", Location="ftp://127.0.0.1/x"),
            "not a web address",
        ),
        (
            lambda handler: handler.reply(
                200, gzip.compress(b"[]")[:9], **{"Content-Encoding": "gzip"}
            ),
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
def test_a_server_that_gives_nothing_good(answer, words, papertrack, hub, home):
    papertrack("fetch hf:2025-06-03")
    before = kept(home)
    hub.answers["*"] = answer
    told = failed(papertrack("fetch hf:2025-06-02"))
    assert hub.url in told
    assert words in told
    assert kept(home) == before
    hub.answers = {"/api/daily_papers": lambda handler: answered(handler, answer)}
    if words not in ("again later", "not a web address", "cut off"):
        both = papertrack(
            "fetch hf:2025-06-02 -q"
        )  # the page stands in for an API that refuses
        assert (both.code, both.err) == (0, "")
        assert len(papertrack("list").out.splitlines()) == 5


def hang_up(handler):
    handler.connection.shutdown(socket.SHUT_RDWR)
    handler.close_connection = True


def answered(handler, answer):
    if callable(answer):
        return answer(handler)
    if isinstance(answer, int):
        return handler.reply(answer, b"no", **{"Retry-After": "0"})
    return handler.reply(200, answer)


def test_some_failed_some_kept(papertrack, hub, rows_file):
    hub.answers["/api/daily_papers"] = 404
    hub.answers["/papers/date/2025-06-02"] = 404
    ran = papertrack(["fetch", "hf:2025-06-02", str(rows_file)])
    assert hub.url in failed(ran, 3)
    assert f"{rows_file}: 6 new, 0 updated, 0 known" in ran.err
    assert papertrack("list").err == "6 papers\n"
    # With a target that was known already, that target did not fail either.
    assert papertrack(["fetch", "hf:2025-06-02", str(rows_file)]).code == 3


def test_a_day_without_papers_is_a_target_that_worked(papertrack, hub):
    hub.answers["/api/papers/2506.00009"] = 404
    assert papertrack("fetch hf:2506.00009 hf:2025-06-07").code == 3


def test_429_waits_as_told_then_goes_on(papertrack, hub):
    left = [2]

    def busy(handler):
        if left[0]:
            left[0] -= 1
            return handler.reply(429, b"Rate exceeded.", **{"Retry-After": "1"})
        return handler.reply(200, json.dumps(hub.rows({"date": "2025-06-02"})).encode())

    hub.answers["/api/daily_papers"] = busy
    began = time.monotonic()
    assert (
        papertrack("fetch hf:2025-06-02").err
        == "hf:2025-06-02: 3 new, 0 updated, 0 known\n"
    )
    assert time.monotonic() - began > 1.9


def test_a_long_pause_is_told_not_waited_for(papertrack, hub):
    hub.answers["*"] = lambda handler: handler.reply(
        429, b"", **{"Retry-After": "3600"}
    )
    told = failed(papertrack("fetch hf:2025-06-02"))
    assert "60 minutes" in told
    assert hub.url in told


def test_nobody_listens(papertrack, home):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        home["HF_ENDPOINT"] = f"http://127.0.0.1:{free.getsockname()[1]}"
    told = failed(papertrack("fetch"))
    assert home["HF_ENDPOINT"] in told
    assert "refused" in told
    assert kept(home) == {}


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
def test_an_endpoint_that_is_none(endpoint, papertrack, home):
    home["HF_ENDPOINT"] = endpoint
    ran = papertrack("fetch hf:2025-06-02")
    assert ran.code in (1, 2, 4)
    assert endpoint[:8] in failed(ran, ran.code)


def test_dry_run_writes_nothing(papertrack, hub, home):
    ran = papertrack("fetch hf:2025-06-02 sample --dry-run")
    assert "hf:2025-06-02: 3 new, 0 updated, 0 known (dry run)" in ran.err
    assert "sample: 40 new, 0 updated, 0 known (dry run)" in ran.err
    assert kept(home, desk=True) == {}
    assert papertrack("list").out == ""
    papertrack("fetch --dry-run")
    assert kept(home, desk=True) == {}


def test_a_dry_run_hints_at_nothing_it_did_not_do(papertrack):
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
    told = failed(papertrack("fetch hf:2506.77777"))
    assert "hf:2506.77777" in told
    assert "does not have this paper" in told


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
        ("other.json", b'{"a": 1}', "not a"),
        ("list.json", b"[1, 2, 3]", "format has changed"),
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
    told = failed(papertrack(["fetch", str(path)]))
    assert str(path) in told
    assert words in told
    assert kept(home, desk=True) == {}


def test_files_that_can_not_be_read(papertrack, tmp_path, home):
    gone = failed(papertrack(["import", str(tmp_path / "gone.json")]))
    assert f"{tmp_path / 'gone.json'}: No such file" in gone
    assert f"{tmp_path}: Is a directory" in failed(papertrack(["fetch", str(tmp_path)]))
    if os.geteuid():
        secret = tmp_path / "secret.json"
        secret.write_text("[]")
        secret.chmod(0)
        assert f"{secret}: Permission denied" in failed(
            papertrack(["fetch", str(secret)])
        )


def test_a_file_that_is_not_there_is_told_as_a_file(papertrack, tmp_path):
    ran = papertrack(["fetch", str(tmp_path / "gone.json")])
    assert ran.code in (1, 2)
    assert "gone.json" in failed(ran, ran.code)
    assert "No such file" in ran.err


@pytest.mark.parametrize(
    "target",
    ["nonsense", "hf:", "hf:yesterdayish", "hf:2025-02-30", "hf:2025-W60", "", "hff"],
)
def test_unknown_targets(target, papertrack, hub, home):
    told = failed(papertrack(["fetch", target]), 2)
    assert target in told
    assert hub.log == []
    # Told before the target beside it is read.
    assert papertrack(["fetch", "sample", target]).code == 2
    assert kept(home) == {}


def test_days_the_wrong_way_round(papertrack, hub):
    told = failed(papertrack("fetch hf --since 2025-06-03 --until 2025-06-02"), 2)
    assert "2025-06-03" in told
    assert failed(papertrack("fetch --since soon"), 2)


# ------------------------------------------------------------------ bare fetch


def days_ago(number):
    return (dt.datetime.now(dt.UTC).date() - dt.timedelta(days=number)).isoformat()


def test_bare_fetch_takes_the_newest_then_what_was_missed(papertrack, hub, home):
    hub.days = {
        days_ago(n): [paper(n, days_ago(n))]
        for n in (30, 29, 28, 25, 20, 15, 14, 12, 10)
    }
    assert papertrack("fetch").err == "hf: 1 new, 0 updated, 0 known\n"
    assert set(hub.asked()) <= {"", days_ago(10)}
    hub.log.clear()

    hub.days |= {days_ago(n): [paper(n, days_ago(n))] for n in (8, 5, 1)}
    ran = papertrack("fetch")
    # Since the last one (10 days ago), and the week before it again: 17 to 1 days ago.
    assert ran.err == "hf: 6 new, 0 updated, 1 known\n"
    listed = papertrack("list --columns listed --all").out.split()
    assert listed == [days_ago(n) for n in (1, 5, 8, 10, 12, 14, 15)]
    assert "" in hub.asked()
    asked = [what for what in hub.asked() if len(what) == 10]
    assert all(days_ago(17) <= day <= days_ago(1) for day in asked)
    covered = set(asked) | {day for what in hub.asked() for day in days_of(what)}
    assert {days_ago(n) for n in range(2, 18)} <= covered
    assert len(hub.asked()) == len(set(hub.asked()))  # nothing twice


def days_of(what):
    if "W" in what:
        first = dt.datetime.strptime(what + "-1", "%G-W%V-%u").date()
        return {(first + dt.timedelta(days=n)).isoformat() for n in range(7)}
    if len(what) == 7:
        return {f"{what}-{n:02}" for n in range(1, 32)}
    return set()


def test_a_failed_fetch_is_not_counted_as_read(papertrack, hub):
    hub.days = {days_ago(n): [paper(n, days_ago(n))] for n in (9, 3)}
    papertrack(
        "fetch --until 2025-01-01"
    )  # some other days: the newest are not read by that
    hub.days = {days_ago(9): [paper(9, days_ago(9))]}
    papertrack("fetch")
    hub.days = {days_ago(n): [paper(n, days_ago(n))] for n in (9, 5, 3)}
    hub.answers["*"] = 404
    assert papertrack("fetch").code == 1
    hub.answers.clear()
    assert papertrack("fetch").err == "hf: 2 new, 0 updated, 1 known\n"


def test_a_day_that_failed_is_asked_again_and_holds_up_no_other(papertrack, hub, home):
    hub.days = {days_ago(n): [paper(n, days_ago(n))] for n in (20, 9)}
    papertrack("fetch")
    hub.days |= {days_ago(n): [paper(n, days_ago(n))] for n in (8, 6, 3)}
    broken = set()

    def some_fail(handler):
        query = {
            name: values[0]
            for name, values in parse_qs(urlsplit(handler.path).query).items()
        }
        what = query.get("date") or query.get("week") or query.get("month")
        if what and (what == days_ago(6) or days_ago(6) in days_of_span(what)):
            broken.add(what)
            return handler.reply(404, b"{}")
        return handler.reply(200, json.dumps(hub.rows(query)).encode())

    hub.answers["/api/daily_papers"] = some_fail
    for what in ("date", "week", "month"):
        hub.answers |= {f"/papers/{what}/{days_ago(n)}": 404 for n in range(20)}
    assert papertrack("fetch").code == 3
    (standing,) = json.loads(papertrack("status --json").out)
    assert (standing["day"], len(standing["missed"])) == (days_ago(3), 1)
    first, last = standing["missed"][0].split("/")
    assert first <= days_ago(6) <= last
    assert standing["due"].endswith("that failed")
    hub.answers.clear()
    assert papertrack("fetch").code == 0
    listed = papertrack("list --columns listed --all").out.split()
    assert {days_ago(n) for n in (9, 8, 6, 3)} <= set(listed)
    assert json.loads(papertrack("status --json").out)[0]["missed"] == []


def days_of_span(what):
    """The days of a week or a month; none for a day."""
    return days_of(what) if len(what) < 10 and what else set()


def test_a_span(papertrack, hub):
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
def test_interrupted_it_keeps_whole_pages(number, hub, home, papertrack):
    days = [f"2024-10-{day:02}" for day in range(7, 12)]
    hub.days = {
        day: [paper(int(day[-2:]) * 10 + n, day) for n in range(3)] for day in days
    }
    hung = threading.Event()

    def third_hangs(handler):
        if "date=2024-10-09" in handler.path:
            time.sleep(0.4)  # the days beside it come first
            hung.set()
            time.sleep(5)
            return None
        query = {
            name: values[0]
            for name, values in parse_qs(urlsplit(handler.path).query).items()
        }
        return handler.reply(200, json.dumps(hub.rows(query)).encode())

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


def test_an_interruption_is_told(hub, home):
    asked = threading.Event()

    def hangs(handler):
        asked.set()
        time.sleep(5)

    hub.answers["*"] = hangs
    child = subprocess.Popen(
        [sys.executable, "-c", "from papertrack.__main__ import main; main()", "fetch"],
        env=home,
        cwd=home["HOME"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert asked.wait(20)
    time.sleep(0.1)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=20)
    assert (child.returncode, err) == (130, "papertrack: interrupted\n")


@pytest.mark.parametrize(
    "seconds", ["soon", "0", "-1", "nan", "inf", "1e9", "\x1b[31m"]
)
def test_a_timeout_that_is_none(seconds, papertrack, hub, home):
    home["PAPERTRACK_TIMEOUT"] = seconds
    told = failed(papertrack("fetch hf:2025-06-02"), code=4)
    assert told.startswith("papertrack: PAPERTRACK_TIMEOUT: '")
    assert "\x1b" not in told
    assert hub.log == []


def test_the_timeout_is_the_users(papertrack, hub, home):
    home["PAPERTRACK_TIMEOUT"] = "0.2"
    hub.answers["*"] = lambda handler: time.sleep(0.6)
    assert "no complete response within 0.2 s" in failed(
        papertrack("fetch hf:2025-06-02")
    )
    home["PAPERTRACK_TIMEOUT"] = ""
    hub.answers.clear()
    assert papertrack("fetch hf:2025-06-02").code == 0
