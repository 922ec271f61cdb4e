"""Suspending, lost connections, signals and kills: the terminal and the decisions."""

from __future__ import annotations

import fcntl
import json
import os
import signal
import sys
import termios
from pathlib import Path

import pytest

from tests.helpers.dialogue import START, Dialogue
from tests.helpers.waiting import wait_until

LEAVES_SCREEN = b"\x1b[?1049l"


def is_raw(dialogue: Dialogue) -> bool:
    """Whether the terminal gives each key at once, without showing it."""
    local_modes = termios.tcgetattr(dialogue.child.child_fd)[3]
    return not local_modes & (termios.ICANON | termios.ECHO)


@pytest.mark.parametrize(
    ("number", "by_key"),
    [
        (signal.SIGINT, True),
        (signal.SIGINT, False),
        (signal.SIGTERM, False),
        (signal.SIGHUP, False),
    ],
    ids=["Ctrl-C", "SIGINT", "SIGTERM", "SIGHUP"],
)
def test_a_signal_saves_and_restores_the_terminal(
    number, by_key, triage, thirty, marks, steps
):
    shown = triage(thirty)
    assert is_raw(shown)
    for place in range(2, 6):
        shown.say("r", f"{place} of 30")
    if by_key:
        shown.press("\x03")
    else:
        os.kill(shown.child.pid, number)
    shown.until("papertrack: interrupted")
    assert not is_raw(shown)
    assert shown.end() == 128 + number
    assert "4 read (undo: papertrack undo)" in shown.printed
    assert LEAVES_SCREEN in shown.raw
    assert [n for n, mark in marks(thirty).items() if "status" in mark] == [1, 2, 3, 4]
    assert len(steps(thirty)) == 1


def test_a_lost_connection_loses_nothing(triage, thirty, marks, steps):
    shown = triage(thirty)
    for place in range(2, 14):
        shown.say("l", f"{place} of 30")
    shown.hang_up()
    os.waitpid(shown.child.pid, 0)
    later = [n for n, mark in marks(thirty).items() if mark.get("status") == "later"]
    assert later == [*range(1, 13)]
    assert len(steps(thirty)) == 1


def test_a_kill_loses_the_last_decisions_at_most(
    triage, thirty, marks, steps, papertrack
):
    """What was on disk stays, as one step that can be undone; and so does the next."""
    before = marks(thirty)
    shown = triage(thirty)
    shown.say("h", "2 of 30")
    shown.say("h", "3 of 30")
    wait_until(lambda: marks(thirty).get(2) == {"status": "hidden"})
    shown.say("rrr", "6 of 30")
    wait_until(lambda: 5 in marks(thirty))
    shown.press("l")
    os.kill(shown.child.pid, signal.SIGKILL)
    assert shown.end() == 128 + signal.SIGKILL
    assert len(steps(thirty)) == 1
    assert "1 finding" in papertrack("doctor", env=thirty).err  # modes of the fixture

    again = triage(thirty)
    again.say("r", "2 of ")
    again.press("q")
    assert again.end() == 0
    assert len(steps(thirty)) == 2
    assert papertrack("undo 2", env=thirty).code == 0
    assert marks(thirty) == before


def test_ctrl_z_gives_the_terminal_back(thirty, marks):
    """In a real shell: the decisions are saved, and after `fg` all is as before."""
    command = f"{sys.executable} -c '{START}' triage"
    shell = Dialogue(
        ["--norc", "--noprofile", "-i"],
        {**thirty, "PS1": "shell$ ", "HISTFILE": ""},
        program="bash",
    )
    shell.until("shell$")
    shell.say(f"{command}\r", "1 of 30")
    shell.say("r", "2 of 30")
    for place in (3, 4):
        shell.say("\x1a", "Stopped")
        shell.until(lambda text: text.rstrip().endswith("shell$"))
        assert "of 30" not in shell.text, "the alternate screen was left"
        assert place - 2 in marks(thirty)
        shell.say("echo $((6 * 7))\r", "\n42\n")
        shell.say("fg\r", f"{place - 1} of 30")
        shell.say("r", f"{place} of 30")
    # A stop that cannot be handled: the keys work again, too.
    shell.say("q", lambda text: text.rstrip().endswith("shell$"))
    assert "3 read (undo: papertrack undo)" in shell.text
    shell.press("exit\r")
    shell.end()
    assert [n for n, mark in marks(thirty).items() if "status" in mark] == [1, 2, 3]


