"""The recorded answers of the real service, where they lie beside the project: issue
2's points 2 and 3.
"""

import gzip
import json
import os
import re
import subprocess
import sys
import threading
import urllib.request
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

SHARED = Path(__file__).resolve().parents[3] / "shared"
LISTING = SHARED / "data" / "listing-2025-11-07.txt"
DAYS = SHARED / "data" / "hf-daily"
REPLAY = SHARED / "replay" / "replay.py"

pytestmark = pytest.mark.skipif(
    not REPLAY.exists(), reason=f"{SHARED} is not there: no recordings to compare with"
)


@pytest.fixture(scope="module")
def replay(replaying):
    """The replay server's URL."""
    return replaying().url


@pytest.fixture(scope="module")
def desks(tmp_path_factory, replay):
    """Makes homes that outlive a test, with the replay server as Hugging Face."""

    def make(name):
        folder = tmp_path_factory.mktemp(name)
        root = Path(__file__).resolve().parents[2]
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(folder),
            "LANG": "C.UTF-8",
            "TZ": "UTC",
            "PYTHONPATH": str(root),
            "PAPERTRACK_LIBRARY": str(folder / "library"),
            "PAPERTRACK_CACHE": str(folder / "cache"),
            "HF_ENDPOINT": replay,
        }

    return make


