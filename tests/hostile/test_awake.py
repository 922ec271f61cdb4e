"""Behaviour that no other test covers; `python -m tests.soak.mutations` breaks it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from tinydb import TinyDB

from papertrack.sources.feeds import safe_xml as feed_xml
from papertrack.sources.feeds import source as feed
from papertrack.storage.transaction import transaction
from tests.helpers.files import folder_of

FEED = "<rss version='2.0'><channel><item><title>Of the answer</title></item></channel></rss>"


def test_a_feed_that_names_a_file_does_not_open_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    name = tmp_path / feed_xml.read_xml(FEED, where="x").text
    name.parent.mkdir(
        parents=True
    )  # feedparser opens its argument as a path, even as bytes
    name.write_text(FEED.replace("answer", "disk"))
    listing = feed.parse(FEED.encode(), {}, url="https://owls.example/feed")
    assert [said.title for said in listing.facts] == ["Of the answer"]


@pytest.mark.parametrize("scheme", ["http", "file", "ftp"])
def test_a_feed_that_is_an_address_is_not_fetched(scheme: str) -> None:
    body = f"{scheme}://127.0.0.1:9/feed.xml"
    with pytest.raises(
        Exception,
        match=re.escape("not a feed: text/xml from https://owls.example/feed"),
    ):
        feed.parse(
            body.encode(), {"content-type": "text/xml"}, url="https://owls.example/feed"
        )


def test_two_writers_in_turn_lose_no_document(tmp_path: Path) -> None:
    """Another process writes between two writes of ours: its papers are read again,
    with their ids.
    """
    path = tmp_path / "marks.json"
    for turn in range(5):
        key = f"ours:{turn}"
        with transaction(folder_of(tmp_path)) as changes:
            changes.set(path.name, "papers", {key: {"key": key}})
        with TinyDB(path) as other:
            other.table("papers").insert_multiple(
                {"key": f"theirs:{turn}:{n}"} for n in range(3)
            )
    with TinyDB(path) as database:
        keys = [document["key"] for document in database.table("papers")]
    assert len(keys) == len(set(keys)) == 20