def test_a_process_that_was_stopped_from_outside_draws_again(triage, thirty):
    shown = triage(thirty)
    shown.say("r", "2 of 30")
    os.kill(shown.child.pid, signal.SIGSTOP)
    # What a shell does while a job is stopped.
    descriptor = shown.child.child_fd
    mode = termios.tcgetattr(descriptor)
    mode[3] |= termios.ICANON | termios.ECHO
    termios.tcsetattr(descriptor, termios.TCSANOW, mode)
    shown.clear()
    os.kill(shown.child.pid, signal.SIGCONT)
    shown.until("2 of 30")
    shown.say("r", "3 of 30")
    shown.press("q")
    assert shown.end() == 0


def test_two_sittings_at_once(triage, thirty, marks, steps, papertrack):
    """Both are kept, on one paper too, and each is a step of its own."""
    before = marks(thirty)
    one = triage(thirty)
    other = triage(thirty, "--reverse")

    def saved(number):
        wait_until(lambda: number in marks(thirty))

    for count in (1, 2):
        one.say("r", f"{count + 1} of 30")
        saved(count)
        other.say("l", f"{count + 1} of 30")
        saved(31 - count)
    # The same paper: one tags it, the other stars it.
    one.say("t", "tags:")
    one.say("both\r", "4 of 30")
    wait_until(lambda: marks(thirty).get(3) == {"tags": ["both"]})
    other.say("/title:3\r", "1 of ")
    other.say("s", lambda text: "starred:" in text or "last paper" in text)
    wait_until(lambda: marks(thirty).get(3) == {"tags": ["both"], "starred": True})
    for shown in (one, other):
        shown.press("q")
        assert shown.end() == 0
    found = marks(thirty)
    assert [n for n in found if found[n].get("status") == "read"] == [1, 2]
    assert {n for n in found if found[n].get("status") == "later"} == {29, 30}
    assert found[3] == {"tags": ["both"], "starred": True}
    assert len(steps(thirty)) == 2
    assert papertrack("undo", env=thirty).code == 0
    assert papertrack("undo", env=thirty).code == 0
    assert marks(thirty) == before


def test_a_library_that_is_locked_keeps_no_key_waiting(triage, thirty, marks):
    lock = Path(thirty["PAPERTRACK_LIBRARY"]) / ".lock"
    with lock.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        shown = triage(thirty)
        for place in range(2, 16):
            shown.say("r", f"{place} of 30")
        shown.until("waiting for the library")
        shown.say("r", "16 of 30")
        fcntl.flock(file, fcntl.LOCK_UN)
    wait_until(lambda: 15 in marks(thirty))
    shown.press("q")
    assert shown.end() == 0


def test_decisions_that_cannot_be_saved_are_reported(triage, thirty, marks, papertrack):
    """A library of a newer version appears meanwhile: nothing is overwritten."""
    shown = triage(thirty)
    path = Path(thirty["PAPERTRACK_LIBRARY"]) / "marks.json"
    stored = json.loads(path.read_text())
    stored["format"]["1"]["version"] = 99
    newer = json.dumps(stored)
    path.write_text(newer)
    shown.say("r", "2 of 30")
    shown.until("not saved yet")
    shown.say("r", "3 of 30")
    shown.press("q")
    assert shown.end() == 1
    assert "(2 of 2 decisions were not saved)" in shown.printed
    assert path.read_text() == newer
