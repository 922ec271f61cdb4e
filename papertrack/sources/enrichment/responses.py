"""What the readers of services' responses share: their items; what preprints are."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any

from papertrack.core.dates import partial_date
from papertrack.core.errors import Unrecognised
from papertrack.core.facts import Facts, Listing
from papertrack.core.lazy_regex import pattern
from papertrack.core.text import clean
from papertrack.core.wording import plural
from papertrack.sources.bibliography import entries, json_objects
from papertrack.sources.bibliography.json_objects import Item, Object

MOST = 10**9
"""A larger number is no count."""
_PREPRINT_SERVER = pattern(
    r"(?i)(?:arxiv|corr|[a-z]{2,8}rxiv|ssrn|social science research network"
    r"|research square|preprints?\.org|preprints|authorea|techrxiv|hal|zenodo|osf"
    r"|open science framework|openreview|viXra)(?:\.org|\.com| preprints?)?(?:[ (].*)?"
)
_DBLP_KEY = pattern(r"(?:conf|journals)/(?!corr/)[^/]+/[^/]*[A-Za-z](\d\d)[a-z]?")
_NEW_ARXIV = pattern(r"arxiv:(\d\d)(\d\d)\.\d{4,5}")


def listing(
    body: bytes,
    *,
    name: str,
    source: str,
    paths: Sequence[Sequence[str]],
    facts_of: Callable[[Object], Facts],
) -> Listing:
    """The works of a saved response: of the array under one of `paths`, or the items.

    A null stands for a work that the service does not know. Raises Unrecognised if there
    is no work, with the error that the service states.
    """
    name = entries.shown(name)
    unknown = 0

    def read() -> Iterator[entries.Entry]:
        nonlocal unknown
        for line, item in _items(entries.text_of(body), paths):
            if item == json_objects.NULL:
                unknown += 1
            elif isinstance(item, str):
                yield entries.Entry(line, None, (item,))
            else:
                yield _entry(line, item, facts_of)

    found = entries.listing(read(), name=name, source=source, refuse=False)
    if not found.facts:
        reason = next(iter(found.problems), f"{name}: it contains no paper")
        raise Unrecognised(reason)
    if not unknown:
        return found
    papers = plural(unknown, "requested paper")
    return replace(found, notes=(f"{name}: {papers} unknown to the service",))


def _items(text: str, paths: Sequence[Sequence[str]]) -> Iterator[Item]:
    for path in paths:
        items = json_objects.under(text, path)
        if items is not None:
            return items
    return json_objects.items(text)


def _entry(
    line: int, item: Object, facts_of: Callable[[Object], Facts]
) -> entries.Entry:
    facts = facts_of(item)
    if facts.title or facts.ids:
        return entries.Entry(line, facts)
    error = json_objects.error_in(item)
    reason = f"the response is an error: {error}" if error else "no title and no id"
    return entries.Entry(line, None, (reason,))


# ------------------------------------------------------------------ values


def inner(item: Any, *names: str) -> Any:
    """The value under a path of names; None where there is none."""
    for name in names:
        if not isinstance(item, Mapping):
            return None
        item = item.get(name)
    return item


def text(item: Any, *names: str) -> str:
    """The text under a path of names, without HTML entities; "" for anything else."""
    value = inner(item, *names)
    return clean(html.unescape(value)) if isinstance(value, str) else ""


def objects(item: Any, *names: str) -> list[Object]:
    """The objects of the list under a path of names."""
    value = inner(item, *names)
    if not isinstance(value, list):
        return []
    return [one for one in value if isinstance(one, Mapping)]


def venue(*names: str) -> str | None:
    """The first name that is not that of a preprint server; None without one."""
    known = (name for name in names if name and not _PREPRINT_SERVER.fullmatch(name))
    return next(known, None)


def published(ids: Sequence[str], date: str, year: object) -> str | None:
    """The date of a work; of a preprint only where it can be that of its first version.

    Services mix the dates of a preprint and of its publication: with an arXiv id, whose
    digits name its month, only the date of that month or the same year is taken.
    """
    whole = partial_date(date) or ""
    years = partial_date(str(year)) or whole[:4]
    preprint = next(filter(None, map(_NEW_ARXIV.fullmatch, ids)), None)
    if not preprint:
        return whole or years or None
    month = f"20{preprint[1]}-{preprint[2]}"
    if whole.startswith(month):
        return whole
    return years if years == month[:4] else None


def is_preprint(ids: Sequence[str]) -> bool:
    """Whether a work's ids are those of arXiv alone."""
    kinds = {key.partition(":")[0] for key in ids}
    return "arxiv" in kinds and "doi" not in kinds


def year(value: object) -> int | None:
    """A year that is a number, or digits."""
    written = partial_date(str(value)) or ""
    return int(written[:4]) if written else None


def year_of_dblp_key(key: str, near: int | None) -> int | None:
    """The year of publication in a key of DBLP: 2017 in `conf/nips/VaswaniSPUJGKP17`.

    Of two centuries that is meant to which the year `near` is closer.
    """
    match = _DBLP_KEY.fullmatch(key)
    if not match or not near:
        return None
    years = (1900 + int(match[1]), 2000 + int(match[1]))
    return min(years, key=lambda year: abs(year - near))


def number(item: Any, *names: str) -> int | None:
    """The count under a path of names; None where there is none."""
    value = inner(item, *names)
    is_count = isinstance(value, int) and not isinstance(value, bool)
    return value if is_count and 0 <= value < MOST else None
