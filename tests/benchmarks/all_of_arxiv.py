"""All of arXiv in one library: what each command takes with 3,000,000 papers.

    python -m tests.benchmarks.all_of_arxiv [--papers 300000 3000000] [--at FOLDER]
        [--runs 3] [--keep] [--everything]

Generates arXiv's metadata, a JSON object a line: as many papers a month as arXiv has,
in proportion, up to 24,000, with abstracts of 1,100 characters (`made.py`). The file is
imported, its index built again from nothing, and the library searched, listed, tagged,
fetched into and exported; with --everything checked, backed up and restored, too, which
takes half an hour more. Printed are the elapsed and the
CPU time, the peak memory, and the disk that is used. What takes a second is run
`--runs` times; the median is printed. With several sizes, their peak memories show
whether a command needs more for a larger library.

3,000,000 papers need about 35 GB of disk below FOLDER, freed at the end unless
--keep is given.
"""

from __future__ import annotations

import argparse
import itertools
import json
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.finding import (
    TOOL,
    Place,
    Run,
    listing,
    newest_keys,
    place_in,
)
from tests.benchmarks.importing import snapshot
from tests.benchmarks.made import Dated, papers

THOUSANDS = (
    *(0.3, 3.2, 6.7, 10, 13, 16, 20, 24, 28, 31),
    *(33, 36, 39, 44, 47, 50, 56, 59, 64, 70),
    *(77, 85, 93, 98, 105, 113, 124, 141, 156, 178),
    *(182, 186, 243, 283, 288),
)
"""Papers of each year from FIRST_YEAR on, in thousands, rounded: 3,000,000 in all
(https://arxiv.org/stats/monthly_submissions).
"""

FIRST_YEAR = 1991
NEW_IDS = date(2007, 4, 1)
"""Ids have no name of an archive from this day on
(https://info.arxiv.org/help/arxiv_identifier.html).
"""

ARCHIVES = (
    *("hep-th", "hep-ph", "astro-ph", "cond-mat"),
    *("math", "quant-ph", "gr-qc", "cs"),
)
QUICK = 5.0
"""Seconds; what takes longer is run once."""

TAGGED = "published:2024-03"
"""The papers of a month, which are tagged together."""


def dated(count: int) -> Iterator[Dated]:
    """The ids and days of `count` papers, oldest first, as arXiv's are distributed."""
    serial = 0
    before = None
    for day in itertools.islice(_days(count), count):
        month = day.replace(day=1)
        serial = serial + 1 if month == before else 1
        before = month
        yield Dated(_id(day, serial), day.isoformat())


def _id(day: date, serial: int) -> str:
    if day >= NEW_IDS:
        return f"{day:%y%m}.{serial:05}"
    archive = ARCHIVES[serial % len(ARCHIVES)]
    return f"{archive}/{day:%y%m}{serial // len(ARCHIVES) + 1:03}"


def _days(count: int) -> Iterator[date]:
    total = sum(THOUSANDS)
    done = 0.0
    for year, thousands in enumerate(THOUSANDS, FIRST_YEAR):
        first = round(done / total * count)
        done += thousands
        of_year = round(done / total * count) - first
        for number in range(of_year):
            month, of_month = divmod(number * 12 / of_year, 1)
            yield date(year, int(month) + 1, int(of_month * 28) + 1)


def generate(path: Path, count: int, first: int, end: int) -> None:
    """Write arXiv's metadata of some of `count` papers: those from `first` to `end`."""
    some = itertools.islice(dated(count), first, end)
    with path.open("w", encoding="utf-8") as file:
        for _, document in papers(count, seed=7, dated=some, first=first):
            facts = document["said"]["arxiv"]
            line = snapshot(
                document["key"].removeprefix("arxiv:"),
                title=facts["title"],
                abstract=facts["abstract"],
                authors=[_parsed(name) for name in facts["authors"]],
                categories=facts["categories"],
                day=date.fromisoformat(facts["published"]),
            )
            file.write(json.dumps(line) + "\n")


