"""Every body of tests/hostile/bodies.py at 10 MB, to every parser that may get it:
under 60 seconds and 500 MB each.

    python -m tests.soak.bounds [--size 10] [KIND [NAME]]      # bibtex, "hf page", …

Each runs in a process of its own, which a limit ends. Prints a line for each that took
over a third of what it may, or did what it must not; at the end how many were kept,
told of, refused. Exit 1 where one broke a bound.
"""

from __future__ import annotations

import argparse
import os
import resource
import sys
from collections import Counter
from pathlib import Path

from tests.helpers.hostile_bodies import BODIES
from tests.helpers.parsers import PARSERS, outcome

SECONDS, MEGABYTES = 60, 500


def peak() -> float:
    """MB of memory at most, since the last call of `forget_peak`."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return (
        int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) / 1024
    )


def forget_peak() -> None:
    Path("/proc/self/clear_refs").write_text("5")


def measured(parser: str, body: bytes) -> tuple[str, float, float]:
    """What came of it, the seconds of CPU time and the MB beyond the body's own that it
    took.
    """
    reading, writing = os.pipe()
    child = os.fork()
    if not child:
        os.close(reading)
        resource.setrlimit(resource.RLIMIT_CPU, (2 * SECONDS, 2 * SECONDS + 1))
        forget_peak()
        before = peak()
        try:
            came = outcome(parser, body)
        except BaseException as error:  # whatever it is, it is what we look for
            came = f"RAISED {type(error).__name__}: {error}"
        with os.fdopen(writing, "w", encoding="utf-8", errors="replace") as stream:
            stream.write(f"{peak() - before}\n{came[:200]}")
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, encoding="utf-8") as stream:
        memory, _, came = stream.read().partition("\n")
    _, _, used = os.wait4(child, 0)
    return (
        came or "KILLED by the limit",
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
    asked = options.parse_args()
    for module in (
        "feedparser",
        "selectolax.lexbor",
        "bibtexparser",
        "pylatexenc.latex2text",
    ):
        __import__(module)  # not to be counted
    for name in PARSERS:
        measured(name, b"")
    counts: Counter[str] = Counter()
    broken = 0
    slowest = largest = 0.0
    for kind, (parsers, bodies) in BODIES.items():
        if asked.kind not in (None, kind):
            continue
        for name, make in bodies.items():
            if asked.name not in (None, name):
                continue
            body = make(int(asked.size * 1_000_000))
            for parser in parsers.split():
                came, seconds, memory = measured(parser, body)
                bad = (
                    came.startswith(("RAISED", "KILLED"))
                    or seconds > SECONDS
                    or memory > MEGABYTES
                )
                if bad or asked.kind or seconds > SECONDS / 3 or memory > MEGABYTES / 3:
                    mark = "BROKEN " if bad else ""
                    print(
                        f"{mark}{kind}/{name} to {parser}: {seconds:.1f} s, "
                        f"{memory:.0f} MB, {came}",
                        flush=True,
                    )
                counts[came.split()[0].strip(":")] += 1
                broken += bad
                slowest, largest = max(slowest, seconds), max(largest, memory)
    told = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
    print(
        f"{sum(counts.values())} readings: {told}; at most {slowest:.1f} s, "
        f"{largest:.0f} MB; {broken} out of bounds"
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
