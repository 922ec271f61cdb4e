"""Responses truncated after each of their first bytes, also by a proxy; and every pair
of faults, one after the other.

    python -m tests.soak.faults [cuts|pairs]        # 15 minutes

A truncated response is never accepted as complete; a pair ends within its deadlines,
in a listing or one error of one line, within 60 MB. Prints a line for each that does
not, and the counts; then exits with 1.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from collections import Counter
from itertools import product

from papertrack.core.facts import Listing
from papertrack.web import responses
from papertrack.web.http import Http
from tests.helpers.server_faults import (
    FAULTS,
    FRAMINGS,
    KINDS,
    Faulty,
    Kind,
    fair,
    impatient,
    read,
)

BYTES, SECONDS, MEGABYTES = 2_000, 60.0, 60
SLOW = {"hang", "a byte at a time", "a header at a time"}
"""Each takes a deadline, and a page may take two deadlines."""
responses.back_off = lambda attempt: 0.001  # pauses count as well


def cuts(
    http: Http, server: Faulty, kind: Kind, answer: bytes, counts: Counter[str]
) -> int:
    """Truncate after each byte; the number wrongly accepted as complete."""
    wrong = 0
    for cut in range(min(BYTES, len(answer))):
        server.answer = answer[:cut]
        result = read(http, server, kind)
        if not isinstance(result, Listing):
            counts["refused"] += 1
        elif len(result.facts) == kind.papers:
            counts["complete"] += 1
        elif fair(kind, result):
            counts["reported"] += 1
        else:
            wrong += 1
            print(
                f"accepted as complete: truncated after {cut} of {len(answer)}: {result}"
            )
    return wrong


def all_cuts() -> int:
    wrong = 0
    for name, framing in product(KINDS, FRAMINGS):
        kind, counts = KINDS[name], Counter[str]()
        answer = FRAMINGS[framing](kind)
        with Faulty(b"") as server:
            with impatient() as http:
                wrong += cuts(http, server, kind, answer, counts)
            os.environ["HTTP_PROXY"] = server.url
            # Through a proxy: the same bytes, for a host that does not exist.
            with impatient() as http:
                server.url = "http://papers.invalid"
                wrong += cuts(http, server, kind, answer, counts)
            del os.environ["HTTP_PROXY"]
        figures = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
        print(f"{name}, {framing}: {figures}", flush=True)
    return wrong


def all_pairs() -> int:
    wrong, counts, slowest = 0, Counter[str](), 0.0
    answer = FRAMINGS["length"](KINDS["hf"])
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    for first, second in product(FAULTS, FAULTS):
        # A new client for each: it remembers pauses of hosts, and ports are reused.
        with impatient() as http:
            begun = time.monotonic()
            with Faulty(answer, FAULTS[first][0], FAULTS[second][0]) as server:
                result = read(http, server, KINDS["hf"])
            seconds = time.monotonic() - begun
            slowest = max(slowest, seconds)
            whole = isinstance(result, Listing)
            counts["read" if whole else "refused"] += 1
            expected = (
                FAULTS[first][1] and FAULTS[second][1] and not {first, second} <= SLOW
            )
            if whole != expected or seconds > SECONDS or not str(result).isprintable():
                wrong += 1
                print(f"{first}, then {second}: {seconds:.1f} s, {result}")
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024 - before
    figures = ", ".join(f"{count} {what}" for what, count in sorted(counts.items()))
    print(
        f"pairs of faults: {figures}; at most {slowest:.1f} s each, {memory:.0f} MB in all"
    )
    return wrong + (memory > MEGABYTES)


if __name__ == "__main__":
    chosen = sys.argv[1:] or ["cuts", "pairs"]
    failures = ("cuts" in chosen and all_cuts()) + ("pairs" in chosen and all_pairs())
    print(f"{failures} wrong")
    sys.exit(1 if failures else 0)
