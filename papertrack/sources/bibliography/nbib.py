"""PubMed's citation format (.nbib, MEDLINE): a tag of up to four letters, `- `, a value.

A record starts with `PMID`; a line that is indented continues the value before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from papertrack.core.dates import written_date
from papertrack.core.facts import Facts, Listing
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean
from papertrack.sources import names
from papertrack.sources.bibliography import entries, identifiers, people
from papertrack.sources.bibliography.tagged import Record
from papertrack.sources.bibliography.types import type_of

_LINE = pattern(r"([A-Z]{2,4}) {0,2}-(?: (.*)|\s*)")
_ID = pattern(r"(\S+)\s*\[(doi|pii)\]")


def parse(body: bytes, *, name: str) -> Listing:
    """The records of a file. Raises Unrecognised if none can be read."""
    records = _records(entries.text_of(body))
    return entries.listing(map(_entry, records), name=entries.shown(name))


def _records(text: str) -> Iterator[Record]:
    record = Record(0)
    for number, line in enumerate(text.split("\n"), 1):
        match = None if line[:1] == " " else _LINE.fullmatch(line.rstrip())
        starts = match and (match[1] == "PMID" or not record.values)
        if starts and record.values:
            yield record
        if starts:
            record = Record(number)
        if match:
            record.add(match[1], match[2] or "")
        elif line.strip():
            record.extend(line)
        elif record.values:
            yield record
            record = Record(0)
    if record.values:
        yield record


def _entry(record: Record) -> entries.Entry:
    return entries.entry_of(record.line, _facts(record), "record")


def _facts(record: Record) -> Facts:
    ids: dict[str, list[str]] = {"doi": [], "pii": []}
    for written in record.all("LID", "AID"):
        match = _ID.fullmatch(written.strip())
        if match:
            ids[match[2]].append(match[1])
    url = pubmed_url(record.first("PMID"))
    keys = identifiers.keys(
        arxiv=map(identifiers.named_arxiv, ids["pii"]),
        doi=entries.first(ids["doi"]),
        urls=[url] if url else [],
    )
    full = [people.person(clean(name)) for name in record.all("FAU")]
    short = [names.initials_first(clean(name)) for name in record.all("AU")]
    keywords = record.all("OT")
    for subject in record.all("MH"):
        is_main = "*" in subject
        if is_main:
            keywords.append(subject.lstrip("*").partition("/")[0])
    return Facts(
        title=without_final_dot(record.first("TI", "BTI")),
        ids=keys,
        abstract=record.first("AB"),
        authors=(*(full or short), *map(clean, record.all("CN"))),
        published=written_date(record.first("DP")) or written_date(record.first("DEP")),
        keywords=entries.distinct(clean(word).lstrip("*") for word in keywords),
        doi=entries.doi_in(keys),
        venue=entries.first_venue(record.all("JT", "TA")),
        url=url,
        type=publication_type(record.all("PT")),
        publisher=record.first("PB"),
        volume=record.first("VI"),
        number=record.first("IP"),
        pages=record.first("PG"),
    )


def pubmed_url(number: str) -> str:
    """The page of a paper by its number at PubMed; "" if it is none."""
    is_number = re.fullmatch(r"\s*[0-9]{1,9}\s*", number)
    return f"https://pubmed.ncbi.nlm.nih.gov/{number.strip()}/" if is_number else ""


def without_final_dot(title: str) -> str:
    """A title as PubMed writes it, without its dot and the brackets of a translation."""
    title = clean(title)
    if title.endswith(".") and not title.endswith(".."):
        title = title[:-1]
    return title[1:-1] if re.fullmatch(r"\[[^\[\]]*\]", title) else title


def publication_type(names: list[str]) -> str | None:
    """The first of PubMed's types that papertrack has; `article` for the others."""
    types = [type_of(name) for name in names]
    if "preprint" in types:
        return "preprint"
    known = (type for type in types if type not in (None, "other"))
    return next(known, "article" if types else None)
