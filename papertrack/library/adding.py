"""Adding what sources report to the stored papers, and applying the rules to new ones."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

from papertrack.core.errors import PapertrackError
from papertrack.core.facts import Facts
from papertrack.core.field_names import BY_QUERY_NAME
from papertrack.core.local_time import a_second_after
from papertrack.core.model import Mark, Reading, Record
from papertrack.index.index import Index
from papertrack.joining import records as joining
from papertrack.joining.marks import imported
from papertrack.joining.records import Merge
from papertrack.library import stored
from papertrack.library.apply_rules import Look, Outcome, new_marks
from papertrack.library.edit import Edit
from papertrack.library.marks import changed_marks
from papertrack.library.preview import key_of
from papertrack.library.rules import Rule
from papertrack.library.run_step import RunStep
from papertrack.library.settings import Settings, add_to_history, source_document
from papertrack.library.stored import Place
from papertrack.library.storing import store
from papertrack.query.language import ANY_STATUS, And, Clause, Days


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

    `clause` parses a query, its views expanded, for the reader's day, with the time of
    the fetch whose papers are new to it. `now` is when this run adds papers.
    """

    def __init__(
        self,
        settings: Settings,
        index: Index,
        clause: Callable[..., Clause],
    ) -> None:
        self.settings = settings
        self.index = index
        self.clause = clause
        self.now = settings.now
        self._has_new = False
        """Whether papers are new since rules were last applied."""
        self._new: set[str] = set()
        """Their keys, where the index does not find them by their time: those of a target
        that gets tags, or comes after rules were applied at the same time.
        """
        self._has_applied = False
        self._reports: list[Mapping[str, Any]] = []
        self._history_key: str | None = None
        self._run = RunStep()
        self._has_own_time = False

    def add(
        self,
        facts: Mapping[str, Sequence[Facts]],
        *,
        marks: Sequence[tuple[Facts, Mark]] = (),
        origin: str | None = None,
        state: Callable[[Counts], Fetched] | None = None,
        rules_on: dt.date | None = None,
        new_tags: Sequence[str] = (),
        is_fetch: bool = False,
        is_read_now: bool = False,
        dry_run: bool = False,
    ) -> Added:
        """Add what each source reports, in one transaction.

        `marks` are the reader's marks in an import, with the facts of their papers.
        `origin` is the target, for the undo log.
        `state` gives what to save of the source, from the counts. On the reader's day
        `rules_on`, rules are applied to all papers that are new since they last were,
        after these papers got `new_tags`; without it they wait for a later call. With
        `is_fetch` these papers, and no others, are new from now on. With `is_read_now`
        services were read, so that their votes are counted at this time. Raises
        StoreError.
        """
        has_waiting = self._has_new and rules_on is not None
        has_work = any(facts.values()) or state is not None or has_waiting
        if not has_work and not is_fetch:
            return Added(Counts(), Outcome({}))
        outcome = Outcome({})
        with self.settings.edit(self.index, dry_run=dry_run) as edit:
            if not dry_run:
                self._choose_time()
            merge = self._merged(facts, is_read_now=is_read_now)
            counts = Counts(merge.new, merge.updated, merge.known)
            marked: dict[str, Mark] = {}
            if not dry_run:
                if is_fetch:
                    edit.set(
                        "fetched", self.settings.last_fetch(self.now), undoable=False
                    )
                store(edit, merge)
                self._has_new |= bool(merge.fresh)
                if new_tags or self._has_applied:
                    self._new.update(merge.fresh)
                if marks:
                    marked = self._import_marks(edit, merge.records, marks)
                    self._run.count("imported the marks of", "paper", marked)
                if rules_on is not None:
                    if new_tags:
                        tagged = self._tag_new(edit, merge.records, marked, new_tags)
                        marked |= tagged
                        self._run.count("tagged", "new paper", tagged)
                    outcome = self._apply_rules(
                        edit,
                        merge.records,
                        marked,
                        rules_on,
                    )
                    self._run.count_ruled(outcome)
                if merge.fresh or marked or outcome.marks:
                    self._run.log(edit, merge.fresh, origin)
                if state is not None:
                    self._save_state(edit, state(counts))
        return Added(counts, outcome, len(marked))

    def _choose_time(self) -> None:
        """Set the time of this run to one at which no other run has added papers.

        `is:new` is what the last fetch added, and rules apply to what this run adds: both
        are found by that time in whole seconds.
        """
        if self._has_own_time:
            return
        last = self.settings.fetched()
        while self.now == last or self._has_papers_of(self.now):
            self.now = a_second_after(self.now)
        self._has_own_time = True

    def _has_papers_of(self, time: str) -> bool:
        """Whether papers were added at this time, hidden ones too."""
        added = Days(BY_QUERY_NAME["added"], time, f"{time}\0")
        return self.index.count_matching(And((added, ANY_STATUS))) > 0

    def _merged(
        self, facts: Mapping[str, Sequence[Facts]], *, is_read_now: bool
    ) -> Merge[Place]:
        """The papers that the facts make of the stored ones that they may concern."""
        progress = self.settings.progress
        progress.report("merging", 0, sum(map(len, facts.values())), "papers")
        new = joining.new_entries(facts, now=self.now, is_read_now=is_read_now)
        records = map(joining.record_of_entry, new)
        known = stored.related(self.settings.root, self.index, records)
        return joining.merge_entries(known, new, progress)

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
                key = key_of(self.index, facts)
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
            keys = (self.index.main_key(key) for key in sorted(self._new))
            return {key: imported(look(key), mark) for key in keys if key}

        with self.index.draft(records):
            if imported_marks:
                self.index.draft_marks(imported_marks)
            changed, stored_marks = changed_marks(self.index, decide, now=self.now)
        edit.set_marks(stored_marks)
        return {key: new for key, (_, new) in changed.items()}

    def _apply_rules(
        self,
        edit: Edit,
        records: Mapping[str, Record],
        imported_marks: Mapping[str, Mark],
        today: dt.date,
    ) -> Outcome:
        """Apply all rules to the papers that are new since they last were applied."""
        rules = self.settings.rules()
        new, self._new = self._new, set()
        has_new, self._has_new = self._has_new, False
        if not rules:
            return Outcome({})
        last = self.settings.rules_applied()
        first = self.now
        only = None
        if last and last < self.now:
            first = f"{last}\0"  # so papers of a fetch that was killed before this, too
        elif not has_new:
            return Outcome({})
        elif self._has_applied:
            only = new
        days = Days(BY_QUERY_NAME["added"], first, f"{self.now}\0")
        with self.index.draft(records):
            if not self.index.count_matching(And((days, ANY_STATUS))):
                return Outcome({})
        clauses: list[tuple[Rule, Clause]] = []
        failed: list[str] = []

        def skip(rule: Rule, error: PapertrackError) -> None:
            failed.append(f"the rule {rule.name} was skipped: {error}")

        for rule in rules.values():
            try:
                clause = self.clause(rule.condition, today, fetched=self.now)
            except PapertrackError as error:
                skip(rule, error)
            else:
                clauses.append((rule, And((clause, days))))

        applied: list[str] = []
        notified: list[tuple[str, str]] = []

        def note(rule: Rule, key: str) -> None:
            if rule.actions.notifies:
                notified.append((rule.name, key))

        def decide(look: Look) -> dict[str, Mark]:
            keys = None
            if only is not None:
                keys = {self.index.main_key(key) for key in only}
            return new_marks(
                self.index,
                clauses,
                look,
                only=keys,
                on_change=lambda rule: applied.append(rule.name),
                on_match=note,
                on_error=skip,
            )

        with self.index.draft(records):
            if imported_marks:
                self.index.draft_marks(imported_marks)
            marks, stored_marks = changed_marks(self.index, decide, now=self.now)
        edit.set_marks(stored_marks)
        edit.set("ruled", self.settings.applied(self.now), undoable=False)
        self._has_applied = True
        return Outcome(marks, failed, applied, notified)
