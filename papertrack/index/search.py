"""One search: the newest matches in one pass, and of these the page that is asked for.

Row ids are in the order of days, so the newest matches of a word are the end of a list that FTS5 has: that many are
counted, fewer ranked, and a common word costs what a rare one does. What is beyond is told as `over 10,000`.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from papertrack.core.model import Paper
from papertrack.index.clauses import NOT_HIDDEN, Where, any_match, title_match
from papertrack.index.schema import EARLIER_FIRST, INDEXED, LATER_FIRST, Meta, paper_of
from papertrack.query.language import And, Clause, Days, mentions_hidden

COUNTED = 10_000
"""Matches are counted up to this."""

RANKED = 2000
"""Relevance is counted over the newest 2,000 matches: bm25 over a word of half a large library takes seconds."""

NARROW = 50_000
"""Up to so many papers, it is found out which row ids a range of days has, and looked among these only."""

ANY = 1 << 62
"""Above every row id."""

SCORE = f"bm25(fts, {', '.join(str(f.weight) for f in INDEXED)})"


class SearchResult(NamedTuple):
    """What a search found: papers in order, how many match in all, how many matches are hidden ones.

    `ranked` is how many of the newest matches were ranked by relevance, the others following by date; None where all
    were, or none was to be. `more` is whether there are more than `total`, which were not counted.
    """

    papers: tuple[Paper, ...]
    total: int
    hidden: int = 0
    ranked: int | None = None
    more: bool = False

    @property
    def total_text(self) -> str:
        """How many match, as it is told."""
        return f"{'over ' * self.more}{self.total:,}"


Scores = dict[int, float]


class Scored(NamedTuple):
    """A match, best first: 0 where its title has all the words, 1 where something has, else 2; then bm25's figure."""

    tier: int
    relevance: float
    rid: int


