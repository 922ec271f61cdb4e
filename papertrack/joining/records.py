"""Joining what sources say into papers, and settling what is shown. Pure: no clock, no files.

Facts are kept apart by source, so joining is a union: taking the same listing twice changes nothing,
and the order in which sources are fetched changes nothing. The paper shown takes each field from the
most trusted source that has it (`core.trust`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from papertrack.core import identity
from papertrack.core.facts import Facts
from papertrack.core.field_names import FACT_LISTS, FACT_NAMES
from papertrack.core.model import Mark, Paper, Record
from papertrack.core.trust import rank

_Said = Mapping[str, Any]


@dataclass(slots=True)
class Merge:
    """What taking facts does to a library: records to write, under which keys they lay before, which are new."""

    records: dict[str, Record] = field(default_factory=dict)
    replaces: dict[str, tuple[str, ...]] = field(default_factory=dict)
    fresh: list[str] = field(default_factory=list)
    new: int = 0
    updated: int = 0
    known: int = 0


# ------------------------------------------------------------------ one source's word, twice


def _last_listed(said: _Said) -> str:
    return str(said.get("relisted") or said.get("listed") or "")


def combine(old: _Said, new: _Said) -> dict[str, Any]:
    """What one source says of a paper, from two times it spoke; what the winner is silent on stays.

    A newer version wins, then a later day of listing (a paper can be listed twice, with other votes
    and links each time), then `new`. `listed` is the first such day, `relisted` the last.
    """
    order_old, order_new = precedence(old), precedence(new)
    old_wins = order_old[0] > order_new[0] or (
        order_old[0] == order_new[0] and order_old[1] > order_new[1] > ""
    )
    winner, loser = (old, new) if old_wins else (new, old)
    result = {**loser, **winner}
    if "authors" in winner and "author_count" not in winner:
        result.pop("author_count", None)
    if ids := sorted({*old.get("ids", ()), *new.get("ids", ())}):
        result["ids"] = ids
    days = sorted(
        day
        for said in (old, new)
        for day in (said.get("listed"), said.get("relisted"))
        if day
    )
    if days:
        result["listed"] = days[0]
        result.pop("relisted", None)
        if days[-1] != days[0]:
            result["relisted"] = days[-1]
    return result


def precedence(said: _Said) -> tuple[int, str]:
    """Which of two answers of a source is the later: the version, then the last day of listing."""
    return int(said.get("version") or 0), _last_listed(said)


# ------------------------------------------------------------------ joining


def join(records: Sequence[Record]) -> Record:
    """The one record that several are; all their keys stay, the earliest `added` stays."""
    said: dict[str, dict[str, Any]] = {}
    for record in sorted(records, key=lambda r: (r.added, r.key)):
        for source, facts in record.said.items():
            said[source] = (
                combine(said[source], facts) if source in said else dict(facts)
            )
    keys = sorted({key for record in records for key in record.keys}, key=by_trust)
    return Record(
        identity.best(keys), tuple(keys), min(record.added for record in records), said
    )


def by_trust(key: str) -> tuple[bool, bool, bool, str]:
    """What keys are sorted by: arXiv before DOI before URL before title."""
    return (
        not key.startswith("arxiv:"),
        not key.startswith("doi:"),
        not key.startswith("url:"),
        key,
    )


def record_of(facts: Facts, *, source: str, now: str) -> Record:
    """The record that one source's facts make alone. `now` is when, ISO 8601 in UTC."""
    keys = facts.ids or (
        identity.title_key(facts.title, (facts.published or "")[:4] or None),
    )
    said = facts.as_json()
    if facts.ids:
        said["ids"] = sorted(set(facts.ids))
    return Record(
        identity.best(keys), tuple(sorted(set(keys), key=by_trust)), now, {source: said}
    )


def year_of(record: Record) -> str | None:
    """The year in which the most trusted source that tells it says the paper was published."""
    published = _settled(
        "published", [record.said[s] for s in sorted(record.said, key=rank)]
    )
    return str(published)[:4] if published else None


def aliases(record: Record) -> set[str]:
    """All that the record can be found by: its keys and the folds of its titles."""
    folds = {
        identity.title_alias(str(said.get("title", "")))
        for said in record.said.values()
    }
    return {*record.keys, *(fold for fold in folds if fold)}


class Shelf:
    """Records by all that they can be found by, while others are merged into them."""

    def __init__(self, records: Iterable[Record]) -> None:
        self.by_alias: dict[str, dict[str, Record]] = {}
        for record in records:
            self.put(record)

    def put(self, record: Record) -> None:
        """Put a record on it."""
        for alias in aliases(record):
            self.by_alias.setdefault(alias, {})[record.key] = record

    def drop(self, record: Record) -> None:
        """Take a record off it."""
        for alias in aliases(record):
            self.by_alias[alias].pop(record.key, None)

    def same(self, record: Record) -> dict[str, Record]:
        """The records that are the same paper: any id shared; or the title, where one has no id."""
        found: dict[str, Record] = {}
        for key in record.keys:
            found.update(self.by_alias.get(key, {}))
        # A title that the paper does not go by, since a newer version has another, joins nothing.
        whole = _with(join(list(found.values())), record) if found else record
        titled = {
            other.key: other
            for alias in aliases(whole) - set(whole.keys)
            for other in self.by_alias.get(alias, {}).values()
            if other.key not in found
        }
        return {**found, **_titled_alike(whole, titled.values())}


