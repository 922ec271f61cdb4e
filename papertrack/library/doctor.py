"""Checks of all that a library promises, and repairs that need no choice.

Each check yields findings; one that can be repaired has a function for it. A file that
is replaced is copied to the library's backups before.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections import Counter
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from pyexpat import EXPAT_VERSION
from typing import NamedTuple

from papertrack.core import identity
from papertrack.core.errors import StoreError
from papertrack.core.model import Mark, Record
from papertrack.core.wording import plural
from papertrack.index.schema import sqlite_version
from papertrack.joining.marks import join_marks
from papertrack.joining.records import join_parts
from papertrack.joining.settle import settle
from papertrack.library import conflicts
from papertrack.library.join import read_all_records
from papertrack.library.library import Library
from papertrack.library.stored import Located
from papertrack.storage import archive, backups, reading
from papertrack.storage.atomic import write_atomically
from papertrack.storage.json_lines import dumped
from papertrack.storage.layout import (
    BACKUPS,
    FORMAT_TABLE,
    MARKS,
    PAPERS,
    UNDO,
    Documents,
    private_folder,
)
from papertrack.storage.lock import locked
from papertrack.storage.reading import Tables
from papertrack.storage.transaction import Transaction, transaction

FREE_BYTES = 100_000_000
"""With less free space, or three times the library's size, a write may soon fail."""
EXPAT = (2, 4, 1)
"""The first expat that limits the expansion of entities
(https://github.com/libexpat/libexpat/blob/master/expat/Changes)."""
SQLITE = (3, 37, 0)
FOREIGN_FOLDERS = {".git", ".stfolder", ".stversions", ".dropbox.cache"}
"""Folders of git and sync tools, whose modes are their own."""

Repair = Callable[[Transaction], object]


class Finding(NamedTuple):
    """A fault: the check that found it, where, what; `repair` says what `fix` does."""

    check: str
    where: str
    what: str
    repair: str | None = None
    fix: Repair | None = None

    def as_json(self) -> dict[str, str | None]:
        """The finding for `--json`."""
        return {
            "check": self.check,
            "where": self.where,
            "what": self.what,
            "mend": self.repair,
        }


