"""What the index is made of: its tables, and what they depend on."""

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from sqlite3 import Connection
from typing import Any, NamedTuple, TypeVar

from papertrack.core.field_names import FULL_TEXT
from papertrack.core.fields import FIELDS, HAS, Kind
from papertrack.index.common_text import DICTIONARY
from papertrack.storage import layout

T = TypeVar("T")

SETTLED = 9
"""Count this up when something else comes to be shown of the same record, or in another
place: by a change of `joining`, of how far a source is believed, or of `sort_date`.
"""

SPELLED = 6
"""Count this up when `normalize` comes to spell a text in another way."""

DATE = "coalesce(p.listed, p.published)"
"""The date (ISO) of a paper, `Paper.date`; `p` is the table paper."""
LATER_FIRST = "p.day DESC, p.upvotes DESC NULLS LAST, p.key"
EARLIER_FIRST = "p.day, p.upvotes DESC NULLS LAST, p.key"
"""The order of `date`, and its reverse: by day, most upvotes first within it."""

DAY_BITS, CROWDED_BITS = 12, 24
"""How many bits of a row id number the papers of one day.

FTS5 stores the steps between row ids, so the lower figure makes the file a tenth
smaller; where a day outgrows it, the index is rebuilt with the higher one.
"""

_IN_COLUMNS = (Kind.NUMBER, Kind.DATE, Kind.EXACT)
COLUMNS = tuple(f.name for f in FIELDS if f.query_name and f.kind in _IN_COLUMNS)
FOLDED = {f.name for f in FIELDS if f.kind is Kind.EXACT and f.fact}
"""Columns that are compared without case."""
PRESENT = tuple(has.field for has in HAS.values() if has.field not in COLUMNS)
"""Fields of which the table stores only whether they have a value, as `has_FIELD`."""
FLAGS = tuple(f.name for f in FIELDS if f.kind is Kind.FLAG)
STORED = (
    "rid",
    "day",
    "key",
    "file",
    *COLUMNS,
    "imported_key",
    "title",
    *FLAGS,
    "marked",
    "votes_read",
    *(f"has_{name}" for name in PRESENT),
)
LABELS = (
    *(f.name for f in FIELDS if f.kind is Kind.LABEL),
    "organization",
)
"""Fields whose values are counted: what queries know as labels, and the
organisation.
"""
INDEXED = tuple(sorted(FULL_TEXT, key=lambda field: field.name != "abstract"))
"""The columns of full text.

FTS5 spends two bytes on each word outside the first, so the longest text comes first.
"""

TABLES = f"""
CREATE TABLE meta (name TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE file (id INTEGER PRIMARY KEY, name TEXT UNIQUE,
  inode INTEGER, mtime INTEGER, size INTEGER, lined INTEGER DEFAULT 0);
CREATE TABLE twin (name TEXT, other TEXT, PRIMARY KEY (name, other)) WITHOUT ROWID;
CREATE TABLE mark (key TEXT PRIMARY KEY, document TEXT) WITHOUT ROWID;
CREATE TABLE paper (rid INTEGER PRIMARY KEY, {", ".join(STORED[1:])});
CREATE TABLE hidden (rid INTEGER PRIMARY KEY);
CREATE TABLE doc (rid INTEGER PRIMARY KEY, body BLOB);
CREATE TABLE reading (rid INTEGER, at TEXT, votes INTEGER, PRIMARY KEY (rid, at))
  WITHOUT ROWID;
CREATE TABLE alias (alias, rid INTEGER, PRIMARY KEY (alias, rid)) WITHOUT ROWID;
CREATE TABLE name (id INTEGER PRIMARY KEY, field TEXT, folded TEXT, value TEXT,
  UNIQUE (field, folded, value));
CREATE TABLE has (name INTEGER, rid INTEGER, PRIMARY KEY (name, rid)) WITHOUT ROWID;
CREATE TABLE tally (name INTEGER, status TEXT, papers INTEGER,
  PRIMARY KEY (name, status)) WITHOUT ROWID;
CREATE TABLE day (number INTEGER, date TEXT, status TEXT, papers INTEGER,
  starred INTEGER, PRIMARY KEY (number, date, status)) WITHOUT ROWID;
CREATE TABLE moment (at TEXT, status TEXT, added INTEGER, marked INTEGER,
  PRIMARY KEY (at, status)) WITHOUT ROWID;
CREATE VIEW label AS
  SELECT field, folded, rid, value FROM name JOIN has ON has.name = name.id;
CREATE TABLE vocabulary (term TEXT PRIMARY KEY, papers INTEGER) WITHOUT ROWID;
"""
INDEXES = (
    "CREATE INDEX paper_file ON paper (file)",
    "CREATE INDEX paper_published ON paper (published)",
    "CREATE INDEX paper_listed ON paper (listed) WHERE listed IS NOT NULL",
    "CREATE INDEX paper_updated ON paper (updated)",
    "CREATE INDEX paper_added ON paper (added)",
    "CREATE INDEX paper_cite_key ON paper (cite_key)",
    "CREATE INDEX paper_starred ON paper (starred) WHERE starred",
)
"""Made after the rows: sorting them once takes half as long as inserting each."""
TOKENIZER = "tokenize='porter unicode61 remove_diacritics 2'"
"""How FTS5 parts and stems words that `normalize` has spelled."""
_TEXT_TABLE = f"""
CREATE VIRTUAL TABLE %s USING fts5 ({", ".join(f.name for f in INDEXED)},
  content='', {TOKENIZER});
"""
FULL_TEXT_TABLE = _TEXT_TABLE % "fts"
RECENT_TABLE = _TEXT_TABLE % "recent"
"""Left out where SQLite lacks FTS5: then words can't be searched.

`fts`: the full text of all papers. `recent`: that of the newest ones once more
(`recent`).

`twin`: pairs of files with parts of one paper.

`mark`: the documents of marks.json. `doc`: papers as they are read. `reading`: votes at
a time (`paper.votes_read` is the last one's, in UTC). `alias`: keys, and
as numbers folded titles and ids that are no keys. `name`, `has`: labels, and who has
them. `tally`, `day`, `moment`: counts of all papers (`tallies`). `vocabulary`: papers
of a word.
"""


