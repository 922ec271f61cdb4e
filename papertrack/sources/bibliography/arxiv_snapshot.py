"""arXiv's metadata snapshot: a JSON object a line, with `authors_parsed`, `versions`
and `update_date`.

It is streamed in batches, so that memory does not grow with its millions of lines.
Collections that use arXiv's names for most of it are read too: they have `authors` as a
list, `published_at`, `pdf_url` and `code_url`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Any

from papertrack.core.dates import MONTHS, existing_day
from papertrack.core.facts import Facts, Listing
from papertrack.core.identity import normalise
from papertrack.core.latex import accents
from papertrack.core.lazy_regex import pattern
from papertrack.core.wording import excerpt
from papertrack.sources import names
from papertrack.sources.bibliography import entries, identifiers, json_objects
from papertrack.sources.bibliography.json_objects import (
    Item,
    Object,
    text,
    texts,
    web_url,
)

SOURCE = "arxiv-snapshot"
_CREATED = pattern(r"(?:[A-Za-z]{3}, )?(\d{1,2}) ([A-Za-z]{3}) (\d{4})\b")


def parse(body: bytes, *, name: str) -> Listing:
    """The papers of a snapshot that fits in memory, an array or one a line.

    Raises Unrecognised if there is none, or most can't be read.
    """
    items = json_objects.items(entries.text_of(body))
    name = entries.shown(name)
    return entries.listing(map(_entry, items), name=name, source=SOURCE)


def parse_lines(
    lines: Iterable[bytes], *, name: str, first_line: int = 1
) -> Iterator[Listing]:
    """The papers of a snapshot, a listing for each 2,000 lines, empty ones as well.

    `first_line` is the number of the first of `lines`, to resume an import. Raises
    Unrecognised if the first batch of a file contains nothing, or mostly lines that
    can't be read; in later ones each such line is a problem.
    """
    name = entries.shown(name)
    for number, batch in json_objects.batches(lines, first_line):
        yield entries.listing(
            map(_entry, batch), name=name, source=SOURCE, refuse=number == 1
        )


def _entry(item: Item) -> entries.Entry:
    line, value = item
    read = value if isinstance(value, str) else _facts(value)
    if isinstance(read, str):
        return entries.Entry(line, None, (read,))
    return entries.Entry(line, read)


def _facts(item: Object) -> Facts | str:
    """The facts of a paper, or why there are none."""
    key = normalise(text(item, "id")) or normalise(text(item, "url")) or ""
    title = text(item, "title")
    if not key.startswith("arxiv:"):
        return f"{excerpt(repr(item.get('id'))[:60], 40)} is not an arXiv id"
    if not title:
        return f"{key.removeprefix('arxiv:')} has no title"
    doi = entries.first(text(item, "doi").split())
    ids = identifiers.keys(arxiv=[key], doi=doi)
    days, version = _versions(item.get("versions"))
    if not days:
        first = existing_day(text(item, "published_at"))
        last = existing_day(text(item, "updated_at"))
        days = [first, last or existing_day(text(item, "update_date"))]
    return Facts(
        title=accents(title),
        ids=ids,
        abstract=accents(text(item, "abstract")),
        authors=_authors(item),
        published=days[0],
        updated=days[-1],
        version=version,
        categories=texts(item, "categories") or tuple(text(item, "categories").split()),
        github=web_url(item, "code_url"),
        doi=entries.doi_in(ids),
        venue=text(item, "journal-ref"),
        comment=accents(text(item, "comments") or text(item, "comment")),
        url=web_url(item, "url"),
        pdf=web_url(item, "pdf_url"),
    )


def _versions(value: Any) -> tuple[list[str | None], int | None]:
    """The days of the versions, and the number of the last."""
    versions = value if isinstance(value, list) else []
    versions = [version for version in versions if isinstance(version, dict)]
    if not versions:
        return [], None
    days = (_created(text(version, "created")) for version in versions)
    last = re.fullmatch(r"v([0-9]{1,4})", text(versions[-1], "version"))
    return [day for day in days if day], int(last[1]) if last else None


def _created(text: str) -> str | None:
    """The ISO day in `Mon, 2 Apr 2007 19:18:42 GMT`."""
    match = _CREATED.match(text)
    if not match:
        return None
    month = MONTHS.get(match[2].lower(), 0)
    return existing_day(f"{match[3]}-{month:02}-{int(match[1]):02}")


def _authors(item: Object) -> tuple[str, ...]:
    """The authors, given names first.

    From `authors_parsed` ([family, given, suffix, affiliations…]), else from `authors`.
    """
    parsed = item.get("authors_parsed")
    if isinstance(parsed, list) and parsed:
        return tuple(_author(author) for author in parsed if isinstance(author, list))
    if isinstance(item.get("authors"), list):
        return tuple(map(names.person, texts(item, "authors")))
    return names.authors(text(item, "authors"))


def _author(author: list[Any]) -> str:
    parts = [part if isinstance(part, str) else "" for part in author[:3]]
    family, given, suffix = parts + [""] * (3 - len(parts))
    return names.person(f"{given} {family} {suffix}")
