"""Names for files, made of what papers say, as any system takes them."""

from __future__ import annotations

import re

from papertrack.core.text import shorten

_LONGEST_PART = 60
_LONGEST_PART_BYTES = 95
"""So much of a name an id or a title takes at most; of two the whole has less than 200
bytes."""
# What Windows forbids, and what ends a link in Obsidian.
_NOT_IN_NAMES = re.compile(r'[\\/:*?"<>|#^\[\]%]')
# Names of devices to Windows, with any suffix.
_DEVICE = re.compile(r"(?i)(?:con|prn|aux|nul|com\d|lpt\d)(?=$|[. ])")


def part_of_name(
    text: str, longest: int = _LONGEST_PART, most_bytes: int = _LONGEST_PART_BYTES
) -> str:
    """A cleaned text as a part of a name: shortened, without what names can't have."""
    name = " ".join(_NOT_IN_NAMES.sub(" ", text).split())
    if len(name) > longest:
        name = shorten(name, longest + 1).removesuffix("…")
    return name.encode()[:most_bytes].decode(errors="ignore").strip(" .")


def whole_name(parts: str) -> str:
    """A name made of such parts, and no name of a device.

    >>> whole_name("aux 1. "), whole_name(" ")
    ('_aux 1', 'paper')
    """
    name = parts.strip(" .") or "paper"
    return f"_{name}" if _DEVICE.match(name) else name
