"""Every pair of the faults of the replay server at once: the fetch ends with all papers
or with an error, and the next fetch completes it.

    pytest -o addopts= -n 2 tests/soak/test_mixtures.py

It takes 3 minutes and needs the replay server of ../shared.
"""

from __future__ import annotations

import resource
from collections.abc import Callable
from itertools import combinations
from typing import Any

import pytest

KINDS = (
    "429",
    "429bare",
    "500",
    "503",
    "slow",
    "truncated",
    "html",
    "hang",
    "reset",
    "gzipbomb",
)
FETCH = ("fetch", "hf:2026-W22", "hf:2026-05-20")


@pytest.fixture(scope="session")
def whole(
    replaying: Callable[..., Any],
    run: Callable[..., Any],
    tmp_path_factory: pytest.TempPathFactory,
) -> set[str]:
    """The ids fetched without a fault."""
    folder = tmp_path_factory.mktemp("whole")
    env = {
        "HOME": str(folder),
        "PAPERTRACK_LIBRARY": f"{folder}/l",
        "PAPERTRACK_CACHE": f"{folder}/c",
        "PAPERTRACK_STATE": f"{folder}/s",
    }
    env |= replaying("--today", "2026-05-29").env
    assert run(env, *FETCH).returncode == 0
    ids = set(run(env, "export", "--format", "ids").stdout.split())
    assert len(ids) > 100
    return ids


@pytest.mark.parametrize(("one", "other"), [*combinations(KINDS, 2)])
def test_a_pair_of_faults_loses_nothing(
    one: str,
    other: str,
    whole: set[str],
    replaying: Callable[..., Any],
    reader: Callable[..., dict[str, str]],
    run: Callable[..., Any],
) -> None:
    replay = replaying(
        "--today", "2026-05-29", "--fault", f"{one}:0.3", "--fault", f"{other}:0.3"
    )
    env = reader("ann", PAPERTRACK_TIMEOUT="3", **replay.env)
    fetched = run(env, *FETCH)
    largest_kb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    assert largest_kb < 400_000
    assert "Traceback" not in fetched.stderr
    ids = set(run(env, "export", "--format", "ids").stdout.split())
    assert ids <= whole
    if fetched.returncode == 0:
        assert ids == whole
    else:
        assert fetched.returncode in (1, 3)
        assert fetched.stderr.splitlines()[-1].startswith("papertrack: ")
        sound = {**env, **replaying("--today", "2026-05-29").env}
        again = run(sound, *FETCH)
        assert again.returncode == 0, again.stderr
        assert set(run(sound, "export", "--format", "ids").stdout.split()) == whole
