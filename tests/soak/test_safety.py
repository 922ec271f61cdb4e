"""Nothing lost: a kill, a full disk, a failing disk at every system call that writes; a
thousand kills at random.

    pytest -o addopts= -s tests/soak/test_safety.py          # 20 minutes; -s shows the figures

The same in short is part of the suite (tests/library/test_system_faults.py). strace
injects the faults; without it those are skipped.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.helpers import system_faults as faulty


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> faulty.Worked:
    """A library with changes."""
    folder = tmp_path_factory.mktemp("worked")
    return faulty.worked(folder, faulty.rows(folder))


@pytest.mark.skipif(
    not faulty.can_inject(), reason="strace is not there, or may not inject"
)
@pytest.mark.parametrize("fault", ["signal=KILL", "error=ENOSPC", "error=EIO"])
@pytest.mark.parametrize("command", ["fetch", "tag add", "restore"])
def test_faults_at_every_writing_call_lose_nothing(
    command: str, fault: str, tmp_path: Path, worked: faulty.Worked
) -> None:
    tally = faulty.injected(worked.place, worked.words[command], fault, tmp_path)
    print(
        f"\n{command}, {fault}: {tally.faults} faults, {tally.new} reached the "
        f"new state, {len(tally.wrong)} wrong"
    )
    for line in tally.wrong[:20]:
        print(line)
    assert not tally.wrong
    assert tally.faults > 20
    assert 0 < tally.new < tally.faults


def test_a_thousand_kills_at_random_lose_nothing(tmp_path: Path) -> None:
    tally = faulty.killed_at_random(faulty.Place(tmp_path), kills=1000, seed=7)
    print(f"\n{tally}")


def test_writers_and_readers_during_a_long_fetch(tmp_path: Path) -> None:
    tally = faulty.crowd(
        faulty.Place(tmp_path), days=400, writers=3, marks=500, readers=2
    )
    print(f"\n{tally}")
