"""What sources give: facts of papers, listings of them, and what to read next.

Apart from `model`, since reading commands need none of it: each dataclass costs a start a millisecond.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from typing import Any

from papertrack.text import clean


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one source says of one paper; None or () where it is silent.

    Strings are cleaned on construction, so that no control character gets any further. `ids` are keys
    (`arxiv:…`, `doi:…`, `url:…`); `published`, `listed` and `updated` are ISO days; `author_count` is
    for sources that tell only how many there are. `upvotes`, `comments` are Hugging Face's, `stars` GitHub's.
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

    def __post_init__(self) -> None:
        for name in FACT_NAMES:
            value = getattr(self, name)
            kept = value
            if isinstance(value, str):
                kept = clean(value) or ("" if name == "title" else None)
            elif isinstance(value, tuple) and value:
                kept = tuple(filter(None, map(clean, value)))
            if kept != value:  # most text is clean, and to set a frozen field costs more than to compare
                object.__setattr__(self, name, kept)

    def as_json(self) -> dict[str, Any]:
        """The facts as they are stored: only what is said, tuples as lists."""
        said = {name: getattr(self, name) for name in FACT_NAMES}
        return {k: list(v) if isinstance(v, tuple) else v for k, v in said.items() if v not in (None, "", ())}


FACT_NAMES = tuple(f.name for f in fields(Facts))


@dataclass(frozen=True, slots=True)
class Request:
    """A URL to read, how to parse what it answers, and what to read where the answer can't be had.

    `parse` takes the body and the answer's headers (lower-case names) and may raise `Unrecognised`.
    `otherwise` is asked where the server refuses, or answers what `parse` does not recognise. `missing` is
    what a 404 means, told to the user, where the request is for one thing by its id. `days` are the first and
    the last day (ISO) that are not read where it fails; None where that is not a matter of days.
    """

    url: str
    parse: Callable[[bytes, Mapping[str, str]], Listing]
    otherwise: Request | None = None
    missing: str | None = None
    days: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """What a source gave: facts in its own order, what to read next, and what could not be read.

    `problems` (what could not be read) and `notes` (why there is nothing, what was assumed) are one line each.
    `reached` is the day (ISO) up to which its source has told what it has. `whole` is false where the answer was
    cut off: what came is kept, but the source does not count as read. `onward` is the token that a later run
    can go on with, should this one end here, and `asked` the question that it goes on with. `feeds` are (title, target)
    of feeds that could be followed.
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
    feeds: tuple[tuple[str, str], ...] = ()
