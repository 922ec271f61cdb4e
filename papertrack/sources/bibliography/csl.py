"""CSL-JSON, as Zotero, Pandoc and Crossref write it: an array of items, one item, or an
object with `items`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

from papertrack.core.cite_keys import named_key
from papertrack.core.dates import MONTHS, most_precise
from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.text import clean
from papertrack.core.wording import excerpt
from papertrack.sources.bibliography import entries, identifiers
from papertrack.sources.bibliography.json_objects import Object, first_text, of_value
from papertrack.sources.bibliography.markup import without_markup
from papertrack.sources.bibliography.people import People, of_names
from papertrack.sources.bibliography.types import is_part, published_by, type_of

_EXPECTED = "expected CSL-JSON: an array of objects with title, author, issued"


def parse(body: bytes, *, name: str) -> Listing:
    """The items of a CSL-JSON file. One without title and id is a problem, and so is
    JSON that breaks off.

    Raises Unrecognised if there is no item, or none can be used.
    """
    name = entries.shown(name)
    text = entries.text_of(body)
    if not re.match(r"\s*[\[{]", text):
        raise Unrecognised(f"{name}: not JSON; {_EXPECTED}")
    return entries.listing(_read(text), name=name)


def _read(text: str) -> Iterator[entries.Entry]:
    for line, item in of_value(text):
        if isinstance(item, str):
            yield entries.Entry(line, None, (item,))
            continue
        problems: list[str] = []
        facts = _facts(item, _named(item), problems)
        if not facts:
            id = excerpt(first_text(item.get("id")), 60)
            label = f"item {id}".rstrip()
            problems = [f"{label} has no title and no id; {_EXPECTED}"]
        yield entries.Entry(line, facts, tuple(problems))


def _facts(written: Object, item: Object, problems: list[str]) -> Facts | None:
    """The facts of an item; None if it has neither title nor id.

    `written` is the item with the names of its file. What is unclear is added to `problems`.
    """
    title = without_markup(first_text(item.get("title")))
    urls = entries.web_urls(first_text(item.get("url")))
    ids = _ids(item, urls)
    if not clean(title) and not ids:
        return None
    authors = _people(item.get("author")) or _people(item.get("editor")) or People()
    if authors.unclear:
        problems.append(entries.unclear_names(authors.unclear))
    container = without_markup(first_text(item.get("containertitle")))
    venue = entries.first_venue([container])
    return Facts(
        title=title,
        ids=ids,
        abstract=without_markup(first_text(item.get("abstract"))),
        authors=authors.names,
        author_count=authors.author_count,
        published=_published(item, problems),
        keywords=_keywords(item.get("keyword")),
        doi=entries.doi_in(ids),
        venue=venue,
        url=entries.first(urls),
        entry=tuple(_entry(written)),
        **_published_in(item, is_preprint=not venue and entries.is_on_arxiv(ids)),
    )


_STATED = ("title", "author", "abstract", "type", "URL", "keyword")
"""Names that facts have all of; the others are kept as they are written, after the type."""


_LONGEST = 1_000
"""Characters of a value that is no text: Crossref's lists of references are not kept."""


def _entry(item: Object) -> Iterator[str]:
    if item.get("type"):
        yield f"type = {first_text(item['type'])}"
    for name, value in item.items():
        if name in _STATED or value in (None, "", [], {}):
            continue
        if isinstance(value, str):
            yield f"{name} = {value}"
        elif len(text := json.dumps(value, ensure_ascii=False)) <= _LONGEST:
            yield f"{name} = {text}"


def _published_in(item: Object, *, is_preprint: bool) -> dict[str, Any]:
    """The item's type, and where it was published."""
    type = type_of(first_text(item.get("type")))
    if is_preprint and type in ("article", "other", "webpage", None):
        type = "preprint"

    def first(*names: str) -> str:
        texts = (without_markup(first_text(item.get(name))) for name in names)
        return entries.first(map(clean, texts))

    editors = _people(item.get("editor")) or People()
    keys = (first_text(item.get(name)) for name in ("citationkey", "id"))
    return {
        "type": type,
        "cite_key": entries.first(map(named_key, keys)),
        "editors": editors.names,
        "booktitle": first("containertitle") if is_part(type) else None,
        **published_by(type, first("publisher")),
        "volume": first("volume"),
        "number": first("issue", "number"),
        "pages": first("page"),
    }


