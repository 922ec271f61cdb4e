"""Hugging Face: its documents (cases beside this file, recorded ones in ../shared),
plans and paging.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from papertrack.core.errors import (
    FetchError,
    PapertrackError,
    Refused,
    Unrecognised,
    UsageError,
)
from papertrack.core.facts import Facts, Listing, Request
from papertrack.core.model import Reading
from papertrack.core.text import clean
from papertrack.sources.base import Context
from papertrack.sources.formats import read_file
from papertrack.sources.huggingface import rows as huggingface_rows
from papertrack.sources.huggingface.source import Step, plan
from papertrack.sources.registry import find
from papertrack.web.crawl import crawl
from papertrack.web.http import Response

HERE = Path(__file__).parent
CASES = sorted(
    path
    for path in [*HERE.glob("*.json"), *HERE.glob("*.html")]
    if not path.name.endswith(".expected.json")
)
SHARED = Path(__file__).parents[4] / "shared" / "data"
TODAY = dt.date(2025, 11, 12)
HF = "https://hf.test"
ENDPOINTS = {"HF_ENDPOINT": HF}

recorded = pytest.mark.skipif(
    not (SHARED / "hf-daily").is_dir(), reason=f"no recorded answers in {SHARED}"
)


def case(name: str, date: str | None = None) -> Listing:
    return read_file((HERE / name).read_bytes(), name=name, date=date)


# ---------------------------------------------------------------- bodies


def outcome(body: bytes, name: str) -> dict[str, Any]:
    try:
        listing = read_file(body, name=name)
    except Unrecognised as error:
        return {"error": str(error)}
    return {
        "source": listing.source,
        "facts": [paper.as_json() for paper in listing.facts],
        "problems": [*listing.problems],
        "notes": [*listing.notes],
    }


def expected(path: Path) -> Path:
    return path.with_name(f"{path.name}.expected.json")


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_a_file_has_its_expected_listing(path: Path) -> None:
    text = expected(path).read_text(encoding="utf-8")
    assert outcome(path.read_bytes(), path.name) == json.loads(text)


def test_each_expected_listing_has_its_file() -> None:
    assert {*HERE.glob("*.expected.json")} == {*map(expected, CASES)}


def test_every_field_of_a_row() -> None:
    full, old, submitter, flat = case("rows.json", "2025-11-09").facts
    assert full == Facts(
        ids=("arxiv:2511.00101",),
        title="Counting Sheep with Transformers",
        abstract="We count. Then we sleep.",
        summary="It counts sheep.",
        authors=("Ada Birch", "Noor Lind"),
        organization="The Meadow Lab",
        published="2025-11-05",
        listed="2025-11-07",
        keywords=("sheep", "sleep"),
        upvotes=0,
        comments=3,
        github="https://github.com/example/sheep",
        stars=12,
        project="https://sheep.example/",
    )
    assert (old.published, old.listed, old.upvotes, old.comments) == (
        "2024-10-01",
        "2025-11-09",
        4,
        1,
    )
    assert (submitter.organization, submitter.listed) == ("moss-works", "2025-10-01")
    assert (flat.ids, flat.authors, flat.listed) == (
        ("arxiv:2401.00009",),
        ("Di Fern",),
        "2025-11-09",
    )


@pytest.mark.parametrize("name", ["page.html", "page-new.html"])
@pytest.mark.parametrize(
    ("saved_as", "date", "listed"),
    [
        ("page.html", None, "2024-08-01"),
        ("page 2024-08-02.html", None, "2024-08-02"),
        ("page 2024-08-02.html", "2024-08-03", "2024-08-03"),
        ("2024-99-99/page 2024-13-01.html", None, "2024-08-01"),
    ],
)
def test_a_page_is_read_from_its_props(
    name: str, saved_as: str, date: str | None, listed: str
) -> None:
    got = read_file((HERE / name).read_bytes(), name=saved_as, date=date)
    assert [
        (f.title, f.upvotes, f.comments, f.abstract, f.listed) for f in got.facts
    ] == [
        ("Cards & Other Games", 17, 5, "Whole abstract.", listed),
        ("One Author Only", 17, 5, "Whole abstract.", listed),
    ]


@pytest.mark.parametrize("name", ["cards.html", "cards-broken-props.html"])
def test_a_page_without_props_is_read_from_its_cards(name: str) -> None:
    ids = [("arxiv:2408.00001",), ("arxiv:2408.00002",)]
    assert case(name, "2024-08-01").facts == (
        Facts(
            ids=ids[0],
            title="Cards & Other Games",
            author_count=533,
            upvotes=17,
            comments=5,
            listed="2024-08-01",
        ),
        Facts(
            ids=ids[1],
            title="One Author Only",
            author_count=1,
            upvotes=0,
            listed="2024-08-01",
        ),
    )


@pytest.mark.parametrize(
    "charset",
    ["utf-8", "hex", "rot13", "idna", "nonsense", "zlib", "utf-8\x00", "undefined"],
)
def test_a_strange_charset_is_read_as_utf8(charset: str) -> None:
    http = Pages(
        {f"{HF}/papers/date/2024-08-01": (HERE / "page-new.html").read_bytes()}
    )
    http.headers = {"content-type": f"text/html; charset={charset}"}
    [got] = run("hf:2024-08-01", http)
    assert got.error is None
    assert got.listing is not None
    assert len(got.listing.facts) == 2


def unrecognised(body: bytes, name: str = "saved.json") -> str:
    with pytest.raises(Unrecognised) as caught:
        read_file(body, name=name, date=None)
    message = str(caught.value)
    assert message.startswith(f"{name}: ")
    assert message.isprintable()
    return message


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'[\n{"paper": }]', "line 2, column 11"),
        (b"[" * 100_000, "nested too deeply"),
        (
            b'[{"paper": {"id": ' + b"9" * 5000 + b"}}]",
            "not valid JSON",
        ),
        (b'[{"paper": NaN}]', "NaN is not a JSON number"),
        (b'[{"paper": "\xff"}]', "not UTF-8"),
        (
            b'[{"paper": 1}, {"paper": 2}, {"paper": {"title": "x"}}]',
            "3 of 3 rows can't be read (row 1: its paper is not an object)",
        ),
        (b'{"error": "gone \\u001b[2J"}', "the response is an error: gone [2J"),
        (b"{}", "no id"),
        (b" \n", "the file is empty"),
    ],
)
def test_json_that_is_not_a_listing(body: bytes, message: str) -> None:
    assert message in unrecognised(body)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("changed.html", "the page has changed"),
        ("moved.html", "the page has changed"),
        (
            "portal.html",
            "a page titled 'Sign in to Café WiFi', not a listing of Hugging Face or arXiv;",
        ),
    ],
)
def test_pages_that_are_not_a_listing(name: str, message: str) -> None:
    assert message in unrecognised((HERE / name).read_bytes(), name)


def test_a_page_without_a_title_is_named_by_its_heading() -> None:
    assert "a page titled 'Sign in'" in unrecognised(
        b"<html><body><h1 class=x>Sign in</h1></body></html>", "x.html"
    )


EVIL: dict[str, Callable[[int], bytes]] = {
    "deep": lambda n: b"<div>" * n,
    "deep with strays": lambda n: b"<div></b>" * n,
    "crossed": lambda n: b"<span><div></span>" * n,
    "lists": lambda n: b"<ul><li>" * n,
    "an attribute storm": lambda n: (
        b"<p " + b" ".join(b"a%d=1" % i for i in range(n)) + b">"
    ),
    "attribute storms": lambda n: (
        (b"<p " + b" ".join(b"a%d" % i for i in range(390)) + b">") * (n // 300)
    ),
    "quoted attributes": lambda n: (
        b"<p " + b"".join(b'a%d="x"' % i for i in range(n)) + b">"
    ),
    "formatting": lambda n: b"".join(b"<font x=%d><p>x" % i for i in range(n)),
    "a little formatting": lambda n: (
        b"".join(b"<font x=%d>" % i for i in range(15)) + b"<p>x" * n
    ),
    "open tags": lambda n: b"<a " * n,
    "quotes": lambda n: b"<a \"<a '" * n,
    "no formatting end": lambda n: b"<b>" * 10 + b"</i>" * n,
    "paragraph ends": lambda n: b"<div>" * 900 + b"</p>" * n,
    "depth again and again": lambda n: (b"<div>" * 900 + b"</div>" * 900) * (n // 1800),
    "flat": lambda n: b"<div></div>" * n,
}


@pytest.mark.parametrize("name", EVIL)
@pytest.mark.parametrize("count", [20_000, 150_000])
def test_pages_made_to_keep_the_parser_busy_are_refused(name: str, count: int) -> None:
    unrecognised(b"<!doctype html><body>" + EVIL[name](count), "evil.html")


@recorded
def test_every_recorded_day_has_the_recorded_facts() -> None:
    files = sorted((SHARED / "hf-daily").glob("*.json.gz"))
    assert files
    for path in files:
        rows = json.loads(gzip.decompress(path.read_bytes()))
        got = huggingface_rows.rows(rows, where=path.name, day=path.name[:10])
        assert not got.problems
        assert [shown(facts) for facts in got.facts] == [
            as_recorded(row, path.name[:10]) for row in rows
        ], path.name


def shown(facts: Facts) -> dict[str, Any]:
    return {
        name: value
        for name, value in facts.as_json().items()
        if value not in ("", [], None)
    }


def as_recorded(row: dict[str, Any], day: str) -> dict[str, Any]:
    """A recorded row, read a second way: straight from its keys."""
    paper = row["paper"]
    host = (
        paper.get("organization")
        or row.get("organization")
        or row.get("submitterOrganization")
        or {}
    )
    values: dict[str, Any] = {
        "title": paper["title"],
        "ids": [f"arxiv:{paper['id']}"],
        "abstract": paper["summary"],
        "summary": paper.get("ai_summary"),
        "authors": [author["name"] for author in paper["authors"]],
        "organization": host.get("fullname") or host.get("name"),
        "published": paper["publishedAt"][:10],
        "listed": day,
        "keywords": paper.get("ai_keywords"),
        "upvotes": paper["upvotes"],
        "comments": row["numComments"],
        "github": paper.get("githubRepo"),
        "stars": paper.get("githubStars"),
        "project": paper.get("projectPage"),
    }
    for name, value in values.items():
        if isinstance(value, str):
            values[name] = clean(value)
        elif isinstance(value, list):
            values[name] = [clean(item) for item in value if clean(item)]
    return {
        name: value for name, value in values.items() if value not in ("", [], None)
    }


@recorded
def test_the_props_and_the_cards_of_the_recorded_page_agree() -> None:
    body = gzip.decompress(
        (SHARED / "hf-html" / "papers_2024-08-01.html.gz").read_bytes()
    )
    whole = read_file(body, name="saved.html", date=None)
    assert len(whole.facts) == 13
    assert {facts.listed for facts in whole.facts} == {"2024-08-01"}
    assert all(facts.abstract and facts.authors for facts in whole.facts)
    cards = read_file(
        body.replace(b"data-props", b"data-gone"), name="saved.html", date="2024-08-01"
    )

    def shared(facts: Facts) -> tuple[object, ...]:
        count = facts.author_count or len(facts.authors)
        return (
            facts.ids,
            facts.title,
            facts.upvotes,
            facts.comments,
            facts.listed,
            count,
        )

    assert [shared(facts) for facts in cards.facts] == [
        shared(facts) for facts in whole.facts
    ]


# ---------------------------------------------------------------- plans


def steps(first: str, last: str, today: str = "2025-11-12") -> list[tuple[str, str]]:
    parsed = (dt.date.fromisoformat(day) for day in (first, last, today))
    first_day, last_day, now = parsed
    return [(step.param, step.value) for step in plan(first_day, last_day, today=now)]


@pytest.mark.parametrize(
    ("first", "last", "expected"),
    [
        ("2025-11-07", "2025-11-07", ["2025-11-07"]),
        ("2025-10-01", "2025-10-31", ["2025-10"]),
        ("2025-11-03", "2025-11-09", ["2025-W45"]),
        ("2025-11-01", "2025-11-30", ["2025-11"]),
        ("2025-11-10", "2025-11-12", ["2025-W46"]),
        ("2025-11-10", "2025-11-11", ["2025-11-10", "2025-11-11"]),
        (
            "2025-10-31",
            "2025-11-09",
            ["2025-10-31", "2025-11-01", "2025-11-02", "2025-W45"],
        ),
        (
            "2025-03-10",
            "2025-03-23",
            [*(f"2025-03-{day}" for day in range(10, 17)), "2025-W12"],
        ),
        ("2025-03-01", "2025-03-02", ["2025-03-01", "2025-03-02"]),
        ("2025-11-01", "2025-11-12", ["2025-11"]),
        ("2025-11-12", "2025-11-13", ["2025-11-12"]),
        ("2025-11-13", "2025-11-20", []),
    ],
)
def test_plan(first: str, last: str, expected: list[str]) -> None:
    assert [value for _, value in steps(first, last)] == expected


def test_a_day_is_requested_as_a_day_even_if_a_month_starts() -> None:
    assert steps("2025-09-01", "2025-09-01", "2025-09-01") == [("date", "2025-09-01")]


def test_plan_never_requests_a_week_53() -> None:
    values = [value for _, value in steps("2026-12-28", "2027-01-03", "2027-02-01")]
    assert values == [
        "2026-12-28",
        "2026-12-29",
        "2026-12-30",
        "2026-12-31",
        "2027-01-01",
        "2027-01-02",
        "2027-01-03",
    ]


def test_plan_covers_each_day_once() -> None:
    first, today = dt.date(2025, 1, 29), dt.date(2027, 1, 30)
    planned = plan(first, dt.date(2030, 1, 1), today=today)
    days = [first + dt.timedelta(days=n) for n in range((today - first).days + 1)]
    covered = [
        a + dt.timedelta(days=n)
        for _, _, (a, b) in planned
        for n in range((b - a).days + 1)
    ]
    assert covered == days
    assert (
        Step("month", "2025-09", (dt.date(2025, 9, 1), dt.date(2025, 9, 30))) in planned
    )


# ---------------------------------------------------------------- paging and targets


class Pages:
    """Bodies or errors by URL; other URLs fail with 500. `headers` are those of all
    responses.
    """

    def __init__(self, pages: dict[str, bytes | PapertrackError]) -> None:
        self.pages = pages
        self.headers: dict[str, str] = {}
        self.requested: list[str] = []

    def read(self, url: str, *, origin: str | None = None) -> Response:
        self.requested.append(url.removeprefix(HF))
        found = self.pages.get(url, Refused(f"{url}: HTTP 500; try again later", 500))
        if isinstance(found, PapertrackError):
            raise found
        return Response(url, 200, self.headers, found)

    def abort(self) -> None:
        pass


def run(target: str, http: Pages, **context: Any) -> list[Any]:
    known = Context(**{"today": TODAY, "endpoints": ENDPOINTS, **context})
    return list(crawl(http, find(target).start(target, known), at_once=1))


def api(question: str, page: int = 0) -> str:
    return f"{HF}/api/daily_papers?{question}&limit=100&p={page}".replace("?&", "?")


def rows(*papers: tuple[str, str | None]) -> bytes:
    message = [
        {
            "id": number,
            "title": f"T {number}",
            "submittedOnDailyAt": f"{day}T01:00:00Z" if day else None,
        }
        for number, day in papers
    ]
    return json.dumps([{"paper": paper} for paper in message]).encode()


def listed(fetched: list[Any]) -> list[tuple[str, str | None]]:
    assert [got.error for got in fetched if got.error] == []
    return [
        (facts.ids[0].removeprefix("arxiv:"), facts.listed)
        for got in fetched
        for facts in got.listing.facts
    ]


def test_pages_are_read_until_one_is_empty() -> None:
    day = "date=2025-11-07"
    http = Pages(
        {
            api(day, 0): rows(("2511.00001", "2025-11-07"), ("2511.00002", None)),
            api(day, 1): rows(("2511.00003", None)),
            api(day, 2): b"[]",
        }
    )
    numbers = ["2511.00001", "2511.00002", "2511.00003"]
    assert listed(got := run("hf:2025-11-07", http)) == [
        (number, "2025-11-07") for number in numbers
    ]
    assert [note for fetched in got for note in fetched.listing.notes] == []
    assert len(http.requested) == 3


@pytest.mark.parametrize(
    ("link", "count"), [('</x>; rel="next"', 2), ('</x>; rel="prev"', 1)]
)
def test_a_link_header_shows_whether_there_is_more(link: str, count: int) -> None:
    day = "date=2025-11-07"
    http = Pages({api(day, 0): rows(("2511.00001", None)), api(day, 1): b"[]"})
    http.headers = {"link": link}
    run("hf:2025-11-07", http)
    assert len(http.requested) == count


def test_a_server_without_pages_is_requested_twice() -> None:
    page = rows(("2511.00001", None))
    http = Pages({api("date=2025-11-07", number): page for number in range(60)})
    assert len(listed(run("hf:2025-11-07", http))) == 1
    assert len(http.requested) == 2


def test_the_number_of_pages_is_limited() -> None:
    http = Pages(
        {api("date=2025-11-07", n): rows((f"2511.{n:05}", None)) for n in range(60)}
    )
    got = run("hf:2025-11-07", http)
    assert len(http.requested) == 50
    assert "more than 50 pages" in got[-1].listing.problems[0]


@pytest.mark.parametrize(
    ("target", "question"),
    [("hf:2025-W45", "week=2025-W45"), ("hf:2025-10", "month=2025-10")],
)
def test_rows_of_the_days_beside_a_span_are_dropped(target: str, question: str) -> None:
    day = "2025-11-05" if "week" in question else "2025-10-15"
    http = Pages(
        {
            api(question): rows(
                ("2511.00001", "2025-09-30"),
                ("2511.00002", day),
                ("2511.00003", "2025-11-10"),
            ),
            api(question, 1): b"[]",
        }
    )
    assert listed(run(target, http)) == [("2511.00002", day)]


@pytest.mark.parametrize(
    ("day", "note"),
    [
        (
            "2025-11-08",
            "no papers were listed on Saturday 2025-11-08: Daily Papers pauses on weekends",
        ),
        (
            "2025-11-06",
            "no papers were listed on Thursday 2025-11-06: perhaps a holiday",
        ),
        (
            "2025-11-12",
            "no papers were listed on Wednesday 2025-11-12: perhaps none yet, or a holiday",
        ),
    ],
)
def test_a_note_explains_an_empty_day(day: str, note: str) -> None:
    http = Pages({api(f"date={day}"): b"[]"})
    [got] = run(f"hf:{day}", http)
    assert got.listing.notes == (note,)
    assert len(http.requested) == 1


def test_the_empty_days_of_a_span_have_no_notes() -> None:
    http = Pages({api(f"date=2025-11-0{day}"): b"[]" for day in (7, 8)})
    got = run("hf", http, since=dt.date(2025, 11, 7), until=dt.date(2025, 11, 8))
    assert [fetched.listing.notes for fetched in got] == [(), ()]


def newest(*papers: tuple[str, str | None], **pages: bytes) -> Pages:
    http = Pages(
        {
            f"{HF}/api/daily_papers?limit=100&p=0": rows(*papers),
            f"{HF}/api/daily_papers?limit=100&p=1": b"[]",
        }
    )
    http.pages.update(
        {
            f"{HF}/api/daily_papers?{name.replace('_', '=', 1).replace('_', '-')}"
            "&limit=100&p=0": body
            for name, body in pages.items()
        }
    )
    return http


def days_requested(http: Pages) -> list[str]:
    """The spans of the requests for days, weeks and months, each once."""
    queries = (url.partition("?")[2].partition("&")[0] for url in http.requested)
    return sorted({query for query in queries if not query.startswith("limit")})


@pytest.mark.parametrize(
    ("day", "spans"),
    [
        ("2025-11-11", [f"date=2025-11-{number:02}" for number in range(5, 11)]),
        ("2025-11-09", ["week=2025-W45"]),  # from its Monday to its Saturday
        ("2023-05-03", ["date=2023-05-01", "date=2023-05-02"]),
        ("2025-01-01", [f"date=2024-12-{number}" for number in range(26, 32)]),
        ("2025-12-07", ["month=2025-12"]),
    ],
)
@pytest.mark.parametrize("target", ["hf", "https://huggingface.co/papers"])
def test_the_first_fetch_reads_a_week(target: str, day: str, spans: list[str]) -> None:
    """The newest listing and six days before it; Daily Papers began in May 2023."""
    today = dt.date(2025, 12, 8)
    http = newest(("2511.00001", day))
    empty = {api(span, page): b"[]" for span in spans for page in (0, 1)}
    http.pages |= empty
    assert listed(run(target, http, today=today)) == [("2511.00001", day)]
    assert days_requested(http) == spans
    # A second fetch without a new listing reads the same days.
    again = newest(("2511.00001", day))
    again.pages |= empty
    run(target, again, today=today, readings={target: Reading(target, day=day)})
    assert days_requested(again) == spans


def test_a_later_fetch_reads_the_days_since_and_the_week_before() -> None:
    week = rows(("2511.00002", "2025-11-05"))
    http = newest(
        ("2511.00001", "2025-11-12"),
        week_2025_W45=week,
        week_2025_W46=rows(("2511.00003", "2025-11-12")),
    )
    http.pages |= {
        api("week=2025-W45", 1): b"[]",
        api("week=2025-W46", 1): b"[]",
    }
    got = run("hf", http, readings={"hf": Reading("hf", day="2025-11-09")})
    # The newest day was read itself: the same papers in the current week are left out.
    assert listed(got) == [("2511.00001", "2025-11-12"), ("2511.00002", "2025-11-05")]
    questions = [url.partition("?")[2].partition("&limit")[0] for url in http.requested]
    weeks = ["week=2025-W45", "week=2025-W45", "week=2025-W46", "week=2025-W46"]
    assert sorted(questions) == sorted(["limit=100&p=0", "limit=100&p=1", *weeks])


def test_days_that_failed_are_requested_again() -> None:
    http = newest(
        ("2511.00001", "2025-11-12"), date_2025_03_14=rows(("2503.00001", "2025-03-14"))
    )
    http.pages |= {
        api("date=2025-03-14", 1): b"[]",
        api("week=2025-W45"): b"[]",
        **{api(f"date=2025-11-{n:02}"): b"[]" for n in range(3, 12)},
        api("week=2025-W46"): b"[]",
    }
    reading = Reading("hf", missed=("2025-03-14/2025-03-14", "2025-11-03/2025-11-09"))
    got = run("hf", http, readings={"hf": reading})
    assert ("2503.00001", "2025-03-14") in listed(got)
    assert api("week=2025-W45").removeprefix(HF) in http.requested


def test_a_request_has_the_days_that_its_failure_misses() -> None:
    [got] = run("hf:2025-W45", Pages({}))
    assert got.request.days == ("2025-11-03", "2025-11-09")


def test_a_newest_listing_is_not_followed_into_the_past() -> None:
    day = rows(("2511.00003", None))
    http = newest(
        ("2511.00001", "2025-11-11"), ("2511.00002", "2025-11-10"), date_2025_11_11=day
    )
    http.pages[api("date=2025-11-11", 1)] = b"[]"
    days = [
        ("2511.00001", "2025-11-11"),
        ("2511.00002", "2025-11-10"),
        ("2511.00003", "2025-11-11"),
    ]
    http.pages |= {api(f"date=2025-11-{n:02}"): b"[]" for n in range(5, 11)}
    assert listed(run("hf", http)) == days
    assert "/api/daily_papers?limit=100&p=1" not in http.requested


def test_trending() -> None:
    http = Pages(
        {
            api("sort=trending"): rows(
                ("2511.00001", "2025-11-01"), ("2511.00002", "2025-10-01")
            )
        }
    )
    http.pages[api("sort=trending", 1)] = b"[]"
    assert listed(run("hf:trending", http)) == [
        ("2511.00001", "2025-11-01"),
        ("2511.00002", "2025-10-01"),
    ]


def test_one_paper() -> None:
    http = Pages({f"{HF}/api/papers/2511.00101": (HERE / "paper.json").read_bytes()})
    assert listed(run("hf:2511.00101v2", http)) == [("2511.00101", "2025-11-07")]


def test_an_unknown_paper() -> None:
    [got] = run(
        "hf:2511.00101", Pages({f"{HF}/api/papers/2511.00101": Refused("x", 404)})
    )
    assert (
        str(got.error)
        == "hf:2511.00101: Hugging Face does not have this paper; try arxiv:2511.00101"
    )


def test_the_page_is_read_if_the_api_fails() -> None:
    http = Pages(
        {f"{HF}/papers/date/2024-08-01": (HERE / "page-new.html").read_bytes()}
    )
    assert listed(run("hf:2024-08-01", http)) == [
        ("2408.00001", "2024-08-01"),
        ("2408.00002", "2024-08-01"),
    ]


def test_the_page_of_another_day_is_refused() -> None:
    http = Pages(
        {f"{HF}/papers/date/2024-08-02": (HERE / "page-new.html").read_bytes()}
    )
    [got] = run("hf:2024-08-02", http)
    assert "the page shows 2024-08-01 instead of 2024-08-02" in str(got.error)


def test_the_newest_page_leads_to_the_days_before_too() -> None:
    http = Pages(
        {
            f"{HF}/papers": (HERE / "page-new.html").read_bytes(),
            api("date=2024-07-31"): b"[]",
        }
    )
    run("hf", http, readings={"hf": Reading("hf", day="2024-08-06")})
    assert http.requested[2:] == ["/api/daily_papers?date=2024-07-31&limit=100&p=0"]


@pytest.mark.parametrize(
    ("body", "message"),
    [(b"", "the response is empty"), (b"portal", "a login page"), (b"{}", "changed")],
)
def test_other_responses_are_refused(body: bytes, message: str) -> None:
    page = (HERE / "portal.html").read_bytes()
    [got] = run(
        "hf:2025-11-07",
        Pages({api("date=2025-11-07"): page if body == b"portal" else body}),
    )
    assert message in str(got.error)
    assert str(got.error).startswith(api("date=2025-11-07"))


@pytest.mark.parametrize(
    ("target", "message"),
    [
        (
            "hf:2027-01-01",
            "hf:2027-01-01: 2027-01-01 is in the future, today is 2025-11-12 in UTC",
        ),
        (
            "hf:2025-W47",
            "hf:2025-W47: 2025-11-17 is in the future, today is 2025-11-12 in UTC",
        ),
        (
            "hf:2025-12",
            "hf:2025-12: 2025-12-01 is in the future, today is 2025-11-12 in UTC",
        ),
        (
            "hf:2022-01-01",
            "hf:2022-01-01: Daily Papers began in May 2023; use a later day",
        ),
    ],
)
def test_days_without_a_listing_are_not_requested(target: str, message: str) -> None:
    http = Pages({})
    with pytest.raises(FetchError) as caught:
        run(target, http)
    assert str(caught.value) == message
    assert not http.requested


@pytest.mark.parametrize(
    "target",
    ["hf:", "hf:2025-13-01", "hf:2025-W54", "hf:trend", "hf:2025-02-30", "hf:\x1b[31m"],
)
def test_a_malformed_target_is_wrong_usage(target: str) -> None:
    with pytest.raises(UsageError, match="hf:2025-W45") as caught:
        run(target, Pages({}))
    assert str(caught.value).isprintable()


def test_since_after_until_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="2025-11-07 is after 2025-11-01"):
        run("hf", Pages({}), since=dt.date(2025, 11, 7), until=dt.date(2025, 11, 1))


def test_since_before_the_beginning_starts_at_the_beginning() -> None:
    start = find("hf").start(
        "hf", Context(today=dt.date(2023, 5, 3), since=dt.date(1990, 1, 1))
    )
    assert len(start) == 3


def test_an_unknown_target_names_the_forms() -> None:
    with pytest.raises(UsageError, match="nonsense:x; a target is one of: hf, "):
        find("nonsense:x")


def test_the_registry_loads_no_parser() -> None:
    code = (
        "import sys, papertrack.sources.registry; "
        "print(sorted({'selectolax', 'feedparser', 'httpx'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True,
        text=True,
        check=True,
        timeout=20,
    )
    assert done.stdout == "[]\n"


def test_requests_are_frozen_values() -> None:
    [request] = find("hf").start("hf", Context(today=TODAY))
    assert isinstance(request, Request)
    assert request.url == "https://huggingface.co/api/daily_papers?limit=100&p=0"


@pytest.mark.parametrize(
    ("url", "target"),
    [
        ("https://huggingface.co/papers/2511.00101", "hf:2511.00101"),
        ("https://hf.co/papers/date/2024-08-01", "hf:2024-08-01"),
        ("https://huggingface.co/papers/month/2025-11", "hf:2025-11"),
        ("https://huggingface.co/papers/trending", "hf:trending"),
        ("https://huggingface.co/papers/", "hf"),
    ],
)
def test_addresses_of_pages_are_targets(url: str, target: str) -> None:
    context = Context(today=TODAY, endpoints=ENDPOINTS)
    source = find(url)
    assert source.name == "hf"
    assert [one.url for one in source.start(url, context)] == [
        one.url for one in source.start(target, context)
    ]
    assert find("https://huggingface.co/blog/feed.xml").name == "feed"
