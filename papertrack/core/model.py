"""The values that flow through papertrack, frozen.

A `Record` is a paper as it is stored, with the facts of each source apart. A `Mark`
is what the reader marked. A `Paper` is made from both: what is shown, searched and
exported. They are named tuples because every command defines them at its start: as
dataclasses they cost 4 ms more. Here, and in other modules that every command imports,
annotations are not postponed: a named tuple would compile each one from its text (1 ms).
"""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple

STATUSES = ("unread", "read", "later", "hidden")

UNDATED_DAYS = 7
"""So many days before it was added a paper without a date is sorted."""


class Mark(NamedTuple):
    """How the reader marked a paper. `marked` is when the status was last set (ISO 8601, UTC)."""

    tags: tuple[str, ...] = ()
    status: str = "unread"
    starred: bool = False
    note: str | None = None
    marked: str | None = None

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Mark":
        """The mark in a document of marks.json; defaults for what it leaves out."""
        return cls(
            tags=tuple(document.get("tags") or ()),
            status=document.get("status") or "unread",
            starred=bool(document.get("starred")),
            note=document.get("note") or None,
            marked=document.get("marked") or None,
        )

    def as_json(self, key: str) -> dict[str, Any]:
        """The document of marks.json for the paper `key`, without defaults."""
        changed = {
            name: list(value) if name == "tags" else value
            for name, value in self._asdict().items()
            if value and value != Mark._field_defaults[name]
        }
        return {"key": key, **changed}


class Reading(NamedTuple):
    """The state of reading a source.

    When it was last read completely and last tried (ISO 8601 in UTC), the counts of that
    time, the day (ISO) up to which it was read, its error and since when it fails.
    `missed` are the spans of days (`first/last`) up to `day` that failed and are read
    again. `onward` is the token with which an interrupted harvest resumes, `asked` the
    query that the token belongs to. `problems` are those that were reported, without their
    places.
    """

    target: str
    read: str | None = None
    tried: str | None = None
    new: int = 0
    updated: int = 0
    known: int = 0
    day: str | None = None
    error: str | None = None
    since: str | None = None
    missed: tuple[str, ...] = ()
    onward: str | None = None
    asked: str | None = None
    problems: tuple[str, ...] = ()


class Record(NamedTuple):
    """A paper as it is stored: `said` maps each source to its facts as JSON.

    `keys` are all keys it ever had; `added` is when it was first added (ISO 8601, UTC).
    """

    key: str
    keys: tuple[str, ...]
    added: str
    said: Mapping[str, Mapping[str, Any]]

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> "Record":
        """The record in a document of a month's file."""
        key = document["key"]
        keys = tuple(document.get("keys") or ())
        if key not in keys:
            keys = (key, *keys)
        return cls(key, keys, document.get("added", ""), document["said"])

    def as_json(self) -> dict[str, Any]:
        """The record as a TinyDB document."""
        said = {source: dict(facts) for source, facts in sorted(self.said.items())}
        return {
            "key": self.key,
            "keys": list(self.keys),
            "added": self.added,
            "said": said,
        }


class Paper(NamedTuple):
    """A paper as it is shown, with the fields of `--json` in their order."""

    id: str
    key: str
    title: str
    abstract: str | None = None
    summary: str | None = None
    authors: tuple[str, ...] = ()
    author_count: int | None = None
    organization: str | None = None
    published: str | None = None
    listed: str | None = None
    updated: str | None = None
    added: str | None = None
    version: int | None = None
    sources: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    upvotes: int | None = None
    comments: int | None = None
    github: str | None = None
    stars: int | None = None
    project: str | None = None
    doi: str | None = None
    venue: str | None = None
    url: str | None = None
    pdf: str | None = None
    tags: tuple[str, ...] = ()
    status: str = "unread"
    starred: bool = False
    note: str | None = None
    score: float | None = None
    comment: str | None = None
    type: str | None = None
    cite_key: str | None = None
    editors: tuple[str, ...] = ()
    booktitle: str | None = None
    publisher: str | None = None
    school: str | None = None
    volume: str | None = None
    number: str | None = None
    pages: str | None = None
    withdrawn: bool | None = None
    entry: tuple[str, ...] = ()
    citations: int | None = None
    influential: int | None = None
    references: int | None = None
    venue_year: int | None = None

    @property
    def date(self) -> str | None:
        """The date that places a paper in time: listed, else published (ISO)."""
        return self.listed or self.published

    @property
    def sort_date(self) -> str | None:
        """The date by which papers are sorted.

        No later than the day it was added: a feed's post of next year is not the newest
        until then. A paper without a date comes after those listed in the week before
        it was added: an import is not newer than today's papers.
        """
        added = (self.added or "")[:10]
        if not self.date:
            return _days_before(added, UNDATED_DAYS)
        return min(self.date, added) if added else self.date

    def as_json(self) -> dict[str, Any]:
        """Every field, in its order; None or [] where unknown."""
        return {
            k: list(v) if isinstance(v, tuple) else v for k, v in self._asdict().items()
        }


def _days_before(day: str, days: int) -> str | None:
    """The ISO day so many days before another; None for no day."""
    try:
        return (dt.date.fromisoformat(day) - dt.timedelta(days=days)).isoformat()
    except (ValueError, OverflowError):
        return None
