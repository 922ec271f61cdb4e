"""What the index is made of: its tables, what they depend on, and the body that each paper is kept as."""

from __future__ import annotations

import contextlib
import json
import sqlite3
import zlib
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from papertrack.core.field_names import FULL_TEXT, PAPER_NAMES
from papertrack.core.fields import FIELDS, HAS, Field, Kind
from papertrack.core.model import Paper
from papertrack.query.normalize import APART, spelled
from papertrack.storage import layout

SETTLED = 3
"""Count this up when `merge.settle` comes to show something else of the same record."""

SPELLED = 3
"""Count this up when `spelling` comes to spell a text in another way."""

LATER_FIRST = "p.day DESC, p.upvotes DESC NULLS LAST, p.key"
EARLIER_FIRST = "p.day, p.upvotes DESC NULLS LAST, p.key"
"""The order of `date`, and its reverse: newest day first, most upvotes first within it; `p` is the table paper."""

DAY_BITS, CROWDED_BITS = 12, 24
"""How many papers a day has row ids for. FTS5 keeps the steps between row ids, so the narrow one saves a tenth of the
file; where a day outgrows it, the index is made anew with the wide one."""

COLUMNS = tuple(
    f.name
    for f in FIELDS
    if f.query_name and f.kind in (Kind.NUMBER, Kind.DATE, Kind.EXACT)
)
PRESENT = tuple(
    presence.field for presence in HAS.values() if presence.field not in COLUMNS
)
"""Fields of which the table stores only whether they have a value, as `has_FIELD`."""
STORED = (
    "rid",
    "day",
    "key",
    "file",
    *COLUMNS,
    "title",
    "starred",
    "marked",
    *(f"has_{name}" for name in PRESENT),
)
LABELS = (*(f.name for f in FIELDS if f.kind is Kind.LABEL), "organization")
"""Fields whose values are counted: what queries ask for as labels, and the organisation."""
INDEXED = tuple(sorted(FULL_TEXT, key=lambda field: field.name != "abstract"))
"""The columns of full text. FTS5 spends two bytes on each word that is not in the first, so that is the longest."""

TABLES = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE file (id INTEGER PRIMARY KEY, name TEXT UNIQUE, inode INTEGER, mtime INTEGER, size INTEGER,
  lined INTEGER DEFAULT 0);
CREATE TABLE twin (name TEXT, other TEXT, PRIMARY KEY (name, other)) WITHOUT ROWID;
CREATE TABLE mark (key TEXT PRIMARY KEY, said TEXT) WITHOUT ROWID;
CREATE TABLE paper (rid INTEGER PRIMARY KEY, {", ".join(STORED[1:])});
CREATE TABLE hidden (rid INTEGER PRIMARY KEY);
CREATE TABLE doc (rid INTEGER PRIMARY KEY, body BLOB);
CREATE TABLE alias (alias, rid INTEGER, PRIMARY KEY (alias, rid)) WITHOUT ROWID;
CREATE TABLE name (id INTEGER PRIMARY KEY, field TEXT, folded TEXT, value TEXT, UNIQUE (field, folded, value));
CREATE TABLE has (name INTEGER, rid INTEGER, PRIMARY KEY (name, rid)) WITHOUT ROWID;
CREATE TABLE tally (name INTEGER, status TEXT, papers INTEGER, PRIMARY KEY (name, status)) WITHOUT ROWID;
CREATE VIEW label AS SELECT field, folded, rid, value FROM name JOIN has ON has.name = name.id;
CREATE VIRTUAL TABLE fts USING fts5 ({", ".join(f.name for f in INDEXED)}, content='',
  tokenize='porter unicode61 remove_diacritics 2');
"""
LOOKUPS = """
CREATE INDEX paper_file ON paper (file);
CREATE INDEX paper_published ON paper (published);
CREATE INDEX paper_listed ON paper (listed) WHERE listed IS NOT NULL;
CREATE INDEX paper_updated ON paper (updated);
CREATE INDEX paper_added ON paper (added);
"""
"""Made when the tables are filled: sorting once is cheaper than finding each row's place."""


