"""Counts, made by SQL in the index: no paper is read.

Hidden papers are left out unless the query names them.
"""

from collections import Counter
from sqlite3 import Connection
from typing import NamedTuple

from papertrack.core.local_time import local_day
from papertrack.core.model import STATUSES
from papertrack.core.wording import noun
from papertrack.index.clauses import NOT_HIDDEN, fold_label, label_tree
from papertrack.index.matching import Matching
from papertrack.index.schema import DATE, column, meta_of
from papertrack.index.tallies import NO_DATE, TALLIED

NEWEST = f"min({DATE}, substr(p.added, 1, 10))"
"""The date of a paper, no later than when it was added."""


class Tag(NamedTuple):
    """A tag: how many papers have it, how many of these are unread and for later, the
    newest one's day.
    """

    name: str
    papers: int = 0
    unread: int = 0
    later: int = 0
    newest: str | None = None


class Share(NamedTuple):
    """A name and how many papers have it."""

    name: str
    papers: int


def tags(db: Connection) -> list[Tag]:
    """The tags by name, each with its own papers: `tally` is kept up to date, so that
    no paper is counted.
    """
    newest = f"SELECT max(rid) FROM has p WHERE p.name = id AND {NOT_HIDDEN}"
    rows = db.execute(
        f"""
        SELECT min(value), sum(papers), sum(unread), sum(later), max(newest) FROM (
          SELECT folded, value, sum(papers) AS papers,
            sum(papers * (status = 'unread')) AS unread,
            sum(papers * (status = 'later')) AS later,
            (SELECT {NEWEST} FROM paper p WHERE p.rid = ({newest})) AS newest
          FROM tally JOIN name ON id = name
          WHERE field = 'tags' AND status != 'hidden' GROUP BY id)
        GROUP BY folded ORDER BY folded
        """
    )
    return [Tag(*row) for row in rows]


def whole_tag(db: Connection, name: str) -> Tag:
    """A tag with the papers of all tags below it, each counted once."""
    below, parameters = label_tree(name)
    row = db.execute(
        f"""
        SELECT count(*), coalesce(sum(p.status = 'unread'), 0),
          coalesce(sum(p.status = 'later'), 0), max({NEWEST})
        FROM paper p
        JOIN (SELECT DISTINCT rid FROM label WHERE field = 'tags' AND {below}) l
          ON l.rid = p.rid
        WHERE p.status != 'hidden'
        """,
        parameters,
    ).fetchone()
    return Tag(name, *row)


def tree(db: Connection) -> list[Tag]:
    """The tags and all their parents, each with the papers of the tags below it counted
    once.
    """
    named = {fold_label(tag.name): tag for tag in tags(db)}
    parents: dict[str, str] = {}
    for tag in named.values():
        parts = tag.name.split("/")
        for depth in range(1, len(parts)):
            parent = "/".join(parts[:depth])
            parents.setdefault(fold_label(parent), parent)
    for folded, parent in parents.items():
        if folded in named:
            parent = named[folded].name
        named[folded] = whole_tag(db, parent)
    return list(named.values())


def together(db: Connection, name: str) -> list[Share]:
    """The tags that papers of this tag have besides it, the most frequent first."""
    below, parameters = label_tree(name)
    rows = db.execute(
        f"""
        SELECT min(value), count(*) AS papers FROM label
        WHERE field = 'tags' AND folded != ?
          AND +rid IN (SELECT rid FROM label WHERE field = 'tags' AND {below})
          AND rid NOT IN (SELECT rid FROM hidden)
        GROUP BY folded ORDER BY papers DESC, folded
        """,
        [fold_label(name), *parameters],
    )
    return [Share(*row) for row in rows]


# ------------------------------------------------------------------ of a query


class Summary(NamedTuple):
    """How many papers match, and how many of each status.

    `papers` leaves the hidden ones out unless requested.
    """

    papers: int
    unread: int
    read: int
    later: int
    hidden: int
    starred: int

    @property
    def states(self) -> str:
        """The counts that are not zero besides that of papers: `3 unread, 1 later`."""
        states = zip(self._fields[1:], self[1:], strict=True)
        return ", ".join(f"{count:,} {name}" for name, count in states if count)

    @property
    def in_words(self) -> str:
        """All counts: `4 papers: 3 unread, 1 later`."""
        papers = f"{self.papers:,} {noun(self.papers, 'paper')}"
        return f"{papers}: {self.states}" if self.states else papers


class Progress(NamedTuple):
    """A month (ISO), how many papers were added in it, and how many were marked
    read.
    """

    month: str
    added: int
    read: int


def summary(db: Connection, of: Matching) -> Summary:
    """The matching papers by status, hidden ones counted apart."""
    if of.is_everything:
        query = "SELECT status, sum(papers), sum(starred) FROM day GROUP BY status"
        rows = db.execute(query)
    else:
        selected, parameters = of._replace(hidden=True).select("status, starred")
        rows = db.execute(
            f"SELECT status, count(*), sum(starred) FROM ({selected}) GROUP BY status",
            parameters,
        )
    papers = dict.fromkeys(STATUSES, 0)
    total = 0
    starred = 0
    for status, count, stars in rows:
        papers[status] = count
        if status != "hidden" or of.hidden:
            total += count
            starred += stars
    return Summary(total, **papers, starred=starred)


