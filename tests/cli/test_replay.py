"""Against the replay server: one paper of several sources, faults, rate limits, and a
second fetch.
"""

import gzip
import json
import re
import subprocess
import sys
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from itertools import pairwise
from pathlib import Path

import pytest

from tests.helpers.http_server import Server, header, response

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
    ) as reply:
        return set(re.findall(r"oai:arXiv\.org:([\d.]+)v1", reply.read().decode()))


def test_three_sources_are_one_library_in_every_order(replaying, in_every_order):
    replay = replaying()
    first, last = "2026-05-27", "2026-05-29"
    ids, new = listed(first, last), announced(replay)
    assert len(ids) > 100  # more ids than one request to arXiv has
    assert ids & new
    days = [f"hf:2026-05-{day}" for day in (27, 28, 29)]
    libraries = in_every_order(
        replay, days, [f"arxiv:{','.join(sorted(ids))}"], [f"arxiv:{CATEGORY}"]
    )
    papers = [json.loads(line) for line in libraries[0].splitlines()]
    sources = {paper["id"]: set(paper["sources"]) for paper in papers}
    assert len(papers) == len(sources)
    both = {"hf", "arxiv"}
    assert sources == {
        i: (both if i in ids else set()) | ({"arxiv-rss"} if i in new else set())
        for i in ids | new
    }
    assert len(libraries) == 6
    assert set(libraries) == {libraries[0]}


# ------------------------------------------------------------------ faults


FAULTS = {"429": 0.1, "503": 0.05, "reset": 0.02, "truncated": 0.02}


def test_all_papers_are_fetched_despite_faults_and_retry_after_is_respected(
    replaying, reader, run
):
    replay = replaying(
        *(
            word
            for kind, rate in FAULTS.items()
            for word in ("--fault", f"{kind}:{rate}")
        )
    )
    env = reader("faults", **replay.env)
    # The days before 2025-03-17 are requested one by one.
    first, last = "2024-10-15", "2024-11-30"
    fetched = run(env, "fetch", "hf", "--since", first, "--until", last)
    ids = listed(first, last)
    assert (fetched.returncode, fetched.stderr) == (
        0,
        f"hf: {len(ids)} new, 0 updated, 0 known\n",
    )
    assert set(run(env, "export", "--format", "ids").stdout.split()) == ids
    pauses = replay.pauses_after_refusals()
    assert len(pauses) > 3
    assert min(pauses) >= 1  # Retry-After: 1
    assert {request["fault"] for request in replay.log()} & {"reset", "truncated"}


HF = ("hf:2026-05-29", "/api/daily_papers?date=2026-05-29")
ARXIV = (f"arxiv:{CATEGORY}", f"/rss/{CATEGORY}")
BOUNDS = {
    # fault: PAPERTRACK_TIMEOUT, targets with their paths, the error, the most MB
    "hang": ("1", [HF], "no complete response within 1 s", 80),
    "slow": ("1", [HF], "no complete response within 1 s", 80),
    "gzipbomb": (
        "60",
        [HF, ARXIV],
        "the gzip data is made to fill the memory",
        120,  # two responses at once, each of 300 MB
    ),
    "html": ("60", [HF, ARXIV], "Sign in to this network", 80),
}


# The peak of a process includes that of its parent at the fork: a small parent.
MEASURE = """
import json, resource, subprocess, sys
done = subprocess.run(sys.argv[1:], stdin=subprocess.DEVNULL, capture_output=True, text=True)
peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
print(json.dumps([done.returncode, done.stderr, peak]))
"""


def measured(env, *args):
    """(exit code, stderr, peak MB) of a run."""
    command = [
        sys.executable,
        "-c",
        "from papertrack.__main__ import main; main()",
        *args,
    ]
    small = [sys.executable, "-S", "-E", "-c", MEASURE, *command]
    return json.loads(
        subprocess.run(
            small,
            env=env,
            cwd=env["HOME"],
            capture_output=True,
            check=True,
            timeout=120,
        ).stdout
    )


def test_a_fault_ends_in_an_error_with_the_url_within_bounded_memory(replaying, reader):
    servers = {fault: replaying("--fault", f"{fault}:1") for fault in BOUNDS}

    def fetched(fault):
        env = reader(fault, **servers[fault].env, PAPERTRACK_TIMEOUT=BOUNDS[fault][0])
        return measured(env, "fetch", *(target for target, _ in BOUNDS[fault][1]))

    with ThreadPoolExecutor(len(BOUNDS)) as pool:
        runs = list(pool.map(fetched, BOUNDS))
    for (fault, (_, targets, words, most_megabytes)), run in zip(
        BOUNDS.items(), runs, strict=True
    ):
        code, stderr, megabytes = run
        lines = stderr.splitlines()
        errors = [line for line in lines if line.startswith("papertrack: ")]
        assert (code, len(errors)) == (1, len(targets)), stderr
        for error, (_, path) in zip(errors, targets, strict=True):
            assert servers[fault].url + path in error
            assert words in error
        assert megabytes < most_megabytes, fault


# ----------------------------------------------------------- rate limits, and a second fetch


VALIDATORS = {"ETag": '"owl"', "Last-Modified": "Fri, 07 Nov 2025 10:00:00 GMT"}


FEED = (
    b'<rss version="2.0"><channel><title>Owls</title><item><title>Owls read on</title>'
    b"<link>https://owls.example/1</link></item></channel></rss>"
)


class Blog(Server):
    """A feed with validators; `seen` has (status, the request's validators, its user
    agent) of each request.
    """

    def __init__(self):
        super().__init__(self.next_response)
        self.url += "/blog.xml"
        self.seen = []

    def next_response(self, head):
        sent = (header(head, "If-None-Match"), header(head, "If-Modified-Since"))
        known = sent == tuple(VALIDATORS.values())
        self.seen.append((304 if known else 200, sent, header(head, "User-Agent")))
        headers = {name.replace("-", "_"): text for name, text in VALIDATORS.items()}
        if known:
            return response(b"", "304 Not Modified", **headers)
        return response(FEED, **headers)


@pytest.fixture
def blog():
    server = Blog()
    yield server
    server.close()


def papers_on_disk(env):
    paths = Path(env["PAPERTRACK_LIBRARY"]).glob("papers/*")
    return {
        path.name: (path.read_bytes(), path.stat().st_mtime_ns, path.stat().st_ino)
        for path in paths
    }


def test_processes_share_the_rate_limit_and_a_second_fetch_is_conditional(
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
    assert not any(request["conditional"] for request in first)
    again = run(env, "fetch", "--json", *apart[0], *apart[1])
    assert again.returncode == 0
    reports = json.loads(again.stdout)
    assert [(report["new"], report["updated"]) for report in reports] == [(0, 0)] * 5
    assert [report["known"] for report in reports] == [42, 45, len(ids), 60, 1]
    assert papers_on_disk(env) == before
    log = replay.log()
    assert sorted(request["path"] for request in log[len(first) :]) == sorted(
        request["path"] for request in first
    )
    assert all(request["conditional"] for request in log[len(first) :])
    agent = log[0]["agent"]
    assert re.fullmatch(r"papertrack/[\d.]+\S*", agent)
    assert blog.seen == [
        (200, (None, None), agent),
        (304, tuple(VALIDATORS.values()), agent),
    ]
    to_arxiv = [
        request["at"]
        for request in log
        if not request["path"].startswith("/api/daily_papers")
    ]
    assert len(to_arxiv) == 4
    assert min(later - earlier for earlier, later in pairwise(to_arxiv)) >= 3
