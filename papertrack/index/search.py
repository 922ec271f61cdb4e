"""One search: the newest matches in one pass, and of these the requested page.

Row ids are in the order of days, so the newest matches of a word are the end of a list
that FTS5 has. Only so many are counted, and fewer ranked: a common word costs no more
than a rare one. A larger number of matches is shown as `over 10,000`.
"""

import json
from array import array
from collections.abc import Iterable, Sequence
from sqlite3 import Connection
from typing import NamedTuple

from papertrack.core.model import Paper
from papertrack.index.clauses import (
    AMONG,
    NOT_HIDDEN,
    Where,
    any_match,
    conjuncts,
    title_match,
    where,
)
from papertrack.index.order import Order
from papertrack.index.relevance import (
    ALL,
    ENOUGH,
    RANKED,
    RECENT,
    has_common_term,
    score_in,
    table_with,
)
from papertrack.index.schema import Meta, column
from papertrack.index.sql_functions import register_heat
from papertrack.index.stored_papers import NO_SCORES, Scores, StoredPapers
from papertrack.query.language import Clause, Days, mentions_hidden

COUNTED = 10_000
"""Matches are counted up to this."""

NARROW = 50_000
"""A range of days with at most so many papers limits the row ids that are searched."""

ANY = 1 << 62
"""Above every row id."""


class SearchResult(NamedTuple):
    """Papers in order, how many match in all, and, if none does, how many hidden ones
    match.

    `ranked` is how many of the newest matches were ranked by relevance, the others
    follow by date; None where all were ranked, or none. `more` is true if there are
    more than `total`, which were not counted.
    """

    papers: Sequence[Paper]
    total: int
    hidden: int = 0
    ranked: int | None = None
    more: bool = False

    @property
    def total_text(self) -> str:
        """How many match, for messages."""
        return f"over {self.total:,}" if self.more else f"{self.total:,}"


class Matches(NamedTuple):
    """Row ids of the newest matches, newest first, their scores if known already, how
    many match in all.

    `truncated` is true where there may be more than `total`.
    """

    rids: list[int]
    scores: Scores
    total: int
    truncated: bool


