"""Feeds that move, that were removed, that are followed with tags: as a user sees it."""

import gzip
import json
from pathlib import Path

import pytest

from papertrack.core.wording import plural
from tests.helpers.http_server import PageServer, response

RSS = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>Kettles</title>'
    "<link>https://kettles.example/</link><item><title>Kettles that sing</title>"
    "<link>https://kettles.example/1</link><guid isPermaLink='false'>k1</guid></item>"
    "</channel></rss>"
)


pytestmark = pytest.mark.usefixtures("without_daily_papers")


def rss(body: bytes = RSS.encode(), **headers: str) -> bytes:
    return response(body, Content_Type="application/rss+xml", **headers)


def redirect(status: int, location: str) -> bytes:
    return response(b"", f"{status} Moved", Location=location)


@pytest.fixture
def site():
    """A server with a feed of one paper at /new.xml."""
    server = PageServer({"/new.xml": rss()})
    yield server
    server.close()


def followed(papertrack):
    return {
        one["name"]: one["target"]
        for one in json.loads(papertrack("feed list --json").out)
    }


@pytest.mark.parametrize("status", [301, 308])
def test_a_feed_that_moves_for_good_is_followed_at_its_new_address(
    status, papertrack, site
):
    old, new = f"{site.url}/old.xml", f"{site.url}/new.xml"
    site.pages["/old.xml"] = rss()
    papertrack(["feed", "add", old, "--name", "kettles", "--tag", "steam"])
    papertrack("fetch")
    site.pages["/old.xml"] = redirect(status, "/new.xml")
    ran = papertrack("fetch")
    assert ran == (
        0,
        "",
        f"{old}: 0 new, 0 updated, 1 known\n"
        f"  nothing new since {ran.err.split('since ')[1].split(',')[0]}, when it was"
        " last read\n"
        f"  it has moved permanently: now following {new}\n",
    )
    assert followed(papertrack) == {"kettles": new}
    assert json.loads(papertrack("status --json").out)[0]["read"]
    site.heads.clear()
    assert papertrack("fetch").err.startswith(f"{new}: 0 new, 0 updated, 1 known\n")
    assert len(site.heads) == 1
    papertrack("undo")
    assert followed(papertrack) == {"kettles": old}


@pytest.mark.parametrize("status", [302, 303, 307])
def test_a_temporary_redirect_moves_nothing(status, papertrack, site):
    old = f"{site.url}/old.xml"
    site.pages["/old.xml"] = redirect(status, "/new.xml")
    papertrack(["feed", "add", old, "--name", "kettles"])
    assert papertrack("fetch").err == f"{old}: 1 new, 0 updated, 0 known\n"
    assert followed(papertrack) == {"kettles": old}


def test_of_a_chain_the_permanent_part_is_followed(papertrack, site):
    site.pages |= {
        "/a": redirect(301, "/b"),
        "/b": redirect(308, "/c"),
        "/c": redirect(302, "/new.xml"),
    }
    papertrack(["feed", "add", f"{site.url}/a"])
    papertrack("fetch")
    assert followed(papertrack) == {f"{site.url}/c": f"{site.url}/c"}


def test_a_move_to_what_is_no_feed_is_not_followed(papertrack, site):
    site.pages["/a"] = redirect(301, "/login")
    site.pages["/login"] = response(b"<html>Log in</html>", Content_Type="text/html")
    papertrack(["feed", "add", f"{site.url}/a", "--name", "a"])
    assert papertrack("fetch").code == 1
    assert followed(papertrack) == {"a": f"{site.url}/a"}


def test_a_feed_that_moves_to_another_followed_one_is_unfollowed(papertrack, site):
    old, new = f"{site.url}/old.xml", f"{site.url}/new.xml"
    site.pages["/old.xml"] = redirect(301, "/new.xml")
    papertrack(["feed", "add", old, "--name", "old"])
    papertrack(["feed", "add", new, "--name", "new"])
    assert f"followed already; {old} was unfollowed" in papertrack("fetch").err
    assert followed(papertrack) == {"new": new}


