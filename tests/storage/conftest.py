"""A library whose files the tests read, pack and damage."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from papertrack.core.facts import Facts
from papertrack.library.library import Library

KEY = "arxiv:2511.00001"


@pytest.fixture
def filled(library: Library, facts: Callable[..., Facts]) -> Library:
    """A library with two months, two marks and their undo log."""
    listing = [
        facts("2511.00001", listed="2025-11-07"),
        facts(title="Takel", listed="2025-10-07"),
    ]
    library.adding.add({"hf": listing})
    library.marking.mark(
        [KEY],
        lambda mark: mark._replace(tags=("nlp",), note="Ünïcode.\nAnd more. "),
        what=str,
    )
    library.marking.mark([KEY], lambda mark: mark._replace(status="read"), what=str)
    return library
