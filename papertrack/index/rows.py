"""Papers into the index's tables, and out of them."""

from __future__ import annotations

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from operator import attrgetter
from typing import Any, NamedTuple

from papertrack.core.identity import title_alias
from papertrack.core.model import Mark, Paper, Record
from papertrack.index.clauses import fold_label
from papertrack.index.schema import (
    COLUMNS,
    INDEXED,
    LABELS,
    PRESENT,
    STORED,
    Crowded,
    body_of,
    fold_of,
    indexed,
    names_of,
    paper_of,
)
from papertrack.joining import records as merge


class Row(NamedTuple):
    """A paper as the index takes it in: its day as a number, its aliases (keys, and folds of titles), its body."""

    day: int
    paper: Paper
    aliases: Sequence[str | int]
    marked: str | None
    file: int
    body: bytes


def row_of(record: Record, mark: Mark, file: int) -> Row:
    """The row of a record, marked."""
    paper = merge.settle(record, mark)
    titles = {said["title"] for said in record.said.values() if said.get("title")}
    folds = sorted({fold for title in titles if (fold := fold_of(title_alias(title)))})
    others = sorted(key for key in record.keys if key != record.key)
    aliases: list[str | int] = [record.key, *others, *folds]
    return Row(
        _day_number(paper.date),
        paper,
        aliases,
        mark.marked,
        file,
        body_of(paper, others, folds),
    )


def marked_row(body: bytes, mark: Mark, file: int) -> Row:
    """The row of a paper that the index holds, marked anew."""
    paper = merge.marked(paper_of(body), mark)
    keys, folds = names_of(body)
    return Row(
        _day_number(paper.date),
        paper,
        [*keys, *folds],
        mark.marked,
        file,
        body_of(paper, keys[1:], folds),
    )


def _day_number(day: str | None) -> int:
    try:
        return date.fromisoformat((day or "")[:10]).toordinal()
    except ValueError:
        return 0


_columns = attrgetter(*COLUMNS)
_DOI = COLUMNS.index("doi")
_labels = attrgetter(*LABELS)
_presence = attrgetter(*PRESENT)


def _stored(rid: int, row: Row) -> tuple[object, ...]:
    """The row of the table paper."""
    paper = row.paper
    columns = _columns(paper)
    if paper.doi:
        columns = (*columns[:_DOI], paper.doi.casefold(), *columns[_DOI + 1 :])
    return (
        rid,
        row.day,
        paper.key,
        row.file,
        *columns,
        paper.title,
        int(paper.starred),
        row.marked,
        *(int(bool(value)) for value in _presence(paper)),
    )


def _insert(table: str, columns: int) -> str:
    return f"INSERT INTO {table} VALUES ({','.join('?' * columns)})"


_TEXT = f"rowid, {', '.join(f.name for f in INDEXED)}"
_PLACES = ",".join("?" * (len(INDEXED) + 1))
_PUT_PAPER = _insert("paper", len(STORED))
_PUT_TEXT = f"INSERT INTO fts ({_TEXT}) VALUES ({_PLACES})"
_DROP_TEXT = f"INSERT INTO fts (fts, {_TEXT}) VALUES ('delete', {_PLACES})"