_TEXTS = f"rowid, {', '.join(f.name for f in INDEXED)}"
_PLACES = "?" + ",?" * len(INDEXED)
_ADD_TEXT = f"INSERT INTO %s ({_TEXTS}) VALUES ({_PLACES})"
_REMOVE_TEXT = f"INSERT INTO %s (%s, {_TEXTS}) VALUES ('delete', {_PLACES})"
ADD_TEXT = _ADD_TEXT % "fts"
REMOVE_TEXT = _REMOVE_TEXT % ("fts", "fts")
ADD_RECENT = _ADD_TEXT % "recent"
REMOVE_RECENT = _REMOVE_TEXT % ("recent", "recent")
"""The full text of a row is added, and removed: FTS5 stores no text of its own."""


class Crowded(Exception):
    """A day has more papers than there are row ids for it."""


class Meta(NamedTuple):
    """What an index depends on (None if it is not an index), SQLite's count of changes
    of its tables, the bits of a row id below the day, how many papers it has.

    `recent` has the papers from this row id on, so many (`recent`); None in a small
    library, where it is empty. Of so many papers (`pending`) the words are not counted
    yet: an import of many continues, or was interrupted.
    """

    schema: str | None = None
    version: int | None = None
    bits: int = DAY_BITS
    papers: int = 0
    recent: int | None = None
    recent_papers: int = 0
    pending: int = 0


def meta_of(db: Connection) -> Meta:
    """What the index states about itself."""
    try:
        rows = db.execute("SELECT name, value FROM meta").fetchall()
    except (sqlite3.OperationalError, UnicodeDecodeError):
        # SQLite's message quotes the names of damaged tables, which Python decodes.
        return Meta()
    values = {name: value for name, value in rows if name in Meta._fields}
    return Meta(**values)


def column(
    db: Connection,
    query: str,
    parameters: Sequence[object] = (),
) -> list[Any]:
    """The first value of each row of a query."""
    return [row[0] for row in db.execute(query, parameters)]


def in_parts(values: Iterable[T], size: int = 500) -> Iterator[tuple[str, list[T]]]:
    """Some of the values at a time, each part after the places for it in a query: one
    query for many values takes a quarter of the time of one for each.
    """
    stream = iter(values)
    while part := list(islice(stream, size)):
        yield ",".join("?" * len(part)), part


def stamps_of(db: Connection) -> dict[str, layout.Stamp]:
    """The files that the index was made from, with their stamps then."""
    stamps: dict[str, layout.Stamp] = {}
    rows = db.execute("SELECT name, inode, mtime, size FROM file")
    for name, inode, mtime, size in rows:
        stamps[name] = (inode, mtime, size)
    return stamps


def set_full_text(db: Connection, **options: int) -> None:
    """Set options of full text (https://www.sqlite.org/fts5.html, section 6)."""
    if has_full_text(db):
        db.executemany("INSERT INTO fts (fts, rank) VALUES (?, ?)", options.items())


MANY_AT_ONCE = {"automerge": 0, "hashsize": 16_000_000}
"""Options of full text while many papers are added: what FTS5 collects in memory before
it writes a piece. 1 MB makes building 10,000 papers 10 % slower, and the file 20 %
larger.
"""
FEW_AT_ONCE = {"automerge": 4, "hashsize": 1 << 20}
"""Its own values, for all other writes."""


def has_fts5(db: Connection) -> bool:
    """Whether this SQLite can search full text: a few builds lack FTS5."""
    return "fts5" in column(db, "PRAGMA module_list")


def has_full_text(db: Connection) -> bool:
    """Whether the index was built by an SQLite that has FTS5."""
    return bool(column(db, "SELECT 1 FROM sqlite_master WHERE name = 'fts'"))


def sqlite_version() -> str:
    """The version of the SQLite that Python has."""
    return sqlite3.sqlite_version


def fingerprint() -> str:
    """What the index depends on besides the files: its schema, the fields, and how
    papers are settled.
    """
    parts = (
        TABLES,
        INDEXES,
        FULL_TEXT_TABLE,
        RECENT_TABLE,
        LABELS,
        FIELDS,
        SETTLED,
        SPELLED,
        DICTIONARY,
        sqlite3.sqlite_version,
    )
    checksum = zlib.crc32(repr(parts).encode())
    return f"{checksum:08x}"
