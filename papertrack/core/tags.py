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
    same = "/".join(parts[:depth]).casefold() == old.casefold()
    return "/".join([new, *parts[depth:]]) if same else tag


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
    changed = {
        tag: made
        for tag in sorted(known)
        if (made := renamed(tag, old, new)) != tag or _same(tag, old)
    }
    others = {tag.casefold(): tag for tag in sorted(known) if tag not in changed}
    merged = dict.fromkeys(
        others[made.casefold()]
        for made in changed.values()
        if made.casefold() in others
    )
    return Names(
        {tag: others.get(made.casefold(), made) for tag, made in changed.items()},
        tuple(merged),
    )


def _same(tag: str, other: str) -> bool:
    return tag.casefold() == other.casefold()
