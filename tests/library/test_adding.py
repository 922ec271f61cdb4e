"""Adding papers: how often files are written and the lock is taken, and what
interruptions leave.
"""

from __future__ import annotations

import datetime as dt
import json
import tracemalloc
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from papertrack.core.facts import Facts
from papertrack.core.model import Reading
from papertrack.library import rules
from papertrack.library.adding import Added, Counts, Fetched
from papertrack.library.rules import Rule
from papertrack.library.run_step import RunStep
from papertrack.storage import atomic, lock, transaction
from papertrack.storage.folder import Folder
from papertrack.storage.journal import Staging
from tests.helpers.libraries import Library

Make = Callable[..., Facts]
TODAY = dt.date(2025, 11, 24)


@pytest.fixture
def writes(library: Library, monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How often each file of the library is replaced, and the lock is taken."""
    counted: Counter[str] = Counter()
    stage, write, locked = Staging.stage, atomic.write_atomically, lock.locked

    def counted_stage(staging: Staging, name: str, body: bytes) -> object:
        counted[name] += 1
        return stage(staging, name, body)

    def counted_write(path: Path, body: bytes, **options: Any) -> object:
        if path.parent == library.root or path.parent.name == "papers":
            counted[path.name] += 1
        return write(path, body, **options)

    @contextmanager
    def counted_lock(folder: Folder, **options: Any) -> Iterator[None]:
        counted["lock"] += 1
        waiting: AbstractContextManager[None] = locked(folder, **options)
        with waiting:
            yield

    monkeypatch.setattr(Staging, "stage", counted_stage)
    monkeypatch.setattr(atomic, "write_atomically", counted_write)
    monkeypatch.setattr(transaction, "locked", counted_lock)
    return counted


def add(library: Library, facts: list[Facts]) -> Added:
    """Add papers of the source `hf` as a fetch does, with its state and its report."""

    def state(counts: Counts) -> Fetched:
        reading = Reading("hf", read=library.now, tried=library.now, **counts._asdict())
        report: Mapping[str, Any] = {
            "target": "hf",
            **counts._asdict(),
            "problems": (),
            "errors": (),
        }
        return Fetched(reading, report)

    return library.adding.add({"hf": facts}, state=state, rules_on=TODAY)


def save_rule(library: Library) -> None:
    rule = Rule("zoku", "zoku", rules.actions_of("tag zoku"))
    library.settings.arrange_rules(lambda there: [rule], what="added the rule zoku")


def contents(library: Library) -> dict[Path, bytes]:
    """The library's files without backups."""
    paths = [*library.root.glob("*.json"), *library.root.glob("papers/*.json")]
    return {path: path.read_bytes() for path in paths}


@pytest.fixture
def ten(facts: Make) -> list[Facts]:
    """Ten papers of one month."""
    return [
        facts(f"2511.0000{number}", title=f"Zoku {number}", listed="2025-11-07")
        for number in range(10)
    ]


def test_a_run_holds_no_keys_of_what_it_has_added(library: Library) -> None:
    """So that an import of millions needs no more memory than one of thousands."""
    batches, size = 20, 1000
    step = RunStep()
    held = []
    for batch in range(batches):
        if batch == 1:  # what each needs, and what the first has loaded, is not counted
            tracemalloc.start()
        with library.settings.edit(library.index) as edit:
            step.log(edit, [f"arxiv:{batch}.{n:05}" for n in range(size)], "x.jsonl")
        if batch:
            held.append(tracemalloc.get_traced_memory()[0])
    tracemalloc.stop()
    assert library.log()[0][0].papers == batches * size
    assert (held[-1] - held[0]) / size / (batches - 2) < 40


def test_papers_that_were_added_and_marked_count_once(
    library: Library, ten: list[Facts]
) -> None:
    save_rule(library)
    library.adding.add({"hf": ten[:5]})
    library.adding.add({"hf": ten[3:8]}, rules_on=TODAY)
    library.adding.add({"hf": ten[6:]}, rules_on=TODAY)
    last = library.log()[0][0]
    assert last.papers == 10
    assert last.what == "added 10 papers, the rule zoku marked 10 new papers"


def test_ten_new_papers_write_each_file_once(
    library: Library, ten: list[Facts], writes: Counter[str]
) -> None:
    assert add(library, ten).counts == (10, 0, 0)
    assert writes == {"papers/2025-11.json": 1, "desk.json": 1, "lock": 1}


def test_rules_write_marks_once_in_the_same_transaction(
    library: Library, ten: list[Facts], writes: Counter[str]
) -> None:
    save_rule(library)
    writes.clear()
    assert len(add(library, ten).rules.marks) == 10
    once = ("papers/2025-11.json", "desk.json", "marks.json", "lock")
    assert writes == dict.fromkeys(once, 1)


@pytest.mark.parametrize("with_rules", [False, True])
def test_nothing_new_writes_only_the_state_of_the_source(
    library: Library, ten: list[Facts], writes: Counter[str], with_rules: bool
) -> None:
    if with_rules:
        save_rule(library)
    add(library, ten)
    later = Library(library.root, library.cache, now="2025-11-24T13:00:00Z")
    writes.clear()
    assert add(later, ten).counts == (0, 0, 10)
    assert writes == {"desk.json": 1, "lock": 1}
    assert later.settings.readings()["hf"].read == later.now


def test_nothing_to_save_takes_no_lock(library: Library, writes: Counter[str]) -> None:
    assert library.adding.add({}, rules_on=TODAY).counts == (0, 0, 0)
    assert not writes


def test_the_targets_of_a_run_are_one_entry_of_the_history_and_one_step(
    library: Library, ten: list[Facts]
) -> None:
    save_rule(library)
    add(library, ten[:4])
    add(library, ten[4:])
    desk = json.loads((library.root / "desk.json").read_text(encoding="utf-8"))
    (entry,) = desk["history"].values()
    assert [target["new"] for target in entry["targets"]] == [4, 6]
    assert [step.what for step, _ in library.log()] == [
        "added 10 papers, the rule zoku marked 10 new papers",
        "added the rule zoku",
    ]
    library.marking.undo()
    assert [tag.name for tag in library.index.tags()] == []
    assert library.index.count() == 0
    library.marking.redo()
    assert library.index.count() == 10
    assert [tag[1] for tag in library.index.tags()] == [10]


def test_rules_see_all_batches_of_a_target(library: Library, ten: list[Facts]) -> None:
    save_rule(library)
    assert not library.adding.add({"hf": ten[:4]}).rules.marks
    assert len(add(library, ten[4:]).rules.marks) == 10


def test_a_rule_that_fails_is_skipped_and_the_papers_are_saved(
    library: Library, facts: Make
) -> None:
    slow = Rule("slow", "title:/(a|aa)+$/", rules.actions_of("star"))
    fine = Rule("fine", "", rules.actions_of("tag x"))
    library.settings.arrange_rules(lambda there: [slow, fine], what="added rules")
    added = add(library, [facts("2511.00001", title="a" * 100 + "!")])
    assert added.counts == (1, 0, 0)
    assert [mark.tags for _, mark in added.rules.marks.values()] == [("x",)]
    (failure,) = added.rules.failed
    assert failure.startswith("the rule slow was skipped: ")
    assert library.index.count() == 1


def test_a_paper_that_gets_another_key_before_the_rules_is_new(
    library: Library, facts: Make
) -> None:
    save_rule(library)
    library.adding.add({"text": [facts(title="Zoku")]})
    added = add(library, [facts("2511.00001", title="Zoku")])
    assert list(added.rules.marks) == ["arxiv:2511.00001"]


def test_a_failed_write_changes_nothing(
    library: Library, ten: list[Facts], monkeypatch: pytest.MonkeyPatch
) -> None:
    save_rule(library)
    add(library, ten[:4])
    before = contents(library)

    def fail(*arguments: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(Staging, "commit", fail)
        with pytest.raises(KeyboardInterrupt):
            add(library, ten[4:])
    assert contents(library) == before
    again = Library(library.root, library.cache, now="2025-11-24T13:00:00Z")
    assert add(again, ten).counts == (6, 0, 4)
    assert len(again.log()) == 3
