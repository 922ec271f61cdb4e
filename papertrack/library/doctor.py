"""Checking all that a library promises, and repairing what can be repaired without a choice.

Each check gives findings; a finding that can be mended carries what does it. Whatever is replaced is copied into the
library's backups before.
"""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import NamedTuple

from papertrack.core import identity
from papertrack.core.errors import StoreError
from papertrack.core.identity import show
from papertrack.core.model import Mark, Record
from papertrack.joining.marks import join_marks
from papertrack.joining.records import by_trust, join, join_sharing_keys, sharing_keys
from papertrack.joining.settle import settle
from papertrack.library import conflicts
from papertrack.library.library import Library
from papertrack.storage import backups, layout
from papertrack.storage import reading as files
from papertrack.storage import transaction as replacing
from papertrack.storage import writing as store

FREE_BYTES = 100_000_000
"""With less than this free, or three times what the library takes, a write may soon fail."""
EXPAT = (2, 4, 1)
"""The first expat that bounds what entities come to (https://github.com/libexpat/libexpat/blob/master/expat/Changes)."""
SQLITE = (3, 37, 0)


class Finding(NamedTuple):
    """Something that is not as it should be: which check found it, where, what. `mend` says what `fix` would do."""

    check: str
    where: str
    what: str
    mend: str | None = None
    fix: Callable[[], object] | None = None

    def as_json(self) -> dict[str, str | None]:
        """The finding for `--json`."""
        return {
            "check": self.check,
            "where": self.where,
            "what": self.what,
            "mend": self.mend,
        }


