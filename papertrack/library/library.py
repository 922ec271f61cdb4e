"""The library: the one door to the files and their index.

Whatever changes the library goes through here: read under the lock, change, write each file that
changed once, bring the index up to date. What came in is JSON on disk before the index knows it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from papertrack.core import identity
from papertrack.core.environment import cache_name
from papertrack.core.errors import NotFound, UsageError
from papertrack.core.field_names import BY_QUERY_NAME
from papertrack.core.model import Paper, Record
from papertrack.index.counts import Tag
from papertrack.index.index import Index
from papertrack.index.search import SearchResult
from papertrack.library.settings import Settings
from papertrack.query import language as query
from papertrack.query import views
from papertrack.query.language import And, Clause, Days, Flag, How, Not, Or, Text
from papertrack.storage import json_lines as lines
from papertrack.storage import layout
from papertrack.storage import reading as files

if TYPE_CHECKING:
    from papertrack.core.facts import Facts
    from papertrack.index.update import FileChange
    from papertrack.joining.records import Merge
    from papertrack.library.marks import Marking

MONTH_BYTES = 4_000_000
"""A month's file that has outgrown this gets a second one beside it: each tag or merge writes a whole file."""


class Taken(NamedTuple):
    """What taking a listing did: how many papers were new, changed, known already."""

    new: int = 0
    updated: int = 0
    known: int = 0

    def plus(self, other: Taken) -> Taken:
        """Both together."""
        return Taken(
            self.new + other.new, self.updated + other.updated, self.known + other.known
        )


class Came(NamedTuple):
    """Papers that came new: their main keys, and since when (ISO 8601 in UTC) they were added."""

    since: str
    keys: frozenset[str]


