"""A folder of files that papertrack keeps as they should be: only what changed is
written, and nothing that is another's is touched.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from papertrack.core.errors import StoreError
from papertrack.storage.parts import BUFFERED, LIST, Replaced, replace

NAME = "part.jsonl"
JUNE, JULY = "month=2025-06", "month=2025-07"


def files(folder: Path) -> dict[str, str]:
    """All files below a folder but the list, and what is in them."""
    return {
        str(path.relative_to(folder)): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name != LIST
    }


def test_texts_are_added_to_the_file_of_their_folder(tmp_path: Path) -> None:
    texts = [(JUNE, "a\n"), (JULY, "b\n"), (JUNE, "c\n")]
    assert replace(tmp_path / "new/out", NAME, texts) == Replaced(2, 2, 0)
    expected = {f"{JUNE}/{NAME}": "a\nc\n", f"{JULY}/{NAME}": "b\n"}
    assert files(tmp_path / "new/out") == expected


def test_more_than_fits_into_the_buffer(tmp_path: Path) -> None:
    line = "x" * (BUFFERED // 3)
    texts = [(month, f"{line}{n}\n") for n in range(5) for month in (JUNE, JULY)]
    replace(tmp_path, NAME, texts)
    whole = "".join(f"{line}{n}\n" for n in range(5))
    assert files(tmp_path) == {f"{JUNE}/{NAME}": whole, f"{JULY}/{NAME}": whole}


@pytest.mark.parametrize(
    ("texts", "changed", "removed"),
    [
        ([(JUNE, "a\n"), (JULY, "b\n")], set(), set()),
        ([(JULY, "b\n"), (JUNE, "a\n")], set(), set()),
        ([(JUNE, "a\n"), (JULY, "B\n")], {JULY}, set()),
        (
            [(JUNE, "a\n"), (JULY, "b\n"), ("month=2025-08", "c\n")],
            {"month=2025-08"},
            set(),
        ),
        ([(JUNE, "a\n")], set(), {JULY}),
        ([(JUNE, "A\n")], {JUNE}, {JULY}),
        ([], set(), {JUNE, JULY}),
    ],
)
def test_only_what_changed_is_written(
    tmp_path: Path, texts: list[tuple[str, str]], changed: set[str], removed: set[str]
) -> None:
    replace(tmp_path, NAME, [(JUNE, "a\n"), (JULY, "b\n")])
    before = {
        path.parent.name: path.stat().st_mtime_ns for path in tmp_path.glob(f"*/{NAME}")
    }
    parts = {part for part, _ in texts}
    result = replace(tmp_path, NAME, texts)
    assert result == Replaced(len(parts), len(changed), len(removed))
    after = {
        path.parent.name: path.stat().st_mtime_ns for path in tmp_path.glob(f"*/{NAME}")
    }
    assert {
        part for part in after if part in before and after[part] == before[part]
    } == set(before) - changed - removed
    assert set(after) == parts
    assert {path.name for path in tmp_path.iterdir()} == parts | {LIST}
    assert replace(tmp_path, NAME, texts) == Replaced(len(parts), 0, 0)


@pytest.mark.parametrize(
    "other",
    [
        "notes.txt",
        f"{JUNE}/notes.txt",
        f"{JULY}/.hidden",
        f"month=2020-01/{NAME}",
        f"{NAME}",
        f"deep/{JUNE}/{NAME}",
        "_SUCCESS",
    ],
)
def test_other_files_stay(tmp_path: Path, other: str) -> None:
    path = tmp_path / other
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("mine")
    for texts in ([(JUNE, "a\n"), (JULY, "b\n")], [(JUNE, "c\n")], []):
        replace(tmp_path, NAME, texts)
        assert path.read_text() == "mine"
    assert files(tmp_path) == {other: "mine"}


def test_a_file_of_the_same_name_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / JULY).mkdir()
    (tmp_path / JULY / NAME).write_text("mine")
    with pytest.raises(StoreError, match=f"{JULY}/{NAME}: not written by papertrack"):
        replace(tmp_path, NAME, [(JUNE, "a\n"), (JULY, "b\n")])
    assert files(tmp_path) == {f"{JULY}/{NAME}": "mine"}
    assert [path.name for path in tmp_path.iterdir()] == [JULY]


@pytest.mark.parametrize("texts", [[(JUNE, "b\n")], []])
def test_no_link_is_followed(tmp_path: Path, texts: list[tuple[str, str]]) -> None:
    folder, elsewhere = tmp_path / "out", tmp_path / "elsewhere"
    replace(folder, NAME, [(JUNE, "a\n")])
    (folder / JUNE).rename(elsewhere)
    (folder / JUNE).symlink_to(elsewhere)
    with pytest.raises(StoreError, match="is a link"):
        replace(folder, NAME, texts)
    assert files(elsewhere) == {NAME: "a\n"}


@pytest.mark.parametrize("part", ["..", ".", "", "../victim", "/tmp", "a/b", "\x00"])
def test_a_list_leads_nowhere_else(tmp_path: Path, part: str) -> None:
    victim = tmp_path / "victim"
    folder = tmp_path / "out"
    for place in (victim, folder / "a/b", folder, tmp_path):
        place.mkdir(parents=True, exist_ok=True)
        (place / NAME).write_text("mine")
    (folder / LIST).write_text(json.dumps({"parts": [part]}))
    before = files(tmp_path)
    replace(folder, NAME, [])
    assert files(tmp_path) == before


@pytest.mark.parametrize(
    "text", ["", "{", "[]", "{}", '{"parts": 1}', '{"parts": [1]}']
)
def test_a_damaged_list_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / LIST).write_text(text)
    with pytest.raises(StoreError, match=f"{LIST}: not a list of files by papertrack"):
        replace(tmp_path, NAME, [(JUNE, "a\n")])
    assert files(tmp_path) == {}


def test_a_failure_changes_nothing(tmp_path: Path) -> None:
    def broken() -> Iterator[tuple[str, str]]:
        yield JUNE, "b\n"
        yield "month=2025-08", "c\n"
        raise StoreError("the end")

    replace(tmp_path, NAME, [(JUNE, "a\n"), (JULY, "b\n")])
    before = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*/*")}
    with pytest.raises(StoreError, match="the end"):
        replace(tmp_path, NAME, broken())
    after = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*/*")}
    assert after == before
    assert len(list(tmp_path.iterdir())) == 3


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission(tmp_path: Path) -> None:
    tmp_path.chmod(0o500)
    try:
        with pytest.raises(StoreError, match="Permission denied"):
            replace(tmp_path, NAME, [(JUNE, "a\n")])
    finally:
        tmp_path.chmod(0o700)


def test_a_file_in_place_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / JUNE).write_text("mine")
    with pytest.raises(StoreError, match=JUNE):
        replace(tmp_path, NAME, [(JUNE, "a\n")])
    assert files(tmp_path) == {JUNE: "mine"}
