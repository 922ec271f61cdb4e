"""What pictures show, in words, for those who do not see them."""

from __future__ import annotations

from collections.abc import Sequence

from papertrack.core.weeks import Weeks
from papertrack.core.wording import noun


def busiest(weeks: Weeks) -> str:
    """The first of the days with the most papers."""
    shown = [day for day in sorted(weeks.days) if day >= weeks.mondays[0]]
    day = max(shown, key=lambda day: weeks.days[day])
    papers = weeks.days[day]
    return f"most papers of a day: {papers:,} {noun(papers, 'paper')}, {day}"


def listed(heading: str, counts: Sequence[tuple[str, int]]) -> str:
    """Names with their counts: `Tags: nlp 12, vision 3`."""
    shown = ", ".join(f"{name} {count:,}" for name, count in counts)
    return f"{heading}: {shown}"
