"""The library: the one door to the stored papers, marks and settings, and their index.

A change is one transaction: under the lock, each file that changed is written once, then
the index is brought up to date.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from papertrack.core import identity
from papertrack.core.environment import cache_name
from papertrack.core.errors import NotFound, UsageError
from papertrack.core.field_names import BY_QUERY_NAME
from papertrack.core.model import Mark, Paper, Record
from papertrack.index.counts import Tag
from papertrack.index.index import Index
from papertrack.index.search import SearchResult
from papertrack.library import completion_names, stored, undo_log
from papertrack.library.settings import Settings
from papertrack.library.undo_log import Step
from papertrack.query import language as query
from papertrack.query import views
from papertrack.query.language import And, Clause, Flag, How, Not, Or, Text
from papertrack.storage import layout

if TYPE_CHECKING:
    from papertrack.core.facts import Facts
    from papertrack.library.adding import Added, Adding, Counts, Fetched
    from papertrack.library.marks import Marking


class Library:
    """The library at `root`, its index in `cache`. `now` is ISO 8601 in UTC."""

    def __init__(
        self,
        root: Path,
        cache: Path,
        *,
        now: str,
    ) -> None:
        self.root = root
        self.cache = cache
        self.now = now
        if (root / layout.REPLACING).exists():
            from papertrack.storage.lock import settle  # what a killed process began

            settle(root)

    @cached_property
    def index(self) -> Index:
        """The index, as up to date as the files were when it was first used."""
        index = Index(self.root, self.cache)
        if not (self.cache / completion_names.FOLDER / "views.tsv").exists():
            self.settings.write_names()
        return index

    @cached_property
    def settings(self) -> Settings:
        """The settings: views, rules, feeds, states of the sources, history, undo log."""
        return Settings(self.root, self.cache, now=self.now)

    @cached_property
    def marking(self) -> Marking:
        """Changing marks, undo and redo."""
        from papertrack.library.marks import Marking  # with the half that writes

        return Marking(self.settings, self.index)

    @cached_property
    def _adding(self) -> Adding:
        from papertrack.library.adding import Adding  # with the half that writes

        return Adding(self.settings, self.index, self.clause)

    def add(
        self,
        facts: Mapping[str, Sequence[Facts]],
        *,
        marks: Sequence[tuple[Facts, Mark]] = (),
        state: Callable[[Counts], Fetched] | None = None,
        rules_on: dt.date | None = None,
        dry_run: bool = False,
    ) -> Added:
        """Add what each source reports, in one transaction: see `Adding.add`."""
        return self._adding.add(
            facts, marks=marks, state=state, rules_on=rules_on, dry_run=dry_run
        )

    # ------------------------------------------------------------------ finding

    def clause(self, text: str, today: dt.date) -> Clause:
        """A query with its views expanded. Raises QueryError, NotFound, UsageError."""
        clause = query.parse(text, today)
        if not any(views.named(clause)):
            return clause
        queries = {view.name: view.query for view in self.settings.views().values()}
        return views.expand(clause, queries, today)

    def search(
        self,
        clause: Clause,
        *,
        sort: str = "date",
        reverse: bool = False,
        limit: int | None = None,
    ) -> SearchResult:
        """The papers that match a clause."""
        return self.index.search(clause, sort=sort, reverse=reverse, limit=limit)

    def tags(self) -> list[Tag]:
        """The tags with their counts."""
        return self.index.tags()

    def every(self) -> tuple[Paper, ...]:
        """All papers, hidden ones too."""
        return self.index.all_papers()

    def count(self) -> int:
        """How many papers there are."""
        return self.index.count()

    def get(self, key: str) -> Paper:
        """The paper with this main key. Raises NotFound."""
        for paper in self.index.papers([key]):
            return paper
        raise NotFound(f"unknown paper {identity.show(key)}")

    def record(self, key: str) -> Record:
        """The record of the paper with this main key. Raises NotFound."""
        for record in self.records([key]):
            return record
        raise NotFound(f"unknown paper {identity.show(key)}")

    def records(self, keys: Iterable[str]) -> list[Record]:
        """The records of the papers with these main keys."""
        return stored.records(self.root, self.index, keys)

    def has_tag(self, name: str) -> bool:
        """Whether any paper, hidden ones too, has exactly this tag."""
        hidden = Flag("is", "hidden")
        has_tag = Text(name, How.EXACT, BY_QUERY_NAME["tag"])
        return bool(self.index.keys(And((has_tag, Or((hidden, Not(hidden)))))))

    def tag_names(self) -> list[str]:
        """All tags, those of hidden papers too."""
        marks = self.index.marks().values()
        return sorted({tag for mark in marks for tag in mark.get("tags") or ()})

    def log(self) -> list[tuple[Step, bool]]:
        """The steps of the undo log, newest first, each with whether it was undone."""
        steps = undo_log.read(self.settings.documents("undo").values())
        steps = undo_log.completed(steps, self.index.marks())
        undone = undo_log.undone(steps)
        return [(step, step.number in undone) for step in reversed(steps)]

    # ------------------------------------------------------------------ ids

    def resolve(self, text: str) -> list[str] | None:
        """The main keys that `text` names, or None if it is not an id.

        It is an id in any form, or numbers of the last listing (`3`, `1-5,8`). Raises
        NotFound for an unknown id or number, UsageError for an ambiguous prefix.
        """
        if re.fullmatch("[0-9]{1,5}(-[0-9]{1,5})?(,[0-9]{1,5}(-[0-9]{1,5})?)*", text):
            keys: list[str] = []
            for part in text.split(","):
                first, _, last = part.partition("-")
                keys += self._numbered(int(first), int(last or first))
            return keys
        named = identity.keys_named(text)
        if not named:
            return self._by_hash(text)
        for key in named:
            keys = list(self.index.locations([key]))
            if keys:
                return keys
        raise NotFound(f"unknown paper {text}{_advice(named[0])}")

    def _by_hash(self, text: str) -> list[str] | None:
        prefix = text.lower()
        has_length = 4 <= len(prefix) <= identity.HASH_LENGTH
        if not has_length or set(prefix) - set("0123456789abcdef"):
            return None
        keys = self.index.keys_with_prefix(f"title:{prefix}")
        if len(keys) > 1:
            shown = ", ".join(map(identity.show, keys))
            raise UsageError(f"{text} is ambiguous: {shown}; type more characters")
        return keys or None

    def _numbered(self, first: int, last: int) -> list[str]:
        listed = self.last_listing()
        if not listed:
            raise NotFound(
                f"unknown paper {first}: a number refers to the last list or search, "
                "and nothing was listed yet"
            )
        numbers = f"{first}" if first == last else f"{first}-{last}"
        if not 1 <= first <= last <= len(listed):
            raise NotFound(
                f"unknown paper {numbers}: the last listing has 1-{len(listed)}"
            )
        mains = (stored.main_key(self.index, key) for key in listed[first - 1 : last])
        keys = list(dict.fromkeys(main for main in mains if main))
        if not keys:
            raise NotFound(f"paper {numbers} was removed since the last listing")
        return keys

    @property
    def _listing_file(self) -> Path:
        return self.cache / f"listing-{cache_name(self.root)}.txt"

    def last_listing(self) -> list[str]:
        """The keys of the papers in the last table on a terminal, in order."""
        try:
            return self._listing_file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return []

    def number(self, papers: Iterable[Paper]) -> None:
        """Remember a listing's numbers; skipped if the cache can't be written."""
        try:
            layout.private_folder(self.cache)
            with open(
                self._listing_file, "w", encoding="utf-8", opener=layout.owner_only
            ) as file:
                file.writelines(f"{paper.key}\n" for paper in papers)
        except OSError:
            return


def _advice(key: str) -> str:
    kind, _, number = key.partition(":")
    if kind == "arxiv":
        return f"; papertrack fetch hf:{number} adds it"
    return "; papertrack list shows the papers of the library"