def _titled_alike(whole: Record, titled: Iterable[Record]) -> dict[str, Record]:
    """Those of one title that are the same paper: only one of all may have ids, and all their years agree.

    A title alone may fit several papers: it is one of them, the best known, never their bridge.
    """
    identified = identity.has_id(whole.keys)
    years = {year} if (year := year_of(whole)) else set()
    same: dict[str, Record] = {}
    for other in sorted(titled, key=lambda record: by_trust(record.key)):
        has_id, year = identity.has_id(other.keys), year_of(other)
        if (identified and has_id) or (year and years and year not in years):
            continue
        same[other.key] = other
        identified = identified or has_id
        years |= {year} if year else set()
    return same


def _by_id(records: Iterable[Record]) -> list[Record]:
    """The records with those that share an id made one, in order; titles are for whole papers to join by."""
    made: dict[str, Record] = {}
    main: dict[str, str] = {}
    titled: list[Record] = []
    for record in records:
        if not identity.has_id(record.keys):
            titled.append(record)
            continue
        held = [
            made.pop(key)
            for key in dict.fromkeys(main[k] for k in record.keys if k in main)
        ]
        whole = _with(join(held), record) if held else record
        made[whole.key] = whole
        main.update(dict.fromkeys(whole.keys, whole.key))
    return [*made.values(), *titled]


def merge(
    known: Iterable[Record], facts: Iterable[Facts], *, source: str, now: str
) -> Merge:
    """Take `facts` of one source into the records that `known` holds of the same papers.

    `known` must hold every record that shares an alias with any of the facts. The result names only
    the records that differ from what was known.
    """
    before = {record.key: record for record in known}
    shelf = Shelf(before.values())
    origin: dict[str, set[str]] = {key: {key} for key in before}
    touched: dict[str, Record] = {}
    for record in _by_id(record_of(said, source=source, now=now) for said in facts):
        same = shelf.same(record)
        # The facts just read come last, whatever the keys: they are what the source says now.
        joined = _with(join(list(same.values())), record) if same else record
        came_from: set[str] = set()
        for other in same.values():
            shelf.drop(other)
            touched.pop(other.key, None)
            came_from |= origin.pop(other.key, set())
        shelf.put(joined)
        touched[joined.key] = joined
        origin[joined.key] = came_from
    return difference(before, touched, origin)


def _with(record: Record, new: Record) -> Record:
    said = {source: dict(facts) for source, facts in record.said.items()}
    for source, facts in new.said.items():
        said[source] = combine(said[source], facts) if source in said else dict(facts)
    keys = sorted({*record.keys, *new.keys}, key=by_trust)
    return Record(identity.best(keys), tuple(keys), min(record.added, new.added), said)


def difference(
    before: Mapping[str, Record],
    touched: Mapping[str, Record],
    origin: Mapping[str, set[str]],
) -> Merge:
    """What of `touched` differs from `before`, given the keys under which each record's parts lay there."""
    result = Merge()
    for key, record in touched.items():
        sources = origin[key]
        if not sources:
            result.new += 1
            result.fresh.append(key)
        elif (
            sources == {key}
            and before[key].said == record.said
            and before[key].keys == record.keys
        ):
            result.known += 1
            continue
        else:
            result.updated += 1
        result.records[key] = record
        result.replaces[key] = tuple(sorted(sources - {key}))
    return result


# ------------------------------------------------------------------ settling


def _settled(name: str, voices: Sequence[_Said]) -> Any:
    return next(
        (said[name] for said in voices if said.get(name) not in (None, "", [])), None
    )


_SHOWN = tuple(name for name in FACT_NAMES if name != "ids")
_SHOWN_LISTS = tuple(name for name in FACT_LISTS if name != "ids")


def _author_count(voices: Sequence[_Said]) -> int | None:
    for said in voices:
        if said.get("author_count") is not None:
            return int(said["author_count"])
        if said.get("authors"):
            return len(said["authors"])
    return None


def settle(record: Record, mark: Mark | None = None) -> Paper:
    """The paper that is shown: each field from the most trusted source that speaks, and the reader's mark."""
    order = sorted(record.said, key=rank)
    voices = [record.said[source] for source in order]
    said: dict[str, Any] = {}
    for voice in reversed(voices):
        said.update(
            {name: value for name, value in voice.items() if value or value == 0}
        )
    values: dict[str, Any] = {name: said.get(name) for name in _SHOWN}
    for name in _SHOWN_LISTS:
        values[name] = tuple(values[name] or ())
    values["author_count"] = _author_count(voices)
    values["title"] = values["title"] or identity.show(record.key)
    kind, number = record.key.partition(":")[::2]
    home = {
        "arxiv": f"https://arxiv.org/abs/{number}",
        "doi": f"https://doi.org/{number}",
        "url": number,
    }.get(kind)
    values["url"] = values["url"] or home
    if kind == "arxiv":
        values["pdf"] = values["pdf"] or f"https://arxiv.org/pdf/{number}"
    if not values["doi"]:
        values["doi"] = next(
            (key.removeprefix("doi:") for key in record.keys if key.startswith("doi:")),
            None,
        )
    paper = Paper(
        id=number, key=record.key, added=record.added, sources=tuple(order), **values
    )
    return marked(paper, mark) if mark else paper


def marked(paper: Paper, mark: Mark) -> Paper:
    """The paper with what the reader said of it."""
    return paper._replace(
        tags=mark.tags, status=mark.status, starred=mark.starred, note=mark.note
    )


def join_marks(marks: Sequence[Mark]) -> Mark:
    """One mark of several that turn out to be of one paper: nothing that the reader said is lost."""
    if len(marks) == 1:
        return marks[0]
    tags = tuple(dict.fromkeys(tag for mark in marks for tag in mark.tags))
    said = max(marks, key=lambda mark: (mark.status != "unread", mark.marked or ""))
    notes = list(dict.fromkeys(mark.note for mark in marks if mark.note))
    starred = any(mark.starred for mark in marks)
    return Mark(tags, said.status, starred, "\n\n".join(notes) or None, said.marked)
