"""Rules at work: on what a fetch or an import brought, and on what is in the library already.

Each rule is answered by the index, one after the other; a later one sees what earlier ones did. Papers that earlier
rules have marked, and which the index still holds as they were, are asked of a small library of their own.
"""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from papertrack.core.errors import PapertrackError
from papertrack.core.field_names import BY_QUERY_NAME
from papertrack.core.model import Mark
from papertrack.core.text import fold
from papertrack.library.library import Library
from papertrack.library.rules import Rule
from papertrack.query.language import (
    And,
    Clause,
    Days,
    Everything,
    Flag,
    Not,
    Or,
    Text,
    mentions_hidden,
)
from papertrack.storage import layout

Look = Callable[[str], Mark]
"""The mark of the paper with a main key."""


class Outcome(NamedTuple):
    """What rules did, or would do: main key -> the mark before and after; rules that failed, a line each."""

    marks: Mapping[str, tuple[Mark, Mark]]
    failed: Sequence[str] = ()

    def told(self) -> str:
        """`tagged 3, starred 1, hid 2`; nothing where nothing changed."""
        counts: Counter[str] = Counter()
        for before, after in self.marks.values():
            counts["tagged"] += before.tags != after.tags
            counts["starred"] += before.starred != after.starred
            counts[
                {"hidden": "hid", "read": "read", "later": "later"}.get(
                    after.status, ""
                )
            ] += before.status != after.status
        names = {
            "tagged": "tagged {}",
            "starred": "starred {}",
            "later": "marked {} later",
            "read": "marked {} read",
            "hid": "hid {}",
        }
        return ", ".join(
            text.format(counts[name]) for name, text in names.items() if counts[name]
        )


def apply(
    library: Library, rules: Sequence[Rule], today: dt.date, *, dry_run: bool = False
) -> Outcome:
    """Apply rules, in this order, to the whole library, as one step that undo takes back.

    Raises what is wrong with a rule's query, StoreError.
    """
    run = _Run(library, today)
    what = (
        f"applied the rule {rules[0].name}"
        if len(rules) == 1
        else f"applied {len(rules)} rules"
    )
    for rule in rules:
        run.clause(rule)  # what is wrong is told before anything is looked for
    marks = library.marking.mark_papers(
        lambda look: run.marks(rules, look),
        dry_run=dry_run,
        what=lambda n: f"{what} to {n} paper{'s' * (n != 1)}",
    )
    return Outcome(marks)


def apply_to_new(library: Library, today: dt.date) -> Outcome:
    """Apply all rules to what came since they were last applied so, as one step. Raises StoreError."""
    rules = library.settings.rules()
    if not rules:
        return Outcome({})
    came = library.came_new()
    if not came.keys:
        return Outcome({})
    run = _Run(library, today, since=came.since, among=came.keys)
    sound, failed = [], []
    for rule in rules.values():
        try:
            run.clause(rule)
            sound.append(rule)
        except PapertrackError as error:
            failed.append(f"the rule {rule.name} was left out: {error}")
    marks = library.marking.mark_papers(
        lambda look: run.marks(sound, look),
        ruled=True,
        what=lambda n: f"rules marked {n} new paper{'s' * (n != 1)}",
    )
    return Outcome(marks, failed)


class _Run:
    """One run of rules: over all papers, or over those with a key of `among`, all added at `since` (ISO) or later."""

    def __init__(
        self,
        library: Library,
        today: dt.date,
        *,
        since: str | None = None,
        among: frozenset[str] | None = None,
    ) -> None:
        self.library = library
        self.today = today
        self.since = since
        self.among = among
        self.made: dict[str, Mark] = {}

    def clause(self, rule: Rule) -> Clause:
        """What the rule asks for. Raises QueryError, NotFound, UsageError."""
        asked = self.library.clause(rule.condition, self.today)
        if self.since is None:
            return asked
        new = Days(BY_QUERY_NAME["added"], self.since, None)
        parts = (
            asked.clauses
            if isinstance(asked, And)
            else ()
            if isinstance(asked, Everything)
            else (asked,)
        )
        return And((*parts, new))

    def marks(self, rules: Iterable[Rule], look: Look) -> dict[str, Mark]:
        """The marks that the rules make, of papers that they match."""
        for rule in rules:
            for key in self.matching(self.clause(rule)):
                self.made[key] = rule.actions.on(self.made.get(key) or look(key))
        return self.made

    def matching(self, clause: Clause) -> list[str]:
        """The main keys of the papers that match, with the marks that they have by now."""
        found = [
            key
            for key in self.library.index.keys(clause)
            if self.among is None or key in self.among
        ]
        if self.made and _looks_at(clause, self.made.values()):
            return [
                *(key for key in found if key not in self.made),
                *self.marked_matching(clause),
            ]
        gone = (
            set()
            if mentions_hidden(clause)
            else {k for k, mark in self.made.items() if mark.status == "hidden"}
        )
        return [key for key in found if key not in gone]

    def marked_matching(self, clause: Clause) -> list[str]:
        """Those of the papers marked in this run that match, asked of a library of their own."""
        newest = (
            self.library.index.keys(Flag("is", "new"))[:1]
            if _any(clause, _is_new)
            else []
        )
        records = self.library.records({*self.made, *newest})
        marks = [mark.as_json(key) for key, mark in self.made.items()]
        with tempfile.TemporaryDirectory(prefix="papertrack-") as folder:
            root = Path(folder) / "library"
            _write(
                root / layout.PAPERS / "new.json",
                "papers",
                [record.as_json() for record in records],
            )
            _write(root / layout.MARKS, "marks", marks)
            small = Library(root, Path(folder) / "cache", now=self.library.now)
            found = small.index.keys(clause)
            small.index.close()
        return [key for key in found if key in self.made]


def _write(path: Path, table: str, documents: Sequence[object]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        json.dumps({table: dict(enumerate(documents, 1))}), encoding="utf-8"
    )


def _any(clause: Clause, test: Callable[[Clause], bool]) -> bool:
    if isinstance(clause, Not):
        return _any(clause.clause, test)
    if isinstance(clause, And | Or):
        return any(_any(part, test) for part in clause.clauses)
    return test(clause)


def _is_new(clause: Clause) -> bool:
    return isinstance(clause, Flag) and clause.name == "new"


def _looks_at(clause: Clause, made: Iterable[Mark]) -> bool:
    """Whether a clause may answer otherwise for papers that got these marks: by status, star or tag.

    Bare words look in tags too; three letters are as much as word forms surely share.
    """
    tags = "\n".join({fold(tag) for mark in made for tag in mark.tags})

    def looks(term: Clause) -> bool:
        if isinstance(term, Flag):
            return term.prefix == "is" and term.name != "new"
        if not isinstance(term, Text):
            return False
        if term.field is None:
            return fold(term.text)[:3] in tags
        return term.field.query_name in ("tag", "status")

    return _any(clause, looks)
