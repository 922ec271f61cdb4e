"""RIS: lines of a tag of two letters, two spaces, a dash and a value; a record from
`TY` to `ER`.

A line without a tag continues the value before it. Text outside the records is skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

from papertrack.core.cite_keys import named_key
from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean, pairs
from papertrack.core.wording import excerpt
from papertrack.sources.bibliography import entries, identifiers, people
from papertrack.sources.bibliography.markup import without_markup
from papertrack.sources.bibliography.types import is_part, published_by

_LINE = pattern(r"([A-Z][A-Z0-9]) {2}-(?: (.*)|\s*)")
_LOOSE = pattern(r"([A-Z][A-Z0-9]) {1,3}-(?: ?(.*))")
_START = pattern(r"(?m)^[^\S\n]*TY( {2}-| {1,3}-)")
_EXPECTED = "expected records from 'TY  - JOUR' to 'ER  - '"


@dataclass(slots=True)
class _Record:
    """The values of a record by tag, each as its lines; `order` has their tags as they
    come in the file. `line` is where the record starts, `type` the value of `TY`.
    """

    line: int
    type: str
    values: dict[str, list[list[str]]] = field(default_factory=dict)
    order: list[str] = field(default_factory=list)
    ended: bool = False

    def all(self, *tags: str) -> list[str]:
        """The values of the tags, in the tags' order, with their line breaks."""
        found: list[list[str]] = []
        for tag in tags:
            found += self.values.get(tag, ())
        return _texts(found)

    def in_order(self, *tags: str) -> list[str]:
        """The values of the tags, in the order of the file, with their line breaks."""
        if sum(tag in self.values for tag in tags) < 2:
            return self.all(*tags)
        return _texts(lines for tag, lines in self.lines() if tag in tags)

    def lines(self) -> Iterator[tuple[str, list[str]]]:
        """Each tag with its lines, in the order of the file."""
        values = {tag: iter(lines) for tag, lines in self.values.items()}
        return ((tag, next(values[tag])) for tag in self.order)

    def first(self, *tags: str) -> str:
        """The value of the first of the tags that has one; "" if none has."""
        return entries.first(self.all(*tags))


def _texts(values: Iterable[list[str]]) -> list[str]:
    """The values that are not blank, each with its line breaks."""
    texts = map("\n".join, values)
    return [text for text in texts if text.strip()]


def parse(body: bytes, *, name: str) -> Listing:
    """The records of an RIS file. One without title and id is a problem, and so is one
    without `ER`, which is kept.

    Raises Unrecognised if there is no record, or none can be used.
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
        if match and tag == "TY":
            if record:
                yield record
            type = match[2] or ""
            record = _Record(number, type.strip().upper())
        elif record and tag == "ER":
            record.ended = True
            yield record
            record = None
        elif record and match:
            value = [match[2] or ""]
            record.values.setdefault(tag, []).append(value)
            record.order.append(tag)
        elif record and record.values:
            value.append(line.strip())
    if record:
        yield record


def _entry(record: _Record) -> entries.Entry:
    problems: list[str] = []
    facts = _facts(record, problems)
    if not facts:
        author = excerpt(record.first("AU", "A1"), 60)
        by = f" by {author}" if author else ""
        problems.append(f"a record{by} has no title and no id")
    if not record.ended:
        problems.append("this record has no 'ER  -'")
    return entries.Entry(record.line, facts, tuple(problems))


def _facts(record: _Record, problems: list[str]) -> Facts | None:
    """The facts of a record; None if it has neither title nor id.

    What is unclear is added to `problems`.
    """
    urls = entries.web_urls(" ".join(record.all("UR", "L2", "LK")))
    ids = _ids(record, urls)
    title = record.first("TI", "T1", "CT", "BT", "ST")
    if not clean(title) and not ids:
        return None
    # An edited volume's people are its editors.
    names = record.in_order("AU", "A1") or record.in_order("ED", "A2")
    authors = people.of_names(map(clean, names))
    # `JO` is mostly abbreviated, whatever the format's description says.
    venues = record.all("JF", "T2", "JO", "BT", "JA", "J2")
    abstract = "\n".join(record.in_order("AB") or record.in_order("N2"))
    venue = entries.first_venue(
        without_markup(venue) for venue in venues if venue != title
    )
    return Facts(
        title=without_markup(title),
        ids=ids,
        abstract=without_markup(abstract),
        authors=authors.names,
        author_count=authors.author_count,
        published=_published(record, problems),
        keywords=_keywords(record),
        doi=entries.doi_in(ids),
        venue=venue,
        url=entries.first(urls),
        **_published_in(record, is_preprint=not venue and entries.is_on_arxiv(ids)),
    )


_TYPES = dict(
    pairs("""
    article           JOUR JFULL MGZN NEWS EJOUR INPR ABST
    conference-paper  CONF CPAPER
    book              BOOK EBOOK EDBOOK CLSWK
    chapter           CHAP ECHAP ENCYC DICT
    thesis            THES
    report            RPRT GOVDOC STAND
    preprint          UNPB UNPD MANSCPT
    dataset           DATA DBASE AGGR
    software          COMP
    webpage           ELEC BLOG WEB