def test_a_move_of_a_feed_that_is_not_followed_is_reported(papertrack, site):
    site.pages["/old.xml"] = redirect(301, "/new.xml")
    ran = papertrack(["fetch", f"{site.url}/old.xml"])
    assert f"  it has moved permanently to {site.url}/new.xml\n" in ran.err


def test_a_removed_feed_is_reported_with_the_command_that_unfollows_it(
    papertrack, site
):
    site.pages["/gone.xml"] = response(b"", "410 Gone")
    papertrack(["feed", "add", f"{site.url}/gone.xml", "--name", "old kettles"])
    ran = papertrack("fetch")
    assert ran.code == 1
    assert (
        "the feed was removed for good; papertrack feed remove 'old kettles' unfollows it\n"
        in ran.err
    )
    assert papertrack(["feed", "remove", "old kettles"]).code == 0


def test_a_feed_that_fails_for_weeks_is_reported_with_that_command(papertrack, home):
    papertrack(["feed", "add", "http://no-such-host.invalid/feed", "--name", "dead"])
    ran = papertrack("fetch")
    assert ran.code == 1
    assert "unfollows" not in ran.err
    desk = Path(home["PAPERTRACK_LIBRARY"]) / "desk.json"
    tables = json.loads(desk.read_text())
    for state in tables["sources"].values():
        state["since"] = "2020-01-01T00:00:00Z"
    desk.write_text(json.dumps(tables))
    advice = "it has failed since 2020-01-01; papertrack feed remove dead unfollows it"
    assert advice in papertrack("fetch").err


@pytest.mark.parametrize(
    ("times", "encoding"),
    [(1, None), (2, None), (1, "gzip"), (2, "gzip"), (0, "gzip"), (0, "utf-8")],
)
def test_a_feed_in_gzip_is_read_whatever_its_header(times, encoding, papertrack, site):
    body = RSS.encode()
    for _ in range(times):
        body = gzip.compress(body)
    site.pages["/z"] = rss(body, **({"Content_Encoding": encoding} if encoding else {}))
    assert papertrack(["fetch", f"{site.url}/z"]).err.startswith(f"{site.url}/z: 1 new")


def test_new_papers_of_a_feed_get_its_tags(papertrack, site):
    feed = f"{site.url}/new.xml"
    ran = papertrack(
        ["feed", "add", feed, "--name", "kettles", "--tag", "steam,ai/nlp"]
    )
    assert f"following {feed} as kettles, tagged steam, ai/nlp\n" in ran.err
    papertrack("fetch")
    (paper,) = json.loads(papertrack("list --json").out)
    assert paper["tags"] == ["steam", "ai/nlp"]
    papertrack(["tag", "remove", "steam", paper["id"]])
    papertrack("fetch")
    (paper,) = json.loads(papertrack("list --json").out)
    assert paper["tags"] == ["ai/nlp"]
    (listed,) = json.loads(papertrack("feed list --json").out)
    assert listed["tags"] == ["steam", "ai/nlp"]


def test_folders_of_an_opml_file_are_tags_and_are_exported_again(papertrack, home):
    outlines = (
        "<outline text='Deep learning'><outline text='NLP'>"
        "<outline text='A' xmlUrl='feed://a.example/f'/></outline>"
        "<outline text='B' xmlUrl='feed:https://b.example/f'/></outline>"
        "<outline text='Maths'><outline text='B' xmlUrl='https://b.example/f'/></outline>"
        "<outline text='C' xmlUrl='https://c.example/f'/>"
    )
    written = Path(home["HOME"]) / "in.opml"
    written.write_text(f"<opml version='2.0'><body>{outlines}</body></opml>")
    papertrack("import in.opml")
    feeds = json.loads(papertrack("feed list --json").out)
    expected = {
        "http://a.example/f": ["Deep-learning/NLP"],
        "https://b.example/f": ["Deep-learning", "Maths"],
        "https://c.example/f": [],
    }
    assert {one["target"]: one["tags"] for one in feeds} == expected
    papertrack("export -o out.opml")
    papertrack("feed remove A B C")
    papertrack("import out.opml")
    again = json.loads(papertrack("feed list --json").out)
    assert {one["target"]: one["tags"] for one in again} == expected


