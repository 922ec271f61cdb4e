"""Applying rules: which papers they match, one rule after the other, and the new marks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence, Set
from typing import NamedTuple

from papertrack.core.errors import PapertrackError
from papertrack.core.model import Mark
from papertrack.core.wording import enumerated, noun
from papertrack.index.index import Index
from papertrack.library.rules import Rule
from papertrack.query.language import Clause

Look = Callable[[str], Mark]
"""The mark of the paper with this main key."""

Changed = Mapping[str, tuple[Mark, Mark]]
"""The marks before and after of papers that changed, by main key."""


class Outcome(NamedTuple):
    """The marks before and after, by main key; one line for each rule that failed; the
    names of the rules that changed a mark; for each rule that notifies and each paper
    that it matches, their names: rule and main key.
    """

    marks: Changed
    failed: Sequence[str] = ()
    rules: Sequence[str] = ()
    notified: Sequence[tuple[str, str]] = ()

    def plus(self, other: Outcome) -> Outcome:
        """Both together."""
        failed = dict.fromkeys([*self.failed, *other.failed])
        rules = dict.fromkeys([*self.rules, *other.rules])
        notified = dict.fromkeys([*self.notified, *other.notified])
        return Outcome(
            {**self.marks, **other.marks}, list(failed), list(rules), list(notified)
        )

    def __str__(self) -> str:
        """`tagged 3, starred 1, hid 2`; empty if nothing changed."""
        counts: Counter[str] = Counter()
        for before, after in self.marks.values():
            counts["tagged {}"] += before.tags != after.tags
            counts["starred {}"] += before.starred != after.starred
            if before.status != after.status:
                counts[_STATUS_TEXTS[after.status]] += 1
        texts = ("tagged {}", "starred {}", *_STATUS_TEXTS.values())
        return ", ".join(text.format(counts[text]) for text in texts if counts[text])


_STATUS_TEXTS = {
    "later": "marked {} later",
    "read": "marked {} read",
    "hidden": "hid {}",
}


def new_marks(
    index: Index,
    rules: Sequence[tuple[Rule, Clause]],
    look: Look,
    *,
    only: Set[str | None] | None = None,
    on_change: Callable[[Rule], None] = lambda rule: None,
    on_match: Callable[[Rule, str], None] = lambda rule, key: None,
    on_error: Callable[[Rule, PapertrackError], None] | None = None,
) -> dict[str, Mark]:
    """The marks that rules change, by main key; with `only`, of papers with these keys.

    A rule sees what the rules before it have changed: call it within `index.draft()`.
    `on_change` gets each rule that changes a mark, `on_match` each rule and the main key
    of each paper that it matches. With `on_error` a rule that fails is
    skipped; else it raises UsageError.
    """
    marks: dict[str, Mark] = {}
    for number, (rule, clause) in enumerate(rules, 1):
        changed = {}
        try:
            matching = index.keys(clause)
        except PapertrackError as error:
            if on_error is None:
                raise
            on_error(rule, error)
            continue
        for key in matching:
            if only is None or key in only:
                on_match(rule, key)
                before = marks.get(key) or look(key)
                after = rule.actions.on(before)
                if after != before:
                    changed[key] = after
        marks |= changed
        if changed:
            on_change(rule)
        is_last = number == len(rules)
        if changed and not is_last:
            index.draft_marks(changed)
    return marks


def named(rules: Sequence[str]) -> str:
    """Rules in a sentence: `the rule a`, `the rules a and b`."""
    return f"the {noun(len(rules), 'rule')} {enumerated(rules)}"
