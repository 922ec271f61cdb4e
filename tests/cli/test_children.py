"""Programs that papertrack starts and that do not end by themselves: a signal to
papertrack ends it, whatever they do; the terminal is restored, nothing typed is lost.

What they wait for would take ten minutes.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import termios
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import pexpect
import pytest

from papertrack.storage.processes import descendants, have_ended
from tests.helpers.waiting import wait_until

Env = dict[str, str]
MAIN = "from papertrack.__main__ import main; main()"
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]

CHILD = """
import os, signal, subprocess, sys, termios, time
kind, pid, last = sys.argv[1], sys.argv[2], sys.argv[-1]
ignored = {"ignores INT": ["SIGINT"], "ignores TERM": ["SIGTERM"],
           "ignores all": ["SIGINT", "SIGTERM", "SIGHUP"], "raw": ["SIGINT"],
           "its child ignores all": ["SIGINT", "SIGTERM", "SIGHUP"]}
for name in ignored.get(kind, ()):
    signal.signal(getattr(signal, name), signal.SIG_IGN)
if kind == "handles INT":
    signal.signal(signal.SIGINT, lambda number, frame: os.write(2, b"caught"))
if kind == "closes its input":
    os.close(0)
if kind == "raw":
    mode = termios.tcgetattr(2)
    mode[3] &= ~(termios.ICANON | termios.ECHO | termios.ISIG)
    termios.tcsetattr(2, termios.TCSANOW, mode)
    os.write(2, b"\\x1b[?1049h")
if os.path.basename(last).endswith((".md", ".toml")):
    with open(last, "a") as file:
        file.write("typed with care")
if kind.startswith("its child") and len(sys.argv) > 3 and sys.argv[3] != "inner":
    code = subprocess.call([sys.executable, __file__, kind, pid, "inner"])
    sys.exit(code)
if kind == "its child" and os.path.exists(pid):
    sys.exit(0)
with open(pid, "w") as file:
    file.write(str(os.getpid()))
os.write(2, b"working")
if kind == "stopped":
    os.kill(os.getpid(), signal.SIGSTOP)
time.sleep(600)
"""
"""A program of a kind: `child.py KIND FILE-FOR-ITS-PID [ARGUMENTS]`."""

KINDS = [
    "plain",
    "ignores INT",
    "ignores TERM",
    "ignores all",
    "handles INT",
    "stopped",
    "closes its input",
    "raw",
    "its child",
    "its child ignores all",
]


def each_kind(kinds: Sequence[str], first: int) -> pytest.MarkDecorator:
    """Each kind with one of the signals in turn, so that all are met."""
    rows = [
        pytest.param(kind, SIGNALS[place % 3], id=f"{kind} {SIGNALS[place % 3].name}")
        for place, kind in enumerate(kinds, first)
    ]
    return pytest.mark.parametrize(("kind", "number"), rows)


class Child(NamedTuple):
    """A program of a kind: its command, and the file with the id of its process."""

    kind: str
    code: Path
    pid_file: Path

    @property
    def command(self) -> str:
        """The command, to which papertrack may add arguments."""
        return f"{sys.executable} {self.code} '{self.kind}' {self.pid_file} outer"

    @property
    def pid(self) -> int:
        """The process that waits."""
        return int(self.pid_file.read_text())

    def has_ended(self) -> bool:
        """Whether it no longer runs."""
        return have_ended([self.pid])


@pytest.fixture
def made(tmp_path: Path) -> Iterator[Callable[[str], Child]]:
    """Makes a program of a kind, which is ended with the test."""
    code = tmp_path / "child.py"
    code.write_text(CHILD)
    children: list[Child] = []

    def make(kind: str) -> Child:
        children.append(Child(kind, code, tmp_path / f"pid-{len(children)}"))
        return children[-1]

    yield make
    for child in children:
        with contextlib.suppress(OSError, ValueError):
            os.kill(child.pid, signal.SIGKILL)


class Shell(NamedTuple):
    """A shell that runs papertrack on a terminal, and goes on after it."""

    terminal: Any

    @property
    def papertrack(self) -> int:
        """The process of papertrack."""
        return descendants(self.terminal.pid)[0]

    def modes(self) -> list[Any]:
        """The modes of the terminal."""
        return termios.tcgetattr(self.terminal.child_fd)

    def end_by(self, number: int, *before: str) -> None:
        """Send papertrack alone a signal; it ends, after these texts."""
        wait_until(lambda: _is_asleep(self.papertrack))
        os.kill(self.papertrack, number)
        for text in before:
            self.terminal.expect_exact(text)
        self.terminal.expect_exact(f"code {128 + number}")


def _is_asleep(process: int) -> bool:
    """Whether a process waits: papertrack, for the program that it has started."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return fields[0] == "S"


