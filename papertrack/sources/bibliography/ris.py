"""RIS: lines of a tag of two letters, two spaces, a dash and a value; a record from `TY` to `ER`.

A line without a tag goes on with the value before it. What stands outside the records is left aside.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean, shorten
from papertrack.sources.bibliography import entries as bibliography
from papertrack.sources.bibliography.entries import Read

_LINE = pattern(r"([A-Z][A-Z0-9]) {2}-(?: (.*)|\s*)")
_LOOSE = pattern(r"([A-Z][A-Z0-9]) {1,3}-(?: ?(.*))")
_START = pattern(r"(?m)^[^\S\n]*TY( {2}-| {1,3}-)")
_EXPECTED = "expected RIS: records from 'TY  - JOUR' to 'ER  - '"


@dataclass(slots=True)
class _Record:
    """The values of a record by tag, each as its lines; `line` is where the record starts."""

    line: int
    values: dict[str, list[list[str]]] = field(default_factory=dict)
    ended: bool = False

    def all(self, *tags: str) -> list[str]:
        """What the tags say, in their order, lines ended as they were."""
        texts = ("\n".join(value) for tag in tags for value in self.values.get(tag, ()))
        return [text for text in texts if text.strip()]

    def first(self, *tags: str) -> str:
        """What the first of the tags that says something says; "" for none."""
        return next(iter(self.all(*tags)), "")


def parse(body: bytes, *, name: str) -> Listing:
    """The records of an RIS file. One without title and id is a problem; one that lacks its `ER` is kept, and told.

    Raises Unrecognised where there is no record, or most can't be read.
    """
    name = bibliography.shown(name)
    text = bibliography.text_of(body)
    start = _START.search(text)
    if not start:
        raise Unrecognised(f"{name}: no record found in it; {_EXPECTED}")
    line = _LINE if re.search(r"(?m)^[^\S\n]*TY {2}-", text) else _LOOSE
    records = list(_records(text, line))
    open_ended = [
        (record.line, "this record has no 'ER  -'")
        for record in records
        if not record.ended
    ]
    return bibliography.listing(_read(records), name=name, also=open_ended)


def _records(text: str, pattern: re.Pattern[str]) -> Iterator[_Record]:
    record: _Record | None = None
    value: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        match = pattern.fullmatch(line.strip())
        tag = match[1] if match else ""
        if tag == "TY":
            if record:
                yield record
            record = _Record(number)
        elif record and tag == "ER":
            record.ended = True
            yield record
            record = None
        elif record and match:
            value = [match[2] or ""]
            record.values.setdefault(tag, []).append(value)
        elif record and record.values:
            value.append(line.strip())
    if record:
        yield record


def _read(records: list[_Record]) -> Iterator[Read]:
    for record in records:
        facts = _facts(record)
        author = shorten(clean(record.first("AU", "A1")), 60)
        yield (
            record.line,
            facts
            or f"a record{f' by {author}' if author else ''} has no title and no id",
        )


def _facts(record: _Record) -> Facts | None:
    """What a record says; None where it tells neither title nor id."""
    urls = bibliography.web_urls(" ".join(record.all("UR", "L2", "LK")))
    arxiv = [
        bibliography.arxiv_key(value)
        for value in record.all("AN", "M1", "ID", "C1", "JO", "JF", "T2", "N1")
    ]
    ids = bibliography.keys(arxiv=arxiv, doi=record.first("DO"), urls=urls)
    title = record.first("TI", "T1", "CT", "BT", "ST")
    if not clean(title) and not ids:
        return None
    names = (bibliography.person(clean(name)) for name in record.all("AU", "A1"))
    words = (word.strip() for value in record.all("KW") for word in value.split("\n"))
    return Facts(
        title=title,
        ids=ids,
        abstract=record.first("AB", "N2") or None,
        authors=tuple(name for name in names if name),
        published=_published(record),
        keywords=tuple(dict.fromkeys(word for word in words if word)),
        doi=bibliography.doi_in(ids),
        venue=_venue(record, title),
        url=urls[0] if urls else None,
    )


def _venue(record: _Record, title: str) -> str | None:
    # `JO` is mostly abbreviated, whatever the format says.
    venues = record.all("JF", "T2", "JO", "BT", "JA", "J2")
    return bibliography.first_venue(venue for venue in venues if venue != title)


def _published(record: _Record) -> str | None:
    """The day of `DA` where it is of the year that `PY` or `Y1` tells, which often tell no more."""
    said = [bibliography.written_day(value) for value in record.all("PY", "Y1", "DA")]
    days = [day for day in said if day]
    # Of one year's days the latest: a year alone stands for its first.
    return max((day for day in days if day[:4] == days[0][:4]), default=None)
