"""How much memory commands take at their peak in libraries of two sizes: it should not
grow with the library.

    python -m tests.benchmarks.memory [--papers 10000 100000] [--at FOLDER]
        [--only WORD ...] [--growing]

Runs the command lines of `tests.helpers.printing_commands`, and those below, which work on
the whole library, in each library, those that can be drawn on a terminal there too.
Prints the peak megabytes of each line and how much more it takes in the larger library,
with a mark where that is over LIMIT. Lines with any WORD alone where one is named; with
--growing those alone that are over the limit. The libraries are made with `made.py`,
below FOLDER where one is named, and kept there for the next run; they are changed.
"""

from __future__ import annotations

import argparse
import json
import re
import shlex
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.finding import TOOL, Place, places

LIMIT = 10
"""Megabytes that a command may take more in the larger library: what SQLite and the
allocator keep varies by as much.
"""

READING = """\
list --all
list --all --json
list --all --columns id,title,authors,tags,note,url
list --all --sort title
list --all --sort upvotes,-date
list --all --sort hot
list --all --sort recommended
list --all --group month
list --all --group author
list --all --group tag
list --group tag -n 10000
list --all title:/tion$/
list title:/tion$/
list title:/zqx/
list abstract:/zqx/
list --count title:/tion$/
search model --all
search model --all --reverse
search model --all --group author
search "language models" --all --json
tags
tags data
tags data --all
tags data --all --json
tags --tree
status --all
log --all
show tag:data
similar 1 --limit 1000
recommend --limit 1000
stats
stats -o -
stats model
trends model
trends model data --by day -o -
digest --again
export
export --format atom
export --format bibtex
export --format csl
export --format csv
export --format hayagriva
export --format html
export --format ids
export --format json
export --format jsonl
export --format latex
export --format markdown --group month
export --format org
export --format ris
export --format tsv
export --format obsidian -o notes
export --partition month -o parts
export --sort title
export --count
doctor
open model --print
tag list
rule test n
mark later model --dry-run
""".splitlines()
"""Command lines that work on all papers, or on many."""

CHANGING = """\
tag add everything published:1000.. --yes
undo
redo
undo
mark later model --yes
undo
star model --yes
note 1 words
rule add owls --if model --do star
rule test owls
rule apply owls --yes
rule apply
undo
follow words model
view save many model
list @many --all
remove model --yes
undo
backup all.tar.gz
restore all.tar.gz --yes
import OTHER
undo
doctor --fix
digest
digest --group tag
log --all
""".splitlines()
"""Command lines that change the library, one after the other; OTHER is a copy of it."""

ON_TERMINAL = re.compile(
    "list|ls|search|show|similar|recommend|tags|stats|trends|status|log"
)
"""Commands that draw on a terminal what they print."""


class Peaks(NamedTuple):
    """A command line, whether it is on a terminal, and its peak megabytes by library."""

    words: list[str]
    terminal: bool
    megabytes: list[float]

    @property
    def growth(self) -> float:
        """The megabytes that it takes more in the last library than in the first."""
        return self.megabytes[-1] - self.megabytes[0]

    def __str__(self) -> str:
        figures = "".join(f"{peak:8.1f}" for peak in self.megabytes)
        mark = "*" if self.growth > LIMIT else " "
        where = "terminal" if self.terminal else "pipe"
        return (
            f"{figures} {self.growth:+8.1f} {mark} {where:8} {shlex.join(self.words)}"
        )


def measured(found: list[Place], lines: list[list[str]]) -> Iterator[Peaks]:
    """Run each line in each library."""
    for words in lines:
        for terminal in (False, True):
            if terminal and not ON_TERMINAL.fullmatch(words[0]):
                continue
            peaks = [_peak(place, words, terminal=terminal) for place in found]
            yield Peaks(words, terminal, peaks)


def _peak(place: Place, words: list[str], *, terminal: bool) -> float:
    other = str(place.folder / "other")
    named = [other if word == "OTHER" else word for word in words]
    return place.run([*TOOL, *named], terminal=terminal, may_fail=True).peak


def all_lines() -> list[list[str]]:
    """The command lines, those that change a library last."""
    lines = [shlex.split(line) for line in READING]
    lines += [line for line in printing_lines() if line not in lines]
    return lines + [shlex.split(line) for line in CHANGING]


def printing_lines() -> list[list[str]]:
    """The lines of `printing_commands`. Another process imports them: the memory of a
    large parent would be counted as the child's.
    """
    program = (
        "import json; from tests.helpers import printing_commands as printing;"
        "print(json.dumps(printing.with_options(printing.RUNS)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    lines: list[list[str]] = json.loads(done.stdout)
    return lines


def main() -> None:
    """Print the table. Ends with 1 where a command grows."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--papers", nargs="+", type=int, default=[10_000, 100_000])
    parser.add_argument("--at", type=Path)
    parser.add_argument("--only", nargs="+", default=[])
    parser.add_argument("--growing", action="store_true")
    parser.set_defaults(arxiv=None)
    arguments = parser.parse_args()
    lines = [
        words
        for words in all_lines()
        if not arguments.only or any(word in words for word in arguments.only)
    ]
    grown = 0
    with tempfile.TemporaryDirectory() as temporary:
        folder = (arguments.at or Path(temporary)).resolve()
        found = places(arguments, folder)
        for place in found:
            place.environment["HOME"] = str(place.folder / "home")
            place.run([*TOOL, "-q", "list"], terminal=True)
            other = place.folder / "other"
            if not other.exists():
                subprocess.run(["cp", "-r", str(place.library), str(other)], check=True)
        names = "".join(f"{place.name:>8}" for place in found)
        print(f"{names}   growth   where    (peak MB)")
        for peaks in measured(found, lines):
            grown += peaks.growth > LIMIT
            if peaks.growth > LIMIT or not arguments.growing:
                print(peaks, flush=True)
    sys.exit(min(grown, 1))


if __name__ == "__main__":
    main()
