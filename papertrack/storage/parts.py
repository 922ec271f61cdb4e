"""A folder of files that papertrack keeps as they should be, among others that it never
touches.

Only files whose content changed are replaced. Those that it wrote, and no others, it may
replace or remove: a list in the folder names them.
"""

from __future__ import annotations

import contextlib
import filecmp
import json
import os
import re
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from papertrack.core.errors import StoreError
from papertrack.storage.atomic import file_mode, sync_folder, write_atomically

LIST = "_papertrack.json"
"""The list of the files. Engines that read a folder as a table skip names with an
underscore or a dot in front.
"""

_PART = r"\w[\w=-]*"
"""The folder of a file, below that of the list."""

BUFFERED = 1 << 20
"""Characters in memory before they are written, of all files together."""


class Replaced(NamedTuple):
    """How many files there are, how many of these changed, how many were removed."""

    files: int
    changed: int
    removed: int


def replace(folder: Path, name: str, texts: Iterable[tuple[str, str]]) -> Replaced:
    """Make the files called `name` in folders below `folder` contain these texts.

    Each text comes with its folder, and is added to those before. Nothing is replaced
    before all are written to disk. Raises StoreError, also for a file of that name which
    papertrack did not write.
    """
    try:
        return _replace(folder, name, texts)
    except OSError as error:
        place = error.filename or folder
        raise StoreError(
            f"{place}: {error.strerror or error}; free space, or choose another folder"
        ) from error


def _replace(folder: Path, name: str, texts: Iterable[tuple[str, str]]) -> Replaced:
    folder.mkdir(parents=True, exist_ok=True)
    known = _known(folder)
    drafts = folder / f".papertrack.{os.urandom(4).hex()}.tmp"
    drafts.mkdir()
    try:
        parts = _written(folder, name, texts, known, drafts)
        changed = [
            part
            for part in sorted(parts)
            if _differs(drafts / part, folder / part / name)
        ]
        stale = sorted(known - parts)
        if not parts <= known:
            # First of all: after a kill the files are still known as papertrack's own.
            _write_list(folder, known | parts)
        for part in changed:
            (folder / part).mkdir(exist_ok=True)
            (drafts / part).replace(folder / part / name)
            sync_folder(folder / part)
        removed = [part for part in stale if _removed(folder / part / name)]
        if stale:
            _write_list(folder, parts)
        return Replaced(len(parts), len(changed), len(removed))
    finally:
        shutil.rmtree(drafts, ignore_errors=True)


def _written(
    folder: Path,
    name: str,
    texts: Iterable[tuple[str, str]],
    known: set[str],
    drafts: Path,
) -> set[str]:
    """Write the texts to drafts, and return which there are. Raises StoreError."""
    parts: set[str] = set()
    waiting: dict[str, list[str]] = {}
    length = 0
    for part, text in texts:
        if part not in parts:
            _check_own(folder / part / name, part in known)
            parts.add(part)
        waiting.setdefault(part, []).append(text)
        length += len(text)
        if length >= BUFFERED:
            _append(drafts, waiting)
            waiting.clear()
            length = 0
    _append(drafts, waiting)
    for part in parts:
        with (drafts / part).open("rb") as file:
            os.fchmod(file.fileno(), file_mode(folder / part / name, private=False))
            os.fsync(file.fileno())
    return parts


def _append(drafts: Path, texts: dict[str, list[str]]) -> None:
    for part, pieces in texts.items():
        with (drafts / part).open("ab") as file:
            file.write("".join(pieces).encode("utf-8", "replace"))


def _check_own(path: Path, is_known: bool) -> None:
    """Raise StoreError for a file that papertrack did not write, or through a link."""
    if path.parent.is_symlink():
        raise StoreError(
            f"{path.parent}: is a link, which papertrack does not follow;"
            " choose another folder"
        )
    if path.exists() and not is_known:
        raise StoreError(
            f"{path}: not written by papertrack; move it, or choose another folder"
        )


def _differs(draft: Path, path: Path) -> bool:
    return not path.is_file() or not filecmp.cmp(draft, path, shallow=False)


def _removed(path: Path) -> bool:
    """Remove a file, and its folder if that is empty then; whether there was one."""
    _check_own(path, is_known=True)
    if not path.exists():
        return False
    path.unlink()
    with contextlib.suppress(OSError):  # other files are in it
        path.parent.rmdir()
    return True


# ------------------------------------------------------------------ the list


def _known(folder: Path) -> set[str]:
    """The folders below `folder` with a file that papertrack wrote. Raises StoreError."""
    path = folder / LIST
    try:
        parts = json.loads(path.read_bytes())["parts"]
        # Another one could lead anywhere on the disk: whoever shares the folder can
        # write to the list.
        return {part for part in parts if re.fullmatch(_PART, part)}
    except FileNotFoundError:
        return set()
    except (ValueError, KeyError, TypeError):
        raise StoreError(
            f"{path}: not a list of files by papertrack; remove it, or choose another"
            " folder"
        ) from None


def _write_list(folder: Path, parts: set[str]) -> None:
    text = json.dumps({"parts": sorted(parts)}, indent=2)
    write_atomically(folder / LIST, f"{text}\n".encode())
