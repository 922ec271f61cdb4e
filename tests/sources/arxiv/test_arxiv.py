"""arXiv's API, feeds and pages: invented bodies beside their listings, requests, and
the recorded responses.
"""

import datetime as dt
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.core.errors import FetchError, Unrecognised, UsageError
from papertrack.core.facts import Listing, Request
from papertrack.core.model import Reading
from papertrack.sources.arxiv.announcements import announce_type, parse_rss
from papertrack.sources.arxiv.atom import parse_atom
from papertrack.sources.arxiv.formats import parse as read
from papertrack.sources.arxiv.pages import parse_page
from papertrack.sources.arxiv.source import Arxiv
from papertrack.sources.arxiv.xml import day
from papertrack.sources.base import Context

HERE = Path(__file__).parent
CASES = sorted([*HERE.glob("*.xml"), *HERE.glob("*.html")])
CONTEXT = Context(today=dt.date(2025, 11, 7))
LOCAL = replace(
    CONTEXT, endpoints={"PAPERTRACK_ARXIV_ENDPOINT": "http://127.0.0.1:8077"}
)


def as_json(listing: Listing) -> dict[str, object]:
    facts = [paper.as_json() for paper in listing.facts]
    return {
        "source": listing.source,
        "facts": facts,
        "problems": [*listing.problems],
        "notes": [*listing.notes],
    }


def outcome(body: bytes, name: str) -> dict[str, object]:
    try:
        return as_json(read(body, {}, where=name))
    except Unrecognised as error:
        return {"error": str(error)}


def entry(number: str, *, published: str = "2025-11-07") -> str:
    return f"<entry><id>http://arxiv.org/abs/{number}v1</id><title>T</title><published>{published}</published></entry>"


def feed(*entries: str, total: int | None) -> bytes:
    count = "" if total is None else f"<o:totalResults>{total}</o:totalResults>"
    head = '<feed xmlns="http://www.w3.org/2005/Atom" xmlns:o="http://a9.com/-/spec/opensearch/1.1/">'
    return f"{head}{count}{''.join(entries)}</feed>".encode()


def query(request: Request) -> dict[str, str]:
    return {
        name: values[-1]
        for name, values in parse_qs(urlsplit(request.url).query).items()
    }


def search(target: str = "arxiv:ti:owl", context: Context = CONTEXT) -> Request:
    (request,) = Arxiv().start(target, context)
    return request


# ------------------------------------------------------------------ bodies


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_a_document_has_its_expected_listing(path: Path) -> None:
    assert outcome(path.read_bytes(), path.name) == json.loads(
        path.with_suffix(".expected.json").read_text("utf-8")
    )


def test_each_expected_listing_has_its_document() -> None:
    assert {
        path.name.removesuffix(".expected.json")
        for path in HERE.glob("*.expected.json")
    } == {path.stem for path in CASES}


@pytest.mark.parametrize(
    ("name", "parse"),
    [
        ("atom-2026.xml", parse_atom),
        ("rss.xml", parse_rss),
        ("rdf.xml", parse_rss),
        ("announced.xml", parse_rss),
        ("list-new.html", parse_page),
        ("abs.html", parse_page),
    ],
)
def test_parse_returns_what_the_parser_of_the_format_does(
    name: str, parse: type
) -> None:
    body = (HERE / name).read_bytes()
    assert parse(body, {}, where="x") == read(body, {}, where="x")


@pytest.mark.parametrize("parse", [parse_atom, parse_rss, parse_page, read])
@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" \n",
        b"Rate exceeded.",
        b'{"error": "no"}',
        b"<html><body><h1>Sign in</h1></body></html>",
        b"<a/>",
        b"<",
        b"\x1f\x8b\x08",
        b"<feed",
        b"<html>",
        b"\xff\xfe<\x00f\x00",
    ],
)
def test_other_content_is_never_an_empty_listing(parse: type, body: bytes) -> None:
    with pytest.raises(Unrecognised, match="URL: "):
        parse(body, {}, where="URL")


@pytest.mark.parametrize("parse", [parse_atom, parse_rss])
def test_entities_are_refused_before_parsing(parse: type) -> None:
    with pytest.raises(Unrecognised, match="entities"):
        parse((HERE / "entities.xml").read_bytes(), {})
    hidden = (
        b'<?xml version="1.0" encoding="cp037"?>'
        + "<!DOCTYPE a [<!ENTITY b 'c'>]>".encode("cp037")
    )
    with pytest.raises(Unrecognised, match="encoding"):
        parse(hidden, {})


