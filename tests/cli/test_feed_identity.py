"""An entry of a feed is the same paper as long as it has the same guid."""

import json

import pytest

from tests.helpers.http_server import PageServer, response

HEAD = '<?xml version="1.0"?><rss version="2.0"><channel><title>Kettles</title>'


def rss(*items: str, link: str = "https://kettles.example/") -> bytes:
    inner = "".join(f"<item>{item}</item>" for item in items)
    body = f"{HEAD}<link>{link}</link>{inner}</channel></rss>"
    return response(body.encode(), Content_Type="application/rss+xml")


def item(title: str, link: str = "", guid: str = "", more: str = "") -> str:
    written = f"<title>{title}</title>"
    if link:
        written += f"<link>{link}</link>"
    if guid:
        written += f"<guid isPermaLink='false'>{guid}</guid>"
    return written + more


@pytest.fixture
def site():
    """A server."""
    server = PageServer({})
    yield server
    server.close()


K, OTHER = "http://kettles.example", "https://pots.example"
TAG = "tag:kettles.example,2024:1"

ONE_PAPER = {
    "http to https": (
        item("A", f"{K}/a", "g1"),
        item("A", "https://kettles.example/a", "g1"),
    ),
    "www": (item("A", f"{K}/a", "g1"), item("A", "http://www.kettles.example/a", "g1")),
    "a new link": (item("A", f"{K}/a", "g1"), item("A", f"{OTHER}/2024/b", "g1")),
    "a new link and title": (item("A", f"{K}/a", "g1"), item("B", f"{K}/b", "g1")),
    "a tag and a new link": (item("A", f"{K}/a", TAG), item("A", f"{OTHER}/b", TAG)),
    "a tag and a new title": (
        item("A", f"{K}/a", TAG),
        item("A, revised", f"{K}/a", TAG),
    ),
    "a guid that moves to https": (
        item("A", f"{K}/a", f"{K}/?p=1"),
        item("A", f"{K}/b", "https://kettles.example/?p=1"),
    ),
    "a guid with capitals in its host": (
        item("A", f"{K}/a", f"{K}/?p=1"),
        item("A", f"{K}/b", "HTTP://Kettles.Example/?p=1"),
    ),
    "a guid without a link": (item("A", guid="g1"), item("A, revised", guid="g1")),
    "no guid, the same link": (item("A", f"{K}/a"), item("A, revised", f"{K}/a")),
    "a guid that came later": (item("A", f"{K}/a"), item("A", f"{K}/a", "g1")),
}


@pytest.mark.parametrize("name", ONE_PAPER)
def test_it_stays_one_paper(name, papertrack, site):
    for page in ONE_PAPER[name]:
        site.pages["/feed"] = rss(page)
        assert papertrack(["fetch", f"{site.url}/feed"]).code == 0
    assert len(json.loads(papertrack("list --all --json").out)) == 1


SEVERAL = {
    "one link": [item(f"Release {n}", f"{K}/log", f"g{n}") for n in range(5)],
    "fragments": [item(f"Note {n}", f"{K}/log#n{n}", f"g{n}") for n in range(3)],
    "guids that are links with fragments": [
        item(f"Note {n}", f"{K}/log", f"{K}/log#n{n}") for n in range(3)
    ],
    "one guid for all": [item(f"Release {n}", f"{K}/log", "g") for n in range(4)],
    "the link as guid of all": [
        item(f"Release {n}", f"{K}/log", f"{K}/log") for n in range(4)
    ],
    "tags": [item(f"T{n}", f"{K}/log", f"tag:k.example,2024:{n}") for n in range(3)],
    "posts about one paper": [
        item(
            f"Review {n}",
            f"{K}/r{n}",
            f"g{n}",
            "<description>https://arxiv.org/abs/2403.00001</description>",
        )
        for n in range(2)
    ],
    "no link": [item(f"Thought {n}", guid=f"g{n}") for n in range(3)],
}


@pytest.mark.parametrize("name", SEVERAL)
@pytest.mark.parametrize("times", [1, 2])
def test_no_entry_is_lost(name, times, papertrack, site):
    site.pages["/feed"] = rss(*SEVERAL[name])
    for _ in range(times):
        assert papertrack(["fetch", f"{site.url}/feed"]).code == 0
    papers = json.loads(papertrack("list --all --json").out)
    assert len(papers) == len(SEVERAL[name])


def test_short_guids_of_two_feeds_are_two_entries(papertrack, site):
    for name in ("news", "talks"):
        page = rss(item(f"About {name}", f"{K}/{name}/1", "1"))
        site.pages[f"/{name}"] = page
        papertrack(["fetch", f"{site.url}/{name}"])
    assert len(json.loads(papertrack("list --all --json").out)) == 2


@pytest.mark.parametrize("name", [None, "kettles"])
def test_a_feed_that_moves_keeps_its_entries(name, papertrack, site):
    site.pages["/old"] = rss(item("A", f"{K}/a", "1"))
    papertrack(["feed", "add", f"{site.url}/old", *(["--name", name] if name else [])])
    papertrack("fetch")
    site.pages["/old"] = response(b"", "301 Moved", Location="/new")
    site.pages["/new"] = rss(item("A", f"{OTHER}/a", "1"), link=OTHER)
    papertrack("fetch")
    papertrack("fetch")
    (paper,) = json.loads(papertrack("list --all --json").out)
    assert paper["url"] == f"{OTHER}/a"
    assert len(paper["sources"]) == 1


def test_control_one_link_and_one_title_are_one_paper(papertrack, site):
    site.pages["/feed"] = rss(
        *(item("Same", f"{K}/s", f"{K}/s#{number}") for number in (0, 3))
    )
    papertrack(["fetch", f"{site.url}/feed"])
    assert len(json.loads(papertrack("list --all --json").out)) == 1
