"""Are the tests awake? Faults planted on purpose, one at a time, into a copy of the package: each must turn a test red.

    python -m tests.soak.planted [NAME…]        # 2 minutes

A fault is an exact replacement in one file, which fails where the text is no longer there. Of each the tests that
should notice it are run, and must fail; all of them must pass before anything is planted. Exit 1 otherwise.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parents[2]


class Fault(NamedTuple):
    """What is replaced by what in which file, and the tests that should notice."""

    file: str
    old: str
    new: str
    tests: tuple[str, ...]


STORE = "tests/storage/test_writing.py"
FAULTS = {
    "the storage of TinyDB, which writes in place": Fault(
        "storage/writing.py",
        "write_atomically(self.path, body, private=True)",
        "self.path.write_bytes(body)",
        (
            f"{STORE}::test_a_full_disk_leaves_the_old_file",
            f"{STORE}::test_a_writer_killed_at_any_line_leaves_the_old_file_or_the_new",
        ),
    ),
    "no fsync of the file": Fault(
        "storage/writing.py",
        "            os.fsync(file.fileno())\n",
        "",
        (f"{STORE}::test_a_write_is_synced_before_and_after_it_is_put_in_place",),
    ),
    "no fsync of the folder": Fault(
        "storage/writing.py",
        "        sync_folder(path.parent)\n",
        "",
        (f"{STORE}::test_a_write_is_synced_before_and_after_it_is_put_in_place",),
    ),
    "no lock": Fault(
        "storage/writing.py",
        "            lock.acquire(poll_interval=POLL_SECONDS)\n",
        "            pass\n",
        (
            f"{STORE}::test_a_library_that_another_process_keeps_locked_is_told",
            "tests/library/test_system_faults.py::test_writers_and_readers_in_a_crowd",
        ),
    ),
    "the next document's id kept from the last write": Fault(
        "storage/writing.py",
        "    first = max(numbers, default=0) + 1\n",
        "    first = put.__dict__.setdefault(name, max(numbers, default=0) + 1)\n"
        "    put.__dict__[name] = first + len(documents)\n",
        ("tests/hostile/test_awake.py::test_two_writers_in_turn_lose_no_document",),
    ),
    "a feed given to feedparser as text": Fault(
        "sources/feeds/source.py",
        "io.BytesIO(body), response_headers",
        "body.decode(), response_headers",
        (
            "tests/hostile/test_awake.py::test_a_feed_that_is_the_name_of_a_file_opens_none",
        ),
    ),
    "a title drawn as it is": Fault(
        "render/papers.py",
        "else Text(clean(paper.title), style)",
        "else Text(paper.title, style)",
        ("tests/hostile/test_outputs.py",),
    ),
    "a title piped as it is": Fault(
        "cli/output.py",
        "    return clean(str(value))\n",
        "    return str(value)\n",
        ("tests/hostile/test_outputs.py",),
    ),
}


def passes(package: Path, tests: tuple[str, ...]) -> bool:
    """Whether the tests pass with the package that lies in a folder."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-x",
        "-o",
        "addopts=",
        "-p",
        "no:cacheprovider",
        *tests,
    ]
    environment = {
        **os.environ,
        "PYTHONPATH": str(package),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        command,
        cwd=package,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode not in (0, 1):
        sys.exit(
            f"pytest could not run {' '.join(tests)}:\n{done.stdout[-2000:]}{done.stderr[-2000:]}"
        )
    return done.returncode == 0


def copied(folder: Path) -> Path:
    """A copy of the package and its tests: these put the project's own folder in front of the path."""
    for name in ("papertrack", "tests", "completions", "pyproject.toml", "README.md"):
        if (ROOT / name).is_dir():
            shutil.copytree(
                ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__")
            )
        else:
            shutil.copy(ROOT / name, folder / name)
    return folder


def planted(fault: Fault, folder: Path) -> None:
    path = folder / "papertrack" / fault.file
    text = path.read_text(encoding="utf-8")
    if text.count(fault.old) != 1:
        sys.exit(
            f"{fault.file} holds {fault.old!r} {text.count(fault.old)} times, not once; plant it anew"
        )
    path.write_text(text.replace(fault.old, fault.new), encoding="utf-8")


def main(names: list[str]) -> int:
    faults = {
        name: fault for name, fault in FAULTS.items() if not names or name in names
    }
    unnoticed = 0
    with tempfile.TemporaryDirectory() as scratch:
        sound = copied(Path(scratch) / "sound")
        every = tuple(
            dict.fromkeys(test for fault in faults.values() for test in fault.tests)
        )
        if not passes(sound, every):
            sys.exit("the tests fail before anything is planted")
        for number, (name, fault) in enumerate(faults.items()):
            folder = copied(Path(scratch) / str(number))
            planted(fault, folder)
            red = not passes(folder, fault.tests)
            unnoticed += not red
            print(f"{'noticed' if red else 'NOT NOTICED'}: {name}", flush=True)
    print(f"{len(faults) - unnoticed} of {len(faults)} faults turn a test red")
    return 1 if unnoticed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