@pytest.fixture
def shell(sample_home: Env, tmp_path: Path) -> Iterator[Callable[..., Shell]]:
    """Runs `papertrack LINE` in a shell with these variables."""
    started: list[Any] = []

    def start(line: str, **variables: str) -> Shell:
        env = {**sample_home, "TMPDIR": str(tmp_path), "TERM": "xterm", **variables}
        main = f"{sys.executable} -c '{MAIN}'"
        command = f"trap : INT; {main} {line}; echo code $?; read line"
        terminal = pexpect.spawn(
            "/bin/sh",
            ["-c", command],
            env=env,
            cwd=env["HOME"],
            dimensions=(10, 4000),
            timeout=60,
        )
        started.append(terminal)
        return Shell(terminal)

    yield start
    for terminal in started:
        terminal.close(force=True)


@each_kind(KINDS, 0)
def test_a_pager_of_any_kind_ends_with_papertrack(
    number: int, kind: str, made: Callable[[str], Child], shell: Callable[..., Shell]
) -> None:
    child = made(kind)
    running = shell("list --all", PAGER=child.command)
    before = running.modes()
    running.terminal.expect_exact("working")
    running.end_by(number)
    wait_until(child.has_ended)
    assert running.modes() == before


@each_kind(KINDS, 1)
def test_what_is_typed_in_an_editor_of_any_kind_is_left(
    number: int,
    kind: str,
    made: Callable[[str], Child],
    shell: Callable[..., Shell],
    tmp_path: Path,
) -> None:
    child = made(kind)
    line = "config edit" if number == signal.SIGHUP else "note 2511.04570"
    running = shell(line, EDITOR=child.command)
    before = running.modes()
    running.terminal.expect_exact("working")
    running.end_by(number, "what you wrote is in ")
    assert running.modes() == before
    (folder,) = tmp_path.glob("papertrack-*")
    (path,) = (path for path in folder.iterdir() if not path.name.startswith("."))
    assert "typed with care" in path.read_text()
    if "TERM" not in kind and "all" not in kind:
        wait_until(child.has_ended)


@each_kind(KINDS[:5], 2)
def test_a_browser_of_any_kind_is_not_waited_for(
    number: int, kind: str, made: Callable[[str], Child], shell: Callable[..., Shell]
) -> None:
    child = made(kind)
    running = shell("open 2511.04570", BROWSER=child.command)
    running.terminal.expect_exact("working")
    running.end_by(number)


@each_kind(["handles INT"], 0)
def test_a_browser_of_the_system_is_ended(
    kind: str,
    number: int,
    made: Callable[[str], Child],
    shell: Callable[..., Shell],
    tmp_path: Path,
) -> None:
    """One in the terminal, which Python finds on the path."""
    child = made(kind)
    folder = tmp_path / "bin"
    folder.mkdir()
    program = folder / "www-browser"
    program.write_text(f'#!/bin/sh\nexec {child.command} "$@"\n')
    program.chmod(0o755)
    running = shell("open 2511.04570", PATH=str(folder), BROWSER="")
    running.terminal.expect_exact("working")
    running.terminal.sendintr()
    running.terminal.expect_exact("caught")
    running.end_by(number)
    wait_until(child.has_ended)


# ------------------------------------------------------------------ off the terminal


