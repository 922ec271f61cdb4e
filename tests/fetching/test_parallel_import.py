"""An import by several processes makes the same library as by one."""

from __future__ import annotations

import datetime as dt
import json
import multiprocessing
import random
from collections.abc import Callable
from pathlib import Path

import pytest

from papertrack.fetching import files
from papertrack.fetching.run import Report
from papertrack.index import prepared
from papertrack.sources.bibliography import json_objects
from papertrack.storage import workers
from tests.benchmarks.importing import own_line, snapshot_line
from tests.helpers.libraries import Library

NOW = "2025-11-24T12:00:00Z"
LINES = 1_200


def _snapshot(dice: random.Random) -> list[str]:
    return [json.dumps(_short(snapshot_line(_key(n), n))) for n in range(LINES)]


def _own(dice: random.Random) -> list[str]:
    return [json.dumps(_short(own_line(_key(n), n))) for n in range(LINES)]


def _with_repeated_papers(dice: random.Random) -> list[str]:
    lines = _snapshot(dice)
    return [*lines, *dice.sample(lines, k=200)]


def _with_bad_lines(dice: random.Random) -> list[str]:
    lines = _snapshot(dice)
    for bad in ("{", "[]", '{"id": 1}', "\x00", "null"):
        lines.insert(dice.randrange(400, len(lines)), bad)
    return lines


def _shuffled(dice: random.Random) -> list[str]:
    lines = _own(dice)
    dice.shuffle(lines)
    return lines


def _key(number: int) -> str:
    return f"{2501 + number // 400}.{number % 400 + 1:05}"


def _short(line: dict[str, object]) -> dict[str, object]:
    return {**line, "abstract": "We study how owls read."}


@pytest.mark.parametrize(
    "make", [_snapshot, _own, _with_repeated_papers, _with_bad_lines, _shuffled]
)
def test_the_same_library_is_made(
    make: Callable[[random.Random], list[str]],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text("\n".join(make(random.Random(make.__name__))))
    monkeypatch.setattr(files, "BATCH", 500)
    monkeypatch.setattr(files, "SERIAL_BATCHES", 1)
    monkeypatch.setattr(prepared, "MANY", 300)
    monkeypatch.setattr(prepared, "TOGETHER", 100)
    monkeypatch.setattr(json_objects, "BATCH", 200)
    alone, together = (
        _imported(path, tmp_path / f"{count}", count, monkeypatch) for count in (0, 2)
    )
    assert alone == together
    assert len(alone[2]) == LINES


def _imported(
    path: Path, folder: Path, count: int, monkeypatch: pytest.MonkeyPatch
) -> tuple[dict[str, bytes], Report, list[tuple[object, ...]]]:
    """The files of a library after an import with so many workers, the report, and what
    the index has of the papers.
    """
    monkeypatch.setattr(workers, "worker_count", lambda: count)
    library = Library(folder / "library", folder / "cache", now=NOW)
    report = Report("lines.jsonl")
    with path.open("rb") as stream:
        files.import_file(library, stream, report, files.Options(dt.date(2025, 11, 24)))
    query = "SELECT rid, body, title FROM paper JOIN doc USING (rid) ORDER BY rid"
    rows = library.index.db.execute(query).fetchall()
    assert bool(multiprocessing.active_children()) is bool(count)
    library.index.close()
    assert not multiprocessing.active_children()
    found = {}
    for file in sorted((folder / "library").rglob("*.json")):
        found[file.relative_to(folder / "library").as_posix()] = file.read_bytes()
    return found, report, rows
