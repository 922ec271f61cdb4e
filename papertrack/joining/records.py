"""Records of papers made from entries, and the facts of a listing merged into records.

Facts are stored apart by source, so merging a listing twice changes nothing, nor does
the order in which sources are fetched: each merge takes the records that it may concern
apart, and joins their entries and the new ones by the same rule (see `entries`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, Generic, TypeVar

from papertrack.core import identity
from papertrack.core.facts import Facts
from papertrack.core.model import Record
from papertrack.joining.entries import (
    NO_SOURCE,
    Entry,
    Group,
    clusters,
    entries_of,
    papers,
    share_own_id,
)
from papertrack.joining.facts import FactsOfSource, combine, join_facts

Place = TypeVar("Place", bound=Hashable)
"""Where a record is stored."""

# ------------------------------------------------------------------ single records


def entry_of(facts: Facts, *, source: str, now: str, number: int = 0) -> Entry:
    """The entry that one source's facts are. `now` is ISO 8601 in UTC."""
    stored = facts.as_json()
    ids = {*facts.ids}
    if stored.get("cite_key"):
        ids.add(f"cite:{stored['cite_key']}")
    if ids:
        stored["ids"] = sorted(ids)
    return Entry(source, stored, added=now, number=number, is_new=True)


def record_of(facts: Facts, *, source: str, now: str) -> Record:
    """The record of one source's facts alone. `now` is ISO 8601 in UTC."""
    entry = entry_of(facts, source=source, now=now)
    return _record(identity.best(entry.keys), entry.keys, now, {source: entry.facts})


def join(records: Sequence[Record]) -> Record:
    """The one record that several of one paper are, in any order."""
    if len(records) == 1:
        return records[0]
    by_source: dict[str, list[FactsOfSource]] = {}
    for record in records:
        for source, facts in record.said.items():
            by_source.setdefault(source, []).append(facts)
    return _record(
        identity.best(record.key for record in records),
        (key for record in records for key in record.keys),
        min(record.added for record in records),
        {source: join_facts(by_source[source]) for source in sorted(by_source)},
    )


def _record(
    key: str,
    keys: Iterable[str],
    added: str,
    said: Mapping[str, FactsOfSource],
) -> Record:
    ordered = sorted({key, *keys}, key=identity.by_trust)
    return Record(key, tuple(ordered), added, said)


def aliases(record: Record) -> set[str]:
    """All by which records are found that may have to do with this one."""
    found = {*record.keys, *map(identity.id_alias, record.keys)}
    for facts in record.said.values():
        ids = facts.get("ids", ())
        found.update(ids)
        found.update(map(identity.id_alias, ids))
        folded = identity.title_alias(str(facts.get("title", "")))
        if folded:
            found.add(folded)
    return found


# ------------------------------------------------------------------ several records


@dataclass(slots=True)
class Paper(Generic[Place]):
    """A paper made of entries: its record, and where those of them that are stored are.

    `is_reported` is whether any of its entries is new.
    """

    record: Record
    origins: set[Place]
    is_reported: bool = False


def regroup(
    known: Mapping[Place, Record],
    new: Iterable[Entry] = (),
) -> list[Paper[Place]]:
    """The papers that the entries of stored records and new ones are.

    `known` are records by where they are stored. They must be all that share an id or a
    title with any of the entries, directly or through others.
    """
    entries = [
        entry
        for origin, record in known.items()
        for entry in entries_of(record, origin)
    ]
    groups = papers([*entries, *new])
    while any(_has_several_of_a_source(group) for group in groups):
        # Of what an entry was before, nothing may follow any longer.
        groups = papers(entry for group in groups for entry in _one_per_source(group))
    result = []
    for group, (key, keys) in zip(groups, _keys(groups, known), strict=True):
        said = {entry.source: entry.facts for entry in group.entries}
        said.pop(NO_SOURCE, None)
        added = min(entry.added for entry in group.entries)
        origins: set[Any] = set().union(*(entry.origins for entry in group.entries))
        is_reported = any(entry.is_new for entry in group.entries)
        result.append(Paper(_record(key, keys, added, said), origins, is_reported))
    return result


def _has_several_of_a_source(group: Group) -> bool:
    sources = {entry.source for entry in group.entries}
    return len(sources) < len(group.entries)


def _one_per_source(group: Group) -> list[Entry]:
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
    new = sorted(
        (entry for entry in entries if not entry.origins), key=lambda one: one.number
    )
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


def join_parts(stored: Mapping[Place, Record]) -> list[Paper[Place]]:
    """The papers of stored records: those that share a key are parts of one paper.

    Two copies of a library that were brought together can also have given one key to
    different papers.
    """
    result = []
    for part in clusters(list(stored.items()), lambda item: item[1].keys):
        records = dict(part)
        papers_of_part = regroup(records) if len(part) > 1 else []
        if len(papers_of_part) > 1:
            result += papers_of_part
        else:
            result.append(Paper(join(list(records.values())), {*records}))
    return result


# ------------------------------------------------------------------ keys