@dataclass(slots=True)
class Doctor:
    """The checks of the library at `root`, its cache and installed completions.

    `scripts` maps the paths of completions to what they should contain.
    """

    root: Path
    cache: Path
    now: str
    scripts: Mapping[Path, str]

    def examine(self) -> list[Finding]:
        """All findings. Raises StoreError if the library can't be locked."""
        if not self.root.exists():
            return [*self._versions(), *self._completions()]
        with locked(self.root):
            found = [*self._conflicts(), *self._files()]
            if not found:
                found += self._content()
            found += self._temporary_files()
            found += self._modes()
            found += self._space()
            found += self._versions()
            found += self._completions()
        return found

    def _content(self) -> list[Finding]:
        """Faults in files that can be read; of index and sources where there are none."""
        stored = read_all_records(self.root)
        records = [record for _, record in stored]
        marks = reading.read_marks(self.root)
        found = [*self._papers(stored), *self._marks(records, marks)]
        if not found:
            library = Library(self.root, self.cache, now=self.now)
            found += self._index(library, records, marks)
            found += self._sources(library)
        return found

    def repair(self, findings: Sequence[Finding]) -> list[Finding]:
        """Repair what needs no choice; the findings repaired. Raises StoreError."""
        repaired = []
        for finding in findings:
            if finding.fix is not None:
                with transaction(self.root) as changes:
                    finding.fix(changes)
                repaired.append(finding)
        return repaired

    def _names(self) -> list[str]:
        """The files of the library, without conflict copies."""
        copies = {copy for copy, _ in conflicts.copies(self.root)}
        return [name for name in archive.names(self.root) if name not in copies]

    # ------------------------------------------------------------------ files

    def _conflicts(self) -> Iterator[Finding]:
        for copy, name in conflicts.copies(self.root):
            try:
                parts = [
                    conflicts.read(self.root, name),
                    conflicts.read(self.root, copy),
                ]
                tables = conflicts.joined(self.root / copy, name, parts)
            except StoreError as error:
                what = f"is a copy of {name} that can't be joined: {error}"
                yield Finding("conflict", copy, what)
                continue
            fix = partial(
                self._replace,
                name,
                tables,
                copy,
            )
            what = f"is a conflict copy of {name}"
            yield Finding(
                "conflict",
                copy,
                what,
                f"join it with {name}",
                fix,
            )

    def _replace(
        self,
        name: str,
        tables: Tables,
        copy: str | None,
        changes: Transaction,
    ) -> None:
        """Replace a file, keeping a backup; move a conflict `copy` to the backups."""
        if (self.root / name).exists():
            backups.set_aside(
                self.root,
                self.now,
                "before-doctor",
                name,
            )
        changes.put(name, dumped(tables))
        if copy is not None:
            changes.commit()
            prefix = f"joined-{Path(name).stem}"
            saved = backups.new_path(
                self.root,
                self.now,
                prefix,
                suffix=".json",
            )
            private_folder(saved.parent)
            (self.root / copy).replace(saved)

    def _files(self) -> Iterator[Finding]:
        """Every file can be read, and states its version."""
        for name in self._names():
            path = self.root / name
            try:
                tables = reading.read_tables(path)
                list(reading.records(path, tables))
                reading.marks(path, tables)
            except StoreError as error:
                yield self._unreadable(name, error)
                continue
            if not tables.get("format"):
                whole = {"format": FORMAT_TABLE, **tables}
                fix = partial(
                    self._replace,
                    name,
                    whole,
                    None,
                )
                what = "does not state the version of its format"
                yield Finding(
                    "version",
                    name,
                    what,
                    "state it",
                    fix,
                )

    def _unreadable(
        self,
        name: str,
        error: StoreError,
    ) -> Finding:
        """An unreadable file; repairable after a merge by git, or a repeated number."""
        path = self.root / name
        reason = str(error).removeprefix(f"{path}: ")
        try:
            body = reading.read_bytes(path)
            in_conflict = conflicts.has_markers(body)
            if not in_conflict and "occurs twice" not in reason:
                return Finding("parse", name, reason)
            tables = conflicts.joined(path, name, conflicts.sides(path, body))
        except StoreError as other:
            return Finding("parse", name, str(other).removeprefix(f"{path}: "))
        what = reason.partition(";")[0]
        if in_conflict:
            what = "contains both sides of a merge conflict"
        fix = partial(
            self._replace,
            name,
            tables,
            None,
        )
        return Finding(
            "conflict",
            name,
            what,
            "join all that is in it",
            fix,
        )

    # ------------------------------------------------------------------ papers, marks

    def _papers(self, stored: list[Located]) -> Iterator[Finding]:
        """Every key is the best of its facts; no paper is stored twice."""
        shared = _shared_keys(record for _, record in stored)
        for name, record in stored:
            right = _rekeyed(record, shared)
            if right.key != record.key:
                what = f"has a paper with the key {record.key} instead of {right.key}"
                fix = partial(
                    _rekey,
                    name,
                    record.key,
                    right,
                )
                yield Finding(
                    "key",
                    name,
                    what,
                    "correct the key",
                    fix,
                )
        by_files: dict[tuple[str, ...], list[Record]] = {}
        records = {number: record for number, (_, record) in enumerate(stored)}
        for paper in join_parts(records):
            if len(paper.origins) > 1:
                names = sorted({stored[number][0] for number in paper.origins})
                by_files.setdefault(tuple(names), []).append(paper.record)
        for files, papers in by_files.items():
            verb = "is" if len(papers) == 1 else "are"
            count = plural(len(papers), "paper")
            keys = _some([paper.key for paper in papers])
            what = f"{count} {verb} stored more than once: {keys}"
            fix = partial(self._join, papers, files)
            yield Finding(
                "twice",
                ", ".join(files),
                what,
                "join them",
                fix,
            )

    def _join(
        self,
        papers: Sequence[Record],
        names: Sequence[str],
        changes: Transaction,
    ) -> None:
        """Store each paper once, in the first of the files."""
        keys = {key for paper in papers for key in paper.keys}
        documents = [paper.as_json() for paper in papers]
        for name in names:
            tables = reading.read_tables(self.root / name)
            for document in tables.get("papers", {}).values():
                if document["key"] not in keys:
                    documents.append(document)
            papers_table = reading.numbered(documents)
            changes.put(name, dumped({**tables, "papers": papers_table}))
            documents = []

    def _marks(
        self,
        records: list[Record],
        marks: Documents,
    ) -> Iterator[Finding]:
        known = {key for record in records for key in record.keys}
        missing = [key for key in marks if key not in known]
        if missing:
            papers = plural(len(missing), "paper")
            what = f"has marks of {papers} not in the library: {_some(missing)}"
            yield Finding("marks", MARKS, f"{what}; papertrack fetch ID adds one")

    # ------------------------------------------------------------------ index, sources

    def _index(
        self,
        library: Library,
        records: list[Record],
        marks: Documents,
    ) -> Iterator[Finding]:
        expected = {}
        for record in (paper.record for paper in join_parts(dict(enumerate(records)))):
            found = [Mark.from_json(marks[key]) for key in record.keys if key in marks]
            expected[record.key] = settle(record, join_marks(found))
        index = library.index
        indexed = {paper.key: paper for paper in index.all_papers()}
        index.close()
        keys = sorted({*expected, *indexed})
        wrong = [key for key in keys if expected.get(key) != indexed.get(key)]
        if wrong:
            papers = plural(len(wrong), "paper")
            what = f"differs from the files for {papers}: {_some(wrong)}"

            def rebuild(_: Transaction) -> None:
                index.rebuild()

            yield Finding(
                "index",
                str(index.path),
                what,
                "rebuild it",
                rebuild,
            )

    def _sources(self, library: Library) -> Iterator[Finding]:
        for target, source in sorted(library.settings.readings().items()):
            if source.error:
                since = f" since {source.since[:10]}" if source.since else ""
                advice = f"papertrack fetch {target} tries again"
                what = f"fails{since}: {source.error}; {advice}"
                yield Finding("source", target, what)

    # ------------------------------------------------------------------ the disk

    def _temporary_files(self) -> Iterator[Finding]:
        """Those of the library: none is in use now; old ones of the cache."""
        for name in ("", BACKUPS, PAPERS, UNDO):
            for path in sorted((self.root / name).glob(".*.tmp")):
                yield _temporary_file(path.relative_to(self.root).as_posix(), path)
        for path in sorted(self.cache.glob("**/*.tmp")):
            if backups.age(path, self.now) > 3600:
                yield _temporary_file(str(path), path)

    def _modes(self) -> Iterator[Finding]:
        for place in (self.root, self.cache):
            loose = [path for path in _below(place) if path.stat().st_mode & 0o077]
            if loose:
                files = plural(len(loose), "file or folder", "files or folders")
                what = f"has {files} that others can read: {loose[-1].name}"
                repair = "make them readable by you alone"
                fix = partial(_tighten, loose)
                yield Finding(
                    "modes",
                    str(place),
                    what,
                    repair,
                    fix,
                )
        for path in _below(self.root):
            if not os.access(path, os.R_OK | os.W_OK):
                what = "can't be read and written; check its owner and permissions"
                yield Finding("modes", str(path), what)
                break

    def _space(self) -> Iterator[Finding]:
        size = 0
        for name in self._names():
            size += (self.root / name).stat().st_size
        free = shutil.disk_usage(self.root).free
        if free < max(FREE_BYTES, 3 * size):
            what = f"only {free / 1e6:.0f} MB are free; a write may fail, free some"
            yield Finding("space", str(self.root), what)

    # ------------------------------------------------------------------ the program

    def _versions(self) -> Iterator[Finding]:
        installed = versions()
        for name, least in (("SQLite", SQLITE), ("expat", EXPAT)):
            version = installed[name]
            parts = tuple(map(int, version.split(".")))
            if parts < least:
                needed = ".".join(map(str, least))
                what = f"is {version}; upgrade it (with Python) to {needed} or newer"
                yield Finding("version", name, what)

    def _completions(self) -> Iterator[Finding]:
        for path, script in self.scripts.items():
            if not path.is_file():
                continue
            if path.read_text(encoding="utf-8", errors="replace") != script:
                what = "is not the completion of this papertrack"
                fix = partial(_write_script, path, script)
                yield Finding(
                    "completion",
                    str(path),
                    what,
                    "regenerate it",
                    fix,
                )


