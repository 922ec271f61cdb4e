"""The README: its examples run on the sample, its screen and columns are accurate, and
its recipes work.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
from pathlib import Path

import pexpect
import pytest

from papertrack.config.triage_keys import ACTIONS
from tests.helpers import full_texts
from tests.helpers.dialogue import Dialogue
from tests.helpers.shell import sh
from tests.helpers.waiting import wait_until

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
# The columns that the table names for other commands, too.
LISTED = ["id", "date", "upvotes", "title", "authors", "tags"]


def recipe(name):
    """The command of a recipe of the README."""
    program = name.partition("-")[0]
    if program not in ("cron", "template") and shutil.which(program) is None:
        pytest.skip(f"{program} is not installed")
    found = re.search(rf"<!-- {name} -->\n```\w*\n(.*?)```", README, re.DOTALL)
    assert found, f"the README has no recipe for {name}"
    return found[1]


@pytest.fixture
def reader(desk, home, tmp_path):
    """A library with the invented papers, a source that can be fetched, and a
    papertrack in PATH.
    """
    shutil.copytree(desk["PAPERTRACK_LIBRARY"], home["PAPERTRACK_LIBRARY"])
    program = tmp_path / "bin" / "papertrack"
    program.parent.mkdir()
    program.write_text(
        f'#!/bin/sh\nexec {sys.executable} -c "from papertrack.__main__ import main; main()" "$@"\n'
    )
    program.chmod(0o755)
    return {**home, "PATH": f"{program.parent}:{home['PATH']}"}


@pytest.fixture
def sample_library(reader):
    """The environment of `reader`, with the sample as the library."""
    shutil.rmtree(reader["PAPERTRACK_LIBRARY"])
    sh("papertrack fetch sample", reader)
    return {**reader, "EDITOR": "true", "BROWSER": "true"}


def documented():
    """(command, columns) of the table."""
    table = re.search(
        r"\| command \| columns \|\n\| --- \| --- \|\n(.*?)\n\n", README, re.DOTALL
    )
    assert table
    for row in table[1].splitlines():
        commands, columns = row.strip("| ").split(" | ")
        columns = re.sub(r"\(.*?\)|; or those.*", "", columns)
        columns = re.sub(
            "^the heading, then these|the tag, then those of `list`",
            f"one, {', '.join(LISTED)}",
            columns,
        )
        yield from (
            (command, len(columns.split(",")))
            for command in re.findall("`(.*?)`", commands)
        )


def test_the_columns_are_the_documented_ones(inside, reader):
    for command in (
        "feed add hf",
        "view save tea tag:tea",
        "rule add noise --if title:hidden --do hide",
        "tag add nlp 2306.90001",
        "follow author Ada Quill",
    ):
        assert inside(command, env=reader).code == 0
    found = list(documented())
    assert len(found) >= 10
    for command, columns in found:
        words = f"{command} whistle*" if command == "search" else command
        ran = inside(words, env=reader)
        assert ran.code == 0, ran.err
        assert {line.count("\t") + 1 for line in ran.out.splitlines()} == {columns}, (
            command
        )
        quiet = inside(f"-q {words} --json", env=reader)
        assert (quiet.code, quiet.err, type(json.loads(quiet.out))) == (
            0,
            "",
            dict if command == "stats" else list,
        )


@pytest.mark.parametrize(
    "command", ["list", "search whistle*", "show 2306.90001", "tags tea"]
)
def test_commands_that_list_papers_print_ids_and_fields(command, inside, desk):
    ids = inside(f"{command} --format ids", env=desk).out.split()
    assert ids
    assert all(re.fullmatch(r"2306\.9000\d", id) for id in ids)
    assert inside(f"{command} --fields id", env=desk).out.count('"id"') == len(ids)


def test_examples_run_on_the_sample(inside, sample_library, monkeypatch):
    """In their order, in one library. Commands that read must find something."""
    monkeypatch.chdir(sample_library["HOME"])
    full_texts.save(sample_library, "2511.03773")
    Path("list.tex").write_text(recipe("template"), encoding="utf-8")
    blocks = re.findall(r"(?<!-->)\n```sh\n(.*?)```", README, re.DOTALL)
    lines = [line for block in blocks for line in block.splitlines()]
    assert len(lines) > 40
    for line in lines:
        if re.search(r" [|>] ", line):
            done = sh(line, sample_library)
            out = done.stdout + done.stderr
        else:
            command = shlex.split(line, comments=True)[1:]
            command = [word.replace("~", sample_library["HOME"]) for word in command]
            ran = inside(command, env=sample_library)
            assert ran.code == 0, line + ran.err
            out = ran.out or ran.err
        assert out or " > " in line, f"{line} shows nothing"


def test_screen(terminal, tmp_path):
    """The block is what a terminal of 80 columns shows (UPDATE_GOLDENS=1 rewrites it)."""
    pattern = re.compile(r"(?<=<!-- screen -->\n```text\n).*?(?=```)", re.DOTALL)
    (block,) = pattern.findall(README)
    shown = ""
    for command in re.findall(r"^\$ papertrack (.*)$", block, re.MULTILINE):
        shown += f"$ papertrack {command}\n{terminal(command, 80).text}"
    if os.environ.get("UPDATE_GOLDENS"):
        (ROOT / "README.md").write_text(pattern.sub(lambda _: shown, README))
    assert block == shown


def test_contents_are_the_sections():
    contents = re.findall(r"^- \[(.*)\]\(#(.*)\)$", README, re.MULTILINE)
    sections = re.findall(r"^## (.*)$", README, re.MULTILINE)
    assert [title for title, _ in contents] == sections[1:]
    for title, anchor in contents:
        assert anchor == re.sub(r"[^\w -]", "", title).lower().replace(" ", "-")


def test_fzf(reader, papertrack):
    child = pexpect.spawn(
        "sh",
        ["-euc", recipe("fzf")],
        env=reader,
        cwd=reader["HOME"],
        dimensions=(24, 100),
    )
    child.expect_exact("5/5")
    child.send("whistle tune")
    child.expect_exact(
        "Ada Quill; Bo Reed"
    )  # in the preview, which shows the first lines
    child.send("\r")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    assert "tagged 1 paper with to-read" in child.before.decode()
    assert papertrack("list tag:to-read --format ids", env=reader).out == "2306.90001\n"


def test_fzf_with_keys(reader, papertrack):
    """Each key marks the paper under the cursor and moves on; the preview has facts."""
    shown = Dialogue(["-euc", recipe("fzf-keys")], reader, columns=90, program="sh")
    shown.until("Authors")
    for key, query, marked in (
        ("\x13", "is:starred ^tag:tea", "2306.90006"),
        ("\x12", "is:read ^tag:tea", "2306.90005"),
        ("\x0c", "is:later tag:to-discuss", "2306.90001"),
    ):
        shown.press(key)
        wait_until(
            lambda query=query, marked=marked: (
                marked in papertrack(["list", query], env=reader).out
            )
        )
    shown.press("\x1b")
    shown.end()


SHORT = ("previous", "page-up", "nothing")
"""Actions that the table describes together with others."""


def test_triage(sample_library):
    """The table has every action and its usual keys; the commands show papers."""
    section = README.partition("## Go through new papers")[2].partition("\n## ")[0]
    for action in ACTIONS.values():
        assert f"`{action.name}`" in section
        for key in action.keys:
            named = {"down": "arrows", "up": "arrows", "pagedown": "PageDown"}
            name = {**named, "pageup": "PageUp", "space": "space"}.get(key, f"`{key}`")
            assert name in section, action
        assert action.help in section or action.name in SHORT, action
    block = re.search(r"<!-- terminal -->\n```sh\n(.*?)```", section, re.DOTALL)
    assert block
    first, *_ = block[1].splitlines()
    shown = Dialogue(shlex.split(first, comments=True)[1:], sample_library)
    shown.until("1 of 40")
    shown.press("q")
    assert shown.end() == 0


def test_jq(reader):
    done = sh(recipe("jq"), reader)
    assert done.stdout.splitlines() == ["120\tTea Institute", "5\t[bold]Org[/bold] [2J"]


def test_xargs(sample_library):
    sh(recipe("xargs"), sample_library)
    files = sorted(Path(sample_library["HOME"]).glob("*.bib"))
    assert len(files) == 5
    assert all(file.read_text().count("@") == 1 for file in files)


def test_cron(reader, rows_file):
    """As cron runs it: five fields, then a line for sh with an almost empty
    environment.
    """
    line = recipe("cron").strip()
    schedule = re.fullmatch(r"((?:[\d*/,-]+\s+){5})(.*)", line)
    assert schedule
    fields, command = schedule.groups()
    assert len(fields.split()) == 5
    assert "%" not in command  # cron reads it as a line break
    feed = Path(reader["HOME"]) / "feed.json"
    feed.write_text(
        '{"version": "https://jsonfeed.org/version/1.1", "title": "x", "items": [{"id": "1", '
        '"url": "https://arxiv.org/abs/2306.95555", "title": "Fresh From the Feed"}]}'
    )
    names = ("PATH", "HOME", "PYTHONPATH", "PAPERTRACK_LIBRARY", "PAPERTRACK_CACHE")
    bare = {name: reader[name] for name in names}
    sh(command.replace("-q fetch", f"-q fetch {feed}"), bare)
    text = (Path(reader["HOME"]) / "new-papers.md").read_text(encoding="utf-8")
    assert "Fresh From the Feed" in text
    assert "\n1 paper\n" in text
