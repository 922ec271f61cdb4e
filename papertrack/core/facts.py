"""What sources give: facts of papers, listings of them, and what to read next.

Apart from `model`, since reading commands need none of it: each dataclass costs a start a millisecond.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, fields
from operator import attrgetter
from typing import Any

from papertrack.core.text import clean


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What one source says of one paper; None or () where it is silent.

    Strings are cleaned on construction, so that no control character gets any further, and cut where they are longer
    than any real one (LONGEST), as are lists (MOST): `cut` tells it. `ids` are keys
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
                kept = _kept(name, value) or ("" if name == "title" else None)
            elif isinstance(value, tuple) and value:
                kept = tuple(filter(None, [_kept(name, item) for item in value[:MOST]]))
                kept = (
                    (*kept, "…") if len(value) > MOST and name not in _WHOLE else kept
                )
            if (
                kept != value
            ):  # most text is clean, and to set a frozen field costs more than to compare
                object.__setattr__(self, name, kept)

    def as_json(self) -> dict[str, Any]:
        """The facts as they are stored: only what is said, tuples as lists."""
        said = {name: getattr(self, name) for name in FACT_NAMES}
        return {
            k: list(v) if isinstance(v, tuple) else v
            for k, v in said.items()
            if v not in (None, "", ())
        }


FACT_NAMES = tuple(f.name for f in fields(Facts))

LONGEST = {"abstract": 100_000, "summary": 100_000}
LONGEST_TEXT = 2_000
"""Characters of all other texts, and of the items of lists."""
MOST = 20_000
"""Items of a list: four times the authors of the paper that has most."""
_WHOLE = ("ids", "github", "project", "doi", "url", "pdf")
_values_of = attrgetter(*FACT_NAMES)


def _kept(name: str, text: str) -> str:
    """The text, cleaned; what is longer than any is cut, or dropped where a part of it would be something else."""
    text = clean(text)
    longest = LONGEST.get(name, LONGEST_TEXT)
    if len(text) <= longest:
        return text
    return "" if name in _WHOLE else f"{text[: longest - 1].rstrip()}…"


def cut(said: Facts) -> tuple[str, ...]:
    """The names of what is as long as it may be, and ends as what was cut does."""
    return tuple(
        name
        for name, value in zip(FACT_NAMES, _values_of(said), strict=True)
        if _is_cut(name, value)
    )


def _is_cut(name: str, value: object) -> bool:
    if isinstance(value, str):
        return len(value) >= LONGEST.get(name, LONGEST_TEXT) - 1 and value[-1] == "…"
    return isinstance(value, tuple) and (
        len(value) > MOST
        or any(len(item) >= LONGEST_TEXT - 1 and item[-1] == "…" for item in value)
    )


@dataclass(frozen=True, slots=True)
class Request:
    """A URL to read, how to parse what it answers, and what to read where the answer can't be had.

    `parse` takes the body and the answer's headers (lower-case names) and may raise `Unrecognised`.
    `otherwise` is asked where the server refuses, or answers what `parse` does not recognise. `missing` is
    what a 404 means, told to the user, where the request is for one thing by its id. `days` are the first and
    the last day (ISO) that are not read where it fails; None where that is not a matter of days. `origin` is the
    file that names the address, where it is not the user who does: it must be a public one then.
    """

    url: str
    parse: Callable[[bytes, Mapping[str, str]], Listing]
    otherwise: Request | None = None
    missing: str | None = None
    days: tuple[str, str] | None = None
    origin: str | None = None


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
