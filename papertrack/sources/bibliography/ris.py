"""RIS: lines of a tag of two letters, two spaces, a dash and a value; a record from
`TY` to `ER`.

A line without a tag continues the value before it. Text outside the records is skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean
from papertrack.core.wording import excerpt
from papertrack.sources.bibliography import entries

_LINE = pattern(r"([A-Z][A-Z0-9]) {2}-(?: (.*)|\s*)")
_LOOSE = pattern(r"([A-Z][A-Z0-9]) {1,3}-(?: ?(.*))")
_START = pattern(r"(?m)^[^\S\n]*TY( {2}-| {1,3}-)")
_EXPECTED = "expected records from 'TY  - JOUR' to 'ER  - '"


@dataclass(slots=True)
class _Record:
    """The values of a record by tag, each as its lines; `line` is where the record
    starts.
    """

    line: int
    values: dict[str, list[list[str]]] = field(default_factory=dict)
    ended: bool = False

    def all(self, *tags: str) -> list[str]:
        """The values of the tags, in the tags' order, with their line breaks."""
        texts = ("\n".join(value) for tag in tags for value in self.values.get(tag, ()))
        return [text for text in texts if text.strip()]

    def first(self, *tags: str) -> str:
        """The value of the first of the tags that has one; "" if none has."""
        return next(iter(self.all(*tags)), "")


def parse(body: bytes, *, name: str) -> Listing:
    """The records of an RIS file. One without title and id is a problem, and so is one
    without `ER`, which is kept.

    Raises Unrecognised if there is no record, or most can't be read.
    """
    name = entries.shown(name)
    text = entries.text_of(body)
    if not _START.search(text):
        raise Unrecognised(f"{name}: it contains no RIS record; {_EXPECTED}")
    is_strict = re.search(r"(?m)^[^\S\n]*TY {2}-", text)
    records = _records(text, _LINE if is_strict else _LOOSE)
    return entries.listing(map(_entry, records), name=name)


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


def _entry(record: _Record) -> entries.Entry:
    facts = _facts(record)
    problems: list[str] = []
    if not facts:
        author = excerpt(record.first("AU", "A1"), 60)
        by = f" by {author}" if author else ""
        problems.append(f"a record{by} has no title and no id")
    if not record.ended:
        problems.append("this record has no 'ER  -'")
    return entries.Entry(record.line, facts, tuple(problems))


def _facts(record: _Record) -> Facts | None:
    """The facts of a record; None if it has neither title nor id."""
    urls = entries.web_urls(" ".join(record.all("UR", "L2", "LK")))
    notes = record.all("AN", "M1", "ID", "C1", "JO", "JF", "T2", "N1")
    ids = entries.keys(
        arxiv=map(entries.arxiv_key, notes), doi=record.first("DO"), urls=urls
    )
    title = record.first("TI", "T1", "CT", "BT", "ST")
    if not clean(title) and not ids:
        return None
    authors = (entries.person(clean(name)) for name in record.all("AU", "A1"))
    # `JO` is mostly abbreviated, whatever the format's description says.
    venues = record.all("JF", "T2", "JO", "BT", "JA", "J2")
    return Facts(
        title=title,
        ids=ids,
        abstract=record.first("AB", "N2") or None,
        authors=tuple(name for name in authors if name),
        published=_published(record),
        keywords=entries.distinct("\n".join(record.all("KW")).split("\n")),
        doi=entries.doi_in(ids),
        venue=entries.first_venue(venue for venue in venues if venue != title),
        url=urls[0] if urls else None,
    )


def _published(record: _Record) -> str | None:
    """The day of `DA` if it is in the year of `PY` or `Y1`, which often contain no
    more.
    """
    written = map(entries.written_day, record.all("PY", "Y1", "DA"))
    days = [day for day in written if day]
    # Of one year's days the latest: a year alone stands for its first.
    return max((day for day in days if day[:4] == days[0][:4]), default=None)
