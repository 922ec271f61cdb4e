"""Mutation check: each of eight deliberate bugs makes a test fail.

    python -m tests.soak.mutations [NAME…]        # 2 minutes

Each bug replaces a function while the tests that should notice it run, in a process of
their own. All of them must pass without a bug first. Exits with 1 if a bug is not
noticed.
"""

from __future__ import annotations

import contextlib
import io
import os
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import SimpleNamespace
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parents[2]


def write_in_place() -> None:
    """Files are written in place, as TinyDB's own storage writes them."""
    from papertrack.storage import atomic

    @contextlib.contextmanager
    def in_place(path: Path, **options: bool) -> Iterator[Any]:
        with path.open("wb") as file:
            yield file

    atomic.atomic_file = in_place


def no_fsync_of_files() -> None:
    """A written file is not synced."""
    from papertrack.storage import atomic

    def fsync(handle: int) -> None:
        if not stat.S_ISREG(os.fstat(handle).st_mode):
            os.fsync(handle)

    vars(atomic)["os"] = SimpleNamespace(**{**vars(os), "fsync": fsync})


def no_fsync_of_folders() -> None:
    """The folder of a replaced file is not synced."""
    from papertrack.storage import atomic

    atomic.sync_folder = lambda folder: None


def no_lock() -> None:
    """The lock is never acquired."""
    from filelock import FileLock

    def acquire(self: Any, *arguments: Any, **options: Any) -> Any:
        return contextlib.nullcontext(self)

    FileLock.acquire = acquire  # type: ignore[method-assign]


def remembered_numbers() -> None:
    """The next document's number is remembered from the last write."""
    from papertrack.storage import edit

    real = vars(edit)["Row"]
    following: list[int] = []

    def numbered(value: Mapping[str, Any], doc_id: int) -> Any:
        number = following.pop() if following else doc_id
        following.append(number + 1)
        return real(value, doc_id=number)

    vars(edit)["Row"] = numbered


def feeds_as_text() -> None:
    """feedparser gets text, which it takes for an address or the name of a file."""
    import feedparser

    real = feedparser.parse

    def parse(body: io.BytesIO, **options: Any) -> Any:
        return real(body.getvalue().decode(), **options)

    feedparser.parse = parse


def raw_titles_on_terminals() -> None:
    """Tables show titles with their control characters."""
    from papertrack.render import rows

    vars(rows)["clean"] = str


def raw_text_in_pipes() -> None:
    """TSV shows values with their control characters."""
    from papertrack.exports import tsv

    vars(tsv)["clean"] = str


class Mutation(NamedTuple):
    """A bug, and the tests that should notice it."""

    apply: Callable[[], None]
    tests: tuple[str, ...]


WRITING = ("tests/storage/test_writing.py",)
AWAKE = ("tests/hostile/test_awake.py",)
OUTPUTS = ("tests/hostile/test_outputs.py",)
MUTATIONS = {
    mutation.apply.__name__: mutation
    for mutation in (
        Mutation(write_in_place, WRITING),
        Mutation(no_fsync_of_files, WRITING),
        Mutation(no_fsync_of_folders, WRITING),
        Mutation(no_lock, WRITING),
        Mutation(remembered_numbers, AWAKE),
        Mutation(feeds_as_text, AWAKE),
        Mutation(raw_titles_on_terminals, OUTPUTS),
        Mutation(raw_text_in_pipes, OUTPUTS),
    )
}

CHILD = """
import sys
import pytest
from tests.soak.mutations import MUTATIONS

name, *tests = sys.argv[1:]
if name:
    MUTATIONS[name].apply()
options = ["-q", "-x", "-o", "addopts=", "-p", "no:cacheprovider"]
sys.exit(pytest.main([*options, *tests]))
"""


def passes(tests: tuple[str, ...], name: str = "") -> bool:
    """Whether the tests pass, with the mutation of this name if there is one."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, name, *tests],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        output = f"{done.stdout[-2000:]}{done.stderr[-2000:]}"
        sys.exit(f"pytest could not run {' '.join(tests)}:\n{output}")
    return done.returncode == 0


def main(names: list[str]) -> int:
    """Run the mutations of these names, or all; the exit code."""
    unknown = [name for name in names if name not in MUTATIONS]
    if unknown:
        sys.exit(f"unknown {', '.join(unknown)}; mutations: {', '.join(MUTATIONS)}")
    chosen = {name: MUTATIONS[name] for name in names or MUTATIONS}
    tests = tuple(dict.fromkeys(t for one in chosen.values() for t in one.tests))
    if not passes(tests):
        sys.exit("the tests fail without a mutation")
    missed = 0
    for name, mutation in chosen.items():
        noticed = not passes(mutation.tests, name)
        missed += not noticed
        print(f"{'noticed' if noticed else 'NOT NOTICED'}: {name}", flush=True)
    print(f"{len(chosen) - missed} of {len(chosen)} mutations make a test fail")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
