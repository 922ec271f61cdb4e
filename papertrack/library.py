"""The library: the one door to the files and their index.

Whatever changes the library goes through here: read under the lock, change, write each file that
changed once, bring the index up to date. What came in is JSON on disk before the index knows it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from papertrack import files, identity, paths
from papertrack.errors import NotFound, UsageError
from papertrack.index import Found, Index, Tag
from papertrack.model import Mark, Paper, Record
from papertrack.query import Clause

if TYPE_CHECKING:
    from papertrack.facts import Facts
    from papertrack.merge import Merge

MONTH_BYTES = 4_000_000
"""A month's file that has outgrown this gets a second one beside it: each tag or merge writes a whole file."""

UNDO_STEPS = 100
HISTORY = 500


class Taken(NamedTuple):
    """What taking a listing did: how many papers were new, changed, known already."""

    new: int = 0
    updated: int = 0
    known: int = 0

    def plus(self, other: Taken) -> Taken:
        """Both together."""
        return Taken(self.new + other.new, self.updated + other.updated, self.known + other.known)


class Library:
    """The library at `root`, its index in `cache`. `now` is when this command runs, ISO 8601 in UTC."""

    def __init__(self, root: Path, cache: Path, *, now: str) -> None:
        self.root = root
        self.cache = cache
        self.now = now

    @cached_property
    def index(self) -> Index:
        """The index, as up to date as the files were when it was first asked for."""
        return Index(self.root, self.cache)

    # ------------------------------------------------------------------ taking in

    def take(self, facts: Sequence[Facts], *, source: str, dry_run: bool = False) -> Taken:
        """Merge what one source says; write the months that changed, once each. Raises StoreError."""
        from papertrack import merge, store  # TinyDB and the lock: 40 ms that reading commands do without

        with store.locked(self.root):
            self.index.catch_up()
            alone = (merge.record_of(said, source=source, now=self.now) for said in facts)
            aliases = {alias for record in alone for alias in merge.aliases(record)}
            home = self.index.holders(aliases)
            known = [record for record in self._records(set(home.values())) if record.key in home]
            merged = merge.merge(known, facts, source=source, now=self.now)
            if merged.records and not dry_run:
                self._write(merged, home)
                self.index.catch_up()
        return Taken(merged.new, merged.updated, merged.known)

    def _records(self, names: Iterable[str]) -> Iterator[Record]:
        """The records of these files; parts of one paper in two files are joined."""
        for name in names:
            path = self.root / name
            yield from (record for _, record in files.records(path, files.read_tables(path)))

    def _write(self, merged: Merge, home: Mapping[str, str]) -> None:
        """Write what a merge changed. Where a paper moves between files, it is put before it is dropped:
        a process killed in between leaves it twice, which reads as once."""
        from papertrack import store

        puts: dict[str, dict[str, dict[str, Any]]] = {}
        gone: dict[str, set[str]] = {}
        sizes: dict[str, int] = {}
        for key, record in merged.records.items():
            document = record.as_json()
            lay = [old for old in (key, *merged.replaces[key]) if old in home]
            name = home[lay[0]] if lay else self._month(record, document, sizes)
            puts.setdefault(name, {})[key] = document
            for old in lay:
                if old != key:
                    gone.setdefault(home[old], set()).add(old)
        for name in [*puts, *(name for name in gone if name not in puts)]:
            with store.opened(self.root / name) as database:
                store.put(database, "papers", puts.get(name, {}), gone=frozenset(gone.get(name, ())))

    def _month(self, record: Record, document: Mapping[str, Any], sizes: dict[str, int]) -> str:
        """The file that a new paper goes into: its month's, or the next beside it where that is large."""
        from papertrack import merge

        month = (merge.settle(record).date or "")[:7] or "undated"
        number = 1
        while True:
            name = f"{files.PAPERS}/{month}{f'.{number}' if number > 1 else ''}.json"
            if name not in sizes:
                path = self.root / name
                sizes[name] = path.stat().st_size if path.exists() else 0
            if sizes[name] < MONTH_BYTES:
                sizes[name] += len(json.dumps(document, ensure_ascii=False))
                return name
            number += 1

    # ------------------------------------------------------------------ marking

    def mark(self, keys: Iterable[str], change: Callable[[Mark], Mark], *, what: Callable[[int], str]) -> int:
        """Change the marks of papers, as one step that `undo` takes back; how many papers changed.

        `keys` are main keys; `what` says of so many papers what was done. Raises StoreError.
        """
        from papertrack import merge, store

        with store.locked(self.root):
            self.index.catch_up()
            documents = self._mark_documents()
            after: dict[str, dict[str, Any] | None] = {}
            count = 0
            for key in dict.fromkeys(keys):
                held = [old for old in self.index.keys_of(key) if old in documents]
                mark = merge.join_marks([files.mark_of(documents[old]) for old in held] or [Mark()])
                new = change(mark)
                if new.status != mark.status:
                    new = new._replace(marked=self.now)
                if new != mark:
                    # What was said under a paper's old keys moves to its main one.
                    after.update(dict.fromkeys(held))
                    after[key] = _document(key, new)
                    count += 1
            self._put_marks(documents, after, what(count))
        return count

    def rename_tag(self, old: str, new: str) -> int:
        """Rename a tag, and the tags below it (`old/x`), wherever it stands; how many marks changed."""
        from papertrack import store

        def renamed(tag: str) -> str:
            below = tag.casefold().startswith(f"{old.casefold()}/")
            return new + tag[len(old) :] if below or tag.casefold() == old.casefold() else tag

        with store.locked(self.root):
            documents = self._mark_documents()
            after: dict[str, dict[str, Any] | None] = {}
            for key, document in documents.items():
                tags = list(dict.fromkeys(map(renamed, document.get("tags", ()))))
                if tags != document.get("tags", []):
                    after[key] = {**document, "tags": tags}
            self._put_marks(documents, after, f"renamed the tag {old} to {new} on {len(after)} papers")
        return len(after)

    def undo(self) -> str | None:
        """Take back the last marking that still stands; what it was, or None where there is none."""
        from papertrack import store

        with store.locked(self.root):
            steps = files.read_tables(self.root / files.DESK).get("undo", {})
            if not steps:
                return None
            step = steps[max(steps, key=int)]
            before = {change["key"]: change["before"] for change in step["changes"]}
            self._write_marks(before)
            with store.opened(self.root / files.DESK) as database:
                store.put(database, "undo", {}, gone=frozenset([step["key"]]))
            self.index.catch_up()
        return str(step["what"])

    def _mark_documents(self) -> dict[str, dict[str, Any]]:
        tables = files.read_tables(self.root / files.MARKS)
        return {key: tables["marks"][str(number)] for number, key, _ in files.marks(self.root / files.MARKS, tables)}

    def _put_marks(
        self, before: Mapping[str, dict[str, Any]], after: Mapping[str, dict[str, Any] | None], what: str
    ) -> None:
        """Write marks and the step that undoes them: the step first, so that no change can't be undone."""
        from papertrack import store

        if not after:
            return
        changes = [{"key": key, "before": before.get(key)} for key in after]
        with store.opened(self.root / files.DESK) as database:
            steps = store.table(database, "undo").all()
            number = max((int(step["key"]) for step in steps), default=0) + 1
            step: dict[str, Any] = {"key": str(number), "at": self.now, "what": what, "changes": changes}
            oldest = sorted((str(s["key"]) for s in steps), key=int)[: max(len(steps) + 1 - UNDO_STEPS, 0)]
            store.put(database, "undo", {str(number): step}, gone=frozenset(oldest))
        self._write_marks(after)
        self.index.catch_up()

    def _write_marks(self, documents: Mapping[str, dict[str, Any] | None]) -> None:
        from papertrack import store

        puts = {key: document for key, document in documents.items() if document is not None}
        gone = frozenset(key for key, document in documents.items() if document is None)
        with store.opened(self.root / files.MARKS) as database:
            store.put(database, "marks", puts, gone=gone)

    # ------------------------------------------------------------------ the desk

    def seen(self) -> dict[str, str]:
        """The last day (ISO) that each followed source was read to."""
        documents = files.read_tables(self.root / files.DESK).get("sources", {}).values()
        return {document["key"]: document["day"] for document in documents if document.get("day")}

    def remember(self, history: Mapping[str, Any], seen: Mapping[str, str]) -> None:
        """Note a fetch in the history, and how far its sources were read."""
        from papertrack import store

        with store.locked(self.root), store.opened(self.root / files.DESK) as database:
            fetches = store.table(database, "history").all()
            number = max((int(entry["key"]) for entry in fetches), default=0) + 1
            oldest = frozenset(str(entry["key"]) for entry in fetches[: max(len(fetches) + 1 - HISTORY, 0)])
            entry = {"key": str(number), "at": self.now, **history}
            store.put(database, "history", {entry["key"]: entry}, gone=oldest)
            store.put(database, "sources", {k: {"key": k, "day": day, "at": self.now} for k, day in seen.items()})

    # ------------------------------------------------------------------ finding

    def search(self, clause: Clause, *, sort: str = "date", reverse: bool = False, limit: int | None = None) -> Found:
        """The papers that match a clause."""
        return self.index.search(clause, sort=sort, reverse=reverse, limit=limit)

    def tags(self) -> list[Tag]:
        """The tags with their counts."""
        return self.index.tags()

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
        from papertrack import merge

        homes = set(self.index.holders([key]).values())
        parts = [record for record in self._records(homes) if key in record.keys]
        if not parts:
            raise NotFound(f"no paper {identity.show(key)}")
        return merge.join(parts)

    # ------------------------------------------------------------------ ids

    def resolve(self, text: str) -> list[str] | None:
        """The main keys that `text` names: an id in any form, a number or range of the last listing.

        None where it is no id at all. Raises NotFound for an id, prefix or number that nothing has.
        """
        first, dash, last = text.partition("-")
        if first.isdigit() and len(first) <= 5 and (last.isdigit() or not dash):
            return self._numbered(int(first), int(last) if dash else int(first))
        key = identity.normalise(text)
        if key is not None:
            if found := list(self.index.holders([key])):
                return found
            raise NotFound(f"no paper {text} in the library{_hint(key)}")
        return self._by_hash(text)

    def _by_hash(self, text: str) -> list[str] | None:
        prefix = text.lower()
        if not 4 <= len(prefix) <= identity.HASH_LENGTH or set(prefix) - set("0123456789abcdef"):
            return None
        found = self.index.keys_like(f"title:{prefix}")
        if len(found) > 1:
            shown = ", ".join(map(identity.show, found))
            raise UsageError(f"{text} fits several papers: {shown}; type more of the one you mean")
        return found or None

    def _numbered(self, first: int, last: int) -> list[str]:
        listed = self.last_listing()
        if not listed:
            raise NotFound(f"no paper {first}: numbers are those of the last listing, and none was shown yet")
        if not 1 <= first <= last <= len(listed):
            asked = f"{first}" if first == last else f"{first}-{last}"
            raise NotFound(f"no paper {asked}: the last listing has 1-{len(listed)}")
        keys = self.index.lookup(listed[first - 1 : last])
        return list(dict.fromkeys(keys[key][0] for key in listed[first - 1 : last] if key in keys))

    @property
    def _listing_file(self) -> Path:
        return self.cache / f"listing-{paths.token(self.root)}.txt"

    def last_listing(self) -> list[str]:
        """The keys that the last table on a terminal numbered, in order."""
        try:
            return self._listing_file.read_text(encoding="utf-8").splitlines()
        except (OSError, UnicodeDecodeError):
            return []

    def number(self, papers: Iterable[Paper]) -> None:
        """Remember a listing's numbers. A cache that can't be written is passed by."""
        try:
            self.cache.mkdir(parents=True, exist_ok=True)
            self._listing_file.write_text("".join(f"{paper.key}\n" for paper in papers), encoding="utf-8")
        except OSError:
            return


def _document(key: str, mark: Mark) -> dict[str, Any] | None:
    """The document of a mark; None for a mark that says nothing."""
    document = files.mark_document(key, mark)
    return document if set(document) - {"key", "marked"} else None


def _hint(key: str) -> str:
    kind, _, number = key.partition(":")
    return f"; papertrack fetch hf:{number} brings it" if kind == "arxiv" else "; papertrack list shows what is there"
