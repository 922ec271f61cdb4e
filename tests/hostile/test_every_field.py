"""An escape sequence in every field of every file, in names and in responses: no
command lets it reach a terminal or a pipe.

`python -m tests.soak.every_field` plants into each field by itself.
"""

from __future__ import annotations

import json
import os
import pty
import sys
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.helpers import hostile_arguments as hostile
from tests.helpers import planted
from tests.helpers.http_server import Server
from tests.helpers.planted import ALL, ESCAPES, SURROGATE
from tests.helpers.printing_commands import READING, RUNS, with_options

CODES = hostile.CODES | {130}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("fields") / "reader"
    hostile.make_library(folder)
    return folder


def test_every_command_is_run() -> None:
    assert set(RUNS) == {" ".join(path) for path in hostile.paths()}


def check(lines: list[list[str]], env: dict[str, str]) -> None:
    for terminal in (False, True):
        for line in lines:
            # A list on a terminal gives numbers; an answer to a question is no.
            outcome = hostile.run(line, env, b"n\n", terminal=terminal)
            assert not outcome.faults, (line, terminal, outcome.faults)


VARIANTS: dict[str, Callable[[object], object]] = {
    "strings": partial(planted.strings, plant=lambda text, _: text + ALL),
    "strings before": partial(planted.strings, plant=lambda text, _: ALL + text),
    "surrogates": partial(planted.strings, plant=lambda text, _: text + SURROGATE),
    "keys": partial(planted.keys, escape=ALL),
    "numbers": partial(planted.numbers, escape=ALL),
}


@pytest.mark.parametrize("variant", VARIANTS)
def test_in_every_field(variant: str, made: Path, tmp_path: Path) -> None:
    env = hostile.copied(made, tmp_path / "reader")
    for path in planted.json_files(Path(env["PAPERTRACK_LIBRARY"])):
        planted.rewrite(path, VARIANTS[variant])
    check(with_options(RUNS), env)


@pytest.mark.parametrize("name", ["desk.json", "marks.json"])
def test_in_each_field(name: str, made: Path, tmp_path: Path) -> None:
    env = hostile.copied(made, tmp_path / "reader")
    path = Path(env["PAPERTRACK_LIBRARY"]) / name
    content = path.read_text()
    for number, place in enumerate(planted.places(json.loads(content))):
        escape = ESCAPES[number % len(ESCAPES)]
        path.write_text(content)
        planted.rewrite(path, planted.in_field(place, escape))
        check([line.split() for line in READING], env)


def test_in_the_names_of_files(made: Path, tmp_path: Path) -> None:
    name = ALL.replace("\x00", "")
    env = hostile.copied(made, tmp_path / f"reader{name}")
    root = Path(env["PAPERTRACK_LIBRARY"])
    marks = (root / "marks.json").read_bytes()
    for stray in ("marks (conflict{}).json", "papers/2025-11{}.json", "undo/9{}.json"):
        (root / stray.format(name)).write_bytes(marks)
    (root / "papers" / f"{name}.json").write_text("{")
    (root / "backups" / f"marks-0009{name}.json").write_text("{")
    home = Path(env["HOME"])
    (home / f"papers{name}.txt").write_text("2511.04570")
    (home / f"broken{name}.json").write_text("[{")
    (home / f"folder{name}").mkdir()
    check(with_options(RUNS), env)
    check(
        [
            [*command, f"{stem}{name}"]
            for command in (["import"], ["fetch"], ["restore"], ["export", "-o"])
            for stem in ("papers", "papers.txt", "broken.json", "folder", "missing/x")
        ],
        env,
    )


RESPONSES = {
    "reason": b"HTTP/1.1 404 Not%s Found\r\nContent-Length: 0\r\n\r\n",
    "type": b"HTTP/1.1 200 OK\r\nContent-Type: text/%s\r\nContent-Length: 1\r\n\r\nx",
    "place": b"HTTP/1.1 301 Moved\r\nLocation: http://127.0.0.1:9/%s\r\n"
    b"Content-Length: 0\r\n\r\n",
    "wait": b"HTTP/1.1 429 Slow%s\r\nRetry-After: 99999%s\r\nContent-Length: 0\r\n\r\n",
    "encoding": b"HTTP/1.1 200 OK\r\nContent-Encoding: %s\r\nContent-Length: 1\r\n\r\nx",
    "length": b"HTTP/1.1 200 OK\r\nContent-Length: 9%s\r\n\r\nx",
    "version": b"HTTP/%s 200 OK\r\n\r\n",
    "body": b"HTTP/1.1 200 OK\r\nContent-Type: application/rss+xml\r\n\r\n"
    b"<rss><channel><title>%s</title><item><title>%s</title></item>",
    "refusal": b"HTTP/1.1 403 Forbidden\r\nContent-Type: application/json\r\n\r\n"
    b'{"error": "%s"}',
    "garbage": b"%s",
}


@pytest.mark.parametrize("part", RESPONSES)
def test_in_a_response(part: str, made: Path, tmp_path: Path) -> None:
    env = hostile.copied(made, tmp_path / "reader")
    escapes = "".join(ESCAPES[:3]) + ESCAPES[4] + ESCAPES[5]
    response = RESPONSES[part].replace(b"%s", escapes.encode("utf-8"))
    server = Server(lambda head: response if head else b"")
    # A request is repeated once: with its pause, two are as long as it may take.
    env |= {"HF_ENDPOINT": server.url, "PAPERTRACK_TIMEOUT": "0.18"}
    try:
        for line in ("fetch hf:2025-11-07", f"fetch {server.url}/x", "status --all"):
            outcome = hostile.run(line.split(), env, terminal=True)
            assert not outcome.faults, (line, outcome)
    finally:
        server.close()


@pytest.mark.parametrize("line", ["status --all", "list --json", "log", "doctor"])
def test_on_a_real_terminal(line: str, made: Path, tmp_path: Path) -> None:
    env = hostile.copied(made, tmp_path / "reader")
    for path in planted.json_files(Path(env["PAPERTRACK_LIBRARY"])):
        planted.rewrite(path, VARIANTS["strings"])
    env |= {"TERM": "xterm-256color", "PAGER": "cat", "PYTHONPATH": str(Path.cwd())}
    pid, terminal = pty.fork()
    if not pid:
        command = [sys.executable, "-m", "papertrack", *line.split()]
        os.execve(sys.executable, command, env)
    raw = b""
    try:
        while piece := os.read(terminal, 65_536):
            raw += piece
    except OSError:
        pass
    os.close(terminal)
    code = os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
    assert raw
    assert not hostile.wrong(code, "", raw.decode("utf-8", "surrogateescape"))
