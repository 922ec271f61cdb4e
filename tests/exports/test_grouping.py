"""Papers under headings."""

from __future__ import annotations

from typing import Any

from papertrack.core.model import Paper
from papertrack.exports.grouping import sections


def paper(number: int, **values: Any) -> Paper:
    return Paper(
        id=f"2401.0000{number}", key=f"arxiv:2401.0000{number}", title="T", **values
    )


def test_a_week_belongs_to_its_iso_year() -> None:
    days = ["2024-12-29", "2024-12-30", "2025-01-05", "2025-01-06", "2025", None]
    papers = [paper(number, listed=day) for number, day in enumerate(days)]
    assert [
        (heading, [one.listed for one in members])
        for heading, members in sections(papers, "week")
    ] == [
        ("2025-W02", ["2025-01-06"]),
        ("2025-W01", ["2024-12-30", "2025-01-05"]),
        ("2025", ["2025"]),
        ("2024-W52", ["2024-12-29"]),
        ("Undated", [None]),
    ]


def test_organisations_and_authors_are_sorted_by_their_papers() -> None:
    papers = [
        paper(1, organization="Zeta", authors=("Ann", "Bo")),
        paper(2, organization="Alpha", authors=("bo", "Cy", "Bo")),
        paper(3, organization="ZETA"),
    ]
    assert [
        (heading, len(members)) for heading, members in sections(papers, "org")
    ] == [("Zeta", 2), ("Alpha", 1)]
    headings = [
        (heading, len(members)) for heading, members in sections(papers, "author")
    ]
    assert headings == [("Bo", 2), ("Ann", 1), ("Cy", 1), ("Authors unknown", 1)]