def by_label(
    db: Connection,
    of: Matching,
    *,
    field: str,
) -> list[Share]:
    """How many of the matching papers have each value of a list, tags or sources; most
    first, then A to Z.
    """
    if of.is_everything and field in TALLIED:
        rows = db.execute(
            """
            SELECT min(value), sum(papers) FROM tally JOIN name ON id = name
            WHERE field = ? AND status != 'hidden'
            GROUP BY folded ORDER BY sum(papers) DESC, folded
            """,
            [field],
        )
        return [Share(*row) for row in rows]
    selected, parameters = of.select("p.rid")
    # The + keeps SQLite from looking each of the papers up below each of the values.
    rows = db.execute(
        f"""
        SELECT min(value), count(*) AS papers FROM label
        WHERE field = ? AND +rid IN ({selected})
        GROUP BY folded ORDER BY papers DESC, folded
        """,
        [field, *parameters],
    )
    return [Share(*row) for row in rows]


def without_label(
    db: Connection,
    of: Matching,
    *,
    field: str,
) -> int:
    """How many of the matching papers have no value of a list."""
    selected, parameters = of.select("p.rid")
    labelled = "SELECT rid FROM label WHERE field = ?"
    query = f"SELECT count(*) FROM ({selected}) WHERE rid NOT IN ({labelled})"
    (papers,) = column(db, query, [*parameters, field])
    return int(papers)


def by_date(db: Connection, of: Matching) -> list[tuple[str | None, int]]:
    """How many of the matching papers are of each date (ISO, as precise as known), in
    order; None, first, stands for no date.
    """
    if of.is_everything:
        rows = db.execute(
            "SELECT date, sum(papers) FROM day WHERE status != 'hidden' GROUP BY date"
        )
        dates = Counter(dict(rows.fetchall()))
    elif of.words is not None:
        dates = _dates_of_words(db, of, of.words)
    else:
        dates = _dates(db, of)
    return [(date or None, dates[date]) for date in sorted(dates)]


def _dates(db: Connection, of: Matching, test: str = "1") -> Counter[str]:
    """How many of the matching papers, and of those that meet a test, are of each
    date.
    """
    selected, parameters = of.select(f"coalesce({DATE}, '{NO_DATE}') AS date, p.day")
    query = f"SELECT date, count(*) FROM ({selected}) WHERE {test} GROUP BY date"
    return Counter(dict(db.execute(query, parameters).fetchall()))


def _dates_of_words(db: Connection, of: Matching, words: str) -> Counter[str]:
    """As `_dates`, from row ids alone, wherever all papers of a day have one date."""
    bits = meta_of(db).bits
    one_date = (
        "SELECT number, min(date) FROM day GROUP BY number HAVING min(date) = max(date)"
    )
    date_of = dict(db.execute(one_date).fetchall())
    query = (
        f"SELECT rowid >> {bits} AS number, count(*) FROM fts WHERE fts MATCH ? "
        "AND rowid NOT IN (SELECT rid FROM hidden) GROUP BY number"
    )
    dates: Counter[str] = Counter()
    mixed: list[int] = []
    for number, papers in db.execute(query, [words]):
        if number in date_of:
            dates[date_of[number]] += papers
        else:
            mixed.append(number)
    if mixed:
        dates += _dates(db, of, f"day IN ({', '.join(map(str, mixed))})")
    return dates


def first_listed(db: Connection, *, source: str, since: str) -> str | None:
    """The first day (ISO), not before `since`, on which papers of a source were listed."""
    days: list[str] = column(
        db,
        """
        SELECT p.listed FROM paper p
        WHERE p.listed >= ? AND EXISTS
          (SELECT 1 FROM label l
           WHERE l.rid = p.rid AND l.field = 'sources' AND l.folded = ?)
        ORDER BY p.listed LIMIT 1
        """,
        [since, fold_label(source)],
    )
    return days[0] if days else None


def votes_by_time(db: Connection, of: Matching) -> list[tuple[str, int]]:
    """How many votes the matching papers had gained at each time (ISO 8601 in UTC) at
    which votes were read, in order.

    Of a paper's first reading all votes count, of each later one those since the one
    before.
    """
    selected, parameters = of.select("p.rid")
    query = f"""
        SELECT at, sum(gained) FROM (
          SELECT at, votes - lag(votes, 1, 0) OVER (PARTITION BY rid ORDER BY at)
            AS gained
          FROM reading WHERE rid IN ({selected}))
        GROUP BY at ORDER BY at
        """
    return db.execute(query, parameters).fetchall()


def progress(db: Connection, of: Matching) -> list[Progress]:
    """How many of the matching papers were added, and how many marked read, each month
    of the reader's calendar; empty months are left out.

    A paper counts as read in the month in which it was last marked read.
    """
    # All papers of one fetch have one time, so there are few.
    if of.is_everything:
        rows = db.execute(
            """
            SELECT at, sum(added), sum(marked * (status = 'read')) FROM moment
            WHERE status != 'hidden' GROUP BY at
            """
        )
    else:
        selected, parameters = of.select("p.added, p.marked, p.status")
        rows = db.execute(
            f"""
            WITH found AS MATERIALIZED ({selected})
            SELECT time, sum(added), sum(read) FROM (
              SELECT added AS time, count(*) AS added, 0 AS read FROM found
              GROUP BY time
              UNION ALL
              SELECT marked, 0, count(*) FROM found WHERE status = 'read'
              GROUP BY marked)
            WHERE time IS NOT NULL GROUP BY time
            """,
            parameters,
        )
    added: Counter[str] = Counter()
    read: Counter[str] = Counter()
    for time, papers_added, papers_read in rows:
        month = local_day(time)[: len("2025-11")]
        added[month] += papers_added
        read[month] += papers_read
    return [Progress(month, added[month], read[month]) for month in sorted(added)]
