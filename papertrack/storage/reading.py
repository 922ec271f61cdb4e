"""The library's files as they are read: stock TinyDB JSON, checked, without TinyDB.

Reading commands come through here when the index has something to catch up with; so nothing here
imports TinyDB (`store` writes through it). A file that can't be read is told with its name and line.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NoReturn

from papertrack.core.errors import StoreError
from papertrack.core.field_names import FACT_LISTS, FACT_NUMBERS
from papertrack.core.model import STATUSES, Mark, Record
from papertrack.core.text import clean
from papertrack.storage.layout import BACKUPS, FORMAT, Stamp, stamp_of

Tables = dict[str, dict[str, dict[str, Any]]]
"""A TinyDB file: table name -> document id -> document."""

KINDS = ("arxiv", "doi", "url", "title")


def read_as(path: Path, stamp: Stamp) -> bytes | None:
    """The bytes of a file where it has this stamp, else None."""
    try:
        with path.open("rb") as file:
            return file.read() if stamp_of(os.fstat(file.fileno())) == stamp else None
    except OSError:
        return None


def read_tables(path: Path) -> Tables:
    """The tables of a TinyDB file; {} where there is none.

    Raises StoreError, naming file, line and column, for anything that TinyDB would misread or lose.
    """
    body = body_of(path)
    return {} if body is None else parse_tables(path, body)


def body_of(path: Path) -> bytes | None:
    """What stands in a file; None where there is none. Raises StoreError."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; check its permissions") from error


def read_stamped(path: Path) -> tuple[Stamp | None, bytes | None]:
    """The stamp and the bytes of a file; (None, None) if it does not exist. Raises StoreError."""
    try:
        with path.open("rb") as file:
            return stamp_of(os.fstat(file.fileno())), file.read()
    except FileNotFoundError:
        return None, None
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; check its permissions") from error


def by_key(documents: Iterable[Mapping[str, Any]]) -> dict[str, dict[str, Any]]:
    """Documents by their keys; what a hand has left without one is passed by."""
    return {
        one["key"]: dict(one) for one in documents if isinstance(one.get("key"), str)
    }


def parse_tables(path: Path, body: bytes) -> Tables:
    """The tables that a TinyDB file of these bytes holds; `path` is what it is called. Raises StoreError."""
    if not body.strip():
        refuse(path, "is empty, as a full disk or a crash of another program leaves it")
    try:
        data = json.loads(
            body.decode("utf-8"), object_pairs_hook=_pairs, parse_constant=_no_constant
        )
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        refuse(path, f"line {line} is not UTF-8")
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        if b"<<<<<<< " in body:
            raise StoreError(
                f"{path}: {where}: holds both sides of a merge; papertrack doctor --fix joins them, nothing was changed"
            ) from None
        refuse(path, f"{where}: {error.msg}")
    except (RecursionError, ValueError) as error:
        refuse(path, str(error))
    if b"\\ud" in body or b"\\uD" in body:
        try:
            json.dumps(data, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            refuse(path, "holds half a character (a lone surrogate)")
    return _checked(path, data)


def refuse(path: Path, why: str) -> NoReturn:
    """Raise the StoreError that refuses a file: nothing is written until it is mended."""
    copy = _replacement(path)
    replaced = f"replace it: papertrack restore {copy}" if copy else "put back a copy"
    raise StoreError(f"{path}: {why}; nothing was changed, mend it or {replaced}")


def _replacement(path: Path) -> str | None:
    """The newest rolling backup that could stand for a file, by its name."""
    names = sorted(
        (path.parent / BACKUPS).glob(f"{path.stem}-[0-9]*.json"), reverse=True
    )
    for name in names:
        with contextlib.suppress(StoreError):
            if read_tables(name):
                return name.name
    return None


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) != len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f'the name "{twice}" stands twice in one object')
    return result