class Rows:
    """Writes papers into the tables of one index. `settle` what it counted before the transaction ends."""

    def __init__(self, db: sqlite3.Connection, bits: int) -> None:
        self.db = db
        self.bits = bits
        self.papers = 0
        self.tally: Counter[tuple[int, str]] = Counter()
        self.names: dict[tuple[str, str], tuple[str, int]] = {}
        self.following: dict[int, int] = {}

    def put(self, rows: Iterable[Row], *, empty: bool = False) -> None:
        """Put papers in. Full text takes row ids in order at half the price. `empty`: there was no paper before."""
        numbered = sorted(self._numbered(rows, empty), key=lambda pair: pair[0])
        db = self.db
        db.executemany(_PUT_PAPER, [_stored(rid, row) for rid, row in numbered])
        db.executemany(
            "INSERT INTO doc VALUES (?, ?)", [(rid, row.body) for rid, row in numbered]
        )
        hidden = [(rid,) for rid, row in numbered if row.paper.status == "hidden"]
        db.executemany("INSERT INTO hidden VALUES (?)", hidden)
        aliases = "INSERT OR IGNORE INTO alias VALUES (?, ?)"
        found = [(alias, rid) for rid, row in numbered for alias in row.aliases]
        db.executemany(aliases, sorted(found, key=_kinds))
        has = [
            (name, rid)
            for rid, row in numbered
            for name in self._labelled(row.paper, 1)
        ]
        db.executemany("INSERT INTO has VALUES (?, ?)", sorted(has))
        db.executemany(_PUT_TEXT, [(rid, *indexed(row.paper)) for rid, row in numbered])
        self.papers += len(numbered)

    def drop(self, rids: Iterable[int]) -> None:
        """Take papers out; a contentless FTS5 table forgets a row only when told what was in it."""
        for rid in sorted(rids):
            (body,) = self.db.execute(
                "SELECT body FROM doc WHERE rid = ?", (rid,)
            ).fetchone()
            paper, (keys, folds) = paper_of(body), names_of(body)
            self.db.execute(_DROP_TEXT, (rid, *indexed(paper)))
            gone = "DELETE FROM alias WHERE alias = ? AND rid = ?"
            self.db.executemany(gone, [(alias, rid) for alias in (*keys, *folds)])
            names = [(name, rid) for name in self._labelled(paper, -1)]
            self.db.executemany("DELETE FROM has WHERE name = ? AND rid = ?", names)
            self.db.execute("DELETE FROM paper WHERE rid = ?", (rid,))
            self.db.execute("DELETE FROM doc WHERE rid = ?", (rid,))
            self.db.execute("DELETE FROM hidden WHERE rid = ?", (rid,))
            self.papers -= 1

    def settle(self) -> None:
        """Write the counts."""
        add = "INSERT INTO tally VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET papers = papers + excluded.papers"
        self.db.executemany(
            add, [(*key, count) for key, count in self.tally.items() if count]
        )
        self.db.execute("DELETE FROM tally WHERE papers = 0")
        count = "INSERT INTO meta VALUES ('papers', ?) ON CONFLICT DO UPDATE SET value = value + excluded.value"
        self.db.execute(count, (self.papers,))
        self.tally.clear()
        self.papers = 0

    def _numbered(self, rows: Iterable[Row], empty: bool) -> Iterator[tuple[int, Row]]:
        """Rows with their ids, which are in the order of days. Raises Crowded."""
        for row in rows:
            first = row.day << self.bits
            rid = (
                self.following.get(row.day, first)
                if empty
                else self._free(row.day, first)
            )
            if rid >= first + (1 << self.bits):
                raise Crowded
            self.following[row.day] = rid + 1
            yield rid, row

    def _free(self, day: int, first: int) -> int:
        if day in self.following:
            return self.following[day]
        query = "SELECT max(rid) FROM paper WHERE rid >= ? AND rid < ?"
        last = self.db.execute(query, (first, first + (1 << self.bits))).fetchone()[0]
        return first if last is None else int(last) + 1

    def _labelled(self, paper: Paper, step: int) -> list[int]:
        """The numbers of a paper's labels; its tags are counted by `step`."""
        found: list[int] = []
        for field, values in zip(LABELS, _labels(paper), strict=True):
            named = (values,) if isinstance(values, str) else values or ()
            numbers = dict(self._name(field, value) for value in reversed(named))
            found += numbers.values()
            if field == "tags":
                for number in numbers.values():
                    self.tally[number, paper.status] += step
        return found

    def _name(self, field: str, value: str) -> tuple[str, int]:
        """A label folded, and its number. Of labels that fold alike, a paper has the first."""
        named = self.names.get((field, value))
        if named is None:
            folded = fold_label(value)
            row = (field, folded, value)
            found = self.db.execute(
                "SELECT id FROM name WHERE (field, folded, value) = (?, ?, ?)", row
            ).fetchone()
            if found is None:
                add = "INSERT INTO name (field, folded, value) VALUES (?, ?, ?) RETURNING id"
                found = self.db.execute(add, row).fetchone()
            named = self.names[field, value] = folded, found[0]
        return named


def _kinds(pair: Any) -> tuple[int, str]:
    """In the order of SQLite, numbers before text, so that neighbours are written together."""
    alias = pair[0]
    return (alias, "") if isinstance(alias, int) else (1 << 63, str(alias))
