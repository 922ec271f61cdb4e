"""Adding papers to the index's tables, and removing them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from operator import attrgetter, itemgetter
from sqlite3 import Connection
from typing import NamedTuple

from papertrack.core import votes
from papertrack.core.cite_keys import base_key
from papertrack.core.identity import id_alias, title_alias
from papertrack.core.model import Mark, Paper, Record
from papertrack.core.progress import SILENT, Progress
from papertrack.index.bodies import (
    body_of,
    fold_of,
    indexed,
    names_of,
    paper_of,
    stored_body,
    with_mark,
)
from papertrack.index.clauses import fold_label
from papertrack.index.schema import (
    ADD_TEXT,
    COLUMNS,
    FLAGS,
    FOLDED,
    LABELS,
    PRESENT,
    REMOVE_TEXT,
    STORED,
    Crowded,
    column,
    has_full_text,
)
from papertrack.index.tallies import TALLIED, Tallies
from papertrack.index.vocabulary import WordCounts
from papertrack.joining.settle import marked, settle


class Row(NamedTuple):
    """A paper for the index: its day as a number, its keys and folded titles, the
    readings of its votes, when it was marked, its file's number.
    """

    day: int
    paper: Paper
    keys: list[str]
    folds: list[int]
    readings: list[votes.VoteReading]
    marked: str | None
    file: int
    body: bytes


def row_of(
    record: Record,
    mark: Mark,
    file: int,
) -> Row:
    """The row of a record with its mark."""
    others = sorted(set(record.keys) - {record.key})
    folds: set[int] = set()
    for facts in record.said.values():
        aliases = [title_alias(facts.get("title") or "")]
        aliases += (
            id_alias(key) for key in facts.get("ids", ()) if key not in record.keys
        )
        folds.update(fold for fold in map(fold_of, aliases) if fold is not None)
    paper = settle(record, mark)
    in_order = sorted(folds)
    readings = votes.as_text(votes.of_record(record))
    return Row(
        _day_number(paper.sort_date),
        paper,
        [record.key, *others],
        in_order,
        votes.parse(readings),
        mark.marked,
        file,
        body_of(paper, others, in_order, readings),
    )


def _day_number(iso: str | None) -> int:
    """The number of a day; a year and a month are older than any day of theirs."""
    day = (iso or "")[:10]
    try:
        first = date.fromisoformat(day + "0000-01-01"[len(day) :])
    except ValueError:
        return 0
    return first.toordinal() - (len(day) < 10)


_columns = attrgetter(*COLUMNS)
_present = attrgetter(*PRESENT)
_flags = attrgetter(*FLAGS)
_labels = attrgetter(*LABELS)


def _stored(rid: int, row: Row) -> tuple[object, ...]:
    """The row of the table paper."""
    paper = row.paper
    has_imported_key = bool(paper.cite_key)
    paper = paper._replace(cite_key=base_key(paper))
    columns: list[object] = []
    for name, value in zip(COLUMNS, _columns(paper), strict=True):
        if value and name in FOLDED:
            value = value.casefold()
        columns.append(value)
    return (
        rid,
        row.day,
        paper.key,
        row.file,
        *columns,
        has_imported_key,
        paper.title,
        *map(bool, _flags(paper)),
        row.marked,
        row.readings[-1].at if row.readings else None,
        *map(bool, _present(paper)),
    )


def _insert(table: str, columns: int) -> str:
    return f"INSERT INTO {table} VALUES ({','.join('?' * columns)})"


_ADD_PAPER = _insert("paper", len(STORED))
_ADD_LABEL = _insert("has", 2)

_MARK_COLUMNS = [one for one in STORED if one.removeprefix("has_") in Mark._fields]
_SET_MARK = (
    f"UPDATE paper SET {', '.join(f'{name} = ?' for name in _MARK_COLUMNS)} "
    "WHERE rid = ?"
)


def _mark_columns(mark: Mark) -> list[object]:
    """The values of the columns that a mark changes."""
    values: list[object] = []
    for name in _MARK_COLUMNS:
        value = getattr(mark, name.removeprefix("has_"))
        is_flag = name in FLAGS or name.startswith("has_")
        values.append(bool(value) if is_flag else value)
    return values


class Rows:
    """Adds papers to the tables of one index, and removes them.

    Call `finish` before the transaction ends.
    """

    def __init__(self, db: Connection, bits: int, progress: Progress = SILENT) -> None:
        self.db = db
        self.bits = bits
        self.progress = progress
        self.has_full_text = has_full_text(db)
        self.papers = 0
        self.words = WordCounts(db)
        self.tallies = Tallies(db)
        self.names: dict[tuple[str, str], tuple[str, int]] = {}
        self.next_of_day: dict[int, int] = {}

    def add(self, rows: Iterable[Row]) -> None:
        """Add papers.

        Full text costs half as much if row ids are in order. Raises Crowded.
        """
        numbered = sorted(self._numbered(rows), key=itemgetter(0))
        self._add(self.progress.counted(numbered, "indexing", "papers"))
        self.papers += len(numbered)

    def _add(self, numbered: Iterable[tuple[int, Row]]) -> None:
        for rid, row in numbered:
            self._add_row(rid, row)
            if self.has_full_text:
                self._add_text(rid, row.paper)

    def _add_row(self, rid: int, row: Row) -> None:
        paper = row.paper
        add = self.db.execute
        add(_ADD_PAPER, _stored(rid, row))
        add("INSERT INTO doc VALUES (?, ?)", (rid, row.body))
        for at, count in row.readings:
            add("INSERT INTO reading VALUES (?, ?, ?)", (rid, at, count))
        if paper.status == "hidden":
            add("INSERT INTO hidden VALUES (?)", (rid,))
        for alias in (*row.keys, *row.folds):
            add("INSERT OR IGNORE INTO alias VALUES (?, ?)", (alias, rid))
        labels, tallied = self._labels(paper)
        for label in labels:
            add(_ADD_LABEL, (label, rid))
        self.tallies.count(paper, row.day, row.marked, tallied, 1)

    def _add_text(self, rid: int, paper: Paper) -> None:
        texts = indexed(paper)
        self.db.execute(ADD_TEXT, (rid, *texts))
        self.words.add(texts)

    def remove(self, rids: Iterable[int]) -> None:
        """Remove papers.

        FTS5 needs the text of a row to remove it, since it stores none.
        """
        for rid in sorted(rids):
            body = stored_body(self.db, rid)
            paper = paper_of(body)
            if self.has_full_text:
                self._remove_text(rid, paper)
            self._remove_row(rid, paper, body)
            self.papers -= 1

    def _remove_row(self, rid: int, paper: Paper, body: bytes) -> None:
        keys, folds = names_of(body)
        for alias in (*keys, *folds):
            query = "DELETE FROM alias WHERE alias = ? AND rid = ?"
            self.db.execute(query, (alias, rid))
        labels, tallied = self._labels(paper)
        for label in labels:
            self._unlabel(rid, label)
        day = rid >> self.bits
        self.tallies.count(paper, day, self._marked(rid), tallied, -1)
        for table in ("paper", "doc", "reading", "hidden"):
            self.db.execute(f"DELETE FROM {table} WHERE rid = ?", (rid,))

    def _remove_text(self, rid: int, paper: Paper) -> None:
        texts = indexed(paper)
        self.db.execute(REMOVE_TEXT, (rid, *texts))
        self.words.remove(texts)

    def mark(self, rid: int, body: bytes, mark: Mark) -> None:
        """Give a paper, stored as this body, another mark.

        Full text is written anew only where it differs: a status is in none.
        """
        before = paper_of(body)
        after = marked(before, mark)
        is_other_text = (after.tags, after.note) != (before.tags, before.note)
        if is_other_text and self.has_full_text:
            self._remove_text(rid, before)
            self._add_text(rid, after)
        old, old_tallied = self._labels(before)
        new, new_tallied = self._labels(after)
        day = rid >> self.bits
        self.tallies.count(before, day, self._marked(rid), old_tallied, -1)
        self.tallies.count(after, day, mark.marked, new_tallied, 1)
        for label in old - new:
            self._unlabel(rid, label)
        for label in new - old:
            self.db.execute(_ADD_LABEL, (label, rid))
        if before.status == "hidden":
            self.db.execute("DELETE FROM hidden WHERE rid = ?", (rid,))
        if after.status == "hidden":
            self.db.execute("INSERT INTO hidden VALUES (?)", (rid,))
        self.db.execute(_SET_MARK, (*_mark_columns(mark), rid))
        new_body = with_mark(body, mark)
        self.db.execute("UPDATE doc SET body = ? WHERE rid = ?", (new_body, rid))

    def _marked(self, rid: int) -> str | None:
        """When a paper was marked."""
        query = "SELECT marked FROM paper WHERE rid = ?"
        times: list[str | None] = column(self.db, query, (rid,))
        return times[0]

    def _unlabel(self, rid: int, label: int) -> None:
        query = "DELETE FROM has WHERE name = ? AND rid = ?"
        self.db.execute(query, (label, rid))

    def finish(self) -> None:
        """Write the counts of papers and of words."""
        self.tallies.finish()
        self.db.execute(
            "INSERT INTO meta VALUES ('papers', ?) "
            "ON CONFLICT DO UPDATE SET value = value + excluded.value",
            (self.papers,),
        )
        self.papers = 0
        if self.has_full_text:
            self.words.finish()

    def _numbered(self, rows: Iterable[Row]) -> Iterator[tuple[int, Row]]:
        """Rows with their ids, which are in the order of days. Raises Crowded."""
        for row in rows:
            first = row.day << self.bits
            end = first + (1 << self.bits)
            rid = self.next_of_day.get(row.day)
            if rid is None:
                query = "SELECT max(rid) + 1 FROM paper WHERE rid >= ? AND rid < ?"
                (rid,) = column(self.db, query, (first, end))
                rid = rid or first
            if rid >= end:
                raise Crowded
            self.next_of_day[row.day] = rid + 1
            yield rid, row

    def _labels(self, paper: Paper) -> tuple[set[int], set[int]]:
        """The numbers of a paper's labels, and of those that are counted."""
        found: set[int] = set()
        tallied: set[int] = set()
        for field, value in zip(LABELS, _labels(paper), strict=True):
            labels = (value,) if isinstance(value, str) else value or ()
            numbers: dict[str, int] = {}
            for label in labels:
                folded, number = self._label(field, label)
                # Of labels that fold alike, a paper has the first.
                numbers.setdefault(folded, number)
            found.update(numbers.values())
            if field in TALLIED:
                tallied.update(numbers.values())
        return found, tallied

    def _label(self, field: str, value: str) -> tuple[str, int]:
        """A label folded, and its number."""
        named = self.names.get((field, value))
        if named is None:
            row = (field, fold_label(value), value)
            add = "INSERT OR IGNORE INTO name (field, folded, value) VALUES (?, ?, ?)"
            self.db.execute(add, row)
            find = (
                "SELECT folded, id FROM name WHERE (field, folded, value) = (?, ?, ?)"
            )
            named = self.db.execute(find, row).fetchone()
            self.names[field, value] = named
        return named
