"""The command `doctor`: a line per finding, exit code 1 if there are any, repairs."""

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pexpect
import pytest

from papertrack.cli.completion.install import CHECKSUM
from papertrack.storage.checked_file import signed
from tests.helpers.files import contents


@pytest.fixture
def ill(sample_home, home):
    """A home with the sample, a conflict copy, files that others can read, and outdated
    completions.
    """
    shutil.copytree(sample_home["PAPERTRACK_LIBRARY"], home["PAPERTRACK_LIBRARY"])
    root = Path(home["PAPERTRACK_LIBRARY"])
    copy = root / "marks (conflicted copy 2025-11-20 101112).json"
    copy.touch(mode=0o600)
    copy.write_text(
        json.dumps(
            {"marks": {"1": {"key": "arxiv:2511.04570", "tags": ["\x1b[31mred"]}}}
        )
    )
    root.chmod(0o755)
    script = Path(home["HOME"], ".zfunc", "_papertrack")
    script.parent.mkdir(parents=True)
    script.write_text(signed("#compdef papertrack\n", CHECKSUM))
    return home


def test_findings_are_listed_and_repaired(papertrack, ill):
    root, script = ill["PAPERTRACK_LIBRARY"], Path(ill["HOME"], ".zfunc", "_papertrack")
    lines = [
        "conflict\tmarks (conflicted copy 2025-11-20 101112).json\tis a conflict "
        "copy of marks.json\t{}"
        "join it with marks.json",
        f"modes\t{root}\thas 1 file or folder that others can read: "
        f"library\t{{}}make them readable by you alone",
        f"completion\t{script}\tis not the completion of this papertrack\t{{}}regenerate it",
    ]
    ran = papertrack("doctor")
    assert ran.code == 1
    assert ran.out.splitlines() == [line.format("") for line in lines]
    assert ran.err == "papertrack: 3 findings; papertrack doctor --fix repairs them\n"
    findings = json.loads(papertrack("doctor --json").out)
    assert [(one["check"], one["mended"]) for one in findings] == [
        (line.split("\t")[0], False) for line in lines
    ]
    ran = papertrack("doctor --fix")
    assert ran.code == 0
    assert ran.out.splitlines() == [line.format("mended: ") for line in lines]
    assert ran.err.startswith(f"all is well now in {root} (SQLite 3.")
    assert script.read_text() == papertrack("completion zsh").out
    ran = papertrack("doctor")
    assert (ran.code, ran.out) == (0, "")
    assert "red" in papertrack("tags").out


def test_on_a_terminal(terminal, ill):
    screen = terminal("doctor", 70)
    assert screen.code == 1
    assert screen.lines[:2] == [
        "marks (conflicted copy 2025-11-20 101112).json is a conflict copy of",
        "  marks.json (--fix: join it with marks.json)",
    ]
    assert (
        screen.lines[-1]
        == "papertrack: 3 findings; papertrack doctor --fix repairs them"
    )


def test_findings_that_cannot_be_repaired_are_reported(papertrack, ill):
    path = Path(ill["PAPERTRACK_LIBRARY"], "desk.json")
    path.write_text("{")
    path.chmod(0o600)
    ran = papertrack("doctor --fix")
    assert ran.code == 1
    assert ran.out.splitlines()[-1].startswith("parse\tdesk.json\tline 1 column 2: ")
    assert (
        ran.err
        == "papertrack: 1 finding; papertrack can't repair this; each line names the next step\n"
    )
    assert path.read_text() == "{"


def test_an_empty_home(papertrack, home):
    ran = papertrack("doctor")
    assert ran.code == 0
    assert not Path(home["PAPERTRACK_LIBRARY"]).exists()


KILLED = """
import os, pathlib
replace = pathlib.Path.replace
def and_die(path, target):
    replace(path, target)
    if path.parent.name.startswith(".staging-"):
        os._exit(9)
pathlib.Path.replace = and_die
from papertrack.__main__ import main
main()
"""


@pytest.fixture
def half(sample_home, home):
    """A home with half of a change, and without the state that would complete it."""
    shutil.copytree(sample_home["PAPERTRACK_LIBRARY"], home["PAPERTRACK_LIBRARY"])
    command = [sys.executable, "-c", KILLED, "tag", "add", "new", "2511.04570"]
    assert subprocess.run(command, env=home, check=False).returncode == 9
    shutil.rmtree(home["PAPERTRACK_STATE"])
    return home


ANSWERS = {"y": True, "yes": True, "n": False, "": False, "\x04": False}
"""What may be answered, and whether that completes the change."""


@pytest.mark.parametrize("answer", ANSWERS)
def test_half_of_a_change_is_completed_or_set_aside(half, papertrack, spawn, answer):
    root = Path(half["PAPERTRACK_LIBRARY"])
    reported = papertrack("list --json")
    assert "(desk.json); papertrack doctor --fix can complete it\n" in reported.err
    assert papertrack("log --json").out.count("new") == 0
    ran = papertrack("doctor")
    assert ran.code == 1
    assert ran.err.endswith(
        "; papertrack doctor --fix lets you choose, on a terminal\n"
    )
    before = contents(root)
    assert papertrack("doctor --fix").code == 1
    assert contents(root) == before, "nobody was asked"
    child = spawn("doctor --fix", env=half)
    child.expect_exact("change desk.json as well (no: move the rest to backups)? [y/N]")
    child.send(answer if answer == "\x04" else f"{answer}\n")
    child.expect("all is well now")
    child.expect(pexpect.EOF)
    assert papertrack("log --json").out.count("new") == ANSWERS[answer]
    (saved,) = (root / "backups").glob("interrupted-*/desk.json")
    is_the_new_one = "tagged" in saved.read_text()
    assert is_the_new_one == (not ANSWERS[answer])
    assert papertrack("doctor").code == 0
    if ANSWERS[answer]:
        assert papertrack("undo").code == 0


def test_a_question_of_doctor_that_is_interrupted_changes_nothing(half, spawn):
    before = contents(Path(half["PAPERTRACK_LIBRARY"]))
    child = spawn("doctor --fix", env=half)
    child.expect_exact("[y/N]")
    child.sendintr()
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert contents(Path(half["PAPERTRACK_LIBRARY"])) == before
