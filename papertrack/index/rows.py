"""Adding papers to the index's tables, and removing them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from operator import itemgetter
from sqlite3 import Connection

from papertrack.core.model import Mark, Paper
from papertrack.core.progress import SILENT, Progress
from papertrack.index.bodies import indexed, names_of, paper_of, stored_body, with_mark
from papertrack.index.prepared import Label, Prepared, labels_of
from papertrack.index.recent import RecentTexts
from papertrack.index.schema import (
    ADD_TEXT,
    FLAGS,
    REMOVE_TEXT,
    STORED,
    Crowded,
    column,
    has_full_text,
    meta_of,
)
from papertrack.index.tallies import TALLIED, Tallies, counted
from papertrack.index.vocabulary import WordCounts
from papertrack.joining.settle import marked

MUCH = 0.5
"""Once the words of this share of the papers are not counted, they are."""

AT_ONCE = 500
"""So many papers are added to one table before the next."""

Numbered = tuple[int, Prepared]
"""A row after its id."""


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

    Call `finish` before the transaction ends. With `is_part` more papers follow soon, in
    other transactions: what takes as long as the library is large waits for the last.
    """

    def __init__(
        self,
        db: Connection,
        bits: int,
        progress: Progress = SILENT,
        *,
        is_part: bool = False,
    ) -> None:
        self.db = db
        self.is_part = is_part
        self.bits = bits
        self.progress = progress
        self.has_full_text = has_full_text(db)
        self.papers = 0
        self.changed = 0
        self.words = WordCounts(db)
        self.recent = RecentTexts(db)
        self.tallies = Tallies(db)
        self.names: dict[Label, int] = {}
        self.next_of_day: dict[int, int] = {}

    def add_prepared(self, rows: Iterable[Prepared]) -> None:
        """Add papers.

        Full text costs half as much if row ids are in order. Raises Crowded.
        """
        numbered = sorted(self._numbered(rows), key=itemgetter(0))
        total = len(numbered)
        for start in range(0, total, AT_ONCE):
            self.progress.report("indexing", start, total, "papers")
            self._add_part(numbered[start : start + AT_ONCE])
        self.progress.report("indexing", total, total, "papers")

    def add_in_order(self, rows: Iterator[Prepared], total: int) -> None:
        """Add papers, so many in all, that come in the order of their days; the first
        are added while others are prepared. Raises Crowded.
        """
        done = 0
        while part := sorted(self._numbered(islice(rows, AT_ONCE)), key=itemgetter(0)):
            self._add_part(part)
            done += len(part)
            self.progress.report("indexing", done, total, "papers")

    def _add_part(self, numbered: Sequence[Numbered]) -> None:
        self._add_rows(numbered)
        self._add_texts(numbered)

    def replace(self, rids: Iterable[int], rows: Iterable[Prepared]) -> None:
        """Remove papers, and add others. Raises Crowded.

        FTS5 needs the text of a row to remove it, since it stores none.
        Where a paper keeps its key, its day and its texts, as after new votes, its full
        text is left as it is.
        """
        new = {row.aliases[0]: row for row in rows}
        same: list[Numbered] = []
        for rid in sorted(rids):
            body = stored_body(self.db, rid)
            paper = paper_of(body)
            row = new.get(paper.key)
            day = rid >> self.bits
            if row and (row.day, row.texts) == (day, indexed(paper)):
                same.append((rid, new.pop(paper.key)))
            elif self.has_full_text:
                self._remove_text(rid, paper)
            self._remove_row(rid, paper, body)
        for start in range(0, len(same), AT_ONCE):
            self._add_rows(same[start : start + AT_ONCE])
        self.add_prepared(new.values())

    def _add_rows(self, numbered: Sequence[Numbered]) -> None:
        """Add rows, table by table, without their full text."""
        self.papers += len(numbered)
        add = self.db.executemany
        papers = ((rid, *row.columns) for rid, row in numbered)
        add(_ADD_PAPER, papers)
        add("INSERT INTO doc VALUES (?, ?)", ((rid, row.body) for rid, row in numbered))
        readings = [(rid, *one) for rid, row in numbered for one in row.readings]
        add("INSERT INTO reading VALUES (?, ?, ?)", readings)
        hidden = [(rid,) for rid, row in numbered if row.counted.status == "hidden"]
        add("INSERT INTO hidden VALUES (?)", hidden)
        aliases = ((alias, rid) for rid, row in numbered for alias in row.aliases)
        add("INSERT OR IGNORE INTO alias VALUES (?, ?)", aliases)
        add(_ADD_LABEL, self._count_labels(numbered))

    def _add_texts(self, numbered: Sequence[Numbered]) -> None:
        """Add the full text of rows."""
        if self.has_full_text:
            texts = ((rid, *row.texts) for rid, row in numbered)
            self.db.executemany(ADD_TEXT, texts)
            for rid, row in numbered:
                self._count_text(rid, row.texts)

    def _count_labels(self, numbered: Iterable[Numbered]) -> list[tuple[int, int]]:
        """Count rows; the number of each label with the id of its row, in order."""
        found: list[tuple[int, int]] = []
        for rid, row in numbered:
            labels, tallied = self._label_numbers(row.labels)
            found += ((label, rid) for label in labels)
            self.tallies.count(row.counted, row.day, tallied, 1)
        return sorted(found)

    def _add_text(self, rid: int, paper: Paper) -> None:
        texts = indexed(paper)
        self.db.execute(ADD_TEXT, (rid, *texts))
        self._count_text(rid, texts)

    def _count_text(self, rid: int, texts: Sequence[str]) -> None:
        """Count the words of a paper whose full text was added."""
        self.changed += 1
        if not self.is_part:
            self.recent.add(rid, texts)
            self.words.add(texts)

    def _remove_row(self, rid: int, paper: Paper, body: bytes) -> None:
        """Remove a paper from the tables but that of its full text."""
        self.papers -= 1
        keys, folds = names_of(body)
        for alias in (*keys, *folds):
            query = "DELETE FROM alias WHERE alias = ? AND rid = ?"
            self.db.execute(query, (alias, rid))
        labels, tallied = self._label_numbers(labels_of(paper))
        for label in labels:
            self._unlabel(rid, label)
        before = counted(paper, self._marked(rid))
        self.tallies.count(before, rid >> self.bits, tallied, -1)
        for table in ("paper", "doc", "reading", "hidden"):
            self.db.execute(f"DELETE FROM {table} WHERE rid = ?", (rid,))

    def _remove_text(self, rid: int, paper: Paper) -> None:
        texts = indexed(paper)
        self.db.execute(REMOVE_TEXT, (rid, *texts))
        self.changed += 1
        if not self.is_part:
            self.recent.remove(rid, texts)
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
        old, old_tallied = self._label_numbers(labels_of(before))
        new, new_tallied = self._label_numbers(labels_of(after))
        day = rid >> self.bits
        self.tallies.count(counted(before, self._marked(rid)), day, old_tallied, -1)
        self.tallies.count(counted(after, mark.marked), day, new_tallied, 1)
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
            self._finish_words()

    def _finish_words(self) -> None:
        """Count the words of papers, and complete the texts of the newest; of a part, only
        when it is much of the library.
        """
        meta = meta_of(self.db)
        pending = meta.pending
        is_due = pending > 0
        if self.is_part:
            pending += self.changed
            is_due = pending > meta.papers * MUCH
            self.recent.clear()
        if is_due:
            self.words.count_all()
            pending = 0
        elif not self.is_part:
            self.words.finish()
        if is_due or not self.is_part:
            self.recent.finish(self.progress)
        if pending != meta.pending:
            query = "INSERT OR REPLACE INTO meta VALUES ('pending', ?)"
            self.db.execute(query, (pending,))
        self.changed = 0

    def _numbered(self, rows: Iterable[Prepared]) -> Iterator[Numbered]:
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

    def _label_numbers(self, labels: Iterable[Label]) -> tuple[set[int], set[int]]:
        """The numbers of labels, and of those that are counted."""
        found: set[int] = set()
        tallied: set[int] = set()
        for label in labels:
            number = self._label_number(label)
            found.add(number)
            if label[0] in TALLIED:
                tallied.add(number)
        return found, tallied

    def _label_number(self, label: Label) -> int:
        number = self.names.get(label)
        if number is None:
            add = "INSERT OR IGNORE INTO name (field, folded, value) VALUES (?, ?, ?)"
            self.db.execute(add, label)
            find = "SELECT id FROM name WHERE (field, folded, value) = (?, ?, ?)"
            number = int(column(self.db, find, label)[0])
            self.names[label] = number
        return number