def test_the_kinds_of_announcements() -> None:
    found = [
        announce_type(item) for item in ElementTree.parse(HERE / "rss.xml").iter("item")
    ]
    assert found == ["new", "cross", "replace", "replace-cross", None]
    old = ElementTree.parse(HERE / "rdf.xml").iter("{http://purl.org/rss/1.0/}item")
    assert [announce_type(item) for item in old] == ["new", "cross", "replace"]
    without = ElementTree.fromstring(
        "<item><description>arXiv:1 Announce Type: cross \nAbstract:</description></item>"
    )
    assert announce_type(without) == "cross"


@pytest.mark.parametrize(
    ("kind", "title"),
    [
        ("new", "New Owls & Lamps"),
        ("cross", "Crossed Owls"),
        ("replace", "Replaced Owls"),
        ("replace-cross", "Replaced and Crossed"),
    ],
)
def test_announcements_are_filtered_by_kind_with_a_note(kind: str, title: str) -> None:
    listing = parse_rss((HERE / "rss.xml").read_bytes(), {}, kinds=frozenset({kind}))
    assert [paper.title for paper in listing.facts] == [title]
    assert listing.notes == ("4 of 5 announcements are of another kind than requested",)


def test_a_full_feed_is_a_problem() -> None:
    items = "".join(
        f"<item><title>T</title><guid>oai:arXiv.org:2511.{n:05}v1</guid></item>"
        for n in range(2000)
    )
    (problem,) = parse_rss(
        f"<rss><channel>{items}</channel></rss>".encode(), {}
    ).problems
    assert "2000 announcements, the most" in problem


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("2025-11-07T23:00:00-05:00", "2025-11-07"),
        ("2013/06/28", "2013-06-28"),
        ("2025-02-30", None),
        ("", None),
        ("Fri, 07 Nov 2025 00:00:00 -0500", "2025-11-07"),
        ("Friday, 7 November 2025", "2025-11-07"),
        ("7 Owl 2025", None),
        ("New submissions for Fri, 3 Mar 23", "2023-03-03"),
        ("Mon, 4 Jan 99", "1999-01-04"),
        ("31 Feb 2025", None),
    ],
)
def test_days(text: str, found: str | None) -> None:
    assert day(text) == found


@pytest.mark.parametrize(
    "body",
    [
        b"<feed>" + b"<a>" * 200_000,
        b"<feed " + b"".join(b"a%d='' " % n for n in range(99_999)),
        b"<!--" * 200_000,
        b"<html>" + b"<div>" * 200_000,
        b"<h1" * 200_000,
    ],
)
def test_documents_made_to_take_long_are_refused(body: bytes) -> None:
    with pytest.raises(Unrecognised):
        read(body, {})


@given(st.sampled_from(CASES), st.data())
def test_a_damaged_document_raises_nothing_but_unrecognised(
    path: Path, data: st.DataObject
) -> None:
    body = path.read_bytes()
    start, end = sorted(
        (data.draw(st.integers(0, len(body))), data.draw(st.integers(0, len(body))))
    )
    assert outcome(
        body[:start] + data.draw(st.binary(max_size=4)) + body[end:], path.name
    )


# ------------------------------------------------------------------ requests


@pytest.mark.parametrize(
    ("target", "url"),
    [
        ("arxiv:cs.CL", "https://rss.arxiv.org/rss/cs.CL"),
        ("arxiv:cs.CL,cs.LG", "https://rss.arxiv.org/rss/cs.CL+cs.LG"),
        (
            "arxiv:hep-th, cond-mat.mtrl-sci,hep-th",
            "https://rss.arxiv.org/rss/hep-th+cond-mat.mtrl-sci",
        ),
        (
            "arxiv:2511.04570",
            "https://export.arxiv.org/api/query?id_list=2511.04570&max_results=100",
        ),
        (
            "arxiv:arXiv:2511.04570v2,math.CA/0611800",
            "https://export.arxiv.org/api/query?id_list=2511.04570v2,math/0611800&max_results=100",
        ),
    ],
)
def test_targets_and_their_urls(target: str, url: str) -> None:
    assert [request.url for request in Arxiv().start(target, CONTEXT)] == [url]
    (local,) = Arxiv().start(target, LOCAL)
    assert (
        local.url
        == "http://127.0.0.1:8077"
        + urlsplit(url)._replace(scheme="", netloc="").geturl()
    )


