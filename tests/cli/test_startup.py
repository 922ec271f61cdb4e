"""Reading commands start fast: they import no library, Typer and Rich neither, and few
modules of Python and papertrack, and run as few instructions as they did. These are
counted, so that the tests do not depend on the machine.
"""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

import papertrack

HEAVY = (
    *("httpx", "feedparser", "selectolax", "tinydb", "pydantic", "filelock"),
    *("bibtexparser", "rich", "typer", "tomllib", "tomlkit", "regex", "platformdirs"),
    *("subprocess", "inspect", "dataclasses", "traceback", "textwrap", "shutil"),
    *("logging", "ast", "argparse", "tempfile", "hashlib", "socket", "shlex"),
)
"""What no command imports that reads, off a terminal."""

MOST_MODULES = {
    "list": 74,
    "list kettles upvotes:1.. --sort upvotes": 74,
    "list --json": 75,
    "search whistle": 79,
    "search whistle --json": 80,
    "tags": 77,
    "tags --tree --json": 78,
    "tags tea": 77,
    "show 2306.90001": 74,
}
"""How many modules of papertrack a command imports at most. A module takes 0.2 to 1 % of
the start: have a reason to raise a figure.
"""

COUNTED = ("list", "search whistle", "search tea kettel", "show 2306.90001", "tags")
"""The lines whose instructions are counted."""

BUDGET = Path(__file__).parent / "golden" / "instructions.json"
"""How many instructions of Python's bytecode papertrack's own code runs for a line, by
the version of Python. After a change with a reason to take longer, or a faster one:

    UPDATE_GOLDENS=1 pytest tests/cli/test_startup.py
"""
GROWTH = 1.05
"""How many times its budget a line may take."""
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"

COUNT = """
import atexit, os, sys
OWN = os.environ["OWN_CODE"]
counted = 0
def trace(frame, event, argument):
    global counted
    if event == "opcode":
        counted += 1
    elif event == "call":
        if not frame.f_code.co_filename.startswith(OWN):
            return None
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
    return trace
@atexit.register
def report():
    sys.settrace(None)
    print(counted, file=sys.stderr)
sys.settrace(trace)
from papertrack.__main__ import main
main()
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


@pytest.mark.parametrize(
    "line",
    [
        *("stats", "trends kettles", "similar 2306.90001", "recommend kettles"),
        *("explain 2306.90001", "log", "tag list", "view list", "rule list"),
    ],
)
def test_other_reading_commands_import_nothing_heavy(line, desk):
    assert loaded(line.split(), desk) == []


def instructions(line, env):
    """How many instructions papertrack's own code runs for a line."""
    # The order of sets differs from run to run without a seed.
    own = Path(papertrack.__file__).parent
    done = subprocess.run(
        [sys.executable, "-c", COUNT, *line.split()],
        env={**env, "OWN_CODE": str(own), "PYTHONHASHSEED": "0"},
        cwd=env["HOME"],
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return int(done.stderr.splitlines()[-1])


def test_reading_commands_run_no_more_instructions(desk):
    budgets = json.loads(BUDGET.read_text()) if BUDGET.exists() else {}
    instructions("tags", desk)  # the index is made
    counts = {line: instructions(line, desk) for line in COUNTED}
    if os.environ.get("UPDATE_GOLDENS"):
        budgets[VERSION] = counts
        BUDGET.write_text(json.dumps(budgets, indent=2, sort_keys=True) + "\n")
    if VERSION not in budgets:
        pytest.skip(f"no budget is recorded for Python {VERSION}")
    budget = budgets[VERSION]
    grown = {
        line: f"{budget[line]} -> {count}"
        for line, count in counts.items()
        if count > budget[line] * GROWTH
    }
    assert not grown, "renew it, where there is a reason, as BUDGET says"


def test_an_added_instruction_is_counted(desk):
    instructions("tags", desk)  # the index is made
    lines = ("list -n 1", "list -n 2")
    one, other = (instructions(line, desk) for line in lines)
    assert 10_000 < one < other


@pytest.mark.parametrize("line", ["stats", "trends whistle --json", "list --group day"])
def test_other_commands_import_no_library_but_typer(line, desk):
    libraries = set(HEAVY[: HEAVY.index("subprocess")])
    assert set(loaded(line.split(), desk)) & libraries <= {"typer"}


@pytest.mark.parametrize(
    "line",
    [
        *("tag add x 2306.90001 --dry-run", "tag remove tea 2306.90002 --dry-run"),
        *("mark read 2306.90001 --dry-run", "note 2306.90001 x --dry-run"),
        *("undo --dry-run", "fetch sample --dry-run"),
        *("import sample --dry-run", "doctor", "feed list"),
        *(
            "config list",
            "config get list.limit",
            "follow list",
            "rule list --json",
        ),
        *("export", "digest", "status", "open 2306.90001 --print"),
    ],
)
def test_usual_lines_start_without_typer(line, desk):
    assert not {"typer", "rich", "httpx"} & set(loaded(line.split(), desk))


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
    assert {"tinydb", "filelock", "inspect"} <= set(heavy)
    assert "typer" in loaded(["help", "fields"], home)
