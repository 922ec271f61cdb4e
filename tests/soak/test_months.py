"""Slow tests against the replay server of ../shared: 20 months in every order, and
arXiv with faults.

    pytest -o addopts= tests/soak

arXiv's rate limit applies here too: 7,321 ids are 74 requests, 3 seconds apart.
"""

from __future__ import annotations

import gzip
import json
import re
import urllib.request
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path
from typing import Any

DAYS = Path(__file__).resolve().parents[3] / "shared" / "data" / "hf-daily"
MONTHS = [f"hf:{2024 + number // 12}-{number % 12 + 1:02}" for number in range(9, 29)]


def listed() -> list[str]:
    """The ids that were listed in 20 months, each once, in the order of the days."""
    bodies = (
        json.loads(gzip.decompress(path.read_bytes()))
        for path in sorted(DAYS.glob("*.json.gz"))
    )
    return list(dict.fromkeys(row["paper"]["id"] for body in bodies for row in body))


def test_twenty_months_of_three_sources_are_one_library_in_every_order(
    replaying: Callable[..., Any], in_every_order: Callable[..., list[str]]
) -> None:
    replay = replaying("--today", "2026-05-29")
    ids = listed()
    assert len(ids) == 7321
    with urllib.request.urlopen(f"{replay.url}/rss/cs.CL", timeout=20) as answer:
        new = set(re.findall(r"oai:arXiv\.org:([\d.]+)v1", answer.read().decode()))
    libraries = in_every_order(
        replay, MONTHS, [f"arxiv:{','.join(ids)}"], ["arxiv:cs.CL"]
    )
    papers = [json.loads(line) for line in libraries[0].splitlines()]
    assert len(papers) == len(ids)
    assert {paper["id"]: sorted(paper["sources"]) for paper in papers} == {
        one: ["arxiv", "arxiv-rss", "hf"] if one in new else ["arxiv", "hf"]
        for one in ids
    }
    assert len(libraries) == 6
    assert set(libraries) == {libraries[0]}


def test_all_papers_of_arxiv_are_fetched_despite_faults_at_its_rate_limit(
    replaying: Callable[..., Any],
    reader: Callable[..., dict[str, str]],
    run: Callable[..., Any],
) -> None:
    faults: Sequence[str] = ("429:0.1", "503:0.05", "reset:0.02", "truncated:0.02")
    replay = replaying(*(word for fault in faults for word in ("--fault", fault)))
    env = reader("ann", **replay.env)
    ids = listed()[:2000]
    harvest = ["arxiv-oai:cs", "--since", "2024-10-01", "--until", "2024-11-30"]
    for targets in ([f"arxiv:{','.join(ids)}"], harvest):
        fetched = run(env, "fetch", *targets)
        assert fetched.returncode == 0, fetched.stderr
    assert set(ids) <= set(run(env, "export", "--format", "ids").stdout.split())
    assert min(replay.pauses_after_refusals()) >= 1
    times = [request["at"] for request in replay.log()]
    assert len(times) > 20
    assert min(later - earlier for earlier, later in pairwise(times)) >= 3


def test_a_slow_service_is_read(
    replaying: Callable[..., Any],
    reader: Callable[..., dict[str, str]],
    run: Callable[..., Any],
) -> None:
    replay = replaying("--fault", "slow:first")
    fetched = run(reader("ann", **replay.env), "fetch", "hf:2026-05-29")
    assert (fetched.returncode, fetched.stderr) == (
        0,
        "hf:2026-05-29: 45 new, 0 updated, 0 known\n",
    )
