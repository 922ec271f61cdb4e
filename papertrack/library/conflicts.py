"""What sync tools and git leave where two machines wrote one file: copies beside it, or both sides inside it.

Both are joined as two libraries are (`union`): nothing that either side says is lost.
"""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from papertrack.joining import libraries as union
from papertrack.joining.records import join_sharing_keys
from papertrack.storage import layout
from papertrack.storage import reading as files

_COPY = re.compile(
    r"(?P<stem>.+?)(?: \([^)]*conflicted copy[^)]*\)| \(\d+\)|[ _-]conflict(?:ed)?[ _-][^.]*|\.sync-conflict-[\w-]+)"
    r"\.json",
    re.IGNORECASE,
)
"""Dropbox, Nextcloud: `marks (Ada's conflicted copy 2026-11-20).json`; Syncthing: `marks.sync-conflict-….json`;
Drive: `marks (1).json`."""

_MARKER = re.compile(rb"^(<{7} |={7}\r?$|>{7} )", re.MULTILINE)
_DOCUMENT = re.compile(r'\s*"(\d+)"\s*:\s*(\{.*\})\s*,?\s*')
_TABLE = re.compile(r'\s*\{?\s*"([^"]+)"\s*:\s*\{\s*')

Document = dict[str, Any]
Side = dict[str, list[Document]]
"""What one side of a conflict says: the documents of each table, whatever their numbers."""


def original(name: str) -> str | None:
    """The file of the library that a conflict copy (names below its folder) is one of; None for any other name."""
    folder, slash, last = name.rpartition("/")
    match = _COPY.fullmatch(last)
    found = f"{folder}{slash}{match['stem']}.json" if match else ""
    return found if layout.LIBRARY_FILE.fullmatch(found) else None


def copies(root: Path) -> list[tuple[str, str]]:
    """(conflict copy, its original) of each in the library at `root`, by name."""
    names = (
        f"{prefix}{path.name}"
        for prefix in ("", f"{layout.PAPERS}/")
        for path in (root / prefix).glob("*.json")
    )
    return [(name, found) for name in sorted(names) if (found := original(name))]


def is_divided(body: bytes) -> bool:
    """Whether git has left both sides of a conflict in a file."""
    return len(_MARKER.findall(body)) >= 3


def sides(path: Path, body: bytes) -> list[Side]:
    """Both sides of a file that git has left divided. Raises StoreError for what is no document on a line."""
    try:
        lines = body.decode("utf-8").splitlines()
    except UnicodeDecodeError:
        files.refuse(path, "is divided by git, and no UTF-8")
    ours, theirs, kept = [], [], (True, True)
    for line in lines:
        if line.startswith("<<<<<<< "):
            kept = (True, False)
        elif line.startswith("||||||| "):
            kept = (False, False)  # what both came from
        elif re.fullmatch("={7}", line):
            kept = (False, True)
        elif line.startswith(">>>>>>> "):
            kept = (True, True)
        else:
            ours += [line] * kept[0]
            theirs += [line] * kept[1]
    return [_side(path, ours), _side(path, theirs)]


def _side(path: Path, lines: list[str]) -> Side:
    """The documents of one side: as JSON, or a line each, where a comma is one too many or too few."""
    with contextlib.suppress(ValueError, RecursionError, AttributeError):
        tables = json.loads("\n".join(lines), object_pairs_hook=_Pairs)
        return {
            name: [dict(one) for _, one in documents.pairs]
            for name, documents in tables.pairs
        }
    found: Side = {}
    table: list[Document] | None = None
    for line in lines:
        if (match := _DOCUMENT.fullmatch(line)) and table is not None:
            with contextlib.suppress(ValueError, RecursionError):
                table.append(json.loads(match[2]))
                continue
        elif match := _TABLE.fullmatch(line):
            table = found.setdefault(match[1], [])
            continue
        if line.strip(" {},\t"):
            files.refuse(
                path,
                f"is divided by git, and {line.strip()[:40]!r} is no document on a line",
            )
    return found


class _Pairs(dict[str, Any]):
    """An object with all its pairs, those of one name too."""

    def __init__(self, pairs: list[tuple[str, Any]]) -> None:
        super().__init__(pairs)
        self.pairs = pairs


def side(tables: files.Tables) -> Side:
    """The documents of a whole file."""
    return {name: list(documents.values()) for name, documents in tables.items()}


def joined(path: Path, name: str, parts: Iterable[Side]) -> files.Tables:
    """The tables of a file of the library, of all that its parts say. Raises StoreError for what can't be read."""
    found = list(parts)
    tables: dict[str, list[Document]] = {}
    for part in found:
        for table, documents in part.items():
            tables.setdefault(table, []).extend(
                one for one in documents if one not in tables.get(table, ())
            )
    if name == layout.MARKS:
        tables["marks"] = _marks(path, tables.get("marks", []))
    elif name.startswith(layout.PAPERS):
        tables["papers"] = _papers(path, tables.get("papers", []))
    elif name == layout.DESK:
        tables = _desk(found, tables)
    tables["format"] = [{"version": layout.FORMAT}]
    return {
        table: {str(n): one for n, one in enumerate(documents, 1)}
        for table, documents in tables.items()
    }


def _marks(path: Path, documents: list[Document]) -> list[Document]:
    list(files.marks(path, {"marks": {str(n): one for n, one in enumerate(documents)}}))
    joined: dict[str, Document] = {}
    for one in documents:
        joined |= union.marks(joined, {one["key"]: one})
    return list(joined.values())


def _papers(path: Path, documents: list[Document]) -> list[Document]:
    records = list(
        files.records(path, {"papers": {str(n): d for n, d in enumerate(documents)}})
    )
    return [one.as_json() for one in join_sharing_keys(records)]


def _desk(
    parts: list[Side], tables: dict[str, list[Document]]
) -> dict[str, list[Document]]:
    """Views, rules, feeds and readings of all sides; the log of the first, with what others have under other keys."""
    first: dict[str, dict[str, Document]] = {}
    for part in parts:
        by_key = {
            name: files.by_key(documents)
            for name, documents in part.items()
            if name != "format"
        }
        changed = union.settings(first, by_key) if first else {}
        for name, documents in by_key.items():
            first[name] = {**documents, **first.get(name, {})}
        for (name, key), one in changed.items():
            first[name][key] = one
    return {
        **tables,
        **{name: list(documents.values()) for name, documents in first.items()},
    }


def read(root: Path, name: str) -> Side:
    """What a file of the library says; {} where there is none. Raises StoreError."""
    body = files.read_stamped(root / name)[1]
    return (
        {}
        if body is None or is_divided(body)
        else side(files.parse_tables(root / name, body))
    )
