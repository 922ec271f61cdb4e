"""What papertrack itself exports as JSON or JSON lines, and arXiv's metadata as JSON lines.

An export holds what several sources said, settled: it comes back as the word of one source, `import`. The
reader's marks in it stay where they are, and the listing says so. arXiv's snapshot (a line a paper: `authors_parsed`,
`versions`, `update_date`) is streamed in batches, so that memory stays flat over its millions of lines.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from itertools import islice
from typing import Any

from papertrack.core.facts import Facts, Listing
from papertrack.core.field_names import FACT_NAMES, FACTS, PAPER_NAMES
from papertrack.core.fields import Field, Kind
from papertrack.core.identity import normalise
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean
from papertrack.sources import names
from papertrack.sources.bibliography import entries as bibliography
from papertrack.sources.bibliography.csl import fault, objects
from papertrack.sources.bibliography.entries import Read

SOURCE = "import"
SNAPSHOT = "arxiv-snapshot"
BATCH = 1000
"""Lines a batch: the batch after the nth starts at line `first_line + n * BATCH`, whatever was in the others."""

_MAX_LINE = 10_000_000
_DAY = pattern(r"(\d{4}-\d\d-\d\d)(?:$|[T ])")
_CREATED = pattern(r"(?:[A-Za-z]{3}, )?(\d{1,2}) ([A-Za-z]{3}) (\d{4})\b")
_MONTHS = "janfebmaraprmayjunjulaugsepoctnovdec"
_EXPECTED = "expected what 'papertrack export --format json' or 'jsonl' writes"

_Item = Mapping[str, Any]
_Reader = Callable[[_Item], "Facts | str"]


def parse(body: bytes, *, name: str) -> Listing:
    """The papers of an export, an array or a line each; one without title and id is a problem.

    Raises Unrecognised where there is none, or most can't be read.
    """
    name = bibliography.shown(name)
    text = bibliography.text_of(body)
    return _of_text(text, facts, source=SOURCE, name=name)


def _of_text(text: str, read: _Reader, *, source: str, name: str) -> Listing:
    items = (
        _each_line(io.StringIO(text, newline="\n"), 1)
        if is_lined(text)
        else objects(text)
    )
    listing, marked = _listing(items, read, source=source, name=name)
    return replace(listing, notes=_notes(name, marked))


def is_lined(text: str) -> bool:
    """Whether the text holds a JSON object on each line rather than one value over all of them."""
    first = text.strip()[:1_000_000].split("\n", 20)[:20]
    # A damaged first line does not make one value of the others.
    return not text.lstrip().startswith("[") and any(
        not isinstance(_decoded(line), str) for line in first
    )


def lines(
    lines: Iterable[bytes], *, name: str, first_line: int = 1
) -> Iterator[Listing]:
    """The papers of an export, an object a line, in batches of 1,000 lines. See `snapshot_lines`."""
    return _batches(lines, facts, source=SOURCE, name=name, first_line=first_line)


def snapshot_lines(
    lines: Iterable[bytes], *, name: str, first_line: int = 1
) -> Iterator[Listing]:
    """The papers of arXiv's metadata, a listing for each 1,000 lines, empty ones as well; notes come last.

    `first_line` is the number of the first of `lines`, for going on where an import stopped. Raises
    Unrecognised where the first batch of a file holds nothing, or mostly lines that can't be read; later on
    each such line is a problem.
    """
    return _batches(
        lines, snapshot_facts, source=SNAPSHOT, name=name, first_line=first_line
    )


def parse_snapshot(body: bytes, *, name: str) -> Listing:
    """The papers of arXiv's metadata, an array or a line each, of a file that fits in memory. Raises Unrecognised."""
    return _of_text(
        bibliography.text_of(body),
        snapshot_facts,
        source=SNAPSHOT,
        name=bibliography.shown(name),
    )


