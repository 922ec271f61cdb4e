"""A stopped process keeps no other waiting: the lock of the library, the building and
the updating of the index, held by real processes.
"""

import contextlib
import json
import os
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

MAIN = "from papertrack.__main__ import main; main()"
ENDS_WITHIN = 60.0
LOCKS = """
import fcntl, sys, time
with open(sys.argv[1], "ab") as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    print("held", flush=True)
    time.sleep(600)
"""
UPDATES = """
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None)
db.execute("BEGIN IMMEDIATE")
print("held", flush=True)
time.sleep(600)
"""


@pytest.fixture
def reader(sample_home, tmp_path):
    """A reader with a library of the sample, whose index is up to date."""
    env = {**sample_home, "HOME": str(tmp_path), "PAGER": "cat"}
    for name in ("PAPERTRACK_LIBRARY", "PAPERTRACK_CACHE"):
        env[name] = str(tmp_path / Path(sample_home[name]).name)
    shutil.copytree(sample_home["PAPERTRACK_LIBRARY"], env["PAPERTRACK_LIBRARY"])
    return env


def path_of_index(env):
    (path,) = Path(env["PAPERTRACK_CACHE"]).glob("index-*.db")
    return path


@contextlib.contextmanager
def holding(code, path, *, stopped=True):
    """Another process that holds a lock, stopped as by Ctrl-Z."""
    command = [sys.executable, "-c", code, str(path)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE)
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        if stopped:
            process.send_signal(signal.SIGSTOP)
        yield process
    finally:
        process.kill()
        process.communicate()


def missing(path):
    path.unlink()


def empty(path):
    path.write_bytes(b"")


def garbage(path):
    path.write_bytes(b"no database" * 1000)


def cut(path):
    os.truncate(path, 4096)


def foreign(path):
    with contextlib.closing(sqlite3.connect(path)) as db, db:
        db.execute("UPDATE meta SET value = 'x' WHERE key = 'schema'")


UNUSABLE = [missing, empty, garbage, cut, foreign]


@pytest.mark.parametrize("damage", UNUSABLE, ids=lambda damage: damage.__name__)
def test_a_stopped_builder_of_the_index_is_passed_by(damage, papertrack, reader):
    whole = papertrack("list --all --json", env=reader)
    path = path_of_index(reader)
    try:
        damage(path)
    except sqlite3.Error:
        path.write_bytes(b"x")
    with holding(LOCKS, path.with_suffix(".lock")) as process:
        ran = papertrack("list --all --json", env=reader)
        assert (ran.code, ran.out) == (0, whole.out)
        assert f"process {process.pid} (python" in ran.err
        assert ", stopped)" in ran.err
        assert "building another" in ran.err
        again = papertrack("list --all --json", env=reader)
        assert (again.code, again.out, again.err) == (0, whole.out, whole.err)


def test_a_builder_that_ends_is_waited_for(papertrack, reader):
    whole = papertrack("list --all --json", env=reader)
    path = path_of_index(reader)
    path.unlink()
    with holding(LOCKS, path.with_suffix(".lock"), stopped=False) as process:
        waiting = start(["list", "--all", "--json"], reader)
        first = waiting.stderr.readline()
        assert first.startswith("papertrack: waiting for the index of the library")
        assert f"which is built by process {process.pid} (python" in first
    out, _ = waiting.communicate(timeout=ENDS_WITHIN)
    assert (waiting.returncode, out) == (0, whole.out)


def start(args, env):
    return subprocess.Popen(
        [sys.executable, "-c", MAIN, *args],
        env=env,
        cwd=env["HOME"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def change(env):
    """Edit a file of the library, as by hand: a title."""
    for path in Path(env["PAPERTRACK_LIBRARY"], "papers").glob("*.json"):
        path.write_text(path.read_text().replace("Thinking", "Changed"))


@pytest.mark.parametrize(
    "args", ["list --all", "list --json", "search video", "tags", "stats"]
)
def test_a_stopped_updater_leaves_the_state_before_with_a_notice(
    args, papertrack, reader
):
    before = papertrack(args, env=reader)
    with holding(UPDATES, path_of_index(reader)) as process:
        change(reader)
        ran = papertrack(args, env=reader)
        assert (ran.code, ran.out) == (0, before.out)
        assert f"process {process.pid} (python" in ran.err
        assert "this is the state before" in ran.err
    assert "the state before" not in papertrack(args, env=reader).err
    assert "Changed with" in papertrack("list --all", env=reader).out


def test_quiet_silences_the_notice(papertrack, reader):
    papertrack("list", env=reader)
    with holding(UPDATES, path_of_index(reader)):
        change(reader)
        assert papertrack("-q list", env=reader).err == ""


@pytest.mark.parametrize("name", [".lock", ".lock-turn"])
def test_a_writer_names_who_holds_the_lock_and_goes_on_after_it(
    name, papertrack, reader
):
    lock = Path(reader["PAPERTRACK_LIBRARY"], name)
    with holding(LOCKS, lock) as process:
        writer = start(["star", "--yes", "is:unread"], reader)
        line = writer.stderr.readline()
        assert line.startswith("papertrack: waiting for the library ")
        assert f"locked by process {process.pid} (python" in line
        assert papertrack("list -n 1", env=reader).code == 0, "readers do not wait"
        assert writer.poll() is None
    assert writer.wait(timeout=ENDS_WITHIN) == 0
    writer.communicate()
    papers = json.loads(papertrack("list --all --json", env=reader).out)
    assert all(paper["starred"] for paper in papers)


def test_a_writer_gives_up_with_the_next_step(reader, inside, monkeypatch):
    monkeypatch.setattr("papertrack.storage.lock.LOCK_SECONDS", 2.5)
    lock = Path(reader["PAPERTRACK_LIBRARY"], ".lock")
    with holding(LOCKS, lock) as process:
        began = time.monotonic()
        ran = inside("star --yes is:unread", env=reader)
        assert time.monotonic() - began < ENDS_WITHIN
    assert ran.code == 1
    waiting, failed = ran.err.splitlines()
    assert waiting.startswith("papertrack: waiting for the library ")
    assert ", stopped) has been writing for 2 seconds" in failed
    assert f"continue it with kill -CONT {process.pid}, or end it" in failed
