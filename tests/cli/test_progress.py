"""The bar of long work: on a terminal only, moving, and gone at the end."""

from __future__ import annotations

import contextlib
import io
import json
import os
import pty
import re
import signal
import sys
import threading
import time

import pyte
import pytest

from papertrack.cli import app, progress, streams
from papertrack.cli.session import Session
from tests.helpers.bars import bars_in, record
from tests.helpers.http_server import Server, response

DAYS = ["fetch", "hf", "--since", "2024-10-07", "--until", "2024-10-31"]
"""Days of that time are requested one by one."""

NUMBERS = r"\d+/\d+ pages  [\d.]+/(s|min)  \d+:\d\d left"
SUMMARY = "hf: 0 new, 0 updated, 0 known"


def late(seconds, body):
    """A server that responds to each request after so many seconds."""

    def write(connection, head):
        time.sleep(seconds)
        connection.sendall(body)

    return Server(lambda head: write)


@pytest.fixture
def slow(home):
    """A reader whose requests take 0.8 seconds each."""
    server = late(0.8, response(b"[]", Content_Type="application/json"))
    yield {**home, "HF_ENDPOINT": server.url}
    server.close()


def shown(raw, columns=80):
    """The lines that are left on a terminal."""
    screen = pyte.Screen(columns, 50)
    pyte.ByteStream(screen).feed(raw)
    return [line.rstrip() for line in screen.display if line.strip()]


# ------------------------------------------------------------------ a fetch


def test_the_bar_of_a_slow_fetch_moves_and_leaves_nothing(spawn, slow):
    recording = record(spawn(DAYS, env=slow))
    texts = [drawing.text for drawing in recording.drawings]
    assert any(re.search(NUMBERS, text) for text in texts)
    assert all(" hf: " in text for text in texts if "pages" in text)
    assert recording.drawings[0].at >= progress.SHOWN_AFTER
    # A request takes 0.8 seconds, so that the count alone would stand still.
    lasted = recording.drawings[-1].at - recording.drawings[0].at
    assert lasted > 1
    assert len(texts) > 2 * lasted
    assert shown(recording.raw)[0].startswith(SUMMARY)
    assert not bars_in(shown(recording.raw)[0])


@pytest.mark.parametrize(
    ("options", "variables"),
    [(["-q"], {}), ([], {"TERM": "dumb"})],
    ids=["quiet", "dumb"],
)
def test_no_bar_with_q_and_on_a_dumb_terminal(options, variables, spawn, slow):
    recording = record(spawn([*options, *DAYS], env={**slow, **variables}))
    assert recording.drawings == []
    assert b"\r\x1b[" not in recording.raw


def test_no_bar_in_a_pipe(papertrack, slow):
    ran = papertrack(DAYS, env=slow)
    assert ran.err.startswith(SUMMARY)
    assert not set("\r\x1b") & set(ran.err)


@pytest.mark.parametrize(
    "number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda one: one.name
)
def test_a_signal_erases_the_bar(number, spawn, slow):
    child = spawn(DAYS, env=slow)
    recording = record(child, on_bar=lambda text: os.kill(child.pid, number))
    lines = shown(recording.raw)
    assert recording.drawings
    assert not any("━" in line for line in lines)
    assert all(line.startswith(("papertrack: ", "hf: ")) for line in lines), lines


def test_a_key_that_is_echoed_beside_the_bar_leaves_nothing_of_it(spawn, slow):
    columns = 50  # so few that the bar takes all that it may
    child = spawn(DAYS, env=slow, columns=columns)
    child.setecho(True)
    recording = record(child, on_bar=lambda text: "left" in text and child.sendintr())
    assert b"^C" in recording.raw
    assert not any("left" in line for line in shown(recording.raw, columns))


def test_an_error_erases_the_bar(spawn, home):
    server = late(1.5, response(b"no", "404 Not Found"))
    env = {**home, "HF_ENDPOINT": server.url}
    recording = record(spawn(["fetch", "hf:2024-10-07"], env=env))
    server.close()
    assert recording.drawings
    lines = shown(recording.raw)
    assert not any("━" in line for line in lines)
    assert any(line.startswith("papertrack:") for line in lines), lines


def test_a_long_fetch_never_stands_still(spawn, home, replaying):
    replay = replaying("--latency", "0.1")
    words = ["fetch", "hf", "--since", "2025-10", "--until", "2026-02"]
    recording = record(spawn(words, env={**home, **replay.env}))
    lasted = recording.drawings[-1].at - recording.drawings[0].at
    assert len(recording.drawings) > 2 * lasted
    assert recording.longest_pause < max(1.0, lasted / 4)  # a loaded machine
    phases = {text.partition("━")[0].strip() for _, text in recording.drawings}
    assert any("reading" in text for text in phases)
    # Each of these may take less time than the bar waits between two drawings.
    assert any("writing" in text or "indexing" in text for text in phases)
    (summary,) = shown(recording.raw)[:1]
    assert re.match(r"hf: \d{4,} new", summary)


# ------------------------------------------------------------------ every command

PAPERS = 600


