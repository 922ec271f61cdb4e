"""The 27,000 real papers beside this checkout through each export and back.

    python -m tests.soak.round_trips [FILE]      # 2 minutes; prints a table

Each paper gets marks. Prints for each format how many papers differ in a field that the
format does not carry, or carries in part; exits with 1 if any other value differs.
"""

from __future__ import annotations

import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from papertrack.core.model import Paper
from papertrack.joining.records import record_of
from papertrack.joining.settle import settle
from papertrack.sources.formats import read_file
from tests.helpers.round_trips import ALL, carried, round_trip

RECORDED = Path(__file__).parents[3] / "shared" / "data" / "arxiv-27k.jsonl.gz"
NOTES = (None, "one line", "two lines\n- of a list", "=1+1", "'quoted' \"twice\"; a, b")


def marked(path: Path) -> Iterator[Paper]:
    """The papers of a file, each with other marks."""
    listing = read_file(path.read_bytes(), name=path.name)
    for number, facts in enumerate(listing.facts):
        record = record_of(facts, source=listing.source, now="2026-01-01T00:00:00Z")
        yield settle(record)._replace(
            tags=("nlp", f"batch/{number % 7}")[: number % 3],
            status=("unread", "read", "later", "hidden")[number % 4],
            starred=number % 5 == 0,
            note=NOTES[number % len(NOTES)],
        )


def report(papers: Sequence[Paper], format: str, fields: Sequence[str] | None) -> bool:
    """Print what differs after a round trip; whether a carried value does."""
    started = time.process_time()
    found = {paper.key: paper for paper in round_trip(papers, format, fields)}
    seconds = time.process_time() - started
    failed, other = Counter[str](), Counter[str]()
    examples: dict[str, str] = {}
    for paper in papers:
        after = found.get(paper.key)
        if after is None:
            failed["paper"] += 1
            continue
        values = carried(paper, format, fields)
        for name in ALL:
            before, value = getattr(paper, name), getattr(after, name)
            if name in values and values[name] != value:
                failed[name] += 1
            elif before != value:
                other[name] += 1
                examples.setdefault(name, f"{before!r:.70} -> {value!r:.70}")
    which = "all fields" if fields else "as it is"
    print(f"\n{format}, {which}: {len(found)} of {len(papers)} back, {seconds:.1f} s")
    for name, count in failed.items():
        print(f"  FAILED       {name:12} {count:6}")
    for name, count in other.items():
        print(f"  not carried  {name:12} {count:6}   {examples[name]}")
    return bool(failed)


def main() -> int:
    path = Path(sys.argv[1]) if len(sys.argv) > 1 else RECORDED
    papers = list(marked(path))
    trips: list[tuple[str, Sequence[str] | None]] = []
    trips += [(format, None) for format in ("json", "jsonl", "csv", "tsv", "bibtex")]
    trips += [(format, ALL) for format in ("csv", "tsv")]
    failed = [trip for trip in trips if report(papers, *trip)]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
