"""Updates that follow each other, as in an import: at their end, or after the update
that follows an interruption, the index is as if each had been on its own.
"""

from __future__ import annotations

import contextlib
import random
import sqlite3
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertrack.core.facts import Facts
from papertrack.index import recent, rows
from papertrack.index.database import path_of
from tests.helpers.libraries import Library
from tests.index.test_index import STEPS, Step, results_of, take, truth
from tests.index.test_recent import SMALL


def _has_right_counts(path: Path) -> bool:
    """Whether each word has its count, and `recent` all or none of the newest papers."""
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.execute("CREATE VIRTUAL TABLE temp.word USING fts5vocab (main, fts, 'row')")
        counted = db.execute("SELECT * FROM vocabulary").fetchall()
        query = "SELECT term, doc FROM temp.word WHERE doc > 1"
        meta = dict(db.execute("SELECT * FROM meta").fetchall())
        (newest,) = db.execute(
            "SELECT count(*) FROM paper WHERE rid >= ?", (meta.get("recent"),)
        ).fetchone()
        has_recent = meta.get("recent") is not None
        return (
            sorted(counted) == sorted(db.execute(query).fetchall())
            and meta.get("pending", 0) == 0
            and has_recent == (meta["papers"] >= SMALL["LIBRARY"])
            and newest == meta.get("recent_papers", 0)
        )


@settings(max_examples=25)
@given(
    st.lists(st.sampled_from(STEPS), max_size=8),
    st.integers(0, 10**6),
    st.booleans(),
    st.sampled_from((rows.MUCH, 10**9)),
)
def test_a_series_leaves_the_index_as_single_updates_do(
    steps: list[Step], seed: int, is_interrupted: bool, much: float
) -> None:
    dice = random.Random(seed)
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as name:
        for constant, value in SMALL.items():
            patch.setattr(recent, constant, value)
        patch.setattr(rows, "MUCH", much)
        folder = Path(name)
        root, cache = folder / "library", folder / "cache"
        library = Library(root, cache, now="2025-11-01T12:00:00Z")
        with contextlib.suppress(InterruptedError), library.index.series():
            for step in (take, take, *steps):
                step(library, dice)
            if is_interrupted:
                raise InterruptedError
        library.index.close()
        if is_interrupted:
            library = Library(root, cache, now="2025-11-02T12:00:00Z")
            take(library, dice)
            _touch(root)
            library.index.refresh()
            library.index.close()
        assert _has_right_counts(path_of(root, cache))
        assert results_of(root, cache) == truth(root)


@pytest.mark.parametrize("updates", range(3, 9))
def test_a_series_may_end_where_words_were_just_counted(
    updates: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for constant, value in SMALL.items():
        monkeypatch.setattr(recent, constant, value)
    root, cache = tmp_path / "library", tmp_path / "cache"
    library = Library(root, cache, now="2025-11-01T12:00:00Z")
    dice = random.Random(0)
    with library.index.series():
        for _ in range(updates):
            take(library, dice)
    library.index.close()
    assert _has_right_counts(path_of(root, cache))


def _touch(root: Path) -> None:
    """Have a file read again, should nothing have changed."""
    for path in (root / "papers").glob("*.json"):
        path.write_bytes(path.read_bytes())


def test_words_wait_for_the_end_of_a_series(tmp_path: Path) -> None:
    dice = random.Random(7)
    library = Library(tmp_path / "library", tmp_path / "cache", now="2025-11-01")
    with library.index.series():
        pending = []
        for _ in range(12):
            take(library, dice)
            pending.append(library.index.meta.pending)
    assert any(pending)
    assert library.index.meta.pending == 0


def test_ids_are_completed_from_the_end_of_a_series_on(
    tmp_path: Path, facts: Callable[..., Facts]
) -> None:
    library = Library(
        tmp_path / "library", tmp_path / "cache", now="2025-11-01T12:00:00Z"
    )
    ids = tmp_path / "cache" / "complete" / "ids.tsv"
    with library.index.series():
        library.adding.add({"hf": [facts("2511.00001", title="Owls")]})
        library.adding.add({"hf": [facts("2511.00002", title="Rooks")]})
        assert not ids.exists() or ids.read_text() == ""
    assert ids.read_text() == "2511.00001\tOwls\n2511.00002\tRooks\n"
