"""Adding what sources report to the stored papers, and applying the rules to new ones."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from papertrack.core import identity
from papertrack.core.errors import PapertrackError
from papertrack.core.facts import Facts
from papertrack.core.field_names import BY_QUERY_NAME
from papertrack.core.model import Mark, Reading, Record
from papertrack.core.text import fold
from papertrack.core.wording import plural
from papertrack.index.index import Index
from papertrack.joining import records as joining
from papertrack.joining.marks import imported
from papertrack.joining.records import Merge
from papertrack.joining.settle import settle
from papertrack.library import stored
from papertrack.library.apply_rules import Look, Outcome, new_marks
from papertrack.library.edit import Edit
from papertrack.library.marks import changed_marks
from papertrack.library.rules import Rule
from papertrack.library.settings import Settings, add_to_history, source_document
from papertrack.library.stored import Place
from papertrack.library.undo_log import Step
from papertrack.query.language import And, Clause, Days
from papertrack.storage.layout import PAPERS

MONTH_BYTES = 4_000_000
"""A month's file is rewritten by each merge: once it is larger, new papers go to a second
one."""


class Counts(NamedTuple):
    """How many papers of a listing were new, changed, or known already."""

    new: int = 0
    updated: int = 0
    known: int = 0

    def plus(self, other: Counts) -> Counts:
        """Both together."""
        return Counts(
            self.new + other.new,
            self.updated + other.updated,
            self.known + other.known,
        )


class Fetched(NamedTuple):
    """What is saved of reading a source: its state, and its report for the history."""

    reading: Reading
    report: Mapping[str, Any] | None = None


class Added(NamedTuple):
    """What adding papers did: how many were new, updated, known; what the rules did; how
    many were marked as the import states.
    """

    counts: Counts
    rules: Outcome
    marked: int = 0


class Adding:
    """Adding papers to a library in one run of the program.

    `clause` parses a query, its views expanded, for the reader's day.
    """

    def __init__(
        self,
        settings: Settings,
        index: Index,
        clause: Callable[[str, dt.date], Clause],
    ) -> None:
        self.settings = settings
        self.index = index
        self.clause = clause
        self.now = settings.now
        self._new: set[str] = set()
        self._reports: list[Mapping[str, Any]] = []
        self._history_key: str | None = None
        self._step: Step | None = None
        self._marks_text = ("rules marked", "new paper")

    def add(
        self,
        facts: Mapping[str, Sequence[Facts]],
        *,
        marks: Sequence[tuple[Facts, Mark]] = (),
        state: Callable[[Counts], Fetched] | None = None,
        rules_on: dt.date | None = None,
        new_tags: Sequence[str] = (),
        dry_run: bool = False,
    ) -> Added:
        """Add what each source reports, in one transaction.

        `marks` are the reader's marks in an import, with the facts of their papers.
        `state` gives what to save of the source, from the counts. On the reader's day
        `rules_on`, rules are applied to all papers that are new since they last were,
        after these papers got `new_tags`; without it they wait for a later call. Raises
        StoreError.
        """
        has_waiting = bool(self._new) and rules_on is not None
        if not any(facts.values()) and state is None and not has_waiting:
            return Added(Counts(), Outcome({}))
        outcome = Outcome({})
        with self.settings.edit(self.index, dry_run=dry_run) as edit:
            merge = self._merged(facts)
            counts = Counts(merge.new, merge.updated, merge.known)
            marked: dict[str, Mark] = {}
            if not dry_run:
                store(edit, merge)
                self._new.update(merge.fresh)
                if marks:
                    marked = self._import_marks(edit, merge.records, marks)
                if rules_on is not None:
                    if new_tags:
                        tagged = self._tag_new(edit, merge.records, marked, new_tags)
                        marked |= tagged
                        self._marks_text = ("tagged", "new paper")
                    outcome = self._apply_rules(
                        edit,
                        merge.records,
                        marked,
                        rules_on,
                    )
                if marked or outcome.marks:
                    count = len(marked.keys() | outcome.marks.keys())
                    self._log(edit, count, has_imported=bool(marks and marked))
                if state is not None:
                    self._save_state(edit, state(counts))
        return Added(counts, outcome, len(marked))

    def _merged(self, facts: Mapping[str, Sequence[Facts]]) -> Merge[Place]:
        """The papers that the facts make of the stored ones that they may concern."""
        new = (
            joining.record_of(one, source=source, now=self.now)
            for source, listed in facts.items()
            for one in listed
        )
        known = stored.related(self.settings.root, self.index, new)
        return joining.merge(known, facts, now=self.now)

    def _save_state(self, edit: Edit, fetched: Fetched) -> None:
        """Save a source's state; its report becomes part of this run's history entry."""
        reading = fetched.reading
        document = source_document(reading)
        edit.set("sources", {reading.target: document}, undoable=False)
        if fetched.report is not None:
            self._reports.append(fetched.report)
            self._history_key = add_to_history(edit, self._reports, self._history_key)

    def _import_marks(
        self,
        edit: Edit,
        records: Mapping[str, Record],
        marks: Sequence[tuple[Facts, Mark]],
    ) -> dict[str, Mark]:
        """Mark papers as an import states; the new marks of those that changed."""

        def decide(look: Look) -> dict[str, Mark]:
            new: dict[str, Mark] = {}
            for facts, mark in marks:
                key = self._key_of(facts)
                if key:
                    new[key] = imported(new.get(key) or look(key), mark)
            return new

        with self.index.draft(records):
            changed, stored_marks = changed_marks(self.index, decide, now=self.now)
        edit.set_marks(stored_marks)
        return {key: new for key, (_, new) in changed.items()}

    def _tag_new(
        self,
        edit: Edit,
        records: Mapping[str, Record],
        imported_marks: Mapping[str, Mark],
        tags: Sequence[str],
    ) -> dict[str, Mark]:
        """Tag the papers that are new; the new marks."""
        mark = Mark(tags=tuple(tags))

        def decide(look: Look) -> dict[str, Mark]:
            keys = (stored.main_key(self.index, key) for key in sorted(self._new))
            return {key: imported(look(key), mark) for key in keys if key}

        with self.index.draft(records):
            if imported_marks:
                self.index.draft_marks(imported_marks)
            changed, stored_marks = changed_marks(self.index, decide, now=self.now)
        edit.set_marks(stored_marks)
        return {key: new for key, (_, new) in changed.items()}

    def _key_of(self, facts: Facts) -> str | None:
        """The main key of the paper with these facts; of several with one of its ids
        that of the same title.
        """
        record = joining.record_of(facts, source="import", now=self.now)
        stating = map(identity.id_alias, record.keys)
        keys = list(self.index.locations(record.keys) or self.index.locations(stating))
        if len(keys) > 1:
            title = fold(facts.title)
            same = (p.key for p in self.index.papers(keys) if fold(p.title) == title)
            return next(same, keys[0])
        return keys[0] if keys else None

    def _apply_rules(
        self,
        edit: Edit,
        records: Mapping[str, Record],
        imported_marks: Mapping[str, Mark],
        today: dt.date,
    ) -> Outcome:
        """Apply all rules to the papers that are new since they last were applied."""
        rules = self.settings.rules()
        new = self._new
        self._new = set()
        if not rules:
            return Outcome({})
        added = BY_QUERY_NAME["added"]
        since = self.settings.rules_applied() or self.now
        if since < self.now:  # else no fetch was killed before it applied the rules
            new.update(self.index.keys(Days(added, f"{since}\0", self.now)))
        if not new:
            return Outcome({})
        clauses: list[tuple[Rule, Clause]] = []
        failed: list[str] = []

        def skip(rule: Rule, error: PapertrackError) -> None:
            failed.append(f"the rule {rule.name} was skipped: {error}")

        for rule in rules.values():
            try:
                clause = self.clause(rule.condition, today)
            except PapertrackError as error:
                skip(rule, error)
            else:
                days = Days(added, min(since, self.now), None)
                clauses.append((rule, And((clause, days))))

        def decide(look: Look) -> dict[str, Mark]:
            keys = {stored.main_key(self.index, key) for key in new}
            return new_marks(
                self.index,
                clauses,
                look,
                only=keys,
                on_error=skip,
            )

        with self.index.draft(records):
            if imported_marks:
                self.index.draft_marks(imported_marks)
            marks, stored_marks = changed_marks(self.index, decide, now=self.now)
        edit.set_marks(stored_marks)
        edit.set("ruled", self.settings.applied_now(), undoable=False)
        return Outcome(marks, failed)

    def _log(
        self,
        edit: Edit,
        count: int,
        *,
        has_imported: bool,
    ) -> None:
        """Log the new marks of papers: one step for all targets of a run."""
        if has_imported:
            self._marks_text = ("imported the marks of", "paper")
        previous = self._step
        if previous is not None:
            if previous in edit.steps[-1:]:
                count += previous.papers
            else:
                previous = None
        verb, noun = self._marks_text
        self._step = edit.log(f"{verb} {plural(count, noun)}", continues=previous)


def store(edit: Edit, merge: Merge[Place]) -> None:
    """Set the records that a merge changed: each in the file of its paper."""
    sizes: dict[str, int] = {}
    changes: dict[str, dict[str, Record | None]] = {}
    for origins in merge.origins.values():
        for file, old, _ in origins:
            changes.setdefault(file, {})[old] = None
    for key, record in merge.records.items():
        places = sorted(merge.origins[key], key=lambda place: (place[1] != key, place))
        name = places[0][0] if places else _file_for(edit.root, record, sizes)
        changes.setdefault(name, {})[key] = record
    for name, records in changes.items():
        edit.set_records(name, records)


def _file_for(
    root: Path,
    record: Record,
    sizes: dict[str, int],
) -> str:
    """The file for a new paper: its month's, or the next one if that is large."""
    paper = settle(record)
    date = paper.date or paper.added or "undated"
    number = 1
    while True:
        suffix = f".{number}" if number > 1 else ""
        name = f"{PAPERS}/{date[:7]}{suffix}.json"
        if name not in sizes:
            path = root / name
            sizes[name] = path.stat().st_size if path.exists() else 0
        if sizes[name] < MONTH_BYTES:
            text = json.dumps(record.as_json(), ensure_ascii=False)
            sizes[name] += len(text)
            return name
        number += 1
