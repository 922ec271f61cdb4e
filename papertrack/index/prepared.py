"""What the tables are given of a paper: all that can be calculated without them, so that
another process can do so.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from operator import attrgetter
from typing import TYPE_CHECKING, Any, NamedTuple

from papertrack.core import votes
from papertrack.core.cite_keys import base_key
from papertrack.core.identity import id_alias, title_alias
from papertrack.core.model import Mark, Paper, Record
from papertrack.index.bodies import body_of, fold_of, indexed
from papertrack.index.clauses import fold_label
from papertrack.index.schema import COLUMNS, FLAGS, FOLDED, LABELS, PRESENT
from papertrack.index.tallies import Counted, counted
from papertrack.joining.settle import settle

if TYPE_CHECKING:
    from papertrack.storage.workers import Pool

MANY = 4_000
"""From so many papers in one process on, others help it: it takes them half a second,
and starting others a quarter.
"""

TOGETHER = 250
"""So many papers another process gets at once."""

Label = tuple[str, str, str]
"""A field, and a label of it: folded, and as it is written."""


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
    readings = votes.of_record(record)
    return Row(
        _day_number(paper.sort_date),
        paper,
        [record.key, *others],
        in_order,
        readings,
        mark.marked,
        file,
        body_of(paper, others, in_order, votes.as_text(readings)),
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
_CITE_KEY = COLUMNS.index("cite_key")
_FOLDED = sorted(map(COLUMNS.index, FOLDED))
_present = attrgetter(*PRESENT)
_flags = attrgetter(*FLAGS)
_labels = attrgetter(*LABELS)


Unprepared = tuple[Record, Mark, int]
"""A record, with its mark and the number of its file."""


class Prepared(NamedTuple):
    """A row as the tables have it: its columns in the table paper but for the row id,
    its aliases, labels, and the texts that are searched.
    """

    day: int
    columns: tuple[object, ...]
    body: bytes
    readings: list[votes.VoteReading]
    aliases: list[str | int]
    labels: list[Label]
    counted: Counted
    texts: list[str]


def prepared(row: Row) -> Prepared:
    """What the tables are given of a row."""
    return Prepared(
        row.day,
        _stored(row),
        row.body,
        row.readings,
        [*row.keys, *row.folds],
        labels_of(row.paper),
        counted(row.paper, row.marked),
        indexed(row.paper),
    )


def prepare(records: Sequence[Unprepared]) -> list[Prepared]:
    """What the tables are given of records."""
    return [prepared(row_of(*one)) for one in records]


class Preparing:
    """Prepares records, in other processes once there are many. Call `close` at the
    end.
    """

    def __init__(self) -> None:
        self._prepared = 0
        self._pool: Pool[Sequence[Unprepared], list[Prepared]] | None = None

    def prepare(self, records: Sequence[Unprepared]) -> Iterator[Prepared]:
        """What the tables are given of records."""
        self._prepared += len(records)
        if self._prepared < MANY or len(records) < 2 * TOGETHER:
            yield from prepare(records)
            return
        if self._pool is None:
            from papertrack.storage.workers import Pool, worker_count  # 15 ms

            self._pool = Pool(prepare, worker_count())
        starts = range(0, len(records), TOGETHER)
        parts = (records[start : start + TOGETHER] for start in starts)
        for part in self._pool.mapped(parts):
            yield from part

    def close(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.close()


def _stored(row: Row) -> tuple[object, ...]:
    """The row of the table paper, without the row id."""
    paper = row.paper
    has_imported_key = 1 if paper.cite_key else 0
    columns: list[Any] = list(_columns(paper))
    columns[_CITE_KEY] = base_key(paper)
    for place in _FOLDED:
        columns[place] = columns[place] and columns[place].casefold()
    return (
        row.day,
        paper.key,
        row.file,
        *columns,
        has_imported_key,
        paper.title,
        *_as_numbers(_flags(paper)),
        row.marked,
        row.readings[-1].at if row.readings else None,
        *_as_numbers(_present(paper)),
    )


def _as_numbers(values: Iterable[object]) -> list[int]:
    """Which of these there are, as 1 or 0: a bool takes six times as long to store."""
    return [1 if value else 0 for value in values]


def labels_of(paper: Paper) -> list[Label]:
    """The labels of a paper. Of those that fold alike, it has the first."""
    found: dict[tuple[str, str], Label] = {}
    for field, value in zip(LABELS, _labels(paper), strict=True):
        labels = (value,) if isinstance(value, str) else value or ()
        for label in labels:
            folded = fold_label(label)
            found.setdefault((field, folded), (field, folded, label))
    return list(found.values())
