"""K12: feeds in odd wrappings, with odd authors, dates, charsets and entries."""

from __future__ import annotations

import datetime as dt
import html
import json
from pathlib import Path
from typing import Any

import pytest

from papertrack.core.facts import Facts, Listing
from papertrack.sources.feeds.source import parse
from papertrack.sources.formats import read_file
from tests.helpers.libraries import Library

URL = "https://kettles.example/feed"
NAMESPACES = (
    'xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:itunes="http://www.itunes.com/dtds/podcast-1.0.dtd"'
    ' xmlns:atom="http://www.w3.org/2005/Atom"'
)


def rss(*items: str, head: str = "") -> str:
    inner = "".join(f"<item>{item}</item>" for item in items)
    start = f'<rss version="2.0" {NAMESPACES}><channel><title>Kettles</title>'
    return f"{start}{head}{inner}</channel></rss>"


def read(body: str | bytes, kind: str = "text/xml") -> Listing:
    if isinstance(body, str):
        body = body.encode()
    return parse(body, {"content-type": kind}, url=URL)


def one(item: str) -> Facts:
    (facts,) = read(rss(f"<title>Tea</title>{item}")).facts
    return facts


# ------------------------------------------------------------------ wrappings

FEED = rss(
    "<title>Tea</title><description>&lt;b&gt;x&lt;/b&gt; &amp;amp; y</description>"
)
ATOM = (
    '<feed xmlns="http://www.w3.org/2005/Atom"><title>K</title>'
    "<entry><id>tag:k.example,2024:1</id><title>Tea</title></entry></feed>"
)
JSON = json.dumps(
    {
        "version": "https://jsonfeed.org/version/1.1",
        "items": [{"id": 1, "title": "Tea"}],
    }
)
XML = '<?xml version="1.0" encoding="utf-8"?>'
WRAPPED = {
    "as it is": FEED,
    "blanks before the declaration": f"\n\n  {XML}{FEED}",
    "a byte order mark": f"\ufeff{XML}{FEED}",
    "words before the declaration": f"Notice: x is undefined\n{XML}{FEED}",
    "a warning of PHP": f"<br />\n<b>Warning</b>: x in <b>y.php</b><br />{XML}{FEED}",
    "a comment before": f"<!-- cached -->{XML}{FEED}",
    "raw in a page": f"<html><head><title>x</title></head><body>{FEED}</body></html>",
    "raw in a page, with a type": f"<!doctype html><html><body><pre>{XML}{FEED}</pre>",
    "Atom raw in a page": f"<html><body>{ATOM}</body></html>",
    "escaped in a page": f"<html><body><pre>{html.escape(XML + FEED)}</pre></body></html>",
    "escaped in pieces": "<html><head><style>a {}</style></head><body><pre>"
    + html.escape(ATOM).replace("&lt;", "<b>&lt;</b>")
    + "</pre></body></html>",
    "escaped in an envelope": f'<string xmlns="urn:x">{html.escape(FEED)}</string>',
    "CDATA in an envelope": f"<string><![CDATA[{FEED}]]></string>",
    "JSON in a page": f"<html><body><pre>{JSON}</pre></body></html>",
    "something after its end": f"{XML}{FEED}<!-- 3 queries --><script>x</script>",
}


@pytest.mark.parametrize("name", WRAPPED)
def test_a_feed_in_a_wrapping(name: str) -> None:
    assert [facts.title for facts in read(WRAPPED[name], "text/html").facts] == ["Tea"]


@pytest.mark.parametrize("name", [name for name in WRAPPED if " in a" in name])
def test_a_saved_feed_in_a_wrapping(name: str) -> None:
    listing = read_file(WRAPPED[name].encode(), name="saved.html")
    assert [facts.title for facts in listing.facts] == ["Tea"]


def test_a_page_that_shows_a_feed_leads_to_its_own() -> None:
    page = (
        "<html><head><link rel=alternate type=application/rss+xml href=/own.xml></head>"
        f"<body><p>How to write one:</p><pre>{html.escape(FEED)}</pre></body></html>"
    )
    listing = read(page, "text/html")
    assert [request.url for request in listing.follow] == [
        "https://kettles.example/own.xml"
    ]


# ------------------------------------------------------------------ charsets

CHARSETS = [
    ("Чайник", "cp1251", "", "cp-1251"),
    ("Чайник", "cp1251", "", "windows-1251"),
    ("Чайник", "cp1251", "", "win-1251"),
    ("Чайник", "cp1251", "cp-1251", ""),
    ("Чайник", "cp1251", "iso-8859-1", "windows-1251"),
    ("Чайник", "cp1251", "utf-8", "windows-1251"),
    ("Чайник", "koi8-r", "", "koi8r"),
    ("Чайник", "utf-8", "iso-8859-1", "utf8"),
    ("Чайник", "utf-8", "windows-1251", "utf-8"),
    ("Чайник", "utf-8", "", "unicode"),
    ("Чайник", "utf-8", "", "utf8mb4"),
    ("Чайник", "utf-16", "", "utf-16"),
    ("Théière", "latin-1", "", "iso8859-1"),
    ("Théière", "latin-1", "", "8859-1"),
    ("Théière", "latin-1", "", "latin1"),
    ("Théière", "latin-1", "utf-8", ""),
    ("Tea’s", "cp1252", "", "iso-8859-1"),
    ("Tea’s", "cp1252", "us-ascii", ""),
    ("茶壺", "cp932", "", "x-sjis"),
    ("茶壶", "gb18030", "", "gb2312"),
    ("Çay €", "iso8859-15", "", "iso8859-15"),
    ("Čajník", "cp1250", "", "x-cp1250"),
]


