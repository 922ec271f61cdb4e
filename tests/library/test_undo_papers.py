"""Undo of what added or removed papers: fetches, imports, joined libraries, `remove`."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from papertrack.core.facts import Facts
from papertrack.core.model import Mark
from papertrack.index import update
from papertrack.joining import records as joining
from papertrack.library import (
    edit,
    join,
    new_step,
    restore,
    rules,
    step_changes,
    stored,
    to_restore,
)
from papertrack.library.proposals import KINDS, Terms
from papertrack.library.rules import Rule
from papertrack.library.undo_log import Step
from papertrack.storage import archive, layout, reading
from tests.helpers.libraries import Library

Make = Callable[..., Facts]
OLD, BOOK = "arxiv:2511.00001", "doi:10.1234/book"
TERMS = Terms(frozenset(KINDS), lambda target: None, by="other")
TODAY = dt.date(2025, 11, 24)


@pytest.fixture
def old(library: Library, facts: Make) -> Library:
    """A library with two older papers, one of them marked; a rule that tags owls."""
    early = at(library, "2025-01-01T00:00:00Z")
    book = facts("10.1234/book", title="Tome")
    early.adding.add({"hf": [facts("2511.00001", title="Old")], "import": [book]})
    early.marking.mark([OLD], lambda mark: mark._replace(tags=("mine",)), what=str)
    tag = Rule("owls", "title:owls", rules.actions_of("tag night"))
    early.settings.arrange_rules(lambda there: [tag], what="added a rule")
    return library


def at(library: Library, now: str) -> Library:
    """The library at another time."""
    return Library(library.root, library.cache, now=now)


def state(library: Library) -> tuple[Any, Any]:
    """Papers and marks as they are shown, and as they are stored."""
    library = at(library, "2026-01-01T00:00:00Z")
    shown = {paper.key: paper for paper in library.index.all_papers()}
    return shown, reading.read_marks(library.root)


def fetch(library: Library, facts: Make) -> None:
    library.adding.add(
        {"hf": [facts("2511.00002", title="Of owls"), facts("2511.00003", title="X")]},
        rules_on=TODAY,
    )


def fetch_in_batches(library: Library, facts: Make) -> None:
    for number in range(2, 9):
        paper = facts(f"2511.0000{number}", title=f"Owls {number}", abstract="x" * 900)
        library.adding.add({"hf": [paper]}, origin=f"arxiv:cs.{number}")
    library.adding.add({}, rules_on=TODAY)


def import_marks(library: Library, facts: Make) -> None:
    papers = [facts("2511.00022", title="Crows"), facts(title="Known by its title")]
    marks = [(papers[0], Mark(("read-on",), "later", True, "A note", None))]
    library.adding.add({"import": papers}, marks=marks, rules_on=TODAY)


def join_other(library: Library, facts: Make) -> None:
    root = library.root.parent
    other = Library(root / "other", root / "other-cache", now="2024-01-01T00:00:00Z")
    papers = [facts("2511.00032", title="Rooks"), facts("10.9/z", title="Theirs")]
    other.adding.add({"hf": papers})
    other.marking.mark(
        ["doi:10.9/z"], lambda mark: mark._replace(starred=True), what=str
    )
    join.join(library, other.root, terms=TERMS)


def remove(library: Library, facts: Make) -> None:
    library.marking.remove([OLD, BOOK], what="removed 2 papers")


def remove_all_of_a_month(library: Library, facts: Make) -> None:
    keys = [paper.key for paper in library.index.all_papers()]
    library.marking.remove(keys, what="removed all")


STEPS = (
    fetch,
    fetch_in_batches,
    import_marks,
    join_other,
    remove,
    remove_all_of_a_month,
)


def work_in_parts(monkeypatch: pytest.MonkeyPatch, papers: int) -> None:
    """Have so few papers in memory at once."""
    monkeypatch.setattr(new_step, "FILE_CHANGES", papers)
    monkeypatch.setattr(new_step, "INLINE_BYTES", 100)
    monkeypatch.setattr(step_changes, "FULL", papers)
    monkeypatch.setattr(edit, "STAGED_AT", papers)
    monkeypatch.setattr(to_restore, "AT_ONCE", papers)
    monkeypatch.setattr(stored, "AT_ONCE", papers)
    monkeypatch.setattr(update, "RECORDS_AT_ONCE", papers)


@pytest.mark.parametrize("at_once", [None, 2, 1])
@pytest.mark.parametrize("step", STEPS)
def test_undo_and_redo_of_added_and_removed_papers(
    step: Callable[[Library, Make], None],
    at_once: int | None,
    old: Library,
    facts: Make,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if at_once:
        work_in_parts(monkeypatch, at_once)
    before = state(old)
    steps = len(old.log())
    step(old, facts)
    after = state(old)
    assert before != after
    assert len(old.log()) == steps + 1
    for _ in range(2):
        assert old.marking.undo().stay == 0
        assert state(old) == before
        assert old.marking.redo()
        assert state(old) == after
    assert old.marking.undo()
    step(old, facts)
    assert state(old) == after, "it can be done again"


@pytest.mark.parametrize("at_once", [None, 1])
def test_several_steps_of_papers_are_undone_and_redone_at_once(
    at_once: int | None, old: Library, facts: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    if at_once:
        work_in_parts(monkeypatch, at_once)
    states = [state(old)]
    for step in (fetch, remove, import_marks, remove_all_of_a_month, join_other):
        step(old, facts)
        states.append(state(old))
    for count in (5, 3, 2):
        assert len(old.marking.undo(count).steps) == count
        assert state(old) == states[5 - count]
        assert old.marking.redo()
        assert state(old) == states[5]
    for number in range(5):
        old.marking.undo()
        assert state(old) == states[4 - number]
    assert len(old.marking.redo(5).steps) == 5
    assert state(old) == states[5]


def test_what_is_redone_can_be_undone_again_whatever_its_size(
    old: Library, facts: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetch(old, facts)
    before = state(old)
    monkeypatch.setattr(new_step, "INLINE_BYTES", 100)
    monkeypatch.setattr(new_step, "FILE_BYTES", 100)
    remove_all_of_a_month(old, facts)
    for _ in range(3):
        assert old.marking.undo()
        assert state(old) == before
        assert old.marking.redo()
        assert old.index.count() == 0
        assert [step.what for step, _ in old.log()] == [
            "redid: removed all",
            "undid: removed all",
            "removed all",
        ], "others go"


def test_steps_that_undo_each_other_do_no_harm(tmp_path: Path) -> None:
    """As in a file that was edited by hand."""
    steps = [
        Step(number, "", "", 0, (other,), (), ())
        for number, other in ((1, 1), (2, 3), (3, 2))
    ]
    outgrown = new_step.outgrown(tmp_path, steps, new_step.FILE_BYTES + 1)
    assert [step.number for step in outgrown] == [1]


def test_papers_that_were_looked_up_since_are_removed(
    old: Library, facts: Make
) -> None:
    before = state(old)
    fetch(old, facts)
    later = at(old, "2025-12-01T00:00:00Z")
    found = facts("2511.00002", title="Of owls", citations=5)
    later.enriching.add("openalex", "OpenAlex", [found], now=later.now)
    after = state(old)
    assert len(old.marking.undo(2).steps) == 2
    assert state(old) == before
    assert old.marking.redo()
    assert state(old) == after


def test_facts_merged_into_older_papers_stay(old: Library, facts: Make) -> None:
    old.adding.add(
        {"hf": [facts("2511.00001", title="Old", upvotes=9), facts("2511.00002")]}
    )
    old.marking.undo()
    assert old.get(OLD).upvotes == 9
    assert old.index.count() == 2


def test_a_source_with_nothing_new_is_no_step(old: Library, facts: Make) -> None:
    steps = old.log()
    old.adding.add({"hf": [facts("2511.00001", title="Old", upvotes=9)]})
    assert old.log() == steps


@pytest.mark.parametrize(
    "mark",
    [
        {"tags": ["kept"]},
        {"status": "read"},
        {"status": "hidden"},
        {"starred": True},
        {"note": "By hand"},
    ],
)
def test_papers_marked_since_stay(
    mark: dict[str, Any], old: Library, facts: Make
) -> None:
    """As after a sync: every mark of papertrack's own is a step that undo meets first."""
    fetch(old, facts)
    path = old.root / layout.MARKS
    marks = json.loads(path.read_text(encoding="utf-8"))
    marks["marks"]["77"] = {"key": "arxiv:2511.00003", **mark}
    path.write_text(json.dumps(marks), encoding="utf-8")
    undone = at(old, "2025-12-01T00:00:00Z").marking.undo()
    assert undone.stay == 1
    assert {*state(old)[0]} == {OLD, BOOK, "arxiv:2511.00003"}