class Doctor:
    """The checks of the library at `root` with its cache. `scripts` are completions: path -> what should be there."""

    def __init__(
        self, root: Path, cache: Path, *, now: str, scripts: Mapping[Path, str]
    ) -> None:
        self.root, self.cache, self.now, self.scripts = root, cache, now, scripts

    def examine(self) -> list[Finding]:
        """All findings. Raises StoreError where the library can't be locked."""
        if not self.root.exists():
            return [*self._versions(), *self._completions()]
        with store.locked(self.root):
            found = [*self._conflicts(), *self._files()]
            if not found:
                found += [*self._papers(), *self._marks()]
            if not found:
                found += [*self._index(), *self._sources()]
            return [
                *found,
                *self._left(),
                *self._modes(),
                *self._space(),
                *self._versions(),
                *self._completions(),
            ]

    def repair(self, findings: Sequence[Finding]) -> list[Finding]:
        """Mend what can be mended without a choice; what was. Raises StoreError."""
        mended = [finding for finding in findings if finding.fix is not None]
        for finding in mended:
            with store.locked(self.root):
                assert finding.fix is not None
                finding.fix()
        return mended

    def _names(self) -> list[str]:
        folders = {
            "": self.root,
            f"{layout.PAPERS}/": self.root / layout.PAPERS,
            "undo/": self.root / "undo",
        }
        names = (
            f"{prefix}{path.name}"
            for prefix, folder in folders.items()
            for path in folder.glob("[!.]*.json")
        )
        copies = {copy for copy, _ in conflicts.copies(self.root)}
        return sorted(
            name
            for name in names
            if layout.LIBRARY_FILE.fullmatch(name) and name not in copies
        )

    # ------------------------------------------------------------------ files

    def _conflicts(self) -> Iterator[Finding]:
        for name, target in conflicts.copies(self.root):
            try:
                parts = [
                    conflicts.read(self.root, target),
                    conflicts.read(self.root, name),
                ]
                tables = conflicts.joined(self.root / name, target, parts)
            except StoreError as error:
                yield Finding(
                    "conflict",
                    name,
                    f"is a copy of {target} that can't be joined: {error}",
                )
            else:
                yield Finding(
                    "conflict",
                    name,
                    f"is a conflict copy of {target}",
                    f"join it with {target}",
                    self._joining(target, tables, copy=name),
                )

    def _joining(
        self, name: str, tables: files.Tables, *, copy: str | None = None
    ) -> Callable[[], object]:
        def fix() -> None:
            self._write(name, tables)
            if copy is not None:
                aside = backups.dated(
                    self.root, self.now, f"joined-{Path(name).stem}", suffix=".json"
                )
                layout.private_folder(aside.parent)
                (self.root / copy).replace(aside)

        return fix

    def _write(self, name: str, tables: files.Tables) -> None:
        path = self.root / name
        if path.exists():
            aside = backups.dated(
                self.root, self.now, f"before-doctor-{path.stem}", suffix=".json"
            )
            store.write_atomically(aside, path.read_bytes(), private=True)
        store.write_atomically(path, store.dumped(tables), private=True)

    def _files(self) -> Iterator[Finding]:
        """Every file parses, and states its version."""
        for name in self._names():
            path = self.root / name
            try:
                tables = files.read_tables(path)
                list(files.records(path, tables))
                list(files.marks(path, tables))
            except StoreError as error:
                yield self._broken(name, error)
            else:
                if not tables.get("format"):
                    whole = {"format": {"1": {"version": layout.FORMAT}}, **tables}
                    yield Finding(
                        "version",
                        name,
                        "does not state its format's version",
                        "state it",
                        self._joining(name, whole),
                    )

    def _broken(self, name: str, error: StoreError) -> Finding:
        """A file that can't be read: joined, where git has left both sides in it, or gave one number twice."""
        path = self.root / name
        told = str(error).removeprefix(f"{path}: ")
        try:
            body = path.read_bytes()
            divided = conflicts.is_divided(body)
            if not (divided or "occurs twice" in told):
                return Finding("parse", name, told)
            tables = conflicts.joined(path, name, conflicts.sides(path, body))
        except (StoreError, OSError) as other:
            return Finding("parse", name, str(other).removeprefix(f"{path}: "))
        what = "holds both sides of a merge" if divided else told.partition(";")[0]
        return Finding(
            "conflict",
            name,
            what,
            "join all that is in it",
            self._joining(name, tables),
        )

    # ------------------------------------------------------------------ papers and marks

    def _records(self) -> list[tuple[str, Record]]:
        names = [name for name in self._names() if name.startswith(layout.PAPERS)]
        return [
            (name, record)
            for name in names
            for record in files.read_records(self.root / name)
        ]

    def _papers(self) -> Iterator[Finding]:
        """Every key is the key of its facts; no paper stands twice."""
        lying = self._records()
        for name, record in lying:
            if (right := _rekeyed(record)).key != record.key:
                what = f"has the key {record.key}, its facts' is {right.key}"
                yield Finding(
                    "key",
                    name,
                    what,
                    "give it its key",
                    self._rekeying(name, record.key, right),
                )
        homes: dict[str, list[str]] = {}
        for name, record in lying:
            for key in record.keys:
                homes.setdefault(key, []).append(name)
        twice: dict[tuple[str, ...], list[Record]] = {}
        for group in sharing_keys(
            [record for _, record in lying], lambda record: record.keys
        ):
            if len(group) > 1:
                spots = sorted({name for record in group for name in homes[record.key]})
                twice.setdefault(tuple(spots), []).append(join(group))
        for names, wholes in twice.items():
            papers = (
                f"{len(wholes)} papers stand" if len(wholes) > 1 else "1 paper stands"
            )
            what = f"{papers} there more than once: {_some([whole.key for whole in wholes])}"
            yield Finding(
                "twice",
                ", ".join(names),
                what,
                "join them",
                self._uniting(wholes, names),
            )

    def _rekeying(self, name: str, key: str, right: Record) -> Callable[[], object]:
        def fix() -> None:
            with store.opened(self.root / name) as database:
                store.put(
                    database,
                    "papers",
                    {right.key: right.as_json()},
                    gone=frozenset({key}),
                )

        return fix

    def _uniting(
        self, wholes: Sequence[Record], names: Sequence[str]
    ) -> Callable[[], object]:
        """One document each in the first of the files, none in the others: in all of them or in none."""
        keys = {key for whole in wholes for key in whole.keys}

        def edited(name: str) -> bytes:
            tables = files.read_tables(self.root / name)
            kept = {
                n: one
                for n, one in tables.get("papers", {}).items()
                if one["key"] not in keys
            }
            if name == names[0]:
                first = max(map(int, kept), default=0) + 1
                kept |= {
                    str(first + n): whole.as_json() for n, whole in enumerate(wholes)
                }
            return store.dumped({**tables, "papers": kept})

        return lambda: replacing.replace(
            self.root, ((name, edited(name)) for name in names)
        )

    def _marks(self) -> Iterator[Finding]:
        known = {key for _, record in self._records() for key in record.keys}
        self.root / layout.MARKS
        missing = [key for key in files.read_marks(self.root) if key not in known]
        if missing:
            papers = f"{len(missing)} paper{'s' * (len(missing) != 1)}"
            what = f"marks {papers} that the library does not hold: {_some(missing)}"
            yield Finding(
                "marks", layout.MARKS, f"{what}; papertrack fetch ID brings one"
            )

    # ------------------------------------------------------------------ index, sources

    def _index(self) -> Iterator[Finding]:
        library = Library(self.root, self.cache, now=self.now)
        self.root / layout.MARKS
        marks = {
            key: Mark.from_json(document)
            for key, document in files.read_marks(self.root).items()
        }
        wanted = {}
        for record in join_sharing_keys(record for _, record in self._records()):
            mark = join_marks(
                [marks[key] for key in record.keys if key in marks] or [Mark()]
            )
            wanted[record.key] = settle(record, mark)
        there = {paper.key: paper for paper in library.every()}
        wrong = sorted(
            key
            for key in wanted.keys() | there.keys()
            if wanted.get(key) != there.get(key)
        )
        library.index.close()
        if wrong:
            what = f"tells {len(wrong)} paper{'s' * (len(wrong) != 1)} otherwise than the files: {_some(wrong)}"
            yield Finding(
                "index",
                str(library.index.path),
                what,
                "make it anew",
                library.index.rebuild,
            )

    def _sources(self) -> Iterator[Finding]:
        for target, reading in sorted(
            Library(self.root, self.cache, now=self.now).settings.readings().items()
        ):
            if reading.error:
                since = f" since {reading.since[:10]}" if reading.since else ""
                yield Finding(
                    "source",
                    target,
                    f"fails{since}: {reading.error}; papertrack fetch {target} tries again",
                )

    # ------------------------------------------------------------------ the disk

    def _left(self) -> Iterator[Finding]:
        """Temporary files: of the library, none is in use while we hold the lock; of the cache, old ones."""
        folders = (
            self.root,
            self.root / layout.PAPERS,
            self.root / layout.BACKUPS,
            self.root / "undo",
        )
        for path in sorted(
            path for folder in folders for path in folder.glob(".*.tmp")
        ):
            name = path.relative_to(self.root).as_posix()
            yield _remnant(name, path)
        for path in sorted(self.cache.glob("**/*.tmp")):
            if backups.age(path, self.now) > 3600:
                yield _remnant(str(path), path)

    def _modes(self) -> Iterator[Finding]:
        for place in (self.root, self.cache):
            loose = [path for path in _below(place) if path.stat().st_mode & 0o077]
            if loose:
                count = (
                    f"{len(loose)} files or folders"
                    if len(loose) > 1
                    else "1 file or folder"
                )
                what = f"holds {count} that others can read: {loose[-1].name}"
                yield Finding(
                    "modes",
                    str(place),
                    what,
                    "make them yours alone",
                    _tightening(loose),
                )
        shut = [
            path for path in _below(self.root) if not os.access(path, os.R_OK | os.W_OK)
        ]
        if shut:
            yield Finding(
                "modes",
                str(shut[0]),
                "can't be read and written; check who owns it and its permissions",
            )

    def _space(self) -> Iterator[Finding]:
        takes = sum(
            path.stat().st_size
            for name in self._names()
            if (path := self.root / name).exists()
        )
        free = shutil.disk_usage(self.root).free
        if free < max(FREE_BYTES, 3 * takes):
            yield Finding(
                "space",
                str(self.root),
                f"only {free / 1e6:.0f} MB are free; a write may fail, free some",
            )

    # ------------------------------------------------------------------ the program

    def _versions(self) -> Iterator[Finding]:
        held = versions()
        for name, least in (("SQLite", SQLITE), ("expat", EXPAT)):
            if tuple(map(int, held[name].split("."))) < least:
                wanted = ".".join(map(str, least))
                yield Finding(
                    "version",
                    name,
                    f"is {held[name]}; upgrade it (with Python) to {wanted} or newer",
                )

    def _completions(self) -> Iterator[Finding]:
        for path, script in self.scripts.items():
            if (
                path.is_file()
                and path.read_text(encoding="utf-8", errors="replace") != script
            ):
                yield Finding(
                    "completion",
                    str(path),
                    "is not what this papertrack completes",
                    "write it anew",
                    _rewriting(path, script),
                )


