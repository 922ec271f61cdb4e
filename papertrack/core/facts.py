"""What sources return: facts about papers, listings of them, and what to read next.

Apart from `model`, since reading commands need none of it: each dataclass costs a
start-up a millisecond.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from papertrack.core.field_names import FACT_ADDRESSES, FACT_NAMES, FACTS
from papertrack.core.secrets import remove_passwords, without_password
from papertrack.core.text import clean

if TYPE_CHECKING:
    from papertrack.core.model import Mark

LONGEST_ID = 2_000
"""Characters of a key in `ids`."""
MOST_ITEMS = 20_000
"""Items of a list: four times the authors of the paper that has most."""

_LONGEST = {"ids": LONGEST_ID, **{field.name: field.longest for field in FACTS}}
_values = attrgetter(*FACT_NAMES)
_WHOLE = {"ids", *(field.name for field in FACTS if field.is_whole)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one source states about one paper; None or () where it states nothing.

    On construction, texts are cleaned, so that no control character gets any further, and
    no password in an address; they are truncated where they are longer than any real one,
    as are lists; see `truncated`. An empty text becomes None, and an empty item of a
    list is dropped, so that readers need not look for them.
    `ids` are keys (`arxiv:…`, `doi:…`, `url:…`); `published`, `listed` and `updated` are
    ISO days; `author_count` is for sources that only know how many there are. `upvotes`
    and `comments` are Hugging Face's, `stars` GitHub's. `comment` is the authors', on
    arXiv. `entry` has the fields of an entry in a bibliography as they are written,
    `NAME = VALUE`. `published` is the day of the first version, often a preprint's;
    `venue_year` the year in which the venue published it.
    """

    title: str
    ids: tuple[str, ...] = ()
    abstract: str | None = None
    summary: str | None = None
    authors: tuple[str, ...] = ()
    author_count: int | None = None
    organization: str | None = None
    published: str | None = None
    listed: str | None = None
    updated: str | None = None
    version: int | None = None
    categories: tuple[str, ...] = ()
    keywords: tuple[str, ...] = ()
    upvotes: int | None = None
    comments: int | None = None
    github: str | None = None
    stars: int | None = None
    project: str | None = None
    doi: str | None = None
    venue: str | None = None
    url: str | None = None
    pdf: str | None = None
    comment: str | None = None
    type: str | None = None
    cite_key: str | None = None
    editors: tuple[str, ...] = ()
    booktitle: str | None = None
    publisher: str | None = None
    school: str | None = None
    volume: str | None = None
    number: str | None = None
    pages: str | None = None
    withdrawn: bool | None = None
    entry: tuple[str, ...] = ()
    citations: int | None = None
    influential: int | None = None
    references: int | None = None
    venue_year: int | None = None

    def __post_init__(self) -> None:
        for name, value in zip(FACT_NAMES, _values(self), strict=True):
            if value is None or value == ():
                continue
            cleaned = _cleaned(name, value)
            # Most text is clean, and setting a frozen field costs more than comparing.
            if cleaned != value:
                object.__setattr__(self, name, cleaned)

    # The methods of dataclasses take half as long again, for each paper of an import.

    def __getstate__(self) -> tuple[Any, ...]:
        return _values(self)

    def __setstate__(self, state: tuple[Any, ...]) -> None:
        for set_field, value in zip(_setters(), state, strict=True):
            set_field(self, value)

    def as_json(self) -> dict[str, Any]:
        """The facts as they are stored: without empty values, tuples as lists."""
        document: dict[str, Any] = {}
        for name, value in zip(FACT_NAMES, _values(self), strict=True):
            if value or value == 0:
                document[name] = list(value) if isinstance(value, tuple) else value
        return document


@cache
def _setters() -> list[Callable[[Facts, Any], None]]:
    """What sets each field, though it is frozen."""
    return [getattr(Facts, name).__set__ for name in FACT_NAMES]


def _cleaned(name: str, value: Any) -> Any:
    if isinstance(value, str):
        text = _cleaned_text(name, value)
        return text if text or name == "title" else None
    if not isinstance(value, tuple) or not value:
        return value
    texts = (_cleaned_text(name, item) for item in value[:MOST_ITEMS])
    items = tuple(text for text in texts if text)
    if len(value) > MOST_ITEMS and name not in _WHOLE:
        items = (*items, "…")
    return items


def _cleaned_text(name: str, text: str) -> str:
    """The text, cleaned and truncated; "" where a part of it would be something else."""
    text = clean(text)
    if "@" in text or "%40" in text or "＠" in text:
        text = _without_passwords(name, text)
    longest = _LONGEST[name]
    if len(text) <= longest:
        return text
    return "" if name in _WHOLE else f"{text[: longest - 1].rstrip()}…"


def _without_passwords(name: str, text: str) -> str:
    if name in FACT_ADDRESSES:
        return without_password(text)
    if name == "entry" and text.startswith("url = "):
        return f"url = {without_password(text.removeprefix('url = '))}"
    # Keys are made of addresses without passwords, or are no addresses.
    return text if name == "ids" else remove_passwords(text)


def truncated(facts: Facts) -> tuple[str, ...]:
    """The names of the facts that were truncated, by their length and their ending."""
    names: list[str] = []
    for name, value in zip(FACT_NAMES, _values(facts), strict=True):
        if value and _is_truncated(name, value):
            names.append(name)
    return tuple(names)


def _is_truncated(name: str, value: object) -> bool:
    least = _LONGEST[name] - 1
    if isinstance(value, str):
        return len(value) >= least and value.endswith("…")
    if not isinstance(value, tuple):
        return False
    return len(value) > MOST_ITEMS or any(
        len(item) >= least and item.endswith("…") for item in value
    )


class FeedLink(NamedTuple):
    """A feed that a file names: its title, the target to follow, the tags of its papers."""

    title: str
    target: str
    tags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Request:
    """A URL to read, how to parse its body, and what to read where that fails.

    `parse` takes the body and the response's headers (lower-case names) and may raise
    `Unrecognised`. `fallback` is read where the server refuses, or where `parse` does not
    recognise the body. `not_found` explains a 404 where the request is for one thing by its
    id. `days` are the first and last day (ISO) that are missed where it fails; None where
    it is not about days. `origin` is the file that names the address, if not the user
    does: it must be a public one then.
    """

    url: str
    parse: Callable[[bytes, Mapping[str, str]], Listing]
    fallback: Request | None = None
    not_found: str | None = None
    days: tuple[str, str] | None = None
    origin: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a source returned: facts in its order, what to read next, what failed.

    `problems` (what could not be read) and `notes` (why there is nothing, what was
    assumed) are one line each. `reached` is the day (ISO) up to which the source has
    listed everything. `whole` is false where the response was cut off: its facts are
    saved, but the source does not count as read. `onward` is the token with which a later
    run resumes, and `asked` the query that it belongs to. `feeds` are
    those that could be followed. `marks` are the reader's marks in an export of
    papertrack, by the place of the paper in `facts`. `unreadable` counts the entries
    that were dropped; each is one of the problems. `unknown` has a line for each paper
    that was requested by its id and does not exist.
    """

    source: str
    facts: tuple[Facts, ...] = ()
    follow: tuple[Request, ...] = ()
    problems: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    reached: str | None = None
    whole: bool = True
    onward: str | None = None
    asked: str | None = None
    feeds: tuple[FeedLink, ...] = ()
    marks: Mapping[int, Mark] = field(default_factory=dict)
    unreadable: int = 0
    unknown: tuple[str, ...] = ()
