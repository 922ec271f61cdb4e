"""`[hooks]`: programs that run after a fetch; those that fail, hang and print."""

import json
import os
import sys
import time
from pathlib import Path

import pytest

COUNT = 40
"""The papers of the sample."""


@pytest.fixture
def hook(home, papertrack):
    """`hook(key, script)` makes a program of a shell script and sets the key to it."""

    def make(key, script):
        path = Path(home["HOME"]) / f"{key}.sh"
        path.write_text(f"#!/bin/sh\n{script}\n")
        path.chmod(0o755)
        assert papertrack(["config", "set", f"hooks.{key}", str(path)]).code == 0
        return path

    return make


@pytest.fixture
def folder(home):
    return Path(home["HOME"])


def errors(ran):
    return [line for line in ran.err.splitlines() if line.startswith("papertrack: ")]


def ids(papertrack, *query):
    return papertrack(["list", "--all", *query, "--format", "ids"]).out.split()


def test_after_a_fetch_the_new_ids_are_on_stdin(papertrack, hook, folder):
    hook("after_fetch", f"cat >> {folder}/ids; echo garble; echo garble >&2")
    ran = papertrack("fetch sample --json")
    assert ran.code == 0
    assert json.loads(ran.out)[0]["new"] == COUNT
    assert "garble" not in ran.out + ran.err
    new = (folder / "ids").read_text().split()
    assert sorted(new) == sorted(ids(papertrack))
    assert len(new) == COUNT
    assert papertrack("fetch sample").code == 0
    assert len((folder / "ids").read_text().split()) == COUNT, "nothing was new"


def test_hidden_papers_are_no_new_ones(papertrack, hook, folder):
    hook("after_fetch", f"cat > {folder}/ids")
    papertrack("rule add noise --if video --do hide")
    papertrack("fetch sample")
    hidden = ids(papertrack, "is:hidden")
    assert hidden
    new = (folder / "ids").read_text().split()
    assert not set(hidden) & set(new)
    assert len(new) == COUNT - len(hidden)


@pytest.mark.parametrize("line", ["fetch sample --dry-run", "import {file}", "list"])
def test_nothing_else_runs_them(papertrack, hook, folder, rows_file, line):
    hook("after_fetch", f"touch {folder}/ran")
    hook("notify", f"touch {folder}/ran")
    papertrack(["rule", "add", "all", "--if", "", "--do", "notify"])
    assert papertrack(line.format(file=rows_file)).code == 0
    assert not (folder / "ran").exists()


def test_the_library_is_free_for_the_hook(papertrack, hook, home):
    command = f"{sys.executable} -m papertrack"
    hook("after_fetch", f"exec {command} tag add inbox - --yes")
    assert papertrack("config set hooks.seconds 60").code == 0
    ran = papertrack("fetch sample")
    assert errors(ran) == []
    assert len(ids(papertrack, "tag:inbox")) == COUNT


@pytest.mark.parametrize(
    ("script", "seconds", "error"),
    [
        ("exit 3", 60, "failed with exit code 3; the fetch is saved"),
        ("echo a >&2; echo b >&2; exit 1", 60, "failed with exit code 1: b;"),
        ("printf 'x\\033[31my' >&2; exit 1", 60, "failed with exit code 1: x[31my;"),
        ("kill -9 $$", 60, "failed with exit code -9;"),
        ("exec <&-; exit 7", 60, "failed with exit code 7;"),
        ("exec yes >&2", 60, "printed too many errors and was stopped; the fetch is"),
        ("sleep 60", 0.3, "did not end in 0.3 seconds and was stopped; the fetch is"),
        ("sleep 60 & wait", 0.3, "did not end in 0.3 seconds and was stopped;"),
        ("trap '' TERM; while :; do :; done", 0.3, "did not end in 0.3 seconds"),
        ("exec yes", 0.3, "did not end in 0.3 seconds"),
    ],
)
def test_a_hook_that_fails_is_reported_in_a_line(
    papertrack, hook, script, seconds, error
):
    hook("after_fetch", script)
    papertrack(f"config set hooks.seconds {seconds}")
    ran = papertrack("fetch sample")
    assert (ran.code, ran.out) == (0, "")
    (line,) = errors(ran)
    assert line.startswith("papertrack: hooks.after_fetch: /")
    assert error in line
    assert len(ids(papertrack)) == COUNT


