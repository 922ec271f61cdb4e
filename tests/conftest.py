"""What the tests of the core share: a library of its own for each test, and facts in one line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from papertrack.facts import Facts
from papertrack.identity import normalise
from papertrack.library import Library

NOW = "2025-11-24T12:00:00Z"

settings.register_profile("papertrack", deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("papertrack")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """An empty library and cache; the clock stands at NOW."""
    return Library(tmp_path / "library", tmp_path / "cache", now=NOW)


@pytest.fixture(scope="session")
def facts() -> Callable[..., Facts]:
    """`facts("2511.00001", title=…, …)`: the facts of a paper; without an id one known by its title only."""

    def make(*ids: str, title: str = "Zoku mibra", **more: Any) -> Facts:
        keys = tuple(normalise(text) or text for text in ids)
        return Facts(title=title, ids=keys, **more)

    return make
