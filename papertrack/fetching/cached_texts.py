"""The full texts that were read, cached: a line of JSON each, then the Markdown.

What can't be read or written there is skipped; the cache may be deleted at any time.
"""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from papertrack.core.errors import StoreError
from papertrack.storage.atomic import write_atomically
from papertrack.storage.layout import read_cached
from papertrack.storage.pruning import prune

LARGEST = 200_000_000
"""Bytes of all cached texts: about two thousand."""
FORMAT = 1
"""Counted up when a conversion changes: texts that another one made are read again."""
SUFFIX = ".md"


class CachedText(NamedTuple):
    """A full text in Markdown, and where and when it was read.

    `version` is that of the paper, if known; `wanted` that for which it was read, None
    for the newest.
    """

    markdown: str
    service: str
    url: str
    read_at: str
    version: int | None
    wanted: int | None
    is_truncated: bool


class CachedTexts:
    """The texts in a folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def find(
        self, id: str, version: int | None, *, is_exact: bool
    ) -> CachedText | None:
        """The text of a paper in a version, or a newer one unless `is_exact`; without a
        version the newest there is.
        """
        found = [text for text in self._of(id) if _is_current(text, version, is_exact)]
        return max(found, key=_age, default=None)

    def store(self, id: str, text: CachedText) -> None:
        """Store a text, and delete the oldest ones beyond LARGEST bytes."""
        facts = text._asdict()
        body = facts.pop("markdown")
        head = json.dumps({"format": FORMAT, "id": id, **facts})
        content = f"{head}\n{body}".encode("utf-8", "replace")
        name = f"{_name(id)}v{text.wanted or 0}{SUFFIX}"
        with contextlib.suppress(StoreError):
            write_atomically(self._folder / name, content, private=True, durable=False)
        prune(self._folder, LARGEST, f"*{SUFFIX}")

    def _of(self, id: str) -> Iterator[CachedText]:
        """The texts of a paper."""
        with contextlib.suppress(OSError):
            for path in self._folder.glob(f"{_name(id)}v*{SUFFIX}"):
                text = _read(path, id)
                if text is not None:
                    yield text


def _name(id: str) -> str:
    return id.replace("/", "_")


def _age(text: CachedText) -> tuple[int, str]:
    return text.version or text.wanted or 0, text.read_at


def _is_current(text: CachedText, version: int | None, is_exact: bool) -> bool:
    if version is None or version in (text.version, text.wanted):
        return True
    return not is_exact and (text.version or 0) > version


def _read(path: Path, id: str) -> CachedText | None:
    """The text in a file; None for one that is damaged, or of another format."""
    try:
        head, _, body = read_cached(path).partition(b"\n")
        facts = json.loads(head)
        if facts.pop("format") != FORMAT or facts.pop("id") != id:
            return None
        text = CachedText(markdown=body.decode(), **facts)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
    kinds = (str, str, str, str, int | None, int | None, bool)
    are_right = all(map(isinstance, text, kinds))
    return text if are_right else None
