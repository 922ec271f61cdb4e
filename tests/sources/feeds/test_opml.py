"""OPML: feeds, refusals, and that an exported document is read again."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from papertrack.core.errors import Unrecognised
from papertrack.core.text import clean
from papertrack.exports.opml import dumps
from papertrack.sources.feeds.opml import feed_address, parse
from papertrack.sources.feeds.safe_xml import read_xml
from papertrack.sources.limits import decode

CASE = Path(__file__).with_name("follow.opml")


def feeds(body: bytes) -> tuple[tuple[str, str], ...]:
    """The titles and targets of the feeds."""
    return tuple(
        (feed.title, feed.target) for feed in parse(body, name="follow.opml").feeds
    )


READ = (
    ("Owl Laboratory", "https://owls.example/feed.xml"),
    ("Journal of Owls", "http://journal.example/rss?a=1&b=2"),
    ("https://untitled.example/atom", "https://untitled.example/atom"),
)
WRITTEN = """<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <head>
    <title>Mine &amp; [31mred</title>
  </head>
  <body>
    <outline type="rss" text="&quot;A&quot; &lt;b" title="&quot;A&quot; &lt;b" xmlUrl="https://a.example/?x&amp;y" />
    <outline type="rss" text="https://b.example/" title="https://b.example/" xmlUrl="https://b.example/" />
  </body>
</opml>
"""  # noqa: E501


def test_nested_outlines_give_each_feed_once() -> None:
    assert feeds(CASE.read_bytes()) == READ


def test_a_feed_without_a_web_address_is_reported_with_its_line() -> None:
    listing = parse(CASE.read_bytes(), name="follow.opml")
    assert listing.problems == (
        "follow.opml, line 11: A file has no web address: file:///etc/passwd",
        "follow.opml, line 12: A script has no web address: javascript:alert(1)",
    )
    assert parse(b"<opml/>", name="a.opml").notes == ("a.opml contains no feed",)


@pytest.mark.parametrize(
    "target",
    ["arxiv:cs.CL", "arxiv:cs.CL,math-ph", "https://owls.example/feed?a=1&b=2"],
)
def test_an_exported_feed_is_followed_again(target: str) -> None:
    address = feed_address(target)
    assert address
    written = dumps([(address, "mine", ["ai/nlp", "new"])], title="")
    assert parse(written.encode(), name="a.opml").feeds == (
        ("mine", target, ("ai/nlp", "new")),
    )


def test_a_broken_document_still_gives_its_feeds() -> None:
    body = (
        CASE.read_bytes()
        .replace(b"Owls &amp; more", b"Owls & more")
        .replace(b"</body>", b"")
    )
    assert feeds(body) == READ


def test_the_exported_document() -> None:
    entries = [('"A" <b\u202e', "https://a.example/?x&y"), ("\0", "https://b.example/")]
    assert (
        dumps(((url, name, ()) for name, url in entries), title="Mine & \x1b[31mred")
        == WRITTEN
    )


@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b"", "not XML"),
        (b"plain text", "not XML"),
        (b"<rss version='2.0'/>", "not OPML: it begins with <rss>"),
        (b"<html><body>Log in</body></html>", "begins with <html>"),
        (
            b'<!DOCTYPE opml [<!ENTITY a "b">]><opml><outline text="&a;"/></opml>',
            "entities",
        ),
        (
            b'<!DOCTYPE opml SYSTEM "x" [<!ENTITY a SYSTEM "file:///etc/passwd">]><opml/>',
            "entities",
        ),
    ],
)
def test_other_documents_are_refused(body: bytes, message: str) -> None:
    with pytest.raises(Unrecognised, match=message):
        feeds(body)


@given(
    st.lists(
        st.tuples(
            st.text(),
            st.from_regex(
                r"https?://[a-z]{1,9}\.example/[a-z?&=]{0,9}", fullmatch=True
            ),
        ),
        unique_by=lambda feed: feed[1],
    ),
    st.text(),
)
def test_written_opml_is_read_again(entries: list[tuple[str, str]], title: str) -> None:
    text = dumps(((url, name, ()) for name, url in entries), title=title)
    ElementTree.fromstring(text.encode())
    assert feeds(text.encode()) == tuple(
        (clean(name) or url, url) for name, url in entries
    )


@given(
    st.binary()
    | st.text().map(
        lambda text: f'<opml><outline xmlUrl="{text}">'.encode("utf-8", "replace")
    )
)
def test_any_bytes_give_feeds_or_a_refusal(body: bytes) -> None:
    found: tuple[tuple[str, str], ...] = ()
    with contextlib.suppress(Unrecognised):
        found = feeds(body)
    assert all(url.lower().startswith(("http://", "https://")) for _, url in found)


@pytest.mark.parametrize(
    ("body", "kind", "text"),
    [
        ("\ufeffé".encode(), "", "é"),
        ("é".encode("utf-16"), "", "é"),
        ("<é".encode("utf-16-le"), "", "<é"),
        ("é".encode(), "text/xml; charset=iso-8859-1", "é"),
        ("é".encode("latin-1"), "text/xml; charset=utf-8", "é"),
        ("ё".encode("koi8-r"), 'text/xml; charset="koi8-r"', "ё"),
        ("é".encode("latin-1"), "text/xml; charset=hex", "é"),
        ("é".encode(), "text/xml; charset=rot13", "é"),
        ("é".encode(), "text/xml; charset=idna", "é"),
        ("é".encode("latin-1"), "text/xml; charset=unicode_escape", "é"),
        ("日本".encode("iso2022_jp"), "text/xml; charset=iso-2022-jp", "日本"),
        (
            b'<?xml version="1.0" encoding="iso-8859-2"?>\xb1',
            "",
            '<?xml version="1.0" encoding="iso-8859-2"?>ą',
        ),
    ],
)
def test_charsets(body: bytes, kind: str, text: str) -> None:
    assert decode(body, {"content-type": kind}) == text


def test_repair_keeps_line_numbers_and_drops_a_half_entry() -> None:
    read = read_xml(
        "<rss>\n<!--\n-->\n<item\na=1>x & y</item>\n<item>\n<title>z", where="x"
    )
    assert (read.lines, read.cut, read.root) == ((4,), True, "rss")
    assert ElementTree.fromstring(read.text).findtext("item") == "x & y"


LONG: dict[str, Callable[[], bytes]] = {
    "deep": lambda: b"<opml>" + b"<outline>" * 1_000_000,
    "unclosed": lambda: b"<opml>" + b"<outline " * 1_000_000,
    "quotes": lambda: b'<opml><outline a="' + b'"a="' * 2_000_000,
    "attributes": lambda: (
        b"<opml><outline "
        + b" ".join(b'a%d="1"' % number for number in range(100_000))
        + b"/></opml>"
    ),
    "ends": lambda: b"<opml>" + b"</a>" * 2_000_000,
    "brackets": lambda: b"<" * 10_000_000,
    "cdata": lambda: b"<opml>" + b"<![CDATA[" * 1_000_000,
}


@pytest.mark.parametrize("name", LONG)
def test_hostile_documents_have_no_feeds(name: str) -> None:
    body = LONG[name]()
    with contextlib.suppress(Unrecognised):
        assert feeds(body) == ()
