"""The reports of long work, for tests."""

from __future__ import annotations

from papertrack.core.progress import Progress


class Reports(Progress):
    """Collects the reports of progress."""

    def __init__(self) -> None:
        self.reports: list[tuple[str, int, int, str]] = []

    def report(self, phase: str, done: int = 0, total: int = 0, unit: str = "") -> None:
        """Add a report."""
        self.reports.append((phase, done, total, unit))

    def last(self, phase: str) -> tuple[int, int, str]:
        """The last report of a phase: done, total, unit."""
        return [report[1:] for report in self.reports if report[0] == phase][-1]
