"""Records of one paper as one, and the facts of a listing merged into records.

Facts are stored apart by source, so joining is a union: merging a listing twice changes
nothing, nor does the order in which sources are fetched.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, TypeVar

from papertrack.core import identity
from papertrack.core.facts import Facts
from papertrack.core.model import Record
from papertrack.core.trust import rank

FactsOfSource = Mapping[str, Any]
"""What one source reports of a paper, as it is stored."""

T = TypeVar("T")


# ------------------------------------------------------------------ facts


def combine(old: FactsOfSource, new: FactsOfSource) -> dict[str, Any]:
    """What one source reported at two times; fields that the winner lacks are kept.

    A newer version wins, then a later day of listing (a paper can be listed twice, with
    other votes and links each time), then `new`. `listed` is the first such day,
    `relisted` the last.
    """
    old_version, old_day = recency(old)
    new_version, new_day = recency(new)
    old_is_listed_later = old_version == new_version and old_day > new_day > ""
    if old_version > new_version or old_is_listed_later:
        winner, loser = old, new
    else:
        winner, loser = new, old
    result = {**loser, **winner}
    if "authors" in winner and "author_count" not in winner:
        result.pop("author_count", None)
    ids = {*old.get("ids", ()), *new.get("ids", ())}
    if ids:
        result["ids"] = sorted(ids)
    days = {one.get(name) for one in (old, new) for name in ("listed", "relisted")}
    listed = sorted(day for day in days if day)
    if listed:
        result["listed"] = listed[0]
        result.pop("relisted", None)
    if len(listed) > 1:
        result["relisted"] = listed[-1]
    return result


def recency(facts: FactsOfSource) -> tuple[int, str]:
    """What newer facts of a source have more of: version, then last day of listing."""
    last_listed = facts.get("relisted") or facts.get("listed") or ""
    return int(facts.get("version") or 0), str(last_listed)


def _join_facts(several: Iterable[FactsOfSource]) -> dict[str, Any]:
    """The facts of one source from several records, in any order."""
    in_order = sorted(several, key=lambda facts: (recency(facts), as_text(facts)))
    return reduce(_combine_equals, in_order[1:], dict(in_order[0]))


def _combine_equals(old: FactsOfSource, new: FactsOfSource) -> dict[str, Any]:
    """As `combine`; of equally recent values the greater, as votes and stars grow."""
    result = combine(old, new)
    if recency(old) == recency(new):
        for name in {*old, *new} - {"ids", "listed", "relisted"}:
            values = [facts[name] for facts in (old, new) if name in facts]
            result[name] = max(values, key=_size)
    return result


def _size(value: Any) -> tuple[int, str]:
    return value if isinstance(value, int) else 0, as_text(value)


def as_text(value: Any) -> str:
    """JSON to sort and compare documents by."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


# ------------------------------------------------------------------ records


def record_of(facts: Facts, *, source: str, now: str) -> Record:
    """The record of one source's facts alone. `now` is ISO 8601 in UTC."""
    keys = facts.ids
    if not keys:
        year = (facts.published or "")[:4] or None
        keys = (identity.title_key(facts.title, year),)
    stored = facts.as_json()
    if facts.ids:
        stored["ids"] = sorted(set(facts.ids))
    return _record(keys, now, {source: stored})


def join(records: Sequence[Record]) -> Record:
    """The one record that several are, in any order: all keys, the earliest `added`."""
    if len(records) == 1:
        return records[0]
    by_source: dict[str, list[FactsOfSource]] = {}
    for record in records:
        for source, facts in record.said.items():
            by_source.setdefault(source, []).append(facts)
    return _record(
        (key for record in records for key in record.keys),
        min(record.added for record in records),
        {source: _join_facts(by_source[source]) for source in sorted(by_source)},
    )


def add(record: Record, new: Record) -> Record:
    """A record with facts that were read after its own."""
    said = {source: dict(facts) for source, facts in record.said.items()}
    for source, facts in new.said.items():
        said[source] = combine(said.get(source, {}), facts)
    return _record((*record.keys, *new.keys), min(record.added, new.added), said)


def _record(
    keys: Iterable[str], added: str, said: Mapping[str, FactsOfSource]
) -> Record:
    ordered = sorted(set(keys), key=by_trust)
    return Record(identity.best(ordered), tuple(ordered), added, said)


def by_trust(key: str) -> tuple[bool, bool, bool, str]:
    """The sort key of keys: arXiv before DOI before URL before title."""
    return (
        not key.startswith("arxiv:"),
        not key.startswith("doi:"),
        not key.startswith("url:"),
        key,
    )


def sharing_keys(
    items: Iterable[T], keys: Callable[[T], Iterable[str]]
) -> list[list[T]]:
    """The items in groups that share keys, directly or through others of the group."""
    groups: dict[int, list[T]] = {}
    group_of: dict[str, int] = {}
    for number, item in enumerate(items):
        shared = {group_of[key] for key in keys(item) if key in group_of}
        group = [member for old in sorted(shared) for member in groups.pop(old)]
        group.append(item)
        groups[number] = group
        group_of.update({key: number for member in group for key in keys(member)})
    return list(groups.values())


