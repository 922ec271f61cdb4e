"""Steps that touch several files happen wholly or not at all: a short form of
tests/soak/one_step.py.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test

from papertrack.storage import atomic, journal, plans
from tests.helpers import power_cuts
from tests.helpers import system_faults as faulty
from tests.helpers.big_steps import BigStep, big_steps
from tests.helpers.machine import Commands

needs_strace = pytest.mark.skipif(
    not faulty.can_inject(), reason="strace is missing, or may not inject"
)


@pytest.fixture(scope="module")
def steps(tmp_path_factory: pytest.TempPathFactory) -> dict[str, BigStep]:
    """Libraries with a step to do in each."""
    return big_steps(tmp_path_factory.mktemp("steps"))


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
    ],
)
def test_faults_at_some_calls_leave_the_old_or_the_new_state(
    name: str, fault: str, steps: dict[str, BigStep], tmp_path: Path
) -> None:
    step = steps[name]
    tally = faulty.injected(step.place, step.words, fault, tmp_path, every=71)
    assert not tally.wrong
    assert tally.faults >= 2