def versions() -> dict[str, str]:
    """The versions of SQLite and expat that Python uses."""
    expat = EXPAT_VERSION.removeprefix("expat_")
    return {"SQLite": sqlite_version(), "expat": expat}


def _shared_keys(records: Iterable[Record]) -> set[str]:
    """The keys that several papers state."""
    count = Counter(
        key for key, name in {(key, one.key) for one in records for key in _stated(one)}
    )
    return {key for key, papers in count.items() if papers > 1}


def _stated(record: Record) -> set[str]:
    """All keys that the record and its facts have."""
    ids = {key for facts in record.said.values() for key in facts.get("ids", ())}
    return {*record.keys, *filter(identity.is_key, ids)}


def _rekeyed(record: Record, shared: Container[str]) -> Record:
    """The record under the best of all keys that it and its facts have.

    One that several papers state can't be decided by this record alone.
    """
    stated = {key for key in _stated(record) if key not in shared}
    keys = sorted({*record.keys, *stated}, key=identity.by_trust)
    best = identity.best({record.key, *stated})
    return record._replace(key=best, keys=tuple(keys))


def _rekey(
    name: str,
    key: str,
    right: Record,
    changes: Transaction,
) -> None:
    changes.set(name, "papers", {key: None, right.key: right.as_json()})


def _some(keys: Sequence[str]) -> str:
    """The ids of the first of these papers."""
    shown = list(map(identity.show, keys[:3]))
    if len(keys) > 3:
        shown.append("…")
    return ", ".join(shown)


def _write_script(
    path: Path,
    script: str,
    _: Transaction,
) -> None:
    write_atomically(path, script.encode("utf-8"))


def _below(folder: Path) -> list[Path]:
    """A folder and all that is in it, except links and the folders of other tools."""
    paths = []
    for path in (folder, *sorted(folder.rglob("*"))):
        parts = path.relative_to(folder).parts
        is_foreign = not FOREIGN_FOLDERS.isdisjoint(parts)
        if path.exists() and not path.is_symlink() and not is_foreign:
            paths.append(path)
    return paths


def _temporary_file(name: str, path: Path) -> Finding:
    def remove(_: Transaction) -> None:
        path.unlink(missing_ok=True)

    what = "is a temporary file of a killed process"
    return Finding(
        "left",
        name,
        what,
        "delete it",
        remove,
    )


def _tighten(paths: Sequence[Path], _: Transaction) -> None:
    for path in paths:
        with contextlib.suppress(FileNotFoundError):  # deleted by another repair
            path.chmod(path.stat().st_mode & 0o700)
