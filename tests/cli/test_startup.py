"""Reading commands start fast: they import no library, Typer and Rich neither, and few
modules of Python and papertrack. What is imported is counted, so that the tests do not
depend on the machine.
"""

import subprocess
import sys

import pytest

HEAVY = (
    *("httpx", "feedparser", "selectolax", "tinydb", "pydantic", "filelock"),
    *("bibtexparser", "rich", "typer", "tomllib", "tomlkit", "regex", "platformdirs"),
    *("subprocess", "inspect", "dataclasses", "traceback", "textwrap", "shutil"),
    *("logging", "ast", "argparse", "tempfile", "hashlib", "socket", "shlex"),
)
"""What no command imports that reads, off a terminal."""

MOST_MODULES = {
    "list": 73,
    "list kettles upvotes:1.. --sort upvotes": 73,
    "list --json": 74,
    "search whistle": 79,
    "search whistle --json": 80,
    "tags": 75,
    "tags --tree --json": 76,
    "tags tea": 75,
    "show 2306.90001": 73,
}
"""How many modules of papertrack a command imports at most. A module takes 0.2 to 1 % of
the start: have a reason to raise a figure.
"""

PROBE = f"""
import atexit, sys
compiled = []
def note(event, arguments):
    if event != "compile" or arguments[1] != "<string>":
        return
    # What namedtuple evaluates is no annotation.
    if not arguments[0].startswith(b"lambda _cls"):
        compiled.append(arguments[0])
sys.addaudithook(note)
@atexit.register
def report():
    heavy = sorted(set({HEAVY!r}) & set(sys.modules))
    own = [name for name in sys.modules if name.startswith("papertrack")]
    print("loaded:", len(own), len(compiled), *heavy, file=sys.stderr)
from papertrack.__main__ import main
main()
"""


def probe(args, env):
    """The modules of papertrack, the strings compiled as code, the heavy modules."""
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
    report = done.stderr.splitlines()[-1].partition("loaded:")[2]
    modules, compiled, *heavy = report.split()
    return int(modules), int(compiled), heavy


def loaded(args, env):
    return probe(args, env)[2]


@pytest.mark.parametrize("line", MOST_MODULES)
def test_reading_commands_import_little(line, desk):
    modules, compiled, heavy = probe(line.split(), desk)
    assert heavy == []
    assert modules <= MOST_MODULES[line]
    # typing compiles each annotation of a NamedTuple that is a string, as they all are
    # after `from __future__ import annotations`. The first costs 5 % of the start.
    assert compiled == 0


@pytest.mark.parametrize("line", ["stats", "trends whistle --json", "list --group day"])
def test_other_commands_import_no_library_but_typer(line, desk):
    libraries = set(HEAVY[: HEAVY.index("subprocess")])
    assert set(loaded(line.split(), desk)) & libraries <= {"typer"}


def test_a_config_file_is_parsed_once(desk, tmp_path):
    config = tmp_path / "config.toml"
    config.write_text('list.limit = 2\nalias.few = "list -n 1"\n')
    env = {**desk, "PAPERTRACK_CONFIG": str(config)}
    assert "tomllib" in loaded(["list"], env)
    assert "tomllib" not in loaded(["list"], env)
    assert not {"tomllib", "typer"} & set(loaded(["few"], env))
    config.write_text("list.limit = 3\n")
    assert "tomllib" in loaded(["list"], env)


def test_the_probe_sees_what_is_loaded(home):
    modules, compiled, heavy = probe(["fetch", "sample", "--json"], home)
    assert modules > max(MOST_MODULES.values())
    assert compiled
    assert {"tinydb", "typer", "inspect"} <= set(heavy)
