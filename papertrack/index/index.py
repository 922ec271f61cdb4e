"""The index: SQLite with FTS5 in the cache, derived from the library's files, answering all reads.

It remembers each file's inode, mtime and size, and takes in what differs, by any means it changed.
Missing, of another schema, foreign or corrupt, it is made anew; where the cache can't be written, one
in memory serves. Deleting it loses nothing. Row ids are in the order of dates (`day << bits | n`), so
newest-first costs the same for rare and common words, and the newest matches of a word are a range.
"""

from __future__ import annotations

import contextlib
import json
import os
import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial, wraps
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, TypeVar, cast

from papertrack.core.environment import cache_name
from papertrack.core.errors import UsageError
from papertrack.core.model import Paper
from papertrack.index import counts, scores
from papertrack.index.clauses import Where, any_match, where
from papertrack.index.counts import Matching, Tag
from papertrack.index.schema import (
    LATER_FIRST,
    Crowded,
    fingerprint,
    fold_of,
    meta_of,
    names_of,
    paper_of,
    stamps_of,
)
from papertrack.index.search import RANKED, SCORE, Order, Search, SearchResult
from papertrack.index.sql_functions import Patterns
from papertrack.query.language import Clause, mentions_hidden
from papertrack.storage import layout

if TYPE_CHECKING:
    from papertrack.index.snippets import Snippet
    from papertrack.index.update import FileChange

WRITER_SECONDS, READER_SECONDS = 20.0, 0.05
"""How long to wait for another process that takes in what changed: a writer, whose change must be seen next, and a
reader, who reads what stood before."""

__all__ = ["Index", "SearchResult", "Tag"]

Told = TypeVar("Told")
Reads = TypeVar("Reads", bound=Callable[..., Any])


def _mended(read: Reads) -> Reads:
    """A read of one state, whatever is written meanwhile.

    It makes the index anew where it turns out to be damaged in a place that opening it does not see.
    """

    def once(self: Index, *arguments: Any, **options: Any) -> Any:
        if self.db.in_transaction:
            return read(self, *arguments, **options)
        db = self.db
        db.execute("BEGIN")
        try:
            return read(self, *arguments, **options)
        finally:
            db.rollback()

    @wraps(read)
    def mending(self: Index, *arguments: Any, **options: Any) -> Any:
        try:
            return once(self, *arguments, **options)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError | sqlite3.ProgrammingError):
                raise
            self.rebuild()
            return once(self, *arguments, **options)

    return cast(Reads, mending)


