"""The step of the undo log for one run of the program that adds papers."""

from __future__ import annotations

from collections.abc import Collection

from papertrack.core.many_texts import Seen
from papertrack.core.wording import excerpt, plural
from papertrack.library.apply_rules import Outcome, named
from papertrack.library.edit import Edit
from papertrack.library.undo_log import Step


class RunStep:
    """One step for all targets and batches of a run."""

    def __init__(self) -> None:
        self._step: Step | None = None
        self._added = 0
        self._papers = Seen()
        self._origins: set[str] = set()
        self._marked: dict[tuple[str, str], set[str]] = {}
        self._ruled = Outcome({})

    def count(self, verb: str, noun: str, keys: Collection[str]) -> None:
        """Count papers, by main key, that were marked in this way."""
        self._marked.setdefault((verb, noun), set()).update(keys)
        self._papers.update(keys)

    def count_ruled(self, outcome: Outcome) -> None:
        """Count the papers that rules marked."""
        self._ruled = self._ruled.plus(outcome)
        self._papers.update(outcome.marks)

    def log(
        self,
        edit: Edit,
        added: Collection[str],
        origin: str | None,
    ) -> None:
        """Log the papers added from a target, and those marked, which were counted.

        After the step of another process a new one begins.
        """
        if self._step not in edit.steps[-1:]:
            self._step = None
            self._added = 0
            self._papers = Seen()
            for marked in (self._ruled.marks, *self._marked.values()):
                self._papers.update(marked)
            self._origins = set()
        self._added += len(added)
        self._papers.update(added)
        if origin:
            self._origins.add(origin)
        self._step = edit.log(
            self._what(), papers=len(self._papers), continues=self._step
        )

    def _what(self) -> str:
        """`added 12 papers from hf:2025-11-07, the rule agents marked 3 new papers`."""
        parts = []
        if self._added:
            origin = f"{len(self._origins)} sources"
            if len(self._origins) == 1:
                (origin,) = self._origins
            added = f"added {plural(self._added, 'paper')}"
            if self._origins:
                added += f" from {excerpt(origin, 80)}"
            parts.append(added)
        for (verb, noun), keys in self._marked.items():
            if keys:
                parts.append(f"{verb} {plural(len(keys), noun)}")
        if self._ruled.marks:
            rules = named(self._ruled.rules)
            marked = plural(len(self._ruled.marks), "new paper")
            parts.append(f"{rules} marked {marked}")
        return ", ".join(parts)
