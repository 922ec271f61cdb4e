"""How fast papertrack finds and marks, as ratios to a Typer program of as many commands
that does nothing.

    python -m tests.benchmarks.finding [--papers 10000 100000 1000000] [--runs 9]
        [--only index reads writes] [--arxiv arxiv.jsonl.gz] [--at FOLDER]
        [--cases list tags]

Makes each library with `made.py`, below FOLDER where one is named, and keeps it there
for the next run. The two programs run in turn, A B A B …, and what is printed is the
median of the ratios of their CPU time, pair by pair, off a terminal and on one: ratios
travel, the milliseconds beside them are this machine's. The ratio to reach stands
before them (for an undo that of the tag), the peak memory after them. The index is made
from nothing: papers a second of CPU time, peak memory, the size of its file against that
of the JSON. Writes change the library that they are measured on: a tag and its undo, and
a listing of 50 papers of which 30 are known.
"""

from __future__ import annotations

import argparse
import json
import os
import pty
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.startup import COMMAND, NOTHING

HERE = Path(__file__).parent
TOOL = [
    sys.executable,
    "-c",
    "from papertrack.__main__ import main; main()",
]  # as the installed script does
LARGE = 1_000_000


class Case(NamedTuple):
    """A command that reads, and the ratios that it should have at most."""

    words: list[str]
    piped: float = 0.8
    terminal: float = 1.5
    large: float = 0.8
    """Piped, from LARGE papers on."""

    def target(self, place: Place, *, terminal: bool) -> float:
        """The ratio to reach in a library."""
        if terminal:
            return self.terminal
        return self.large if place.papers >= LARGE else self.piped


def _search(*words: str, large: float = 0.8) -> Case:
    return Case(["search", *words], terminal=1.8, large=large)


def _ranked(*words: str) -> Case:
    return Case([*words], piped=3.0, terminal=3.0, large=4.0)


COMMON = 1.3
"""The target for words that half of the papers have."""

READS = {
    "list": Case(["list"]),
    "search: a rare word": _search("quokka"),
    "search: a common word": _search("model", large=COMMON),
    "search: two words": _search("diffusion", "policy"),
    "search: a phrase": _search('"language models"', large=COMMON),
    "search: few with all words": _search("quokka", "policy", "for", "difusion"),
    "search: author:": _search("author:wei"),
    "search: a date range": _search(
        "model", "published:2026-03..2026-05", large=COMMON
    ),
    "list: a date range": Case(["list", "published:2026-03..2026-05"]),
    "show": Case(["show", "ID"]),
    "tags": Case(["tags"]),
    "tags NAME": Case(["tags", "data"]),
    "similar": _ranked("similar", "ID"),
    "recommend": _ranked("recommend"),
    "recommend: a word": _ranked("recommend", "model"),
    "explain": _ranked("explain", "ID"),
    "list: recommended": _ranked("list", "--sort", "recommended"),
    "list: hot": _ranked("list", "--sort", "hot"),
}
"""ID stands for the id of a paper."""


class Run(NamedTuple):
    """CPU seconds, user and system, peak megabytes, and elapsed seconds of one
    process.
    """

    seconds: float
    peak: float
    elapsed: float


