"""What writing takes: marks, fetches into large months, imports, the index and its size.

    python -m tests.benchmarks.writing ARXIV.jsonl.gz [--at FOLDER]
        [--only import index marks fetch] [--papers N]

The papers are those of a file of arXiv's (a JSON object a line, see `made`). Each row
has its target. Times are of CPU, so that a busy machine counts less. The speed on two
processors is that of the busier one, if the work is shared as well as it can be: the
papers by the time of the main process, or by half of that of all processes, whichever
is longer. Memory is the peak of the main process, and that of one of the others.
"""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from datetime import date
from itertools import islice
from pathlib import Path
from typing import NamedTuple, TypeVar

from papertrack.storage.workers import Pool
from tests.benchmarks import made
from tests.benchmarks.finding import Place, listing, place_in
from tests.benchmarks.importing import snapshot
from tests.benchmarks.made import Dated

T = TypeVar("T")
R = TypeVar("R")

REPORTING = """
import atexit, resource, sys

def report():
    for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN):
        used = resource.getrusage(who)
        print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, file=sys.stderr)

atexit.register(report)
from papertrack.__main__ import main
main()
"""
"""Runs papertrack, then prints what it and its workers used, a line for each."""

SMALL_MONTH, LARGE_MONTH = 250, 24_000


class Used(NamedTuple):
    """CPU seconds and peak megabytes of the main process, and of its workers."""

    main: float
    peak: float
    workers: float
    peak_of_worker: float

    @property
    def seconds(self) -> float:
        """CPU seconds of all processes."""
        return self.main + self.workers

    def speed(self, papers: int) -> float:
        """Papers a second on two processors."""
        return papers / max(self.main, self.seconds / 2)


def run(place: Place, *words: str) -> Used:
    """Run a command quietly. Raises SystemExit where it fails."""
    done = subprocess.run(
        [sys.executable, "-c", REPORTING, "-q", *words],
        env=place.environment,
        cwd=place.folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )
    if done.returncode:
        raise SystemExit(done.stderr)
    main, workers = (map(float, line.split()) for line in done.stderr.splitlines()[-2:])
    return Used(*main, *workers)


def apart(function: Callable[[T], R], argument: T) -> R:
    """What a function returns, in another process: the memory of a large one would be
    counted as that of the commands it runs.
    """
    with Pool(function, 1) as pool:
        (result,) = pool.mapped([argument])
    return result


def row(name: str, figure: str, target: str, used: Used | None = None) -> None:
    """Print a row of the table."""
    details = ""
    if used is not None:
        details = (
            f"main {used.main:.1f} s, {used.peak:.0f} MB; "
            f"workers {used.workers:.1f} s, {used.peak_of_worker:.0f} MB each"
        )
    print(f"{name:42} {figure:>12} {target:>12}  {details}", flush=True)


# ------------------------------------------------------------------ what is measured


def imported(place: Place, papers: int) -> None:
    """Import arXiv's metadata of the papers of the library into an empty one."""
    lines = place.folder / "snapshot.jsonl"
    apart(_write_lines, (place.library, lines))
    other = place_in(place.folder, "imported", papers)
    shutil.rmtree(other.folder, ignore_errors=True)
    other.folder.mkdir()
    used = run(other, "import", str(lines))
    row("import of JSON lines", f"{used.speed(papers):,.0f}/s", "4,000/s", used)


def _write_lines(paths: tuple[Path, Path]) -> None:
    library, lines = paths
    with lines.open("w", encoding="utf-8") as file:
        for facts in _facts(library):
            file.write(json.dumps(_line(facts)) + "\n")


def _facts(library: Path) -> Iterator[dict[str, list[str]]]:
    for path in sorted((library / "papers").glob("*.json")):
        papers = json.loads(path.read_text(encoding="utf-8"))["papers"]
        for document in papers.values():
            yield document["said"]["arxiv"]


