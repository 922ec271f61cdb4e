"""Several files replaced together: all or none, wherever the process is killed."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import pytest

from papertrack.core.errors import StoreError
from papertrack.storage import journal, layout, plans
from papertrack.storage import transaction as replacing
from papertrack.storage.folder import Folder
from papertrack.storage.lock import locked
from papertrack.storage.reading import by_key, read_tables
from papertrack.storage.transaction import transaction
from tests.helpers import kill as killing
from tests.helpers.files import contents, folder_of

OLD = {
    "marks.json": b"old m",
    "desk.json": b"old d",
    "papers/2025-10.json": b"o10",
    "papers/2025-11.json": b"o11",
}
NEW = {
    "marks.json": b"new m",
    "desk.json": b"new d",
    "papers/2025-11.json": b"n11",
    "papers/2025-12.json": b"n12",
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "papers").mkdir()
    for name, body in OLD.items():
        (tmp_path / name).write_bytes(body)
    (tmp_path / "papers" / "mine.txt").write_bytes(b"mine")
    return tmp_path


def stamp(path: Path) -> layout.Stamp:
    return layout.stamp_of(path.stat())


def tree(root: Path) -> dict[str, bytes]:
    """The files of a library, without one of the reader's own."""
    found = contents(root)
    assert found.pop("papers/mine.txt") == b"mine"
    return found


def replace_all(folder: Folder) -> None:
    """Replace the whole library by NEW."""
    with transaction(folder) as changes:
        for name in layout.months(folder.root):
            changes.delete(name)
        for name, body in NEW.items():
            changes.put(name, body)


def test_all_files_are_replaced_and_other_months_deleted(root: Path) -> None:
    (root / "marks.json").chmod(0o640)
    replace_all(folder_of(root))
    assert tree(root) == NEW
    assert (root / "marks.json").stat().st_mode & 0o777 == 0o640
    assert (root / "papers/2025-12.json").stat().st_mode & 0o777 == 0o600


def test_other_files_are_not_deleted(root: Path) -> None:
    with transaction(folder_of(root)) as changes:
        for name, body in NEW.items():
            changes.put(name, body)
    assert tree(root) == {**OLD, **NEW}


