"""Exports need as much memory for many papers as for few.

`python -m tests.benchmarks.exporting` measures a million.
"""

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

FEW, MANY = 500, 1500
ABSTRACT = "Kettles sing before they boil. " * 320
GROWTH_KB = 4_000
"""The abstracts of the other 1,000 papers are 10 MB."""

START = """
from papertrack.__main__ import main
try:
    main()
finally:
    print(open("/proc/self/status").read())
"""


@pytest.fixture(scope="module")
def many(environment, written, tmp_path_factory):
    env = environment(tmp_path_factory.mktemp("many"))
    days = [f"2025-{n % 12 + 1:02}-{n % 28 + 1:02}" for n in range(MANY)]
    written(
        env,
        *(
            {
                "id": f"2501.{n:05}",
                "abstract": ABSTRACT,
                "published": day,
                "tags": ["t"],
            }
            for n, day in enumerate(days)
        ),
    )
    peak(env, "list")
    return env


def peak(env, *arguments: str) -> int:
    """The most memory of a command, in KB. That of `getrusage` begins with the size of
    this process.
    """
    done = subprocess.run(
        [sys.executable, "-c", START, *arguments],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"VmHWM:\s+(\d+) kB", done.stdout)
    assert found, done.stderr
    return int(found[1])


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
@pytest.mark.parametrize(
    "options",
    [
        "--format jsonl",
        "--format csv",
        "--format ids",
        "--format bibtex",
        "--format markdown",
        "--format json tag:t",
        "--partition month",
    ],
)
def test_memory_does_not_grow(many, tmp_path, options):
    out = os.fspath(tmp_path / "out")
    words = ["export", *options.split(), "-o", out]
    few = peak(many, *words, "-n", str(FEW))
    assert peak(many, *words, "-n", str(MANY)) < few + GROWTH_KB
