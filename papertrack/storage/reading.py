"""Reading a library's files: TinyDB's JSON, checked, without importing TinyDB.

Reading commands pass through here when the index must catch up, so TinyDB's 11 ms of
imports are left to writing. What can't be used is refused with its file and line.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from papertrack.core.errors import StoreError
from papertrack.core.field_names import FACT_FLAGS, FACT_LISTS, FACT_NUMBERS
from papertrack.core.model import STATUSES, Record
from papertrack.core.text import clean
from papertrack.core.wording import excerpt
from papertrack.storage.layout import (
    BACKUPS,
    FORMAT,
    MARKS,
    Document,
    Documents,
    Stamp,
    stamp_of,
)

Tables = dict[str, Documents]
"""A TinyDB file: table name -> document id -> document."""

KINDS = ("arxiv", "doi", "url", "title")
"""What a key may start with, before its colon."""

_TEXT = frozenset({str})

MAX_NUMBER = 1 << 53
"""Larger numbers lose digits in other JSON readers."""


# ------------------------------------------------------------------ files


def read_bytes(path: Path) -> bytes:
    """The content of a file. Raises StoreError."""
    try:
        return path.read_bytes()
    except OSError as error:
        raise _unreadable(path, error) from error


def read_stamped(path: Path) -> tuple[Stamp | None, bytes | None]:
    """Stamp and content of a file; (None, None) if missing. Raises StoreError."""
    try:
        with path.open("rb") as file:
            stamp = stamp_of(os.fstat(file.fileno()))
            return stamp, file.read()
    except FileNotFoundError:
        return None, None
    except OSError as error:
        raise _unreadable(path, error) from error


def read_tables(path: Path) -> Tables:
    """The tables of a TinyDB file; {} if it is missing.

    Raises StoreError, with line and column, for anything TinyDB would misread or lose.
    """
    _, body = read_stamped(path)
    if body is None:
        return {}
    return parse_tables(path, body)


def _unreadable(path: Path, error: OSError) -> StoreError:
    return StoreError(f"{path}: {error.strerror}; check the name and its permissions")


# ------------------------------------------------------------------ tables


def parse_tables(path: Path, body: bytes) -> Tables:
    """The tables in the content of a TinyDB file; `path` is for messages.

    Raises StoreError.
    """
    if not body.strip():
        refuse(path, "is empty, as a full disk or a crash of another program leaves it")
    try:
        data = json.loads(
            body.decode("utf-8"),
            object_pairs_hook=_object,
            parse_constant=_refuse_constant,
        )
    except UnicodeDecodeError as error:
        line = body.count(b"\n", 0, error.start) + 1
        refuse(path, f"line {line} is not UTF-8")
    except json.JSONDecodeError as error:
        where = f"line {error.lineno} column {error.colno}"
        if b"<<<<<<< " in body:
            raise StoreError(
                f"{path}: {where}: contains both sides of a merge conflict; nothing "
                "was changed, papertrack doctor --fix joins them"
            ) from None
        refuse(path, f"{where}: {error.msg}")
    except (RecursionError, ValueError) as error:
        refuse(path, str(error))
    if b"\\ud" in body or b"\\uD" in body:
        try:
            json.dumps(data, ensure_ascii=False).encode("utf-8")
        except UnicodeEncodeError:
            refuse(path, "contains half a character (a lone surrogate)")
    return _checked_tables(path, data)


def refuse(path: Path, reason: str) -> NoReturn:
    """Raise StoreError: a file must be repaired before anything is written."""
    copy = _newest_backup(path)
    advice = "put back a copy"
    if copy:
        advice = f"replace it: papertrack restore {copy}"
    raise StoreError(f"{path}: {reason}; nothing was changed, repair it or {advice}")


def _newest_backup(path: Path) -> str | None:
    """The name of the newest readable rolling backup of a file."""
    copies = (path.parent / BACKUPS).glob(f"{path.stem}-[0-9]*.json")
    for copy in sorted(copies, reverse=True):
        with contextlib.suppress(StoreError):
            if read_tables(copy):
                return copy.name
    return None


def _object(pairs: list[tuple[str, Any]]) -> Document:
    result = dict(pairs)
    if len(result) != len(pairs):
        count = Counter(name for name, _ in pairs)
        twice = next(name for name in count if count[name] > 1)
        raise ValueError(f'the name "{excerpt(twice, 100)}" occurs twice in one object')
    return result


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not valid JSON")


def _checked_tables(path: Path, data: Any) -> Tables:
    not_tables = "is not a TinyDB file (an object of tables)"
    if not isinstance(data, dict):
        refuse(path, not_tables)
    for table in data.values():
        if not isinstance(table, dict):
            refuse(path, not_tables)
        for number, document in table.items():
            is_number = re.fullmatch("0|[1-9][0-9]{0,17}", number)
            if not is_number or not isinstance(document, dict):
                reason = "ids must be whole numbers, documents must be objects"
                refuse(path, f'document "{number}": {reason}')
    for document in data.get("format", {}).values():
        version = document.get("version", FORMAT)
        if version != FORMAT:
            raise StoreError(
                f"{path}: written by a newer papertrack (format {version}); upgrade "
                "papertrack to read it"
            )
        break
    return data


# ------------------------------------------------------------------ documents


def by_key(table: Documents) -> Documents:
    """The documents of a table by key; one without, left by a text editor, is skipped."""
    result = {}
    for document in table.values():
        key = document.get("key")
        if isinstance(key, str):
            result[key] = dict(document)
    return result


def numbered(documents: Iterable[Document]) -> Documents:
    """A table of these documents."""
    return {str(number): one for number, one in enumerate(documents, 1)}


def read_by_key(path: Path) -> Tables:
    """The documents of a file by table and key. Raises StoreError."""
    tables = read_tables(path)
    return {name: by_key(table) for name, table in tables.items()}


def records(path: Path, tables: Tables) -> Iterator[Record]:
    """The papers of a month's file. Raises StoreError for a malformed document."""
    for number, document in tables.get("papers", {}).items():
        _check(path, number, problem_of_paper(document))
        yield Record.from_json(document)


