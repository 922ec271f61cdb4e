"""The parser of feeds: whole listings beside their bodies, refusals, and bounds."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.text import clean
from papertrack.sources.feeds.source import Feed, parse, request

FOLDER = Path(__file__).parent
CASES = sorted(
    p
    for p in FOLDER.iterdir()
    if p.is_file() and not p.name.endswith((".opml", ".py", ".expected.json"))
)
URL = "https://www.feeds.example/blog/"


def as_json(listing: Listing) -> dict[str, Any]:
    return {
        "source": listing.source,
        "facts": [facts.as_json() for facts in listing.facts],
        "follow": [request.url for request in listing.follow],
        "problems": list(listing.problems),
        "notes": list(listing.notes),
    }


def rss(items: str | bytes) -> bytes:
    inner = items if isinstance(items, bytes) else items.encode()
    return b'<rss version="2.0"><channel><title>T</title>' + inner + b"</channel></rss>"


def one(item: str) -> Facts:
    (facts,) = parse(rss(f"<item>{item}</item>"), {}, url=URL).facts
    return facts


def outcome(
    body: bytes, headers: dict[str, str], url: str
) -> tuple[Listing | None, str]:
    """The listing, or None if it was refused; and all its messages. Other exceptions
    propagate.
    """
    try:
        listing = parse(body, headers, url=url)
    except Unrecognised as error:
        return None, str(error)
    return listing, "; ".join((*listing.problems, *listing.notes))


@pytest.mark.parametrize("path", CASES, ids=lambda path: path.name)
def test_the_whole_listing_of_a_body(path: Path) -> None:
    listing = parse(path.read_bytes(), {}, url=URL + path.name)
    assert as_json(listing) == json.loads(
        path.with_suffix(".expected.json").read_text("utf-8")
    )


def test_each_expected_listing_has_its_body() -> None:
    expected = {
        path.name.removesuffix(".expected.json")
        for path in FOLDER.glob("*.expected.json")
    }
    assert expected == {path.stem for path in CASES}


@pytest.mark.parametrize(
    ("item", "ids"),
    [
        (
            "<guid isPermaLink='false'>oai:arXiv.org:2508.13426v1</guid>",
            ("arxiv:2508.13426",),
        ),
        (
            "<link>http://arxiv.org/abs/math.CA/0611800v2</link>",
            ("arxiv:math/0611800",),
        ),
        ("<link>https://www.alphaxiv.org/abs/2511.04570</link>", ("arxiv:2511.04570",)),
        ("<guid>info:doi/10.5555/A.B</guid>", ("doi:10.5555/a.b",)),
        (
            "<link>https://x.example/doi/full/10.5555/a.b?q=1</link>",
            ("doi:10.5555/a.b",),
        ),
        (
            "<guid isPermaLink='false'>news/1234567</guid><link>https://x.example/n</link>",
            ("url:https://x.example/n", "guid://feeds.example/blog news/1234567"),
        ),
        (
            "<guid isPermaLink='false'>2508.13426</guid>",
            ("guid://feeds.example/blog 2508.13426",),
        ),
        ("<link>http://[bad/</link>", ()),
        (
            "<description>(see https://arxiv.org/abs/2508.13426.)</description>",
            ("arxiv:2508.13426",),
        ),
        (
            "<description>doi:10.1016/S0140-6736(20)30183-5, 2020</description>",
            ("doi:10.1016/s0140-6736(20)30183-5",),
        ),
        (
            "<description>arXiv:2508.13426v1 and arXiv:2508.13426v2</description>",
            ("arxiv:2508.13426",),
        ),
        ("<description>arXiv:2508.13426 and arXiv:2508.13427</description>", ()),
        (f"<guid>https://arxiv.org/abs/2508.13426v{'9' * 5000}</guid>", None),
    ],
)
def test_ids(item: str, ids: tuple[str, ...] | None) -> None:
    found = one(f"<title>T</title>{item}").ids
    assert ids is None or found == ids


@pytest.mark.parametrize(
    ("message", "authors"),
    [
        ("ann@x.example (Ann Doe)", ("Ann Doe",)),
        ("Ann Doe &lt;ann@x.science&gt;", ("Ann Doe",)),
        ("ann@x.org", ()),
        ("Doe, Ann", ("Ann Doe",)),
        ("Ann Doe, Bo Ek", ("Ann Doe", "Bo Ek")),
        ("Doe, A., Ek, B.-C.", ("A. Doe", "B.-C. Ek")),
        ("Ann Doe; Bo Ek", ("Ann Doe", "Bo Ek")),
        (
            '&lt;a href="http://arxiv.org/a"&gt;Ann Doe&lt;/a&gt;, Bo Ek',
            ("Ann Doe", "Bo Ek"),
        ),
    ],
)
def test_one_string_of_authors(message: str, authors: tuple[str, ...]) -> None:
    assert one(f"<title>T</title><author>{message}</author>").authors == authors


@pytest.mark.parametrize(
    ("body", "kind", "message"),
    [
        (b"", "text/xml", "not a feed: text/xml from {}: the response is empty"),
        (b" \n\xef\xbb\xbf", "", "not a feed: no content type from {}"),
        (
            b'{"error": "no"}',
            "application/json; q=1",
            "not a feed: application/json from {}: JSON without the version",
        ),
        (b'[{"a": 1}]', "application/json", "not a feed: application/json from {}"),
        (
            b'{"version": "https://jsonfeed.org/version/1"}',
            "a/b",
            "a JSON Feed without items",
        ),
        (
            b'{"version": "https://jsonfeed.org/version/1", "items": [',
            "a/b",
            "not a feed: a/b from {}: not JSON: ",
        ),
        (b"[" * 100_000, "a/b", "nested too deeply"),
        (
            b"<html><title>Log &amp; in\x1b[2J</title></html>",
            "text/html; charset=hex",
            "not a feed: text/html titled 'Log & in[2J' from {}, and the page links none",
        ),
        (b"Not found", "text/plain", "not a feed: text/plain from {}"),
        (
            b"<sitemap/>",
            "text/xml",
            "not a feed: text/xml from {}, and the page links none",
        ),
        (
            b"<rss version='2.0'><channel><item><title>x",
            "text/xml",
            "{}: the feed was cut off before its first entry",
        ),
        (
            b'<!DOCTYPE rss [<!ENTITY a "b">]><rss version="2.0"/>',
            "text/xml",
            "{}: it declares entities",
        ),
        (
            rss("<item><title>a</title></item>" + "<item/>" * 2),
            "text/xml",
            "{}: 2 of 3 entries have neither title nor text; its format may have changed",
        ),
    ],
)
def test_other_bodies_are_refused_by_name(body: bytes, kind: str, message: str) -> None:
    with pytest.raises(Unrecognised) as caught:
        parse(body, {"content-type": kind} if kind else {}, url=URL)
    assert message.format(URL) in str(caught.value)


def test_a_page_leads_to_its_feed_and_that_to_no_further_page() -> None:
    page = (FOLDER / "page.html").read_bytes()
    (follow,) = parse(page, {}, url=URL).follow
    listing = follow.parse(rss("<item><title>a</title></item>"), {})
    assert (listing.source, len(listing.facts)) == ("feed:feeds.example", 1)
    with pytest.raises(Unrecognised, match="not a feed"):
        follow.parse(page, {})


def test_the_source() -> None:
    assert Feed().matches("https://x.example/feed")
    assert Feed().matches("HTTP://x.example")
    assert not any(
        map(
            Feed().matches,
            (
                "hf",
                "arxiv:cs.CL",
                "ftp://x.example",
                "http://",
                "feed.xml",
                "file:///x",
            ),
        )
    )
    assert request(URL, "owls").parse(rss(""), {}).source == "feed:owls"


def test_many_problems_are_summarized() -> None:
    listing = parse(rss("<item><title>a</title></item><item/>" * 100), {}, url=URL)
    assert (len(listing.facts), len(listing.problems)) == (100, 21)
    assert listing.problems[-1] == f"{URL}: 80 more problems like these"


def test_feedparser_gets_bytes_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    import feedparser

    handed: list[object] = []
    real = feedparser.parse

    def recorded(source: object, **options: Any) -> Any:
        handed.append(source)
        return real(source, **options)

    monkeypatch.setattr(feedparser, "parse", recorded)
    parse(rss(""), {}, url=URL)
    assert [type(source) for source in handed] == [io.BytesIO]


def test_no_body_reaches_the_lenient_parser(monkeypatch: pytest.MonkeyPatch) -> None:
    import feedparser.api

    def fail(*_: object) -> None:
        raise AssertionError(
            "the lenient parser was used; it takes the square of the time"
        )

    monkeypatch.setattr(feedparser.api, "LooseFeedParser", fail)
    for path in CASES:
        parse(path.read_bytes(), {}, url=URL + path.name)
    odd = b'<!DOCTYPE rss PUBLIC "<" "x">' + rss(
        "<item><title>Caf&eacute;</title></item>"
    )
    assert [facts.title for facts in parse(odd, {}, url=URL).facts] == ["Café"]
    parse(
        b"<!-- \n<!ENTITY a -->\n"
        + rss("<item><title>a</title><tags:x xmlns:tags='y'/></item>"),
        {},
        url=URL,
    )


PIECES = st.sampled_from(
    [
        "<item>",
        "</item>",
        "<title>",
        "</title>",
        "<link>",
        "http://a.b/",
        "javascript:x",
        "&lt;b&gt;",
        "&",
        "&#27;",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "<a b='c'>",
        "<x:y>",
        "<dc:creator>",
        "a, b.",
        "<pubDate>",
        "2025-11-07",
        "\n",
        "<guid>",
        "doi:10.5555/",
        "arXiv:2511.04570",
        "<entry>",
        "</entry>",
        "<category>",
        "<?xml",
        "?>",
        "<!DOCTYPE",
        "é",
    ]
)
STARTS = st.sampled_from(
    [
        "<rss version='2.0'><channel>",
        "<feed xmlns='http://www.w3.org/2005/Atom'>",
        "<rdf:RDF>",
        "<html>",
        "",
        "\ufeff",
    ]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner),
    max_leaves=5,
)
ITEM = st.dictionaries(
    st.sampled_from(
        [
            "id",
            "url",
            "title",
            "summary",
            "content_html",
            "authors",
            "author",
            "tags",
            "date_published",
        ]
    ),
    JSON
    | st.lists(st.fixed_dictionaries({"name": JSON}))
    | st.sampled_from(["0001-01-01T00:00:00+23:00", "https://["]),
)
FEEDS = st.one_of(
    st.binary(),
    st.builds(
        lambda start, pieces: (start + "".join(pieces)).encode(),
        STARTS,
        st.lists(PIECES | st.text()),
    ),
    st.lists(ITEM).map(
        lambda items: json.dumps(
            {"version": "jsonfeed.org/version/1", "items": items}
        ).encode()
    ),
)
CHARSETS = st.sampled_from(
    [
        "",
        "utf-8",
        "hex",
        "rot13",
        "idna",
        "punycode",
        "utf-16",
        "undefined",
        "\0",
        "no such",
    ]
)


@given(FEEDS, CHARSETS)
def test_any_bytes_give_a_listing_or_a_refusal(body: bytes, charset: str) -> None:
    listing, message = outcome(
        body, {"content-type": f"text/xml; charset={charset}"}, URL
    )
    assert clean(message) == message
    for facts in listing.facts if listing else ():
        assert facts.title
        assert facts.url is None or facts.url.lower().startswith(
            ("http://", "https://")
        )


ITEM_OF = b"<item><title>x</title><description>%b</description></item>"
JSON_OF = b'{"version": "https://jsonfeed.org/version/1", "items": [%b]}'
LONG: dict[str, Callable[[], bytes]] = {
    "an element of 100,000 attributes": lambda: rss(
        b"<item " + b" ".join(b'a%d="1"' % n for n in range(100_000)) + b"/>"
    ),
    "unclosed tags": lambda: rss(b"<a " * 200_000),
    "nothing but unclosed tags": lambda: b"<a " * 3_000_000,
    "depth": lambda: rss(b"<div>" * 100_000),
    "entities": lambda: (
        b'<!DOCTYPE rss [<!ENTITY a "b"><!ENTITY c "&a;&a;">]>'
        + rss("<item><title>&c;</title></item>")
    ),
    "entries": lambda: rss(b"<item><title>a</title></item>" * 300_000),
    "as many as are read": lambda: rss(
        b"<item><title>a</title><link>http://a.example/</link></item>" * 26_000
    ),
    "categories": lambda: rss(
        b"<item>"
        + b"".join(b"<category>%d</category>" % n for n in range(50_000))
        + b"</item>"
    ),
    "keywords": lambda: rss(
        b"<item><title>x</title><tags>"
        + b",".join(b"%d" % n for n in range(900_000))
        + b"</tags></item>"
    ),
    "a name": lambda: rss(
        b"<item><title>x</title><author>" + b"a" * 9_000_000 + b"</author></item>"
    ),
    "names": lambda: rss(
        b"<item><title>x</title><author>" + b"(a, " * 400_000 + b"</author></item>"
    ),
    "a date": lambda: rss(
        b"<item><title>x</title><pubDate>" + b"1 " * 4_000_000 + b"</pubDate></item>"
    ),
    "namespaces": lambda: rss(
        b"".join(b'<a xmlns:p%d="u%d"><p%d:b/></a>' % (n, n, n) for n in range(30_000))
    ),
    "bases": lambda: rss(
        (b'<d xml:base="%b/">' % (b"a" * 500) * 90 + b"</d>" * 90) * 100
    ),
    "references": lambda: rss(ITEM_OF % (b"&lt;" * 2_400_000)),
    "line breaks": lambda: rss(ITEM_OF % (b"\n" * 9_000_000)),
    "escaped markup": lambda: rss(ITEM_OF % (b'&lt;a b="' * 500_000)),
    "unclosed comments": lambda: rss(
        ITEM_OF % (b"<![CDATA[" + b"<!--" * 2_000_000 + b"]]>")
    ),
    "unclosed scripts": lambda: rss(
        ITEM_OF % (b"<![CDATA[" + b"<script></script" * 600_000 + b"]]>")
    ),
    "mentions": lambda: rss(
        (ITEM_OF % (b"arXiv:2511.04570 http://arxiv.org/abs/2511.04570 " * 4_000)) * 45
    ),
    "broken": lambda: rss(b"<item><title>a & b</title><p>x</item>" * 39_000),
    "a deep page": lambda: b"<html>" + b"<div>" * 1_900_000,
    "a page of links": lambda: (
        b"<html>" + b"<link rel=alternate type=text/css>" * 290_000
    ),
    "deep JSON": lambda: b"[" * 10_000_000,
    "items": lambda: (
        JSON_OF % b",".join([b'{"title": "a", "url": "http://a.example/"}'] * 29_000)
    ),
    "a name in JSON": lambda: (
        JSON_OF % (b'{"title": "a", "author": {"name": "%b"}}' % (b"(a, " * 2_400_000))
    ),
}


@pytest.mark.parametrize("name", LONG)
def test_hostile_bodies_are_read_or_refused(name: str) -> None:
    body = LONG[name]()
    assert len(body) <= 10_500_000
    outcome(body, {}, URL)
