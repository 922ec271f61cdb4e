"""Replacing and deleting several files of a library: all or none, even if killed.

New files are staged in the folder `.staging`, with a plan that says what to do.
Renaming that folder to `.replacing` decides. Killed before, the next command drops the folder;
killed after, the next command carries out the rest of the plan.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Collection, Iterator
from pathlib import Path

from papertrack.core.errors import StoreError
from papertrack.storage.atomic import file_mode, sync_folder, write_atomically
from papertrack.storage.layout import (
    LIBRARY_FILE,
    REPLACING,
    STAGING,
    Stamp,
    owner_only,
    private_folder,
    stamp_of,
)

PLAN = "plan.json"

Plan = dict[str, list[str]]
"""`put`: staged files to move into the library; `drop`: files to delete."""


def stage(
    root: Path,
    name: str,
    body: bytes,
) -> Stamp:
    """Prepare a file; its stamp, which it keeps when moved. Hold the lock.

    Raises StoreError.
    """
    with _nothing_changed(root):
        mode = file_mode(root / name, private=True)
        return _write(root / STAGING / name, body, mode)


def commit(
    root: Path,
    names: Collection[str],
    deleted: Collection[str],
) -> None:
    """Move the staged files `names` into the library and delete others. Hold the lock.

    Raises StoreError.
    """
    staging = root / STAGING
    if len(names) == 1 and not deleted:
        # One rename needs no plan: 2 syncs instead of 6.
        (name,) = names
        with _nothing_changed(root):
            sync_folder(_move(staging / name, root / name))
        discard(root)
        return
    plan = {"put": sorted(names), "drop": sorted(deleted)}
    with _nothing_changed(root):
        _write(staging / PLAN, json.dumps(plan).encode("utf-8"), 0o600)
        for folder in {(staging / name).parent for name in names} | {staging}:
            sync_folder(folder)
        staging.rename(root / REPLACING)
    finish(root)


def discard(root: Path) -> None:
    """Drop what was staged and not committed."""
    shutil.rmtree(root / STAGING, ignore_errors=True)


def finish(root: Path) -> None:
    """Carry out what is left of a decided plan, drop an undecided one. Hold the lock.

    Raises StoreError.
    """
    discard(root)
    decided = root / REPLACING
    if not decided.exists():
        return
    try:
        sync_folder(root)
        plan = _read_plan(decided / PLAN)
        folders = {_move(decided / name, root / name) for name in plan["put"]}
        for name in plan["drop"]:
            (root / name).unlink(missing_ok=True)
            folders.add(_existing((root / name).parent))
        for folder in folders:
            sync_folder(folder)
        # A folder without a plan is finished, so the plan goes after all else.
        for path in decided.iterdir():
            if path.is_dir():
                shutil.rmtree(path)
        (decided / PLAN).unlink(missing_ok=True)
        shutil.rmtree(decided)
    except OSError as error:
        reason = error.strerror or error
        raise StoreError(
            f"{decided}: {reason}; free space or check it, then the next command "
            "completes the change"
        ) from error


@contextlib.contextmanager
def _nothing_changed(root: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or error
        raise StoreError(
            f"{root / STAGING}: {reason}; nothing was changed, free space or check it"
        ) from error


def _write(
    path: Path,
    body: bytes,
    mode: int,
) -> Stamp:
    private_folder(path.parent)
    with open(path, "wb", opener=owner_only) as file:
        file.write(body)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())
        return stamp_of(os.fstat(file.fileno()))


def _read_plan(path: Path) -> Plan:
    try:
        body = path.read_bytes()
    except FileNotFoundError:
        return {"put": [], "drop": []}
    try:
        plan = json.loads(body)
        return {
            kind: [_checked(name) for name in plan[kind]] for kind in ("put", "drop")
        }
    except (ValueError, KeyError, TypeError, RecursionError) as error:
        raise StoreError(
            f"{path}: not a valid plan: {error}; move {path.parent} away and restore "
            "a backup"
        ) from error


def _checked(name: str) -> str:
    if not LIBRARY_FILE.fullmatch(name):
        raise ValueError(f"{name!r} is not a file of a library")
    return name


def _move(staged: Path, target: Path) -> Path:
    """Move a staged file, unless that was done before; the folder that it is in."""
    if staged.exists():
        target = target.resolve()
        private_folder(target.parent)
        try:
            staged.replace(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            # The target is a link to another file system.
            write_atomically(target, staged.read_bytes(), private=True)
            staged.unlink()
    return _existing(target.parent)


def _existing(folder: Path) -> Path:
    return folder if folder.exists() else folder.parent