@pytest.mark.parametrize(("title", "codec", "header", "declared"), CHARSETS)
def test_charsets(title: str, codec: str, header: str, declared: str) -> None:
    declaration = f'<?xml version="1.0" encoding="{declared}"?>' if declared else ""
    body = (declaration + rss(f"<title>{title}</title>")).encode(codec)
    kind = f"text/xml; charset={header}" if header else "text/xml"
    (facts,) = read(body, kind).facts
    assert facts.title == title


# ------------------------------------------------------------------ authors


def dc(text: str) -> str:
    return f"<dc:creator>{html.escape(text)}</dc:creator>"


def itunes(text: str) -> str:
    return f"<itunes:author>{html.escape(text)}</itunes:author>"


AUTHORS = {
    dc("Ann Roe, Bo Lee") + itunes("Ann Roe, Bo Lee"): ("Ann Roe", "Bo Lee"),
    dc("Ann Roe") + itunes("Ann Roe"): ("Ann Roe",),
    dc("Ann Roe") + itunes("ANN ROE"): ("Ann Roe",),
    dc("Roe, Ann") + dc("Lee, Bo") + itunes("Ann Roe, Bo Lee"): ("Ann Roe", "Bo Lee"),
    "<author>ann@k.example (Ann Roe)</author>" + dc("Ann Roe"): ("Ann Roe",),
    "<author>a@k.example (Ann Roe)</author><author>b@k.example (Bo Lee)</author>": (
        "Ann Roe",
        "Bo Lee",
    ),
    dc("Roe, Ann"): ("Ann Roe",),
    dc("Roe, Ann Maria"): ("Ann Maria Roe",),
    dc("van der Roe, Ann"): ("Ann van der Roe",),
    dc("Roe, Ann, Jr."): ("Ann Roe Jr.",),
    dc("Roe, Ann; Lee, Bo"): ("Ann Roe", "Bo Lee"),
    dc("Roe, A., Lee, B."): ("A. Roe", "B. Lee"),
    dc("Ann Roe, Bo Lee and Cy Dahl"): ("Ann Roe", "Bo Lee", "Cy Dahl"),
    dc("Ann Roe, PhD, and Bo Lee, M.D."): ("Ann Roe", "Bo Lee"),
    dc("Ann Roe et al."): ("Ann Roe",),
    dc("By Ann Roe"): ("Ann Roe",),
    dc("The Kettle Team"): ("The Kettle Team",),
    dc("The Conversation"): ("The Conversation",),
    dc("Tea and Biscuits Group"): ("Tea and Biscuits Group",),
    dc("Johnson & Johnson"): ("Johnson & Johnson",),
    dc('<a href="https://k.example/ann">Ann Roe</a>'): ("Ann Roe",),
    dc("<a>Ann Roe</a><a>Bo Lee</a>"): ("Ann Roe", "Bo Lee"),
    dc("<b>Ann</b> Roe<br/>Bo Lee"): ("Ann Roe", "Bo Lee"),
    dc("Ann Roe &amp; Bo Lee"): ("Ann Roe", "Bo Lee"),
    dc("李明、王芳"): ("李明", "王芳"),
    dc("noreply@k.example"): (),
    dc("unknown"): (),
}


@pytest.mark.parametrize("item", AUTHORS)
def test_authors(item: str) -> None:
    assert one(item).authors == AUTHORS[item]


# ------------------------------------------------------------------ dates (K2)

DATES = {
    "2024/3/10 15:07:41": ("2024-03-10", False),
    "2024/03/10": ("2024-03-10", False),
    "2024.03.10": ("2024-03-10", False),
    "1710072000": ("2024-03-10", False),
    "1710072000000": ("2024-03-10", False),
    "Sun, 10 Mar 2024 23:30:00 -0500": ("2024-03-11", False),
    "Sun, 10 March 2024 08:00 GMT": ("2024-03-10", False),
    "10 Mar 24 08:00 EST": ("2024-03-10", False),
    "2024-03-10T08:00:00Z": ("2024-03-10", False),
    "2024-03-10T23:30:00-05:00": ("2024-03-11", False),
    "20240310": ("2024-03-10", False),
    "2024年3月10日": ("2024-03-10", False),
    "March 2024": ("2024-03", False),
    "2024": ("2024", False),
    "25/05/2020": ("2020-05-25", False),
    "12/05/2020": ("2020", True),
    "yesterday": (None, True),
    "10:30": (None, True),
    "31 Feb 2024": (None, True),
    "March 10": (None, True),
}


