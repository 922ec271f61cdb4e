"""The thread that saves decisions: what it opens it closes, and every batch is reported."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from papertrack.cli.triage.saver import Batch, Saver
from papertrack.cli.triage.sitting import step_text
from papertrack.core.errors import StoreError
from papertrack.core.facts import Facts
from papertrack.core.model import Mark
from papertrack.index.database import path_of
from papertrack.library.batches import Batches
from papertrack.library.decisions import Decision
from papertrack.library.library import Library
from tests.helpers.waiting import wait_until

NOW = "2025-11-25T12:00:00Z"
KEYS = [f"arxiv:2511.0000{number}" for number in range(5)]
ENDS_WITHIN = 30.0


@pytest.fixture
def stored(tmp_path: Path, facts: Callable[..., Facts]) -> Library:
    """A library of five papers, whose own index is closed."""
    library = Library(tmp_path / "library", tmp_path / "cache", now=NOW)
    listed = [facts(key.removeprefix("arxiv:"), title=key) for key in KEYS]
    library.adding.add({"hf": listed}, origin="hf")
    library.index.close()
    return library


def batch(key: str) -> Batch:
    return [Decision(key, Mark(), Mark(starred=True))]


def opened_indexes(library: Library) -> int:
    """How often this process has the file of the index open."""
    index = str(path_of(library.root, library.cache))
    links = [
        str(path.readlink())
        for path in Path("/proc/self/fd").iterdir()
        if path.is_symlink()
    ]
    return sum(link == index for link in links)


class Opening:
    """Opens the library for a saver, and keeps it; fails so many times before."""

    def __init__(
        self, stored: Library, failures: int = 0, error: type = OSError
    ) -> None:
        self.stored = stored
        self.failures = failures
        self.error = error
        self.batches: list[Batches] = []

    def __call__(self) -> Batches:
        if self.failures:
            self.failures -= 1
            raise self.error("can't be opened")
        library = Library(self.stored.root, self.stored.cache, now=NOW)
        self.batches.append(Batches(library.settings, library.index, step_text))
        return self.batches[-1]


@pytest.mark.parametrize("count", range(5))
def test_the_index_is_closed_when_all_is_saved(stored: Library, count: int) -> None:
    opening = Opening(stored)
    saver = Saver(opening, lambda: NOW, lambda: None)
    for key in KEYS[:count]:
        saver.save(batch(key))
    reports = []
    while saver.waiting:
        reports += saver.reports(ENDS_WITHIN)
    saver.close()
    wait_until(lambda: opened_indexes(stored) == 0)
    assert [report.error for report in reports] == [None] * count
    assert len(opening.batches) == 1


@pytest.mark.parametrize("error", [StoreError, OSError, ValueError, MemoryError])
@pytest.mark.parametrize("failures", [1, 2])
def test_every_batch_is_reported_if_the_library_can_not_be_opened(
    stored: Library, error: type, failures: int
) -> None:
    saver = Saver(Opening(stored, failures, error), lambda: NOW, lambda: None)
    saver.save(batch(KEYS[0]))
    (report,) = saver.reports(ENDS_WITHIN)
    assert (report.error is None) == (failures == 1)
    saver.close()
