"""What a fetch shows on a terminal when it is done: the top papers, and counts."""

import json
import sys
import time

import pexpect
import pytest


@pytest.fixture
def file(rows, home, tmp_path):
    path = tmp_path / "rows.json"
    path.write_text(json.dumps(rows))
    return path


def test_the_top_papers_and_the_counts(terminal, file):
    screen = terminal(["fetch", str(file)], 160)
    listed = [line.split()[-1] for line in screen.lines if line[:1].isdigit()]
    assert listed[:5] == [f"2306.9000{n}" for n in (1, 5, 3, 6, 4)]
    assert screen.lines[-1] == "6 new, 6 unread, 0 later"
    time.sleep(1.1)  # times are whole seconds: what was added in this one is new
    again = terminal(["fetch", str(file), "sample"], 160)
    assert "40 new, 46 unread, 0 later" in again.lines
    assert again.text.count(" unread, ") == 1
    time.sleep(1.1)
    assert terminal(["fetch", str(file)], 160).lines[-1] == "0 new, 46 unread, 0 later"


def test_the_numbers_are_those_of_the_listing(home, file):
    shell = pexpect.spawn("/bin/sh", env={**home, "PS1": "$ "}, cwd=home["HOME"])
    command = f"{sys.executable} -m papertrack"
    shell.sendline(f"{command} fetch {file} && {command} show 2; echo the''end")
    shell.expect("theend", timeout=60)
    assert "2306.90005" in shell.before.decode().rpartition("unread, ")[2]
    shell.close()


@pytest.mark.parametrize("options", [["-q"], ["--json"], ["--dry-run"]])
def test_options_without_it(terminal, file, options):
    assert " unread, " not in terminal(["fetch", str(file), *options]).text


def test_a_pipe_and_an_import_do_not_show_it(terminal, papertrack, file):
    ran = papertrack(["fetch", str(file)])
    assert (ran.out, ran.err) == ("", f"{file}: 6 new, 0 updated, 0 known\n")
    assert " unread, " not in terminal(["import", str(file)]).text