class Search:
    """A search for the papers that a clause, and the condition that it comes to, are true of."""

    def __init__(
        self, db: sqlite3.Connection, meta: Meta, clause: Clause, condition: Where
    ) -> None:
        self.db = db
        self.bits = meta.bits
        self.clause = clause
        self.all = condition
        self.shown = (
            condition if mentions_hidden(clause) else both(condition, NOT_HIDDEN)
        )
        self.papers = meta.papers
        self.low, self.high, self.few = self._spans()

    def found(self, sort: str, reverse: bool, limit: int | None) -> SearchResult:
        """What there is, in the order of `sort`."""
        words = self.shown.match or any_match(self.clause)
        ranks = sort == "relevance" and bool(words)
        if self.shown.match is None and self.shown.condition in ("1", NOT_HIDDEN):
            return SearchResult(
                tuple(self._sorted(sort, reverse, limit)), self._everything()
            )
        wanted = (
            None if limit is None or (ranks and reverse) else max(limit, COUNTED) + 1
        )
        scores = self._scored() if ranks and words == self.shown.match else {}
        rids = list(scores)
        full = len(rids) == RANKED
        if full and limit and limit <= RANKED and not reverse:
            total = RANKED + self._count(COUNTED + 1 - RANKED, rids[-1])
        else:
            if full or not rids:
                rids += self._newest(
                    self.shown,
                    wanted and max(wanted - len(rids), 1),
                    high=rids[-1] if rids else ANY,
                )
            total = len(rids)
        if not rids:
            return SearchResult(
                (),
                0,
                0 if self.shown is self.all else len(self._newest(self.all, COUNTED)),
            )
        if ranks:
            pool = rids[:RANKED]
            scores = scores or self._scores(words or "", pool)
            papers = self._ranked(scores, pool, rids[RANKED:], reverse, limit, wanted)
        elif sort in ("date", "relevance") and not reverse:
            page = self._page(self._whole_days(rids, limit, wanted), LATER_FIRST, limit)
            papers = self._papers((rid, None) for rid in page)
        else:
            papers = self._sorted(sort, reverse, limit)
        more = total == wanted
        return SearchResult(
            tuple(papers),
            total - more,
            0,
            RANKED if ranks and total > RANKED else None,
            more,
        )

    def _everything(self) -> int:
        """How many papers there are, the hidden ones left out where they are."""
        if self.shown is self.all:
            return self.papers
        return self.papers - int(
            self.db.execute("SELECT count(*) FROM hidden").fetchone()[0]
        )

    # ------------------------------------------------------------------ which

    def _spans(self) -> tuple[int, int, bool]:
        """The row ids that the ranges of days in the clause reach from and to, and whether these are few papers."""
        low, high, few = 0, ANY, False
        for part in (
            self.clause.clauses if isinstance(self.clause, And) else (self.clause,)
        ):
            if isinstance(part, Days) and (part.first or part.last):
                ends = [(">=", part.first), ("<", part.last)]
                tests = " AND ".join(
                    f"{part.field.name} {sign} ?" for sign, end in ends if end
                )
                query = f"SELECT rid FROM paper WHERE {tests} LIMIT {NARROW + 1}"
                row = self.db.execute(
                    f"SELECT min(rid), max(rid), count(*) FROM ({query})",
                    [end for _, end in ends if end],
                ).fetchone()
                if row[2] <= NARROW:
                    low, high = max(low, row[0] or 0), min(high, (row[1] or 0) + 1)
                    few = few or row[2] <= COUNTED
        return low, high, few

    def _from(
        self, condition: Where, low: int = 0, high: int = ANY
    ) -> tuple[str, str, list[object]]:
        """The row id's name, FROM and WHERE with its parameters; driven by full text where the clause has any."""
        low, high = max(low, self.low), min(high, self.high)
        between = f" AND {{0}} >= {low} AND {{0}} < {high}" if low or high < ANY else ""
        if condition.match is None:
            indexed = (
                "" if self.few else " NOT INDEXED"
            )  # from the newest on, not by some index and then sorted
            sql = f"FROM paper p{indexed} WHERE {condition.condition}{between.format('p.rid')}"
            return "p.rid", sql, list(condition.parameters)
        matched = [condition.match, *condition.parameters]
        if condition.condition in ("1", NOT_HIDDEN):
            # No row of `paper` is needed, and looking up half a library's costs more than finding them.
            test = condition.condition.replace("p.rid", "rowid", 1)
            return (
                "rowid",
                f"FROM fts WHERE fts MATCH ? AND {test}{between.format('rowid')}",
                matched,
            )
        sql = f"FROM fts JOIN paper p ON p.rid = fts.rowid WHERE fts MATCH ? AND {condition.condition}"
        return "fts.rowid", f"{sql}{between.format('fts.rowid')}", matched

    def _newest(
        self, condition: Where, count: int | None, low: int = 0, high: int = ANY
    ) -> list[int]:
        """The row ids of the newest matches, newest first."""
        rid, sql, parameters = self._from(condition, low, high)
        rows = self.db.execute(
            f"SELECT {rid} {sql} ORDER BY {rid} DESC LIMIT ?",
            [*parameters, count or -1],
        )
        return [row[0] for row in rows.fetchall()]

    def _count(self, most: int, high: int) -> int:
        """How many matches are older than the one with the row id `high`, counted up to `most`."""
        _, sql, parameters = self._from(self.shown, 0, high)
        return int(
            self.db.execute(
                f"SELECT count(*) FROM (SELECT 1 {sql} LIMIT {most})", parameters
            ).fetchone()[0]
        )

    def _whole_days(
        self, rids: Sequence[int], limit: int | None, asked: int | None
    ) -> list[int]:
        """The newest `limit` of `rids`, with all matches of the last of their days."""
        if limit is None or len(rids) <= limit:
            return list(rids)
        floor = rids[limit - 1] >> self.bits << self.bits
        if rids[-1] >= floor and len(rids) == asked:
            return self._newest(self.shown, None, floor)
        return [rid for rid in rids if rid >= floor]

    # ------------------------------------------------------------------ in which order

    def _page(self, rids: Sequence[int], order: str, limit: int | None) -> list[int]:
        query = f"SELECT p.rid FROM paper p WHERE p.rid IN (SELECT value FROM json_each(?)) ORDER BY {order} LIMIT ?"
        return [
            row[0]
            for row in self.db.execute(
                query, (json.dumps(rids), -1 if limit is None else limit)
            ).fetchall()
        ]

    def _sorted(self, sort: str, reverse: bool, limit: int | None) -> Iterator[Paper]:
        low, high = 0, ANY
        if sort in ("date", "relevance"):
            order = EARLIER_FIRST if reverse else LATER_FIRST
            if limit:
                low, high = self._edge(limit, reverse)
        else:
            ascending = (sort == "title") != reverse
            column = "p.title COLLATE NOCASE" if sort == "title" else f"p.{sort}"
            order = (
                f"{column} {'ASC' if ascending else 'DESC'} NULLS LAST, {LATER_FIRST}"
            )
        rid, sql, parameters = self._from(self.shown, low, high)
        query = f"SELECT p.rid, NULL FROM paper p WHERE p.rid IN (SELECT {rid} {sql}) ORDER BY {order} LIMIT ?"
        if self.shown.match is None:
            query = f"SELECT p.rid, NULL {sql} ORDER BY {order} LIMIT ?"
        return self._papers(
            self.db.execute(
                query, [*parameters, -1 if limit is None else limit]
            ).fetchall()
        )

    def _edge(self, limit: int, reverse: bool) -> tuple[int, int]:
        """The row ids that the newest `limit` matches lie between, or the oldest, with the whole of the last day."""
        rid, sql, parameters = self._from(self.shown)
        query = f"SELECT {rid} {sql} ORDER BY {rid} {'ASC' if reverse else 'DESC'} LIMIT 1 OFFSET ?"
        row = self.db.execute(query, [*parameters, limit - 1]).fetchone()
        if row is None:
            return 0, ANY
        day = row[0] >> self.bits
        return (0, day + 1 << self.bits) if reverse else (day << self.bits, ANY)

    def _papers(self, rows: Iterable[tuple[int, float | None]]) -> Iterator[Paper]:
        """The papers with these row ids and scores. Bodies are read for what is shown, not for what is sorted."""
        for rid, relevance in rows:
            body = self.db.execute(
                "SELECT body FROM doc WHERE rid = ?", (rid,)
            ).fetchone()[0]
            yield paper_of(
                body, score=None if relevance is None else round(-relevance, 3)
            )

    # ------------------------------------------------------------------ best first

    def _ranked(
        self,
        scores: Scores,
        pool: list[int],
        older: list[int],
        reverse: bool,
        limit: int | None,
        asked: int | None,
    ) -> Iterator[Paper]:
        """The pool best first, then what is older, newest first; or all of it the other way round."""
        best = self._best(scores, pool, reverse, limit)
        rest: list[tuple[int, float | None]] = []
        room = None if limit is None else limit - (0 if reverse else len(best))
        if older and room != 0:
            whole = self._whole_days(
                older, None if reverse else room, asked and asked - len(pool)
            )
            some = [rid for rid in whole if rid <= older[0]]
            rest = [
                (rid, None)
                for rid in self._page(
                    some, EARLIER_FIRST if reverse else LATER_FIRST, room
                )
            ]
        both_parts = [*rest, *best] if reverse else [*best, *rest]
        return self._papers(both_parts[:limit])

    def _best(
        self, scores: Scores, pool: list[int], reverse: bool, limit: int | None
    ) -> list[tuple[int, float | None]]:
        """Titles that hold all the words, then the rest, each by bm25, then newest; what has no word comes last."""
        sign = -1 if reverse else 1
        titled = self._titled(pool)
        scored = [
            Scored(
                sign * (2 if (score := scores.get(rid)) is None else rid not in titled),
                sign * (score or 0),
                rid,
            )
            for rid in pool
        ]
        if limit is not None and limit < len(scored):
            import heapq

            last = heapq.nsmallest(limit, scored)[-1]
            scored = [one for one in scored if one[:2] <= last[:2]]
        places = {
            rid: place
            for place, rid in enumerate(
                self._page(
                    [one.rid for one in scored],
                    EARLIER_FIRST if reverse else LATER_FIRST,
                    None,
                )
            )
        }
        scored.sort(key=lambda one: (one.tier, one.relevance, places[one.rid]))
        return [(one.rid, scores.get(one.rid)) for one in scored[:limit]]

    def _scored(self) -> Scores:
        """What bm25 says of the newest RANKED matches, newest first; in the pass that finds them."""
        rid, sql, parameters = self._from(self.shown)
        query = f"SELECT {rid}, {SCORE} {sql} ORDER BY {rid} DESC LIMIT {RANKED}"
        return dict(self.db.execute(query, parameters).fetchall())

    def _scores(self, match: str, pool: list[int]) -> Scores:
        """What bm25 says of these, where not all of them need have a word."""
        query = f"SELECT rowid, {SCORE} FROM fts WHERE fts MATCH ? AND rowid BETWEEN ? AND ?"
        return dict(self.db.execute(query, (match, pool[-1], pool[0])).fetchall())

    def _titled(self, pool: list[int]) -> set[int]:
        if (title := title_match(self.clause)) is None:
            return set()
        query = "SELECT rowid FROM fts WHERE fts MATCH ? AND rowid BETWEEN ? AND ?"
        return {
            row[0]
            for row in self.db.execute(query, (title, pool[-1], pool[0])).fetchall()
        }


def both(condition: Where, sql: str) -> Where:
    """The condition, and another that has no parameters."""
    joined = sql if condition.condition == "1" else f"{condition.condition} AND {sql}"
    return Where(condition.match, joined, condition.parameters)
