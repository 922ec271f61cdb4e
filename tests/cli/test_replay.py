"""Issue 3's points against the replay server: one paper of many sources, faults, the
pace, a second fetch.
"""

import gzip
import json
import re
import subprocess
import sys
import threading
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

DAYS = Path(__file__).resolve().parents[3] / "shared" / "data" / "hf-daily"
CATEGORY = "cs.CL"


def listed(first, last):
    """The ids that were listed from `first` to `last`."""
    days = [
        path
        for path in sorted(DAYS.glob("*.json.gz"))
        if first <= path.name[:10] <= last
    ]
    return {
        row["paper"]["id"]
        for path in days
        for row in json.loads(gzip.decompress(path.read_bytes()))
    }


def announced(replay):
    """The ids that the feed of a category announces."""
    with urllib.request.urlopen(
        f"{replay.url}/rss/{CATEGORY}?fault=none", timeout=20
    ) as answer:
        return set(re.findall(r"oai:arXiv\.org:([\d.]+)v1", answer.read().decode()))


def test_three_sources_are_one_library_in_every_order(replaying, in_every_order):
    replay = replaying()
    first, last = "2026-05-27", "2026-05-29"
    ids, new = listed(first, last), announced(replay)
    assert len(ids) > 100  # more than a question to arXiv takes
    assert ids & new
    days = [f"hf:2026-05-{day}" for day in (27, 28, 29)]
    libraries = in_every_order(
        replay, days, [f"arxiv:{','.join(sorted(ids))}"], [f"arxiv:{CATEGORY}"]
    )
    papers = [json.loads(line) for line in libraries[0].splitlines()]
    told = {paper["id"]: set(paper["sources"]) for paper in papers}
    assert len(papers) == len(told)
    both = {"hf", "arxiv"}
    assert told == {
        i: (both if i in ids else set()) | ({"arxiv-rss"} if i in new else set())
        for i in ids | new
    }
    assert len(libraries) == 6
    assert set(libraries) == {libraries[0]}


# ------------------------------------------------------------------ faults


FAULTS = {"429": 0.1, "503": 0.05, "reset": 0.02, "truncated": 0.02}


def test_with_faults_all_comes_and_the_pauses_are_kept(replaying, reader, run):
    replay = replaying(
        *(
            word
            for kind, rate in FAULTS.items()
            for word in ("--fault", f"{kind}:{rate}")
        )
    )
    env = reader("faults", **replay.env)
    first, last = (
        "2024-10-15",
        "2024-11-30",
    )  # the days before 2025-03-17 are asked for one by one
    fetched = run(env, "fetch", "hf", "--since", first, "--until", last)
    ids = listed(first, last)
    assert (fetched.returncode, fetched.stderr) == (
        0,
        f"hf: {len(ids)} new, 0 updated, 0 known\n",
    )
    assert set(run(env, "export", "--format", "ids").stdout.split()) == ids
    put_off = replay.put_off()
    assert len(put_off) > 3
    assert min(put_off) >= 1  # Retry-After says so
    assert {asked["fault"] for asked in replay.log()} & {"reset", "truncated"}


HF = ("hf:2026-05-29", "/api/daily_papers?date=2026-05-29")
ARXIV = (f"arxiv:{CATEGORY}", f"/rss/{CATEGORY}")
BOUNDS = {
    # fault: seconds a request may take, targets with their paths, the error, the most
    # seconds and MB of the run
    "hang": ("1", [HF], "no complete response within 1 s", 20, 80),
    "slow": ("1", [HF], "no complete response within 1 s", 20, 80),
    "gzipbomb": (
        "60",
        [HF, ARXIV],
        "the gzip data is made to fill the memory",
        60,
        100,
    ),
    "html": ("60", [HF, ARXIV], "Sign in to this network", 20, 80),
}


# A process's peak counts that of the one it was forked from: it is forked from a small
# one.
MEASURE = """
import json, resource, subprocess, sys, time
began = time.monotonic()
done = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, capture_output=True, text=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(json.dumps([done.returncode, done.stderr, time.monotonic() - began, peak]))
"""


def measured(env, *args):
    """(exit code, stderr, seconds, peak MB) of a run."""
    command = [
        sys.executable,
        "-c",
        "from papertrack.__main__ import main; main()",
        *args,
    ]
    small = [sys.executable, "-S", "-E", "-c", MEASURE, *command]
    return json.loads(
        subprocess.run(
            small, env=env, cwd=env["HOME"], capture_output=True, check=True
        ).stdout
    )