def generate_all(path: Path, count: int) -> None:
    """Write arXiv's metadata of `count` papers, by as many processes as there are
    processors.
    """
    cores = os.cpu_count() or 1
    bounds = [count * core // cores for core in range(cores + 1)]
    command = [sys.executable, "-m", "tests.benchmarks.all_of_arxiv", "--generate"]
    parts: list[tuple[Path, subprocess.Popen[bytes]]] = []
    for first, end in itertools.pairwise(bounds):
        part = path.with_suffix(f".{first}")
        words = map(str, (part, count, first, end))
        parts.append((part, subprocess.Popen([*command, *words])))
    whole = path.with_suffix(".part")
    with whole.open("wb") as file:
        for part, process in parts:
            if process.wait():
                raise SystemExit(process.returncode)
            with part.open("rb") as made:
                shutil.copyfileobj(made, file)
            part.unlink()
    whole.rename(path)


def _parsed(name: str) -> tuple[str, str]:
    given, _, family = name.rpartition(" ")
    return family, given


# ------------------------------------------------------------------ what is run


class Step(NamedTuple):
    """Commands that belong together; only the quick ones are run several times."""

    name: str
    words: list[str]
    repeated: bool = True


def steps(place: Place, snapshot_file: Path, *, everything: bool) -> Iterator[Step]:
    """The commands, in the order in which they are run."""
    yield Step("import, with its index", ["import", f"{snapshot_file}"], False)
    for path in place.cache.glob("index-*"):
        path.unlink()
    yield Step("index, from nothing", ["list", "-n", "1"], False)
    keys = newest_keys(place)
    id = keys[-1].removeprefix("arxiv:")
    yield Step("`list`", ["list"])
    yield Step("`show`", ["show", id])
    yield Step("`search`, a rare word", ["search", "quokka"])
    yield Step("`search`, a word of half of them", ["search", "model"])
    yield Step("`search`, two words", ["search", "diffusion", "policy"])
    yield Step("`search`, a phrase", ["search", '"language models"'])
    yield Step("`search author:`", ["search", "author:wei"])
    yield Step("`list`, a regular expression", ["list", "title:/^quo|tion$/"])
    yield Step("`stats`", ["stats"])
    yield Step("`trends`, one word", ["trends", "diffusion"])
    yield Step("`similar`", ["similar", id])
    yield Step("`tag add`, one paper", ["tag", "add", "one", id])
    yield Step(
        "`tag add`, papers of a month", ["tag", "add", "month", TAGGED, "--yes"], False
    )
    yield Step("`undo` of these", ["undo"], False)
    yield Step("`tag add`, again", ["tag", "add", "month", TAGGED, "--yes"], False)
    yield Step("`tags`", ["tags"])
    file = listing(place, "2025-12", keys)
    yield Step("`fetch FILE`, 50 papers", ["fetch", f"{file}"], False)
    for format in ("jsonl", "csv", "ids"):
        out = str(place.folder / f"exported.{format}")
        words = ["export", "--format", format, "-o", out]
        yield Step(f"`export --format {format}`", words, False)
    yield Step("`list --all --json`", ["list", "--all", "--json"], False)
    if not everything:
        return
    yield Step("`doctor`", ["doctor"], False)
    packed = str(place.folder / "papers.tar.gz")
    yield Step("`backup`", ["backup", packed], False)
    yield Step("`restore`", ["restore", packed, "--yes"], False)


def run(place: Place, step: Step, runs: int) -> Run:
    """What a step takes: the median of its runs, the most memory."""
    command = [*TOOL, "-q", *step.words]
    results = [place.run(command)]
    if step.repeated and results[0].elapsed < QUICK:
        results = [place.run(command) for _ in range(runs)]
    return Run(
        statistics.median(one.seconds for one in results),
        max(one.peak for one in results),
        statistics.median(one.elapsed for one in results),
    )


def sizes(place: Place) -> Mapping[str, int]:
    """The bytes of the library, of its index, and of what was written from it."""
    return {
        "library": _bytes(place.library),
        "index": sum(path.stat().st_size for path in place.cache.glob("index-*")),
        **{path.name: path.stat().st_size for path in place.folder.glob("*.*")},
    }


def _bytes(folder: Path) -> int:
    files = (path for path in folder.rglob("*") if path.is_file())
    return sum(path.stat().st_size for path in files)


def measure(place: Place, runs: int, *, everything: bool) -> None:
    """Print the table of one size."""
    place.folder.mkdir(parents=True, exist_ok=True)
    file = place.folder / "arxiv.jsonl"
    began = time.monotonic()
    if not file.exists():
        generate_all(file, place.papers)
    seconds = time.monotonic() - began
    print(f"{place.papers:,} papers, generated in {seconds:.0f} s\n")
    print("| | seconds | of CPU | MB of memory |\n| --- | --- | --- | --- |")
    for step in steps(place, file, everything=everything):
        used = run(place, step, runs)
        print(
            f"| {step.name} | {used.elapsed:.3g} | {used.seconds:.3g} "
            f"| {used.peak:.0f} |",
            flush=True,
        )
    print()
    for name, size in sizes(place).items():
        print(f"{name}: {size / 1e9:.2f} GB")
    print(f"the whole run: {(time.monotonic() - began) / 60:.0f} minutes", flush=True)


def main() -> None:
    """Print the tables."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--papers", nargs="+", type=int, default=[300_000, 3_000_000])
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--at", type=Path)
    parser.add_argument("--keep", action="store_true")
    parser.add_argument("--everything", action="store_true")
    parser.add_argument("--generate", nargs=4, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.generate:
        path, *numbers = arguments.generate
        generate(Path(path), *map(int, numbers))
        return
    with tempfile.TemporaryDirectory() as temporary:
        folder = (arguments.at or Path(temporary)).resolve()
        for count in arguments.papers:
            place = place_in(folder, f"{count}", count)
            measure(place, arguments.runs, everything=arguments.everything)
            if not arguments.keep:
                shutil.rmtree(place.folder)


if __name__ == "__main__":
    main()
