"""Entries of one source that are one paper: states of one entry, or several entries."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence

from papertrack.joining.entries import Entry, kind_of, own_kinds, share_own_id
from papertrack.joining.facts import (
    FactsOfSource,
    combine,
    combine_but_ids,
    join_but_ids,
    join_facts,
    with_ids_of,
)
from papertrack.joining.groups import Group, clusters


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


def one_per_own_id(entries: Sequence[Entry]) -> list[Entry]:
    """The entries; those of a source that own ids connect are one, whatever their
    titles.
    """
    own = {(entry.source, key) for entry in entries for key in entry.own}

    def names(entry: Entry) -> Iterator[tuple[str, str]]:
        for key in entry.ids:
            if (entry.source, key) in own:
                yield entry.source, key

    return [_combined(connected) for connected in clusters(entries, names)]


def _combined(entries: Sequence[Entry]) -> Entry:
    """Several entries of one source as one.

    New ones are newer states of the stored one, unless they have another own id.
    """
    if len(entries) == 1:
        return entries[0]
    stored = [entry for entry in entries if entry.origins]
    new = [entry for entry in entries if not entry.origins]
    new.sort(key=lambda entry: entry.number)
    latest = _listed_together(new) if new else None
    if not stored or not latest:
        return latest or _united(stored)
    return _updated(_united(stored), latest)


def _listed_together(entries: Sequence[Entry]) -> Entry:
    """Entries of one listing, in its order, as one.

    Of two with one own id the second's facts win.
    """
    if len(entries) == 1:
        return entries[0]
    latest = entries[0].facts
    ids = _Ids(entries[0])
    for entry in entries[1:]:
        if ids.share_own(entry):
            latest = combine_but_ids(latest, entry.facts)
        else:
            latest = join_but_ids([latest, entry.facts])
        ids.add(entry)
    facts = with_ids_of({**latest}, (entry.facts for entry in entries))
    return _replaced(facts, entries)


class _Ids:
    """The ids of several entries that are becoming one."""

    def __init__(self, first: Entry) -> None:
        self.source = first.source
        self.all = {*first.ids}
        self.kinds = {kind_of(key) for key in first.ids}

    def add(self, entry: Entry) -> None:
        """Add the ids of another entry."""
        self.all |= entry.ids
        self.kinds |= {kind_of(key) for key in entry.ids}

    def share_own(self, entry: Entry) -> bool:
        """Whether an entry with all ids would share an own id with this one."""
        if entry.own & self.all:
            return True
        own = own_kinds(self.source, self.kinds)
        return any(kind_of(key) in own for key in entry.ids & self.all)


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