class Library:
    """The library at `root`, its index in `cache`. `now` is when this command runs, ISO 8601 in UTC."""

    def __init__(self, root: Path, cache: Path, *, now: str) -> None:
        self.root = root
        self.cache = cache
        self.now = now
        self._fresh: list[str] = []
        if (root / layout.REPLACING).exists():
            from papertrack.storage import writing as store

            store.settle(root)

    @cached_property
    def index(self) -> Index:
        """The index, as up to date as the files were when it was first asked for."""
        index = Index(self.root, self.cache)
        if not (self.cache / "complete" / "views.tsv").exists():
            self.settings.write_names()
        return index

    @cached_property
    def settings(self) -> Settings:
        """The settings: views, rules, feeds, state of the sources, history, undo log."""
        return Settings(self.root, self.cache, now=self.now)

    @cached_property
    def marking(self) -> Marking:
        """What the reader says of papers, and the log of it."""
        from papertrack.library.marks import Marking  # 1 ms that finding does without

        return Marking(self)

    # ------------------------------------------------------------------ taking in

    def take(
        self, facts: Sequence[Facts], *, source: str, dry_run: bool = False
    ) -> Taken:
        """Merge what one source says; write the months that changed, once each. Raises StoreError."""
        from papertrack.joining import records as merge
        from papertrack.storage import (
            writing as store,
        )  # TinyDB and the lock: 40 ms that reading commands do without

        with store.locked(self.root):
            self.index.refresh()
            alone = (
                merge.record_of(said, source=source, now=self.now) for said in facts
            )
            aliases = {alias for record in alone for alias in merge.aliases(record)}
            lying = self._lying(self.index.locations(aliases))
            known = [
                merge.join([record for _, record in parts]) for parts in lying.values()
            ]
            merged = merge.merge(known, facts, source=source, now=self.now)
            if merged.records and not dry_run:
                self.index.refresh(self._write(merged, lying))
                if self._has_rules:
                    self._fresh += merged.fresh
        return Taken(merged.new, merged.updated, merged.known)

    @cached_property
    def _has_rules(self) -> bool:
        return bool(self.settings.rules())

    def came_new(self) -> Came:
        """The papers that came new since rules were last applied to such; those of a run that was killed, too."""
        ruled = self.settings.ruled() or self.now
        left = (
            self.index.keys(Days(BY_QUERY_NAME["added"], f"{ruled}\0", self.now))
            if ruled < self.now
            else []
        )
        fresh = (self.main_key(key) for key in self._fresh)
        return Came(
            ruled if left else self.now,
            frozenset([*left, *(key for key in fresh if key)]),
        )

    def _lying(self, home: Mapping[str, str]) -> dict[str, list[tuple[str, Record]]]:
        """The records of papers by main key, each with the file it lies in, given the file that the index names.

        A paper may lie in two files, where a process was killed between writing them, or git merged copies.
        """
        names = set(home.values())
        twins = self.index.files_sharing_papers(names)
        found: dict[str, list[tuple[str, Record]]] = {}
        for name in sorted(names | twins):
            wanted = (
                None if twins else [key for key, file in home.items() if file == name]
            )
            for record in self._records(name, wanted):
                main = (
                    record.key
                    if record.key in home or not twins
                    else self.main_key(record.key)
                )
                if main is not None and main in home:
                    found.setdefault(main, []).append((name, record))
        return found

    def _records(self, name: str, wanted: Sequence[str] | None) -> Iterator[Record]:
        """The records of a month's file; where the `wanted` keys can be found without parsing all of it, these."""
        path = self.root / name
        stamp, lined = self.index.stamp(name)
        if wanted is not None and lined:
            now, body = files.read_stamped(path)
            if body is not None and now == stamp:
                with contextlib.suppress(lines.NotByLines):
                    tables = {"papers": lines.documents(body, "papers", wanted)}
                    return files.records(path, tables)
        return files.read_records(path)

    def main_key(self, key: str) -> str | None:
        """The main key of the paper that has this key, or None."""
        return next(iter(self.index.locations([key])), None)

    def _write(
        self, merged: Merge, lying: Mapping[str, list[tuple[str, Record]]]
    ) -> dict[str, FileChange]:
        """Write what a merge changed: all of the files that it is in, or none; what to tell the index of it."""
        from papertrack.index.update import FileChange
        from papertrack.storage import transaction as replacing
        from papertrack.storage import writing as store

        puts: dict[str, dict[str, dict[str, Any]]] = {}
        gone: dict[str, set[str]] = {}
        sizes: dict[str, int] = {}
        for key, record in merged.records.items():
            document = record.as_json()
            spots = [
                (name, part.key)
                for old in (key, *merged.replaces[key])
                for name, part in lying.get(old, ())
            ]
            spots.sort(key=lambda spot: spot[1] != key)
            name = spots[0][0] if spots else self._month(record, document, sizes)
            puts.setdefault(name, {})[key] = document
            for spot in spots:
                if spot != (name, key):
                    gone.setdefault(spot[0], set()).add(spot[1])

        names = list(dict.fromkeys([*puts, *gone]))
        before = {name: self.index.stamp(name) for name in names}
        dropped = {name: frozenset(gone.get(name, ())) for name in names}
        bodies: dict[str, int] = {}

        def edits() -> Iterator[tuple[str, bytes]]:
            for name in names:
                known, lined = before[name]
                body, as_known = store.changed(
                    self.root / name,
                    "papers",
                    puts.get(name, {}),
                    dropped[name],
                    known=known,
                    lined=lined,
                )
                if body is not None:
                    bodies.update({name: len(body)} if as_known else {})
                    yield name, body

        if len(names) == 1:
            (name,) = names
            known, lined = before[name]
            after = store.change(
                self.root / name,
                "papers",
                puts.get(name, {}),
                dropped[name],
                known=known,
                lined=lined,
            )
            stamps = {name: after} if after else {}
        else:
            replacing.replace(self.root, edits())
            written = {
                name: layout.stamp_of((self.root / name).stat()) for name in bodies
            }
            stamps = {
                name: stamp
                for name, stamp in written.items()
                if stamp[2] == bodies[name]
            }
        return {
            name: FileChange(
                before[name][0],
                after,
                {
                    **dict.fromkeys(dropped[name]),
                    **{key: merged.records[key] for key in puts.get(name, ())},
                },
            )
            for name, after in stamps.items()
        }

    def _month(
        self, record: Record, document: Mapping[str, Any], sizes: dict[str, int]
    ) -> str:
        """The file that a new paper goes into: its month's, or the next beside it where that is large."""
        from papertrack.joining.settle import settle

        month = (settle(record).date or "")[:7] or "undated"
        number = 1
        while True:
            name = f"{layout.PAPERS}/{month}{f'.{number}' if number > 1 else ''}.json"
            if name not in sizes:
                path = self.root / name
                sizes[name] = path.stat().st_size if path.exists() else 0
            if sizes[name] < MONTH_BYTES:
                sizes[name] += len(json.dumps(document, ensure_ascii=False))
                return name
            number += 1

    def put(
        self,
        papers: Merge,
        lying: Mapping[str, list[tuple[str, Record]]],
        marks: Mapping[str, dict[str, Any]],
        desk: Mapping[tuple[str, str], dict[str, Any]],
        *,
        what: str,
    ) -> None:
        """Write what joining another library changes: papers, then marks and desk as one step. Hold the lock.

        `lying` are the records that are replaced, by main key, each with its file. Raises StoreError.
        """
        from papertrack.storage import writing as store

        store.check([*marks.values(), *desk.values()])
        if papers.records:
            self._write(papers, lying)
        self.marking.put(marks, desk, what)
        self.index.refresh()

    # ------------------------------------------------------------------ finding

    def clause(self, text: str, today: dt.date) -> Clause:
        """What a query asks for, saved queries in the place of their names. Raises QueryError, NotFound, UsageError."""
        clause = query.parse(text, today)
        if not any(views.named(clause)):
            return clause
        return views.expand(
            clause,
            {view.name: view.query for view in self.settings.views().values()},
            today,
        )

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
        found = self.index.papers([key])
        if not found:
            raise NotFound(f"no paper {identity.show(key)}")
        return found[0]

    def record(self, key: str) -> Record:
        """What each source said of the paper with this main key. Raises NotFound."""
        found = self.records([key])
        if not found:
            raise NotFound(f"no paper {identity.show(key)}")
        return found[0]

    def records(self, keys: Iterable[str]) -> list[Record]:
        """What each source said of the papers with these main keys."""
        from papertrack.joining import records as merge

        lying = self._lying(self.index.locations(keys)).values()
        return [merge.join([record for _, record in parts]) for parts in lying]

    def has_tag(self, name: str) -> bool:
        """Whether any paper, hidden ones too, has this very tag."""
        hidden = Flag("is", "hidden")
        return bool(
            self.index.keys(
                And(
                    (
                        Text(name, How.EXACT, BY_QUERY_NAME["tag"]),
                        Or((hidden, Not(hidden))),
                    )
                )
            )
        )

    # ------------------------------------------------------------------ ids

    def resolve(self, text: str) -> list[str] | None:
        """The main keys that `text` names: an id in any form, numbers of the last listing (`3`, `1-5,8`).

        None where it is no id at all. Raises NotFound for an id, prefix or number that nothing has.
        """
        if re.fullmatch("[0-9]{1,5}(-[0-9]{1,5})?(,[0-9]{1,5}(-[0-9]{1,5})?)*", text):
            ends = [part.partition("-") for part in text.split(",")]
            return [
                key
                for first, _, last in ends
                for key in self._numbered(int(first), int(last or first))
            ]
        key = identity.normalise(text)
        if key is not None:
            if found := list(self.index.locations([key])):
                return found
            raise NotFound(f"no paper {text} in the library{_hint(key)}")
        return self._by_hash(text)

    def _by_hash(self, text: str) -> list[str] | None:
        prefix = text.lower()
        if not 4 <= len(prefix) <= identity.HASH_LENGTH or set(prefix) - set(
            "0123456789abcdef"
        ):
            return None
        found = self.index.keys_with_prefix(f"title:{prefix}")
        if len(found) > 1:
            shown = ", ".join(map(identity.show, found))
            raise UsageError(
                f"{text} fits several papers: {shown}; type more of the one you mean"
            )
        return found or None

    def _numbered(self, first: int, last: int) -> list[str]:
        listed = self.last_listing()
        if not listed:
            raise NotFound(
                f"no paper {first}: numbers are those of the last listing, and none was shown yet"
            )
        asked = f"{first}" if first == last else f"{first}-{last}"
        if not 1 <= first <= last <= len(listed):
            raise NotFound(f"no paper {asked}: the last listing has 1-{len(listed)}")
        mains = (self.main_key(key) for key in listed[first - 1 : last])
        found = list(dict.fromkeys(main for main in mains if main))
        if not found:
            raise NotFound(
                f"no paper {asked}: it has left the library since the last listing"
            )
        return found

    @property
    def _listing_file(self) -> Path:
        return self.cache / f"listing-{cache_name(self.root)}.txt"

    def last_listing(self) -> list[str]:
        """The keys that the last table on a terminal numbered, in order."""
        try:
            return self._listing_file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return []

    def number(self, papers: Iterable[Paper]) -> None:
        """Remember a listing's numbers. A cache that can't be written is passed by."""
        try:
            layout.private_folder(self.cache)
            with open(
                self._listing_file, "w", encoding="utf-8", opener=layout.owner_only
            ) as file:
                file.writelines(f"{paper.key}\n" for paper in papers)
        except OSError:
            return


def _hint(key: str) -> str:
    kind, _, number = key.partition(":")
    return (
        f"; papertrack fetch hf:{number} brings it"
        if kind == "arxiv"
        else "; papertrack list shows what is there"
    )
