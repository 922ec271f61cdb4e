"""Following sources: feed add, list, remove; a bare fetch; status."""

import json
import re
from pathlib import Path

import pytest

from tests.helpers.http_server import PageServer, response

RSS = (
    '<?xml version="1.0"?><rss version="2.0"><channel><title>Owls</title><link>https://owls.example/</link>'
    "<item><title>Owls that read</title><link>https://owls.example/1</link><guid>https://owls.example/1</guid>"
    "<pubDate>Fri, 07 Nov 2025 09:00:00 GMT</pubDate><description>They "
    "do.</description></item></channel></rss>"
)
MOMENT = r"20\d\d-\d\d-\d\dT\d\d:\d\d:\d\dZ"


def rss_response(body: str) -> bytes:
    return response(body.encode(), Content_Type="application/rss+xml")


@pytest.fixture
def site():
    """A server with a feed of one paper."""
    server = PageServer({"/feed.xml": rss_response(RSS)})
    yield server
    server.close()


@pytest.fixture
def feed(site):
    """The URL of a feed of one paper."""
    return f"{site.url}/feed.xml"


def test_a_bare_fetch_reads_what_is_followed(papertrack, feed):
    ran = papertrack(["feed", "add", feed, "--name", "owls"])
    hint = "still following hf; papertrack feed remove unfollows"
    assert ran == (0, "", f"following {feed} as owls\n{hint}\n")
    assert papertrack("feed add arxiv:hep-th").err == "following arxiv:hep-th\n"
    assert papertrack("feed list") == (
        0,
        f"hf\thf\t\nowls\t{feed}\t\narxiv:hep-th\tarxiv:hep-th\t\n",
        "3 followed\n",
    )
    papertrack("feed remove hf arxiv:hep-th")
    assert papertrack("fetch").err == f"{feed}: 1 new, 0 updated, 0 known\n"
    paper = json.loads(papertrack("list --json").out)[0]
    assert (paper["title"], paper["sources"]) == ("Owls that read", ["feed:owls"])
    assert re.fullmatch(
        rf"owls\t{re.escape(feed)}\t{MOMENT}\n", papertrack("feed list").out
    )


@pytest.mark.usefixtures("without_daily_papers")
def test_adding_again_renames_or_changes_nothing(papertrack, feed):
    papertrack(["feed", "add", feed, "--name", "owls"])
    assert (
        papertrack(["feed", "add", feed, "--name", "owls"]).err
        == "already followed: 1\n"
    )
    assert (
        papertrack(["feed", "add", feed, "--name", "birds"]).err
        == f"following {feed} as birds\n"
    )
    assert papertrack("feed list").out == f"birds\t{feed}\t\n"
    taken = papertrack("feed add arxiv:cs.CL --name birds")
    assert (taken.code, taken.err) == (
        2,
        f"papertrack: birds is the name of {feed} already; choose another --name\n",
    )


def test_removing_by_name_number_or_target(papertrack):
    for target in ("hf", "arxiv:cs.CL", "https://owls.example/feed.xml"):
        papertrack(["feed", "add", target, "--name", target[:2]])
    ran = papertrack("feed remove 1 ar https://owls.example/feed.xml")
    assert ran.err == (
        "unfollowed hf, arxiv:cs.CL, https://owls.example/feed.xml "
        "(undo: papertrack undo)\n"
    )
    assert papertrack("feed list") == (
        0,
        "",
        "nothing is followed; papertrack feed add hf follows the Daily Papers\n",
    )
    unknown = papertrack("feed remove owls")
    assert (unknown.code, unknown.err) == (5, "papertrack: unknown feed owls\n")


@pytest.mark.parametrize(
    "target",
    ["sample", "-", "library.bib", "nonsense", "arxiv:owl/1", "hf:2025-02-30", ""],
)
def test_invalid_feeds_are_refused(target, papertrack, home):
    ran = papertrack(["feed", "add", target])
    assert ran.code == 2
    assert ran.err.startswith("papertrack: ")
    assert not Path(home["PAPERTRACK_LIBRARY"]).exists()