def test_a_paper_that_became_one_with_an_older_one_stays(
    old: Library, facts: Make
) -> None:
    fetch(old, facts)
    both = facts("2511.00003", "10.1234/book", title="Tome")
    at(old, "2025-12-01T00:00:00Z").adding.add({"arxiv": [both]})
    assert {*state(old)[0]} == {OLD, "arxiv:2511.00002", "arxiv:2511.00003"}
    assert old.marking.undo().stay == 1
    assert {*state(old)[0]} == {OLD, "arxiv:2511.00003"}


def test_a_paper_with_a_new_key_is_removed(old: Library, facts: Make) -> None:
    old.adding.add({"feed": [facts("https://e.org/owls", title="Owls at night")]})
    better = facts("2511.00009", "https://e.org/owls", title="Owls at night")
    at(old, "2025-12-01T00:00:00Z").adding.add({"arxiv": [better]})
    assert "arxiv:2511.00009" in state(old)[0]
    old.marking.undo()
    assert {*state(old)[0]} == {OLD, BOOK}
    old.marking.redo()
    assert old.get("arxiv:2511.00009").sources == ("arxiv", "feed")


def test_a_removed_paper_that_came_again_by_hand_is_one_paper_after_undo(
    old: Library, facts: Make
) -> None:
    remove(old, facts)
    record = joining.record_of(
        facts("2511.00001", title="Old", upvotes=5), source="arxiv", now=old.now
    )
    path = old.root / layout.PAPERS / "2025-10.json"
    path.write_text(json.dumps({"papers": {"1": record.as_json()}}), encoding="utf-8")
    fresh = at(old, "2025-12-01T00:00:00Z")
    fresh.marking.undo()
    assert fresh.index.count() == 2
    assert fresh.get(OLD).sources == ("arxiv", "hf")
    assert fresh.get(OLD).tags == ("mine",)


