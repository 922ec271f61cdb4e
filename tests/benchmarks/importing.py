"""How fast, and in how much memory, JSON lines are read: papertrack's own and arXiv's
snapshot.

    python -m tests.benchmarks.importing [--lines 100000] [--runs 3]

Makes the lines in a temporary folder. For each form, on the same bytes in turn: the
parse stream and `json.loads` of every line, each in a process of its own, and once
`papertrack import` into an empty library. Prints lines a second of CPU, peak memory and
the ratios of the times to that of json.loads.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from papertrack.core.model import Paper
from papertrack.sources import streams
from papertrack.sources.bibliography import arxiv_snapshot, papertrack_json

ABSTRACT = (
    "We study how owls read papers at night, and find that they mostly do, with "
    "Erd\\H{o}s numbers. " * 14
)


def make(kind: str, count: int, path: Path) -> None:
    """Write `count` lines of one kind: `own` or `snapshot`."""
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            key = f"{2501 + number // 90_000:04}.{number % 90_000 + 10_000:05}"
            value = (
                own_line(key, number) if kind == "own" else snapshot_line(key, number)
            )
            file.write(json.dumps(value, ensure_ascii=False) + "\n")


def own_line(key: str, number: int) -> dict[str, object]:
    """A paper as `export --format jsonl` writes it."""
    authors = tuple(f"Ann Ék {n}" for n in range(number % 9 + 1))
    return Paper(
        id=key,
        key=f"arxiv:{key}",
        title=f"Owls That Read, Part {number}",
        abstract=ABSTRACT,
        authors=authors,
        published="2025-11-03",
        categories=("cs.CL",),
        url=f"https://arxiv.org/abs/{key}",
        tags=("owls",),
    ).as_json()


def snapshot_line(key: str, number: int) -> dict[str, object]:
    """A paper in the format of arXiv's metadata."""
    return snapshot(
        key,
        title=f'Owls of Schr\\"odinger,\n  Part {number}',
        abstract=ABSTRACT,
        authors=[("Ek", f"Andr\\'e {n}") for n in range(number % 9 + 1)],
        categories=["cs.CL", "cs.LG"],
        day=date(2025, 11, 3),
    )


def snapshot(
    id: str,
    *,
    title: str,
    abstract: str,
    authors: Sequence[tuple[str, str]],
    categories: Sequence[str],
    day: date,
) -> dict[str, object]:
    """A line of arXiv's metadata; `authors` are family and given names."""
    return {
        "id": id,
        "submitter": " ".join(reversed(authors[0])),
        "authors": ", ".join(f"{given} {family}" for family, given in authors),
        "title": title,
        "comments": None,
        "journal-ref": None,
        "doi": None,
        "categories": " ".join(categories),
        "abstract": abstract,
        "versions": [
            {"version": "v1", "created": f"{day:%a, %-d %b %Y} 19:18:42 GMT"},
        ],
        "update_date": f"{day}",
        "authors_parsed": [[family, given, ""] for family, given in authors],
    }


def loads(path: Path) -> int:
    """The reference: each line through json.loads."""
    with path.open("rb") as stream:
        return sum(bool(json.loads(line)) for line in stream)


def parse(path: Path, kind: str) -> int:
    """Each line through papertrack, a batch at a time."""
    read = papertrack_json.parse_lines if kind == "own" else arxiv_snapshot.parse_lines
    with path.open("rb") as stream:
        lines = streams.split_lines(
            streams.read_pieces(stream, name=path.name), name=path.name
        )
        return sum(len(listing.facts) for listing in read(lines, name=path.name))


def whole(path: Path) -> None:
    """The whole program: `papertrack import` into a library and a cache of its own
    beside the file.
    """
    places = {
        f"PAPERTRACK_{name}": str(path.with_suffix(f".{name}"))
        for name in ("LIBRARY", "CACHE")
    }
    command = [sys.executable, "-m", "papertrack", "import", str(path)]
    subprocess.run(
        command, check=True, capture_output=True, env={**os.environ, **places}
    )


def measure(what: str, kind: str, path: Path) -> tuple[float, float]:
    """CPU seconds and peak megabytes of one run in a process of its own."""
    command = [sys.executable, __file__, "--child", what, kind, str(path)]
    seconds, peak = subprocess.run(
        command, check=True, capture_output=True, text=True
    ).stdout.split()
    return float(seconds), float(peak)


def child(what: str, kind: str, path: Path) -> None:
    """Run one of the three, and print its time and memory."""
    if what == "whole":
        whole(path)
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        print(used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)
        return
    started = time.process_time()
    count = loads(path) if what == "loads" else parse(path, kind)
    seconds = time.process_time() - started
    if not count:
        raise SystemExit("nothing was read")
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--lines", type=int, default=100_000)
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--child", nargs=3, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.child:
        child(arguments.child[0], arguments.child[1], Path(arguments.child[2]))
        return
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("own", "snapshot"):
            path = Path(folder) / f"{kind}.jsonl"
            make(kind, arguments.lines, path)
            print(
                f"{kind}: {arguments.lines} lines, {path.stat().st_size / 1e6:.0f} MB"
            )
            compare(kind, path, arguments.lines, arguments.runs)


def compare(kind: str, path: Path, lines: int, runs: int) -> None:
    """Print the time of reading a file: parsed alone, and by the whole program."""
    pairs = [
        (measure("parse", kind, path), measure("loads", kind, path))
        for _ in range(runs)
    ]
    base = max(plain[1] for _, plain in pairs)
    plain_seconds = statistics.median(plain[0] for _, plain in pairs)
    parsed = (
        statistics.median(ours[0] for ours, _ in pairs),
        max(ours[1] for ours, _ in pairs),
    )
    for what, (seconds, peak) in (
        ("parsed", parsed),
        ("papertrack import", measure("whole", kind, path)),
    ):
        times = seconds / plain_seconds
        print(
            f"  {what}: {lines / seconds:.0f} lines/s, {times:.1f} times "
            f"json.loads, peak {peak:.0f} MB "
            f"(json.loads {base:.0f} MB)",
            flush=True,
        )


if __name__ == "__main__":
    main()
