"""What reads or writes the whole library needs as much memory for many papers as for
few.

`python -m tests.benchmarks.exporting` measures a million.
"""

import os
import re
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from papertrack.index import integrity

FEW, MANY = 500, 1500
ABSTRACT = "Kettles sing before they boil. " * 320
GROWTH_KB = 4_000
"""The abstracts of the other 1,000 papers are 10 MB."""

START = """
from papertrack.__main__ import main
try:
    main()
finally:
    print(open("/proc/self/status").read())
"""


@pytest.fixture(scope="module")
def many(environment, written, tmp_path_factory):
    return library_of(MANY, environment(tmp_path_factory.mktemp("many")), written)


@pytest.fixture(scope="module")
def few(environment, written, tmp_path_factory):
    return library_of(FEW, environment(tmp_path_factory.mktemp("few")), written)


def library_of(papers: int, env, written):
    days = [f"2025-{n % 12 + 1:02}-{n % 28 + 1:02}" for n in range(papers)]
    written(
        env,
        *(
            {
                "id": f"2501.{n:05}",
                "abstract": ABSTRACT,
                "published": day,
                "tags": ["t"],
            }
            for n, day in enumerate(days)
        ),
    )
    peak(env, "list")
    return env


def peak(env, *arguments: str) -> int:
    """The most memory of a command, in KB. That of `getrusage` begins with the size of
    this process.
    """
    done = subprocess.run(
        [sys.executable, "-c", START, *arguments],
        env=env,
        capture_output=True,
        text=True,
        check=True,
    )
    found = re.search(r"VmHWM:\s+(\d+) kB", done.stdout)
    assert found, done.stderr
    return int(found[1])


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
@pytest.mark.parametrize(
    "options",
    [
        "--format jsonl",
        "--format csv",
        "--format ids",
        "--format bibtex",
        "--format atom",
        "--format html",
        "--format markdown",
        "--format markdown --group month",
        "--format obsidian",
        "--format json tag:t",
        "--partition month",
    ],
)
def test_memory_does_not_grow(many, tmp_path, options):
    out = os.fspath(tmp_path / "out")
    words = ["export", *options.split(), "-o", out]
    few = peak(many, *words, "-n", str(FEW))
    assert peak(many, *words, "-n", str(MANY)) < few + GROWTH_KB


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
@pytest.mark.parametrize(
    "options",
    [
        "",
        "--json",
        "--fields id,abstract",
        "--format bibtex",
        "--sort title --json",
        "--format table",
        "--format table --columns cite_key,abstract",
        "--format table --group month",
        "--group tag",
        "--group tag --json",
        "--group tag --format markdown",
        "--group author --sort title",
        "abstract:/kettles/",
    ],
)
def test_memory_of_a_whole_listing_does_not_grow(many, options):
    words = ["list", "--all", *options.split()]
    few = peak(many, *words, "published:2025-01..2025-04")
    assert peak(many, *words) < few + GROWTH_KB


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
@pytest.mark.parametrize(
    "line",
    [
        "tags t --all",
        "tags t T --all --json",
        "tags t --all --format bibtex",
        "tags t --all --format markdown",
        f"list -n {MANY}",
        f"list --group tag -n {MANY}",
        f"list --group month -n {MANY} --format table",
    ],
)
def test_memory_of_a_long_listing_does_not_grow(few, many, line):
    assert peak(many, *line.split()) < peak(few, *line.split()) + GROWTH_KB


@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="needs /proc")
def test_memory_of_checks_and_backups_does_not_grow(few, many, tmp_path):
    peaks = {}
    for name, env in (("few", few), ("many", many)):
        backup = os.fspath(tmp_path / f"{name}.tar.gz")
        peaks[name] = {
            "backup": peak(env, "backup", backup),
            "restore": peak(env, "restore", backup, "--yes"),
            "doctor": peak(env, "doctor", "--fix"),
        }
        for month in (Path(env["PAPERTRACK_LIBRARY"]) / "papers").iterdir():
            month.write_bytes(month.read_bytes() + b"\n")
        peaks[name]["restore of other files"] = peak(env, "restore", backup, "--yes")
    for command, kilobytes in peaks["few"].items():
        # The files of a month are read whole, and three times as large.
        assert peaks["many"][command] < kilobytes + 2 * GROWTH_KB, command


def started(env, *arguments: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "papertrack", *arguments],
        env=env,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def test_an_export_is_of_one_state(many):
    """Its reader is slow, and papers are changed meanwhile, which does not wait."""
    export = started(many, "export", "--format", "jsonl", "--fields", "tags,abstract")
    assert export.stdout
    first = export.stdout.readline()
    change = started(many, "tag", "add", "new", "tag:t", "--yes")
    change.communicate()
    assert change.returncode == 0
    rest = export.stdout.read().splitlines()
    export.communicate()
    assert export.returncode == 0
    assert len(rest) == MANY - 1
    assert not any('"new"' in line for line in [first, *rest])


@pytest.fixture
def damaged(many):
    """The index of `many`, in which the last paper of an export can't be read."""
    (path,) = Path(many["PAPERTRACK_CACHE"]).glob("index-*.db")
    peak(many, "list")
    last = "(SELECT rid FROM paper ORDER BY day, key DESC LIMIT 1)"
    db = sqlite3.connect(path, isolation_level=None)
    db.execute(f"UPDATE doc SET body = x'00' WHERE rid = {last}")
    integrity.close(db, path)
    return many


def test_a_file_is_written_anew_where_the_index_is_damaged(damaged, tmp_path):
    out = tmp_path / "out.jsonl"
    export = started(damaged, "export", "-o", str(out))
    _, err = export.communicate()
    assert (export.returncode, err) == (0, f"wrote {MANY} papers to {out}\n")
    assert len(out.read_text().splitlines()) == MANY


@pytest.mark.parametrize("line", ["export --format jsonl", "list --all --json"])
def test_output_that_has_begun_ends_with_an_error(damaged, line):
    export = started(damaged, *line.split())
    out, err = export.communicate()
    assert export.returncode == 1
    assert 0 < out.count('"abstract"') < MANY
    assert err.count("\n") == 1
    assert "the output ends in the middle; run the command again" in err
    again = started(damaged, *line.split())
    assert again.communicate()[0].count('"abstract"') == MANY
