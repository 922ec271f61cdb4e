"""What the services know of the papers in recorded responses, and what is shown of it.

    python -m tests.benchmarks.enrichment ../shared/data [--all]

A line for each paper on arXiv with a venue, and each that several services know, with
--all for every paper: its id, then venue, year, type and citations, of each service and
as settled. The lines are separated by tabs, for `column -ts $'\\t'`.
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from papertrack.joining.settle import settle
from tests.helpers.recorded_services import SERVICES, record_of, recorded

SHOWN = ("venue", "venue_year", "type", "citations")


def cells(facts: Any) -> str:
    """`Tea Letters | 2025 | article | 12`; nothing for no facts."""
    if facts is None:
        return ""
    values = (getattr(facts, name) for name in SHOWN)
    return " | ".join("-" if value is None else str(value) for value in values)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path)
    parser.add_argument("--all", action="store_true")
    options = parser.parse_args()
    print("id", *SERVICES, "settled", sep="\t")
    for key, said in sorted(recorded(options.data).items()):
        paper = settle(record_of(key, said))
        is_published = key.startswith("arxiv:") and paper.venue
        if options.all or is_published or len(said) > 1:
            columns = [cells(said.get(service)) for service in SERVICES]
            print(key, *columns, cells(paper), sep="\t")


if __name__ == "__main__":
    main()