class Search:
    """Runs one query, given as a clause and as SQL."""

    def __init__(
        self,
        db: Connection,
        meta: Meta,
        clause: Clause,
        condition: Where,
        order: Order,
    ) -> None:
        self.db = db
        self.meta = meta
        self.clause = clause
        self.order = order
        self.with_hidden = condition
        self.shown = condition
        if not mentions_hidden(clause):
            self.shown = _and_not_hidden(condition)
        self.ranked_by = None
        if order.sort == "relevance":
            self.ranked_by = self.shown.match or any_match(clause)
        self.low, self.high, self.few = self._range_of_days()

    @property
    def shows_hidden(self) -> bool:
        """Whether hidden papers are among the results."""
        return self.shown is self.with_hidden

    def run(self) -> SearchResult:
        """The page of results, and how many there are."""
        is_unfiltered = self.shown.condition in ("1", NOT_HIDDEN)
        if self.shown.match is None and is_unfiltered:
            return SearchResult(self._sorted(), self._count_all())
        if self.ranked_by is None and self.order.limit is None:
            papers = self._sorted()
            hidden = 0 if papers else self._count_hidden_matches()
            return SearchResult(papers, len(papers), hidden)
        matches = self._matches()
        if not matches.rids:
            hidden = self._count_hidden_matches()
            return SearchResult((), 0, hidden)
        ranked = len(matches.scores) or RANKED
        partly_ranked = self.ranked_by is not None and matches.total > ranked
        return SearchResult(
            self._page(matches),
            # The last one only shows that there are more.
            matches.total - matches.truncated,
            ranked=ranked if partly_ranked else None,
            more=matches.truncated,
        )

    def _page(self, matches: Matches) -> StoredPapers:
        if self.ranked_by is not None:
            return self._ranked(self.ranked_by, matches)
        if self.order.reverse or not self.order.by_time:
            return self._sorted()
        rids = self._newest_page(
            matches.rids,
            self.order.limit,
            matches.truncated,
        )
        return self.papers(rids)

    def _count_all(self) -> int:
        """How many papers there are, without the hidden ones where they are
        left out.
        """
        if self.shows_hidden:
            return self.meta.papers
        (hidden,) = column(self.db, "SELECT count(*) FROM hidden")
        return self.meta.papers - int(hidden)

    def _count_hidden_matches(self) -> int:
        """How many match, where no paper that is shown does."""
        if self.shows_hidden:
            return 0
        return len(self._newest(self.with_hidden, COUNTED))

    def scored(
        self, weights: Iterable[float], most: int, *, low: int = 0
    ) -> dict[int, float]:
        """The best matches from a row id on, best first, by bm25 with a weight for each
        column: row id -> score.
        """
        table = table_with(self.meta, low)
        rid, source, parameters = self.source(self.shown, low, table=table)
        score = score_in(table, weights)
        query = f"SELECT {rid}, {score} AS score {source} ORDER BY score, {rid} DESC LIMIT ?"
        return dict(self.db.execute(query, [*parameters, most]).fetchall())

    # ------------------------------------------------------------------ which papers

    def _range_of_days(self) -> tuple[int, int, bool]:
        """The lowest row id and the one after the highest that the clause's days allow;
        whether these are few papers.
        """
        low = 0
        high = ANY
        few = False
        for part in conjuncts(self.clause):
            if not isinstance(part, Days):
                continue
            if part.first is None and part.last is None:
                continue
            _, condition, parameters = where(part)
            rids = f"SELECT rid FROM paper p WHERE {condition} LIMIT {NARROW + 1}"
            query = f"SELECT min(rid), max(rid), count(*) FROM ({rids})"
            first, last, papers = self.db.execute(query, parameters).fetchone()
            if papers <= NARROW:
                low = max(low, first or 0)
                high = min(high, (last or 0) + 1)
                few = few or papers <= COUNTED
        return low, high, few

    def source(
        self,
        condition: Where,
        low: int = 0,
        high: int = ANY,
        *,
        table: str = ALL,
    ) -> tuple[str, str, list[object]]:
        """The row id's column, FROM and WHERE, and parameters; driven by a table of full
        text if the clause has any.
        """
        low = max(low, self.low)
        high = min(high, self.high)
        match, test, parameters = condition
        if match is None:
            rid = "p.rid"
            # From the newest on, not by some index to be sorted then.
            hint = "" if self.few else "NOT INDEXED"
            source = f"FROM paper p {hint} WHERE {test}"
        elif test in ("1", NOT_HIDDEN):
            # Looking up rows of `paper` costs more than finding the matches.
            rid = "rowid"
            shown = test.replace("p.rid", rid, 1)
            source = f"FROM {table} WHERE {table} MATCH ? AND {shown}"
        else:
            rid = f"{table}.rowid"
            joined = f"{table} JOIN paper p ON p.rid = {rid}"
            source = f"FROM {joined} WHERE {table} MATCH ? AND {test}"
        if low or high < ANY:
            source = f"{source} AND {rid} >= {low} AND {rid} < {high}"
        if match is None:
            return rid, source, [*parameters]
        return rid, source, [match, *parameters]

    def _matches(self) -> Matches:
        """The newest matches: as many as the page needs, and as are counted."""
        order = self.order
        most = None
        is_worst_first = self.ranked_by is not None and order.reverse
        if order.limit is not None and not is_worst_first:
            most = max(order.limit, COUNTED) + 1
        scores: dict[int, float] = {}
        rids: list[int] = []
        oldest = ANY
        if self.ranked_by and self.ranked_by == self.shown.match:
            scores, older = self._score_newest()
            rids = list(scores)
            if len(rids) < RANKED:
                more = self._count_older(rids[-1], older) if older else 0
                are_counted = more < older or not older
                return Matches(rids, scores, len(rids) + more, not are_counted)
            oldest = rids[-1]
        if rids and order.limit and order.limit <= RANKED and not order.reverse:
            total = RANKED + self._count_older(oldest, COUNTED + 1 - RANKED)
        else:
            rest = None
            if most is not None:
                rest = max(most - len(rids), 1)
            rids += self._newest(self.shown, rest, high=oldest)
            total = len(rids)
        return Matches(rids, scores, total, truncated=total == most)

    def _newest(
        self,
        condition: Where,
        count: int | None,
        low: int = 0,
        high: int = ANY,
    ) -> list[int]:
        """The row ids of the newest matches, newest first."""
        rid, source, parameters = self.source(condition, low, high)
        query = f"SELECT {rid} {source} ORDER BY {rid} DESC LIMIT ?"
        parameters.append(_sql_limit(count))
        return column(self.db, query, parameters)

    def _count_older(self, rid: int, most: int) -> int:
        """How many matches are older than that with this row id, counted up to
        `most`.
        """
        _, source, parameters = self.source(self.shown, high=rid)
        query = f"SELECT count(*) FROM (SELECT 1 {source} LIMIT {most})"
        (matches,) = column(self.db, query, parameters)
        return int(matches)

    # ------------------------------------------------------------------ in which order

    def _newest_page(
        self,
        rids: list[int],
        count: int | None,
        truncated: bool,
    ) -> list[int]:
        """The newest `count` of these in the order of dates; `truncated` where older
        ones were cut off.
        """
        if count is not None and 0 < count < len(rids):
            # The page is sorted within days, so all papers of its last day are needed.
            day = rids[count - 1] >> self.meta.bits
            first_of_day = day << self.meta.bits
            if truncated and rids[-1] >= first_of_day:
                rids = self._newest(
                    self.shown,
                    None,
                    low=first_of_day,
                    high=rids[0] + 1,
                )
            rids = [rid for rid in rids if rid >= first_of_day]
        return self._by_date(rids, count)

    def _by_date(self, rids: Iterable[int], limit: int | None = None) -> list[int]:
        query = (
            f"SELECT p.rid FROM paper p WHERE {AMONG} "
            f"ORDER BY {self.order.columns} LIMIT ?"
        )
        chosen = json.dumps(list(rids))
        most = _sql_limit(limit)
        return column(self.db, query, [chosen, most])

    def _sorted(self) -> StoredPapers:
        """The page in the order of columns, sorted by SQLite."""
        low = 0
        high = ANY
        if self.order.by_time and self.order.limit:
            low, high = self._days_of_page(self.order.limit)
        if self.order.by_heat:
            register_heat(self.db)
        rid, source, parameters = self.source(self.shown, low, high)
        if self.shown.match is not None:
            source = f"FROM paper p WHERE p.rid IN (SELECT {rid} {source})"
        query = f"SELECT p.rid {source} ORDER BY {self.order.columns} LIMIT ?"
        parameters.append(_sql_limit(self.order.limit))
        rows = self.db.execute(query, parameters)
        # Eight bytes each; 40 as numbers of Python.
        return self.papers(array("q", (rid for (rid,) in rows)))

    def _days_of_page(self, limit: int) -> tuple[int, int]:
        """The lowest row id and the one after the highest of the days that a page by
        date is from.
        """
        rid, source, parameters = self.source(self.shown)
        direction = "ASC" if self.order.reverse else "DESC"
        query = f"SELECT {rid} {source} ORDER BY {rid} {direction} LIMIT 1 OFFSET ?"
        last = column(self.db, query, [*parameters, limit - 1])
        if not last:
            return 0, ANY
        day = last[0] >> self.meta.bits
        if self.order.reverse:
            return 0, day + 1 << self.meta.bits
        return day << self.meta.bits, ANY

    def papers(
        self,
        rids: Sequence[int],
        scores: Scores = NO_SCORES,
    ) -> StoredPapers:
        """The papers with these row ids, each with its score if there are any.

        Only what is shown is read, not what is sorted.
        """
        return StoredPapers(self.db, rids, scores)

    # ------------------------------------------------------------------ best first

    def _ranked(self, words: str, matches: Matches) -> StoredPapers:
        """The newest matches, best first, then the older ones, newest first; or all of
        it reversed.
        """
        newest = matches.rids[:RANKED]
        older = matches.rids[RANKED:]
        scores = matches.scores or self._score(words, newest)
        limit = self.order.limit
        rids = self._best(scores, newest)
        if self.order.reverse:
            rids = [*self._by_date(older, limit), *rids]
        elif limit is None or len(rids) < limit:
            room = None
            if limit is not None:
                room = limit - len(rids)
            rids += self._newest_page(older, room, matches.truncated)
        return self.papers(rids[:limit], scores)

    def _best(self, scores: Scores, rids: list[int]) -> list[int]:
        """Titles with all the words, then the rest, each by bm25, then newest; what has
        no word comes last.
        """
        titled = self._with_words_in_title(rids)
        sign = -1 if self.order.reverse else 1

        def place(rid: int) -> tuple[int, float]:
            if rid not in scores:
                return sign * 2, 0
            return sign * (rid not in titled), sign * scores[rid]

        places = {rid: place(rid) for rid in rids}
        limit = self.order.limit
        if limit is not None and limit < len(rids):
            last = sorted(places.values())[limit - 1]
            rids = [rid for rid in rids if places[rid] <= last]
        # The sort is stable, and leaves equal ones in the order of dates.
        best = self._by_date(rids)
        best.sort(key=places.__getitem__)
        return best[:limit]

    def _score_newest(self) -> tuple[dict[int, float], int]:
        """The newest RANKED matches with their scores, newest first, found in the same
        pass.

        Where it would take long to find them, fewer, those of the newest papers; and up
        to which number older ones are to be counted.
        """
        if self.meta.recent is not None:
            scores = self._scores_in(RECENT)
            older = self._older_counted(len(scores))
            if len(scores) == RANKED or older:
                return scores, older
        return self._scores_in(ALL), 0

    def _scores_in(self, table: str) -> dict[int, float]:
        rid, source, parameters = self.source(self.shown, table=table)
        score = score_in(table)
        query = f"SELECT {rid}, {score} {source} ORDER BY {rid} DESC LIMIT {RANKED}"
        found = self.db.execute(query, parameters)
        return dict(found.fetchall())

    def _older_counted(self, matches: int) -> int:
        """Up to which number older matches are counted, if so many in the newest papers
        fill the page, and it would take long to rank the others; 0 if not.
        """
        limit = self.order.limit
        if limit is None or self.order.reverse or not limit <= matches < RANKED:
            return 0
        if has_common_term(self.db, self.clause, least_words=2):
            return 1  # to count a phrase is to look at all papers with its words
        is_slow = matches >= ENOUGH and has_common_term(self.db, self.clause, 1)
        return COUNTED + 1 - matches if is_slow else 0

    def _score(self, words: str, rids: list[int]) -> Scores:
        """The scores of those that have any of the words."""
        table = table_with(self.meta, rids[-1])
        query = (
            f"SELECT rowid, {score_in(table)} FROM {table} WHERE {table} MATCH ? "
            "AND rowid BETWEEN ? AND ?"
        )
        found = self.db.execute(query, (words, rids[-1], rids[0]))
        return dict(found.fetchall())

    def _with_words_in_title(self, rids: list[int]) -> set[int]:
        title = title_match(self.clause)
        if title is None:
            return set()
        query = "SELECT rowid FROM fts WHERE fts MATCH ? AND rowid BETWEEN ? AND ?"
        found = column(self.db, query, (title, rids[-1], rids[0]))
        return set(found)


def _and_not_hidden(shown: Where) -> Where:
    condition = NOT_HIDDEN
    if shown.condition != "1":
        condition = f"{shown.condition} AND {NOT_HIDDEN}"
    return shown._replace(condition=condition)


def _sql_limit(limit: int | None) -> int:
    """The limit for SQL, where -1 stands for none."""
    return -1 if limit is None else limit