@pytest.mark.parametrize(
    "target",
    ["arxiv:abs:diffusion AND cat:cs.CL", "arxiv:diffusion", 'arxiv:ti:"a, b"'],
)
def test_any_other_target_is_a_query(target: str) -> None:
    request = search(target)
    assert query(request) == {
        "search_query": target.removeprefix("arxiv:"),
        "start": "0",
        "max_results": "200",
        "sortBy": "submittedDate",
        "sortOrder": "descending",
    }


def test_the_days_requested_are_part_of_the_query() -> None:
    context = replace(CONTEXT, since=dt.date(2025, 11, 1))
    assert query(search("arxiv:ti:owl", context))["search_query"] == (
        "(ti:owl) AND submittedDate:[202511010000 TO 202511072359]"
    )
    context = replace(CONTEXT, until=dt.date(2025, 11, 3))
    assert query(search("arxiv:cs.CL,cs.LG", context))["search_query"] == (
        "(cat:cs.CL OR cat:cs.LG) AND submittedDate:[199101010000 TO 202511032359]"
    )


@pytest.mark.parametrize(
    "target",
    [
        "arxiv:",
        "arxiv:,",
        "arxiv:2511.99",
        "arxiv:2511.04570,cs.CL",
        "arxiv:1234567",
        "arxiv:hep-th/12",
        "arxiv:2513.00001",
    ],
)
def test_a_malformed_target_is_a_usage_error(target: str) -> None:
    with pytest.raises(UsageError, match="a target of arXiv is"):
        Arxiv().start(target, CONTEXT)


def test_days_and_kinds_that_do_not_exist() -> None:
    later, earlier = dt.date(2025, 11, 7), dt.date(2025, 11, 1)
    with pytest.raises(UsageError, match="swap"):
        search(context=replace(CONTEXT, since=later, until=earlier))
    with pytest.raises(FetchError, match="future"):
        search(context=replace(CONTEXT, since=dt.date(2026, 1, 1)))
    with pytest.raises(UsageError, match="owl: unknown kind"):
        Arxiv().start("arxiv:cs.CL", replace(CONTEXT, kinds=frozenset({"owl"})))


def test_ids_are_requested_by_the_hundred_and_unknown_ones_are_problems() -> None:
    ids = [f"2511.{number:05}" for number in range(250)]
    requests = Arxiv().start("arxiv:" + ",".join([*ids, ids[0]]), CONTEXT)
    assert [len(query(request)["id_list"].split(",")) for request in requests] == [
        100,
        100,
        50,
    ]
    listing = requests[2].parse(feed(*map(entry, ids[201:]), total=49), {})
    assert (len(listing.facts), listing.problems) == (49, ())
    assert listing.unknown == ("arXiv has no 2511.00200; check the id",)
    with pytest.raises(Unrecognised, match="incomplete"):
        requests[0].parse(feed(*map(entry, ids[:100]), total=100)[:-30], {})


def pages(
    request: Request, total: int, *, empty: frozenset[str] = frozenset()
) -> Iterator[Listing]:
    """The responses of a server with `total` papers; the pages at the URLs of `empty`
    have none.
    """
    while True:
        start = int(query(request)["start"])
        numbers = [] if request.url in empty else range(start, min(start + 200, total))
        months = [(n, f"{1 + n % 12:02}") for n in numbers]
        entries = [
            entry(f"25{month}.{n:05}", published=f"2025-{month}-01")
            for n, month in months
        ]
        listing = request.parse(feed(*entries, total=total), {})
        yield listing
        if not listing.follow:
            return
        (request,) = listing.follow


def test_a_search_is_followed_to_its_end_and_sorted() -> None:
    listings = list(pages(search(), 450))
    assert [len(listing.facts) for listing in listings] == [200, 200, 50]
    assert not any(listing.problems for listing in listings)
    for listing in listings:
        days = [paper.published or "" for paper in listing.facts]
        assert days == sorted(days, reverse=True)


def test_a_search_ends_at_the_limit_of_arxiv() -> None:
    listings = list(pages(search(), 40_000))
    assert sum(len(listing.facts) for listing in listings) == 30_000
    assert "of the 40000 papers that match" in listings[-1].problems[0]


@pytest.mark.parametrize("start", [0, 200])
def test_an_empty_page_is_requested_once_more_and_then_a_problem(start: int) -> None:
    urls = [search().url.replace("start=0", f"start={start}")]
    parts = urls[0].partition("?")[2].split("&")
    urls.append(
        f"{urls[0].partition('?')[0]}?{'&'.join([*reversed(parts[:3]), *parts[3:]])}"
    )
    once = list(pages(search(), 450, empty=frozenset(urls[:1])))
    assert sum(len(listing.facts) for listing in once) == 450
    assert not any(listing.problems for listing in once)
    twice = list(pages(search(), 450, empty=frozenset(urls)))
    assert sum(len(listing.facts) for listing in twice) == start
    assert f"those from number {start + 1} on were not read" in twice[-1].problems[0]


