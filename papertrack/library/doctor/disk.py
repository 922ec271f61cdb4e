"""The folders: remains of killed processes, permissions, free space."""

from __future__ import annotations

import contextlib
import os
import shutil
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from papertrack.core.wording import plural
from papertrack.library.doctor import files
from papertrack.library.doctor.finding import Finding, Repair
from papertrack.storage import backups, journal
from papertrack.storage.abandoned import Abandoned, abandoned, adopt
from papertrack.storage.folder import Folder, faults, staged
from papertrack.storage.layout import (
    BACKUPS,
    PAPERS,
    REPLACING,
    STAGING,
    UNDO,
    private_folder,
)
from papertrack.storage.lock import SHOWN
from papertrack.storage.transaction import Transaction

FREE_BYTES = 100_000_000
"""With less free space, or three times the library's size, a write may soon fail."""
FOREIGN_FOLDERS = {".git", ".stfolder", ".stversions", ".dropbox.cache"}
"""Folders of git and sync tools, whose modes are their own."""
OLD_SECONDS = 3600
"""A temporary file of the cache is not in use after this time."""


def check_links(folder: Folder) -> Iterator[Finding]:
    """Links and other things in place of the library's files and folders."""
    for path, what in faults(folder, writing=True):
        where = str(path)
        if path != folder.root:
            where = path.relative_to(folder.root).as_posix()
        yield Finding("link", where, what)


def check_interrupted(folder: Folder, now: str) -> Iterator[Finding]:
    """Changes that were begun elsewhere, or by an earlier release.

    The library is locked, so that this machine has none under way.
    """
    root = folder.root
    changes = {change.name: change for change in abandoned(folder)}
    for name in sorted([*staged(root), STAGING, REPLACING]):
        path = root / name
        if not os.path.lexists(path):
            continue
        aside = partial(_set_aside, path, now)
        if name in changes:
            yield _completable(folder, changes[name], now, aside)
            continue
        what = (
            "is a change that was not completed, by another machine, an earlier "
            "release, or before the state folder was deleted; it is not carried out"
        )
        yield Finding("left", name, what, f"move it to {BACKUPS}", aside)


def _completable(folder: Folder, change: Abandoned, now: str, aside: Repair) -> Finding:
    left = _listed(change.left)
    done = f"{_listed(change.done)} changed, " if change.done else ""
    what = (
        "is a change that was interrupted, by another machine or before the state "
        f"folder was deleted: {done}{left} not yet"
    )
    repair = f"offers to complete it or to move the rest to {BACKUPS}"
    question = f"change {left} as well (no: move the rest to {BACKUPS})"
    fix = partial(_complete, folder, change, now)
    return Finding("left", change.name, what, repair, fix, question, aside)


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return f"{', '.join(names[:SHOWN])}{more}"


def _complete(folder: Folder, change: Abandoned, now: str, _: Transaction) -> None:
    """Complete a change; what it replaces is saved before."""
    saved = backups.new_path(folder.root, now, "interrupted", suffix="")
    for name in change.left:
        path = folder.root / name
        if path.exists():
            private_folder((saved / name).parent)
            shutil.copy2(path, saved / name)
    adopt(folder, change)
    journal.finish(folder)


def _set_aside(path: Path, now: str, _: Transaction) -> None:
    folder = path.parent
    aside = backups.new_path(folder, now, "interrupted", suffix="")
    private_folder(aside.parent)
    path.rename(aside)


def check_temporary_files(root: Path, cache: Path, now: str) -> Iterator[Finding]:
    """Those of the library: none is in use now; old ones of the cache."""
    for folder in ("", BACKUPS, PAPERS, UNDO):
        for path in sorted((root / folder).glob(".*.tmp")):
            yield _temporary_file(path.relative_to(root).as_posix(), path)
    for path in sorted(cache.glob("**/*.tmp")):
        if backups.age(path, now) > OLD_SECONDS:
            yield _temporary_file(str(path), path)


def _temporary_file(name: str, path: Path) -> Finding:
    def remove(_: Transaction) -> None:
        path.unlink(missing_ok=True)

    what = "is a temporary file of a killed process"
    return Finding("left", name, what, "delete it", remove)


def check_modes(root: Path, cache: Path) -> Iterator[Finding]:
    """What others can read, and what the owner can't."""
    for place in (root, cache):
        loose = [path for path in _below(place) if _is_loose(path)]
        if loose:
            count = plural(len(loose), "file or folder", "files or folders")
            what = f"has {count} that others can read: {loose[-1].name}"
            repair = "make them readable by you alone"
            yield Finding("modes", str(place), what, repair, partial(_tighten, loose))
    for path in _below(root):
        if not os.access(path, os.R_OK | os.W_OK):
            what = "can't be read and written; check its owner and permissions"
            yield Finding("modes", str(path), what)
            break


def _is_loose(path: Path) -> bool:
    """Whether others can read a file or folder that is the library's alone."""
    stat = path.stat()
    has_other_names = path.is_file() and stat.st_nlink > 1  # anywhere on the disk
    return bool(stat.st_mode & 0o077) and not has_other_names


def _below(folder: Path) -> list[Path]:
    """A folder and all that is in it, except links and the folders of other tools."""
    paths = []
    for path in (folder, *sorted(folder.rglob("*"))):
        parts = path.relative_to(folder).parts
        is_foreign = not FOREIGN_FOLDERS.isdisjoint(parts)
        if path.exists() and not path.is_symlink() and not is_foreign:
            paths.append(path)
    return paths


def _tighten(paths: Sequence[Path], _: Transaction) -> None:
    for path in paths:
        with contextlib.suppress(FileNotFoundError):  # deleted by another repair
            path.chmod(path.stat().st_mode & 0o700)


def check_space(root: Path) -> Iterator[Finding]:
    """Too little free space for the next writes."""
    size = sum((root / name).stat().st_size for name in files.names(root))
    free = shutil.disk_usage(root).free
    if free < max(FREE_BYTES, 3 * size):
        what = f"only {free / 1e6:.0f} MB are free; a write may fail, free some"
        yield Finding("space", str(root), what)
