"""The index: SQLite with FTS5 in the cache, derived from the library's files, answers
all reads.

It remembers each file's inode, mtime and size, and reads again what differs, by
whatever means it changed. Deleting it loses nothing. Row ids are in the order of dates
(`day << bits | n`), so newest-first costs the same for rare and common words, and the
newest matches of a word are a range.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator, Mapping
from sqlite3 import Connection
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, TypeVar

from papertrack.core.identity import title_alias
from papertrack.core.model import Paper
from papertrack.index.bodies import fold_of, other_keys, paper_of, stored_body
from papertrack.index.clauses import (
    AMONG,
    Where,
    any_match,
    has_calls,
    starts_with,
    where,
)
from papertrack.index.database import Database, one_state
from papertrack.index.order import Order
from papertrack.index.schema import LATER_FIRST, column, in_parts
from papertrack.index.search import Search, SearchResult
from papertrack.index.stored_papers import StoredPapers
from papertrack.query.language import Clause, is_score, mentions_hidden, terms
from papertrack.storage import layout

if TYPE_CHECKING:
    from papertrack.index.counts import Tag
    from papertrack.index.finding import Found
    from papertrack.index.matching import Matching
    from papertrack.index.snippets import Snippet
    from papertrack.query.loose import Loose

MOST = 2**31
"""More papers than any library has. SQLite counts up to 2**63."""

T = TypeVar("T")
P = ParamSpec("P")


class Index(Database):
    """The reads of the index.

    Each sees the files as they were when it was opened or last refreshed.

    While another process updates the index, a reader does not wait: it sees the state
    before.
    """

    # ------------------------------------------------------------------ queries

    @one_state
    def search(
        self,
        clause: Clause,
        *,
        sort: str = "date",
        reverse: bool = False,
        limit: int | None = None,
    ) -> SearchResult:
        """The papers that match, in the order of `sort` (see `Order.by`); hidden ones
        are left out unless the query names them.
        """
        result = self.stored(clause, sort=sort, reverse=reverse, limit=limit)
        return result._replace(papers=tuple(result.papers))

    @one_state
    def stored(
        self,
        clause: Clause,
        *,
        sort: str = "date",
        reverse: bool = False,
        limit: int | None = None,
    ) -> SearchResult:
        """As `search`, with papers that are read when they are needed.

        They are to be used in the same `read`.
        """
        if limit is not None:
            limit = min(limit, MOST)
        order = Order.by(sort, reverse=reverse, limit=limit)
        clause = self._rated(clause)
        condition = where(clause)
        search = Search(self.db, self.meta, clause, condition, order)
        if not has_calls(condition):
            return search.run()
        from papertrack.index import patterned  # for such conditions only

        has_more = False
        if limit is not None and patterned.is_page(search):
            rids, has_more = patterned.newest(search, self.patterns, limit)
            condition = _among(condition, rids)
        else:
            condition = self._without_calls(condition)
        result = Search(self.db, self.meta, clause, condition, order).run()
        return result._replace(more=result.more or has_more)

    @one_state
    def find(self, loose: Loose, limit: int) -> Found:
        """A page of the papers that the words of a query may mean, best first."""
        from papertrack.index.finding import Finding  # for a search by words only

        return Finding(self.db, self.meta, min(limit, MOST)).run(loose)

    @one_state
    def titled(self, title: str) -> set[str]:
        """The main keys of the papers with this title."""
        fold = fold_of(title_alias(title))
        query = "SELECT key FROM alias JOIN paper USING (rid) WHERE alias = ?"
        return set(column(self.db, query, [fold]))

    @one_state
    def matching(self, clause: Clause) -> Matching:
        """The papers that match, for `counts`."""
        from papertrack.index.matching import Matching  # 0.2 ms, for counts only

        clause, condition = self._condition(clause)
        return Matching(condition, mentions_hidden(clause))

    @one_state
    def query(
        self,
        function: Callable[Concatenate[Connection, P], T],
        /,
        *arguments: P.args,
        **options: P.kwargs,
    ) -> T:
        """What a function of `counts` returns for these arguments.

        Raises UsageError for a query that can't be answered.
        """
        return function(self.db, *arguments, **options)

    @one_state
    def keys(self, clause: Clause) -> list[str]:
        """The main keys of all papers that match, newest first; hidden ones are left
        out unless the query names them.
        """
        selected, parameters = self.matching(clause).select("p.rid")
        query = f"SELECT p.key FROM paper p WHERE p.rid IN ({selected})"
        return column(self.db, f"{query} ORDER BY {LATER_FIRST}", parameters)

    @one_state
    def count_matching(self, clause: Clause) -> int:
        """How many papers match, without a limit; hidden ones are left out unless the
        query names them.
        """
        selected, parameters = self.matching(clause).select("1")
        query = f"SELECT count(*) FROM ({selected})"
        (papers,) = column(self.db, query, parameters)
        return int(papers)

    def _condition(self, clause: Clause) -> tuple[Clause, Where]:
        """The clause with its scores looked up, and as SQL without calls of Python."""
        clause = self._rated(clause)
        return clause, self._without_calls(where(clause))

    def _rated(self, clause: Clause) -> Clause:
        """The clause with its scores looked up."""
        if not any(map(is_score, terms(clause))):
            return clause
        from papertrack.index import scores  # 0.2 ms, for these queries only

        return scores.rated(clause, self.db, self.meta)

    def _without_calls(self, condition: Where) -> Where:
        """The condition without calls of Python, which are run here, once."""
        if not has_calls(condition):
            return condition
        from papertrack.index.matching import Matching  # likewise

        everything = Matching(condition, hidden=True)
        selected, parameters = everything.select("p.rid")
        return _among(condition, column(self.db, selected, parameters))

    # ------------------------------------------------------------------ papers

    @one_state
    def papers(self, keys: Iterable[str]) -> list[Paper]:
        """The papers with these main keys, in this order."""
        bodies = filter(None, map(self._body, keys))
        return [paper_of(body) for body in bodies]

    @one_state
    def cited_papers(self, keys: Iterable[str]) -> list[Paper]:
        """The papers with these main keys, each with the cite key of its own."""
        return list(self.stored_papers(keys))

    @one_state
    def stored_papers(self, keys: Iterable[str]) -> StoredPapers:
        """As `cited_papers`, read when they are needed: to be used in the same `read`."""
        rids = (rid for rid in map(self._rid, keys) if rid is not None)
        return StoredPapers(self.db, array("q", rids))

    @one_state
    def all_papers(self) -> tuple[Paper, ...]:
        """All papers, hidden ones too, as they are stored: without the cite keys of
        their own.
        """
        bodies = column(self.db, "SELECT body FROM doc")
        return tuple(map(paper_of, bodies))

    @one_state
    def count(self) -> int:
        """How many papers the library has, hidden ones too."""
        return self.meta.papers

    @one_state
    def tags(self) -> list[Tag]:
        """The tags by name, each with its counts; hidden papers are not counted."""
        from papertrack.index import counts  # 1 % of a `list`, which counts nothing

        return counts.tags(self.db)

    @one_state
    def keys_of(self, key: str) -> list[str]:
        """All keys of the paper with this main key, the main key first."""
        body = self._body(key)
        if body is None:
            return [key]
        return [key, *other_keys(body)]

    @one_state
    def keys_with_prefix(self, prefix: str, limit: int = 10) -> list[str]:
        """Main keys of papers with an alias that begins with `prefix`."""
        test, parameters = starts_with("alias", prefix)
        query = f"SELECT DISTINCT key FROM alias JOIN paper USING (rid) WHERE {test}"
        return column(self.db, f"{query} LIMIT {limit}", parameters)

    def _body(self, key: str) -> bytes | None:
        """The stored paper with this main key."""
        rid = self._rid(key)
        return None if rid is None else stored_body(self.db, rid)

    def _rid(self, key: str) -> int | None:
        """The row id of the paper with this main key."""
        query = (
            "SELECT rid FROM alias JOIN paper USING (rid) WHERE alias = ? AND key = ?"
        )
        row = self.db.execute(query, (key, key)).fetchone()
        return row[0] if row else None

    def snippets(
        self,
        clause: Clause,
        papers: Iterable[Paper],
        *,
        most: int | None = None,
        words: int | None = None,
    ) -> dict[str, Snippet]:
        """Where the words of the clause are in each paper: its title, and pieces of its
        abstract and note.

        These are up to `most` pieces of so many `words`; by default the best one of each.
        """
        from papertrack.index.snippets import WORDS, snippets  # on a terminal only

        match = any_match(clause)
        if match is None:
            return {}
        return snippets(match, papers, most=most, words=words or WORDS)

    # ------------------------------------------------------------------ files

    @one_state
    def located(self, aliases: Iterable[str]) -> list[tuple[str, str, str]]:
        """Every paper that has any of these aliases: the alias, its main key and file."""
        names: dict[str | int, str] = {}
        for alias in aliases:
            fold = fold_of(alias)
            names[alias if fold is None else fold] = alias
        found: list[tuple[str, str, str]] = []
        for places, part in in_parts(names):
            query = (
                "SELECT alias, key, name FROM alias JOIN paper USING (rid) "
                f"JOIN file ON id = file WHERE alias IN ({places})"
            )
            for stored, key, file in self.db.execute(query, part):
                found.append((names[stored], key, file))
        return found

    def locations(self, aliases: Iterable[str]) -> dict[str, str]:
        """Main key -> file of every paper that has any of these aliases."""
        return {main: file for _, main, file in self.located(aliases)}

    def main_key(self, key: str) -> str | None:
        """The main key of the paper that has this key, or None."""
        return next(iter(self.locations([key])), None)

    @one_state
    def files_sharing_papers(self, names: Iterable[str]) -> set[str]:
        """The files that hold parts of papers of these files."""
        query = "SELECT other FROM twin WHERE name = ?"
        others: set[str] = set()
        for name in names:
            others.update(column(self.db, query, (name,)))
        return others

    @one_state
    def stamp(self, name: str) -> tuple[layout.Stamp | None, bool]:
        """The stamp of a file as the index knows it, and whether the file is in
        papertrack's own layout.
        """
        query = "SELECT inode, mtime, size, lined FROM file WHERE name = ?"
        row = self.db.execute(query, (name,)).fetchone()
        if row is None:
            return None, False
        inode, mtime, size, lined = row
        return (inode, mtime, size), bool(lined)

    # ------------------------------------------------------------------ marks

    def marks(self) -> Marks:
        """The documents of marks.json by key, as the index knows them; each is read
        when it is used.
        """
        return Marks(self)

    @one_state
    def mark_document(self, key: str) -> dict[str, Any] | None:
        """The document of marks.json with this key.

        Raises DatabaseError for a damaged one.
        """
        query = "SELECT document FROM mark WHERE key = ?"
        row = self.db.execute(query, (key,)).fetchone()
        if row is None:
            return None
        try:
            document: dict[str, Any] = json.loads(row[0])
        except (ValueError, TypeError) as error:
            raise sqlite3.DatabaseError(f"damaged: {error}") from error
        return document

    @one_state
    def mark_keys(self) -> list[str]:
        """The keys of all marks."""
        return column(self.db, "SELECT key FROM mark ORDER BY key")


def _among(condition: Where, rids: list[int]) -> Where:
    """The condition where these row ids are known to be all that meet it."""
    return Where(condition.match, AMONG, (json.dumps(rids),))


class Marks(Mapping[str, "dict[str, Any]"]):
    """The documents of marks.json by key: only those used are read, not all of a large
    file.
    """

    def __init__(self, index: Index) -> None:
        self.index = index

    def __getitem__(self, key: str) -> dict[str, Any]:
        document = self.index.mark_document(key)
        if document is None:
            raise KeyError(key)
        return document

    def __iter__(self) -> Iterator[str]:
        return iter(self.index.mark_keys())

    def __len__(self) -> int:
        return len(self.index.mark_keys())
