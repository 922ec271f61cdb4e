"""The library: the one door to the files and their index.

Whatever changes the library goes through here: read under the lock, change, write each file that
changed once, bring the index up to date. What came in is JSON on disk before the index knows it.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache, cached_property
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from papertrack import files, identity, lines, paths, query, tags, views
from papertrack import steps as log
from papertrack.desk import Desk
from papertrack.errors import NotFound, UsageError
from papertrack.fields import BY_ASK
from papertrack.index import Found, Index
from papertrack.index.counts import Tag
from papertrack.model import Mark, Paper, Record
from papertrack.query import And, Clause, Days, Flag, How, Not, Or, Text
from papertrack.steps import Change, Step

if TYPE_CHECKING:
    from papertrack.facts import Facts
    from papertrack.index.intake import Written
    from papertrack.merge import Merge

MONTH_BYTES = 4_000_000
"""A month's file that has outgrown this gets a second one beside it: each tag or merge writes a whole file."""



class Taken(NamedTuple):
    """What taking a listing did: how many papers were new, changed, known already."""

    new: int = 0
    updated: int = 0
    known: int = 0

    def plus(self, other: Taken) -> Taken:
        """Both together."""
        return Taken(self.new + other.new, self.updated + other.updated, self.known + other.known)


class Came(NamedTuple):
    """Papers that came new: their main keys, and since when (ISO 8601 in UTC) they were added."""

    since: str
    keys: frozenset[str]


class Renaming(NamedTuple):
    """What renaming a tag did: main key -> mark before and after; the tags that were renamed, the old one and those
    below it; the tags that were there before, into which some were merged."""

    marks: dict[str, tuple[Mark, Mark]]
    names: tuple[str, ...]
    merged: tuple[str, ...]


