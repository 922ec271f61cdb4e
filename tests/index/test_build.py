"""Building the index with several processes makes the same file as with one."""

from __future__ import annotations

import contextlib
import json
import random
import shutil
import sqlite3
from collections.abc import Callable
from pathlib import Path

import pytest

from papertrack.core.errors import StoreError
from papertrack.index import build
from tests.benchmarks import made


def _filled(root: Path, *, workers: int, monkeypatch: pytest.MonkeyPatch) -> bytes:
    """The file of an index built by so many processes."""
    monkeypatch.setattr(build, "PARALLEL_BYTES", 0)
    monkeypatch.setattr(build, "worker_count", lambda: workers)
    path = root.with_name(f"{workers}.db")
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        build.fill(db, root)
    return path.read_bytes()


def _plain(root: Path, dice: random.Random) -> None:
    """A library as it was made."""


def _joined_months(root: Path, dice: random.Random) -> None:
    """Papers of one month stand in another one as well."""
    first, *_, last = sorted((root / "papers").glob("*.json"))
    shutil.copy(first, last.with_name("2019-01.json"))


def _empty_months(root: Path, dice: random.Random) -> None:
    for name in ("2000-01", "2030-01"):
        (root / "papers" / f"{name}.json").write_text('{"papers":{}}')


def _no_marks(root: Path, dice: random.Random) -> None:
    (root / "marks.json").unlink()


def _one_month(root: Path, dice: random.Random) -> None:
    for path in sorted((root / "papers").glob("*.json"))[1:]:
        path.unlink()


@pytest.mark.parametrize(
    "change", [_plain, _joined_months, _empty_months, _no_marks, _one_month]
)
def test_several_processes_build_the_same_file(
    change: Callable[[Path, random.Random], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    dice = random.Random(change.__name__)
    root = tmp_path / "library"
    count = dice.randint(600, 1500)
    made.write(root, made.papers(count, dice.randrange(99), short=True), 50, 7)
    change(root, dice)
    alone, together = (
        _filled(root, workers=workers, monkeypatch=monkeypatch) for workers in (0, 2)
    )
    assert alone == together


def test_a_damaged_file_is_reported_as_by_one_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "library"
    made.write(root, made.papers(900, 7, short=True), 0, 7)
    *_, last = sorted((root / "papers").glob("*.json"))
    last.write_text("{")
    for workers in (0, 2):
        with pytest.raises(StoreError, match=f"{last.name}: line 1 column 2"):
            _filled(root, workers=workers, monkeypatch=monkeypatch)


def _indented(body: bytes) -> bytes:
    return json.dumps(json.loads(body), indent=1, ensure_ascii=False).encode()


def _escaped(body: bytes) -> bytes:
    """As `json.dumps` writes letters beyond ASCII."""
    return body.replace("é".encode(), b"\\u00e9")


def _without_the_last_line_end(body: bytes) -> bytes:
    return body.removesuffix(b"\n")


def _two_papers_in_a_line(body: bytes) -> bytes:
    return body.replace(b"},\n", b"},", 1)


def _with_spaces(body: bytes) -> bytes:
    return body.replace(b'":"', b'": "')


@pytest.mark.parametrize("workers", [0, 2])
def test_files_with_one_document_per_line_are_known_after_a_build(
    workers: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    root = tmp_path / "library"
    papers = list(made.papers(90, 7, short=True))
    for _, paper in papers:
        paper["said"]["arxiv"]["authors"].append("José")
    made.write(root, papers, 0, 7)
    changes = [
        _indented,
        _escaped,
        _without_the_last_line_end,
        _two_papers_in_a_line,
        _with_spaces,
    ]
    (first,) = (root / "papers").glob("*.json")
    for change in changes:
        path = first.with_name(f"{change.__name__}.json")
        path.write_bytes(change(first.read_bytes()))
    _filled(root, workers=workers, monkeypatch=monkeypatch)
    with contextlib.closing(sqlite3.connect(tmp_path / f"{workers}.db")) as db:
        query = "SELECT name FROM file WHERE lined AND name LIKE 'papers/%'"
        known = {name for (name,) in db.execute(query)}
    assert known == {f"papers/{first.name}", "papers/_escaped.json"}
