"""Names of tags: which text can be one, and what renaming makes of it. A `/` makes a tree: nlp/parsing."""

from __future__ import annotations

from papertrack.errors import UsageError
from papertrack.text import clean


def names(text: str) -> tuple[str, ...]:
    """The tags of `a,b`, cleaned. Raises UsageError for one that no query could name."""
    found = tuple(dict.fromkeys(clean(name).strip("#/") for name in text.split(",") if name.strip()))
    for name in found:
        if not name or any(char in name for char in ' "()*:'):
            raise UsageError(f"{clean(text)!r} is no tag: letters, digits, - _ . and / only, as in nlp/parsing")
    if not found:
        raise UsageError("no tag given")
    return found


def added(tags: tuple[str, ...], more: tuple[str, ...]) -> tuple[str, ...]:
    """The tags with those of `more` that are not among them yet, whatever their case."""
    have = {tag.casefold() for tag in tags}
    return (*tags, *(tag for tag in more if tag.casefold() not in have))


def renamed(tag: str, old: str, new: str) -> str:
    """The tag, called by the new name where it is `old` or lies below it (`old/x`)."""
    parts = tag.split("/")
    depth = old.count("/") + 1
    same = "/".join(parts[:depth]).casefold() == old.casefold()
    return "/".join([new, *parts[depth:]]) if same else tag
