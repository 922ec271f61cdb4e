"""How far sources are believed, as they and the formats of files declare it."""

from __future__ import annotations

import random
import subprocess
import sys
from typing import ClassVar

import pytest

from papertrack.core.facts import Request
from papertrack.sources import registry, trust
from papertrack.sources.base import Context, Source
from papertrack.sources.trust import rank

SETTLED_AS = (
    "arxiv",
    "arxiv-oai",
    "arxiv-snapshot",
    "arxiv-rss",
    "arxiv-list",
    "hf",
    "huggingface",
    "crossref",
    "dblp",
    "openalex",
    "semanticscholar",
    "feed",
    "bibliography",
    "import",
    "sample",
    "text",
)
"""The order of those sources with which the papers of existing indexes were settled."""


def test_a_changed_order_needs_a_new_index() -> None:
    shuffled = random.Random(1).sample(SETTLED_AS, len(SETTLED_AS))
    assert tuple(sorted(shuffled, key=rank)) == SETTLED_AS, (
        "count index.schema.SETTLED up, and change this order"
    )


@pytest.mark.parametrize(
    ("names", "order"),
    [
        (("text", "unlisted", "hf"), ("hf", "unlisted", "text")),
        (("feed:b", "feed:a"), ("feed:a", "feed:b")),
        (("bibliography", "feed:x", "dblp"), ("dblp", "feed:x", "bibliography")),
        (("unlisted:y", "feed", "arxiv"), ("arxiv", "feed", "unlisted:y")),
        (("import", "hf:2025", "arxiv-rss"), ("arxiv-rss", "hf:2025", "import")),
    ],
)
def test_what_declares_nothing_is_trusted_like_a_feed(
    names: tuple[str, ...], order: tuple[str, ...]
) -> None:
    assert tuple(sorted(names, key=rank)) == order


class Owls(Source):
    name = "owls"
    targets = ()
    trust: ClassVar = {"owls": 99, "owls-rss": 1}

    def matches(self, target: str) -> bool:
        return False

    def start(self, target: str, context: Context) -> tuple[Request, ...]:
        return ()


def test_a_new_source_has_the_places_that_it_declares(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(registry, "REGISTRY", (*registry.REGISTRY, Owls()))
    trust.declared.cache_clear()
    try:
        ordered = sorted(("owls-rss", "text", "arxiv-oai", "owls", "arxiv"), key=rank)
    finally:
        trust.declared.cache_clear()
    assert ordered == ["arxiv", "owls", "arxiv-oai", "text", "owls-rss"]


@pytest.mark.parametrize(
    "module", ["joining.settle", "index.index", "library.library", "library.edit"]
)
def test_no_source_is_imported_before_a_paper_is_settled(module: str) -> None:
    probe = (
        f"import sys, papertrack.{module}; "
        "print(*(name for name in sys.modules if name.startswith('papertrack.sour')))"
    )
    done = subprocess.run(
        [sys.executable, "-c", probe], capture_output=True, text=True, check=True
    )
    allowed = {"papertrack.sources", "papertrack.sources.trust"}
    assert {*done.stdout.split()} <= allowed
