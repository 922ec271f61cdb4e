"""The names of views, rules and feeds in the cache: a Tab in the shell starts no Python."""

from __future__ import annotations

import contextlib
from pathlib import Path

from papertrack.core.errors import StoreError
from papertrack.core.secrets import hide_secrets
from papertrack.core.text import clean
from papertrack.storage import reading
from papertrack.storage.atomic import write_atomically
from papertrack.storage.layout import DESK, NAMES

TABLES = {"views": "query", "rules": "if", "feeds": "key"}
"""The tables of desk.json whose names the shells complete -> what explains a name."""


def write(root: Path, cache: Path) -> None:
    """Write the names for the shells; skipped where a file can't be read or written."""
    with contextlib.suppress(StoreError):
        tables = reading.read_tables(root / DESK)
        for table, explained_by in TABLES.items():
            lines = []
            for one in tables.get(table, {}).values():
                name = str(one.get("name") or one.get("key"))
                if hide_secrets(name) != name:  # a Tab would show its token
                    continue
                explanation = hide_secrets(str(one.get(explained_by)))
                lines.append(f"{clean(name)}\t{clean(explanation)}\n")
            body = "".join(lines).encode("utf-8", "replace")
            path = cache / NAMES / f"{table}.tsv"
            write_atomically(path, body, private=True, durable=False)
