"""The sample: forty rows whose facts are the recording's and whose abstracts are our
own.
"""

import datetime as dt
import gzip
import json
import re
from pathlib import Path
from typing import Any

import pytest

from papertrack.core.identity import arxiv_id
from papertrack.core.text import clean
from papertrack.sources import sample

RECORDED = Path(__file__).parents[3] / "shared" / "data" / "hf-daily"
Row = dict[str, Any]


@pytest.fixture(scope="module")
def rows() -> list[Row]:
    loaded: list[Row] = json.loads(sample.body())
    return loaded


@pytest.fixture(scope="module")
def recorded() -> dict[str, Row]:
    days = sorted(RECORDED.glob("2025-11-0[3-7].json.gz"))
    if not days:
        pytest.skip(f"no recordings in {RECORDED}")
    return {
        row["paper"]["id"]: row
        for day in days
        for row in json.loads(gzip.decompress(day.read_bytes()))
    }


def test_the_rows_are_forty_papers_of_one_week(rows: list[Row]) -> None:
    ids = [row["paper"]["id"] for row in rows]
    assert len(ids) == len(set(ids)) == 40
    assert all(arxiv_id(id_) == (id_, None) for id_ in ids)
    days = [
        dt.date.fromisoformat(row["paper"]["submittedOnDailyAt"][:10]) for row in rows
    ]
    assert {day.isocalendar()[:2] for day in days} == {(2025, 45)}
    assert len(set(days)) == 5


def test_each_paper_can_be_read_shown_and_searched(rows: list[Row]) -> None:
    for row in rows:
        paper = row["paper"]
        assert 40 <= len(paper["summary"].split()) <= 80, paper["id"]
        assert 2 <= len(paper["ai_keywords"]) <= 4, paper["id"]
        assert paper["authors"], paper["id"]
        texts = [
            row["title"],
            paper["summary"],
            *(author["name"] for author in paper["authors"]),
        ]
        assert texts == [clean(text) for text in texts], paper["id"]


def test_the_sample_has_variety(rows: list[Row]) -> None:
    papers = [row["paper"] for row in rows]
    for key in ("organization", "githubRepo", "projectPage"):
        assert 5 < sum(key in paper for paper in papers) < 35, key
    assert min(paper["upvotes"] for paper in papers) == 0
    assert max(paper["upvotes"] for paper in papers) > 90


def test_it_is_small_and_one_row_a_line() -> None:
    assert len(sample.body()) < 90_000
    lines = sample.body().decode().splitlines()
    assert len(lines) == 42
    assert all(json.loads(line.rstrip(",")) for line in lines[1:-1])


def test_the_facts_are_the_recorded_ones(
    rows: list[Row], recorded: dict[str, Row]
) -> None:
    for row in rows:
        there = recorded[row["paper"]["id"]]
        assert row["numComments"] == there["numComments"]
        assert row["title"] == row["paper"]["title"]
        assert _facts(row["paper"]) == _facts(there["paper"])


def _facts(paper: Row) -> Row:
    same = (
        "id",
        "publishedAt",
        "submittedOnDailyAt",
        "upvotes",
        "githubRepo",
        "githubStars",
        "projectPage",
    )
    organization = paper.get("organization") or {}
    return {
        **{key: paper[key] for key in same if key in paper},
        "title": " ".join(paper["title"].split()),
        "authors": [" ".join(author["name"].split()) for author in paper["authors"]],
        "organization": (organization.get("name"), organization.get("fullname")),
    }


def test_no_abstract_borrows_six_words_from_the_recorded_one(
    rows: list[Row], recorded: dict[str, Row]
) -> None:
    for row in rows:
        there = recorded[row["paper"]["id"]]["paper"]
        borrowed = _runs(row["paper"]["summary"]) & (
            _runs(there["summary"]) | _runs(there.get("ai_summary") or "")
        )
        assert not borrowed, row["paper"]["id"]


def _runs(text: str, length: int = 6) -> set[tuple[str, ...]]:
    words = re.findall(r"[^\W_]+", text.casefold())
    return {tuple(words[i : i + length]) for i in range(len(words) - length + 1)}