def _named(item: Object) -> Object:
    """The item with its names in lower case and without hyphens: `doi`, `dateparts`."""
    named = {}
    for name, value in item.items():
        plain_name = re.sub(r"[-_ ]", "", name.lower())
        named[plain_name] = value
    return named


# ------------------------------------------------------------------ values

_NAME_PARTS = ("given", "droppingparticle", "nondroppingparticle", "family", "suffix")
_NAMES = ("containertitle", "collectiontitle", "publisher", "archive", "source")
_NUMBERS = ("number", "volume", "issue", "page", "genre", "archivelocation")
_DATES = ("issued", "publishedprint", "publishedonline", "published", "posted")


def _ids(item: Object, urls: list[str]) -> tuple[str, ...]:
    """The keys of an item; see `identifiers`."""

    def fields(*names: str) -> list[str]:
        texts = (first_text(item.get(name)) for name in names)
        return [text for text in texts if text]

    arxiv = list(map(identifiers.bare_arxiv, fields("eprint", "arxivid", "arxiv")))
    arxiv += identifiers.journal_arxiv(fields(*_NAMES), fields(*_NUMBERS))
    return identifiers.keys(
        arxiv=arxiv,
        doi=" ".join(fields("doi")),
        urls=urls,
        notes=fields("note", "extra", "id"),
    )


def _people(value: Any) -> People | None:
    """The people of a list of names; None if there are none."""
    people = value if isinstance(value, list) else [value]
    found = of_names(filter(None, map(_person, people)), are_inverted=False)
    return found if found.names or found.incomplete else None


def _person(person: Any) -> str:
    """`Ludwig van Beethoven` from its parts, or the literal name."""
    if isinstance(person, str):
        return without_markup(person)
    if not isinstance(person, dict):
        return ""
    person = _named(person)
    parts = (first_text(person.get(part)).strip() for part in _NAME_PARTS)
    name = entries.joined(" ", *parts)
    literal = person.get("literal") or person.get("name")
    return without_markup(name or first_text(literal))


def _keywords(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list):
        return entries.split_keywords(without_markup(first_text(value)))
    words = (word for word in value if isinstance(word, str))
    return entries.distinct(map(without_markup, words))


# ------------------------------------------------------------------ dates


def _published(item: Object, problems: list[str]) -> str | None:
    """The first date of an item that is one."""
    failed: list[str] = []
    for name in _DATES:
        if item.get(name):
            unclear: list[str] = []
            date = _date(item[name], unclear)
            if date:
                problems += unclear
                return date
            failed += unclear
    problems += failed[:1]
    return None


def _date(value: Any, problems: list[str]) -> str | None:
    """The date of `{date-parts: [[2020, 5, 12]]}`, of `{year: 2020}`, of `raw` or
    `literal`, or of a bare text.
    """
    if isinstance(value, list):
        value = value[0] if value else ""
    if not isinstance(value, dict):
        text = first_text(value)
        return entries.date(text, problems) if text else None
    value = _named(value)
    texts = _date_parts(value)
    if texts and texts[0]:
        date = _date_of_parts(*texts[:3])
        if date:
            return date
    names = ("raw", "literal", "datetime", "dateparts")
    written = entries.first(first_text(value.get(name)) for name in names)
    written = written or " ".join(texts)
    return entries.date(written, problems) if written.strip() else None


def _date_parts(value: Object) -> list[str]:
    """The year, month and day of a date; [] if they are not apart."""
    parts = value.get("dateparts")
    if not parts:
        parts = [value.get(name) for name in ("year", "month", "day")]
    if not isinstance(parts, list):
        return []
    # A span of time is a list of two; some write a date without the outer list.
    if isinstance(parts[0], list):
        parts = parts[0]
    return [first_text(part).strip().removesuffix(".0") for part in parts]


def _date_of_parts(year: str, month: str = "", day: str = "") -> str | None:
    """The date as far as it is known; a season is no month."""
    if not re.fullmatch(r"[0-9]{1,4}", year):
        return None
    month_number = MONTHS.get(month[:3].lower(), 0)
    if month.isdecimal():
        month_number = int(month)
    day_number = int(day) if day.isdecimal() else 0
    return most_precise(int(year), month_number, day_number)