class Crowded(Exception):
    """A day has more papers than there are row ids for it."""


class Meta(NamedTuple):
    """What an index says of itself: what it depends on, the bits of a row id below the day, how many papers it has."""

    schema: str | None = None
    bits: int = DAY_BITS
    papers: int = 0


def meta_of(db: sqlite3.Connection) -> Meta:
    """What the index says of itself; its `schema` is None where it is no index."""
    with contextlib.suppress(sqlite3.OperationalError):
        said = dict(
            db.execute(
                "SELECT name, value FROM meta WHERE name IN ('schema', 'bits', 'papers')"
            ).fetchall()
        )
        return Meta(**{name: said[name] for name in Meta._fields if name in said})
    return Meta()


def stamps_of(db: sqlite3.Connection) -> dict[str, layout.Stamp]:
    """The files that the index was made from, as they were then."""
    return {
        row[0]: (row[1], row[2], row[3])
        for row in db.execute("SELECT name, inode, mtime, size FROM file")
    }


@lru_cache(maxsize=1)
def sqlite_version() -> str:
    """The version of the SQLite that Python came with."""
    return sqlite3.sqlite_version


def fingerprint() -> str:
    """What the index depends on besides the files: its schema, the fields, and how papers are settled."""
    parts = (TABLES, LOOKUPS, LABELS, FIELDS, SETTLED, SPELLED, sqlite3.sqlite_version)
    return f"{zlib.crc32(repr(parts).encode()):08x}"


# ------------------------------------------------------------------ what is kept of a paper

KEPT = tuple(name for name in PAPER_NAMES if name not in ("id", "score"))
_LISTS = tuple(
    place for place, name in enumerate(KEPT) if Paper._field_defaults.get(name) == ()
)


def body_of(paper: Paper, keys: Sequence[str], folds: Sequence[int]) -> bytes:
    """A paper as the index keeps it: its values in order, then its other keys and the folds of its titles.

    The same of all these is the same body, so it also tells whether anything changed.
    """
    values = json.dumps(
        [*paper[1:-1], keys, folds], ensure_ascii=False, separators=(",", ":")
    )
    return zlib.compress(values.encode("utf-8", "replace"), 1)


def _values(body: bytes) -> list[Any]:
    try:
        values: list[Any] = json.loads(zlib.decompress(body))
    except (zlib.error, ValueError, TypeError) as error:
        raise sqlite3.DatabaseError(f"damaged: {error}") from error
    return values


def paper_of(body: bytes, **more: Any) -> Paper:
    """The paper that a body is of. Raises DatabaseError for a damaged one."""
    *values, _, _ = _values(body)
    for place in _LISTS:
        values[place] = tuple(values[place])
    paper = Paper._make([values[0].partition(":")[2], *values, None])
    return paper._replace(**more) if more else paper


def names_of(body: bytes) -> tuple[list[str], list[int]]:
    """All keys of the paper, and the folds of its titles."""
    values = _values(body)
    return [values[0], *values[-2]], values[-1]


def fold_of(alias: str | None) -> int | None:
    """The alias that a title's fold is kept as, a number; None for any other alias."""
    return int(alias[5:], 16) if alias and alias.startswith("fold:") else None


def full_text(paper: Paper) -> tuple[str, ...]:
    return _texts(paper, FULL_TEXT)


def _texts(paper: Paper, fields: Iterable[Field]) -> tuple[str, ...]:
    values = (getattr(paper, f.name) for f in fields)
    return tuple(
        APART.join(value) if isinstance(value, tuple) else value or ""
        for value in values
    )


def indexed(paper: Paper) -> tuple[str, ...]:
    """Full text as it is tokenized: spelled so that queries, spelled alike, find it."""
    return tuple(map(spelled, _texts(paper, INDEXED)))


def values_of(body: bytes, name: str) -> list[str]:
    """A field's value, or the items of it. Raises sqlite3.DatabaseError where the body is damaged."""
    value = getattr(paper_of(body), name)
    return [item for item in (value if isinstance(value, tuple) else [value]) if item]
