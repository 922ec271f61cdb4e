"""The programs around a library: SQLite and expat, and the shells' completions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from pyexpat import EXPAT_VERSION
from typing import NamedTuple

from papertrack.index.schema import sqlite_version
from papertrack.library.doctor.finding import Finding
from papertrack.storage import checked_file
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


class Script(NamedTuple):
    """What a completion script should contain, what is before its checksum, and the
    command that installs it.
    """

    text: str
    mark: str
    command: str


def check_completions(scripts: Mapping[Path, Script]) -> Iterator[Finding]:
    """Installed completion scripts that differ from what they should contain.

    One that somebody changed is left to them.
    """
    for path, script in scripts.items():
        if not path.is_file():
            continue
        existing = path.read_text(encoding="utf-8", errors="replace")
        if existing == script.text:
            continue
        what = "is not the completion of this papertrack"
        if checked_file.is_ours(existing, script.mark):
            fix = partial(_write_script, path, script.text)
            yield Finding("completion", str(path), what, "regenerate it", fix)
        else:
            what += f", and was changed by hand; move it away, then {script.command}"
            yield Finding("completion", str(path), what)


def _write_script(path: Path, script: str, _: Transaction) -> None:
    write_atomically(path, script.encode("utf-8"))
