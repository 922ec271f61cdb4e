"""The manual page: complete, up to date, in the wheel, and clean for mandoc and man."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from papertrack.cli.command_table import ENTRIES
from papertrack.cli.help_topics import TOPICS
from papertrack.cli.manual import manual

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "papertrack" / "cli" / "papertrack.1"


def run(*command: str | Path, width: int = 80) -> subprocess.CompletedProcess[str]:
    """Runs a program on the page; skips where it is missing."""
    if shutil.which(str(command[0])) is None:
        pytest.skip(f"{command[0]} is not installed")
    return subprocess.run(
        [*command, PAGE],
        env={**os.environ, "LC_ALL": "C.UTF-8", "MANWIDTH": str(width)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def test_the_page_is_up_to_date() -> None:
    stale = "stale; python -m papertrack help --man > papertrack/cli/papertrack.1"
    assert PAGE.read_text(encoding="utf-8") == manual(), stale


def test_the_page_is_in_the_wheel() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    shared = project["tool"]["hatch"]["build"]["targets"]["wheel"]["shared-data"]
    assert shared["papertrack/cli/papertrack.1"] == "share/man/man1/papertrack.1"


def test_mandoc_has_no_complaint() -> None:
    done = run("mandoc", "-Tlint")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_man_has_no_warning() -> None:
    done = run("man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z")
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("program", [("man", "-P", "cat", "-l"), ("mandoc", "-Tutf8")])
def test_man_shows_each_command_topic_and_option(program: tuple[str, ...]) -> None:
    done = run(*program)
    text = re.sub(r".\x08|\x1b\[[\d;]*m", "", done.stdout)
    words = " ".join(text.split())
    assert done.returncode == 0
    for entry in ENTRIES:
        assert f"papertrack {entry.name} " in words, entry.name
    assert "papertrack tag add [OPTIONS] TAG[,TAG] SELECT..." in words
    assert "title:/^(why|how) do/ has:code" in words
    assert "--color auto|always|never" in words
    for topic in TOPICS.values():
        last = topic(70).rstrip().splitlines()[-1]
        assert " ".join(last.split()) in words


def test_the_page_is_printed_off_a_terminal(papertrack) -> None:
    ran = papertrack("help --man")
    assert (ran.code, ran.out, ran.err) == (0, manual(), "")


@pytest.mark.parametrize(
    ("script", "code", "shown"),
    [
        ("head -c 14 $1", 0, ".TH PAPERTRACK"),
        ("exit 3", 1, "papertrack: man can't show the page; papertrack help --man"),
    ],
)
def test_man_opens_the_page_on_a_terminal(
    script, code, shown, terminal, home, tmp_path
) -> None:
    man = tmp_path / "bin" / "man"
    man.parent.mkdir()
    man.write_text(f"#!/bin/sh\n{script}\n")
    man.chmod(0o755)
    path = f"{man.parent}:{home['PATH']}"
    screen = terminal("help --man", 100, env={**home, "PATH": path})
    assert screen.code == code
    assert screen.text.startswith(shown)


def test_without_man_the_page_can_be_saved(terminal, home, tmp_path) -> None:
    screen = terminal("help --man", 100, env={**home, "PATH": str(tmp_path)})
    assert screen.code == 1
    assert "papertrack help --man > papertrack.1 saves it" in screen.text
