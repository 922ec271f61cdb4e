"""papertrack's own exports as JSON or JSON lines.

An export has what several sources said of a paper, settled: it comes back as the facts
of one source, `import`, with the reader's marks.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from papertrack.core.dates import partial_date
from papertrack.core.facts import Facts, Listing
from papertrack.core.field_names import FACTS, PAPER_NAMES
from papertrack.core.fields import Field, Kind
from papertrack.core.identity import normalise
from papertrack.core.model import STATUSES, Mark
from papertrack.core.tags import from_keyword, is_tag
from papertrack.core.text import clean, clean_lines
from papertrack.sources.bibliography import entries, json_objects
from papertrack.sources.bibliography.json_objects import (
    Item,
    Object,
    text,
    texts,
    web_url,
)

SOURCE = "import"
_EXPECTED = "expected the output of 'papertrack export --format json' or 'jsonl'"
_NOTHING: tuple[Any, ...] = (None, "", False, [], ())


def parse(body: bytes, *, name: str) -> Listing:
    """The papers of an export, an array or one a line; one without title and id is a
    problem.

    Raises Unrecognised if there is none, or most can't be read.
    """
    items = json_objects.items(entries.text_of(body))
    return entries.listing(map(entry, items), name=entries.shown(name), source=SOURCE)


def parse_lines(
    lines: Iterable[bytes], *, name: str, first_line: int = 1
) -> Iterator[Listing]:
    """The papers of an export, an object a line, a listing for each 2,000 lines.

    See `arxiv_snapshot.parse_lines` for `first_line` and the errors.
    """
    name = entries.shown(name)
    for number, batch in json_objects.batches(lines, first_line):
        yield entries.listing(
            map(entry, batch), name=name, source=SOURCE, refuse=number == 1
        )


def _mark(item: Object) -> Mark | None:
    """How the reader marked a paper; None if not at all."""
    written = map(clean, texts(item, "tags"))
    # A tag that was edited by hand may have a space, which no query could name.
    tags = (tag if is_tag(tag) else from_keyword(tag) for tag in written)
    status = text(item, "status")
    mark = Mark(
        tags=entries.distinct(tags),
        status=status if status in STATUSES else "unread",
        starred=item.get("starred") is True,
        note="\n".join(clean_lines(text(item, "note"))) or None,
    )
    return mark if mark != Mark() else None


def entry(item: Item) -> entries.Entry:
    """The facts and the mark of an object, or why it can't be read."""
    line, value = item
    if isinstance(value, str):
        return entries.Entry(line, None, (value,))
    if not value.keys() & set(PAPER_NAMES):
        problem = f"none of its keys is a field of a paper; {_EXPECTED}"
        return entries.Entry(line, None, (problem,))
    values = {field.name: _value(value, field) for field in FACTS}
    facts = Facts(ids=_ids(value), **values)
    if not facts.title and not facts.ids:
        return entries.Entry(line, None, ("this paper has no title and no id",))
    unread = tuple(
        f"the value of '{name}' is invalid and was ignored"
        for name in values
        if value.get(name) not in _NOTHING and getattr(facts, name) in _NOTHING
    )
    return entries.Entry(line, facts, unread, _mark(value))


def _value(item: Object, field: Field) -> Any:
    """The value of a field; None, "" or () if it is missing or of another kind."""
    if field.is_list:
        return texts(item, field.name)
    match field.kind:
        case Kind.NUMBER:
            return _number(item, field.name)
        case Kind.DATE:
            return partial_date(text(item, field.name))
        case Kind.URL:
            return web_url(item, field.name)
        case Kind.FLAG:
            return True if item.get(field.name) is True else None
    return text(item, field.name)


def _ids(item: Object) -> tuple[str, ...]:
    """The key, or what was shown of it, and the DOI; the URL if there is neither.

    The key may be a hash of the title: then it is the only id.
    """
    named = [normalise(text(item, name)) for name in ("key", "id", "doi")]
    found = tuple(dict.fromkeys(key for key in named if key))
    if not found:
        url = normalise(web_url(item, "url"))
        return (url,) if url else ()
    public = tuple(key for key in found if key.startswith(("arxiv:", "doi:")))
    return public or found


def _number(item: Object, name: str) -> int | None:
    """A count: a whole number that is not negative and that the index can hold."""
    value = item.get(name)
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**53:
        return value
    return None
