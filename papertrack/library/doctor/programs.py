"""The programs around a library: SQLite and expat, and the shells' completions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from pyexpat import EXPAT_VERSION

from papertrack.index.schema import sqlite_version
from papertrack.library.doctor.finding import Finding
from papertrack.storage.atomic import write_atomically
from papertrack.storage.transaction import Transaction

EXPAT = (2, 4, 1)
"""The first expat that limits the expansion of entities
(https://github.com/libexpat/libexpat/blob/master/expat/Changes)."""
SQLITE = (3, 37, 0)


def versions() -> dict[str, str]:
    """The versions of SQLite and expat that Python uses."""
    expat = EXPAT_VERSION.removeprefix("expat_")
    return {"SQLite": sqlite_version(), "expat": expat}


def check_versions() -> Iterator[Finding]:
    """Versions that are too old."""
    installed = versions()
    for name, least in (("SQLite", SQLITE), ("expat", EXPAT)):
        version = installed[name]
        parts = tuple(map(int, version.split(".")))
        if parts < least:
            needed = ".".join(map(str, least))
            what = f"is {version}; upgrade it (with Python) to {needed} or newer"
            yield Finding("version", name, what)


def check_completions(scripts: Mapping[Path, str]) -> Iterator[Finding]:
    """Installed completion scripts that differ from what they should contain."""
    for path, script in scripts.items():
        if not path.is_file():
            continue
        if path.read_text(encoding="utf-8", errors="replace") != script:
            what = "is not the completion of this papertrack"
            fix = partial(_write_script, path, script)
            yield Finding("completion", str(path), what, "regenerate it", fix)


def _write_script(path: Path, script: str, _: Transaction) -> None:
    write_atomically(path, script.encode("utf-8"))
