"""How long a search takes, against a Typer program with as many commands that does
nothing.

    python -m tests.benchmarks.startup [--runs 25] [LIBRARY]

Runs the two in turn, A B A B …, on a pipe, and prints the median of the ratios pair by
pair: the machine's drift falls on both. The library is the sample's, or the folder
given, which is only read.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

NOTHING = """
import typer
app = typer.Typer(add_completion=False)
{commands}
if __name__ == "__main__":
    app()
"""
COMMAND = """
@app.command("c{n}")
def c{n}(words: list[str] = typer.Argument(None), limit: int = typer.Option(30, "--limit", "-n"),
         json: bool = typer.Option(False, "--json")) -> None:
    "Does nothing."
"""


def cpu(command: list[str], environment: dict[str, str]) -> float:
    """CPU seconds, user and system, of one run."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        command,
        check=True,
        env=environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def ratios(
    first: Callable[[], float], second: Callable[[], float], runs: int
) -> tuple[list[float], float, float]:
    """The ratios of `runs` pairs after one warm-up, and the median of each."""
    first(), second()
    pairs = [(first(), second()) for _ in range(runs)]
    return (
        [a / b for a, b in pairs],
        statistics.median(a for a, _ in pairs),
        statistics.median(b for _, b in pairs),
    )


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("library", nargs="?", type=Path)
    parser.add_argument("--runs", type=int, default=25)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = arguments.library or Path(folder) / "library"
        environment = {
            **os.environ,
            "PAPERTRACK_LIBRARY": str(root),
            "PAPERTRACK_CACHE": f"{folder}/cache",
            "PAPERTRACK_STATE": f"{folder}/state",
        }
        # As installed: with .pyc files, outside the checkout.
        environment.pop("PYTHONDONTWRITEBYTECODE", None)
        environment["PYTHONPYCACHEPREFIX"] = f"{folder}/pyc"
        tool = [
            sys.executable,
            "-c",
            "from papertrack.__main__ import main; main()",
        ]  # as the installed script does
        if arguments.library is None:
            subprocess.run(
                [*tool, "-q", "fetch", "sample"], check=True, env=environment
            )
        commands = 18
        nothing = Path(folder) / "nothing.py"
        nothing.write_text(
            NOTHING.format(
                commands="".join(COMMAND.format(n=n) for n in range(commands))
            )
        )

        def run(command: list[str]) -> Callable[[], float]:
            return partial(cpu, command, environment)

        bare = [sys.executable, str(nothing), "c7"]
        empty = [sys.executable, "-c", "pass"]
        cases = {
            "list": ["list"],
            "search, two words": ["search", "diffusion", "model"],
            "search, a rare word": ["search", "mamba"],
            "search, a common word": ["search", "model"],
            "tags": ["tags"],
        }
        print(
            f"{'case':22} {'ms':>7} {'Typer':>7} {'ratio':>6} {'min':>6} "
            f"{'max':>6}   ({arguments.runs} pairs, CPU)"
        )
        for name, words in cases.items():
            command = [*tool, *words]
            got, ours, theirs = ratios(run(command), run(bare), arguments.runs)
            spread = f"{statistics.median(got):6.2f} {min(got):6.2f} {max(got):6.2f}"
            print(f"{name:22} {ours * 1e3:7.1f} {theirs * 1e3:7.1f} {spread}")
        got, typer_ms, python_ms = ratios(run(bare), run(empty), arguments.runs)
        print(
            f"Typer with {commands} commands is {statistics.median(got):.1f} times an empty Python "
            f"({typer_ms * 1e3:.0f} and {python_ms * 1e3:.0f} ms)"
        )


if __name__ == "__main__":
    main()
