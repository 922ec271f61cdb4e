"""A forked papertrack does what a new process does: the tests of the command line rely
on it.
"""

import os
import subprocess
from pathlib import Path

import pytest

from tests.helpers import fork_server
from tests.helpers.fork_server import COMMAND

LINES = [
    "list -n 2",
    "list --json -n 2",
    "search kettle",
    "show nosuch",
    "tags --nosuch",
    "--help",
    "--version",
    "export --format bibtex",
    "star - --yes",
]


@pytest.mark.parametrize("line", LINES)
def test_streams_and_exit_code(line, desk):
    words, stdin = line.split(), b"9999.99999\n"
    new = subprocess.run(
        [*COMMAND, *words],
        env=desk,
        cwd=desk["HOME"],
        input=stdin,
        capture_output=True,
        check=False,
    )
    assert fork_server.can_fork(desk)
    forked = fork_server.run(words, desk, stdin)
    assert forked == (new.returncode, new.stdout, new.stderr)


@pytest.mark.parametrize("line", LINES[:6])
def test_a_terminal(line, desk, spawn):
    child = spawn(line, env=desk, columns=70, lines=40)
    raw = child.read()
    child.close()
    forked = fork_server.on_terminal(line.split(), desk, columns=70, lines=40)
    assert forked == (child.exitstatus, raw)


def test_the_folder_the_umask_and_a_full_device(papertrack, home):
    before = os.umask(0o077)
    try:
        assert papertrack("export -o here.json --format json").code == 0
    finally:
        os.umask(before)
    assert (Path(home["HOME"]) / "here.json").stat().st_mode & 0o777 == 0o600
    with Path("/dev/full").open("w") as full:
        assert papertrack("--help", stdout=full.fileno()).code == 1


@pytest.mark.parametrize("name", ["LC_ALL", "PYTHONIOENCODING", "FORCE_COLOR", "X"])
def test_what_python_reads_as_it_starts_gets_a_new_process(name, home):
    assert fork_server.can_fork(home)
    assert not fork_server.can_fork({**home, name: "C"})
    assert not fork_server.can_fork({**home, "LANG": "C"})