@pytest.fixture(scope="module")
def papers(tmp_path_factory):
    """A file of papers, to be imported."""
    path = tmp_path_factory.mktemp("papers") / "papers.jsonl"
    with path.open("w") as file:
        for number in range(PAPERS):
            paper = {
                "id": f"{2401 + number % 12}.{number:05}",
                "title": f"The {number}th kettle whistles",
                "abstract": f"It whistles {number} times. " * 20,
                "published": f"2024-{number % 12 + 1:02}-05",
            }
            file.write(json.dumps(paper) + "\n")
    return path


class Terminal:
    """A terminal that this process writes its messages to."""

    def __init__(self):
        self._master, slave = pty.openpty()
        self.file = os.fdopen(slave, "w")
        self.raw = b""
        self._thread = threading.Thread(target=self._read, daemon=True)
        self._thread.start()

    def _read(self):
        try:
            while piece := os.read(self._master, 65536):
                self.raw += piece
        except OSError:
            return

    def close(self):
        self.file.close()
        self._thread.join()
        os.close(self._master)


@pytest.fixture
def impatient(home, monkeypatch, papers):
    """Runs a command here, with a bar that is drawn at once and all the time; returns
    what it wrote to its terminal.
    """

    def run(*words):
        terminal = Terminal()
        monkeypatch.setattr(sys, "stdin", io.StringIO())
        with contextlib.redirect_stderr(terminal.file):
            session = Session(home)
            session.progress = progress.for_session(
                session, shown_after=0, redrawn_every=0.0005
            )
            code = app.run([str(word) for word in words], session)
        terminal.close()
        text = terminal.raw.decode()
        assert code == 0, text
        return text

    run("import", papers)
    return run


COMMANDS = {
    "import": ("import {papers}", ["reading", "indexing"], "lines"),
    "index": ("tags", ["indexing"], "files"),
    "export": ("export --format bibtex -o {file}", ["reading", "writing"], "papers"),
    "doctor": ("doctor", ["checking", "checking the index"], "files"),
    "backup": ("backup {file}", ["checking", "compressing"], "files"),
    "restore": ("restore --yes {backup}", ["restoring", "indexing"], "files"),
}


@pytest.mark.parametrize("name", COMMANDS)
def test_each_long_command_shows_its_phases(
    name, impatient, papers, home, tmp_path, capsys
):
    command, phases, unit = COMMANDS[name]
    backup = tmp_path / "before.tar.gz"
    if name == "restore":
        impatient("backup", backup)
    if name == "import":
        papers = tmp_path / "more.jsonl"
        papers.write_text(
            "".join(
                json.dumps({"id": f"2301.{n:05}", "title": f"Cup {n} of tea"}) + "\n"
                for n in range(2 * PAPERS)
            )
        )
    if name == "index":
        for path in (tmp_path / "home" / "cache").glob("index-*"):
            path.unlink()
    words = command.format(papers=papers, file=tmp_path / "out.x", backup=backup)
    text = impatient(*words.split())
    bars = bars_in(text)
    # A phase that is over before the next drawing is not seen.
    seen = [phase for phase in phases if any(f"{phase} " in bar for bar in bars)]
    assert seen, bars[:50]
    assert any(re.search(rf"\d+/[\d,]+ {unit}", bar) for bar in bars)
    assert not any("━" in line for line in shown(text.encode()))


# ------------------------------------------------------------------ what is printed


@contextlib.contextmanager
def working(home, terminal):
    """A session on a terminal of its own, at work, with an impatient bar."""
    with contextlib.redirect_stderr(terminal.file), streams.cleaned():
        session = Session(home)
        session.progress = progress.for_session(
            session, shown_after=0, redrawn_every=0.0005
        )
        with session.progress.working():
            yield session
    terminal.close()


@pytest.mark.parametrize("count", [1, 7, 40])
def test_messages_are_printed_above_the_bar(count, home):
    terminal = Terminal()
    with working(home, terminal) as session:
        for number in range(count):
            session.progress.report("reading", number, count, "pages")
            session.narrate(f"message {number}")
            time.sleep(0.01)
    assert shown(terminal.raw) == [f"message {number}" for number in range(count)]
    assert bars_in(terminal.raw.decode())


def test_a_question_is_not_overwritten(home):
    terminal = Terminal()
    with working(home, terminal) as session:
        session.stderr.write("Really? [y/N] ")
        session.stderr.flush()
        time.sleep(0.2)
        session.progress.report("reading", 1, 2, "pages")
        asked = bytes(terminal.raw)
        session.stderr.line_ended()
        time.sleep(0.2)
    assert shown(asked) == ["Really? [y/N]"]
    assert bars_in(terminal.raw.decode()[len(asked) :])


def test_a_part_of_work_ends_no_bar(home):
    terminal = Terminal()
    with working(home, terminal) as session:
        with session.progress.working():
            session.progress.report("inner")
        session.progress.report("outer", 3, 9, "files")
        time.sleep(0.3)
    assert any(
        "outer" in bar and "3/9 files" in bar for bar in bars_in(terminal.raw.decode())
    )