class Index:
    """The index of the library at `root`, kept in the folder `cache`. Every read sees the files as they are.

    While another process takes in what changed, a reader does not wait: it sees them as they were just before.
    """

    def __init__(self, root: Path, cache: Path) -> None:
        self.root = root
        self.cache = cache
        self.path = cache / f"index-{cache_name(root)}.db"
        self.patterns = Patterns()
        self.told: Mapping[str, FileChange] = MappingProxyType({})
        self.db = self.patterns.served(self._opened())

    # ------------------------------------------------------------------ opening

    def _opened(self, *, patient: bool = False) -> sqlite3.Connection:
        """The index as it is where that is up to date, else brought there. `patient`: whoever else writes it first."""
        stamps = layout.stamps(self.root)
        with contextlib.suppress(sqlite3.Error, OSError):
            db = self._connected("ro", 5)
            self.meta = meta_of(db)
            if self.meta.schema == fingerprint() and stamps_of(db) == stamps:
                return db
            db.close()
        return self._brought_up_to_date(patient=patient)

    def _connected(self, mode: str, timeout: float) -> sqlite3.Connection:
        # Beside an index in a folder that can't be written no reader can note that it reads.
        immutable = (
            "" if mode != "ro" or os.access(self.cache, os.W_OK) else "&immutable=1"
        )
        address = f"{self.path.absolute().as_uri()}?mode={mode}{immutable}"
        db = sqlite3.connect(address, uri=True, isolation_level=None, timeout=timeout)
        db.execute(
            "PRAGMA cell_size_check = ON"
        )  # garbage in a page is an error, not another answer
        return db

    def _brought_up_to_date(self, *, patient: bool = True) -> sqlite3.Connection:
        """The index with what changed taken in; made anew where it can't be; in memory where no file can be."""
        from papertrack.index import update  # and with it merge; 5 ms

        for make in (partial(self._caught_up, patient), self._built):
            with contextlib.suppress(sqlite3.Error, OSError, Crowded):
                return make()
        db = sqlite3.connect(":memory:", isolation_level=None)
        update.fill(db, self.root)
        self.meta = meta_of(db)
        return db

    def _caught_up(self, patient: bool) -> sqlite3.Connection:
        from papertrack.index import completion_words as completed
        from papertrack.index import update

        db = self._connected("rw", WRITER_SECONDS if patient else READER_SECONDS)
        try:
            if meta_of(db).schema != fingerprint():
                raise sqlite3.DatabaseError("of another schema")
            try:
                changed = update.update(db, self.root, self.told, alone=patient)
            except (sqlite3.OperationalError, update.Moving) as error:
                if (
                    patient
                    or getattr(error, "sqlite_errorname", "SQLITE_BUSY")
                    != "SQLITE_BUSY"
                ):
                    raise
                self.meta = meta_of(db)
                return db
            completed.write(db, self.cache, papers=bool(changed - {layout.MARKS}))
            self.meta = meta_of(db)
        except BaseException:
            db.close()
            raise
        return db

    def _built(self) -> sqlite3.Connection:
        from papertrack.index import completion_words as completed
        from papertrack.index import update

        layout.private_folder(self.cache)
        update.build(self.path, self.root)
        db = self._connected("ro", 5)
        completed.write(db, self.cache)
        self.meta = meta_of(db)
        return db

    def rebuild(self) -> None:
        """Make the index anew from the files."""
        self.db.close()
        with contextlib.suppress(OSError):
            self.path.unlink(missing_ok=True)
        self.db = self.patterns.served(self._brought_up_to_date())

    def close(self) -> None:
        """Let go of the file."""
        self.db.close()

    # ------------------------------------------------------------------ catching up

    def refresh(self, told: Mapping[str, FileChange] = MappingProxyType({})) -> None:
        """See what changed on disk since the index was opened; call it after a write.

        `told` is what that write changed, by file: it is not read again.
        """
        self.told = told
        stale, self.db = self.db, self.patterns.served(self._opened(patient=True))
        stale.close()
        self.told = MappingProxyType({})

    @_mended
    def stamp(self, name: str) -> tuple[layout.Stamp | None, bool]:
        """The stamp of a file as the index knows it, and whether it is in the layout that papertrack writes."""
        row = self.db.execute(
            "SELECT inode, mtime, size, lined FROM file WHERE name = ?", (name,)
        ).fetchone()
        return ((row[0], row[1], row[2]), bool(row[3])) if row else (None, False)

    def marks(self) -> Marks:
        """The documents of marks.json by key, as the index knows them; looked up as they are asked for."""
        return Marks(self)

    @_mended
    def mark_document(self, key: str) -> dict[str, Any] | None:
        """The document of marks.json with this key."""
        row = self.db.execute("SELECT said FROM mark WHERE key = ?", (key,)).fetchone()
        try:
            return json.loads(row[0]) if row else None
        except (ValueError, TypeError) as error:
            raise sqlite3.DatabaseError(f"damaged: {error}") from error

    @_mended
    def marked(self) -> list[str]:
        """The keys of all marks."""
        return [key for (key,) in self.db.execute("SELECT key FROM mark ORDER BY key")]

    # ------------------------------------------------------------------ reading

    @_mended
    def search(
        self,
        clause: Clause,
        *,
        sort: str = "date",
        reverse: bool = False,
        limit: int | None = None,
    ) -> SearchResult:
        """The papers that match, in the order of `sort`; hidden ones stay out unless asked for."""
        self.patterns.begin()
        try:
            clause = scores.rated(clause, self.db, SCORE, RANKED)
            order = Order(sort, reverse, limit)
            condition = self._settled(where(clause))
            return Search(self.db, self.meta, clause, condition, order).run()
        except sqlite3.OperationalError as error:
            raise self.patterns.fault or _refusal(error) from error

    def _settled(self, condition: Where) -> Where:
        """The condition without what only Python can tell: each text is looked at once, however often we ask."""
        if (
            "holds(" not in condition.condition
            and "matches(" not in condition.condition
        ):
            return condition
        sql, parameters = Matching(condition, hidden=True).select("p.rid")
        rids = [row[0] for row in self.db.execute(sql, parameters)]
        return Where(
            condition.match,
            "p.rid IN (SELECT value FROM json_each(?))",
            (json.dumps(rids),),
        )

    @_mended
    def keys(self, clause: Clause) -> list[str]:
        """The main keys of all papers that match, newest first; hidden ones stay out unless asked for."""
        sql, parameters = self.matching(clause).select("p.rid")
        query = (
            f"SELECT p.key FROM paper p WHERE p.rid IN ({sql}) ORDER BY {LATER_FIRST}"
        )
        return self.query(lambda db: [key for (key,) in db.execute(query, parameters)])

    def count_matching(self, clause: Clause) -> int:
        """How many papers match, counted to the last; hidden ones are not unless asked for."""
        sql, parameters = self.matching(clause).select("1")
        return self.query(
            lambda db: int(
                db.execute(f"SELECT count(*) FROM ({sql})", parameters).fetchone()[0]
            )
        )

    @_mended
    def locations(self, aliases: Iterable[str]) -> dict[str, str]:
        """Main key -> file of every paper that has any of these aliases."""
        query = "SELECT key, name FROM alias JOIN paper USING (rid) JOIN file ON id = file WHERE alias = ?"
        numbers = ((alias, fold_of(alias)) for alias in aliases)
        asked = (alias if number is None else number for alias, number in numbers)
        return {
            key: file
            for alias in asked
            for key, file in self.db.execute(query, (alias,))
        }

    def files_sharing_papers(self, names: Iterable[str]) -> set[str]:
        """The files that hold parts of papers of these files."""
        query = "SELECT other FROM twin WHERE name = ?"
        return {other for name in names for (other,) in self.db.execute(query, (name,))}

    def _body(self, key: str) -> bytes | None:
        """The body of the paper with this main key."""
        query = "SELECT body FROM alias JOIN paper USING (rid) JOIN doc USING (rid) WHERE alias = ?1 AND key = ?1"
        row = self.db.execute(query, (key,)).fetchone()
        return row[0] if row else None

    @_mended
    def keys_of(self, key: str) -> list[str]:
        """All keys of the paper with this main key, the main key first."""
        body = self._body(key)
        return [key] if body is None else names_of(body)[0]

    @_mended
    def keys_with_prefix(self, prefix: str, limit: int = 10) -> list[str]:
        """Main keys of papers with an alias that begins with `prefix`."""
        query = "SELECT DISTINCT key FROM alias JOIN paper USING (rid) WHERE alias >= ? AND alias < ? LIMIT ?"
        return [
            row[0]
            for row in self.db.execute(query, (prefix, prefix + "\U0010ffff", limit))
        ]

    @_mended
    def papers(self, keys: Iterable[str]) -> list[Paper]:
        """The papers with these main keys, in this order."""
        return [paper_of(body) for key in keys if (body := self._body(key))]

    @_mended
    def all_papers(self) -> tuple[Paper, ...]:
        """All papers, hidden ones too."""
        return tuple(
            paper_of(body) for (body,) in self.db.execute("SELECT body FROM doc")
        )

    @_mended
    def count(self) -> int:
        """How many papers the library holds, hidden ones too."""
        return self.meta.papers

    @_mended
    def tags(self) -> list[Tag]:
        """The tags by name, each with its counts; hidden papers are not counted."""
        return counts.tags(self.db)

    @_mended
    def matching(self, clause: Clause) -> Matching:
        """The papers that match, to ask questions of `counts` about; what only Python can tell is found out once."""
        self.patterns.begin()
        try:
            clause = scores.rated(clause, self.db, SCORE, RANKED)
            return Matching(self._settled(where(clause)), mentions_hidden(clause))
        except sqlite3.OperationalError as error:
            raise self.patterns.fault or _refusal(error) from error

    @_mended
    def query(self, question: Callable[[sqlite3.Connection], Told]) -> Told:
        """What a question of `counts` finds. Raises UsageError for a clause that can't be answered."""
        self.patterns.begin()
        try:
            return question(self.db)
        except sqlite3.OperationalError as error:
            raise self.patterns.fault or _refusal(error) from error

    def snippets(self, clause: Clause, papers: Iterable[Paper]) -> dict[str, Snippet]:
        """Where the words of the clause are in each paper: its title, and pieces of its abstract and note."""
        from papertrack.index.snippets import snippets  # on a terminal only

        match = any_match(clause)
        return snippets(match, papers) if match else {}


class Marks(Mapping[str, "dict[str, Any]"]):
    """The documents of marks.json by key: those that are asked for, not all of a large file."""

    def __init__(self, index: Index) -> None:
        self.index = index

    def __getitem__(self, key: str) -> dict[str, Any]:
        if (document := self.index.mark_document(key)) is None:
            raise KeyError(key)
        return document

    def __iter__(self) -> Iterator[str]:
        return iter(self.index.marked())

    def __len__(self) -> int:
        return len(self.index.marked())


def _refusal(error: sqlite3.OperationalError) -> Exception:
    """What to tell of a clause that SQLite refuses; the error itself where the clause is not its cause."""
    if "overflow" in str(error) or "too large" in str(error):
        return UsageError("the query is nested too deep; make it simpler")
    return error
