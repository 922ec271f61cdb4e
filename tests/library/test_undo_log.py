"""The undo log: any order of changes, undo and redo reaches the expected state; invalid
entries.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import papertrack.library.new_step
from papertrack.core.facts import Facts
from papertrack.library import undo_log as steps
from papertrack.library.library import Library
from papertrack.library.settings import Followed
from papertrack.query.views import View
from papertrack.storage import layout, reading

KEYS = [f"arxiv:2511.0000{number}" for number in range(4)]


@pytest.fixture
def filled(library: Library, facts: Callable[..., Facts]) -> Library:
    library.adding.add(
        {"hf": [facts(key.removeprefix("arxiv:"), title=f"Zoku {key}") for key in KEYS]}
    )
    return library


def state(library: Library) -> object:
    """The tables that undo changes, without the numbers of documents, and the marks in
    the index.
    """
    tables = {
        **reading.read_tables(library.root / layout.MARKS),
        **reading.read_tables(library.root / layout.DESK),
    }
    stored = {
        name: {one["key"]: one for one in tables.get(name, {}).values()}
        for name in ("marks", "views", "feeds")
    }
    return json.dumps(
        [stored, [paper[-5:] for paper in library.index.papers(KEYS)]], sort_keys=True
    )


def change(library: Library, number: int) -> None:
    """A change that is different for each number."""
    kind, which = number % 4, KEYS[number % 3 :]
    if kind == 0:
        library.marking.mark(
            which,
            lambda mark: mark._replace(tags=(*mark.tags, f"t{number}")),
            what=lambda n: f"tagged {n}",
        )
    elif kind == 1:
        library.marking.mark(
            which,
            lambda mark: mark._replace(note=f"Note {number}" * 20),
            what=lambda n: f"noted {n}",
        )
    elif kind == 2:
        library.settings.save_view(
            View("v", f"tag:t{number}", ""), what="saved the view @v"
        )
    else:
        library.settings.follow([Followed(f"arxiv:cs.{number}", f"n{number}")])


@settings(max_examples=10, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.sampled_from(
            ["change"] * 4 + ["undo 1", "undo 2", "undo 3", "redo", "redo"]
        ),
        max_size=12,
    )
)
def test_undo_and_redo_in_any_order_reach_the_expected_state(
    filled: Library, commands: list[str]
) -> None:
    (filled.root / layout.MARKS).unlink(missing_ok=True)
    (filled.root / layout.DESK).unlink(missing_ok=True)
    filled.index.refresh()
    timeline, at, redoable = [state(filled)], 0, list[int]()
    for number, command in enumerate(commands):
        if command == "change":
            change(filled, number)
            timeline, at, redoable = [*timeline[: at + 1], state(filled)], at + 1, []
            assert timeline[at] != timeline[at - 1]
        elif command == "redo":
            assert bool(filled.marking.redo()) == bool(redoable)
            at += redoable.pop() if redoable else 0
        else:
            taken = filled.marking.undo(int(command[-1])).steps
            assert len(taken) == min(int(command[-1]), at)
            at -= len(taken)
            redoable += [len(taken)] if taken else []
        assert state(filled) == timeline[at]


def test_a_large_step_without_marks_is_stored_in_desk_json(filled: Library) -> None:
    before = state(filled)
    filled.settings.follow(
        [
            Followed(f"https://owls.example/{number}/feed.xml", f"n{number}")
            for number in range(60)
        ]
    )
    assert not (filled.root / steps.FOLDER).exists()
    filled.marking.undo()
    assert state(filled) == before
    filled.marking.redo()
    assert len(filled.settings.followed()) == 60


def test_files_of_deleted_large_steps_are_deleted(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papertrack.library.new_step, "INLINE_BYTES", 100)
    monkeypatch.setattr(papertrack.library.new_step, "STEPS", 3)
    for number in range(6):
        filled.marking.mark(
            KEYS, lambda mark, n=number: mark._replace(note=str(n)), what=str
        )
    folder = filled.root / steps.FOLDER
    assert sorted(path.name for path in folder.iterdir()) == [
        "5.json",
        "6.json",
        "7.json",
    ]
    monkeypatch.setattr(papertrack.library.new_step, "FILE_BYTES", 1)
    filled.marking.mark(KEYS, lambda mark: mark._replace(note="last"), what=str)
    assert [path.name for path in folder.iterdir()] == ["8.json"]
    assert len(filled.marking.undo(9).steps) == 1
    assert {paper.note for paper in filled.index.papers(KEYS)} == {"5"}


@pytest.mark.parametrize(
    "broken",
    [
        {"key": "x", "changes": []},
        {"key": "7"},
        {"key": "7", "changes": {}},
        {"key": "7", "changes": [3, {"key": 1}]},
        {"key": None},
    ],
)
def test_invalid_log_entries_are_skipped(
    filled: Library, broken: dict[str, Any]
) -> None:
    filled.marking.mark(
        KEYS[:1],
        lambda mark: mark._replace(starred=True),
        what=lambda n: f"starred {n}",
    )
    path: Path = filled.root / layout.DESK
    desk = json.loads(path.read_text())
    desk["undo"]["99"] = broken
    path.write_text(json.dumps(desk))
    assert [step.what for step, _ in filled.log() if step.what] == [
        "starred 1",
        "added 4 papers",
    ]
    undone: list[str] = []
    while filled.get(KEYS[0]).starred:
        undone += [step.what for step in filled.marking.undo().steps if step.what]
    assert undone == ["starred 1"]


def test_redo_of_several_ends_before_what_was_changed_between(filled: Library) -> None:
    change(filled, 0)
    filled.marking.undo()
    change(filled, 2)
    filled.marking.undo()
    assert [step.what for step in filled.marking.redo(5).steps] == [
        "undid: saved the view @v"
    ]
    assert not filled.marking.redo()


SAID = {
    "key": f"openalex {KEYS[0]}",
    "paper": KEYS[0],
    "keys": [KEYS[0]],
    "facts": {"citations": 3, "read": "2026-11-30T12:00:00Z"},
}


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": "openalex other"},
        {"paper": None},
        {"paper": "nothing"},
        {"keys": "arxiv"},
        {"keys": [1]},
        {"facts": [1]},
        {"facts": {"citations": "many"}},
        {"facts": {"venue": 3}},
    ],
)
def test_invalid_facts_of_services_are_not_restored(
    filled: Library, wrong: dict[str, Any]
) -> None:
    change = {"table": "said", "key": SAID["key"], "before": {**SAID, **wrong}}
    step = {"key": "2", "at": "x", "what": "enriched", "changes": [change]}
    with filled.settings.edit() as edit:
        edit.set("undo", {"2": step}, undoable=False)
    filled.marking.undo(1)
    assert filled.record(KEYS[0]).said.keys() == {"hf"}


def test_facts_of_services_are_restored_where_the_paper_is_known(
    filled: Library,
) -> None:
    for number, key in enumerate((KEYS[0], "arxiv:2599.00001"), 2):
        before = {**SAID, "key": f"openalex {key}", "paper": key, "keys": [key]}
        change = {"table": "said", "key": before["key"], "before": before}
        step = {"key": str(number), "at": "x", "what": "y", "changes": [change]}
        with filled.settings.edit() as edit:
            edit.set("undo", {str(number): step}, undoable=False)
    filled.marking.undo(2)
    assert filled.record(KEYS[0]).said["openalex"] == SAID["facts"]
    assert filled.get(KEYS[0]).citations == 3
    assert not filled.index.locations(["arxiv:2599.00001"])
