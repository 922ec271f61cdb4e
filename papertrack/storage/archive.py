"""A library in one file: a .tar.gz of its files as they are, and before them a manifest of their sizes and SHA-256.

    papertrack/manifest.json    papertrack/marks.json    papertrack/desk.json    papertrack/papers/2025-11.json

Unpacked by hand (`tar -xzf FILE`), the folder is a library. Nothing of an archive is used before all of it was checked.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from papertrack.core.errors import StoreError
from papertrack.storage import layout
from papertrack.storage import reading as files
from papertrack.storage.atomic import atomic_file

FOLDER = "papertrack"
MANIFEST = "manifest.json"
MOST = 1 << 28
"""What one file of an archive may hold: a month's file is split at 4 MB, 100,000 marks are 15."""


class Contents(NamedTuple):
    """What an archive holds: when it was made (ISO 8601 in UTC), its files, how many papers and marks."""

    made: str
    names: tuple[str, ...]
    papers: int
    marks: int


def names(root: Path) -> list[str]:
    """The files that make up the library at `root`: marks, desk, months, the undo log's own."""
    folders = (root, root / layout.PAPERS, root / "undo")
    found = (
        path.relative_to(root).as_posix()
        for folder in folders
        for path in folder.glob("*.json")
    )
    return sorted(name for name in found if layout.LIBRARY_FILE.fullmatch(name))


def pack(root: Path, out: Path, *, now: str, checked: bool = True) -> Contents:
    """Write the library into an archive, atomically. Hold the lock. Raises StoreError.

    `checked`: a file that can't be read as what it is makes no archive; else it is packed as it is.
    """
    described, papers, marks = [], 0, 0
    for name in names(root):
        body = _read(root / name)
        if checked:
            more_papers, more_marks = count(root / name, name, body)
            papers, marks = papers + more_papers, marks + more_marks
        described.append(
            {
                "name": name,
                "size": len(body),
                "sha256": hashlib.sha256(body).hexdigest(),
            }
        )
    manifest = {
        "papertrack": layout.FORMAT,
        "made": now,
        "papers": papers,
        "marks": marks,
        "files": described,
    }
    head = json.dumps(manifest, ensure_ascii=False, indent=1).encode("utf-8")
    with (
        atomic_file(out, private=True) as file,
        gzip.GzipFile("", "wb", 6, file, mtime=0) as packed,
        tarfile.open(mode="w", fileobj=packed, format=tarfile.PAX_FORMAT) as tar,
    ):
        for name in (MANIFEST, *(str(one["name"]) for one in described)):
            body = head if name == MANIFEST else _read(root / name)
            member = tarfile.TarInfo(f"{FOLDER}/{name}")
            member.size, member.mode, member.mtime = len(body), 0o600, _seconds(now)
            tar.addfile(member, io.BytesIO(body))
    return Contents(now, tuple(str(one["name"]) for one in described), papers, marks)


def _seconds(now: str) -> int:
    return int(dt.datetime.fromisoformat(now).timestamp())


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise StoreError(f"{path}: {error.strerror}; check its permissions") from error


def count(path: Path, name: str, body: bytes) -> tuple[int, int]:
    """How many papers and marks a file of a library holds; `path` is what it is called. Raises StoreError."""
    tables = files.parse_tables(path, body)
    papers = (
        sum(1 for _ in files.records(path, tables))
        if name.startswith(layout.PAPERS)
        else 0
    )
    marks = len(files.marks(path, tables)) if name == layout.MARKS else 0
    return papers, marks


def holds(root: Path) -> Contents:
    """What the library at `root` holds, as an archive of it would. Raises StoreError for what can't be read."""
    found = names(root)
    counts = [count(root / name, name, _read(root / name)) for name in found]
    return Contents(
        "",
        tuple(found),
        sum(papers for papers, _ in counts),
        sum(marks for _, marks in counts),
    )


def check(path: Path, *, papers_only: bool = False) -> Contents:
    """What the archive holds, all of it checked: names, sizes, sums, JSON, versions. Raises StoreError.

    `papers_only`: other files may hold what can't be read.
    """
    papers = marks = 0
    found = []
    made = ""
    for name, body in unpack(path):
        if name == MANIFEST:
            made = str(json.loads(body)["made"])
            continue
        if papers_only and not name.startswith(layout.PAPERS):
            continue
        more_papers, more_marks = count(path / name, name, body)
        papers, marks = papers + more_papers, marks + more_marks
        found.append(name)
    return Contents(made, tuple(found), papers, marks)


def unpack(path: Path) -> Iterator[tuple[str, bytes]]:
    """The manifest and each file of an archive, as its manifest describes them.

    Raises StoreError for whatever differs, at the latest at its end.
    """
    try:
        with tarfile.open(path, "r|gz") as tar:
            described: dict[str, tuple[int, str]] | None = None
            for member in tar:
                name = member.name.removeprefix(f"{FOLDER}/")
                if not member.isreg() or member.size > MOST:
                    _refuse(path, f"{name!r} is no file that a backup holds")
                stream = tar.extractfile(member)
                body = stream.read() if stream else b""
                if described is None:
                    described = _described(path, name, body)
                elif described.pop(name, None) != (
                    len(body),
                    hashlib.sha256(body).hexdigest(),
                ):
                    _refuse(path, f"{name!r} is not as its manifest tells")
                yield name, body
    except (
        tarfile.TarError,
        EOFError,
        zlib.error,
        gzip.BadGzipFile,
        ValueError,
        OverflowError,
    ) as error:
        _refuse(path, f"is damaged or no backup ({error})")
    except OSError as error:
        raise StoreError(
            f"{path}: {error.strerror or error}; check the name and its permissions"
        ) from error
    if described is None or described:
        _refuse(path, f"is cut off: {', '.join(described or [MANIFEST])} missing")


def _described(path: Path, name: str, body: bytes) -> dict[str, tuple[int, str]]:
    """Size and sum of each file that a manifest names."""
    try:
        manifest: dict[str, Any] = json.loads(body) if name == MANIFEST else {}
        if (version := manifest["papertrack"]) > layout.FORMAT:
            raise StoreError(
                f"{path}: made by a newer papertrack (format {version}); upgrade papertrack to restore it"
            )
        found = {one["name"]: (one["size"], one["sha256"]) for one in manifest["files"]}
        str(manifest["made"])
    except (ValueError, KeyError, TypeError, RecursionError):
        _refuse(path, "has no manifest of papertrack's")
    if wrong := [
        one
        for one in found
        if not (isinstance(one, str) and layout.LIBRARY_FILE.fullmatch(one))
    ]:
        _refuse(path, f"{wrong[0]!r} is no file of a library")
    return found


def _refuse(path: Path, why: str) -> NoReturn:
    raise StoreError(f"{path}: {why}; nothing was changed, take another backup")
