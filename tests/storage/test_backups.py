"""Rolling backups: made before the first write of a day, the last 30 remain, whatever the
clock says.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from papertrack.core.errors import StoreError
from papertrack.core.facts import Facts
from papertrack.storage import backups, layout
from tests.helpers.libraries import Library

Make = Callable[..., Facts]
KEY = "arxiv:2511.00001"
FIRST = date(2026, 1, 1)


@pytest.fixture
def on(tmp_path: Path, facts: Make) -> Callable[[object], Library]:
    """`on(day)`: the library with one paper, at noon of that day."""
    root, cache = tmp_path / "library", tmp_path / "cache"
    Library(root, cache, now="2025-12-31T12:00:00Z").adding.add(
        {"hf": [facts("2511.00001", listed="2025-11-07")]}
    )
    return lambda day: Library(root, cache, now=f"{day}T12:00:00Z")


def tag(library: Library, *tags: str) -> None:
    library.marking.mark([KEY], lambda mark: mark._replace(tags=tags), what=str)


def hand(library: Library, *tags: str) -> None:
    """Like `tag`, in a hundredth of the time: writes the file after `backups` copied
    it.
    """
    backups.keep(library.root, layout.MARKS, library.now)
    marks = {
        "marks": {"1": {"key": KEY, "tags": tags}},
        "format": {"1": {"version": 1}},
    }
    (library.root / layout.MARKS).write_text(json.dumps(marks), encoding="utf-8")


def copies_of(library: Library, name: str = layout.MARKS) -> dict[str, list[str]]:
    """The tags of the one paper in each rolling backup, by the backup's name."""
    found = {}
    for copy in backups.copies(library.root, name):
        (mark,) = json.loads(copy.path.read_text(encoding="utf-8"))["marks"].values()
        found[copy.path.name] = mark["tags"]
    return found


def test_a_file_is_copied_before_the_first_write_of_a_day(
    on: Callable[[object], Library],
) -> None:
    tag(on("2026-01-01"), "a")
    assert copies_of(on("2026-01-01")) == {}, "there was nothing to copy"
    tag(on("2026-01-02"), "b")
    tag(on("2026-01-02"), "c")
    tag(on("2026-01-05"), "d")
    assert copies_of(on("2026-01-05")) == {
        "marks-0001-2026-01-02.json": ["a"],
        "marks-0002-2026-01-05.json": ["c"],
    }
    steps = [
        json.loads(copy.path.read_text())["undo"]
        for copy in backups.copies(on("").root, layout.DESK)
    ]
    assert [len(step) for step in steps] == [1, 2, 4], "desk.json is copied as well"


def test_the_last_thirty_copies_remain(on: Callable[[object], Library]) -> None:
    for number in range(33):
        hand(on(FIRST + timedelta(number)), f"t{number:02}")
    assert list(copies_of(on("")).values()) == [
        [f"t{number:02}"] for number in range(2, 32)
    ]


def test_the_largest_copy_is_never_deleted(
    on: Callable[[object], Library],
) -> None:
    hand(on(FIRST), *(f"a-tag-among-many-{number}" for number in range(50)))
    for number in range(1, 50):
        hand(on(FIRST + timedelta(number)), f"t{number}")
    found = list(copies_of(on("")).values())
    assert len(found) == 31
    assert len(found[0]) == 50
    assert [tags[0] for tags in found[1:]] == [f"t{number}" for number in range(19, 49)]


def test_a_clock_set_back_a_year_and_forth_neither_deletes_nor_skips(
    on: Callable[[object], Library],
) -> None:
    days = [FIRST + timedelta(number) for number in range(31)]
    back = [day - timedelta(365) for day in days[:3]]
    for number, day in enumerate([*days, *back, days[-1]]):
        hand(on(day), f"t{number:02}")
    found = copies_of(on(""))
    assert list(found.values()) == [[f"t{number:02}"] for number in range(4, 34)]
    assert list(found)[-4:] == [
        f"marks-{number:04}-{day}.json"
        for number, day in zip(range(31, 35), [*back, days[-1]], strict=True)
    ]


def test_without_a_backup_the_mark_is_not_written(
    on: Callable[[object], Library],
) -> None:
    tag(on("2026-01-01"), "a")
    library = on("2026-01-02")
    shutil.rmtree(library.root / layout.BACKUPS)
    (library.root / layout.BACKUPS).write_text("in the way")
    before = (library.root / layout.MARKS).read_bytes()
    with pytest.raises(StoreError, match=r"backups: is not a folder"):
        tag(library, "b")
    assert (library.root / layout.MARKS).read_bytes() == before


def test_an_unreadable_file_is_reported_with_its_newest_readable_backup(
    on: Callable[[object], Library],
) -> None:
    for number in range(4):
        tag(on(FIRST + timedelta(number)), f"t{number}")
    root = on("").root
    copies = sorted((root / layout.BACKUPS).glob("marks-*"))
    copies[-1].write_bytes(b"")
    (root / layout.MARKS).write_text('{"marks":\n{"1": ')
    with pytest.raises(StoreError) as caught:
        tag(on("2026-02-02"), "x")
    assert f"{layout.MARKS}: line 2 column 7: " in str(caught.value)
    assert f"papertrack restore {copies[-2].name}" in str(caught.value)
    assert len(list((root / layout.BACKUPS).glob("marks-*"))) == 3, (
        "no copy of what is broken"
    )