@pytest.mark.parametrize("at_once", [None, 1])
def test_removed_papers_become_one_with_those_that_came_meanwhile(
    at_once: int | None, old: Library, facts: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Also through others: the first and the last paper share nothing."""
    if at_once:
        work_in_parts(monkeypatch, at_once)
    first = facts("2511.00041", title="Rooks at dusk", published="2025-11-02")
    other = facts("2511.00043", title="Swifts", published="2025-09-02")
    last = facts("10.1234/rooks", title="Of rooks at dusk", published="2025-10-02")
    old.adding.add({"hf": [first, other], "feed": [last]})
    keys = ["arxiv:2511.00041", "doi:10.1234/rooks", "arxiv:2511.00043"]
    old.marking.remove(keys, what="removed 3 papers")
    both = facts("2511.00041", "10.1234/rooks", title="Rooks at dusk")
    link = joining.record_of(both, source="dblp", now=old.now)
    path = old.root / layout.PAPERS / "2020-01.json"
    path.write_text(json.dumps({"papers": {"1": link.as_json()}}), encoding="utf-8")
    fresh = at(old, "2025-12-01T00:00:00Z")
    fresh.marking.undo()
    found = {paper.key: {*paper.sources} for paper in fresh.index.all_papers()}
    assert found == {
        OLD: {"hf"},
        BOOK: {"import"},
        "arxiv:2511.00041": {"dblp", "feed", "hf"},
        "arxiv:2511.00043": {"hf"},
    }


@pytest.mark.parametrize("at_once", [None, 1])
def test_a_library_restored_into_nothing_is_undone(
    at_once: int | None,
    old: Library,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if at_once:
        work_in_parts(monkeypatch, at_once)
    backup = tmp_path / "backup.tar.gz"
    archive.pack(old.root, backup, now=old.now)
    fresh = Library(tmp_path / "fresh", tmp_path / "fresh-cache", now=old.now)
    restore.restore(fresh, backup, what="restored")
    assert state(fresh) == state(old)
    fresh.marking.undo()
    assert state(fresh) == ({}, {})
    fresh.marking.redo()
    assert state(fresh) == state(old)


@pytest.mark.parametrize("name", ["../marks.json", "x", 7, "", "1.json.tmp", "01.json"])
def test_a_step_with_a_foreign_file_is_skipped(name: object, old: Library) -> None:
    path = old.root / layout.DESK
    desk = json.loads(path.read_text(encoding="utf-8"))
    for field, value in (("file", name), ("files", [name])):
        step = {"key": "99", "changes": [], field: value}
        desk["undo"]["99"] = step
        path.write_text(json.dumps(desk), encoding="utf-8")
        assert 99 not in [step.number for step, _ in old.log()]


def test_a_step_of_an_earlier_release_is_undone(old: Library) -> None:
    """Its marks are in one file, named in `file`, without the name of their table."""
    path = old.root / layout.DESK
    desk = json.loads(path.read_text(encoding="utf-8"))
    change = {"key": OLD, "before": None}
    desk["undo"]["99"] = {
        "key": "99",
        "at": old.now,
        "what": "tagged 1 paper",
        "papers": 1,
        "changes": [change],
        "file": "99.json",
    }
    path.write_text(json.dumps(desk), encoding="utf-8")
    folder = old.root / layout.UNDO
    folder.mkdir(exist_ok=True)
    (folder / "99.json").write_text(json.dumps({"changes": {"1": change}}))
    fresh = at(old, "2025-12-01T00:00:00Z")
    assert [step.what for step in fresh.marking.undo().steps] == ["tagged 1 paper"]
    assert fresh.get(OLD).tags == ()
