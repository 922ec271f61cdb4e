"""Atom feeds, read by feedparser and by papertrack's own parser of feeds."""

from __future__ import annotations

import io
from typing import Any

import feedparser
import pytest

from papertrack.core.model import Paper
from papertrack.exports.registry import export
from papertrack.sources.formats import read_file

PAPER = Paper(
    id="2511.00001",
    key="arxiv:2511.00001",
    title="Whistling <b>Kettles</b> & Tea",
    authors=("Ada Quill", "Bo Rye"),
    abstract="They sing.",
    published="2025-11-06",
    added="2025-11-08T09:00:00Z",
    categories=("cs.CL", "cs.SD"),
    url="https://arxiv.org/abs/2511.00001v2",
    pdf="https://arxiv.org/pdf/2511.00001",
    tags=("secret",),
    note="mine",
)


def entries(papers: list[Paper]) -> list[feedparser.FeedParserDict]:
    feed = feedparser.parse(io.BytesIO(export(papers, "atom").encode()))
    assert not feed.bozo
    assert feed.version == "atom10"
    return list(feed.entries)


def test_the_facts_of_an_entry() -> None:
    (entry,) = entries([PAPER])
    assert entry.id == "https://arxiv.org/abs/2511.00001"
    assert (
        entry.title_detail.value == "Whistling &lt;b&gt;Kettles&lt;/b&gt; &amp; Tea"
        or (entry.title == "Whistling <b>Kettles</b> & Tea")
    )
    assert [author.name for author in entry.authors] == ["Ada Quill", "Bo Rye"]
    assert [tag.term for tag in entry.tags] == ["cs.CL", "cs.SD"]
    assert entry.updated == "2025-11-08T09:00:00Z"
    assert entry.published == "2025-11-06T00:00:00Z"
    assert [link.rel for link in entry.links] == ["alternate", "related"]


def test_marks_are_private() -> None:
    text = export([PAPER], "atom")
    assert "secret" not in text
    assert "mine" not in text


def test_an_unchanged_feed_is_the_same_bytes() -> None:
    assert export([PAPER], "atom") == export([PAPER], "atom")


@pytest.mark.parametrize(
    ("facts", "updated"),
    [
        ({"updated": "2025-12-01"}, "2025-12-01T00:00:00Z"),
        ({"updated": "2025-11-07"}, "2025-11-08T09:00:00Z"),
        ({"updated": "2025"}, "2025-11-08T09:00:00Z"),
        ({"added": None, "updated": "2025-12-01"}, "2025-12-01T00:00:00Z"),
        ({"added": "edited by hand"}, "1970-01-01T00:00:00Z"),
    ],
)
def test_when_an_entry_was_updated(facts: dict[str, Any], updated: str) -> None:
    (entry,) = entries([PAPER._replace(**facts)])
    assert entry.updated == updated


@pytest.mark.parametrize(
    ("key", "id"),
    [
        ("arxiv:hep-th/9901001", "https://arxiv.org/abs/hep-th/9901001"),
        ("doi:10.1234/a b", "https://doi.org/10.1234/a%20b"),
        ("url:https://tea.example/x", "https://tea.example/x"),
        ("title:0123456789", "tag:papertrack,2026:title%3A0123456789"),
        (
            "url:javascript:alert(1)",
            "tag:papertrack,2026:url%3Ajavascript%3Aalert%281%29",
        ),
    ],
)
def test_the_id_of_an_entry(key: str, id: str) -> None:
    (entry,) = entries([PAPER._replace(key=key)])
    assert entry.id == id


def test_an_empty_feed_is_a_feed() -> None:
    assert entries([]) == []


def test_papertrack_reads_its_own_feed() -> None:
    other = PAPER._replace(
        key="doi:10.1234/x",
        id="10.1234/x",
        title="Tea",
        url="https://doi.org/10.1234/x",
        pdf=None,
    )
    listing = read_file(export([PAPER, other], "atom").encode(), name="group.atom")
    assert [facts.ids[0] for facts in listing.facts] == [PAPER.key, other.key]
    assert [facts.title for facts in listing.facts] == [PAPER.title, other.title]
    assert listing.facts[0].authors == PAPER.authors
    assert listing.facts[0].abstract == PAPER.abstract
