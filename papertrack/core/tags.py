"""Names of tags: which texts are allowed, and renaming. A `/` makes a tree: nlp/parsing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from papertrack.core.errors import UsageError
from papertrack.core.text import clean


def names(text: str) -> tuple[str, ...]:
    """The tags of `a,b`, cleaned. Raises UsageError for one that no query could name."""
    parts = filter(str.strip, text.split(","))
    found = tuple(dict.fromkeys(clean(part).strip("#/") for part in parts))
    for name in found:
        if not is_tag(name):
            raise UsageError(
                f"{clean(text)!r} is not a tag; use letters, digits, - _ . and /, as in nlp/parsing"
            )
    if not found:
        raise UsageError("no tag given")
    return found


def is_tag(name: str) -> bool:
    """Whether a query could name the tag `name`."""
    return bool(name) and not any(char in name for char in ' "()*:,')


def from_keyword(keyword: str) -> str:
    """The tag for a keyword of a bibliography: `deep-learning`; "" if nothing is left."""
    allowed = re.sub(r'["()*:,]+', " ", clean(keyword))
    return "-".join(allowed.split()).strip("#/-")


def added(tags: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """The tags and those of `more`, each once whatever its case, in its first spelling."""
    found: dict[str, str] = {}
    for tag in (*tags, *more):
        found.setdefault(tag.casefold(), tag)
    return tuple(found.values())


def renamed(
    tag: str,
    old: str,
    new: str,
) -> str:
    """The tag under its new name if it is `old` or below it (`old/x`), else unchanged."""
    parts = tag.split("/")
    depth = old.count("/") + 1
    beginning = "/".join(parts[:depth])
    if beginning.casefold() != old.casefold():
        return tag
    return "/".join([new, *parts[depth:]])


class Names(NamedTuple):
    """What renaming changes: each old name -> its new one; and the existing tags that some join."""

    to: dict[str, str]
    merged: tuple[str, ...]


def renaming(
    known: Iterable[str],
    old: str,
    new: str,
) -> Names:
    """The new names of `old` and the tags below it, in the spelling of existing tags."""
    names: dict[str, str] = {}
    others: dict[str, str] = {}
    for tag in sorted(known):
        name = renamed(tag, old, new)
        if name != tag or tag.casefold() == old.casefold():
            names[tag] = name
        else:
            others[tag.casefold()] = tag
    merged: dict[str, None] = {}
    for tag, name in names.items():
        existing = others.get(name.casefold())
        if existing is not None:
            names[tag] = existing
            merged[existing] = None
    return Names(names, tuple(merged))