@pytest.mark.parametrize("written", DATES)
def test_dates(written: str) -> None:
    expected, is_reported = DATES[written]
    item = f"<title>Tea</title><pubDate>{written}</pubDate>"
    json_item = {"id": "1", "title": "Tea", "date_published": written}
    items = {"version": "https://jsonfeed.org/version/1.1", "items": [json_item]}
    for listing in (read(rss(item)), read(json.dumps(items))):
        (facts,) = listing.facts
        assert facts.published == expected
        assert len(listing.problems) == is_reported
        assert all("entry 1" in problem for problem in listing.problems)


# ------------------------------------------------------------------ limits

TEA = "<title>Tea</title>"
MANY = [f'a{number}="1"' for number in range(300)]
LARGE = {
    "a long author": (TEA + dc("x" * 400), 2, 1),
    "many authors": (
        TEA + "".join(dc(f"{n} Roe {'a ' * 20_000}") for n in range(99)),
        2,
        1,
    ),
    "a long date": (TEA + f"<pubDate>{'1 ' * 300}</pubDate>", 2, 1),
    "201 categories": (TEA + "<category>x</category>" * 201, 2, 0),
    "depth": (TEA + "<x>" * 200 + "</x>" * 200, 2, 1),
    "attributes": (TEA + "<x " + " ".join(MANY) + "/>", 2, 1),
    "tags": (TEA + "<x/>" * 30_000, 1, 1),
    "unclosed tags": (TEA + "<description>" + "<p>x" * 200 + "</description>", 2, 0),
}


@pytest.mark.parametrize("name", LARGE)
def test_what_one_entry_exceeds_costs_no_other(name: str) -> None:
    item, count, problems = LARGE[name]
    listing = read(rss(item, "<title>Cup</title>"))
    assert [facts.title for facts in listing.facts] == ["Tea", "Cup"][-count:]
    assert len(listing.problems) >= problems
    assert listing.unreadable == 2 - count


def test_categories_of_the_feed_are_not_those_of_its_entries() -> None:
    head = "".join(f"<category>label {number}</category>" for number in range(250))
    (facts,) = read(rss("<title>Tea</title><category>cup</category>", head=head)).facts
    assert facts.keywords == ("cup",)


# ------------------------------------------------------------------ JSON Feed

ITEMS: list[tuple[dict[str, Any], dict[str, Any]]] = [
    ({"id": 7}, {"ids": ["guid://kettles.example/feed 7"], "url": None}),
    ({"id": "7"}, {"ids": ["guid://kettles.example/feed 7"]}),
    ({"id": "https://k.example/7"}, {"url": "https://k.example/7"}),
    (
        {"id": "7", "external_url": "https://other.example/x"},
        {"url": "https://other.example/x"},
    ),
    (
        {
            "id": "7",
            "url": "https://k.example/7",
            "external_url": "https://o.example/x",
        },
        {"url": "https://k.example/7"},
    ),
    (
        {"id": "7", "external_url": "https://arxiv.org/abs/2403.00001"},
        {"ids": ["arxiv:2403.00001", "guid://kettles.example/feed 7"]},
    ),
    ({"id": "tag:k.example,2024:7"}, {"ids": ["guid:tag:k.example,2024:7"]}),
    ({"id": True}, {"ids": None}),
    ({"id": "7", "author": {"name": "Ann Roe"}}, {"authors": ["Ann Roe"]}),
    ({"id": "7", "authors": ["Ann Roe", "Bo Lee"]}, {"authors": ["Ann Roe", "Bo Lee"]}),
    ({"id": "7", "tags": "tea, cup"}, {"keywords": ["tea", "cup"]}),
    ({"id": "7", "date_published": 1710072000}, {"published": "2024-03-10"}),
]


@pytest.mark.parametrize(("item", "expected"), ITEMS)
def test_json_items(item: dict[str, Any], expected: dict[str, Any]) -> None:
    items = [{"title": "Tea", **item}]
    feed = {"version": "https://jsonfeed.org/version/1.1", "items": items}
    (facts,) = read(json.dumps(feed), "application/feed+json").facts
    stated = facts.as_json()
    assert {name: stated.get(name) for name in expected} == expected


# ------------------------------------------------------------------ the future


@pytest.mark.parametrize(
    "written", ["2099-01-01", "Sat, 01 Jan 2050 08:00:00 GMT", "2030"]
)
def test_what_is_dated_in_the_future_does_not_stay_on_top(
    written: str, tmp_path: Path
) -> None:
    for day, title, date in (("01", "Ahead", written), ("02", "Next", "2025-11-02")):
        library = Library(
            tmp_path / "library", tmp_path / "cache", now=f"2025-11-{day}T12:00:00Z"
        )
        item = f"<title>{title}</title><guid>{title}</guid><pubDate>{date}</pubDate>"
        library.adding.add({"feed:k": read(rss(item)).facts})
    found = library.index.search(library.clause("", dt.date(2025, 11, 3)))
    assert [paper.title for paper in found.papers] == ["Next", "Ahead"]
