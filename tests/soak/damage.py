"""Damages the index at random, and compares its answers with those of the files.

    python -m tests.soak.damage [--times 1000] [--seed 0]

Each time a whole index is damaged once or several times in the ways of
tests/helpers/index_damage.py. Then it is read, a paper is marked, and it is read again.
Prints each wrong answer and each error with its seed; exits with 1 if there was one.
"""

from __future__ import annotations

import argparse
import contextlib
import random
import shutil
import sqlite3
import sys
import tempfile
import traceback
from pathlib import Path

from papertrack.index.database import path_of
from papertrack.library.library import Library
from papertrack.query.language import parse
from papertrack.sources import formats, sample
from tests.helpers.index_damage import DAMAGES, TODAY, answers

NOW = "2025-11-24T12:00:00Z"


def fill(root: Path, cache: Path) -> None:
    """A library of 40 papers, some of them tagged."""
    library = Library(root, cache, now=NOW)
    facts = formats.read_file(sample.body(), name="sample.json").facts
    library.adding.add({"sample": facts})
    tagged = library.index.keys(parse("model", TODAY))[:9]
    library.marking.mark(tagged, lambda mark: mark._replace(tags=("a",)), what=str)
    library.index.close()


def star(root: Path, cache: Path, dice: random.Random) -> None:
    """Star a paper, or remove its star."""
    library = Library(root, cache, now=NOW)
    key = dice.choice(library.index.keys(parse("", TODAY)))
    library.marking.mark(
        [key], lambda mark: mark._replace(starred=not mark.starred), what=str
    )
    library.index.close()


def damaged(path: Path, dice: random.Random) -> list[str]:
    """Damage an index; the names of what was done to it."""
    done = []
    for _ in range(dice.choice((1, 1, 1, 2, 4))):
        damage = dice.choice(DAMAGES)
        # What is damaged already can't be damaged in every other way.
        with contextlib.suppress(sqlite3.Error, ValueError, IndexError, OSError):
            damage(path, dice)
            done.append(damage.__name__)
    return done


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--times", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    faults = 0
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder, "library")
        cache, copy, other = (Path(folder, name) for name in ("cache", "copy", "other"))
        fill(root, copy)
        expected = answers(root, copy)
        for seed in range(options.seed, options.seed + options.times):
            dice = random.Random(seed)
            shutil.rmtree(cache, ignore_errors=True)
            shutil.copytree(copy, cache)
            done = damaged(path_of(root, cache), dice)
            try:
                is_right = answers(root, cache) == expected
                star(root, cache, dice)
                damaged(path_of(root, cache), dice)
                shutil.rmtree(other, ignore_errors=True)
                is_right &= answers(root, cache) == answers(root, other)
            except Exception:
                is_right = False
                traceback.print_exc()
            if not is_right:
                faults += 1
                print(f"seed {seed}: wrong after {', '.join(done)}")
            # The star stays: the files are as they were but for it.
            shutil.rmtree(copy)
            expected = answers(root, copy)
    print(f"{options.times} indexes damaged, {faults} wrong")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
