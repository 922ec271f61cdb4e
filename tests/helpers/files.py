"""The files of a folder, and the folder of a library."""

from __future__ import annotations

from pathlib import Path

from papertrack.storage.folder import Folder


def contents(root: Path) -> dict[str, bytes]:
    """The content of each file of a library but its locks, by name."""
    return {
        str(path.relative_to(root)): path.read_bytes()
        for path in sorted(root.rglob("*"))
        if path.is_file() and not path.name.startswith(".lock")
    }


def folder_of(root: Path) -> Folder:
    """The folder of a library, and beside it that of this machine's state."""
    return Folder(root, root.with_name(f"{root.name}-state"))
