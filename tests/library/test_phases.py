"""Phases of long work are counted where it is known how much there is."""

from __future__ import annotations

import datetime as dt
import io
from collections.abc import Callable
from pathlib import Path

import pytest

from papertrack.core.facts import Facts
from papertrack.fetching import files
from papertrack.fetching.run import Report
from papertrack.library import join
from papertrack.library.doctor.doctor import Doctor
from papertrack.library.proposals import KINDS, Terms
from tests.helpers.libraries import Library
from tests.helpers.reports import Reports

NOW = "2025-11-24T12:00:00Z"
OPTIONS = files.Options(today=dt.date(2025, 11, 24))
TERMS = Terms(frozenset(KINDS), lambda target: None, by="other")
Make = Callable[..., Facts]


@pytest.fixture
def listing(facts: Make) -> list[Facts]:
    return [
        facts(f"2511.0000{number}", title=f"Zoku {number}", listed="2025-11-07")
        for number in range(5)
    ]


def watched(root: Path) -> tuple[Library, Reports]:
    reports = Reports()
    library = Library(root / "library", root / "cache", now=NOW, progress=reports)
    return library, reports


def test_merging_counts_papers(tmp_path: Path, listing: list[Facts]) -> None:
    library, reports = watched(tmp_path / "one")
    library.adding.add({"hf": listing})
    assert reports.last("merging") == (5, 5, "papers")
    other, reports = watched(tmp_path / "other")
    other.adding.add({"hf": listing[:2]})
    join.join(other, library.root, terms=TERMS)
    assert reports.last("merging") == (5, 5, "papers")


def test_the_doctor_counts_files_and_words(
    tmp_path: Path, listing: list[Facts]
) -> None:
    library, reports = watched(tmp_path)
    library.adding.add({"hf": listing})
    library.index.count()
    doctor = Doctor(
        library.folder, library.cache, now=NOW, scripts={}, progress=reports
    )
    assert doctor.examine() == []
    assert reports.last("checking")[2] == "files"
    assert reports.last("reading the index") == (1, 1, "files")
    assert reports.last("checking the index") == (1, 1, "files")
    done, total, unit = reports.last("comparing words")
    assert (total, unit) == (0, "words")  # how many there are is not known
    assert done >= 5


def test_completing_the_index_counts_the_files_that_share_papers(
    tmp_path: Path, listing: list[Facts]
) -> None:
    library, reports = watched(tmp_path)
    library.adding.add({"hf": listing})
    (month,) = library.root.glob("papers/*.json")
    for name in ("2025-09", "2025-10"):
        month.with_name(f"{name}.json").write_bytes(month.read_bytes())
    library.index.rebuild()
    assert library.index.count() == 5
    assert ("completing the index", 0, 3, "files") in reports.reports


@pytest.mark.parametrize("size", [0, 1, 3])
@pytest.mark.parametrize("is_file", [True, False])
def test_reading_a_whole_file_counts_megabytes(
    size: int, is_file: bool, tmp_path: Path
) -> None:
    body = b"@article{a,\n  title = {Zoku mibra},\n  year = {2025}\n}\n"
    body += b"\n" * size * files.MB
    library, reports = watched(tmp_path)
    path = tmp_path / "papers.bib"
    path.write_bytes(body)
    with path.open("rb") if is_file else io.BytesIO(body) as stream:
        files.import_file(library, stream, Report("papers.bib"), OPTIONS)
    assert library.index.count() == 1
    counted = [report for report in reports.reports if report[-1] == "MB"]
    assert counted[-1] == ("reading", size, size if is_file else 0, "MB")
    assert counted == sorted(counted)
