"""What `triage` is given: papers, options, keys of config.toml, kinds of terminals."""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

import pytest

from papertrack.config.triage_keys import ACTIONS

SCREENS = [(40, 10), (80, 24), (200, 50)]


@pytest.mark.parametrize(("columns", "lines"), SCREENS)
def test_screens(columns, lines, triage, library, golden):
    """The first paper, the help, tags with candidates, the end."""
    shown = triage(library, "--dry-run", columns=columns, lines=lines)
    screens = [shown.until("1 of 46")]
    screens.append(shown.say("?", "mark it read"))
    shown.say("?", lambda text: "mark it read" not in text)
    shown.say("j", "2 of 46")
    shown.say("t", "tags:")
    screens.append(
        shown.say("mu", lambda text: "tags: mu" in text and "\nmusic" in text)
    )
    shown.say("\t\r", "3 of 46")
    screens.append(shown.say(" " * 44, "That was the last paper."))
    rule = f"{'=' * columns}\n"
    golden(f"triage.{columns}x{lines}", rule.join(screens))


def test_a_dry_run_writes_nothing(triage, library):
    root = Path(library["PAPERTRACK_LIBRARY"])
    before = {path: path.read_bytes() for path in root.rglob("*.json")}
    shown = triage(library, "--dry-run")
    shown.until("nothing is saved")
    shown.say("rlhs", "5 of 46")
    shown.say("t", "tags:")
    shown.say("new\r", "6 of 46")
    shown.press("q")
    assert shown.end() == 0
    summary = "1 read, 1 later, 1 hidden, 1 starred, 1 tagged"
    assert shown.printed == f"would be: {summary}; nothing was changed"
    assert {path: path.read_bytes() for path in root.rglob("*.json")} == before


def test_no_key_reads_the_library(triage, library):
    """Neither the index nor the files: they may be gone."""
    shown = triage(library, "--dry-run")
    shutil.rmtree(library["PAPERTRACK_LIBRARY"])
    shutil.rmtree(library["PAPERTRACK_CACHE"])
    for number in range(2, 47):
        shown.say("rlhsjv"[number % 6], f"{number - (number + 1) // 6} of 46")
    shown.press("q")
    assert shown.end() == 0


@pytest.mark.parametrize(
    ("arguments", "first", "total"),
    [
        (["2511.00007", "2511.00003"], 7, 2),
        (["2511.00007", "2511.00003", "number", "title:3"], 3, 1),
        (["title:kettles", "upvotes:..60"], 40, 7),
        (["-n", "5"], 1, 5),
        (["--reverse", "-n", "3"], 46, 3),
        (["--since", "2025-12-27"], 1, 1),
        (["--until", "2025-11-20"], 36, 11),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_the_papers(arguments, first, total, inside_terminal, library):
    assert inside_terminal(library, *arguments)[:2] == (first, total)


@pytest.fixture
def inside_terminal(triage):
    def shown(env, *arguments):
        dialogue = triage(env, *arguments)
        text = dialogue.text
        place = re.search(r"^1 of (\d+) ", text)
        numbers = re.findall(r"2511\.(\d{5})", text)
        assert place, text
        dialogue.press("q")
        assert dialogue.end() == 0
        return int(numbers[-1]), int(place[1]), text

    return shown


def test_numbers_of_the_last_listing(library, triage, spawn):
    """They are those of this terminal; ids on stdin work, too."""
    from tests.helpers.dialogue import START, Dialogue

    editor = "sh -c 'test -t 0 && echo x > \"$1\"' sh"
    shell = Dialogue(
        ["--norc", "--noprofile", "-i"],
        {**library, "PS1": "shell$ ", "HISTFILE": "", "EDITOR": editor},
        program="bash",
        lines=60,
    )
    shell.until("shell$")
    shell.press(f'pt() {{ {sys.executable} -c "{START}" "$@"; }}\r')
    shell.say("pt list title:kettles -n 3\r", "3 of 46")
    shell.say("pt triage 2-3\r", "1 of 2")
    assert "2511.00002" in shell.text
    shell.say("q", "nothing was changed")
    shell.say("pt list -n 9 --format ids | pt triage -\r", "1 of 9")
    shell.say("r", "2 of 9")
    shell.say("n", "note changed")
    shell.say("q", "1 read, 1 with a note")
    shell.press("exit\r")
    shell.end()


def test_no_paper_is_reported_as_by_list(triage, library, terminal):
    shown = terminal("triage tag:nothing", env=library)
    assert shown.code == 0
    assert "no paper of 46 matches tag:nothing" in shown.text
    assert "\x1b[?1049h" not in shown.raw.decode()


@pytest.mark.parametrize("term", ["dumb", "", None])
def test_a_terminal_without_screens_is_pointed_to_list(term, terminal, library):
    env = {**library, "TERM": term or ""}
    if term is None:
        del env["TERM"]
    shown = terminal("triage 'tag:x y'", env=env)
    assert (shown.code, len(shown.lines)) == (2, 2)
    assert "papertrack list 'tag:x y'" in shown.text.replace("\n", " ")
    assert "\x1b" not in shown.raw.decode()


def test_a_pipe_is_pointed_to_list(papertrack, library):
    ran = papertrack("triage", env=library)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err == (
        "papertrack: triage needs a terminal that shows whole screens; see the papers "
        "with papertrack list is:unread\n"
    )


def test_keys_of_the_config_file(triage, library, marks):
    config = Path(library["HOME"]) / "config.toml"
    config.write_text(
        '[key]\nx = "read"\nr = "nothing"\nenter = "later"\nctrl-n = "next"\n'
        '"." = "hide"\nf2 = "star"\npageup = "quit"\ncontrl-x = "quit"\n'
    )
    shown = triage({**library, "PAPERTRACK_CONFIG": str(config)})
    assert shown.text.splitlines()[-1].startswith("x read  l later  h hide")
    shown.say("r", "1 of 46")
    shown.say("x", "2 of 46")
    shown.say("\r", "3 of 46")
    shown.say(".", "4 of 46")
    shown.say("\x0e", "5 of 46")
    shown.say("\x1b[12~", "6 of 46")
    assert "l enter" in shown.say("?", "save and quit")
    shown.say("x", "6 of 46")
    shown.press("\x1b[5~")
    assert shown.end() == 0
    assert "contrl-x: unknown key" in " ".join(shown.raw.decode().split())
    changed = {n: mark for n, mark in marks(library).items() if n > 1}
    assert changed == {
        2: {"status": "later"},
        3: {"status": "hidden"},
        5: {"starred": True},
    }


def test_no_color(triage, library):
    shown = triage({**library, "NO_COLOR": "1"})
    shown.say("?", "save and quit")
    shown.press("qq")
    assert shown.end() == 0
    assert set(re.findall(rb"\x1b\[[0-9;]*m", shown.raw)) <= {b"\x1b[0m"}


def test_colors_are_those_that_the_terminal_has(triage, library):
    few = {**library, "TERM": "xterm", "COLORTERM": ""}
    for env, has_many in ((library, True), (few, False)):
        shown = triage(env)
        shown.press("q")
        assert shown.end() == 0
        assert re.search(rb"\x1b\[[0-9;]*m", shown.raw)
        if not has_many:
            assert b"38;5;" not in shown.raw


def test_every_action_is_described_and_does_something():
    from papertrack.cli.triage import controls

    source = Path(controls.__file__).read_text()
    for action in ACTIONS.values():
        assert action.help
        assert action.name == "nothing" or f'"{action.name}":' in source