class Library:
    """The library at `root`, its index in `cache`. `now` is when this command runs, ISO 8601 in UTC."""

    def __init__(self, root: Path, cache: Path, *, now: str) -> None:
        self.root = root
        self.cache = cache
        self.now = now
        self._fresh: list[str] = []
        if (root / files.REPLACING).exists():
            from papertrack import store

            store.settle(root)

    @cached_property
    def index(self) -> Index:
        """The index, as up to date as the files were when it was first asked for."""
        index = Index(self.root, self.cache)
        if not (self.cache / "complete" / "views.tsv").exists():
            self.desk.write_names()
        return index

    @cached_property
    def desk(self) -> Desk:
        """What stands on the reader's desk: views, how reading went, the undo log."""
        return Desk(self.root, self.cache, now=self.now)

    # ------------------------------------------------------------------ taking in

    def take(self, facts: Sequence[Facts], *, source: str, dry_run: bool = False) -> Taken:
        """Merge what one source says; write the months that changed, once each. Raises StoreError."""
        from papertrack import merge, store  # TinyDB and the lock: 40 ms that reading commands do without

        with store.locked(self.root):
            self.index.catch_up()
            alone = (merge.record_of(said, source=source, now=self.now) for said in facts)
            aliases = {alias for record in alone for alias in merge.aliases(record)}
            lying = self._lying(self.index.holders(aliases))
            known = [merge.join([record for _, record in parts]) for parts in lying.values()]
            merged = merge.merge(known, facts, source=source, now=self.now)
            if merged.records and not dry_run:
                self.index.catch_up(self._write(merged, lying))
                if self._has_rules:
                    self._fresh += merged.fresh
        return Taken(merged.new, merged.updated, merged.known)

    @cached_property
    def _has_rules(self) -> bool:
        return bool(self.desk.rules())

    def came_new(self) -> Came:
        """The papers that came new since rules were last applied to such; those of a run that was killed, too."""
        ruled = self.desk.ruled() or self.now
        left = self.index.keys(Days(BY_ASK["added"], f"{ruled}\0", self.now)) if ruled < self.now else []
        fresh = (self._main(key) for key in self._fresh)
        return Came(ruled if left else self.now, frozenset([*left, *(key for key in fresh if key)]))

    def _lying(self, home: Mapping[str, str]) -> dict[str, list[tuple[str, Record]]]:
        """The records of papers by main key, each with the file it lies in, given the file that the index names.

        A paper may lie in two files, where a process was killed between writing them, or git merged copies.
        """
        names = set(home.values())
        twins = self.index.twins(names)
        found: dict[str, list[tuple[str, Record]]] = {}
        for name in sorted(names | twins):
            wanted = None if twins else [key for key, file in home.items() if file == name]
            for record in self._records(name, wanted):
                main = record.key if record.key in home or not twins else self._main(record.key)
                if main is not None and main in home:
                    found.setdefault(main, []).append((name, record))
        return found

    def _records(self, name: str, wanted: Sequence[str] | None) -> Iterator[Record]:
        """The records of a month's file; where the `wanted` keys can be found without parsing all of it, these."""
        path = self.root / name
        stamp, lined = self.index.stamp(name)
        tables: files.Tables | None = None
        if wanted is not None and lined and stamp and (body := files.read_as(path, stamp)) is not None:
            with contextlib.suppress(lines.Unlined):
                tables = {"papers": lines.documents(body, "papers", wanted)}
        for _, record in files.records(path, files.read_tables(path) if tables is None else tables):
            yield record

    def _main(self, key: str) -> str | None:
        return next(iter(self.index.holders([key])), None)

    def _write(self, merged: Merge, lying: Mapping[str, list[tuple[str, Record]]]) -> dict[str, Written]:
        """Write what a merge changed: all of the files that it is in, or none; what to tell the index of it."""
        from papertrack import replacing, store
        from papertrack.index.intake import Written

        puts: dict[str, dict[str, dict[str, Any]]] = {}
        gone: dict[str, set[str]] = {}
        sizes: dict[str, int] = {}
        for key, record in merged.records.items():
            document = record.as_json()
            spots = [(name, part.key) for old in (key, *merged.replaces[key]) for name, part in lying.get(old, ())]
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
                body, as_known = store.changed(self.root / name, "papers", puts.get(name, {}), dropped[name],
                                               known=known, lined=lined)  # fmt: skip
                bodies.update({name: len(body)} if as_known else {})
                yield name, body

        if len(names) == 1:
            (name,) = names
            known, lined = before[name]
            after = store.change(self.root / name, "papers", puts.get(name, {}), dropped[name],
                                 known=known, lined=lined)  # fmt: skip
            stamps = {name: after} if after else {}
        else:
            replacing.replace(self.root, edits())
            written = {name: files.stamp_of((self.root / name).stat()) for name in bodies}
            stamps = {name: stamp for name, stamp in written.items() if stamp[2] == bodies[name]}
        return {
            name: Written(before[name][0], after, {**dict.fromkeys(dropped[name]),
                                                   **{key: merged.records[key] for key in puts.get(name, ())}})
            for name, after in stamps.items()
        }  # fmt: skip

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
        from papertrack import store

        store.check([*marks.values(), *desk.values()])
        if papers.records:
            self._write(papers, lying)
        if marks or desk:
            before = self._mark_documents()
            changes = [Change(log.MARKS, key, before.get(key)) for key in marks]
            changes += [Change(*spot, self.desk.current(*spot)) for spot in desk]
            self.desk.add_step(what, changes, before, puts=desk)
        if marks:
            self._write_marks(marks)
        self.index.catch_up()

    # ------------------------------------------------------------------ marking

    def mark(self, keys: Iterable[str], change: Callable[[Mark], Mark], *, what: Callable[[int], str]) -> int:
        """Change the marks of papers, as one step that `undo` takes back; how many papers changed.

        `keys` are main keys; `what` says of so many papers what was done. Raises StoreError.
        """
        wanted = list(dict.fromkeys(keys))
        return len(self.mark_papers(lambda look: {key: change(look(key)) for key in wanted}, what=what))

    def mark_papers(
        self,
        decide: Callable[[Callable[[str], Mark]], Mapping[str, Mark]],
        *,
        what: Callable[[int], str],
        dry_run: bool = False,
        ruled: bool = False,
    ) -> dict[str, tuple[Mark, Mark]]:
        """Mark papers as `decide` says, as one step; the mark before and after of each paper that changed.

        `decide` gets how to look up a paper's mark, and gives the marks by main key. `ruled` notes that rules did it.
        """
        from papertrack import merge, store

        with contextlib.nullcontext() if dry_run else store.locked(self.root):
            self.index.catch_up()
            documents = self._mark_documents()

            @cache
            def held(key: str) -> list[str]:
                return [old for old in self.index.keys_of(key) if old in documents]

            def look(key: str) -> Mark:
                return merge.join_marks([files.mark_of(documents[old]) for old in held(key)] or [Mark()])

            changed: dict[str, tuple[Mark, Mark]] = {}
            after: dict[str, dict[str, Any] | None] = {}
            for key, new in decide(look).items():
                mark = look(key)
                if new.status != mark.status:
                    new = new._replace(marked=self.now)
                if new != mark:
                    # What was said under a paper's old keys moves to its main one.
                    after.update(dict.fromkeys(held(key)))
                    after[key] = _document(key, new)
                    changed[key] = mark, new
            if not dry_run:
                self._put_marks(documents, after, what(len(changed)), puts=self.desk.ruled_now() if ruled else {})
        return changed

    def rename_tag(self, old: str, new: str, *, dry_run: bool = False) -> Renaming:
        """Rename a tag, and the tags below it (`old/x`), wherever it stands. A name that another tag has by then is
        spelled as that one, and both are one tag. Raises StoreError."""
        from papertrack import store

        with contextlib.nullcontext() if dry_run else store.locked(self.root):
            self.index.catch_up()
            documents = dict(self._mark_documents())
            names = tags.renaming({tag for one in documents.values() for tag in one.get("tags") or ()}, old, new)
            after: dict[str, dict[str, Any] | None] = {}
            for key, document in documents.items():
                held = document.get("tags") or []
                if any(tag in names.to for tag in held):
                    made = list(tags.added((), tuple(names.to.get(tag, tag) for tag in held)))
                    after.update({key: {**document, "tags": made}} if made != held else {})
            done = "merged the tag" if names.merged else "renamed the tag"
            if not dry_run:
                self._put_marks(documents, after, f"{done} {old} {'into' if names.merged else 'to'} {new} on "
                                f"{len(after)} paper{'s' * (len(after) != 1)}")  # fmt: skip
        marks = {self._main(key) or key: (files.mark_of(documents[key]), files.mark_of(document))
                 for key, document in after.items() if document}  # fmt: skip
        return Renaming(marks, tuple(names.to), names.merged)

    def tag_names(self) -> list[str]:
        """All tags, those of hidden papers too."""
        return sorted({tag for document in self._mark_documents().values() for tag in document.get("tags") or ()})

    def has_tag(self, name: str) -> bool:
        """Whether any paper, hidden ones too, has this very tag."""
        hidden = Flag("is", "hidden")
        return bool(self.index.keys(And((Text(name, How.EXACT, BY_ASK["tag"]), Or((hidden, Not(hidden)))))))

    def undo(self, count: int = 1) -> list[Step]:
        """Take back the last `count` steps that still stand, as one; those that were there, newest first."""
        from papertrack import store

        with store.locked(self.root):
            self.index.catch_up()
            marks = self._mark_documents()
            taken = log.standing(self.desk.steps(marks))[:count]
            if taken:
                told = taken[0].what if len(taken) == 1 else f"{len(taken)} steps"
                self._turn_back(taken, marks, f"undid: {told}")
        return taken

    def redo(self) -> Step | None:
        """Take back the last undoing, unless something else was done since; the step that it was."""
        from papertrack import store

        with store.locked(self.root):
            self.index.catch_up()
            marks = self._mark_documents()
            step = log.to_redo(self.desk.steps(marks))
            if step:
                self._turn_back([step], marks, f"redid: {step.what.removeprefix('undid: ')}")
        return step

    def _turn_back(self, taken: Sequence[Step], marks: Mapping[str, dict[str, Any]], what: str) -> None:
        """Put back what was there before these steps, newest first: a step too, that says what it replaces."""
        puts = log.restored(taken, self.root)
        now = {spot: marks.get(spot[1]) if spot[0] == log.MARKS else self.desk.current(*spot) for spot in puts}
        changed = {spot: document for spot, document in puts.items() if document != now[spot]}
        changes = [Change(*spot, now[spot]) for spot in changed]
        desk = {spot: document for spot, document in changed.items() if spot[0] != log.MARKS}
        archives = [step.archive for step in taken if step.archive]
        aside = self._papers_back(archives[-1]) if archives else None
        self.desk.add_step(what, changes, marks, undoes=[step.number for step in taken], puts=desk, archive=aside)
        marked = {key: document for (table, key), document in changed.items() if table == log.MARKS}
        if marked:
            self._write_marks(marked)
        if marked or aside:
            self.index.catch_up()

    def _papers_back(self, name: str) -> str:
        """Put the papers back that an archive holds; the archive of those that stood here until then."""
        from papertrack import archive, backups, replacing

        source = self.root / files.BACKUPS / name
        archive.check(source, papers_only=True)
        aside = backups.set_aside(self.root, self.now, "before-undo")
        months = (one for one in archive.unpack(source) if one[0].startswith(files.PAPERS))
        replacing.replace(self.root, months, keep=())
        backups.drop_aside(self.root)
        return aside.name

    def log(self) -> list[tuple[Step, bool]]:
        """The steps of the undo log, newest first, each with whether it was taken back."""
        steps = self.desk.steps(self._mark_documents())
        undone = log.undone(steps)
        return [(step, step.number in undone) for step in reversed(steps)]

    def _mark_documents(self) -> Mapping[str, dict[str, Any]]:
        """The documents of marks.json by key, as they stand before a write. Hold the lock, the index up to date."""
        return self.index.marks()

    def _put_marks(
        self,
        before: Mapping[str, dict[str, Any]],
        after: Mapping[str, dict[str, Any] | None],
        what: str,
        *,
        puts: Mapping[tuple[str, str], dict[str, Any] | None] = MappingProxyType({}),
    ) -> None:
        """Write marks and the step that undoes them: the step first, so that no change can't be undone.

        `puts` are documents of the desk that are set with the step.
        """
        from papertrack import store

        changes = [Change(log.MARKS, key, before.get(key)) for key in after if before.get(key) != after[key]]
        if not changes:
            if puts:
                self.desk.mark_ruled()
            return
        store.check(list(after.values()))
        self.desk.add_step(what, changes, before, puts=puts)
        self._write_marks(after)

    def _write_marks(self, documents: Mapping[str, dict[str, Any] | None]) -> None:
        """Write marks, and tell the index which."""
        from papertrack import backups, store
        from papertrack.index.intake import Written

        puts = {key: document for key, document in documents.items() if document is not None}
        gone = frozenset(key for key, document in documents.items() if document is None)
        backups.keep(self.root, files.MARKS, self.now)
        before, lined = self.index.stamp(files.MARKS)
        after = store.change(self.root / files.MARKS, "marks", puts, gone, known=before, lined=lined)
        self.index.catch_up({files.MARKS: Written(before, after, documents)} if after else {})

    # ------------------------------------------------------------------ finding

    def clause(self, text: str, today: dt.date) -> Clause:
        """What a query asks for, saved queries in the place of their names. Raises QueryError, NotFound, UsageError."""
        clause = query.parse(text, today)
        if not any(views.named(clause)):
            return clause
        return views.expand(clause, {view.name: view.query for view in self.desk.views().values()}, today)

    def search(self, clause: Clause, *, sort: str = "date", reverse: bool = False, limit: int | None = None) -> Found:
        """The papers that match a clause."""
        return self.index.search(clause, sort=sort, reverse=reverse, limit=limit)

    def tags(self) -> list[Tag]:
        """The tags with their counts."""
        return self.index.tags()

    def every(self) -> tuple[Paper, ...]:
        """All papers, hidden ones too."""
        return self.index.every()

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
        from papertrack import merge

        lying = self._lying(self.index.holders(keys)).values()
        return [merge.join([record for _, record in parts]) for parts in lying]

    # ------------------------------------------------------------------ ids

    def resolve(self, text: str) -> list[str] | None:
        """The main keys that `text` names: an id in any form, numbers of the last listing (`3`, `1-5,8`).

        None where it is no id at all. Raises NotFound for an id, prefix or number that nothing has.
        """
        if re.fullmatch("[0-9]{1,5}(-[0-9]{1,5})?(,[0-9]{1,5}(-[0-9]{1,5})?)*", text):
            ends = [part.partition("-") for part in text.split(",")]
            return [key for first, _, last in ends for key in self._numbered(int(first), int(last or first))]
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
        asked = f"{first}" if first == last else f"{first}-{last}"
        if not 1 <= first <= last <= len(listed):
            raise NotFound(f"no paper {asked}: the last listing has 1-{len(listed)}")
        mains = (self._main(key) for key in listed[first - 1 : last])
        found = list(dict.fromkeys(main for main in mains if main))
        if not found:
            raise NotFound(f"no paper {asked}: it has left the library since the last listing")
        return found

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
            files.private_folder(self.cache)
            with open(self._listing_file, "w", encoding="utf-8", opener=files.owner_only) as file:
                file.writelines(f"{paper.key}\n" for paper in papers)
        except OSError:
            return


def _document(key: str, mark: Mark) -> dict[str, Any] | None:
    """The document of a mark; None for a mark that says nothing."""
    document = files.mark_document(key, mark)
    return document if set(document) - {"key", "marked"} else None


def _hint(key: str) -> str:
    kind, _, number = key.partition(":")
    return f"; papertrack fetch hf:{number} brings it" if kind == "arxiv" else "; papertrack list shows what is there"