def run(env, *args):
    done = subprocess.run(
        [sys.executable, "-c", "from papertrack.__main__ import main; main()", *args],
        env=env,
        cwd=env["HOME"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done


def exported(env, *query):
    """The papers by id, without the moment that they were taken in."""
    papers = [
        json.loads(line)
        for line in run(env, "export", "--format", "jsonl", *query).stdout.splitlines()
    ]
    return {
        paper["id"]: {name: value for name, value in paper.items() if name != "added"}
        for paper in papers
    }


def folded(text):
    return " ".join(text.split()) if isinstance(text, str) else text


# --------------------------------------------------------- 2: the text of a listing page


@pytest.fixture(scope="module")
def listing(desks):
    env = desks("listing")
    assert (
        run(env, "fetch", str(LISTING)).stderr
        == f"{LISTING}: 72 new, 0 updated, 0 known\n"
    )
    return env


def test_the_listings_figures(listing):
    papers = list(exported(listing).values())
    assert len(papers) == 72
    dated = [paper["published"] for paper in papers if paper["published"]]
    assert len(dated) == 70
    # A page spells every year but its own.
    spelt = re.findall(
        r"[A-Z][a-z]{2} \d{1,2}, (20\d\d)(?: \d+)?$",
        LISTING.read_text(encoding="utf-8"),
        re.M,
    )
    assert sum(day.startswith("2025") for day in dated) >= 22
    assert sum(day.startswith("2025") for day in dated) - spelt.count("2025") == 22
    assert sorted(day[:4] for day in dated if day[:4] != "2025") == sorted(
        year for year in spelt if year != "2025"
    )
    counts = [
        paper["author_count"] for paper in papers if paper["author_count"] is not None
    ]
    assert (len(counts), sum(counts)) == (69, 510)
    (netflix,) = [paper for paper in papers if paper["organization"]]
    assert (netflix["organization"], netflix["author_count"]) == ("Netflix", None)
    comments = [paper["comments"] for paper in papers if paper["comments"]]
    assert (len(comments), sum(comments)) == (16, 44)
    assert {paper["listed"] for paper in papers} == {"2025-11-07"}


def test_the_listing_again(listing):
    root = Path(listing["PAPERTRACK_LIBRARY"])
    before = {path: path.stat().st_mtime_ns for path in root.glob("papers/*")}
    assert before
    assert (
        run(listing, "fetch", str(LISTING)).stderr
        == f"{LISTING}: 0 new, 0 updated, 72 known\n"
    )
    assert {path: path.stat().st_mtime_ns for path in root.glob("papers/*")} == before


# ------------------------------------------------------------------ 3: the API


def recorded(day):
    return json.loads(gzip.decompress((DAYS / f"{day}.json.gz").read_bytes()))


def expected(row):
    """What the recording says, by the contract's names."""
    paper = row["paper"]
    organization = paper.get("organization") or row.get("organization") or {}
    return {
        "id": paper["id"],
        "title": folded(paper["title"]),
        "abstract": folded(paper.get("summary")),
        "summary": folded(paper.get("ai_summary")),
        "authors": [folded(author["name"]) for author in paper["authors"]],
        "author_count": len(paper["authors"]),
        "organization": folded(
            organization.get("fullname") or organization.get("name")
        ),
        "published": paper["publishedAt"][:10],
        "listed": (paper.get("submittedOnDailyAt") or "")[:10] or None,
        "upvotes": paper.get("upvotes"),
        "comments": row["numComments"],
        "github": paper.get("githubRepo"),
        "stars": paper.get("githubStars"),
        "project": paper.get("projectPage"),
        "keywords": [folded(word) for word in paper.get("ai_keywords") or []],
        "sources": ["hf"],
    }


def test_a_day_field_by_field(desks):
    env = desks("day")
    run(env, "fetch", "hf:2025-11-07")
    found = exported(env)
    rows = recorded("2025-11-07")
    assert len(found) == len(rows)
    for row in rows:
        wanted = expected(row)
        got = found[row["paper"]["id"]]
        assert {name: got[name] for name in wanted} == wanted


def distinct():
    return {
        row["paper"]["id"]
        for path in DAYS.glob("*.json.gz")
        for row in recorded(path.name[:10])
    }


SPAN = ("fetch", "hf", "--since", "2024-10-01", "--until", "2026-05-29")


@pytest.fixture(scope="module")
def months(desks):
    """The 20 months, then the text listing on top."""
    env = desks("months")
    ran = run(env, *SPAN)
    return (
        env,
        ran.stderr,
        exported(env),
        run(env, "fetch", str(LISTING)).stderr,
        exported(env),
    )


def test_twenty_months_once(months):
    _, told, papers, _, _ = months
    ids = distinct()
    assert len(ids) == 7321
    assert told == "hf: 7321 new, 0 updated, 0 known\n"
    assert papers.keys() == ids


def words(text):
    return re.findall(r"\w+", text.casefold())


def test_the_listing_joins_what_both_hold(months):
    """Issue 2 says 8 papers; by their titles, and by their abstracts too, the
    recordings hold 6 of the listing's.
    """
    _, _, before, told, after = months
    paragraphs = {
        tuple(words(line))
        for line in LISTING.read_text(encoding="utf-8").splitlines()
        if line.strip()
    }
    wanted = {
        paper["id"]
        for paper in before.values()
        if tuple(words(paper["title"])) in paragraphs
    }
    assert wanted == {
        paper["id"]
        for paper in before.values()
        if tuple(words(paper["abstract"])) in paragraphs
    }
    both = {paper["id"] for paper in after.values() if {"hf"} < set(paper["sources"])}
    assert both == wanted
    assert len(after) == 7321 + 72 - len(wanted)
    assert (
        told == f"{LISTING}: {72 - len(wanted)} new, {len(wanted)} updated, 0 known\n"
    )


def test_in_the_other_order_it_is_the_same(months, desks, listing):
    env = desks("other-order")
    run(env, "fetch", str(LISTING))
    run(env, *SPAN)
    found, wanted = exported(env), months[4]
    assert found.keys() == wanted.keys()
    assert [
        (found[name], wanted[name]) for name in wanted if found[name] != wanted[name]
    ] == []


# ------------------------------------------------------------------ 3: the pages


class NoApi(BaseHTTPRequestHandler):
    """The replay server with an API that refuses: every question to it is a 404."""

    protocol_version = "HTTP/1.1"
    behind = ""

    def do_GET(self):
        if self.path.startswith("/api/"):
            status, body, kind = 404, b'{"error":"gone"}', "application/json"
        else:
            with urllib.request.urlopen(self.behind + self.path, timeout=20) as answer:
                status, body, kind = (
                    answer.status,
                    answer.read(),
                    answer.headers["Content-Type"],
                )
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.mark.parametrize(
    "span", [("hf:2025-W45",), ("hf", "--since", "2025-02-03", "--until", "2025-02-07")]
)
def test_the_pages_give_what_the_api_gives(span, desks, replay):
    api = desks("api")
    run(api, "fetch", *span)
    server = ThreadingHTTPServer(
        ("127.0.0.1", 0), type("Proxy", (NoApi,), {"behind": replay})
    )
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    try:
        pages = {
            **desks("pages"),
            "HF_ENDPOINT": f"http://127.0.0.1:{server.server_port}",
        }
        run(pages, "fetch", *span)
    finally:
        server.shutdown()
        server.server_close()
    assert exported(api)
    assert exported(pages) == exported(api)


def test_a_saved_page_gives_what_the_api_gives(desks, replay, tmp_path):
    path = tmp_path / "saved.html"
    with urllib.request.urlopen(
        f"{replay}/papers/date/2025-11-06", timeout=20
    ) as answer:
        path.write_bytes(answer.read())
    api, saved = desks("api"), desks("saved")
    run(api, "fetch", "hf:2025-11-06")
    run(saved, "fetch", str(path))
    assert exported(saved) == exported(api)


def test_the_recorded_page(desks):
    pages = [
        path for path in (SHARED / "data" / "hf-html").iterdir() if "html" in path.name
    ]
    assert pages
    for path in pages:
        body = (
            gzip.decompress(path.read_bytes())
            if path.suffix == ".gz"
            else path.read_bytes()
        )
        env = desks("recorded-page")
        saved = Path(env["HOME"]) / "page-2024-08-01.html"
        saved.write_bytes(body)
        assert re.fullmatch(
            r".*: [1-9]\d* new, 0 updated, 0 known\n",
            run(env, "fetch", str(saved)).stderr,
        )
        assert {paper["listed"] for paper in exported(env).values()} == {"2024-08-01"}


def test_a_server_with_faults(desks, replaying):
    """Every URL's first request meets a cut, and a fifth of the others too: all papers
    come nonetheless.
    """
    env = {
        **desks("faults"),
        **replaying("--fault", "reset:first", "--fault", "truncated:0.2").env,
    }
    run(env, "fetch", "hf:2025-W45")
    week = [f"2025-11-{day:02}" for day in range(3, 8)]
    assert exported(env).keys() == {
        row["paper"]["id"] for day in week for row in recorded(day)
    }
