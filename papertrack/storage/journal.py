"""Replacing and deleting several files of a library: all or none, even if killed.

New files are staged in a folder of the library. When this machine's state has a plan for
them, it is decided: killed before, the next command drops what was staged; killed after,
it carries out the rest of the plan.
"""

from __future__ import annotations

import contextlib
import errno
import os
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from papertrack.core.errors import StoreError
from papertrack.storage import plans
from papertrack.storage.atomic import (
    durable_folder,
    file_mode,
    sync_folder,
    write_atomically,
)
from papertrack.storage.folder import Folder, is_plain_folder, staged
from papertrack.storage.layout import (
    LIBRARY_FILE,
    STAGING,
    Stamp,
    is_indexed,
    owner_only,
    private_folder,
    stamp_of,
)
from papertrack.storage.plans import Journal, Plan, Version, version_of


class Staging:
    """Files on their way into the library in `folder`. Hold its lock."""

    def __init__(self, folder: Folder) -> None:
        self.root = folder.root
        self._journal = plans.journal_of(folder)
        self._path = self._journal.staging(folder.root)
        self._may_be_decided = False

    def path(self, name: str) -> Path:
        """Where the file `name` of the library is staged."""
        return self._path / name

    def stage(self, name: str, body: bytes) -> Stamp:
        """Prepare a file; its stamp, which it keeps when moved. Raises StoreError."""
        with self._nothing_changed():
            _check_name(name)
            if not self._path.exists():
                plans.begin(self._journal)
            mode = file_mode(self.root / name, private=True)
            return _write(self.path(name), body, mode)

    def commit(self, names: Collection[str], deleted: Collection[str]) -> None:
        """Move the staged files `names` into the library and delete others.

        Raises StoreError.
        """
        for name in deleted:
            _check_name(name)
        deleted = [name for name in deleted if (self.root / name).exists()]
        if not names and not deleted:
            return
        if len(names) == 1 and not deleted:
            # One rename needs no plan: 2 syncs instead of 6.
            (name,) = names
            with self._nothing_changed():
                for folder in _move(self.path(name), self.root / name):
                    sync_folder(folder)
            self.discard()
            return
        with self._nothing_changed():
            plan = self._plan(names, deleted)
            private_folder(self._path)  # also if all that is planned is to delete
            with open(self.path(plans.COPY), "wb", opener=owner_only) as copy:
                copy.write(plans.line_of(plan))
            parents = {self.path(name).parent for name in names}
            for folder in (*(parents - {self._path}), self._path, self.root):
                sync_folder(folder)
        self._may_be_decided = True
        try:
            plans.decide(self._journal, plan)
        except StoreError:
            self._may_be_decided = False
            raise
        _carry_out(self.root, self._journal._replace(plan=plan))
        self._may_be_decided = False

    def discard(self) -> None:
        """Drop what was staged and not committed."""
        if not self._may_be_decided:
            _remove(self._path)

    def _plan(self, names: Collection[str], deleted: Collection[str]) -> Plan:
        put = {}
        drop = {}
        for name in sorted(names):
            after = version_of(self.path(name))
            assert after is not None
            put[name] = (version_of(self.root / name), after)
        for name in sorted(deleted):
            version = version_of(self.root / name)
            if version is not None:
                drop[name] = version
        return Plan(put, drop)

    @contextlib.contextmanager
    def _nothing_changed(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            reason = error.strerror or error
            raise StoreError(
                f"{self._path}: {reason}; nothing was changed, free space or check it"
            ) from error


def finish(folder: Folder) -> None:
    """Carry out the rest of a decided plan, drop what was not decided. Hold the lock.

    What another machine staged is left alone. Raises StoreError.
    """
    if not staged(folder.root):
        return
    journal = plans.decided(folder)
    if journal is not None:
        _carry_out(folder.root, journal)
    _remove(plans.journal_of(folder).staging(folder.root))


def _carry_out(root: Path, journal: Journal) -> None:
    """Do what is left of a plan, then remove it.

    A staged file that is no longer there was moved before. If a file of the library is
    neither as before nor as planned, the plan is given up, and what was staged is left
    for `doctor`. Raises StoreError.
    """
    plan = journal.plan
    assert plan is not None
    staging = journal.staging(root)
    try:
        left = plans.left(root, journal)
        for name in left.put:
            if not _is_as_planned(root / name, staging / name, plan.put[name]):
                _give_up(root, journal, name)
        folders = set()
        # What is indexed first: beside a process that is stopped here, readers use the
        # index of the state before, with the settings of then.
        for is_first in (True, False):
            for name in left.put:
                if is_indexed(name) == is_first:
                    folders.update(_move(staging / name, root / name))
            for name in left.drop:
                if is_indexed(name) == is_first:
                    (root / name).unlink()
        # A file that was moved or deleted before a kill may not be on disk yet.
        folders.update((root / name).parent for name in (*plan.put, *plan.drop))
        for changed in folders:
            if changed.exists():
                sync_folder(changed)
    except OSError as error:
        reason = error.strerror or error
        raise StoreError(
            f"{staging}: {reason}; free space or check it, then the next command "
            "completes the change"
        ) from error
    plans.done(journal)
    _remove(staging)


def _give_up(root: Path, journal: Journal, name: str) -> None:
    """Leave what was staged under another name, and report that. Raises StoreError."""
    aside = root / f"{STAGING}-{os.urandom(8).hex()}"
    journal.staging(root).rename(aside)
    plans.done(journal)
    raise StoreError(
        f"{root}: a change was interrupted, and {name} was changed since by another "
        f"program, so the rest of it is left in {aside.name}; papertrack doctor checks "
        "the library"
    )


def _is_as_planned(
    target: Path, staged_file: Path, versions: tuple[Version | None, Version]
) -> bool:
    """Whether a file is as it was before the plan, or as it is to be."""
    version = version_of(target)
    if version is None or version in versions:
        return version in versions
    # Moved to another file system, it was written anew.
    return target.read_bytes() == staged_file.read_bytes()


def _check_name(name: str) -> None:
    if not LIBRARY_FILE.fullmatch(name):
        raise StoreError(f"{name!r} is not a file of a library; nothing was changed")


def _write(path: Path, body: bytes, mode: int) -> Stamp:
    private_folder(path.parent)
    with open(path, "wb", opener=owner_only) as file:
        file.write(body)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())
        return stamp_of(os.fstat(file.fileno()))


def _move(staged: Path, target: Path) -> set[Path]:
    """Move a staged file; the folders to sync."""
    if target.is_symlink():  # which the owner agreed to
        target = target.resolve()
    durable_folder(target.parent)
    try:
        staged.replace(target)
    except OSError as error:
        if error.errno != errno.EXDEV:
            raise
        # The target is a link to another file system.
        write_atomically(target, staged.read_bytes(), private=True)
        staged.unlink()
    return {target.parent}


def _remove(staging: Path) -> None:
    """Remove a staging folder, or whatever is in its place."""
    if is_plain_folder(staging):
        shutil.rmtree(staging, ignore_errors=True)
        return
    with contextlib.suppress(OSError):
        staging.unlink()
