"""The names of views, rules and feeds in the cache: a Tab in the shell starts no Python."""

from __future__ import annotations

import contextlib
from pathlib import Path

from papertrack.core.errors import StoreError
from papertrack.core.text import clean
from papertrack.storage import layout, reading

FOLDER = "complete"

TABLES = {"views": "query", "rules": "if", "feeds": "key"}
"""The tables of desk.json whose names the shells complete -> what explains a name."""


def write(root: Path, cache: Path) -> None:
    """Write the names for the shells; skipped where a file can't be read or written."""
    folder = cache / FOLDER
    with contextlib.suppress(OSError, StoreError):
        tables = reading.read_tables(root / layout.DESK)
        layout.private_folder(folder)
        for table, explained_by in TABLES.items():
            temporary = folder / f".{table}.tmp"
            with open(
                temporary,
                "w",
                encoding="utf-8",
                errors="replace",
                opener=layout.owner_only,
            ) as file:
                for one in tables.get(table, {}).values():
                    name = clean(str(one.get("name") or one.get("key")))
                    file.write(f"{name}\t{clean(str(one.get(explained_by)))}\n")
            temporary.replace(folder / f"{table}.tsv")
