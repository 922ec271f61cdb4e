"""The README on mail: its settings and commands work, and the recipes for systemd, cron
and launchd are what these read.
"""

import plistlib
import re
import shlex
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from papertrack.config import keys
from tests.helpers.mail_server import PASSWORD

ROOT = Path(__file__).resolve().parents[3]
README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(name):
    """The block below the comment of this name."""
    found = re.search(rf"<!-- {name} -->\n```\w*\n(.*?)```", README, re.DOTALL)
    assert found, f"the README has no block for {name}"
    return found[1]


@pytest.fixture
def reader(home, server, fetched, tmp_path):
    """A reader with new papers, a mail server, and papertrack in ~/.local/bin."""
    fetched(1, 2)
    program = Path(home["HOME"]) / ".local/bin/papertrack"
    program.parent.mkdir(parents=True)
    start = "from papertrack.__main__ import main; main()"
    program.write_text(f'#!/bin/sh\nexec {sys.executable} -c "{start}" "$@"\n')
    program.chmod(0o755)
    return {**home, "PATH": f"{program.parent}:/usr/bin:/bin"}


def sh(command, env):
    return subprocess.run(
        ["sh", "-c", command],
        env=env,
        cwd=env["HOME"],
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


# The papers were added last year, by the clock of these programs.
SINCE = " --since 2025"


def test_the_settings_are_keys():
    (example,) = re.findall(r"```toml\n(\[mail\].*?)```", README, re.DOTALL)
    for name, value in tomllib.loads(example)["mail"].items():
        key = keys.find(f"mail.{name}")
        assert key is not None
        assert key.kind.value(value) == value


def test_the_commands(reader, server, inside, monkeypatch):
    lines = [line.partition("#")[0].strip() for line in block("mail").splitlines()]
    assert len(lines) == 3
    for line in lines:
        more = "" if "--test" in line else SINCE
        ran = inside(shlex.split(line)[1:] + more.split(), env=reader)
        assert ran.code == 0, ran.err
    test, digest = server.received
    assert test.text == "papertrack can send you digests.\n"
    assert "Paper number 1" in digest.text


@pytest.mark.parametrize(
    "unit", ["papertrack-digest.service", "papertrack-digest.timer"]
)
def test_systemd_takes_the_units(unit, reader, tmp_path):
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd is not installed")
    folder = tmp_path / "units"
    folder.mkdir()
    for name in ("papertrack-digest.service", "papertrack-digest.timer"):
        (folder / name).write_text(block(f"systemd {name}"))
    ran = sh(
        f"systemd-analyze --user verify {shlex.quote(str(folder / unit))}",
        {**reader, "XDG_RUNTIME_DIR": str(tmp_path)},
    )
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_service_of_systemd(reader, server):
    """Its commands, one after the other; a failure of the first does not matter."""
    starts = re.findall(r"^ExecStart=(-?)(.*)$", block(r"systemd .*\.service"), re.M)
    assert [minus for minus, _ in starts] == ["-", ""]
    for minus, command in starts:
        command = command.replace("%h", reader["HOME"])
        ran = sh(command.replace(" --send", f" --send{SINCE}"), reader)
        assert ran.returncode == 0 or minus, ran.stderr
    (received,) = server.received
    assert "Paper number 1" in received.text


def test_cron(reader, server):
    """Five fields, then a line for sh with an almost empty environment."""
    schedule = re.fullmatch(r"((?:[\d*/,-]+\s+){5})(.*)", block("cron-digest").strip())
    assert schedule
    command = schedule[2]
    assert "%" not in command  # cron reads it as a line break
    names = ("PATH", "HOME", "PYTHONPATH", "PAPERTRACK_LIBRARY", "HF_ENDPOINT")
    bare = {name: reader[name] for name in names}
    ran = sh(command.replace(" --send", f" --send{SINCE}"), bare)
    assert ran.returncode == 0, ran.stderr
    (received,) = server.received
    assert "Paper number 1" in received.text
    assert PASSWORD not in ran.stdout + ran.stderr


def test_launchd(reader, server):
    plist = plistlib.loads(block("launchd").encode())
    assert plist["Label"] == "papertrack.digest"
    days = [time["Weekday"] for time in plist["StartCalendarInterval"]]
    assert days == [1, 2, 3, 4, 5]
    assert all(
        (time["Hour"], time["Minute"]) == (8, 30)
        for time in plist["StartCalendarInterval"]
    )
    program, option, command = plist["ProgramArguments"]
    assert (program, option) == ("/bin/sh", "-c")
    env = {**reader, "PATH": "/usr/bin:/bin"}
    ran = sh(command.replace(" --send", f" --send{SINCE}"), env)
    assert ran.returncode == 0, ran.stderr
    assert "Paper number 1" in server.received[0].text