MAIL = {"from": "ada@papers.example", "to": "ada@papers.example"}
UNSEEN: dict[str, tuple[str, dict[str, dict[str, Any]]]] = {
    "mail": ("digest --test", {"mail": {**MAIL, "command": "CHILD"}}),
    "a password": (
        "digest --test",
        {
            "mail": {
                **MAIL,
                "host": "mail.papers.example",
                "user": "ada",
                "password_command": "CHILD",
            }
        },
    ),
    "a hook": ("fetch sample", {"hooks": {"after_fetch": "CHILD", "seconds": 600}}),
}
"""The command that runs a program, and the settings that name it."""


@pytest.mark.parametrize("place", UNSEEN)
@each_kind(["ignores INT", "ignores TERM", "ignores all", "stopped", *KINDS[-2:]], 0)
def test_a_program_off_the_terminal_ends_with_papertrack(
    kind: str,
    number: int,
    place: str,
    made: Callable[[str], Child],
    home: Env,
    tmp_path: Path,
) -> None:
    child = made(kind)
    line, settings = UNSEEN[place]
    config = tmp_path / "config.toml"
    lines = []
    for section, keys in settings.items():
        lines.append(f"[{section}]\n")
        lines += [f"{key} = {json.dumps(value)}\n" for key, value in keys.items()]
    config.write_text("".join(lines).replace("CHILD", child.command))
    config.chmod(0o600)
    process = subprocess.Popen(
        [sys.executable, "-c", MAIN, *line.split()],
        env={**home, "PAPERTRACK_CONFIG": str(config)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    wait_until(lambda: child.pid_file.exists() and child.pid_file.read_text())
    process.send_signal(number)
    _, errors = process.communicate(timeout=60)
    assert process.returncode == 128 + number, errors
    assert b"Traceback" not in errors
    wait_until(child.has_ended)


# ------------------------------------------------------------------ Ctrl-C as a key


@pytest.mark.parametrize("kind", ["plain", "ignores INT", "ignores all", "its child"])
def test_ctrl_c_ends_a_pager_that_does_not_handle_it(
    kind: str, made: Callable[[str], Child], shell: Callable[..., Shell]
) -> None:
    child = made(kind)
    running = shell("list --all", PAGER=child.command)
    running.terminal.expect_exact("working")
    wait_until(lambda: _is_asleep(running.papertrack))
    running.terminal.sendintr()
    running.terminal.expect_exact("code 130")
    wait_until(child.has_ended)


@pytest.mark.parametrize("kind", ["handles INT", "ignores INT", "ignores all", "raw"])
def test_ctrl_c_is_a_key_of_an_editor(
    kind: str, made: Callable[[str], Child], shell: Callable[..., Shell], tmp_path: Path
) -> None:
    child = made(kind)
    running = shell("note 2511.04570", EDITOR=child.command)
    running.terminal.expect_exact("working")
    wait_until(lambda: _is_asleep(running.papertrack))
    papertrack = running.papertrack
    running.terminal.sendintr()
    if kind == "handles INT":
        running.terminal.expect_exact("caught")
    with pytest.raises(pexpect.TIMEOUT):
        running.terminal.expect_exact("what you wrote", timeout=0.5)
    assert not child.has_ended()
    assert not have_ended([papertrack])
    os.kill(child.pid, signal.SIGKILL)
    running.terminal.expect_exact("what you wrote is in ")


# ------------------------------------------------------------------ after the editor


def test_what_was_typed_is_left_if_it_can_not_be_saved(
    shell: Callable[..., Shell], sample_home: Env, tmp_path: Path
) -> None:
    editor = tmp_path / "editor"
    marks = Path(sample_home["PAPERTRACK_LIBRARY"], "marks.json")
    editor.write_text(f'#!/bin/sh\necho "with care" > "$1"\nprintf "{{" > {marks}\n')
    editor.chmod(0o755)
    try:
        running = shell("note 2511.04570", EDITOR=str(editor))
        running.terminal.expect_exact("what you wrote is in ")
        running.terminal.expect_exact("code 1")
    finally:
        marks.unlink()
    (path,) = tmp_path.glob("papertrack-*/note.md")
    assert path.read_text() == "with care\n"
