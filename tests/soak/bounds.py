"""Every body of tests/helpers/hostile_bodies.py at 10 MB, to every parser that
may get it: under 10 seconds of CPU and 500 MB each, a bibliography, which may have
600,000 entries, under 40 seconds and 700 MB.

    python -m tests.soak.bounds [--size 10] [KIND [NAME]]      # bibtex, "hf page", …

Each runs in a process of its own, which a limit ends. Prints a line for each that used
over a third of its bounds, or raised; at the end how many were read, reported or
refused. Exits with 1 if one exceeded its bounds.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
from collections import Counter
from pathlib import Path
from typing import NamedTuple

from tests.helpers.hostile_bodies import BODIES
from tests.helpers.parsers import PARSERS, outcome


class Bounds(NamedTuple):
    """What a parser may use at most."""

    seconds: float
    megabytes: float


BIBLIOGRAPHIES = {"csl", "lines", "snapshot", "bibtex", "ris"}


def bounds_of(kind: str) -> Bounds:
    """The bounds for bodies of a kind."""
    return Bounds(40, 700) if kind in BIBLIOGRAPHIES else Bounds(10, 500)


def peak() -> float:
    """The peak memory in MB since the last call of `forget_peak`."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return (
        int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
    )


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def measured(parser: str, body: bytes, seconds: float) -> tuple[str, float, float]:
    """The outcome, the seconds of CPU time, and the MB used beyond the body's own."""
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        limit = int(2 * seconds)
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit + 1))
        forget_peak()
        before = peak()
        try:
            result = outcome(parser, body)
        except BaseException as error:  # anything raised is a finding
            result = f"RAISED {type(error).__name__}: {error}"
        with os.fdopen(writing, "w", encoding="utf-8", errors="replace") as stream:
            stream.write(f"{peak() - before}\n{result[:200]}")
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as stream:
        memory, _, result = stream.read().partition("\n")
    _, _, used = os.wait4(child, 0)
    return (
        result or "KILLED by the limit",
        used.ru_utime + used.ru_stime,
        float(memory or 0),
    )


def main() -> int:
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("kind", nargs="?")
    options.add_argument("name", nargs="?")
    options.add_argument("--size", type=float, default=10, help="MB of each body")
    arguments = options.parse_args()
    for module in (
        "feedparser",
        "selectolax.lexbor",
        "bibtexparser",
        "pylatexenc.latex2text",
    ):
        __import__(module)  # imports are not counted
    for name in PARSERS:
        measured(name, b"", bounds_of("").seconds)
    counts: Counter[str] = Counter()
    broken = 0
    slowest = largest = 0.0
    for kind, (parsers, bodies) in BODIES.items():
        if arguments.kind not in (None, kind):
            continue
        bounds = bounds_of(kind)
        for name, make in bodies.items():
            if arguments.name not in (None, name):
                continue
            body = make(int(arguments.size * 1_000_000))
            for parser in parsers.split():
                result, seconds, memory = measured(parser, body, bounds.seconds)
                bad = (
                    result.startswith(("RAISED", "KILLED"))
                    or seconds > bounds.seconds
                    or memory > bounds.megabytes
                )
                if (
                    bad
                    or arguments.kind
                    or seconds > bounds.seconds / 3
                    or memory > bounds.megabytes / 3
                ):
                    mark = "BROKEN " if bad else ""
                    print(
                        f"{mark}{kind}/{name} to {parser}: {seconds:.1f} s, "
                        f"{memory:.0f} MB, {result}",
                        flush=True,
                    )
                counts[result.split()[0].strip(":")] += 1
                broken += bad
                slowest, largest = max(slowest, seconds), max(largest, memory)
    kinds = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
    print(
        f"{sum(counts.values())} readings: {kinds}; at most {slowest:.1f} s, "
        f"{largest:.0f} MB; {broken} out of bounds"
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