@pytest.mark.usefixtures("without_daily_papers")
def test_a_failing_feed_does_not_stop_the_others(papertrack, feed, site):
    dead = f"{site.url}/gone.xml"
    papertrack(["feed", "add", dead, "--name", "missing"])
    papertrack(["feed", "add", feed, "--name", "owls"])
    ran = papertrack("fetch")
    assert ran.code == 3
    error = f"{dead}: Not Found (HTTP 404); check the address or the id"
    assert ran.err.splitlines() == [
        f"{dead}: 0 new, 0 updated, 0 known, 1 failed",
        f"{feed}: 1 new, 0 updated, 0 known",
        f"papertrack: {error}",
    ]
    first, second = json.loads(papertrack("status --json").out)
    assert (first["name"], first["read"], first["error"], first["due"]) == (
        "missing",
        None,
        error,
        "never read whole",
    )
    assert (second["name"], second["new"], second["error"], second["due"]) == (
        "owls",
        1,
        None,
        None,
    )
    since = first["since"]
    papertrack("fetch")
    assert (
        json.loads(papertrack("status --json").out)[0]["since"] == since
    )  # the first failure, not the last
    site.pages["/gone.xml"] = rss_response(RSS)
    assert papertrack("fetch").code == 0
    assert [one["error"] for one in json.loads(papertrack("status --json").out)] == [
        None,
        None,
    ]


def test_a_truncated_feed_is_saved_but_not_counted_as_read(papertrack, site):
    body = RSS.replace("</channel></rss>", "<item><title>Half a pa")
    site.pages["/cut.xml"] = rss_response(body)
    url = f"{site.url}/cut.xml"
    ran = papertrack(["fetch", url])
    assert ran.code == 3
    assert (
        ran.err.splitlines()[0]
        == f"{url}: 1 new, 0 updated, 0 known, 1 problem, 1 failed"
    )
    assert (
        ran.err.splitlines()[-1]
        == f"papertrack: {url}: the response was cut off; what it had is saved, fetch it again"
    )
    standing = json.loads(papertrack("status --all --json").out)[1]
    assert (standing["target"], standing["read"], standing["due"]) == (
        url,
        None,
        "never read whole",
    )


def test_status_without_feeds(papertrack):
    ran = papertrack("status")
    assert ran.out == "hf\thf\t\t\t\t\t\tnot read yet\t\t\n"
    assert ran.err.startswith("0 papers in ")


@pytest.mark.usefixtures("without_daily_papers")
def test_status_on_a_pipe(papertrack, feed):
    papertrack(["feed", "add", feed, "--name", "owls"])
    papertrack("fetch")
    row = rf"owls\t{re.escape(feed)}\t{MOMENT}\t1\t0\t0\t\t\t\t\n"
    assert re.fullmatch(row, papertrack("status").out)
    assert papertrack("status -q").err == ""


@pytest.mark.usefixtures("without_daily_papers")
@pytest.mark.parametrize("columns", [60, 80, 120])
def test_screens(columns, papertrack, terminal, site, golden, width):
    feed, dead = f"{site.url}/feed.xml", f"{site.url}/gone.xml"
    papertrack(["feed", "add", feed, "--name", "owls"])
    papertrack(["feed", "add", dead, "--name", "日本語 feed"])
    papertrack("fetch")
    papertrack("feed add hf")
    screens = [terminal("status", columns), terminal("feed list", columns)]
    text = "".join(screen.text for screen in screens)
    assert all(width(line) <= columns for line in text.splitlines())
    port = f":{site.port}"
    text = re.sub(r"(?s)papers? in\s.*?library", "paper in LIBRARY", text).replace(
        port, ":" + "0" * (len(port) - 1)
    )
    golden(f"follow.{columns}", text)


OPML = """\
<?xml version="1.0" encoding="UTF-8"?>
<opml version="2.0">
  <head>
    <title>papertrack</title>
  </head>
  <body>
    <outline type="rss" text="&amp;&quot;s&quot;" title="&amp;&quot;s&quot;" xmlUrl="https://o.example/?a&amp;b" />
    <outline type="rss" text="arxiv:cs.CL,hep-th" title="arxiv:cs.CL,hep-th" xmlUrl="{ARXIV}/cs.CL+hep-th" />
  </body>
</opml>
"""  # noqa: E501
OPML = OPML.replace("{ARXIV}", "https://rss.arxiv.org/rss")


def test_feeds_are_exported_as_opml(papertrack, home):
    papertrack(["feed", "add", "https://o.example/?a&b", "--name", '&"s"'])
    papertrack("feed add hf")
    papertrack("feed add arxiv:cs.CL,hep-th")
    ran = papertrack("export --format opml")
    assert ran == (0, OPML, "2 feeds\nleft out, not a feed on the web: hf\n")
    assert papertrack("export -o feeds.opml -q").code == 0
    assert (Path(home["HOME"]) / "feeds.opml").read_text() == OPML
    assert papertrack("export title:owls --format opml").code == 2
    assert "opml is the feeds that you follow" in papertrack("list --format opml").err


@pytest.mark.usefixtures("without_daily_papers")
def test_a_search_of_arxiv_is_not_a_feed(papertrack):
    papertrack("feed add arxiv:diffusion")
    ran = papertrack("export --format opml")
    assert "<outline" not in ran.out
    assert ran.err == "0 feeds\nleft out, not a feed on the web: arxiv:diffusion\n"
