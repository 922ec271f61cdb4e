"""Several files replaced together: all of them, or none."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from papertrack.core.errors import StoreError
from papertrack.storage.file_batch import Change, replace_files


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "notes"
    folder.mkdir()
    for name in "abc":
        (folder / name).write_bytes(b"old " + name.encode())
    return folder


def change(path: Path) -> Change:
    before = path.read_bytes() if path.exists() else None
    return Change(path, before, b"new")


@pytest.mark.parametrize("count", [1, 3, 101])
def test_all_files_are_written(folder: Path, count: int) -> None:
    paths = [folder / f"{number}" for number in range(count)]
    replace_files(folder, [*map(change, paths), change(folder / "a")])
    written = {path.name: b"new" for path in paths} | {"a": b"new"}
    assert contents(folder) == {"b": b"old b", "c": b"old c", **written}
    assert len(list(folder.iterdir())) == count + 3


def test_a_folder_is_created(tmp_path: Path) -> None:
    folder = tmp_path / "x" / "y"
    replace_files(folder, [Change(folder / "a", None, b"new")])
    assert contents(folder) == {"a": b"new"}


def test_a_replaced_file_keeps_its_mode(folder: Path) -> None:
    (folder / "a").chmod(0o600)
    replace_files(folder, [change(folder / "a")])
    assert stat.S_IMODE((folder / "a").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("meddle", "names"),
    [
        (lambda folder: (folder / "b").write_bytes(b"mine"), "abc"),
        (lambda folder: (folder / "b").unlink(), "abc"),
        (lambda folder: (folder / "d").write_bytes(b"mine"), "abd"),
        (lambda folder: (folder / "d").write_bytes(b""), "d"),
        (lambda folder: (folder / "c").write_bytes(b"old c "), "abc"),
    ],
)
def test_what_was_changed_meanwhile_stops_all(
    folder: Path, meddle: Callable[[Path], object], names: str
) -> None:
    changes = [change(folder / name) for name in names]
    meddle(folder)
    before = contents(folder)
    with pytest.raises(
        StoreError, match="it was changed meanwhile; nothing was written"
    ):
        replace_files(folder, changes)
    assert contents(folder) == before
    assert not list(folder.glob(".*"))


@pytest.mark.parametrize("count", [0, 1, 5])
def test_an_error_while_files_are_made_stops_all(folder: Path, count: int) -> None:
    def changes() -> Iterator[Change]:
        for number in range(count):
            yield change(folder / f"{number}")
        raise ValueError("in the middle")

    before = contents(folder)
    with pytest.raises(ValueError, match="in the middle"):
        replace_files(folder, changes())
    assert contents(folder) == before
    assert not list(folder.glob(".*"))


@pytest.mark.parametrize("missing", ["no/a", "a/b"])
def test_a_file_that_can_not_be_written_stops_all(folder: Path, missing: str) -> None:
    before = contents(folder)
    changes = [Change(folder / "new", None, b"x"), Change(folder / missing, b"y", b"x")]
    with pytest.raises(StoreError):
        replace_files(folder, changes)
    assert contents(folder) == before


def test_a_folder_that_was_new_is_removed(tmp_path: Path) -> None:
    folder = tmp_path / "new"
    with pytest.raises(StoreError):
        replace_files(folder, [Change(folder / "a", b"it was here", b"x")])
    assert not folder.exists()


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission_stops_all(folder: Path) -> None:
    closed = folder / "closed"
    closed.mkdir()
    (closed / "x").write_bytes(b"old")
    closed.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="closed: no permission to write"):
            replace_files(folder, [change(folder / "a"), change(closed / "x")])
    finally:
        closed.chmod(0o700)
    assert contents(folder)["a"] == b"old a"
