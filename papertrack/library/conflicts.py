"""Files that two machines wrote: conflict copies of sync tools, merge conflicts of git.

Both sides are joined as two libraries are: nothing that either contains is lost.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from papertrack.joining import libraries
from papertrack.joining.facts import as_text
from papertrack.joining.records import join_parts
from papertrack.storage import reading
from papertrack.storage.layout import (
    DESK,
    FORMAT_TABLE,
    LIBRARY_FILE,
    MARKS,
    PAPERS,
    Document,
    Documents,
)
from papertrack.storage.reading import Tables, numbered, refuse

_COPY = re.compile(
    r"(?P<stem>.+?)"
    r"(?: \([^)]*conflicted copy[^)]*\)"  # Dropbox, Nextcloud: (Ada's conflicted copy)
    r"| \(\d+\)"  # Google Drive: NAME (1)
    r"|[ _-]conflict(?:ed)?[ _-][^.]*"
    r"|\.sync-conflict-[\w-]+)"  # Syncthing: NAME.sync-conflict-20261120-…
    r"\.json",
    re.IGNORECASE,
)

_MARKER = re.compile(rb"^(<{7} |={7}\r?$|>{7} )", re.MULTILINE)
_DOCUMENT = re.compile(r'\s*+"(\d+)"\s*+:\s*+(\{.*\})\s*+,?\s*+')
_TABLE = re.compile(r'\s*+\{?\s*+"([^"]+)"\s*+:\s*+\{\s*+')

Side = dict[str, list[Document]]
"""One side of a conflict: the documents of each table, whatever their numbers."""


# ------------------------------------------------------------------ finding


def original(name: str) -> str | None:
    """The file that a conflict copy was made of; None for other names."""
    folder, slash, last = name.rpartition("/")
    match = _COPY.fullmatch(last)
    if not match:
        return None
    found = f"{folder}{slash}{match['stem']}.json"
    if not LIBRARY_FILE.fullmatch(found):
        return None
    return found


def copies(root: Path) -> list[tuple[str, str]]:
    """(conflict copy, its original) of each in the library at `root`, sorted."""
    found = []
    for folder in (root, root / PAPERS):
        for path in folder.glob("*.json"):
            name = path.relative_to(root).as_posix()
            source = original(name)
            if source:
                found.append((name, source))
    return sorted(found)


def has_markers(body: bytes) -> bool:
    """Whether git has left both sides of a conflict in a file."""
    return len(_MARKER.findall(body)) >= 3


# ------------------------------------------------------------------ reading


def read(root: Path, name: str) -> Side:
    """The documents of a file; {} if missing, or with both sides. Raises StoreError."""
    path = root / name
    _, body = reading.read_stamped(path)
    if body is None or has_markers(body):
        return {}
    tables = reading.parse_tables(path, body)
    return {table: list(documents.values()) for table, documents in tables.items()}


def sides(path: Path, body: bytes) -> list[Side]:
    """Both sides of a file in which git left a conflict.

    Raises StoreError if it does not have one document per line.
    """
    try:
        lines = body.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        refuse(path, "contains a merge conflict, and is not UTF-8")
    ours: list[str] = []
    theirs: list[str] = []
    current = [ours, theirs]
    for line in lines:
        if line.startswith("<<<<<<< "):
            current = [ours]
        elif line.startswith("||||||| "):
            current = []  # the common ancestor
        elif line == "=======":
            current = [theirs]
        elif line.startswith(">>>>>>> "):
            current = [ours, theirs]
        else:
            for side in current:
                side.append(line)
    return [_parse_side(path, ours), _parse_side(path, theirs)]


def _parse_side(path: Path, lines: list[str]) -> Side:
    """The documents of one side: as JSON, or else line by line.

    After a merge a comma may be missing or left over.
    """
    side: Side = {}
    with contextlib.suppress(ValueError, RecursionError, AttributeError):
        tables = json.loads("\n".join(lines), object_pairs_hook=_Pairs)
        for name, documents in tables.pairs:
            side[name] = [dict(one) for _, one in documents.pairs]
        return side
    side = {}
    table: list[Document] | None = None
    for line in lines:
        start = _TABLE.fullmatch(line)
        document = _DOCUMENT.fullmatch(line)
        if document and table is not None:
            with contextlib.suppress(ValueError, RecursionError):
                table.append(json.loads(document[2]))
                continue
        elif start:
            table = side.setdefault(start[1], [])
            continue
        if line.strip(" {},\t"):
            problem = f"{line.strip()[:40]!r} is not a document on a line"
            refuse(path, f"contains a merge conflict, and {problem}")
    return side


class _Pairs(dict[str, Any]):
    """An object with all its pairs, also those of the same name."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


# ------------------------------------------------------------------ joining


def joined(
    path: Path,
    name: str,
    parts: Sequence[Side],
) -> Tables:
    """The tables of the file `name` of the library from all parts; `path` for messages.

    Raises StoreError for a malformed document.
    """
    whole: dict[str, dict[str, Document]] = {}
    for part in parts:
        for table, documents in part.items():
            existing = whole.setdefault(table, {})
            for document in documents:
                existing.setdefault(as_text(document), document)
    tables = {table: numbered(by_text.values()) for table, by_text in whole.items()}
    if name == MARKS:
        tables["marks"] = _join_marks(path, tables)
    elif name.startswith(PAPERS):
        records = dict(enumerate(reading.records(path, tables)))
        joined_records = (paper.record for paper in join_parts(records))
        tables["papers"] = numbered(record.as_json() for record in joined_records)
    elif name == DESK:
        tables |= _join_settings(parts)
    tables["format"] = FORMAT_TABLE
    return tables


def _join_marks(path: Path, tables: Tables) -> Documents:
    reading.marks(path, tables)
    waiting: dict[str, list[Document]] = {}
    for document in tables.get("marks", {}).values():
        waiting.setdefault(document["key"], []).append(document)
    return numbered(_join_all(key, several) for key, several in waiting.items())


def _join_all(key: str, documents: list[Document]) -> Document:
    """The marks of one paper as one; half of them first, so that a thousand take no
    longer than their texts.
    """
    if len(documents) == 1:
        return documents[0]
    middle = len(documents) // 2
    one = _join_all(key, documents[:middle])
    other = _join_all(key, documents[middle:])
    return libraries.marks({key: one}, {key: other}).get(key, one)


def _join_settings(parts: Iterable[Side]) -> Tables:
    """Views, rules, feeds and sources of all parts.

    Of the logs, what other parts have under other keys is added to the first's.
    """
    result: Tables = {}
    for part in parts:
        tables = {}
        for table, documents in part.items():
            if table != "format":
                tables[table] = reading.by_key(numbered(documents))
        changed = libraries.settings(result, tables) if result else {}
        for table, by_key in tables.items():
            result[table] = {**by_key, **result.get(table, {})}
        for (table, key), document in changed.items():
            result[table][key] = document
    return {table: numbered(documents.values()) for table, documents in result.items()}