def test_incomplete_pages_of_a_search() -> None:
    request = search()
    assert request.parse(feed(total=0), {}).notes == (
        "no paper at arXiv matches ti:owl",
    )
    short = request.parse(feed(*(entry(f"2511.{n:05}") for n in range(3)), total=5), {})
    assert "3 of 5 papers received" in short.problems[0]
    silent = request.parse(
        feed(*(entry(f"2511.{n:05}") for n in range(200)), total=None), {}
    )
    assert len(silent.follow) == 1
    with pytest.raises(Unrecognised, match="incomplete"):
        request.parse(feed(entry("2511.00001"), total=1)[:-9], {})
    with pytest.raises(Unrecognised, match="refuses the query: incorrect id"):
        request.parse((HERE / "atom-error.xml").read_bytes(), {})


@pytest.mark.parametrize(
    ("address", "url"),
    [
        (
            "https://arxiv.org/abs/2511.04570v2",
            "https://export.arxiv.org/api/query?id_list=2511.04570&max_results=100",
        ),
        (
            "https://arxiv.org/pdf/2511.04570",
            "https://export.arxiv.org/api/query?id_list=2511.04570&max_results=100",
        ),
        (
            "https://rss.arxiv.org/rss/cs.CL+cs.LG",
            "https://rss.arxiv.org/rss/cs.CL+cs.LG",
        ),
        ("http://rss.arxiv.org/atom/hep-th", "https://rss.arxiv.org/rss/hep-th"),
        ("https://arxiv.org/list/cs.CL/recent", "https://arxiv.org/list/cs.CL/recent"),
        ("https://arxiv.org/list/q-fin/new", "https://arxiv.org/list/q-fin/new"),
    ],
)
def test_addresses_of_pages_are_targets(address: str, url: str) -> None:
    assert Arxiv().matches(address)
    assert [request.url for request in Arxiv().start(address, CONTEXT)] == [url]


def test_a_listing_page_is_read_at_the_endpoint() -> None:
    (request,) = Arxiv().start("https://arxiv.org/list/cs.CL/new", LOCAL)
    assert request.url == "http://127.0.0.1:8077/list/cs.CL/new"
    assert len(request.parse((HERE / "list-new.html").read_bytes(), {}).facts) == 3
    assert not Arxiv().matches("https://blog.example/arxiv.org/feed")


ANNOUNCED = (
    b"<rss><channel><pubDate>Fri, 07 Nov 2025 00:00:00 -0500</pubDate></channel></rss>"
)


@pytest.mark.parametrize(
    ("read_to", "first"),
    [
        (None, None),  # read for the first time
        ("2025-11-07", None),  # read today
        ("2025-11-06", None),  # read yesterday
        (
            "2025-11-05",
            "20251029",
        ),  # Thursday's was missed; a week back, as moderated papers are late
        ("2024-11-07", "20241031"),
        ("0001-01-01", None),  # desk.json was edited by hand
    ],
)
def test_missed_announcements_are_requested_from_the_api(
    read_to: str | None, first: str | None
) -> None:
    context = replace(
        CONTEXT, readings={"arxiv:cs.CL": Reading("arxiv:cs.CL", day=read_to)}
    )
    (request,) = Arxiv().start("arxiv:cs.CL", context)
    listing = request.parse(ANNOUNCED, {})
    assert listing.reached == "2025-11-07"
    queries = [query(follow)["search_query"] for follow in listing.follow]
    expected = f"(cat:cs.CL) AND submittedDate:[{first}0000 TO 202511072359]"
    assert queries == ([expected] if first else [])


def test_over_a_weekend_no_announcement_is_missed() -> None:
    context = replace(
        CONTEXT, readings={"arxiv:cs.CL": Reading("arxiv:cs.CL", day="2025-11-07")}
    )
    (request,) = Arxiv().start("arxiv:cs.CL", context)
    assert request.parse(ANNOUNCED.replace(b"Fri, 07", b"Mon, 10"), {}).follow == ()
    assert len(request.parse(ANNOUNCED.replace(b"Fri, 07", b"Tue, 11"), {}).follow) == 1


def test_a_feed_that_was_cut_off_is_not_whole() -> None:
    body = (HERE / "rss.xml").read_bytes()
    assert parse_rss(body, {}).whole
    assert not parse_rss(body[: body.rindex(b"</item>") - 20], {}).whole
