"""Steps that touch several files happen wholly or not at all: a short form of
tests/soak/one_step.py.
"""

from __future__ import annotations

import contextlib
import itertools
import os
import shutil
import signal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from papertrack.library.library import Library
from papertrack.storage import atomic, journal, layout, plans
from tests.helpers import power_cuts
from tests.helpers import system_faults as faulty
from tests.helpers.big_steps import BigStep, big_steps
from tests.helpers.machine import Commands
from tests.helpers.small_steps import small_steps
from tests.helpers.system_faults import Place

needs_strace = pytest.mark.skipif(
    not faulty.can_inject(), reason="strace is missing, or may not inject"
)


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, BigStep]:
    """Libraries with a step to do in each."""
    folder = tmp_path_factory.mktemp("steps")
    return big_steps(folder / "big") | small_steps(folder / "small")


def test_any_commands_agree_with_a_model() -> None:
    options = settings(
        max_examples=8,
        stateful_step_count=30,
        deadline=None,
        phases=[Phase.explicit, Phase.generate],  # shrinking would take minutes
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Commands, settings=options)


@needs_strace
@pytest.mark.parametrize(
    "name",
    ["joining", "undo across a restore"],
)
def test_a_power_cut_leaves_the_old_or_the_new_state(
    name: str, steps: dict[str, BigStep], tmp_path: Path
) -> None:
    tally = power_cuts.cut_off(steps[name], tmp_path, every=13, variants=4)
    assert not tally.wrong
    assert 0 < tally.new < tally.faults


def _shown(place: Place) -> tuple[object, ...]:
    """What readers see: the papers with their marks, views, rules and the log."""
    now = "2026-01-01T00:00:00Z"
    library = Library(place.root, place.cache, place.machine, now=now)
    with contextlib.closing(library):
        papers = {
            paper.key: (paper.tags, paper.status, paper.note, paper.title)
            for paper in library.index.all_papers()
        }
        views = {view.name: view.query for view in library.settings.views().values()}
        rules = list(library.settings.rules())
        steps = [(step.what, undone) for step, undone in library.log()]
    return papers, views, rules, steps


@pytest.mark.parametrize(
    "name",
    [
        "undo of several steps",
        "joining",
        "remove",
        "fetch with rules",
        "undo across a restore",
    ],
)
def test_beside_a_stopped_writer_readers_see_the_old_or_the_new_state(
    name: str, steps: dict[str, BigStep], tmp_path: Path
) -> None:
    step = steps[name]
    place = step.place.copy(tmp_path / "place")
    old = _shown(place)
    indexed = place.folder.rename(tmp_path / "indexed")
    seen: list[object] = []
    moves = itertools.count(1)
    while not seen or seen[-1] == old:
        place = Place(indexed).copy(tmp_path / "place")
        child = _stopped(step, place, next(moves))
        seen.append(_shown(place))
        os.kill(child, signal.SIGCONT)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        new = _shown(place)
        shutil.rmtree(place.folder)
    assert len(seen) >= 3
    assert seen[-1] == new


def _stopped(step: BigStep, place: Place, moves: int) -> int:
    """A child that stops itself when it has moved so many files of a change."""
    child = os.fork()
    if not child:
        replace = Path.replace
        left = moves

        def and_stop(path: Path, target: Path) -> Path:
            nonlocal left
            result = replace(path, target)
            if layout.STAGING in str(path):
                left -= 1
                if not left:
                    os.kill(os.getpid(), signal.SIGSTOP)
            return result

        Path.replace = and_stop  # type: ignore[method-assign,assignment]
        os._exit(place.run("-q", *step.words))
    assert os.WIFSTOPPED(os.waitpid(child, os.WUNTRACED)[1])
    return child


@needs_strace
@pytest.mark.parametrize("missing", ["fsync of files", "fsync of folders", "the plan"])
def test_the_power_cuts_notice_what_is_missing(
    missing: str,
    steps: dict[str, BigStep],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if missing == "fsync of files":
        monkeypatch.setattr(os, "fsync", lambda file: None)
    elif missing == "fsync of folders":
        for module in (atomic, journal, plans):
            monkeypatch.setattr(module, "sync_folder", lambda folder: None)
    else:
        monkeypatch.setattr(plans, "decide", lambda journal, plan: None)
    tally = power_cuts.cut_off(
        steps["undo of several steps"], tmp_path, every=7, variants=4
    )
    assert tally.wrong


@needs_strace
@pytest.mark.parametrize(
    ("name", "fault"),
    [
        ("undo of several steps", "signal=KILL"),
        ("remove", "error=ENOSPC"),
        ("fetch with rules", "error=EIO"),
        ("redo across a restore", "signal=KILL"),
        ("joining", "signal=INT"),
        ("restore", "signal=TERM"),
        ("tag rename", "signal=KILL"),
        ("config set", "error=ENOSPC"),
        ("decisions of triage", "signal=KILL"),
        ("doctor --fix, papers twice", "error=EIO"),
    ],
)
def test_faults_at_some_calls_leave_the_old_or_the_new_state(
    name: str, fault: str, steps: dict[str, BigStep], tmp_path: Path
) -> None:
    step = steps[name]
    tally = faulty.injected(step.place, step.words, fault, tmp_path, every=17)
    assert not tally.wrong
    assert tally.faults >= 2