class Place(NamedTuple):
    """A library, its cache, and what to run in it."""

    name: str
    papers: int
    folder: Path
    environment: dict[str, str]

    @property
    def library(self) -> Path:
        return self.folder / "library"

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    def run(
        self,
        command: Sequence[str],
        *,
        terminal: bool = False,
        may_fail: bool = False,
    ) -> Run:
        """Run a command to its end. Raises SystemExit where it fails and may not."""
        controller, shown = pty.openpty() if terminal else (-1, subprocess.DEVNULL)
        drain = threading.Thread(target=_drained, args=(controller,))
        began = time.monotonic()
        process = subprocess.Popen(
            command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=shown,
            stderr=shown,
        )
        if terminal:
            os.close(shown)
            drain.start()
        _, status, used = os.wait4(process.pid, 0)
        elapsed = time.monotonic() - began
        process.returncode = os.waitstatus_to_exitcode(status)
        if terminal:
            drain.join()
            os.close(controller)
        if process.returncode and not may_fail:
            raise SystemExit(f"{' '.join(command[3:])} ended with {process.returncode}")
        return Run(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, elapsed)

    def paired(
        self,
        ours: Callable[[], list[str]],
        theirs: list[str],
        runs: int,
        *,
        terminal: bool = False,
    ) -> str:
        """The columns of a table: median ratio, its minimum and maximum, milliseconds
        of both, peak megabytes.
        """
        self.run(ours(), terminal=terminal)
        pairs = [
            (self.run(ours(), terminal=terminal), self.run(theirs, terminal=terminal))
            for _ in range(runs)
        ]
        got = [one.seconds / other.seconds for one, other in pairs]
        mine, bare = (
            statistics.median(run.seconds * 1e3 for run in side)
            for side in zip(*pairs, strict=True)
        )
        peak = max(one.peak for one, _ in pairs)
        return (
            f"{statistics.median(got):6.2f} {min(got):6.2f} {max(got):6.2f} "
            f"{mine:7.1f} {bare:7.1f} {peak:6.1f}"
        )


def _drained(handle: int) -> None:
    try:
        while os.read(handle, 65536):
            pass
    except OSError:
        return  # Linux raises EIO after the last writer of a pseudo-terminal


# ------------------------------------------------------------------ what is measured


def index(place: Place) -> None:
    """Build the index."""
    for path in place.cache.glob("index-*"):
        path.unlink()
    made = place.run([*TOOL, "-q", "list", "-n", "1"])
    size = sum(path.stat().st_size for path in place.cache.glob("index-*"))
    json_size = sum(path.stat().st_size for path in place.library.rglob("*.json"))
    print(
        f"{place.name}: index made at {place.papers / made.seconds:,.0f} papers/s "
        f"of CPU, peak {made.peak:.0f} MB, "
        f"{size / 1e6:.0f} MB, {size / json_size:.2f} times the JSON",
        flush=True,
    )


def reads(place: Place, bare: list[str], runs: int, cases: Sequence[str]) -> None:
    """Every way of reading, into a pipe and on a terminal."""
    id = newest_keys(place)[0]
    for name, case in READS.items():
        if cases and name not in cases:
            continue
        words = [id if word == "ID" else word for word in case.words]
        for terminal in (False, True):
            figures = place.paired(
                lambda words=words: [*TOOL, *words], bare, runs, terminal=terminal
            )
            where = "terminal" if terminal else "pipe"
            target = case.target(place, terminal=terminal)
            print(
                f"{place.name:>9} {name:24} {where:8} {target:6.1f} {figures}",
                flush=True,
            )


def newest_keys(place: Place) -> list[str]:
    """The keys of the papers of the newest month."""
    newest = max((place.library / "papers").glob("????-??.json"))
    papers = json.loads(newest.read_text(encoding="utf-8"))["papers"]
    return [document["key"] for document in papers.values()]


def writes(place: Place, bare: list[str], runs: int) -> None:
    """A tag on one paper, its undo, and a listing of which 30 papers of 50 are
    known.
    """
    newest = max((place.library / "papers").glob("????-??.json"))
    keys = newest_keys(place)
    waiting = iter(keys * 10)

    def tag() -> list[str]:
        return [*TOOL, "tag", "add", f"t{time.time_ns()}", next(waiting)]

    def undo() -> list[str]:
        return [*TOOL, "undo"]

    def fetch() -> list[str]:
        return [*TOOL, "fetch", str(listing(place, newest.stem, keys))]

    cases = {
        "tag add, one paper": (1.6, tag),
        "undo of it": (1.6, undo),
        "fetch FILE, 30 known of 50": (3.0, fetch),
    }
    for name, (target, command) in cases.items():
        figures = place.paired(command, bare, runs)
        print(f"{place.name:>9} {name:33} {target:6.1f} {figures}", flush=True)


