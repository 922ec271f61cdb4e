"""Records of papers made from entries, and the facts of a listing merged into records.

Facts are stored apart by source, so merging a listing twice changes nothing, nor does
the order in which sources are fetched: each merge takes the records that it may concern
apart, and joins their entries and the new ones by the same rule (see `groups`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from papertrack.core import identity, votes
from papertrack.core.facts import Facts
from papertrack.core.model import Record
from papertrack.core.progress import SILENT, Progress
from papertrack.core.services import SERVICES
from papertrack.joining.entries import NO_SOURCE, Entry, entries_of
from papertrack.joining.facts import READ, FactsOfSource, join_facts
from papertrack.joining.groups import Group, clusters, papers
from papertrack.joining.keys import keys_of
from papertrack.joining.states import (
    has_several_of_a_source,
    one_per_own_id,
    one_per_source,
)

Place = TypeVar("Place", bound=Hashable)
"""Where a record is stored."""

LEAST_ROUNDS, MOST_WORK = 3, 20_000
"""So many rounds, or as many as this number of entries takes, join one entry of a source
after the other. One or two are usual; an entry with the ids of all others has them all.
"""

# ------------------------------------------------------------------ single records


def entry_of(
    facts: Facts, *, source: str, now: str, number: int = 0, is_read_now: bool = False
) -> Entry:
    """The entry that one source's facts are. `now` is ISO 8601 in UTC.

    What a service states now (`is_read_now`) is a reading of its votes, and of one that
    looks papers up the latest; a file may be old.
    """
    stored = facts.as_json()
    if is_read_now and source in SERVICES:
        stored[READ] = now
    if is_read_now and facts.upvotes is not None:
        reading = votes.VoteReading(now, facts.upvotes)
        stored[votes.FACT] = votes.as_text([reading])
    ids = {*facts.ids}
    if stored.get("cite_key"):
        ids.add(f"cite:{stored['cite_key']}")
    if ids:
        stored["ids"] = sorted(ids)
    return Entry(source, stored, added=now, number=number, is_new=True)


def record_of(facts: Facts, *, source: str, now: str) -> Record:
    """The record of one source's facts alone. `now` is ISO 8601 in UTC."""
    return record_of_entry(entry_of(facts, source=source, now=now))


def record_of_entry(entry: Entry) -> Record:
    """The record of one entry alone."""
    key = identity.best(entry.keys)
    return _record(key, entry.keys, entry.added, {entry.source: entry.facts})


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
    progress: Progress = SILENT,
) -> list[Paper[Place]]:
    """The papers that the entries of stored records and new ones are.

    `known` are records by where they are stored. They must be all that share an id or a
    title with any of the entries, directly or through others.
    """
    entries: list[Entry] = []
    for origin, record in known.items():
        entries += entries_of(record, origin)
    entries += new
    groups = papers(entries, progress)
    rounds = max(LEAST_ROUNDS, MOST_WORK // max(len(entries), 1))
    while any(has_several_of_a_source(group) for group in groups):
        # Of what an entry was before, nothing may follow any longer.
        united: list[Entry] = []
        for group in groups:
            united += one_per_source(group)
        rounds -= 1
        if rounds < 0:
            united = one_per_own_id(united)
        groups = papers(united, progress)
    keys = keys_of(groups, known)
    return [_paper(group, *of) for group, of in zip(groups, keys, strict=True)]


def _paper(group: Group, key: str, keys: Iterable[str]) -> Paper[Any]:
    """The paper of a group: its main key and all its keys are given."""
    said = {entry.source: entry.facts for entry in group.entries}
    said.pop(NO_SOURCE, None)
    record = _record(key, keys, group.added, said)
    return Paper(record, set(group.origins), group.is_new)


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
    is_read_now: bool = False,
    progress: Progress = SILENT,
) -> Merge[Place]:
    """Merge what sources report into the stored records `known` of the same papers.

    `known`, by where they are stored, must contain all that `regroup` asks for. The
    result names only the records that differ from it. `is_read_now`: see
    `new_entries`.
    """
    new = new_entries(listings, now=now, is_read_now=is_read_now)
    return merge_entries(known, new, progress)


def new_entries(
    listings: Mapping[str, Iterable[Facts]], *, now: str, is_read_now: bool = False
) -> list[Entry]:
    """The entries that sources report.

    With `is_read_now` the sources are services that were read at this time.
    """
    new = []
    for source, facts in listings.items():
        for number, one in enumerate(facts):
            new.append(
                entry_of(
                    one,
                    source=source,
                    now=now,
                    number=number,
                    is_read_now=is_read_now,
                )
            )
    return new


def merge_entries(
    known: Mapping[Place, Record], new: Iterable[Entry], progress: Progress = SILENT
) -> Merge[Place]:
    """Merge new entries into stored records, as `merge` does."""
    return difference(known, regroup(known, new, progress))


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
