"""The command `doctor`: a line per finding, exit code 1 if there are any, repairs."""

import json
import shutil
from pathlib import Path

import pytest


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
    script.write_text("#compdef papertrack\n")
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
