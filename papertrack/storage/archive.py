"""A library in one file: a .tar.gz of its files, after a manifest of sizes and SHA-256.

    papertrack/manifest.json  papertrack/marks.json  papertrack/papers/2025-11.json  ...

Unpacked by hand (`tar -xzf FILE`), the folder is a library. Nothing of an archive is
used before all of it was checked.
"""

from __future__ import annotations

import datetime as dt
import gzip
import hashlib
import io
import json
import tarfile
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from papertrack.core.errors import StoreError
from papertrack.storage.atomic import atomic_file
from papertrack.storage.layout import FORMAT, LIBRARY_FILE, MARKS, PAPERS, UNDO
from papertrack.storage.reading import marks, parse_tables, read_bytes, records

FOLDER = "papertrack"
MANIFEST = "manifest.json"
MAX_FILE_BYTES = 1 << 28
"""For a file of an archive; a month's file is split at 4 MB, 100,000 marks take 15."""


class Contents(NamedTuple):
    """What an archive contains; `made` is when it was packed (ISO 8601 in UTC)."""

    made: str
    names: tuple[str, ...]
    papers: int
    marks: int


# ------------------------------------------------------------------ writing


def names(root: Path) -> list[str]:
    """The files that make up the library at `root`, sorted."""
    folders = (root, root / PAPERS, root / UNDO)
    paths = (path for folder in folders for path in folder.glob("*.json"))
    found = (path.relative_to(root).as_posix() for path in paths)
    return sorted(name for name in found if LIBRARY_FILE.fullmatch(name))


def pack(
    root: Path,
    out: Path,
    *,
    now: str,
    checked: bool = True,
) -> Contents:
    """Write the library to an archive, atomically. Hold the lock. Raises StoreError.

    If `checked`, an unreadable file raises; else it is packed as it is.
    """
    described, counts = [], []
    for name in names(root):
        body = read_bytes(root / name)
        if checked:
            counts.append(count(root / name, name, body))
        size, digest = _described_as(body)
        described.append({"name": name, "size": size, "sha256": digest})
    contents = _contents(now, (str(one["name"]) for one in described), counts)
    manifest = {
        "papertrack": FORMAT,
        "made": now,
        "papers": contents.papers,
        "marks": contents.marks,
        "files": described,
    }
    seconds = int(dt.datetime.fromisoformat(now).timestamp())
    with (
        atomic_file(out, private=True) as file,
        gzip.GzipFile("", "wb", 6, file, mtime=0) as packed,
        tarfile.open(mode="w", fileobj=packed, format=tarfile.PAX_FORMAT) as tar,
    ):

        def add(name: str, body: bytes) -> None:
            member = tarfile.TarInfo(f"{FOLDER}/{name}")
            member.size, member.mode, member.mtime = len(body), 0o600, seconds
            tar.addfile(member, io.BytesIO(body))

        head = json.dumps(manifest, ensure_ascii=False, indent=1)
        add(MANIFEST, head.encode("utf-8"))
        for name in contents.names:
            add(name, read_bytes(root / name))
    return contents


def _described_as(body: bytes) -> tuple[int, str]:
    """The size and checksum of a file, as the manifest states them."""
    return len(body), hashlib.sha256(body).hexdigest()


def count(
    path: Path,
    name: str,
    body: bytes,
) -> tuple[int, int]:
    """(papers, marks) in a file; `path` is for messages. Raises StoreError."""
    tables = parse_tables(path, body)
    papers = sum(1 for _ in records(path, tables)) if name.startswith(PAPERS) else 0
    return papers, len(marks(path, tables)) if name == MARKS else 0


def _contents(
    made: str,
    names: Iterable[str],
    counts: Iterable[tuple[int, int]],
) -> Contents:
    papers, of_marks = map(sum, zip((0, 0), *counts, strict=True))
    return Contents(made, tuple(names), papers, of_marks)


# ------------------------------------------------------------------ reading


def contents(root: Path) -> Contents:
    """What an archive of the library would contain. Raises StoreError if unreadable."""
    found = names(root)
    bodies = ((name, read_bytes(root / name)) for name in found)
    return _contents(
        "", found, (count(root / name, name, body) for name, body in bodies)
    )


def check(path: Path, *, papers_only: bool = False) -> Contents:
    """What an archive contains, after checking names, sizes, checksums, JSON, versions.

    With `papers_only`, other files may be unreadable. Raises StoreError.
    """
    made, found, counts = "", [], []
    for name, body in unpack(path):
        if name == MANIFEST:
            made = str(json.loads(body)["made"])
        elif name.startswith(PAPERS) or not papers_only:
            found.append(name)
            counts.append(count(path / name, name, body))
    return _contents(made, found, counts)


def unpack(path: Path) -> Iterator[tuple[str, bytes]]:
    """The manifest and each file of an archive.

    Raises StoreError for any difference from the manifest, at the latest at its end.
    """
    described: dict[str, tuple[int, str]] | None = None
    try:
        with tarfile.open(path, "r|gz") as tar:
            for member in tar:
                name = member.name.removeprefix(f"{FOLDER}/")
                if not member.isreg() or member.size > MAX_FILE_BYTES:
                    _refuse(path, f"{name!r} is not a file that a backup contains")
                stream = tar.extractfile(member)
                body = stream.read() if stream else b""
                if described is None:
                    described = _read_manifest(path, name, body)
                elif described.pop(name, None) != _described_as(body):
                    _refuse(path, f"{name!r} differs from the manifest")
                yield name, body
    except (
        tarfile.TarError,
        EOFError,
        zlib.error,
        gzip.BadGzipFile,
        ValueError,
        OverflowError,
    ) as error:
        _refuse(path, f"is damaged or not a backup ({error})")
    except OSError as error:
        reason = error.strerror or error
        raise StoreError(
            f"{path}: {reason}; check the name and its permissions"
        ) from error
    if described is None or described:
        missing = ", ".join(described or [MANIFEST])
        _refuse(path, f"is cut off: {missing} missing")


def _read_manifest(
    path: Path,
    name: str,
    body: bytes,
) -> dict[str, tuple[int, str]]:
    """The size and checksum of each file by name. Raises StoreError."""
    try:
        manifest: dict[str, Any] = json.loads(body) if name == MANIFEST else {}
        version = manifest["papertrack"]
        if version > FORMAT:
            raise StoreError(
                f"{path}: made by a newer papertrack (format {version}); upgrade "
                "papertrack to restore it"
            )
        files = {one["name"]: (one["size"], one["sha256"]) for one in manifest["files"]}
        str(manifest["made"])
    except (ValueError, KeyError, TypeError, RecursionError):
        _refuse(path, "has no valid manifest of papertrack")
    for one in files:
        if not isinstance(one, str) or not LIBRARY_FILE.fullmatch(one):
            _refuse(path, f"{one!r} is not a file of a library")
    return files


def _refuse(path: Path, reason: str) -> NoReturn:
    raise StoreError(f"{path}: {reason}; nothing was changed, use another backup")
