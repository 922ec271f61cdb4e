"""EndNote's tagged format (.enw), which refer and BibIX share: `%T Title`.

A record ends at a blank line or at the next `%0`; a line without a tag continues the
value before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from papertrack.core.dates import written_date
from papertrack.core.facts import Facts, Listing
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean
from papertrack.sources.bibliography import entries, identifiers, people
from papertrack.sources.bibliography.markup import without_markup
from papertrack.sources.bibliography.tagged import Record
from papertrack.sources.bibliography.types import is_part, published_by, type_of

_LINE = pattern(r"\s{0,3}%(\S)(?: (.*)|\s*)")


def parse(body: bytes, *, name: str) -> Listing:
    """The records of a file. Raises Unrecognised if none can be read."""
    records = _records(entries.text_of(body))
    return entries.listing(map(_entry, records), name=entries.shown(name))


def _records(text: str) -> Iterator[Record]:
    record = Record(0)
    after_blank = True
    for number, line in enumerate(text.split("\n"), 1):
        match = _LINE.fullmatch(line)
        # A blank line inside an abstract is followed by a line without a tag.
        starts = match and (match[1] == "0" or after_blank)
        if starts and record.values:
            yield record
        if starts:
            record = Record(number)
        if match:
            record.add(match[1], match[2] or "")
        elif line.strip() and record.values:
            record.extend(line)
        after_blank = not line.strip()
    if record.values:
        yield record


def _entry(record: Record) -> entries.Entry:
    return entries.entry_of(record.line, _facts(record), "record")


def _facts(record: Record) -> Facts:
    urls = entries.web_urls(" ".join(record.all("U")))
    notes = record.all("M", "J", "B", "Z", "L", "P", "V", "N", "R", "<")
    dois = record.all("R")
    dois += [note for note in notes if note.startswith("10.")]
    ids = identifiers.keys(
        arxiv=map(identifiers.named_arxiv, notes),
        doi=" ".join(dois),
        urls=urls,
    )
    type = type_of(record.first("0"))
    dates = map(written_date, record.all("8", "D"))
    keywords: list[str] = []
    for words in record.all("K", separator="\n"):
        keywords += re.split(r"[\n;]", words)
    return Facts(
        title=without_markup(record.first("T")),
        ids=ids,
        abstract=without_markup(record.first("X")),
        authors=_names(record.all("A")),
        published=_most_precise([date for date in dates if date]),
        keywords=entries.distinct(keywords),
        doi=entries.doi_in(ids),
        venue=entries.first_venue(record.all("J", "B")),
        url=entries.first(urls),
        pdf=entries.first(entries.web_urls(" ".join(record.all(">")))),
        type=type,
        cite_key=record.first("F"),
        editors=_names(record.all("E")),
        booktitle=record.first("B") if is_part(type) else None,
        volume=record.first("V"),
        number=record.first("N"),
        pages=record.first("P"),
        **published_by(type, record.first("I")),
    )


def _names(written: list[str]) -> tuple[str, ...]:
    return tuple(people.person(clean(name).rstrip(",")) for name in written)


def _most_precise(dates: list[str]) -> str | None:
    """Of dates in the year of the last, the one that states most: `%8` may have a day."""
    years = [date for date in dates if date[:4] == dates[-1][:4]]
    return max(years, key=len, default=None)
