"""Batches of decisions are one step, which undoes them and nothing else."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import pytest

from papertrack.core.facts import Facts
from papertrack.core.model import Mark
from papertrack.library.batches import Batches
from papertrack.library.decisions import Decision, decided
from papertrack.library.library import Library
from papertrack.library.undo_log import MARKS

COUNT = 60

Papers = list[str]
"""The keys of the papers of a library."""


@pytest.fixture
def papers(library: Library, facts: Callable[..., Facts]) -> Papers:
    """A library of 60 papers, and the keys of these."""
    listed = [
        facts(f"2511.{number:05}", title=f"P {number}") for number in range(COUNT)
    ]
    library.adding.add({"hf": listed}, origin="hf")
    return sorted(paper.key for paper in library.index.all_papers())


def mark(key: str, before: Mark, **after: Any) -> Decision:
    return Decision(key, before, before._replace(**after))


def steps(library: Library) -> list[tuple[str, bool]]:
    return [(step.what, was_undone) for step, was_undone in library.log()][:-1]


def batches(library: Library) -> Batches:
    return Batches(
        library.settings, library.index, lambda marks: f"{len(marks)} papers"
    )


def marks(library: Library) -> dict[str, dict[str, Any]]:
    documents = dict(library.index.marks())
    for document in documents.values():
        document.pop("marked", None)
    return documents


@pytest.mark.parametrize("size", [1, 3, 10, 20, 60])
def test_all_batches_are_one_step(size: int, library: Library, papers: Papers) -> None:
    """Whatever their size: the changes of a large step are in a file."""
    ours = batches(library)
    for start in range(0, COUNT, size):
        batch = [
            mark(key, Mark(), status="read") for key in papers[start : start + size]
        ]
        assert len(ours.write(batch, now="2025-11-25T12:00:00Z")) == len(batch)
    assert steps(library) == [(f"{COUNT} papers", False)]
    assert len(marks(library)) == COUNT
    assert len(list((library.root / "undo").glob("*.json"))) <= 2  # the fetch, and ours
    library.marking.undo()
    assert marks(library) == {}
    library.marking.redo()
    assert len(marks(library)) == COUNT


def test_what_is_undone_leaves_no_step(library: Library, papers: Papers) -> None:
    ours = batches(library)
    made = [mark(key, Mark(), status="later", starred=True) for key in papers[:4]]
    ours.write(made, now="2025-11-25T12:00:00Z")
    ours.write([made[3].reverse, made[0].reverse], now="2025-11-25T12:00:01Z")
    assert steps(library) == [("2 papers", False)]
    ours.write([made[1].reverse, made[2].reverse], now="2025-11-25T12:00:02Z")
    assert (steps(library), marks(library)) == ([], {})
    ours.write(made[:1], now="2025-11-25T12:00:03Z")
    assert steps(library) == [("1 papers", False)]


def other_papers(library: Library, keys: Papers) -> None:
    library.marking.mark(keys[50:52], lambda one: one._replace(starred=True), what=str)


def same_paper(library: Library, keys: Papers) -> None:
    library.marking.mark(keys[:1], lambda one: one._replace(starred=True), what=str)


def its_own_undo(library: Library, keys: Papers) -> None:
    library.marking.undo()


def a_removal(library: Library, keys: Papers) -> None:
    library.marking.remove(keys[:1], what="removed")


def a_view(library: Library, keys: Papers) -> None:
    library.settings.change("views", {"x": {"key": "x", "query": "y"}}, "a view")


@pytest.mark.parametrize(
    ("between", "count"),
    [
        (other_papers, 2),
        (a_view, 2),
        (same_paper, 3),
        (its_own_undo, 3),
        (a_removal, 3),
    ],
    ids=lambda value: getattr(value, "__name__", value),
)
def test_a_step_of_another_process_in_between(
    between: Callable[[Library, Papers], object],
    count: int,
    library: Library,
    papers: Papers,
) -> None:
    """One step where both can be undone apart, else two; undoing all leaves nothing."""
    before = marks(library)
    ours = batches(library)
    first = [mark(key, Mark(), status="read") for key in papers[:3]]
    ours.write(first, now="2025-11-25T12:00:00Z")
    between(library, papers)
    ours.write([mark(papers[10], Mark(), tags=("x",))], now="2025-11-25T12:00:01Z")
    assert len(steps(library)) == count
    assert marks(library)[papers[10]]["tags"] == ["x"]
    undoable = [step for step in steps(library) if not step[1]]
    library.marking.undo(len(undoable) - (between is its_own_undo))
    assert marks(library) == before


@pytest.mark.parametrize("seed", range(5))
def test_two_sittings_at_random(seed: int, library: Library, papers: Papers) -> None:
    """Both are kept; undoing step by step shows each earlier state in turn."""
    chance = random.Random(seed)
    sittings = [batches(library), batches(library)]
    own = [papers[:20], papers[15:35]]
    for second in range(20):
        which = chance.randrange(2)
        seen = marks(library)
        made = []
        for key in chance.sample(own[which], 3):
            present = Mark.from_json(seen.get(key, {}))
            after = chance.choice(
                [
                    present._replace(status=chance.choice(["read", "later", "unread"])),
                    present._replace(starred=not present.starred),
                    present._replace(tags=(*present.tags, f"t{second}")),
                ]
            )
            made.append(Decision(key, present, after))
        sittings[which].write(made, now=f"2025-11-25T12:00:{second:02}Z")
        for one in made:
            now = Mark.from_json(marks(library).get(one.key, {}))
            assert decided(now, one)._replace(marked=None) == now
    count = len(steps(library))
    assert count >= 1
    library.marking.undo(count)
    assert marks(library) == {}
    library.marking.redo()
    assert marks(library) != {}


@pytest.mark.parametrize(
    ("present", "before", "after", "expected"),
    [
        (Mark(), Mark(), Mark(status="read"), Mark(status="read")),
        (
            Mark(status="later", starred=True, note="x"),
            Mark(),
            Mark(status="read"),
            Mark(status="read", starred=True, note="x"),
        ),
        (Mark(("a", "b")), Mark(("a",)), Mark(("c",)), Mark(("b", "c"))),
        (Mark(("A",)), Mark(), Mark(("a",)), Mark(("A",))),
        (Mark(("a",), note="theirs"), Mark(note="x"), Mark(), Mark(("a",))),
        (Mark(starred=True), Mark(starred=True), Mark(), Mark()),
        (Mark(status="hidden"), Mark(("x",)), Mark(("X",)), Mark(status="hidden")),
    ],
)
def test_a_decision_changes_only_what_it_is_about(
    present: Mark, before: Mark, after: Mark, expected: Mark
) -> None:
    assert decided(present, Decision("k", before, after)) == expected


def test_the_marks_of_a_step_are_those_it_changed(
    library: Library, papers: Papers
) -> None:
    ours = batches(library)
    for number in range(4):
        ours.write([mark(papers[number], Mark(), starred=True)], now=library.now)
    step, _ = library.log()[0]
    changed = [one.key for one in step.changes(library.root) if one.table == MARKS]
    assert changed == papers[:4]