def _no_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _checked(path: Path, data: Any) -> Tables:
    if not isinstance(data, dict) or not all(
        isinstance(table, dict) for table in data.values()
    ):
        refuse(path, "is not a TinyDB file (an object of tables)")
    for table in data.values():
        for number, document in table.items():
            if not re.fullmatch("0|[1-9][0-9]{0,17}", number) or not isinstance(
                document, dict
            ):
                refuse(
                    path,
                    f'document "{number}": ids are whole numbers, documents are objects',
                )
    stated: dict[str, Any] = next(iter(data.get("format", {}).values()), {})
    version = stated.get("version", FORMAT)
    if not isinstance(version, int) or version > FORMAT:
        raise StoreError(
            f"{path}: written by a newer papertrack (format {version}); upgrade papertrack to read it"
        )
    return data


def records(path: Path, tables: Tables) -> Iterator[tuple[int, Record]]:
    """(document id, record) for each document of a month's file. Raises StoreError for a malformed one."""
    for number, document in tables.get("papers", {}).items():
        key, said = document.get("key"), document.get("said")
        keys, added = document.get("keys") or [key], document.get("added", "")
        if not (
            isinstance(key, str)
            and isinstance(said, dict)
            and isinstance(added, str)
            and _strings(keys)
        ):
            refuse(
                path,
                f'document "{number}": key must be a string, keys a list of them, said an object',
            )
        if wrong := [
            name for name in (key, *keys) if name.partition(":")[0] not in KINDS
        ]:
            refuse(
                path,
                f'document "{number}": "{clean(wrong[0])}" is no key (arxiv:…, doi:…, url:…, title:…)',
            )
        for source, facts in said.items():
            if wrong_fact := _wrong_fact(facts):
                refuse(
                    path,
                    f'document "{number}": {clean(source)} says no usable {wrong_fact}',
                )
        yield (
            int(number),
            Record(key, tuple(keys) if key in keys else (key, *keys), added, said),
        )


def _strings(*lists: Any) -> bool:
    return all(isinstance(one, list) and {*map(type, one)} <= {str} for one in lists)


_KIND_OF_FACT: dict[str, type] = {
    **dict.fromkeys(FACT_LISTS, list),
    **dict.fromkeys(FACT_NUMBERS, int),
}


def _wrong_fact(facts: Any) -> str | None:
    """The name of a fact of the wrong type; None where all are usable."""
    if not isinstance(facts, dict):
        return "facts"
    for name, value in facts.items():
        kind = _KIND_OF_FACT.get(name, str)
        right = isinstance(value, kind)
        if kind is list:
            right = _strings(value)
        elif kind is int:
            right = right and abs(value) < 1 << 53
        if not right:
            return clean(name)
    return None


def marks(path: Path, tables: Tables) -> Iterator[tuple[int, str, Mark]]:
    """(document id, key, mark) for each document of marks.json. Raises StoreError for a malformed one."""
    for number, document in tables.get("marks", {}).items():
        key, tags, note = (
            document.get("key"),
            document.get("tags") or [],
            document.get("note"),
        )
        if not isinstance(key, str) or not _strings(
            tags, [note or "", document.get("marked") or ""]
        ):
            refuse(
                path,
                f'document "{number}": key, note and marked must be strings, tags a list of them',
            )
        if (document.get("status") or "unread") not in STATUSES:
            refuse(path, f'document "{number}": status is one of {", ".join(STATUSES)}')
        yield int(number), key, mark_of(document)


def mark_of(document: dict[str, Any]) -> Mark:
    """The mark that a document states; what is missing is the default."""
    return Mark(
        tags=tuple(document.get("tags") or ()),
        status=document.get("status") or "unread",
        starred=bool(document.get("starred")),
        note=document.get("note") or None,
        marked=document.get("marked") or None,
    )


def mark_document(key: str, mark: Mark) -> dict[str, Any]:
    """The document of marks.json that states `mark`; defaults are left out."""
    said = {
        "tags": list(mark.tags),
        "status": mark.status if mark.status != "unread" else None,
        "starred": mark.starred,
        "note": mark.note,
        "marked": mark.marked,
    }
    return {"key": key, **{name: value for name, value in said.items() if value}}