def join_sharing_keys(records: Iterable[Record]) -> list[Record]:
    """The records, those that share a key joined."""
    groups = sharing_keys(records, lambda record: record.keys)
    return [join(group) for group in groups]


# ------------------------------------------------------------------ titles


def aliases(record: Record) -> set[str]:
    """All that the record can be found by: its keys and its folded titles."""
    titles = (str(facts.get("title", "")) for facts in record.said.values())
    folded = (identity.title_alias(title) for title in titles)
    return {*record.keys, *(alias for alias in folded if alias)}


class Catalog:
    """Records by their aliases, while others are merged into them."""

    def __init__(self, records: Iterable[Record]) -> None:
        self._by_alias: dict[str, dict[str, Record]] = {}
        for record in records:
            self.put(record)

    def put(self, record: Record) -> None:
        """Add a record."""
        for alias in aliases(record):
            self._by_alias.setdefault(alias, {})[record.key] = record

    def drop(self, record: Record) -> None:
        """Remove a record."""
        for alias in aliases(record):
            self._by_alias[alias].pop(record.key, None)

    def same_paper(self, record: Record) -> dict[str, Record]:
        """The records of the same paper: by any id, or by title if one lacks ids."""
        same: dict[str, Record] = {}
        for key in record.keys:
            same.update(self._by_alias.get(key, {}))
        # A title that a newer version has replaced joins nothing.
        whole = add(join(list(same.values())), record) if same else record
        titled: dict[str, Record] = {}
        for alias in aliases(whole) - set(whole.keys):
            titled.update(self._by_alias.get(alias, {}))
        others = [other for key, other in titled.items() if key not in same]
        return {**same, **_same_by_title(whole, others)}


def _same_by_title(whole: Record, titled: Iterable[Record]) -> dict[str, Record]:
    """Those of one title that are the same paper: all years agree, only one has ids.

    A record with only a title joins at most one identified paper; it never merges two.
    """
    identified = identity.has_id(whole.keys)
    year = _year(whole)
    same: dict[str, Record] = {}
    for other in sorted(titled, key=lambda record: by_trust(record.key)):
        has_id, other_year = identity.has_id(other.keys), _year(other)
        if identified and has_id:
            continue
        if year and other_year and other_year != year:
            continue
        same[other.key] = other
        identified = identified or has_id
        year = year or other_year
    return same


def _year(record: Record) -> str | None:
    """The year of publication by the most trusted source that has it."""
    for source in sorted(record.said, key=rank):
        published = record.said[source].get("published")
        if published:
            return str(published)[:4]
    return None


# ------------------------------------------------------------------ merging


@dataclass(slots=True)
class Merge:
    """How merging changes a library: the records to write and the keys they replace.

    `fresh` are the keys of new papers; `new`, `updated` and `known` count papers.
    """

    records: dict[str, Record] = field(default_factory=dict)
    replaces: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fresh: list[str] = field(default_factory=list)
    new: int = 0
    updated: int = 0
    known: int = 0


def merge(
    known: Iterable[Record], facts: Iterable[Facts], *, source: str, now: str
) -> Merge:
    """Merge `facts` of one source into the `known` records of the same papers.

    `known` must contain every record that shares an alias with any of the facts. The
    result names only the records that differ from it.
    """
    before = {record.key: record for record in known}
    catalog = Catalog(before.values())
    origin: dict[str, set[str]] = {key: {key} for key in before}
    touched: dict[str, Record] = {}
    read = [record_of(one, source=source, now=now) for one in facts]
    for record in _one_per_id(read):
        same = catalog.same_paper(record)
        # The facts just read are added last: they are what the source reports now.
        whole = add(join(list(same.values())), record) if same else record
        replaced: set[str] = set()
        for other in same.values():
            catalog.drop(other)
            touched.pop(other.key, None)
            replaced |= origin.pop(other.key, set())
        catalog.put(whole)
        touched[whole.key] = whole
        origin[whole.key] = replaced
    return difference(before, touched, origin)


def _one_per_id(records: Sequence[Record]) -> list[Record]:
    """The records, those that share an id joined; titles are compared later."""
    identified = [record for record in records if identity.has_id(record.keys)]
    titled = [record for record in records if not identity.has_id(record.keys)]
    groups = sharing_keys(identified, lambda record: record.keys)
    return [*(reduce(add, group) for group in groups), *titled]


def difference(
    before: Mapping[str, Record],
    touched: Mapping[str, Record],
    origin: Mapping[str, set[str]],
) -> Merge:
    """How `touched` differs from `before`; `origin` has the keys of each part."""
    result = Merge()
    for key, record in touched.items():
        sources = origin[key]
        if not sources:
            result.new += 1
            result.fresh.append(key)
        elif sources == {key} and _equal(before[key], record):
            result.known += 1
            continue
        else:
            result.updated += 1
        result.records[key] = record
        result.replaces[key] = tuple(sorted(sources - {key}))
    return result


def _equal(one: Record, other: Record) -> bool:
    return (one.said, one.keys) == (other.said, other.keys)