def _batches(
    lines: Iterable[bytes], read: _Reader, *, source: str, name: str, first_line: int
) -> Iterator[Listing]:
    name = bibliography.shown(name)
    stream = iter(lines)
    number = first_line
    marked = 0
    while batch := list(islice(stream, BATCH)):
        texts = (
            line.decode("utf-8-sig" if number == 1 else "utf-8", "replace")
            for line in batch
        )
        listing, of_them = _listing(
            _each_line(texts, number),
            read,
            source=source,
            name=name,
            refuse=number == 1,
        )
        yield listing
        number += len(batch)
        marked += of_them
    if marked:
        yield Listing(source=source, notes=_notes(name, marked))


def _listing(
    items: Iterable[tuple[int, _Item | str]],
    read: _Reader,
    *,
    source: str,
    name: str,
    refuse: bool = True,
) -> tuple[Listing, int]:
    """What was read, and how many of the papers the reader had marked."""
    left_out: list[tuple[int, str]] = []
    marked = 0

    def found() -> Iterator[Read]:
        nonlocal marked
        for line, item in items:
            said = item if isinstance(item, str) else read(item)
            if (
                source == SOURCE
                and isinstance(said, Facts)
                and not isinstance(item, str)
            ):
                marked += _is_marked(item)
                unread = _unread(item, said)
                left_out.extend(
                    (line, f"the value of '{field}' can't be read; left out")
                    for field in unread
                )
            yield line, said

    return bibliography.listing(
        found(), name=name, source=source, also=left_out, refuse=refuse
    ), marked


def _unread(item: _Item, said: Facts) -> list[str]:
    """The fields that the object fills with what they can't hold."""
    empty: tuple[Any, ...] = (None, "", [], ())
    return [
        name
        for name in FACT_NAMES
        if item.get(name) not in empty and getattr(said, name) in empty
    ]


def _each_line(
    texts: Iterable[str], first_line: int
) -> Iterator[tuple[int, _Item | str]]:
    for number, text in enumerate(texts, first_line):
        if text.strip():
            yield number, _decoded(text.rstrip("\r\n"))


def _decoded(text: str) -> _Item | str:
    """The object on a line, or why there is none."""
    if len(text) > _MAX_LINE:
        return f"a line of {len(text)} characters is no paper"
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        return f"the JSON can't be read: {fault(error)}, column {error.colno}"
    except (RecursionError, ValueError) as error:
        return f"the JSON can't be read: {fault(error)}"
    return (
        value
        if isinstance(value, dict)
        else f"an object is expected, not {clean(repr(value)[:40])}"
    )


def _notes(name: str, marked: int) -> tuple[str, ...]:
    if not marked:
        return ()
    papers = "a paper" if marked == 1 else f"{marked} papers"
    return (f"{name}: not imported: the tags, status, stars and notes of {papers}",)


def _is_marked(item: _Item) -> bool:
    status = item.get("status") not in (None, "", "unread")
    return bool(status or item.get("tags") or item.get("starred") or item.get("note"))


# ------------------------------------------------------------------ papertrack's own objects


def facts(item: _Item) -> Facts | str:
    """The facts in an exported object, of whatever fields it has; or why there are none."""
    if not item.keys() & set(PAPER_NAMES):
        return f"none of its keys is a field of a paper; {_EXPECTED}"
    ids = _own_ids(item)
    title = _text(item, "title") or ""
    if not clean(title) and not ids:
        return "this paper has no title and no id"
    return Facts(
        title=title,
        ids=ids,
        **{field.name: _value(item, field) for field in FACTS if field.name != "title"},
    )


def _value(item: _Item, field: Field) -> Any:
    """The value of a field; None or () where it is missing or of the wrong kind."""
    if field.is_list:
        return _texts(item, field.name)
    return _READERS.get(field.kind, _text)(item, field.name)


def _own_ids(item: _Item) -> tuple[str, ...]:
    """The key, or what was shown of it, and the DOI; else the URL; else the title's hash that the key may be."""
    said = [normalise(_text(item, name) or "") for name in ("key", "id", "doi")]
    found = list(dict.fromkeys(key for key in said if key))
    if not found and (url := _url(item, "url")):
        found = [key for key in (normalise(url),) if key]
    if any(key.startswith(("arxiv:", "doi:")) for key in found):
        found = [key for key in found if key.startswith(("arxiv:", "doi:"))]
    return tuple(found)