@pytest.mark.parametrize(
    "scheme", ["feed://", "feed:http://", "feed://http://", "FEED://"]
)
def test_feed_addresses_are_web_addresses(scheme, papertrack, site):
    address = f"{scheme}127.0.0.1:{site.port}/new.xml"
    papertrack(["feed", "add", address, "--name", "kettles"])
    assert followed(papertrack) == {"kettles": f"{site.url}/new.xml"}
    assert papertrack(["fetch", address]).err.startswith(f"{site.url}/new.xml: 1 new")
    assert papertrack(["feed", "remove", address]).code == 0


GOOD, MORE = "<item><title>Owl {}</title></item>", "<item><guid>{}</guid></item>"


@pytest.mark.parametrize(
    ("mornings", "codes", "known"),
    [
        ((["a"], ["a"], ["a"]), (3, 0, 0), 1),
        ((["a"], ["new", "a"], ["new", "newer", "a"]), (3, 0, 0), 1),  # it moves down
        ((["a"], ["a", "b"], ["b", "a"]), (3, 3, 0), 2),
        ((["a"], ["b"], ["a"]), (3, 3, 3), 1),
        (([""], ["", ""], [""]), (3, 3, 0), 1),  # of two that look alike one is new
        ((["a"], [], ["a"]), (3, 0, 3), 1),
        (([], ["a"], None, ["a"]), (0, 3, 1, 0), 1),  # a failure forgets nothing
    ],
)
def test_a_known_problem_of_a_feed_is_no_failure(
    mornings, codes, known, inside, site, home
):
    feed = f"{site.url}/new.xml"
    inside(["feed", "add", feed, "--name", "owls"])
    for number, (entries, code) in enumerate(zip(mornings, codes, strict=True)):
        if entries is None:
            del site.pages["/new.xml"]
        else:
            bad = [name for name in entries if not name.startswith("new")]
            items = [MORE.format(f"urn:{name}" if name else "") for name in bad]
            items += [GOOD.format(f"{number}{place}") for place in range(3)]
            body = RSS.replace("</channel>", "".join(items) + "</channel>")
            if "new" in entries:
                body = body.replace("<item>", GOOD.format(entries) + "<item>", 1)
            site.pages["/new.xml"] = rss(body.encode())
        ran = inside("fetch")
        assert ran.code == code, (number, ran)
        assert ("neither title" in ran.err) == (code == 3)
        if code == 0 and entries:
            assert f", {plural(known, 'known problem')}\n" in ran.err
            assert "neither title nor text" in inside("-v fetch").err
            assert inside("-q fetch") == (0, "", "")
    (state,) = json.loads(inside("status --json").out)
    assert [one[:22] for one in state["problems"]] == ["neither title nor text"] * known


def test_an_entry_that_cannot_be_read_is_reported_and_is_no_failure_of_the_feed(
    papertrack, site
):
    feed = f"{site.url}/new.xml"
    site.pages["/new.xml"] = rss(
        RSS.replace("</channel>", "<item/></channel>").encode()
    )
    papertrack(["feed", "add", feed, "--name", "kettles"])
    ran = papertrack("fetch")
    assert ran == (
        3,
        "",
        f"{feed}: 1 new, 0 updated, 0 known, 1 problem\n"
        "  entry 2 (line 1): neither title nor text\n"
        f"papertrack: {feed}: 1 entry can't be read; the others are saved\n",
    )
    assert json.loads(papertrack("status --json").out)[0]["error"] is None
