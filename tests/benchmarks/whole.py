"""How long commands take that read or write the whole library, as ratios to a Typer
program of as many commands that does nothing.

    python -m tests.benchmarks.whole [--papers 10000] [--runs 5] [--at FOLDER]
        [--cases stats doctor]

Each library is made with `made.py`, below FOLDER where one is named, and kept there for
the next run; `restore` writes to it. The two programs run in turn, A B A B …, into a
pipe: printed is the ratio to reach, the median of the ratios of their CPU time, pair by
pair, and the peak memory, for which the target is 100 MB. `list --all` is of 27,000
papers in the target, two seconds of CPU: a ratio of 33. `doctor` compares again what has
changed since the last time: nothing, or for the first time all.
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from tests.benchmarks.finding import TOOL, Place, idle_program, places

CASES = {
    "stats": (2, ["stats"]),
    "trends": (3, ["trends", "model"]),
    "a regular expression": (10, ["list", "title:/tion$/"]),
    "one that nothing matches": (10, ["list", "title:/zqx/"]),
    "list --all --json": (33, ["list", "--all", "--json"]),
    "doctor": (10, ["doctor"]),
    "doctor, the first time": (10, ["doctor"]),
    "backup": (10, ["backup", "BACKUP"]),
    "restore": (20, ["restore", "BACKUP", "--yes"]),
}
"""The ratio to reach, and the words; BACKUP stands for a file outside the library."""


def measure(place: Place, bare: list[str], runs: int, cases: list[str]) -> None:
    """Print a line for each case."""
    backup = str(place.folder / "papers.tar.gz")
    chosen = {name: case for name, case in CASES.items() if name in (cases or CASES)}
    if any("doctor" in words for _, words in chosen.values()):
        place.run([*TOOL, "-q", "doctor", "--fix"])
    if any("BACKUP" in words for _, words in chosen.values()):
        place.run([*TOOL, "-q", "backup", backup])
    for name, (target, words) in chosen.items():
        command = [
            *TOOL,
            "-q",
            *(backup if word == "BACKUP" else word for word in words),
        ]

        def ours(name: str = name, command: list[str] = command) -> list[str]:
            if name.endswith("the first time"):
                for path in place.cache.glob("*.verified"):
                    path.unlink()
            return command

        figures = place.paired(ours, bare, runs)
        print(f"{place.name:>9} {name:33} {target:6} {figures}", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--papers", nargs="*", type=int, default=[10_000])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--at", type=Path)
    parser.add_argument("--arxiv", type=Path)
    parser.add_argument("--cases", nargs="*", choices=CASES, default=[])
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (arguments.at or Path(temporary)).resolve()
        for place in places(arguments, folder):
            bare = idle_program(place, folder)
            place.run([*TOOL, "-q", "list"])
            print(
                f"{'':43} {'target':>6} {'ratio':>6} {'min':>6} {'max':>6} "
                f"{'ms':>7} {'Typer':>7} {'MB':>6}   ({arguments.runs} pairs, CPU)"
            )
            measure(place, bare, arguments.runs, arguments.cases)


if __name__ == "__main__":
    main()