def _text(item: _Item, name: str) -> str | None:
    value = item.get(name)
    return value if isinstance(value, str) and value else None


def _texts(item: _Item, name: str) -> tuple[str, ...]:
    value = item.get(name)
    return (
        tuple(text for text in value if isinstance(text, str))
        if isinstance(value, list)
        else ()
    )


def _number(item: _Item, name: str) -> int | None:
    """A count: a number that is not negative and that an index can hold."""
    value = item.get(name)
    return (
        value
        if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53
        else None
    )


def _day(item: _Item, name: str) -> str | None:
    match = _DAY.match(_text(item, name) or "")
    return bibliography.exact_day(match[1]) if match else None


def _url(item: _Item, name: str) -> str | None:
    value = (_text(item, name) or "").strip()
    return value if re.match(r"(?i)https?://[^\s/]", value) else None


_READERS: Mapping[Kind, Callable[[_Item, str], Any]] = {
    Kind.NUMBER: _number,
    Kind.DATE: _day,
    Kind.URL: _url,
}


# ------------------------------------------------------------------ arXiv's metadata


def snapshot_facts(item: _Item) -> Facts | str:
    """The facts in an object of arXiv's snapshot, or of collections that keep arXiv's names for most of it.

    Those write `authors` as a list, `published_at`, `pdf_url` and `code_url`.
    """
    key = normalise(_text(item, "id") or "") or normalise(_text(item, "url") or "")
    title = _text(item, "title")
    if not key or not key.startswith("arxiv:"):
        return f"{clean(repr(item.get('id'))[:40])} is no arXiv id"
    if not title:
        return f"{key.removeprefix('arxiv:')} has no title"
    dois = (_text(item, "doi") or "").split()
    ids = bibliography.keys(arxiv=[key], doi=dois[0] if dois else "")
    days, version = _versions(item.get("versions"))
    return Facts(
        title=names.tex(title),
        ids=ids,
        abstract=names.tex(_text(item, "abstract") or "") or None,
        authors=_snapshot_authors(item),
        published=days[0] if days else _day(item, "published_at"),
        updated=days[-1]
        if days
        else _day(item, "updated_at") or _day(item, "update_date"),
        version=version,
        categories=_texts(item, "categories")
        or tuple((_text(item, "categories") or "").split()),
        github=_url(item, "code_url"),
        doi=bibliography.doi_in(ids),
        venue=_text(item, "journal-ref"),
        url=_url(item, "url"),
        pdf=_url(item, "pdf_url"),
    )


def _versions(value: Any) -> tuple[list[str], int | None]:
    """The days of the versions, and the number of the last."""
    said = (
        [version for version in value if isinstance(version, dict)]
        if isinstance(value, list)
        else []
    )
    days = [
        day for version in said if (day := _created(_text(version, "created") or ""))
    ]
    last = (
        re.fullmatch(r"v([0-9]{1,4})", _text(said[-1], "version") or "")
        if said
        else None
    )
    return days, int(last[1]) if last else None


def _created(text: str) -> str | None:
    """The ISO day in `Mon, 2 Apr 2007 19:18:42 GMT`."""
    match = _CREATED.match(text)
    if not match or (at := _MONTHS.find(match[2].lower())) % 3:
        return None
    return bibliography.exact_day(f"{match[3]}-{at // 3 + 1:02}-{int(match[1]):02}")


def _snapshot_authors(item: _Item) -> tuple[str, ...]:
    """Given names first, from `authors_parsed`: [family, given, suffix, affiliations…]; else from `authors`."""
    parsed = item.get("authors_parsed")
    if isinstance(parsed, list) and parsed:
        return tuple(
            name
            for author in parsed
            if isinstance(author, list) and (name := _parsed_author(author))
        )
    if isinstance(item.get("authors"), list):
        return tuple(names.person(name) for name in _texts(item, "authors"))
    return names.authors(_text(item, "authors") or "")


def _parsed_author(author: list[Any]) -> str:
    family, given, suffix, *_ = (
        *(part if isinstance(part, str) else "" for part in author),
        "",
        "",
        "",
    )
    return names.person(" ".join(part for part in (given, family, suffix) if part))
