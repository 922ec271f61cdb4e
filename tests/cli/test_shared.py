"""The recorded responses of the real service, where ../shared is beside the project."""

import gzip
import json
import os
import re
import urllib.request
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.helpers import fork_server
from tests.helpers.http_server import Server, path_of, response

SHARED = Path(__file__).resolve().parents[3] / "shared"
LISTING = SHARED / "data" / "listing-2025-11-07.txt"
DAYS = SHARED / "data" / "hf-daily"
REPLAY = SHARED / "replay" / "replay.py"

pytestmark = pytest.mark.skipif(
    not REPLAY.exists(), reason=f"{SHARED} is missing: no recordings to compare with"
)


@pytest.fixture(scope="module")
def replay(replaying):
    """The replay server's URL."""
    return replaying().url


@pytest.fixture(scope="module")
def homes(tmp_path_factory, replay):
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
            "PAPERTRACK_STATE": str(folder / "state"),
            "HF_ENDPOINT": replay,
        }

    return make


class Ran(NamedTuple):
    """The output of a command that succeeded."""

    out: str
    err: str


def run(env, *args):
    code, out, err = fork_server.run(args, env, timeout=120)
    assert code == 0, err
    return Ran(out.decode(), err.decode())


def exported(env, *query):
    """The papers by id, without the time when they were added."""
    papers = [
        json.loads(line)
        for line in run(env, "export", "--format", "jsonl", *query).out.splitlines()
    ]
    return {
        paper["id"]: {name: value for name, value in paper.items() if name != "added"}
        for paper in papers
    }


def folded(text):
    return " ".join(text.split()) if isinstance(text, str) else text


# --------------------------------------------------------- the text of a listing page


@pytest.fixture(scope="module")
def listing(homes):
    env = homes("listing")
    assert (
        run(env, "fetch", str(LISTING)).err
        == f"{LISTING}: 72 new, 0 updated, 0 known\n"
    )
    return env


def test_the_listing_has_the_known_counts(listing):
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


def test_a_second_fetch_of_the_listing_writes_nothing(listing):
    root = Path(listing["PAPERTRACK_LIBRARY"])
    before = {path: path.stat().st_mtime_ns for path in root.glob("papers/*")}
    assert before
    assert (
        run(listing, "fetch", str(LISTING)).err
        == f"{LISTING}: 0 new, 0 updated, 72 known\n"
    )
    assert {path: path.stat().st_mtime_ns for path in root.glob("papers/*")} == before


# ------------------------------------------------------------------ the API


def recorded(day):
    return json.loads(gzip.decompress((DAYS / f"{day}.json.gz").read_bytes()))


def expected(row):
    """The facts of the recording, by the names of fields."""
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


def test_every_field_of_a_day_is_the_recorded_one(homes):
    env = homes("day")
    run(env, "fetch", "hf:2025-11-07")
    found = exported(env)
    rows = recorded("2025-11-07")
    assert len(found) == len(rows)
    for row in rows:
        wanted = expected(row)
        got = found[row["paper"]["id"]]
        assert {name: got[name] for name in wanted} == wanted


SINCE, UNTIL = "2025-02-24", "2025-06-20"
SPAN = ("fetch", "hf", "--since", SINCE, "--until", UNTIL)


def distinct():
    """The ids that were listed in the span; tests/soak has all 20 months."""
    days = (path.name[:10] for path in DAYS.glob("*.json.gz"))
    return {
        row["paper"]["id"]
        for day in days
        if SINCE <= day <= UNTIL
        for row in recorded(day)
    }


@pytest.fixture(scope="module")
def months(homes):
    """A library of four months, to which the text listing is added."""
    env = homes("months")
    ran = run(env, *SPAN)
    return (
        env,
        ran.err,
        exported(env),
        run(env, "fetch", str(LISTING)).err,
        exported(env),
    )


def test_each_paper_of_four_months_is_stored_once(months):
    _, report, papers, _, _ = months
    ids = distinct()
    assert len(ids) > 1000
    assert report == f"hf: {len(ids)} new, 0 updated, 0 known\n"
    assert papers.keys() == ids


def words(text):
    return re.findall(r"\w+", text.casefold())


def test_papers_in_both_the_listing_and_the_api_are_joined(months):
    """By their titles, and by their abstracts too, 6 papers of the listing are in
    the recordings.
    """
    _, _, before, report, after = months
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
    assert len(wanted) == 6
    both = {paper["id"] for paper in after.values() if {"hf"} < set(paper["sources"])}
    assert both == wanted
    assert len(after) == len(before) + 72 - len(wanted)
    assert (
        report == f"{LISTING}: {72 - len(wanted)} new, {len(wanted)} updated, 0 known\n"
    )


def test_the_order_of_the_two_makes_no_difference(months, homes, listing):
    env = homes("other-order")
    run(env, "fetch", str(LISTING))
    run(env, *SPAN)
    found, wanted = exported(env), months[4]
    assert found.keys() == wanted.keys()
    assert [
        (found[name], wanted[name]) for name in wanted if found[name] != wanted[name]
    ] == []


# ------------------------------------------------------------------ the pages


class WithoutApi(Server):
    """The pages of the replay server; a request to its API is a 404."""

    def __init__(self, replay):
        super().__init__(lambda head: self.reply)  # several at a time
        self.replay = replay

    def reply(self, connection, head):
        path = path_of(head)
        if path.startswith("/api/"):
            connection.sendall(response(b'{"error":"missing"}', "404 Not Found"))
            return
        with urllib.request.urlopen(self.replay + path, timeout=20) as page:
            kind = page.headers["Content-Type"]
            connection.sendall(response(page.read(), Content_Type=kind))


@pytest.mark.parametrize(
    "span", [("hf:2025-W45",), ("hf", "--since", "2025-02-03", "--until", "2025-02-07")]
)
def test_the_pages_give_the_same_papers_as_the_api(span, homes, replay):
    api = homes("api")
    run(api, "fetch", *span)
    server = WithoutApi(replay)
    pages = {**homes("pages"), "HF_ENDPOINT": server.url}
    run(pages, "fetch", *span)
    server.close()
    assert exported(api)
    assert exported(pages) == exported(api)


def test_a_saved_page_gives_the_same_papers_as_the_api(homes, replay, tmp_path):
    path = tmp_path / "saved.html"
    with urllib.request.urlopen(
        f"{replay}/papers/date/2025-11-06", timeout=20
    ) as reply:
        path.write_bytes(reply.read())
    api, saved = homes("api"), homes("saved")
    run(api, "fetch", "hf:2025-11-06")
    run(saved, "fetch", str(path))
    assert exported(saved) == exported(api)


def test_the_recorded_page_is_read(homes):
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
        env = homes("recorded-page")
        saved = Path(env["HOME"]) / "page-2024-08-01.html"
        saved.write_bytes(body)
        assert re.fullmatch(
            r".*: [1-9]\d* new, 0 updated, 0 known\n",
            run(env, "fetch", str(saved)).err,
        )
        assert {paper["listed"] for paper in exported(env).values()} == {"2024-08-01"}


def test_all_papers_are_fetched_from_a_server_with_faults(homes, replaying):
    """The first request of each URL is cut off, and a fifth of the others."""
    env = {
        **homes("faults"),
        **replaying("--fault", "reset:first", "--fault", "truncated:0.2").env,
    }
    run(env, "fetch", "hf:2025-W45")
    week = [f"2025-11-{day:02}" for day in range(3, 8)]
    assert exported(env).keys() == {
        row["paper"]["id"] for day in week for row in recorded(day)
    }