def _line(facts: dict[str, list[str]]) -> dict[str, object]:
    names = [name.rpartition(" ") for name in facts["authors"]]
    return snapshot(
        str(facts["ids"][0]).removeprefix("arxiv:"),
        title=str(facts["title"]),
        abstract=str(facts["abstract"]),
        authors=[(family, given) for given, _, family in names],
        categories=facts["categories"],
        day=date.fromisoformat(str(facts["published"])),
    )


def indexed(place: Place, papers: int) -> None:
    """Build the index, and compare its size with that of the files."""
    shutil.rmtree(place.cache, ignore_errors=True)
    used = run(place, "list", "-n", "1")
    row("index from nothing", f"{used.speed(papers):,.0f}/s", "10,000/s", used)
    size = sum(path.stat().st_size for path in place.cache.glob("index-*"))
    files = sum(path.stat().st_size for path in place.library.rglob("*.json"))
    row("size of the index, times the JSON", f"{size / files:.2f}", "0.80")


def marked(place: Place, papers: int) -> None:
    """Mark all papers that are not read, and undo that."""
    run(place, "list", "-n", "1")
    used = run(place, "mark", "read", "is:unread", "--yes")
    row(f"mark {papers:,} papers read, s", f"{used.seconds:.1f}", "3.0", used)
    used = run(place, "undo")
    row("undo of it, s", f"{used.seconds:.1f}", "3.0", used)


def fetched(place: Place) -> None:
    """Fetch 50 papers, 30 known ones among them, into months of two sizes."""
    other = place_in(place.folder, "months", SMALL_MONTH + LARGE_MONTH)
    shutil.rmtree(other.folder, ignore_errors=True)
    apart(_make_months, other.library)
    run(other, "list", "-n", "1")
    step = LARGE_MONTH // 30
    spread = [f"arxiv:2610.{1 + step * number:05}" for number in range(30)]
    near = [f"arxiv:2609.{1 + number:05}" for number in range(30)]
    small = run(other, "fetch", str(listing(other, "2026-09", near)))
    large = run(other, "fetch", str(listing(other, "2026-10", spread)))
    ratio = large.seconds / small.seconds
    name = f"fetch over a month of {LARGE_MONTH:,}, times one of {SMALL_MONTH}"
    row(name, f"{ratio:.1f}", "2.0", large)


def _make_months(library: Path) -> None:
    papers = made.papers(SMALL_MONTH + LARGE_MONTH, 7, dated=_two_months())
    made.write(library, papers, 20_000, 7)


def _two_months() -> Iterator[Dated]:
    for month, count in (("2026-09", SMALL_MONTH), ("2026-10", LARGE_MONTH)):
        for number in range(count):
            day = 1 + 28 * number // count
            yield Dated(f"26{month[-2:]}.{number + 1:05}", f"{month}-{day:02}")


# ------------------------------------------------------------------ the table


class Source(NamedTuple):
    """A file of papers, and the library to make of the first so many."""

    path: Path
    library: Path
    papers: int


def _make(source: Source) -> int:
    """Make the library, unless it exists; how many papers it has."""
    if not source.library.exists():
        found = islice(made.papers_of(source.path), source.papers)
        made.write(source.library, found, 0, 7)
    return sum(1 for _ in _facts(source.library))


def table(place: Place, papers: int, only: Sequence[str]) -> None:
    """Print the rows."""
    print(f"{'':42} {'':>12} {'target':>12}")
    if "index" in only:
        indexed(place, papers)
    if "marks" in only:
        marked(place, papers)
    if "fetch" in only:
        fetched(place)
    if "import" in only:
        imported(place, papers)


def main() -> None:
    """Make the library of the arguments, and print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    rows = ("index", "marks", "fetch", "import")
    parser.add_argument("arxiv", type=Path)
    parser.add_argument("--at", type=Path)
    parser.add_argument("--papers", type=int, default=1_000_000)
    parser.add_argument("--only", nargs="+", choices=rows, default=rows)
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        folder = (arguments.at or Path(temporary)).resolve()
        place = place_in(folder, f"arxiv-{arguments.papers}", arguments.papers)
        made_of = Source(arguments.arxiv, place.library, arguments.papers)
        table(place, apart(_make, made_of), arguments.only)


if __name__ == "__main__":
    main()