def listing(place: Place, month: str, keys: list[str]) -> Path:
    """The response of Hugging Face for a day: 30 known papers with other upvotes, and
    20 new ones.
    """
    stamp = time.time_ns() // 1000
    fresh = (
        f"{year:02}{1 + stamp // 10**5 % 12:02}.{(stamp + year) % 10**5:05}"
        for year in range(70, 90)
    )
    ids = [*(key.removeprefix("arxiv:") for key in keys[:30]), *fresh]
    rows = [
        {
            "paper": {
                "id": id,
                "title": f"Owls that read number {id}",
                "summary": "We study how owls read papers. " * 40,
                "authors": [{"name": "Ada Roe"}, {"name": "Bo Ek"}],
                "publishedAt": f"{month}-03T00:00:00.000Z",
                "upvotes": stamp % 1000,
            },
            "publishedAt": f"{month}-03T00:00:00.000Z",
            "numComments": 1,
        }
        for id in ids
    ]
    path = place.folder / "listing.json"
    path.write_text(json.dumps(rows), encoding="utf-8")
    return path


# ------------------------------------------------------------------ places


def place_in(folder: Path, name: str, papers: int) -> Place:
    """A library of so many papers in the folder `name`."""
    below = folder / name
    environment = {
        **os.environ,
        "PAPERTRACK_LIBRARY": f"{below}/library",
        "PAPERTRACK_CACHE": f"{below}/cache",
        "PAPERTRACK_STATE": f"{below}/state",
        "PAPERTRACK_CONFIG": f"{below}/config.toml",
        "PAGER": "cat",
        "TERM": "xterm-256color",
        "COLUMNS": "100",
        "PYTHONPATH": str(HERE.parents[1]),  # this checkout, whatever is installed
        "PYTHONPYCACHEPREFIX": str(folder / "pyc"),
    }
    environment.pop("PYTHONDONTWRITEBYTECODE", None)  # as installed: with .pyc files
    return Place(name, papers, below, environment)


def places(arguments: argparse.Namespace, folder: Path) -> list[Place]:
    """The libraries; missing ones are generated."""
    wanted: list[tuple[str, int, list[str]]] = [
        (f"{count}", count, []) for count in arguments.papers
    ]
    if arguments.arxiv:
        wanted.append(("arxiv", 27_000, ["--from", str(arguments.arxiv)]))
    found = []
    for name, count, options in wanted:
        place = place_in(folder, name, count)
        if not place.library.exists():
            make = [
                sys.executable,
                str(HERE / "made.py"),
                str(count),
                str(place.library),
                *options,
            ]
            subprocess.run(make, check=True)
        found.append(place)
    return found


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--papers", nargs="*", type=int, default=[10_000, 100_000])
    parser.add_argument("--runs", type=int, default=9)
    parser.add_argument(
        "--only",
        nargs="+",
        choices=("index", "reads", "writes"),
        default=("index", "reads", "writes"),
    )
    parser.add_argument("--arxiv", type=Path)
    parser.add_argument("--at", type=Path)
    parser.add_argument("--cases", nargs="*", choices=READS, default=())
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (arguments.at or Path(temporary)).resolve()
        for place in places(arguments, folder):
            bare = idle_program(place, folder)
            if "index" in arguments.only:
                index(place)
            place.run([*TOOL, "-q", "list"])
            print(
                f"{'':43} {'target':>6} {'ratio':>6} {'min':>6} {'max':>6} "
                f"{'ms':>7} {'Typer':>7} {'MB':>6}   ({arguments.runs} pairs, CPU)"
            )
            if "reads" in arguments.only:
                reads(place, bare, arguments.runs, arguments.cases)
            if "writes" in arguments.only:
                writes(place, bare, arguments.runs)


def idle_program(place: Place, folder: Path) -> list[str]:
    """The command line of a Typer program that does nothing, with as many commands."""
    path = folder / "nothing.py"
    commands = (COMMAND.format(n=number) for number in range(_commands(place)))
    path.write_text(NOTHING.format(commands="".join(commands)))
    return [sys.executable, str(path), "c7"]


def _commands(place: Place) -> int:
    """The number of commands of papertrack. Another process counts them: the memory of
    a large parent would be counted as the child's.
    """
    command = [
        sys.executable,
        "-c",
        "from papertrack.cli.command_table import COMMANDS; print(len(COMMANDS))",
    ]
    done = subprocess.run(
        command, env=place.environment, capture_output=True, text=True, check=True
    )
    return int(done.stdout)


if __name__ == "__main__":
    main()
