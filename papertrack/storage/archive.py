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
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple, NoReturn

from papertrack.core.errors import StoreError
from papertrack.core.progress import SILENT, Progress
from papertrack.storage import reading
from papertrack.storage.atomic import atomic_file
from papertrack.storage.layout import FORMAT, LIBRARY_FILE, MARKS, PAPERS, UNDO
from papertrack.storage.tar_guard import TarGuard

FOLDER = "papertrack"
MANIFEST = "manifest.json"

LEVEL = 4
"""Of compression: half the time of level 6, for 7 % more."""


class Contents(NamedTuple):
    """What an archive contains; `made` is when it was packed (ISO 8601 in UTC)."""

    made: str = ""
    names: tuple[str, ...] = ()
    papers: int = 0
    marks: int = 0

    def plus(
        self,
        name: str,
        path: Path,
        body: bytes | None,
    ) -> Contents:
        """With one more file, unless its content is None its papers or marks too.

        `path` is for messages. Raises StoreError for an unreadable file.
        """
        papers = self.papers
        marks = self.marks
        if body is not None:
            tables = reading.parse_tables(path, body)
            if name.startswith(PAPERS):
                papers += len(list(reading.records(path, tables)))
            if name == MARKS:
                marks += len(reading.marks(path, tables))
        return Contents(
            self.made,
            (*self.names, name),
            papers,
            marks,
        )


# ------------------------------------------------------------------ writing


def names(root: Path) -> list[str]:
    """The files that make up the library at `root`, sorted."""
    found = []
    for folder in (root, root / PAPERS, root / UNDO):
        for path in folder.glob("*.json"):
            name = path.relative_to(root).as_posix()
            if LIBRARY_FILE.fullmatch(name):
                found.append(name)
    return sorted(found)


def pack(
    root: Path,
    out: Path,
    *,
    now: str,
    checked: bool = True,
    sign: Callable[[Mapping[str, Any]], Mapping[str, Any]] = dict,
    accept: Callable[[Contents], None] | None = None,
    progress: Progress = SILENT,
) -> Contents:
    """Write the library to an archive, atomically. Hold the lock. Raises StoreError.

    `sign` adds what its manifest is known by. `accept` is called with what the archive
    will contain before it is written, and may raise.

    If `checked`, an unreadable file raises; else it is packed as it is.
    """
    packed = Contents(made=now)
    files = []
    for name in progress.counted(names(root), "checking", "files"):
        body = reading.read_bytes(root / name)
        packed = packed.plus(name, root / name, body if checked else None)
        size, digest = _described_as(body)
        files.append({"name": name, "size": size, "sha256": digest})
    if accept is not None:
        accept(packed)
    manifest: Mapping[str, Any] = {
        "papertrack": FORMAT,
        "made": now,
        "papers": packed.papers,
        "marks": packed.marks,
        "files": files,
    }
    manifest = sign(manifest)
    head = json.dumps(manifest, ensure_ascii=False, indent=1)
    seconds = int(dt.datetime.fromisoformat(now).timestamp())
    with (
        atomic_file(out, private=True) as file,
        gzip.GzipFile(
            "",
            "wb",
            LEVEL,
            file,
            mtime=0,
        ) as zipped,
        tarfile.open(mode="w", fileobj=zipped, format=tarfile.PAX_FORMAT) as tar,
    ):
        _add(
            tar,
            MANIFEST,
            head.encode("utf-8"),
            seconds,
        )
        for name in progress.counted(packed.names, "compressing", "files"):
            _add(
                tar,
                name,
                reading.read_bytes(root / name),
                seconds,
            )
    return packed


def _add(
    tar: tarfile.TarFile,
    name: str,
    body: bytes,
    seconds: int,
) -> None:
    member = tarfile.TarInfo(f"{FOLDER}/{name}")
    member.size = len(body)
    member.mode = 0o600
    member.mtime = seconds
    tar.addfile(member, io.BytesIO(body))


def _described_as(body: bytes) -> tuple[int, str]:
    """The size and checksum of a file, as the manifest states them."""
    digest = hashlib.sha256(body).hexdigest()
    return len(body), digest


# ------------------------------------------------------------------ reading


def contents(root: Path, progress: Progress = SILENT) -> Contents:
    """What an archive of the library would contain. Raises StoreError if unreadable."""
    found = Contents()
    for name in progress.counted(names(root), "reading", "files"):
        path = root / name
        found = found.plus(name, path, reading.read_bytes(path))
    return found


def check(
    path: Path,
    *,
    papers_only: bool = False,
    progress: Progress = SILENT,
) -> Contents:
    """What an archive contains, after checking names, sizes, checksums, JSON, versions.

    With `papers_only`, other files may be unreadable. Raises StoreError.
    """
    found = Contents()
    for name, body in unpack(path, progress=progress):
        if name == MANIFEST:
            found = Contents(made=str(json.loads(body)["made"]))
        elif name.startswith(PAPERS) or not papers_only:
            found = found.plus(name, path / name, body)
    return found


def unpack(
    path: Path, *, phase: str = "checking", progress: Progress = SILENT
) -> Iterator[tuple[str, bytes]]:
    """The manifest and each file of an archive; reported as done in this phase.

    Raises StoreError for any difference from the manifest, at the latest at its end.
    """
    described: dict[str, tuple[int, str]] | None = None
    total = 0
    try:
        with (
            gzip.open(path) as unzipped,
            tarfile.open(fileobj=TarGuard(unzipped), mode="r|") as tar,
        ):
            for member in tar:
                name = member.name.removeprefix(f"{FOLDER}/")
                if described is not None and name not in described:
                    _refuse(path, f"{name!r} differs from the manifest")
                stream = tar.extractfile(member)
                body = stream.read() if stream else b""
                if described is None:
                    described = _read_manifest(path, name, body)
                    total = len(described)
                elif described.pop(name, None) != _described_as(body):
                    _refuse(path, f"{name!r} differs from the manifest")
                progress.report(phase, total - len(described), total, "files")
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
    if described is None:
        described = {MANIFEST: (0, "")}
    if described:
        missing = ", ".join(described)
        _refuse(path, f"is cut off: {missing} missing")


def _read_manifest(
    path: Path,
    name: str,
    body: bytes,
) -> dict[str, tuple[int, str]]:
    """The size and checksum of each file by name. Raises StoreError."""
    files: dict[str, tuple[int, str]] = {}
    try:
        manifest = json.loads(body) if name == MANIFEST else {}
        version = manifest["papertrack"]
        if version > FORMAT:
            raise StoreError(
                f"{path}: made by a newer papertrack (format {version}); upgrade "
                "papertrack to restore it"
            )
        for one in manifest["files"]:
            files[one["name"]] = (one["size"], one["sha256"])
        str(manifest["made"])
    except (ValueError, KeyError, TypeError, RecursionError):
        _refuse(path, "has no valid manifest of papertrack")
    for one in files:
        if not isinstance(one, str) or not LIBRARY_FILE.fullmatch(one):
            _refuse(path, f"{one!r} is not a file of a library")
    return files


def _refuse(path: Path, reason: str) -> NoReturn:
    raise StoreError(f"{path}: {reason}; nothing was changed, use another backup")
