"""Zotero's own JSON: the items of its API, and Better BibTeX's export.

Notes, attachments and items in the trash are no papers and are left out.
"""

from __future__ import annotations

from collections.abc import Iterator

from papertrack.core.dates import written_date
from papertrack.core.facts import Facts, Listing
from papertrack.core.text import clean
from papertrack.sources.bibliography import entries, identifiers, json_objects
from papertrack.sources.bibliography.json_objects import Item, Object, first_text
from papertrack.sources.bibliography.markup import without_markup
from papertrack.sources.bibliography.types import type_of

_NO_PAPERS = frozenset(["attachment", "note", "annotation"])
_VENUES = ("publicationTitle", "proceedingsTitle", "bookTitle", "conferenceName")
_BOOKS = ("proceedingsTitle", "bookTitle", "encyclopediaTitle", "dictionaryTitle")
_ARXIV = ("archiveID", "archiveLocation", "number", "reportNumber", "publicationTitle")


def parse(body: bytes, *, name: str) -> Listing:
    """The items of a file. Raises Unrecognised if none can be read."""
    found = _entries(entries.text_of(body))
    return entries.listing(found, name=entries.shown(name))


def _items(text: str) -> Iterator[Item]:
    return json_objects.under(text, ["items"]) or json_objects.items(text)


def _entries(text: str) -> Iterator[entries.Entry]:
    for line, item in _items(text):
        if isinstance(item, str):
            yield entries.Entry(line, None, (item,))
            continue
        data = item.get("data")
        item = data if isinstance(data, dict) else item
        if item.get("itemType") in _NO_PAPERS or item.get("deleted"):
            continue
        yield entries.entry_of(line, _facts(item), "item")


def _facts(item: Object) -> Facts:
    def field(*names: str) -> str:
        return entries.first(first_text(item.get(name)) for name in names)

    extra = field("extra").split("\n")
    urls = entries.web_urls(field("url"))
    arxiv = [identifiers.named_arxiv(field(name)) for name in _ARXIV]
    ids = identifiers.keys(
        arxiv=arxiv,
        doi=field("DOI") or _in_extra(extra, "doi"),
        urls=urls,
        notes=[field("extra")],
    )
    type = type_of(field("itemType"))
    date = field("date")
    return Facts(
        title=without_markup(
            field("title", "caseName", "subject", "nameOfAct", "name")
        ),
        ids=ids,
        abstract=without_markup(field("abstractNote")),
        authors=_creators(item, are_editors=False),
        published=written_date(date) if date else None,
        keywords=_tags(item.get("tags")),
        doi=entries.doi_in(ids),
        venue=entries.first_venue(without_markup(field(name)) for name in _VENUES),
        url=entries.first(urls),
        type=type,
        cite_key=field("citationKey", "citekey") or _in_extra(extra, "citation key"),
        editors=_creators(item, are_editors=True),
        booktitle=without_markup(field(*_BOOKS)),
        publisher=field("publisher", "institution", "repository"),
        school=field("university"),
        volume=field("volume"),
        number=field("issue", "reportNumber"),
        pages=field("pages"),
    )


def _in_extra(lines: list[str], name: str) -> str:
    """The value of a line `Name: value` of the field Extra; "" without one."""
    for line in lines:
        key, _, value = line.partition(":")
        if key.strip().lower() == name:
            return value.strip()
    return ""


def _creators(item: Object, *, are_editors: bool) -> tuple[str, ...]:
    """The names of the editors, or of the other creators."""
    creators = item.get("creators")
    if not isinstance(creators, list):
        return ()
    chosen = []
    for creator in creators:
        if isinstance(creator, dict):
            is_editor = "editor" in str(creator.get("creatorType")).lower()
            if is_editor is are_editors:
                chosen.append(creator)
    return tuple(map(_name, chosen))


def _name(creator: Object) -> str:
    parts = (first_text(creator.get(part)) for part in ("firstName", "lastName"))
    name = entries.joined(" ", *map(clean, parts))
    return without_markup(name or first_text(creator.get("name")))


def _tags(value: object) -> tuple[str, ...]:
    """The tags of an item, as objects or as texts."""
    tags = value if isinstance(value, list) else []
    texts = (tag.get("tag") if isinstance(tag, dict) else tag for tag in tags)
    return entries.distinct(without_markup(first_text(tag)) for tag in texts)