def _keys(
    groups: Sequence[Group], known: Mapping[Any, Record]
) -> list[tuple[str, set[str]]]:
    """The main key of each paper, and all its keys: no key is on two papers.

    What several papers share is the key of the only one of which it is the own id, or of
    the only one that has no better key. A key of a stored record stays with its paper.
    """
    claims: dict[str, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        for key in group.keys:
            claims[key].append(number)
    main: dict[int, str] = {}
    is_plain = all(len(numbers) == 1 for numbers in claims.values())
    if is_plain and all(group.keys for group in groups):
        main = {number: identity.best(one.keys) for number, one in enumerate(groups)}
    else:
        _settle_claims(groups, claims)
        main = _main_keys(groups, claims)
    keys = [{main[number]} for number in range(len(groups))]
    taken = set(main.values())
    for key, numbers in claims.items():
        if len(numbers) == 1 and key not in taken:
            keys[numbers[0]].add(key)
            taken.add(key)
    homes: dict[Hashable, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        for origin in {origin for entry in group.entries for origin in entry.origins}:
            homes[origin].append(number)
    left: dict[str, set[int]] = defaultdict(set)
    for origin, record in known.items():
        for key in {*record.keys} - taken:
            claiming = [one for one in homes[origin] if key in groups[one].keys]
            left[key].update(claiming or homes[origin])
    for key, possible in left.items():
        if possible:
            first = min(possible, key=lambda number: identity.by_trust(main[number]))
            keys[first].add(key)
    return [(main[number], keys[number]) for number in range(len(groups))]


def _settle_claims(groups: Sequence[Group], claims: dict[str, list[int]]) -> None:
    """Leave a shared key to the only paper of which it is the own id."""
    for key, numbers in claims.items():
        if len(numbers) > 1:
            owners = [
                number
                for number in numbers
                if any(key in entry.own for entry in groups[number].entries)
            ]
            if len(owners) == 1:
                claims[key] = owners


def _main_keys(
    groups: Sequence[Group], claims: Mapping[str, Sequence[int]]
) -> dict[int, str]:
    """The key that each paper is filed under."""
    main: dict[int, str] = {}
    for kind in identity.KINDS:
        candidates: dict[int, list[str]] = {0: []}
        while candidates:
            candidates = defaultdict(list)
            for key, numbers in claims.items():
                waiting = [number for number in numbers if number not in main]
                if len(waiting) == 1 and key.startswith(f"{kind}:"):
                    candidates[waiting[0]].append(key)
            main.update((number, min(keys)) for number, keys in candidates.items())
    unfiled = [number for number in range(len(groups)) if number not in main]
    taken = {*claims, *main.values()}
    for level in range(4):
        wanted = {number: _title_key(groups[number], level) for number in unfiled}
        count = Counter(wanted.values())
        for number, key in wanted.items():
            if count[key] == 1 and key not in taken:
                main[number] = key
                taken.add(key)
                unfiled.remove(number)
    for place, number in enumerate(unfiled):
        title = f"{_title_key(groups[number], 3)} {place}"
        main[number] = identity.title_key(title, None)
    return main


def _title_key(group: Group, level: int) -> str:
    """The key of a title; each level adds what tells papers of one title apart."""
    entry = min(group.entries, key=lambda entry: entry.text)
    more = [
        sorted(group.authors) if level > 0 else (),
        sorted({key for entry in group.entries for key in entry.own})
        if level > 1
        else (),
        sorted({key for one in group.entries for key in one.ids}) if level > 2 else (),
    ]
    words = [entry.title, *(word for words in more for word in words)]
    return identity.title_key(" ".join(words), entry.year or None)


# ------------------------------------------------------------------ merging


@dataclass(slots=True)
class Merge(Generic[Place]):
    """How merging changes a library: the records to write, and what they replace.

    `origins` has, for each key of `records`, where the records are stored that it is made
    of. `fresh` are the keys of new papers; `new`, `updated` and `known` count papers.
    """

    records: dict[str, Record] = field(default_factory=dict)
    origins: dict[str, set[Place]] = field(default_factory=dict)
    fresh: list[str] = field(default_factory=list)
    new: int = 0
    updated: int = 0
    known: int = 0


def merge(
    known: Mapping[Place, Record],
    listings: Mapping[str, Iterable[Facts]],
    *,
    now: str,
) -> Merge[Place]:
    """Merge what sources report into the stored records `known` of the same papers.

    `known`, by where they are stored, must contain all that `regroup` asks for. The
    result names only the records that differ from it.
    """
    new = []
    for source, facts in listings.items():
        for number, one in enumerate(facts):
            new.append(entry_of(one, source=source, now=now, number=number))
    return difference(known, regroup(known, new))


def difference(
    known: Mapping[Place, Record], papers: Iterable[Paper[Any]]
) -> Merge[Place]:
    """How papers differ from the stored records that they are made of."""
    papers = list(papers)
    parts = Counter(origin for paper in papers for origin in paper.origins)
    result: Merge[Place] = Merge()
    for paper in papers:
        record = paper.record
        origins = {one for one in paper.origins if one in known}
        if not origins:
            result.new += 1
            result.fresh.append(record.key)
        elif any(parts[one] > 1 for one in origins):
            result.updated += 1
        else:
            stored = [known[one] for one in origins]
            are_one = len({one.key for one in stored}) == 1
            if are_one and _equal(join(stored), record):
                result.known += paper.is_reported
                if len(stored) == 1 and stored[0].added == record.added:
                    continue
            else:
                result.updated += 1
        result.records[record.key] = record
        result.origins[record.key] = origins
    return result


def _equal(one: Record, other: Record) -> bool:
    """Whether two records differ at most in when they were added."""
    return (one.key, one.said, {*one.keys}) == (other.key, other.said, {*other.keys})
