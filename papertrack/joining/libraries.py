"""Two libraries as one: papers, marks, and what stands on the desk. Pure, and the same from either side.

Of two machines neither is the newer one as a whole. So all is kept that can be kept beside the other: what each source
said, tags, notes, stars, views, feeds. Where only one can stand, it is the newer; where neither is newer, what both
sides find to be the greater by its text.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

from papertrack.core import identity
from papertrack.core.model import STATUSES, Mark, Record
from papertrack.joining.records import (
    Merge,
    Shelf,
    by_trust,
    combine,
    difference,
    precedence,
)

Document = dict[str, Any]
Documents = Mapping[str, Document]
"""Documents by their key."""


def _text(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)


# ------------------------------------------------------------------ papers


def papers(mine: Iterable[Record], theirs: Iterable[Record]) -> Merge:
    """What taking their papers does to mine. Records that share an id, or a title as `merge` has it, are one."""
    held = list(mine)
    before = {record.key: record for record in held}
    every = sorted(
        {_text(record.as_json()): record for record in (*held, *theirs)}.items()
    )
    groups = sorted(
        map(joined_record, sharing_keys([record for _, record in every])),
        key=_identified_first,
    )
    shelf = Shelf(())
    made: dict[str, Record] = {}
    for record in groups:
        same = {} if identity.has_id(record.keys) else shelf.same(record)
        for other in same.values():
            shelf.drop(other)
            del made[other.key]
        whole = joined_record([*same.values(), record])
        shelf.put(whole)
        made[whole.key] = whole
    merged = difference(
        before,
        made,
        {key: before.keys() & {*record.keys} for key, record in made.items()},
    )
    for key in before.keys() & made.keys() - merged.records.keys():
        if (
            before[key].added != made[key].added
        ):  # who had it first is no news, but the same on both sides
            merged.records[key], merged.replaces[key] = made[key], ()
    return merged


def _identified_first(record: Record) -> tuple[bool, str]:
    return not identity.has_id(record.keys), record.key


def sharing_keys(records: Iterable[Record]) -> Iterable[list[Record]]:
    """Records in groups that share keys."""
    groups: dict[int, list[Record]] = {}
    group_of: dict[str, int] = {}
    for number, record in enumerate(records):
        met = {group_of[key] for key in record.keys if key in group_of}
        groups[number] = [
            record,
            *(one for old in sorted(met) for one in groups.pop(old)),
        ]
        group_of.update({key: number for one in groups[number] for key in one.keys})
    return groups.values()


def joined_record(records: Sequence[Record]) -> Record:
    """The one record that several are, in whatever order they come."""
    if len(records) == 1:
        return records[0]
    said: dict[str, dict[str, Any]] = {}
    for source in sorted({source for record in records for source in record.said}):
        spoken = [
            dict(record.said[source]) for record in records if source in record.said
        ]
        said[source] = reduce(
            _both, sorted(spoken, key=lambda facts: (precedence(facts), _text(facts)))
        )
    keys = sorted({key for record in records for key in record.keys}, key=by_trust)
    return Record(
        identity.best(keys), tuple(keys), min(record.added for record in records), said
    )


def _both(one: Document, other: Document) -> Document:
    """Two answers of one source. Where neither is the later, the greater of each fact: votes and stars grow."""
    joined = combine(*sorted((one, other), key=precedence))
    if precedence(one) == precedence(other):
        for name in {*one, *other} - {"ids", "listed", "relisted"}:
            joined[name] = max(
                (said[name] for said in (one, other) if name in said), key=_size
            )
    return joined


def _size(value: Any) -> tuple[int, str]:
    return value if isinstance(value, int) else 0, _text(value)


# ------------------------------------------------------------------ marks


def marks(mine: Documents, theirs: Documents) -> dict[str, Document]:
    """The marks that taking theirs changes, by key."""
    joined = {
        key: mark_documents(mine[key], said) if key in mine else said
        for key, said in theirs.items()
    }
    return {key: said for key, said in joined.items() if said != mine.get(key)}


def mark_documents(one: Document, other: Document) -> Document:
    """What two documents say of one paper."""
    lesser, greater = sorted(
        (one, other), key=lambda said: (said.get("marked") or "", _text(said))
    )
    known = {"key", *Mark._fields}
    more = {
        name: value
        for name, value in {**lesser, **greater}.items()
        if name not in known
    }
    joined = mark(Mark.from_json(lesser), Mark.from_json(greater))
    return {**joined.as_json(greater["key"]), **more}


def mark(lesser: Mark, greater: Mark) -> Mark:
    """Both marks: all tags, the status that was set last, the star of either, both notes."""
    newest = max(
        greater,
        lesser,
        key=lambda said: (said.marked or "", STATUSES.index(said.status)),
    )
    starred, note = lesser.starred or greater.starred, _notes(lesser.note, greater.note)
    return Mark(
        _tags(lesser.tags, greater.tags), newest.status, starred, note, newest.marked
    )


def _tags(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    """All tags, in the order of the side that has them all, else sorted."""
    if one == other or set(one) > set(other):
        return one
    return other if set(other) > set(one) else tuple(sorted({*one, *other}))


def _notes(one: str | None, other: str | None) -> str | None:
    """Both notes, the first by its text first; one that holds the other stands for both."""
    first, second = sorted((one or "", other or ""))
    if f"\n\n{first}\n\n" in f"\n\n{second}\n\n" or not first:
        return second or None
    if f"\n\n{second}\n\n" in f"\n\n{first}\n\n":
        return first
    return f"{first}\n\n{second}"


# ------------------------------------------------------------------ the desk


def desk(
    mine: Mapping[str, Documents], theirs: Mapping[str, Documents]
) -> dict[tuple[str, str], Document]:
    """What taking theirs changes of the desk's tables, by table and key; the logs stay what each machine's are."""
    changed: dict[tuple[str, str], Document] = {}
    for table, join in _TABLES.items():
        held = mine.get(table, {})
        joined = join(held, theirs.get(table, {}))
        changed.update(
            {
                (table, key): said
                for key, said in joined.items()
                if said != held.get(key)
            }
        )
    return changed


def _named(mine: Documents, theirs: Documents) -> Documents:
    """Views or rules: of two under one name the newer keeps it, the other goes on as NAME-2."""
    result: dict[str, Document] = {}
    every = sorted(
        (*mine.values(), *theirs.values()),
        key=lambda said: (str(said.get("at", "")), _text(said)),
    )
    for said in reversed(every):
        name, number = said["key"], 1
        while name in result and _content(result[name]) != _content(said):
            number += 1
            name = f"{said['key']}-{number}"
        result.setdefault(name, {**said, "key": name})
    return result


def _content(said: Document) -> Document:
    return {
        name: value
        for name, value in said.items()
        if name not in ("key", "at", "place")
    }


def _kept(
    join: Callable[[Document, Document], Document],
) -> Callable[[Documents, Documents], Documents]:
    """The union of two tables, what stands under one key on both sides joined."""
    return lambda mine, theirs: {
        key: join(*sorted((mine[key], theirs[key]), key=_text))
        if key in mine and key in theirs
        else said
        for key, said in {**mine, **theirs}.items()
    }


def _earlier(one: Document, other: Document) -> Document:
    """Of two that follow the same, who did first."""
    return min(one, other, key=lambda said: str(said.get("at", "")))


def _read_less(one: Document, other: Document) -> Document:
    """How reading a source stands for both: as far as both have read. To ask again is better than to miss a day."""
    least = min(
        one,
        other,
        key=lambda said: (str(said.get("day", "")), str(said.get("read", ""))),
    )
    missed = sorted(
        {
            span
            for said in (one, other)
            for span in said.get("missed") or ()
            if isinstance(span, str)
        }
    )
    return {**least, **({"missed": missed} if missed else {})}


_TABLES = {
    "views": _named,
    "rules": _named,
    "feeds": _kept(_earlier),
    "sources": _kept(_read_less),
}
