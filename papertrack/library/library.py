"""The library: the one door to the stored papers, marks and settings, and their index.

A change is one transaction: under the lock, each file that changed is written once, then
the index is brought up to date.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from papertrack.core import identity
from papertrack.core.errors import NotFound, UsageError
from papertrack.core.field_names import BY_QUERY_NAME
from papertrack.core.model import Paper, Record
from papertrack.core.progress import SILENT, Progress
from papertrack.index.index import Index
from papertrack.index.stored_papers import StoredPapers
from papertrack.library.listings import Listings, Terminal
from papertrack.query import language as query
from papertrack.query.language import NEW, And, Clause, How, Text, View
from papertrack.storage import layout
from papertrack.storage.folder import Folder, check, staged

if TYPE_CHECKING:
    from papertrack.library.adding import Adding
    from papertrack.library.enriching import Enriching
    from papertrack.library.marks import Marking
    from papertrack.library.settings import Settings
    from papertrack.library.undo_log import Step

NUMBERS = "[0-9]{1,5}(-[0-9]{1,5})?(,[0-9]{1,5}(-[0-9]{1,5})?)*"
"""A pattern: numbers of the last listing."""


class Library:
    """The library at `root`, its index in `cache`. `now` is ISO 8601 in UTC.

    `state` is the folder of this machine's state, by default a part of the cache.
    `linked` are the libraries whose links the owner agreed to. Raises StoreError for
    links in another library.
    Numbers of papers are those of `terminal`. Long work is reported to `progress`.
    """

    def __init__(
        self,
        root: Path,
        cache: Path,
        state: Path | None = None,
        linked: Iterable[Path] = (),
        *,
        now: str,
        terminal: Terminal | None = None,
        progress: Progress = SILENT,
    ) -> None:
        self.root = root
        self.cache = cache
        self.now = now
        self.progress = progress
        self.listings = Listings(root, cache, terminal)
        self.folder = Folder(root, state or cache / "state", tuple(linked))
        check(self.folder, writing=False)
        if staged(root):
            from papertrack.storage.lock import settle  # what a killed process began

            settle(self.folder)

    @cached_property
    def index(self) -> Index:
        """The index, as up to date as the files were when it was first used."""
        index = Index(self.folder, self.cache, self.progress)
        if not (self.cache / layout.NAMES / "views.tsv").exists():
            self.settings.write_names()
        return index

    def close(self) -> None:
        """Close the index, if it was used."""
        if "index" in vars(self):
            self.index.close()

    @cached_property
    def settings(self) -> Settings:
        """The settings: views, rules, feeds, states of the sources, history, undo log."""
        from papertrack.library.settings import Settings  # 3 % of a plain `list`

        return Settings(self.folder, self.cache, now=self.now, progress=self.progress)

    @cached_property
    def marking(self) -> Marking:
        """Changing marks, undo and redo."""
        from papertrack.library.marks import Marking  # with the half that writes

        return Marking(self.settings, self.index)

    @cached_property
    def adding(self) -> Adding:
        """Adding papers."""
        from papertrack.library.adding import Adding  # with the half that writes

        return Adding(self.settings, self.index, self.clause)

    @cached_property
    def enriching(self) -> Enriching:
        """Storing what services state of papers."""
        from papertrack.library.enriching import Enriching  # with the half that writes

        return Enriching(self.settings, self.index)

    # ------------------------------------------------------------------ finding

    def clause(
        self,
        text: str,
        today: dt.date,
        *,
        fetched: str | None = None,
    ) -> Clause:
        """A query with its views expanded. Raises QueryError, NotFound, UsageError.

        `is:new` are the papers added at `fetched`, by default by the last fetch.
        """
        return self.expanded(query.parse(text, today), today, fetched=fetched)

    def expanded(
        self, clause: Clause, today: dt.date, *, fetched: str | None = None
    ) -> Clause:
        """A clause with its views expanded. Raises as `clause`."""
        terms = list(query.terms(clause))
        if not any(isinstance(term, View) or term == NEW for term in terms):
            return clause
        from papertrack.query import views  # with the settings

        queries = {}
        for view in self.settings.views().values():
            queries[view.name] = view.query
        fetched = fetched or self.settings.fetched()
        return views.expand(clause, queries, today, fetched=fetched)

    def get(self, key: str) -> Paper:
        """The paper with this main key. Raises NotFound."""
        for paper in self.index.papers([key]):
            return paper
        raise NotFound(f"unknown paper {identity.show(key)}")

    def record(self, key: str) -> Record:
        """The record of the paper with this main key. Raises NotFound."""
        for record in self.records([key]).values():
            return record
        raise NotFound(f"unknown paper {identity.show(key)}")

    def records(self, keys: Iterable[str]) -> dict[str, Record]:
        """The records of the papers with these keys, by their main keys."""
        from papertrack.library import stored  # reads the files, which no listing does

        parts = stored.parts(self.root, self.index, keys)
        return {key: stored.joined(located) for key, located in parts.items()}

    def has_tag(self, name: str) -> bool:
        """Whether any paper, hidden ones too, has exactly this tag."""
        has_tag = Text(name, How.EXACT, BY_QUERY_NAME["tag"])
        return bool(self.index.keys(And((has_tag, query.ANY_STATUS))))

    def tag_names(self) -> list[str]:
        """All tags, those of hidden papers too."""
        names: set[str] = set()
        for mark in self.index.marks().values():
            names.update(mark.get("tags") or ())
        return sorted(names)

    def log(self) -> list[tuple[Step, bool]]:
        """The steps of the undo log, newest first, each with whether it was undone."""
        from papertrack.library import undo_log  # with the settings

        steps = undo_log.read(self.settings.documents("undo"), self.index.marks())
        undone = undo_log.undone(steps)
        return [(step, step.number in undone) for step in reversed(steps)]

    # ------------------------------------------------------------------ ids

    def number(self, *parts: Iterable[Paper]) -> None:
        """Number these papers, from 1, as they are listed on the terminal."""
        self.listings.save(chain.from_iterable(map(_keys, parts)))

    def resolve(self, text: str) -> list[str] | None:
        """The main keys that `text` names, or None if it is not an id.

        It is an id in any form, or numbers of the last listing (`3`, `1-5,8`). Raises
        NotFound for an unknown id or number, UsageError for an ambiguous prefix.
        """
        if re.fullmatch(NUMBERS, text):
            return self._numbered(text.split(","))
        if re.search("[\ud800-\udfff]", text):
            return None  # bytes that are no UTF-8: no file has such a key
        named = identity.keys_named(text)
        if not named:
            return self._by_hash(text)
        # An id that several papers share, such as a book's DOI, is the key of none.
        for key in chain(named, map(identity.id_alias, named)):
            keys = list(self.index.locations([key]))
            if keys:
                return keys
        raise NotFound(f"unknown paper {text}{_advice(named[0])}")

    def _by_hash(self, text: str) -> list[str] | None:
        prefix = text.lower()
        if not re.fullmatch(f"[0-9a-f]{{4,{identity.HASH_LENGTH}}}", prefix):
            return None
        keys = self.index.keys_with_prefix(f"title:{prefix}")
        if len(keys) > 1:
            shown = ", ".join(map(identity.show, keys))
            raise UsageError(f"{text} is ambiguous: {shown}; type more characters")
        return keys or None

    def _numbered(self, ranges: Sequence[str]) -> list[str]:
        """The main keys of numbers (`3`) and ranges (`1-5`) of the last listing.

        Each paper is looked up once, however often its number is repeated.
        """
        listed = self.listings.last()
        keys: dict[str, None] = {}
        seen = bytearray(len(listed))
        for numbers in ranges:
            first, _, last = numbers.partition("-")
            start, end = int(first) - 1, int(last or first)
            if not listed:
                raise NotFound(
                    f"unknown paper {first}: a number refers to the last list or "
                    "search in this terminal, and nothing was listed yet"
                )
            if not 0 <= start < end <= len(listed):
                raise NotFound(
                    f"unknown paper {numbers}: the last listing has 1-{len(listed)}"
                )
            place = seen.find(0, start, end)
            is_removed = place >= 0
            while place >= 0:
                seen[place] = 1
                main = self.index.main_key(listed[place])
                if main:
                    keys[main] = None
                    is_removed = False
                place = seen.find(0, place + 1, end)
            if is_removed:
                raise NotFound(
                    f"paper {numbers} of the last listing is not in the library"
                )
        return list(keys)


def _advice(key: str) -> str:
    kind, _, number = key.partition(":")
    if kind == "arxiv":
        return f"; papertrack add {number} adds it"
    return "; papertrack list shows the papers of the library"


def _keys(papers: Iterable[Paper]) -> Iterator[str]:
    """The main keys of papers."""
    if isinstance(papers, StoredPapers):
        return papers.keys()
    return (paper.key for paper in papers)
