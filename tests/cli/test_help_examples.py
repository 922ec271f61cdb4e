"""Every command's help ends with examples, which run on the sample."""

from __future__ import annotations

import re
import shlex
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from papertrack.cli import typer_app
from papertrack.cli.command_table import ENTRIES
from papertrack.cli.help_format import parts
from papertrack.cli.session import Session
from tests.helpers import fork_server
from tests.helpers.dialogue import Dialogue

UNREACHABLE = "http://127.0.0.1:9"

NEEDS_NETWORK = re.compile(
    "papertrack (?:add |read |search --remote|fetch(?! sample)"
    "|(?:pdf|enrich) (?!.*--dry-run))"
)
"""These are read, and fail at a closed port."""

NEEDS_NUMBERS = re.compile(" [1-9]")
"""These may name papers by their numbers in a listing."""

NEEDS_MESSAGES = re.compile("papertrack mcp")
"""These reply to messages on standard input."""

PING = '{"jsonrpc": "2.0", "id": 1, "method": "ping"}\n'

NEEDS_TERMINAL = re.compile("papertrack triage")

SETUP = (
    "fetch sample",
    "feed add https://owls.example/feed.xml --name owls",
    "view save fresh is:unread",
    "view save popular upvotes:50..",
    "rule add agents --if agent* --do 'tag agents'",
    "rule add noise --if title:survey --do hide",
    "follow author Yann LeCun",
    "tag add nlp,nlp/parsing,vision,to-discuss,survey 2511.04570",
    "config set list.limit 20",
    "backup {home}/papers.tar.gz",
    "export -o {home}/references.bib",
    "export -o {home}/zotero.json",
    "export --format ids -o {home}/copied.txt",
    "star 2511.04570",
    "mark read 2511.04570",
    "undo",
)
"""Makes what the examples name, and steps to undo and redo."""


def examples() -> Iterator[tuple[str, list[str]]]:
    """(path, examples) of each command and sub-command."""
    root: Any = typer_app.root()
    top = typer.Context(root, info_name="papertrack", obj=Session({}))
    for entry in ENTRIES:
        command = root.get_command(top, entry.name)
        context = typer.Context(command, info_name=entry.name, parent=top)
        yield entry.name, parts(command, context).examples
        for name, below in getattr(command, "commands", {}).items():
            own = typer.Context(below, info_name=name, parent=context)
            yield f"{entry.name} {name}", parts(below, own).examples


ALL = dict(examples())


@pytest.fixture(scope="module")
def prepared(environment, tmp_path_factory) -> Path:
    """A home in which each name of the examples exists. Read only."""
    home: Path = tmp_path_factory.mktemp("examples") / "home"
    env = place(environment, home)
    for line in SETUP:
        words = shlex.split(line.format(home=home))
        code, _, err = fork_server.run(words, env, b"")
        assert code == 0, (line, err)
    return home


def place(environment: Callable[[Path], dict[str, str]], home: Path) -> dict[str, str]:
    """The environment of a reader there whose programs do nothing."""
    return {
        **environment(home),
        "PAPERTRACK_ARXIV_ENDPOINT": UNREACHABLE,
        "EDITOR": "true",
        "BROWSER": "true",
    }


@pytest.mark.parametrize("path", ALL)
def test_examples_of_a_command_run(
    path, environment, prepared, inside, terminal, tmp_path, monkeypatch
) -> None:
    home = tmp_path / "home"
    shutil.copytree(prepared, home, dirs_exist_ok=True)
    env = place(environment, home)
    monkeypatch.chdir(home)
    shutil.copytree(home / "library", tmp_path / "other-library")
    assert ALL[path], f"the help of {path} has no examples"
    assert any(f"papertrack {path}" in line for line in ALL[path])
    if NEEDS_NUMBERS.search("\n".join(ALL[path])):
        assert terminal("list", env=env).code == 0
    for number, line in enumerate(ALL[path]):
        command, *_ = re.split(" {2,}", line)
        words, *_ = command.partition(" > ")
        if NEEDS_TERMINAL.match(command):
            shown = Dialogue(shlex.split(words)[1:], env)
            shown.until("1 of 40")
            shown.press("q")
            assert shown.end() == 0
            continue
        if NEEDS_NETWORK.match(command):
            # With a clock of its own it does not wait three seconds for the one before.
            own = str(tmp_path / str(number))
            env = {**env, "PAPERTRACK_CACHE": own, "PAPERTRACK_STATE": own}
        stdin = PING if NEEDS_MESSAGES.match(command) else ""
        ran = inside(shlex.split(words)[1:], stdin, env=env)
        if NEEDS_NETWORK.match(command):
            assert ran.code in (1, 3), (line, ran.err)
            assert "127.0.0.1" in ran.err, (line, ran.err)
        else:
            assert ran.code == 0, (line, ran.err)
            assert ran.out or ran.err, line
