"""Restoring a backup: all or nothing, the previous library saved, undo across it."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Callable
from pathlib import Path

import pytest

from papertrack.core.errors import StoreError
from papertrack.core.facts import Facts
from papertrack.library import restore as restoring
from papertrack.query.language import Everything
from papertrack.query.views import View
from papertrack.storage import (
    archive,
    backups,
    journal,
    layout,
    plans,
    reading,
    transaction,
)
from papertrack.storage.folder import staged
from papertrack.storage.lock import locked
from papertrack.storage.plans import Journal, Plan
from tests.helpers import kill as killing
from tests.helpers.libraries import Library

Make = Callable[..., Facts]
ONE, TWO, THREE = (f"arxiv:2511.0000{number}" for number in (1, 2, 3))
NOW = "2025-11-24T12:00:00Z"


def tag(library: Library, key: str, *tags: str) -> None:
    library.marking.mark(
        [key],
        lambda mark: mark._replace(tags=tags),
        what=lambda count: f"tagged {key} {tags}",
    )


def papers(library: Library) -> dict[str, tuple[str, ...]]:
    """The tags of each paper by its key, as a fresh reader sees them."""
    fresh = Library(library.root, library.cache, now=NOW)
    found = {paper.key: paper.tags for paper in fresh.index.search(Everything()).papers}
    fresh.index.close()
    return found


@pytest.fixture
def filled(library: Library, facts: Make) -> Library:
    library.adding.add(
        {
            "hf": [
                facts("2511.00001", listed="2025-11-07"),
                facts("2511.00002", listed="2025-10-07"),
            ]
        }
    )
    tag(library, ONE, "old")
    library.settings.save_view(View("v", "is:unread", NOW), what="saved v")
    return library


@pytest.fixture
def backup(filled: Library, facts: Make, tmp_path: Path) -> Path:
    """A backup of `filled`, which has changed since: another paper, another month,
    other tags, another view.
    """
    out = tmp_path / "backup.tar.gz"
    archive.pack(filled.root, out, now=NOW)
    filled.adding.add({"hf": [facts("2511.00003", listed="2025-09-07")]})
    tag(filled, ONE, "new")
    tag(filled, TWO, "more")
    filled.settings.save_view(View("w", "is:read", NOW), what="saved w")
    return out


OLD = {ONE: ("old",), TWO: ()}
NEW = {ONE: ("new",), TWO: ("more",), THREE: ()}


def test_the_library_is_restored_and_the_previous_one_saved(
    filled: Library, backup: Path
) -> None:
    before = {
        name: (filled.root / name).read_bytes() for name in archive.names(filled.root)
    }
    aside = restoring.restore(filled, backup, what="restored")
    assert papers(filled) == OLD
    assert list(filled.settings.views()) == ["v"]
    assert not (filled.root / "papers" / "2025-09.json").exists()
    assert aside is not None
    assert {
        name: body for name, body in archive.unpack(aside) if name != archive.MANIFEST
    } == before


def test_undo_reaches_across_a_restore(filled: Library, backup: Path) -> None:
    restoring.restore(filled, backup, what="restored")
    tag(filled, TWO, "later")
    assert [step.what for step in filled.marking.undo().steps] == [
        f"tagged {TWO} ('later',)"
    ]
    assert papers(filled) == OLD
    assert [step.what for step in filled.marking.undo().steps] == ["restored"]
    assert papers(filled) == NEW
    assert sorted(filled.settings.views()) == ["v", "w"]
    assert [step.what for step in filled.marking.undo(2).steps] == [
        "saved w",
        f"tagged {TWO} ('more',)",
    ]
    assert papers(filled) == {**NEW, TWO: ()}
    assert filled.marking.redo()
    assert filled.marking.redo()
    assert papers(filled) == OLD
    assert list(filled.settings.views()) == ["v"]


def test_an_empty_library_is_filled_and_continues_the_log_of_the_backup(
    backup: Path, tmp_path: Path
) -> None:
    fresh = Library(tmp_path / "fresh", tmp_path / "fresh-cache", now=NOW)
    assert restoring.restore(fresh, backup, what="restored") is None
    assert papers(fresh) == OLD
    assert [step.what for step, _ in fresh.log()] == [
        "restored",
        "saved v",
        f"tagged {ONE} ('old',)",
        "added 2 papers",
    ]


@pytest.mark.parametrize("broken", ["marks.json", "desk.json", "papers/2025-11.json"])
def test_an_unreadable_library_is_replaced(
    filled: Library, backup: Path, broken: str
) -> None:
    (filled.root / broken).write_bytes(b'{"half": ')
    filled.index.close()
    library = Library(filled.root, filled.cache, now=NOW)
    aside = restoring.restore(library, backup, what="restored")
    assert papers(library) == OLD
    assert aside is not None
    assert dict(archive.unpack(aside))[broken] == b'{"half": '


def test_a_rolling_backup_restores_only_the_marks(
    filled: Library, backup: Path
) -> None:
    later = Library(filled.root, filled.cache, now="2025-11-25T12:00:00Z")
    tag(later, TWO, "even", "more")
    (copy,) = [
        one.path
        for one in backups.copies(filled.root, layout.MARKS)
        if one.day == "2025-11-25"
    ]
    assert restoring.find(filled.root, Path(copy.name)) == copy
    assert restoring.check(copy) == archive.Contents(
        "2025-11-25", ("marks.json",), papers=0, marks=2
    )
    assert restoring.restore(later, copy, what="restored") is None
    assert papers(later) == NEW
    later.marking.undo()
    assert papers(later) == {**NEW, TWO: ("even", "more")}
    (filled.root / layout.MARKS).write_bytes(b"")
    aside = restoring.restore(later, copy, what="restored")
    assert aside is not None
    assert aside.read_bytes() == b""
    assert papers(later) == NEW
    assert sorted(later.settings.views()) == ["v", "w"]


def test_a_rolling_backup_restores_only_the_settings(
    filled: Library, backup: Path
) -> None:
    copy = filled.root / layout.BACKUPS / "desk-0009-2025-11-20.json"
    copy.parent.mkdir(exist_ok=True)
    copy.write_bytes(dict(archive.unpack(backup))[layout.DESK])
    for broken in (False, True):
        if broken:
            (filled.root / layout.DESK).write_bytes(b"[]")
        restoring.restore(filled, copy, what="restored")
        assert papers(filled) == NEW
        assert list(filled.settings.views()) == ["v"]
        if not broken:
            filled.marking.undo()
            assert sorted(filled.settings.views()) == ["v", "w"]


def test_another_process_completes_an_interrupted_restore(
    filled: Library, backup: Path
) -> None:
    """A reader sees the complete new state if the restore was killed after its commit."""
    child = os.fork()
    if not child:
        decide = plans.decide

        def and_die(journal: Journal, plan: Plan) -> None:
            decide(journal, plan)
            os.kill(os.getpid(), signal.SIGKILL)

        plans.decide = and_die
        restoring.restore(filled, backup, what="restored")
        os._exit(1)
    assert os.WIFSIGNALED(os.waitpid(child, 0)[1])
    assert staged(filled.root)
    assert papers(filled) == OLD
    assert not staged(filled.root)
    with locked(filled.folder):
        pass


def test_a_reader_during_a_restore_sees_the_previous_state(
    filled: Library, facts: Make, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    filled.adding.add({"hf": [facts("2511.00002", listed="2025-10-07", upvotes=9)]})
    months = [
        filled.root / "papers" / name for name in ("2025-09.json", "2025-10.json")
    ]

    def read() -> list[tuple[str, int | None]]:
        fresh = Library(filled.root, filled.cache, now=NOW)
        found = sorted(
            (paper.key, paper.upvotes)
            for paper in fresh.index.search(Everything()).papers
        )
        fresh.index.close()
        return found

    standing = [(ONE, None), (TWO, 9), (THREE, None)]
    assert read() == standing
    for path in months:
        os.utime(path)
    read_tables = reading.read_tables
    met: list[Path] = []

    def while_it_is_restored(path: Path) -> reading.Tables:
        tables = read_tables(path)
        if path in months and not met:
            met.append(path)
            # in a process of its own, which the index that is being written keeps
            # waiting
            child = os.fork()
            if not child:
                monkeypatch.undo()
                monkeypatch.setattr("papertrack.index.database.WRITER_SECONDS", 0.05)
                restoring.restore(
                    Library(filled.root, filled.cache, now=NOW), backup, what="restored"
                )
                os._exit(0)
            assert os.waitpid(child, 0)[1] == 0
        return tables

    monkeypatch.setattr(reading, "read_tables", while_it_is_restored)
    assert read() == standing
    assert met
    monkeypatch.undo()
    assert read() == [(ONE, None), (TWO, None)]


def test_the_last_ten_saved_libraries_and_the_restored_one_remain(
    filled: Library, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(backups, "MAX_SAVED", 2)
    first = restoring.restore(filled, backup, what="restored")
    assert first is not None
    restoring.restore(filled, backup, what="again")
    restoring.restore(filled, first, what="back")
    assert papers(filled) == NEW
    assert len(list((filled.root / layout.BACKUPS).glob("before-*"))) == 2


def test_a_missing_archive_of_previous_papers_is_reported(
    filled: Library, backup: Path
) -> None:
    aside = restoring.restore(filled, backup, what="restored")
    assert aside is not None
    aside.unlink()
    before = json.loads((filled.root / layout.DESK).read_text())
    with pytest.raises(StoreError, match=rf"{aside.name}: No such file"):
        filled.marking.undo()
    assert json.loads((filled.root / layout.DESK).read_text()) == before
    assert papers(filled) == OLD


def killed(step: Callable[[], object], number: int) -> bool:
    """Whether a child that runs `step` was killed at the line `number` of the modules
    that restore.
    """
    modules = (restoring, transaction, journal, backups)
    return killing.killed(step, number, modules=modules)


def test_killed_at_any_line_the_library_is_the_old_or_the_new(
    filled: Library, backup: Path
) -> None:
    number, seen = 0, []
    while True:
        library = Library(filled.root, filled.cache, now=NOW)
        was_killed = killed(
            lambda library=library: restoring.restore(library, backup, what="restored"),
            number,
        )
        state = papers(filled)
        assert state in (NEW, OLD), number
        seen.append(state == OLD)
        if state == OLD:
            assert (
                Library(filled.root, filled.cache, now=NOW).marking.undo().steps[0].what
                == "restored"
            )
            assert papers(filled) == NEW
        if not was_killed:
            break
        number += 23
    assert seen == sorted(seen)
    assert 3 < seen.count(False) < len(seen) - 3