def read_records(path: Path) -> Iterator[Record]:
    """The papers of a month's file; none if it is missing. Raises StoreError."""
    return records(path, read_tables(path))


def read_marks(root: Path) -> Documents:
    """The documents of marks.json by key; {} if it is missing. Raises StoreError."""
    path = root / MARKS
    return marks(path, read_tables(path))


def marks(path: Path, tables: Tables) -> Documents:
    """The documents of marks.json by key. Raises StoreError for a malformed one."""
    documents = tables.get("marks", {})
    for number, document in documents.items():
        _check(path, number, problem_of_mark(document))
    return by_key(documents)


def _check(
    path: Path,
    number: str,
    problem: str | None,
) -> None:
    if problem:
        refuse(path, f'document "{number}": {problem}')


def problem_of_paper(document: Document) -> str | None:
    """What is wrong with the document of a paper."""
    key = document.get("key")
    facts_by_source = document.get("said")
    keys = document.get("keys") or [key]
    texts = [key, document.get("added", "")]
    if not _are_texts(texts, keys) or not isinstance(facts_by_source, dict):
        return "key must be a string, keys a list of them, said an object"
    for name in (key, *keys):
        if str(name).partition(":")[0] not in KINDS:
            return f'"{clean(name)}" is not a key (arxiv:…, doi:…, url:…, title:…)'
    for source, facts in facts_by_source.items():
        problem = _problem_of_facts(facts)
        if problem:
            name, expected = problem
            return (
                f'field "{clean(name)}" of source "{clean(source)}" has the wrong type '
                f"({expected} is expected)"
            )
    return None


def _problem_of_facts(facts: Any) -> tuple[str, str] | None:
    """(name, expected type) of the first field with a wrong type."""
    if not isinstance(facts, dict):
        return "said", "an object"
    for name, value in facts.items():
        if name in FACT_LISTS:
            if not _are_texts(value):
                return name, "a list of strings"
        elif name in FACT_NUMBERS:
            if not isinstance(value, int) or abs(value) >= MAX_NUMBER:
                return name, "a number"
        elif name in FACT_FLAGS:
            if not isinstance(value, bool):
                return name, "true or false"
        elif not isinstance(value, str):
            return name, "a string"
    return None


def problem_of_mark(document: Document) -> str | None:
    """What is wrong with the document of a mark."""
    note = document.get("note") or ""
    marked = document.get("marked") or ""
    tags = document.get("tags") or []
    if not _are_texts([document.get("key"), note, marked], tags):
        return "key, note and marked must be strings, tags a list of them"
    status = document.get("status") or "unread"
    if status not in STATUSES:
        return f"status must be one of {', '.join(STATUSES)}"
    return None


def _are_texts(*lists: Any) -> bool:
    """Whether all are lists of nothing but strings."""
    for texts in lists:
        if not isinstance(texts, list) or not _TEXT.issuperset(map(type, texts)):
            return False
    return True
