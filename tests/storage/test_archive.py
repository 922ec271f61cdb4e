"""A library in one file: complete, checked, restorable by hand, and refused if anything
differs.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import subprocess
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from papertrack.core.errors import StoreError
from papertrack.core.facts import Facts
from papertrack.storage import archive
from papertrack.storage.lock import locked
from tests.helpers.libraries import Library

Make = Callable[..., Facts]
KEY = "arxiv:2511.00001"
NOW = "2025-11-24T12:00:00Z"


@pytest.fixture
def packed(filled: Library, tmp_path: Path) -> Path:
    out = tmp_path / "out" / "backup.tar.gz"
    with locked(filled.folder):
        archive.pack(filled.root, out, now=NOW)
    return out


def bodies(root: Path) -> dict[str, bytes]:
    return {name: (root / name).read_bytes() for name in archive.names(root)}


def test_an_archive_contains_the_library(filled: Library, packed: Path) -> None:
    (filled.root / "papers" / "notes.txt").write_text("by hand")
    files = {
        name: body for name, body in archive.unpack(packed) if name != archive.MANIFEST
    }
    assert files == bodies(filled.root)
    assert sorted(files) == [
        "desk.json",
        "marks.json",
        "papers/2025-10.json",
        "papers/2025-11.json",
    ]
    assert archive.check(packed) == archive.Contents(
        NOW, tuple(sorted(files)), papers=2, marks=1
    )
    assert packed.stat().st_mode & 0o777 == 0o600
    assert [path.name for path in packed.parent.iterdir()] == [packed.name]


def test_an_archive_of_the_same_library_is_the_same(
    filled: Library, packed: Path, tmp_path: Path
) -> None:
    archive.pack(filled.root, tmp_path / "again.tar.gz", now=NOW)
    assert (tmp_path / "again.tar.gz").read_bytes() == packed.read_bytes()


def test_tar_unpacks_a_library(filled: Library, packed: Path, tmp_path: Path) -> None:
    subprocess.run(["tar", "-xzf", str(packed), "-C", str(tmp_path)], check=True)
    root = tmp_path / "papertrack"
    assert bodies(root) == bodies(filled.root)
    by_hand = Library(root, tmp_path / "other-cache", now=NOW)
    assert by_hand.get(KEY).note == "Ünïcode.\nAnd more. "
    assert by_hand.marking.undo() is not None


def test_an_unreadable_file_is_not_packed_if_checked(
    filled: Library, packed: Path
) -> None:
    before = packed.read_bytes()
    (filled.root / "marks.json").write_text('{"marks": ')
    with pytest.raises(StoreError, match=r"marks\.json: line 1 column 11"):
        archive.pack(filled.root, packed, now=NOW)
    assert packed.read_bytes() == before
    archive.pack(filled.root, packed, now=NOW, checked=False)
    assert dict(archive.unpack(packed))["marks.json"] == b'{"marks": '
    with pytest.raises(StoreError, match=r"marks\.json: line 1 column 11"):
        archive.check(packed)


# ------------------------------------------------------------------ refusals


def rewrite(
    packed: Path, change: Callable[[list[tuple[tarfile.TarInfo, bytes]]], Any]
) -> None:
    """Rewrite the archive with changed members."""
    with tarfile.open(packed) as tar:
        members = [(member, tar.extractfile(member).read()) for member in tar]  # type: ignore[union-attr]
    change(members)
    with tarfile.open(packed, "w:gz") as tar:
        for member, body in members:
            member.size = len(body) if member.isreg() else 0
            tar.addfile(member, io.BytesIO(body))


def rename(
    number: int, name: str
) -> Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]:
    """Rename a member, and its name in the manifest."""

    def change(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        manifest = json.loads(members[0][1])
        manifest["files"][number - 1]["name"] = name
        members[0] = (members[0][0], json.dumps(manifest).encode())
        members[number][0].name = f"papertrack/{name}"

    return change


def kind(
    number: int, what: bytes
) -> Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]:
    def change(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        members[number][0].type = what
        members[number][0].linkname = "/etc/passwd"

    return change


def stated(
    name: str, value: object
) -> Callable[[list[tuple[tarfile.TarInfo, bytes]]], None]:
    def change(members: list[tuple[tarfile.TarInfo, bytes]]) -> None:
        manifest = {**json.loads(members[0][1]), name: value}
        members[0] = (members[0][0], json.dumps(manifest).encode())

    return change


REFUSED: dict[str, tuple[Callable[[list[tuple[tarfile.TarInfo, bytes]]], Any], str]] = {
    "a byte differs": (
        lambda m: m.__setitem__(2, (m[2][0], m[2][1][:-2] + b" }")),
        "differs from the manifest",
    ),
    "a file is longer": (
        lambda m: m.__setitem__(2, (m[2][0], m[2][1] + b" ")),
        "differs from the manifest",
    ),
    "a file is missing": (lambda m: m.pop(3), "cut off"),
    "a file more": (
        lambda m: m.append((tarfile.TarInfo("papertrack/papers/x.json"), b"{}")),
        "differs from the manifest",
    ),
    "a file twice": (lambda m: m.append(m[1]), "differs from the manifest"),
    "no manifest": (lambda m: m.pop(0), "no valid manifest"),
    "nothing": (lambda m: m.clear(), "missing"),
    "an absolute path": (rename(1, "/etc/passwd"), "is not a file of a library"),
    "a path that climbs": (
        rename(1, "papers/../../x.json"),
        "is not a file of a library",
    ),
    "a hidden file": (rename(1, "papers/.x.json"), "is not a file of a library"),
    "another name": (rename(1, "x.sh"), "is not a file of a library"),
    "a symbolic link": (
        kind(1, tarfile.SYMTYPE),
        "is not a file that a backup contains",
    ),
    "a hard link": (kind(1, tarfile.LNKTYPE), "is not a file that a backup contains"),
    "a device": (kind(1, tarfile.CHRTYPE), "is not a file that a backup contains"),
    "a folder": (kind(1, tarfile.DIRTYPE), "is not a file that a backup contains"),
    "a newer version": (stated("papertrack", 2), "newer papertrack"),
    "a version that is none": (stated("papertrack", "x"), "no valid manifest"),
    "files that are none": (stated("files", [1]), "no valid manifest"),
    "files without names": (
        stated("files", [{"name": 5, "size": 1, "sha256": ""}]),
        "is not a file of a library",
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_an_archive_that_differs_from_its_manifest_is_refused(
    packed: Path, what: str
) -> None:
    change, message = REFUSED[what]
    rewrite(packed, change)
    with pytest.raises(StoreError) as caught:
        archive.check(packed)
    assert str(caught.value).startswith(f"{packed}: ")
    assert message in str(caught.value)


def test_an_archive_cut_off_or_damaged_anywhere_is_refused_or_whole(
    packed: Path,
) -> None:
    whole = packed.read_bytes()
    contents = archive.check(packed)
    ends = range(0, len(whole), 11)
    for damaged in [
        *(whole[:end] for end in ends),
        *(whole[:at] + b"\xff\xfe" + whole[at + 2 :] for at in ends),
    ]:
        packed.write_bytes(damaged)
        with contextlib.suppress(StoreError):
            assert archive.check(packed) == contents, (
                "what is not part of it was hit, such as the padding at its end"
            )


def test_a_newer_file_in_an_older_archive_is_refused(
    filled: Library, packed: Path
) -> None:
    (filled.root / "marks.json").write_text(
        '{"format": {"1": {"version": 2}}, "marks": {}}'
    )
    archive.pack(filled.root, packed, now=NOW, checked=False)
    with pytest.raises(StoreError, match="newer papertrack"):
        archive.check(packed)


BODIES = [
    b"",
    b"text",
    gzip.compress(b""),
    gzip.compress(b"\0" * 10240),
    gzip.compress(b"x"),
]


@pytest.mark.parametrize(
    "body", BODIES, ids=["empty", "text", "nothing", "zeros", "a letter"]
)
def test_a_file_that_is_not_an_archive_is_refused(tmp_path: Path, body: bytes) -> None:
    path = tmp_path / "x.tar.gz"
    path.write_bytes(body)
    with pytest.raises(StoreError, match=r"not a backup|cut off|no valid manifest"):
        archive.check(path)


def test_a_missing_archive_is_reported(tmp_path: Path) -> None:
    with pytest.raises(StoreError, match="No such file"):
        archive.check(tmp_path / "x.tar.gz")
