"""Reading commands start fast: they import none of the heavy libraries, and without a
terminal no Rich either.
"""

import subprocess
import sys

import pytest

HEAVY = (
    "httpx",
    "feedparser",
    "selectolax",
    "tinydb",
    "pydantic",
    "filelock",
    "bibtexparser",
    "rich",
    "tomllib",
    "tomlkit",
)
PROBE = f"""
import atexit, sys
@atexit.register
def report():
    print("loaded:", *sorted(set({HEAVY!r}) & set(sys.modules)), file=sys.stderr)
from papertrack.__main__ import main
main()
"""


def loaded(args, env):
    done = subprocess.run(
        [sys.executable, "-c", PROBE, *args],
        env=env,
        cwd=env["HOME"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout
    return done.stderr.splitlines()[-1].partition("loaded:")[2].split()


@pytest.mark.parametrize(
    "args",
    [
        ["list"],
        ["list", "kettles upvotes:1..", "--sort", "upvotes"],
        ["list", "--json"],
        ["search", "whistle"],
        ["search", "whistle", "--json"],
        ["tags"],
        ["tags", "--tree", "--json"],
        ["tags", "tea"],
        ["stats"],
        ["trends", "whistle", "--json"],
        ["show", "2306.90001"],
    ],
    ids=" ".join,
)
def test_reading_commands_import_nothing_heavy(args, desk):
    assert loaded(args, desk) == []


def test_a_config_file_is_parsed_once(desk, tmp_path):
    config = tmp_path / "config.toml"
    config.write_text('list.limit = 2\nalias.few = "list -n 1"\n')
    env = {**desk, "PAPERTRACK_CONFIG": str(config)}
    assert loaded(["list"], env) == ["tomllib"]
    assert loaded(["list"], env) == []
    assert loaded(["few"], env) == []
    config.write_text("list.limit = 3\n")
    assert loaded(["list"], env) == ["tomllib"]


def test_the_probe_sees_what_is_loaded(home):
    assert "tinydb" in loaded(["fetch", "sample", "--json"], home)
