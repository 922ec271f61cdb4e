"""Replacing several files of the library together: all or none, whenever the process is killed.

The new files are laid down in a folder of the library, `.staging`, with the plan of what goes where. Renaming that
folder to `.replacing` decides. Killed before, nothing has happened, and the next command drops the folder; killed
after, the next command does the rest of the plan.
"""

from __future__ import annotations

import contextlib
import errno
import json
import os
import shutil
from collections.abc import Iterable, Mapping
from pathlib import Path

from papertrack.core.errors import StoreError
from papertrack.storage import reading as files
from papertrack.storage import writing as store

PLAN = "plan.json"


def replace(
    root: Path, puts: Iterable[tuple[str, bytes]], *, keep: Iterable[str] | None = None
) -> None:
    """Put files (names below `root` and bodies) in place, together. Hold the lock. Raises StoreError.

    Of the months' files those in neither `puts` nor `keep` are dropped; none with `keep` None.
    """
    staging = root / files.STAGING
    try:
        shutil.rmtree(staging, ignore_errors=True)
        files.private_folder(staging)
        names = [_stage(root, staging, name, body) for name, body in puts]
        held = {
            f"{files.PAPERS}/{path.name}"
            for path in (root / files.PAPERS).glob("*.json")
        }
        drops = sorted(held - {*names, *keep}) if keep is not None else []
        _write(
            staging / PLAN,
            json.dumps({"put": names, "drop": drops}).encode("utf-8"),
            0o600,
        )
        for folder in (*{(staging / name).parent for name in names}, staging):
            store.sync_folder(folder)
        staging.rename(root / files.REPLACING)
    except OSError as error:
        why = error.strerror or error
        raise StoreError(
            f"{staging}: {why}; nothing was changed, free space or check it"
        ) from error
    finally:
        shutil.rmtree(staging, ignore_errors=True)
    finish(root)


def _stage(root: Path, staging: Path, name: str, body: bytes) -> str:
    files.private_folder((staging / name).parent)
    _write(staging / name, body, store.mode_of(root / name, private=True))
    return name


def _write(path: Path, body: bytes, mode: int) -> None:
    with open(path, "wb", opener=files.owner_only) as file:
        file.write(body)
        file.flush()
        os.fchmod(file.fileno(), mode)
        os.fsync(file.fileno())


def finish(root: Path) -> None:
    """Do what is left of a replacement that was decided, drop what was not. Hold the lock. Raises StoreError."""
    decided = root / files.REPLACING
    if (root / files.STAGING).exists():
        shutil.rmtree(root / files.STAGING, ignore_errors=True)
    if not decided.exists():
        return
    try:
        store.sync_folder(root)
        plan = _plan(decided / PLAN)
        folders = {_put(decided / name, root / name) for name in plan["put"]}
        for name in plan["drop"]:
            (root / name).unlink(missing_ok=True)
            folders.add((root / name).parent)
        for folder in folders:
            store.sync_folder(folder)
        # Without its plan the folder is one that is done with: so the plan goes last, and once all is in place.
        for folder in [path for path in decided.iterdir() if path.is_dir()]:
            shutil.rmtree(folder)
        (decided / PLAN).unlink(missing_ok=True)
        shutil.rmtree(decided)
    except OSError as error:
        why = error.strerror or error
        raise StoreError(
            f"{decided}: {why}; free space or check it, the next command does the rest"
        ) from error


def _plan(path: Path) -> Mapping[str, list[str]]:
    with contextlib.suppress(FileNotFoundError):
        try:
            plan = json.loads(path.read_bytes())
            return {
                kind: [_below(name) for name in plan[kind]] for kind in ("put", "drop")
            }
        except (ValueError, KeyError, TypeError, RecursionError) as error:
            raise StoreError(
                f"{path}: is no plan: {error}; move {path.parent} away, restore a backup"
            ) from error
    return {"put": [], "drop": []}


def _below(name: str) -> str:
    if not files.OWN.fullmatch(name):
        raise ValueError(f"{name!r} is no file of a library")
    return name


def _put(staged: Path, target: Path) -> Path:
    """Put a staged file in place, where that was not done yet; the folder that it is in."""
    if staged.exists():
        target = target.resolve()
        files.private_folder(target.parent)
        try:
            staged.replace(target)
        except OSError as error:
            if error.errno != errno.EXDEV:
                raise
            store.write_atomically(
                target, staged.read_bytes(), private=True
            )  # linked to another file system
            staged.unlink()
    return target.parent if target.parent.exists() else target.parent.parent