def test_faults_take_bounded_time_and_memory_and_name_the_url(replaying, reader):
    servers = {fault: replaying("--fault", f"{fault}:1") for fault in BOUNDS}

    def fetched(fault):
        env = reader(fault, **servers[fault].env, PAPERTRACK_TIMEOUT=BOUNDS[fault][0])
        return measured(env, "fetch", *(target for target, _ in BOUNDS[fault][1]))

    with ThreadPoolExecutor(len(BOUNDS)) as pool:
        runs = list(pool.map(fetched, BOUNDS))
    for (fault, (_, targets, words, most_seconds, most_megabytes)), run in zip(
        BOUNDS.items(), runs, strict=True
    ):
        code, told, seconds, megabytes = run
        errors = [line for line in told.splitlines() if line.startswith("papertrack: ")]
        assert (code, len(errors)) == (1, len(targets)), told
        for error, (_, path) in zip(errors, targets, strict=True):
            assert servers[fault].url + path in error
            assert words in error
        assert (seconds < most_seconds, megabytes < most_megabytes) == (True, True), (
            fault,
            seconds,
            megabytes,
        )


# ----------------------------------------------------------- the pace, and reading again


VALIDATORS = {"ETag": '"owl"', "Last-Modified": "Fri, 07 Nov 2025 10:00:00 GMT"}


class Blog(ThreadingHTTPServer):
    """A feed with an ETag and a Last-Modified; notes the status of each answer and what
    was asked with it.
    """

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Post)
        self.url = f"http://127.0.0.1:{self.server_port}/blog.xml"
        self.seen = []


class Post(BaseHTTPRequestHandler):
    server: Any
    body = (
        b'<rss version="2.0"><channel><title>Owls</title><item><title>Owls read on</title>'
        b"<link>https://owls.example/1</link></item></channel></rss>"
    )

    def do_GET(self):
        asked = (self.headers["If-None-Match"], self.headers["If-Modified-Since"])
        status = 304 if asked == tuple(VALIDATORS.values()) else 200
        self.server.seen.append((status, asked, self.headers["User-Agent"]))
        self.send_response(status)
        for name, value in VALIDATORS.items():
            self.send_header(name, value)
        self.end_headers()
        if status == 200:
            self.wfile.write(self.body)

    def log_message(self, *args):
        pass


@pytest.fixture
def blog():
    server = Blog()
    threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
    yield server
    server.shutdown()
    server.server_close()


def papers_on_disk(env):
    paths = Path(env["PAPERTRACK_LIBRARY"]).glob("papers/*")
    return {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
        for path in paths
    }


def test_processes_share_arxivs_pace_and_what_is_known_is_asked_for_conditionally(
    replaying, reader, run, blog
):
    replay = replaying()
    env = reader("ann", **replay.env)
    ids = sorted(listed("2026-05-28", "2026-05-29"))
    apart = [
        ["hf:2026-05-28", "hf:2026-05-29", f"arxiv:{','.join(ids)}"],
        [f"arxiv:{CATEGORY}", blog.url],
    ]
    with ThreadPoolExecutor(2) as pool:
        for fetched in pool.map(lambda targets: run(env, "fetch", *targets), apart):
            assert fetched.returncode == 0, fetched.stderr
    first, before = replay.log(), papers_on_disk(env)
    assert not any(asked["conditional"] for asked in first)
    again = run(env, "fetch", "--json", *apart[0], *apart[1])
    assert again.returncode == 0
    reports = json.loads(again.stdout)
    assert [(report["new"], report["updated"]) for report in reports] == [(0, 0)] * 5
    assert [report["known"] for report in reports] == [42, 45, len(ids), 60, 1]
    assert papers_on_disk(env) == before
    log = replay.log()
    assert sorted(asked["path"] for asked in log[len(first) :]) == sorted(
        asked["path"] for asked in first
    )
    assert all(asked["conditional"] for asked in log[len(first) :])
    agent = log[0]["agent"]
    assert re.fullmatch(r"papertrack/[\d.]+\S*", agent)
    assert blog.seen == [
        (200, (None, None), agent),
        (304, tuple(VALIDATORS.values()), agent),
    ]
    to_arxiv = [
        asked["at"]
        for asked in log
        if not asked["path"].startswith("/api/daily_papers")
    ]
    assert len(to_arxiv) == 4
    assert min(later - earlier for earlier, later in pairwise(to_arxiv)) >= 3
