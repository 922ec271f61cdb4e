"""K15: folders are tags, comments are left out, feed: addresses are web addresses."""

from __future__ import annotations

import pytest

from papertrack.core.facts import FeedLink
from papertrack.exports.opml import dumps
from papertrack.sources.feeds.opml import parse

A = '<outline type="rss" text="A" xmlUrl="https://a.example/f"/>'
B = '<outline type="rss" text="B" xmlUrl="https://b.example/f"/>'


def folder(name: str, *inner: str, more: str = "") -> str:
    return f'<outline text="{name}"{more}>{"".join(inner)}</outline>'


def feed(address: str, more: str = "") -> str:
    return f'<outline text="A" xmlUrl="{address}" {more}/>'


def read(*outlines: str) -> tuple[FeedLink, ...]:
    body = f'<opml version="2.0"><head/><body>{"".join(outlines)}</body></opml>'
    return parse(body.encode(), name="feeds.opml").feeds


TAGS = {
    A: (),
    folder("Tea", A): ("Tea",),
    folder("Tea", folder("Green", A)): ("Tea/Green",),
    folder("a", folder("b", folder("c", A))): ("a/b/c",),
    folder("Deep learning", A): ("Deep-learning",),
    folder("Tea, cups (new)", A): ("Tea-cups-new",),
    folder("AI/ML", A): ("AI/ML",),
    folder("", A): (),
    folder("*", folder("Green", A)): ("Green",),
    folder("茶", A): ("茶",),
    folder("Tea", A) + folder("Cups", A): ("Tea", "Cups"),
    folder("Tea", A) + folder("tea", A): ("Tea",),
    folder("Tea", B) + A: (),
    folder("Tea", B, folder("Green"), A): ("Tea",),
    feed("https://a.example/f", 'category="/Tea/Green,/Cups"'): ("Tea/Green", "Cups"),
    folder("Tea", feed("https://a.example/f", 'category="Cups"')): ("Tea", "Cups"),
    f'<outline text="A" xmlUrl="https://c.example/f">{A}</outline>': (),
    '<outline title="Tea" text="x">' + A + "</outline>": ("Tea",),
}


@pytest.mark.parametrize("outlines", TAGS)
def test_folders_are_tags(outlines: str) -> None:
    feeds = {one.target: one.tags for one in read(outlines)}
    assert feeds["https://a.example/f"] == TAGS[outlines]


FOLLOWED = {
    feed("https://a.example/f", 'isComment="true"') + B: ["https://b.example/f"],
    feed("https://a.example/f", 'isComment="TRUE"') + B: ["https://b.example/f"],
    feed("https://a.example/f", 'isComment="false"'): ["https://a.example/f"],
    folder("off", A, folder("deeper", A), more=' isComment="true"') + B: [
        "https://b.example/f"
    ],
    folder("off", more=' isComment="true"') + A: ["https://a.example/f"],
    feed("feed://a.example/f"): ["http://a.example/f"],
    feed("feed:https://a.example/f"): ["https://a.example/f"],
    feed("feed://https://a.example/f"): ["https://a.example/f"],
    feed("FEED://a.example/f"): ["http://a.example/f"],
    feed("rss://a.example/f"): ["http://a.example/f"],
    feed(" https://a.example/f "): ["https://a.example/f"],
    feed("feed:file:///etc/passwd"): [],
    feed("feed://localhost/f"): [],
    feed("feed:a"): [],
    "<OUTLINE text='A' xmlurl='https://a.example/f'/>": ["https://a.example/f"],
}


@pytest.mark.parametrize("outlines", FOLLOWED)
def test_what_is_followed(outlines: str) -> None:
    assert [one.target for one in read(outlines)] == FOLLOWED[outlines]


@pytest.mark.parametrize(
    "tags",
    [
        (),
        ("tea",),
        ("tea/green",),
        ("tea", "tea/green"),
        ("tea/green", "tea/black", "x"),
    ],
)
def test_tags_are_folders_again(tags: tuple[str, ...]) -> None:
    feeds = [
        FeedLink("A", "https://a.example/f", tags),
        FeedLink("B", "https://b.example/f", ("tea",)),
    ]
    text = dumps(((one.target, one.title, one.tags) for one in feeds), title="x")
    again = parse(text.encode(), name="x").feeds
    assert {one.target: set(one.tags) for one in again} == {
        one.target: set(one.tags) for one in feeds
    }
