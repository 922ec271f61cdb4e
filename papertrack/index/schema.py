"""What the index is made of: tables, the row of a paper, and what its schema depends on."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Mapping
from typing import Any

from papertrack import files
from papertrack.fields import FIELDS, FULL_TEXT, Kind
from papertrack.index.clauses import fold_label
from papertrack.model import Mark, Paper
from papertrack.spelling import spelled

SETTLED = 3
"""Count this up when `merge.settle` comes to show something else of the same record."""

SPELLED = 1
"""Count this up when `spelling` comes to spell a text in another way."""

LATER_FIRST = "(p.rid >> 24) DESC, p.upvotes DESC NULLS LAST, p.key"
EARLIER_FIRST = "(p.rid >> 24), p.upvotes DESC NULLS LAST, p.key"
"""The order of `date`, and its reverse: newest day first, most upvotes first within it; `p` is the table paper."""

_COLUMNS = tuple(f.name for f in FIELDS if f.kind in (Kind.NUMBER, Kind.DATE, Kind.EXACT))
_EXTRA = ("title", "github", "project", "pdf", "starred", "marked", "has_note", "has_abstract")
_STORED = ("rid", "key", "file", "digest", *_COLUMNS, *_EXTRA)
_SCHEMA = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE file (name TEXT PRIMARY KEY, inode INTEGER, mtime INTEGER, size INTEGER) WITHOUT ROWID;
CREATE TABLE twin (name TEXT, other TEXT, PRIMARY KEY (name, other)) WITHOUT ROWID;
CREATE TABLE mark (key TEXT PRIMARY KEY, said TEXT) WITHOUT ROWID;
CREATE TABLE paper (rid INTEGER PRIMARY KEY, {", ".join(_STORED[1:])});
CREATE UNIQUE INDEX paper_key ON paper (key);
CREATE INDEX paper_file ON paper (file);
CREATE INDEX paper_hidden ON paper (rid) WHERE status = 'hidden';
CREATE TABLE doc (rid INTEGER PRIMARY KEY, body BLOB);
CREATE TABLE alias (alias TEXT, rid INTEGER, PRIMARY KEY (alias, rid)) WITHOUT ROWID;
CREATE INDEX alias_rid ON alias (rid);
CREATE TABLE label (field TEXT, folded TEXT, rid INTEGER, value TEXT, PRIMARY KEY (field, folded, rid)) WITHOUT ROWID;
CREATE INDEX label_rid ON label (rid);
CREATE VIRTUAL TABLE fts USING fts5 ({", ".join(f.name for f in FULL_TEXT)}, content='',
  tokenize='porter unicode61 remove_diacritics 2');
"""
_LABELS = tuple(f.name for f in FIELDS if f.kind is Kind.LABEL)

Row = tuple[int, Paper, list[str], Mark]
"""Row id, paper, all that it is found by, the mark it was settled with."""


def schema_of(db: sqlite3.Connection) -> str | None:
    """The fingerprint that the index was made with; None where it is none."""
    with contextlib.suppress(sqlite3.OperationalError):
        row = db.execute("SELECT value FROM meta WHERE name = 'schema'").fetchone()
        return str(row[0]) if row else None
    return None

def stamps_of(db: sqlite3.Connection) -> dict[str, files.Stamp]:
    """The files that the index was made from, as they were then."""
    return {row[0]: (row[1], row[2], row[3]) for row in db.execute("SELECT * FROM file")}


def fingerprint() -> str:
    """What the index depends on besides the files: its schema, the fields, and how papers are settled."""
    parts = (_SCHEMA, FIELDS, SETTLED, SPELLED, sqlite3.sqlite_version)
    return f"{zlib.crc32(repr(parts).encode()):08x}"


def clear(db: sqlite3.Connection) -> None:
    tables = db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'fts\\_%' ESCAPE '\\'")
    for (name,) in tables.fetchall():
        db.execute(f'DROP TABLE "{name}"')
    for statement in _SCHEMA.split(";\n"):
        db.execute(statement)
    db.execute("INSERT INTO meta VALUES ('schema', ?)", (fingerprint(),))


def _indexed(paper: Paper) -> tuple[str, ...]:
    """Full text as it is tokenized: spelled so that queries, spelled alike, find it."""
    return tuple(map(spelled, full_text(paper)))


def full_text(paper: Paper) -> tuple[str, ...]:
    values = (getattr(paper, f.name) for f in FULL_TEXT)
    return tuple("; ".join(value) if isinstance(value, tuple) else value or "" for value in values)


def insert(
    db: sqlite3.Connection,
    rows: Iterable[Row],
    home: Mapping[str, str],
    digests: Mapping[str, int],
) -> None:
    places = {name: ",".join("?" * count) for name, count in (("p", len(_STORED)), ("f", len(FULL_TEXT) + 1))}
    for rid, paper, aliases, mark in rows:
        columns = [getattr(paper, name) for name in _COLUMNS]
        columns[_COLUMNS.index("doi")] = paper.doi.casefold() if paper.doi else None
        extra = (paper.title, paper.github, paper.project, paper.pdf, paper.starred, mark.marked)
        flags = (bool(paper.note), bool(paper.abstract))
        row = (rid, paper.key, home[paper.key], digests[paper.key], *columns, *extra, *flags)
        db.execute(f"INSERT INTO paper VALUES ({places['p']})", row)
        body = json.dumps(paper.as_json(), ensure_ascii=False).encode("utf-8", "replace")
        db.execute("INSERT INTO doc VALUES (?, ?)", (rid, zlib.compress(body, 1)))
        db.executemany("INSERT INTO alias VALUES (?, ?)", [(alias, rid) for alias in aliases])
        labels = [(n, fold_label(v), rid, v) for n in _LABELS for v in getattr(paper, n)]
        db.executemany("INSERT OR IGNORE INTO label VALUES (?, ?, ?, ?)", labels)
        db.execute(f"INSERT INTO fts (rowid, {', '.join(f.name for f in FULL_TEXT)}) VALUES ({places['f']})",
                   (rid, *_indexed(paper)))  # fmt: skip


def remove(db: sqlite3.Connection, rids: Iterable[int]) -> None:
    """Drop papers; a contentless FTS5 table forgets a row only when told what was in it."""
    places = ",".join("?" * (len(FULL_TEXT) + 1))
    names = ", ".join(f.name for f in FULL_TEXT)
    for rid in rids:
        body = db.execute("SELECT body FROM doc WHERE rid = ?", (rid,)).fetchone()[0]
        values = (rid, *_indexed(paper_of(body)))
        db.execute(f"INSERT INTO fts (fts, rowid, {names}) VALUES ('delete', {places})", values)
        for name in ("paper", "doc", "alias", "label"):
            db.execute(f"DELETE FROM {name} WHERE rid = ?", (rid,))


def paper_of(body: bytes, **more: Any) -> Paper:
    try:
        values = json.loads(zlib.decompress(body))
    except (zlib.error, ValueError, TypeError) as error:
        raise sqlite3.DatabaseError(f"damaged: {error}") from error
    lists = {name: tuple(value) for name, value in values.items() if isinstance(value, list)}
    return Paper(**{**values, **lists, **more})


def values_of(body: bytes, name: str) -> list[str]:
    """A field's value, or the items of it. Raises sqlite3.DatabaseError where the body is damaged."""
    value = getattr(paper_of(body), name)
    return [item for item in (value if isinstance(value, tuple) else [value]) if item]