def test_a_link_is_replaced_at_its_target(
    root: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    real = tmp_path_factory.mktemp("elsewhere") / "marks.json"
    (root / "marks.json").rename(real)
    (root / "marks.json").symlink_to(real)
    replace_all(folder_of(root)._replace(linked=(root,)))
    assert (root / "marks.json").is_symlink()
    assert real.read_bytes() == b"new m"


def killed(root: Path, number: int) -> bool:
    """Whether a child was killed at the line `number` of the modules that replace
    files.
    """
    return killing.killed(
        lambda: replace_all(folder_of(root)),
        number,
        modules=(replacing, journal, plans, shutil),
    )


def test_after_a_kill_at_any_line_the_next_command_sees_all_or_nothing(
    tmp_path: Path,
) -> None:
    number, outcomes = 0, []
    while True:
        root = tmp_path / str(number)
        (root / "papers").mkdir(parents=True)
        for name, body in {**OLD, "papers/mine.txt": b"mine"}.items():
            (root / name).write_bytes(body)
        was_killed = killed(root, number)
        with locked(folder_of(root)):
            pass
        left = tree(root)
        assert left in (OLD, NEW), number
        outcomes.append(left == NEW)
        if not was_killed:
            break
        number += 9
    assert outcomes == sorted(outcomes), (
        "old up to the one moment that decides, new from there on"
    )
    assert outcomes.count(False) > 5
    assert outcomes.count(True) > 5


def test_a_failure_while_staging_changes_nothing(root: Path) -> None:
    def fail() -> None:
        with transaction(folder_of(root)) as changes:
            changes.put("marks.json", b"new")
            raise StoreError("x: broken")

    with pytest.raises(StoreError, match="x: broken"):
        fail()
    assert tree(root) == OLD
    assert not list(root.glob(".staging*"))


# ------------------------------------------------------------------ transaction


def marks(root: Path) -> dict[str, Any]:
    return by_key(read_tables(root / "marks.json").get("marks", {}))


def test_the_changes_of_a_step_are_written_at_its_end(tmp_path: Path) -> None:
    with transaction(folder_of(tmp_path)) as changes:
        changes.set("marks.json", "marks", {"a": {"key": "a"}, "b": {"key": "b"}})
        changes.set("papers/2025-11.json", "papers", {"a": {"key": "a", "said": {}}})
        changes.set("marks.json", "marks", {"b": None})
        assert not (tmp_path / "marks.json").exists()
    assert marks(tmp_path) == {"a": {"key": "a"}}
    assert (tmp_path / "papers/2025-11.json").exists()


def test_nothing_is_written_if_the_step_fails(root: Path) -> None:
    def fail() -> None:
        with transaction(folder_of(root)) as changes:
            changes.put("desk.json", b"{}")
            changes.delete("papers/2025-10.json")
            changes.set("marks.json", "marks", {"a": {"key": "a"}})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert tree(root) == OLD


def test_one_file_that_cannot_be_read_leaves_all_unchanged(root: Path) -> None:
    def fail() -> None:
        with transaction(folder_of(root)) as changes:
            new = {"a": {"key": "a", "said": {}}}
            changes.set("papers/2025-12.json", "papers", new)
            changes.set("marks.json", "marks", {"a": {"key": "a"}})

    with pytest.raises(StoreError, match=r"marks\.json: line 1"):
        fail()
    assert tree(root) == OLD


def test_a_commit_reports_the_stamps_of_files(tmp_path: Path) -> None:
    known: dict[str, layout.Stamp] = {}
    for note in ("old", "new"):
        with transaction(folder_of(tmp_path), known.get) as changes:
            document = {"key": "a", "note": note}
            changes.set("marks.json", "marks", {"a": document})
            written = changes.commit()
        before, after = known.get("marks.json"), stamp(tmp_path / "marks.json")
        expected = layout.Written(before, after)
        assert written == {"marks.json": expected}
        known["marks.json"] = after


def test_a_file_changed_since_its_stamp_is_parsed(tmp_path: Path) -> None:
    path = tmp_path / "marks.json"
    path.write_text('{"marks":{\n"7":{"key":"b"}\n}}\n', encoding="utf-8")
    known = stamp(path)
    path.write_text('{"marks": {"7": {"key": "c"}}}', encoding="utf-8")
    with transaction(folder_of(tmp_path), lambda name: known) as changes:
        changes.set("marks.json", "marks", {"a": {"key": "a"}})
        assert changes.commit()["marks.json"].before != known
    assert marks(tmp_path).keys() == {"a", "c"}


def test_setting_the_same_value_writes_nothing(tmp_path: Path) -> None:
    with transaction(folder_of(tmp_path)) as changes:
        changes.set("marks.json", "marks", {"a": {"key": "a"}})
    before = stamp(tmp_path / "marks.json")
    with transaction(folder_of(tmp_path)) as changes:
        changes.set("marks.json", "marks", {"a": {"key": "a"}, "b": None})
        assert changes.commit() == {}
    assert stamp(tmp_path / "marks.json") == before


def test_a_file_can_be_replaced_and_then_edited(root: Path) -> None:
    with transaction(folder_of(root)) as changes:
        changes.put("marks.json", b'{"marks": {"1": {"key": "a"}}}')
        changes.delete("desk.json")
        changes.set("desk.json", "views", {"v": {"key": "v"}})
        changes.set("marks.json", "marks", {"b": {"key": "b"}})
    assert marks(root).keys() == {"a", "b"}
    assert read_tables(root / "desk.json")["views"] == {"1": {"key": "v"}}
