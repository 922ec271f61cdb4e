"""Why a paper is recommended, beside it."""

from __future__ import annotations

import pytest

KETTLES = "A kettle whistles in tune as its water boils and steams away."
OTTERS = "Sea otters hold hands while they sleep in a forest of kelp."
REASON = "like #tea: "


@pytest.fixture
def marked(home, written):
    """Twelve papers on kettles, of which six have a tag, and 28 on otters."""
    papers: list[dict[str, object]] = []
    for number in range(40):
        is_kettle = number < 12
        paper: dict[str, object] = {
            "id": f"2511.{number:05}",
            "listed": f"2025-{11 - number // 20:02}-{20 - number % 20:02}",
            "title": f"{'Kettles' if is_kettle else 'Otters'} of series {number}",
            "abstract": KETTLES if is_kettle else OTTERS,
            "added": "2025-11-20T08:00:00Z",
        }
        if number < 6:
            paper |= {"tags": ["tea"], "status": "read"}
        papers.append(paper)
    written(home, *papers)
    return home


@pytest.mark.parametrize(
    ("arguments", "title", "is_recommended"),
    [
        ("--sort recommended", "Kettles of series 6", True),
        ("kettle is:unread", "Kettles of series 6", True),
        ("2511.00008", "Kettles of series 8", True),
        ("otters", "Otters of series 12", False),
        ("--sort recommended --reverse", "Otters of series", False),
    ],
)
def test_the_reason_is_beside_a_recommended_paper(
    arguments, title, is_recommended, triage, marked
):
    shown = triage(marked, "--dry-run", *arguments.split())
    text = shown.until(title)
    assert (REASON in text) is is_recommended


@pytest.mark.parametrize(("columns", "lines"), [(40, 10), (80, 24), (120, 40)])
def test_it_takes_one_line(columns, lines, triage, marked):
    options = ["--dry-run", "--sort", "recommended"]
    shown = triage(marked, *options, columns=columns, lines=lines)
    rows = shown.until("Kettles").splitlines()
    (row,) = [row for row in rows if REASON in row]
    assert len(row.rstrip()) <= columns


def test_without_marks_there_is_none(triage, library):
    shown = triage(library, "--dry-run")
    assert "like #" not in shown.until("1 of 46")