""")
)
_TYPE_OF = {tag: type for type, tags in _TYPES.items() for tag in tags.split()}
_STATED = ("TY", "TI", "T1", "AU", "A1", "AB", "N2", "KW", "UR")
"""Tags that facts have all of; the others are kept as they are written, after the type."""


def _published_in(record: _Record, *, is_preprint: bool) -> dict[str, Any]:
    """The record's type, and where it was published."""
    type = _TYPE_OF.get(record.type, "other")
    if is_preprint and type in ("article", "other", "webpage"):
        type = "preprint"

    def first(*tags: str) -> str:
        return without_markup(record.first(*tags))

    editors = record.in_order("ED")
    if is_part(type) and not editors:
        editors = record.in_order("A2")
    pages = entries.joined("-", first("SP"), first("EP"))
    return {
        "type": type,
        "cite_key": named_key(record.first("ID")),
        "editors": people.of_names(map(clean, editors)).names,
        "booktitle": first("T2", "BT", "C3", "JF") if is_part(type) else None,
        **published_by(type, first("PB")),
        "volume": first("VL"),
        "number": first("IS", "M1") if type == "report" else first("IS"),
        "pages": pages,
        "entry": tuple(_entry_lines(record)),
    }


def _entry_lines(record: _Record) -> Iterator[str]:
    """The record as it is written, without what its facts state."""
    yield f"TY = {record.type}"
    for tag, lines in record.lines():
        if tag not in _STATED:
            yield f"{tag} = {' '.join(lines)}"


_NAMES = ("JF", "T2", "JO", "JA", "J2", "T3", "PB", "DP", "DB", "BT")
_NUMBERS = (
    "M1",
    "AN",
    "VL",
    "IS",
    "SP",
    "SE",
    "CN",
    "M3",
    "C1",
    "C2",
    "C7",
    "ID",
    "ET",
)
_DOI = pattern(r"(?i)\s*(?:doi[:=\s]*)?(?:https?://\S{0,100}?)?10\.\d{4,9}/\S+\s*")


def _ids(record: _Record, urls: list[str]) -> tuple[str, ...]:
    """The keys of a record; see `identifiers`."""
    numbers = record.all(*_NUMBERS)
    dois = record.all("DO", "DI")
    dois += filter(_DOI.fullmatch, [*record.all("L3"), *numbers])
    links = " ".join(record.all("L1", "L3"))
    return identifiers.keys(
        arxiv=identifiers.journal_arxiv(record.all(*_NAMES), numbers),
        doi=" ".join(dois),
        urls=[*urls, *entries.web_urls(links)],
        notes=record.all("N1"),
    )


def _keywords(record: _Record) -> tuple[str, ...]:
    """The distinct keywords, which are one a line or joined by `;`."""
    written = without_markup(";".join(record.all("KW")).replace("\n", ";"))
    return entries.distinct(written.split(";"))


def _published(record: _Record, problems: list[str]) -> str | None:
    """The most precise date of the first year: `PY` often has no more than the year."""
    written = record.all("PY", "Y1", "DA")
    unclear: list[str] = []
    read = [entries.date(text, unclear) for text in written]
    dates = [date for date in read if date]
    if not dates:
        problems += unclear[:1]
        return None
    year = dates[0][:4]
    return max((date for date in dates if date.startswith(year)), key=len)
