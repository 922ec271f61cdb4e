"""Entries of one source that are one paper: states of one entry, or several entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import reduce

from papertrack.joining.entries import Entry, share_own_id
from papertrack.joining.facts import FactsOfSource, combine, join_facts
from papertrack.joining.groups import Group


def has_several_of_a_source(group: Group) -> bool:
    """Whether two entries of a paper are of one source."""
    sources = {entry.source for entry in group.entries}
    return len(sources) < len(group.entries)


def one_per_source(group: Group) -> list[Entry]:
    """The entries of a paper, those of each source as one."""
    by_source: dict[str, list[Entry]] = defaultdict(list)
    for entry in group.entries:
        by_source[entry.source].append(entry)
    return [_combined(by_source[source]) for source in sorted(by_source)]


def _combined(entries: Sequence[Entry]) -> Entry:
    """Several entries of one source as one.

    New ones are newer states of the stored one, unless they have another own id.
    """
    if len(entries) == 1:
        return entries[0]
    stored = [entry for entry in entries if entry.origins]
    new = [entry for entry in entries if not entry.origins]
    new.sort(key=lambda entry: entry.number)
    latest = reduce(_listed_again, new) if new else None
    if not stored or not latest:
        return latest or _united(stored)
    return _updated(_united(stored), latest)


def _listed_again(first: Entry, second: Entry) -> Entry:
    """Two entries of one listing as one: the second's facts if they have one own id."""
    if share_own_id(first, second):
        return _replaced(combine(first.facts, second.facts), [first, second])
    return _united([first, second])


def _updated(old: Entry, new: Entry) -> Entry:
    """A stored entry in its newer state; both, in any order, if they are two entries."""
    if share_own_id(old, new) or not old.own:
        return _replaced(combine(old.facts, new.facts), [old, new])
    return _united([old, new])


def _united(entries: Sequence[Entry]) -> Entry:
    """Entries of one source as one, in any order."""
    if len(entries) == 1:
        return entries[0]
    return _replaced(join_facts(entry.facts for entry in entries), entries)


def _replaced(facts: FactsOfSource, entries: Sequence[Entry]) -> Entry:
    """An entry with these facts in place of several."""
    return Entry(
        entries[0].source,
        facts,
        added=min(entry.added for entry in entries),
        origins=(origin for entry in entries for origin in entry.origins),
        more=(key for entry in entries for key in entry.more),
        is_new=any(entry.is_new for entry in entries),
    )
