"""What sources declare: their names, targets, endpoints and rate limits."""

from __future__ import annotations

from typing import Any

import pytest

from papertrack.core.environment import Environment
from papertrack.sources.registry import REGISTRY, endpoints, find, rate_limit


@pytest.mark.parametrize("source", REGISTRY, ids=lambda source: source.name)
def test_a_source_matches_the_examples_of_its_targets(source: Any) -> None:
    for target in source.targets:
        if " of a " not in target.example:
            assert find(target.example.replace("'", "")) is source


def test_endpoints_are_read_from_the_variables_that_sources_declare() -> None:
    environment = {
        "HF_ENDPOINT": "http://127.0.0.1:1/",
        "PAPERTRACK_ARXIV_ENDPOINT": "",
    }
    assert endpoints(Environment(environment)) == {"HF_ENDPOINT": "http://127.0.0.1:1"}


@pytest.mark.parametrize(
    ("url", "endpoint", "limited"),
    [
        ("https://export.arxiv.org/api/query?x", "", True),
        ("https://rss.arxiv.org/rss/cs.CL", "", True),
        ("https://arxiv.org/abs/2511.04570", "", True),
        ("https://notarxiv.org/rss/cs.CL", "", False),
        ("https://huggingface.co/api/daily_papers", "", False),
        ("https://arxiv.org/html/2511.04570v2", "", True),
        ("http://127.0.0.1:1/rss/cs.CL", "http://127.0.0.1:1", True),
        ("http://127.0.0.1:1/html/2511.04570v2", "http://127.0.0.1:1", True),
        ("http://127.0.0.1:1/pdf/2511.04570v2", "http://127.0.0.1:1", True),
        ("http://127.0.0.1:1/papers/2511.04570.md", "http://127.0.0.1:1", False),
        ("http://127.0.0.1:1/api/daily_papers", "http://127.0.0.1:1", False),
        ("http://[", "", False),
    ],
)
def test_only_requests_to_arxiv_are_limited(
    url: str, endpoint: str, limited: bool
) -> None:
    overridden = endpoints(Environment({"PAPERTRACK_ARXIV_ENDPOINT": endpoint}))
    limit = rate_limit(url, overridden)
    assert (limit is not None and limit.seconds == 3.0) is limited
