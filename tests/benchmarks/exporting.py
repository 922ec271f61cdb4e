"""How much memory and time exports of large libraries take.

    python -m tests.benchmarks.exporting [--papers 1000000 100000] [--short] [--at FOLDER]

Makes the libraries and their indexes, unless FOLDER has them from a run before. Exports
each to files, each format in a process of its own, and prints the peak memory, its
target, and the time. A million papers need 8 GB of disk and an hour; with --short, for
abstracts of one sentence, 1 GB and ten minutes.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import NamedTuple

MEGABYTES = 60
"""What each format may take, for any number of papers."""

FORMATS = ("jsonl", "csv", "ids")
SLOW_FORMATS = ("bibtex", "ris", "csl", "hayagriva", "org", "atom", "html", "markdown")
"""Formats of up to so many papers as `MOST_SLOW`: they take long."""
MOST_SLOW = 100_000


class Used(NamedTuple):
    """What a process used."""

    megabytes: float
    seconds: float
    cpu_seconds: float


def run(command: list[str], env: dict[str, str]) -> Used:
    """Run a command that must succeed."""
    began = time.monotonic()
    process = subprocess.Popen(command, env=env)
    _, status, used = os.wait4(process.pid, 0)
    if status:
        raise SystemExit(f"{' '.join(command)}: ended with {status}")
    seconds = time.monotonic() - began
    return Used(used.ru_maxrss / 1024, seconds, used.ru_utime + used.ru_stime)


def library(count: int, options: list[str], folder: Path) -> dict[str, str]:
    """The environment of a library of so many papers, with its index."""
    below = folder / str(count)
    names = ("LIBRARY", "CACHE", "STATE")
    env = dict(os.environ)
    env |= {f"PAPERTRACK_{name}": str(below / name.lower()) for name in names}
    root = below / "library"
    if not (root / "marks.json").exists():
        made = [sys.executable, "-m", "tests.benchmarks.made", str(count), str(root)]
        run([*made, *options], env)
    run([sys.executable, "-m", "papertrack", "-q", "list", "--count"], env)
    return env


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--papers", nargs="*", type=int, default=[1_000_000, 100_000])
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--at", type=Path)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = arguments.at or Path(temporary)
        print(
            f"{'papers':>9}  {'format':10} {'MB':>6} {'at most':>8} {'s':>6} {'CPU s':>6}"
        )
        for count in arguments.papers:
            env = library(count, ["--short"] if arguments.short else [], folder)
            slow = SLOW_FORMATS if count <= MOST_SLOW else ()
            for format in (*FORMATS, *slow):
                out = str(Path(temporary) / f"papers.{format}")
                command = [sys.executable, "-m", "papertrack", "-q", "export"]
                used = run([*command, "--format", format, "-o", out], env)
                print(
                    f"{count:9,}  {format:10} {used.megabytes:6.0f} {MEGABYTES:8}"
                    f" {used.seconds:6.0f} {used.cpu_seconds:6.0f}",
                    flush=True,
                )


if __name__ == "__main__":
    main()