def versions() -> dict[str, str]:
    """The versions of SQLite and expat that Python came with."""
    from pyexpat import EXPAT_VERSION

    from papertrack.index.schema import sqlite_version

    return {"SQLite": sqlite_version(), "expat": EXPAT_VERSION.partition("_")[2]}


def _rekeyed(record: Record) -> Record:
    """The record under the best of all keys that it and its facts have."""
    told = [key for facts in record.said.values() for key in facts.get("ids", ())]
    keys = {
        *record.keys,
        *(key for key in told if key.partition(":")[0] in files.KINDS),
    }
    return record._replace(
        key=identity.best(keys), keys=tuple(sorted(keys, key=by_trust))
    )


def _some(keys: Sequence[str]) -> str:
    """The first of these papers, as they are typed."""
    return ", ".join(map(show, keys[:3])) + ", …" * (len(keys) > 3)


def _rewriting(path: Path, script: str) -> Callable[[], object]:
    return lambda: store.write_atomically(path, script.encode("utf-8"))


def _below(place: Path) -> list[Path]:
    """A folder and all that is in it, but for what git and sync tools keep there."""
    theirs = (".git", ".stfolder", ".stversions", ".dropbox.cache")
    found = (
        path
        for path in place.rglob("*")
        if not set(path.relative_to(place).parts) & set(theirs)
    )
    return [
        path
        for path in (place, *sorted(found))
        if path.exists() and not path.is_symlink()
    ]


def _remnant(name: str, path: Path) -> Finding:
    fix = partial(path.unlink, missing_ok=True)
    return Finding(
        "left", name, "is a temporary file of a killed process", "remove it", fix
    )


def _tightening(paths: Sequence[Path]) -> Callable[[], object]:
    def fix() -> None:
        for path in paths:
            with contextlib.suppress(FileNotFoundError):  # mended away in between
                path.chmod(path.stat().st_mode & 0o700)

    return fix