def test_all_that_a_hanging_hook_started_is_stopped(papertrack, hook, folder):
    hook("after_fetch", f"sleep 61 & echo $! > {folder}/pid; wait")
    papertrack("config set hooks.seconds 0.3")
    papertrack("fetch sample")
    pid = int((folder / "pid").read_text())
    deadline = time.monotonic() + 20
    while is_running(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not is_running(pid)


def is_running(pid):
    try:
        os.kill(pid, 0)
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.parametrize("key", ["after_fetch", "notify"])
def test_a_program_that_is_missing_is_named(papertrack, key):
    papertrack(["config", "set", f"hooks.{key}", "/nosuch/program x"])
    papertrack(["rule", "add", "all", "--if", "", "--do", "notify"])
    ran = papertrack("-q fetch sample")
    assert ran.code == 0
    assert errors(ran) == [
        f"papertrack: hooks.{key}: /nosuch/program can't be started: No such file or"
        " directory; install it, or correct the key"
    ]


def test_rules_notify_once_each(papertrack, hook, folder):
    hook(
        "notify",
        f'cat > "{folder}/$PAPERTRACK_RULE"; '
        f'echo "$PAPERTRACK_RULE $PAPERTRACK_COUNT $# $1" >> {folder}/texts',
    )
    for name, query in {
        "video": "title:video",
        "none": "title:nothingofthekind",
        "wide": "upvotes:1..",
        "dash": "title:phuma",
    }.items():
        papertrack(["rule", "add", name, "--if", query, "--do", "notify"])
    papertrack(["rule", "add", "tags", "--if", "", "--do", "tag x"])
    ran = papertrack("fetch sample")
    assert errors(ran) == []
    texts = (folder / "texts").read_text().splitlines()
    assert [text.split()[0] for text in texts] == ["video", "wide", "dash"]
    for name, query in {"video": "title:video", "wide": "upvotes:1.."}.items():
        papers = list(map(json.loads, (folder / name).read_text().splitlines()))
        assert sorted(one["id"] for one in papers) == sorted(ids(papertrack, query))
    assert texts[2].startswith("dash 1 1 1 new paper (dash): PHUMA: ")
    assert all(len(text) < 400 for text in texts)


@pytest.mark.parametrize("name", ["--help", "-x", "$(touch x)", "a b", "\x1b[31m"])
def test_the_text_is_no_option_whatever_a_rule_is_called(
    papertrack, hook, home, folder, name
):
    hook("notify", f"printf '%s\\n' \"$@\" > {folder}/text; cat > /dev/null")
    papertrack("view save x is:unread")
    desk = Path(home["PAPERTRACK_LIBRARY"]) / "desk.json"
    tables = json.loads(desk.read_text())
    tables["rules"] = {"1": {"key": name, "if": "phuma", "do": "notify", "place": 1}}
    desk.write_text(json.dumps(tables))
    ran = papertrack("fetch sample")
    assert (ran.code, errors(ran)) == (0, [])
    (text,) = (folder / "text").read_text().splitlines()
    assert text.startswith("1 new paper (")
    assert "\x1b" not in text
    assert "Traceback" not in ran.err


def test_a_rule_that_notifies_without_a_program(papertrack):
    papertrack(["rule", "add", "all", "--if", "", "--do", "star, notify"])
    assert papertrack("rule list").out == "all\t\tstar, notify\n"
    ran = papertrack("fetch sample")
    assert ran.code == 0
    assert "papertrack config set hooks.notify" in ran.err


@pytest.mark.parametrize("place", ["config.toml", ".papertrack/config.toml", "hooks"])
def test_a_library_names_no_program(papertrack, home, folder, place):
    path = Path(home["PAPERTRACK_LIBRARY"]) / place
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f'[hooks]\nafter_fetch = "touch {folder}/ran"\n')
    papertrack("fetch sample")
    desk = Path(home["PAPERTRACK_LIBRARY"]) / "desk.json"
    tables = json.loads(desk.read_text())
    tables["hooks"] = {"1": {"key": "after_fetch", "value": f"touch {folder}/ran"}}
    desk.write_text(json.dumps(tables))
    papertrack("remove is:unread --yes")
    assert papertrack("fetch sample").code == 0
    assert not (folder / "ran").exists()
