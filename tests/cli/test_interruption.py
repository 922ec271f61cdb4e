"""Ctrl-C, SIGTERM and SIGHUP end a command wherever it is, with its exit code, and at
most one line on stderr.

What each command waits for would take ten minutes: whether it ends because of the
signal is certain even on a loaded machine.
"""

import contextlib
import fcntl
import os
import select
import signal
import socket
import subprocess
import sys
import termios
import time
from pathlib import Path

import pexpect
import pytest

from papertrack.storage.processes import descendants, have_ended
from tests.helpers.http_server import Server

MAIN = "from papertrack.__main__ import main; main()"
SIGNALS = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
every_signal = pytest.mark.parametrize("number", SIGNALS, ids=lambda one: one.name)
ENDS_WITHIN = 30.0
"""Seconds: less than any of the waits, more than a loaded machine needs."""
FOREVER = 600.0


def start(args, env, code=MAIN, **streams):
    return subprocess.Popen(
        [sys.executable, "-c", code, *args],
        env=env,
        cwd=env["HOME"],
        stdin=streams.pop("stdin", subprocess.DEVNULL),
        stdout=streams.pop("stdout", subprocess.PIPE),
        stderr=subprocess.PIPE,
        text=True,
        **streams,
    )


def check_ended(process, number):
    """The process ends by itself after a signal, quietly and with its exit code."""
    process.send_signal(number)
    _, err = process.communicate(timeout=ENDS_WITHIN)
    assert process.returncode == 128 + number, err
    assert err in ("", "papertrack: interrupted\n")


# ------------------------------------------------------------------ the network


def hang(connection, head):
    connection.recv(1)  # until the client has gone


def hang_in_the_headers(connection, head):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Le")
    hang(connection, head)


def hang_in_the_body(connection, head):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n[")
    hang(connection, head)


def drip(connection, head):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 99999\r\n\r\n")
    with contextlib.suppress(OSError):
        while True:
            connection.sendall(b" ")
            time.sleep(0.05)


def hang_before_a_retry(connection, head):
    connection.sendall(b"HTTP/1.1 503 No\r\nRetry-After: 100\r\n\r\n")


HANGS = [hang, hang_in_the_headers, hang_in_the_body, drip, hang_before_a_retry]


@pytest.fixture
def reader(home):
    return {**home, "PAPERTRACK_TIMEOUT": str(FOREVER)}


@every_signal
@pytest.mark.parametrize("step", HANGS, ids=lambda step: step.__name__)
def test_a_request_is_ended(number, step, reader):
    server = Server(lambda head: step)
    process = start(["fetch", "hf:2025-11-07"], {**reader, "HF_ENDPOINT": server.url})
    until(lambda: server.heads)
    time.sleep(0.1)
    check_ended(process, number)
    server.close()


def is_asleep(process):
    """Whether a process waits: papertrack, for the program that it has started."""
    fields = Path(f"/proc/{process}/stat").read_text().rpartition(")")[2].split()
    return fields[0] == "S"


def until(condition):
    end = time.monotonic() + ENDS_WITHIN
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


@every_signal
def test_a_handshake_is_ended(number, reader):
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"https://127.0.0.1:{listener.getsockname()[1]}"
        process = start(["fetch", "hf:2025-11-07"], {**reader, "HF_ENDPOINT": url})
        connection, _ = listener.accept()
        with connection:
            assert connection.recv(10)
            check_ended(process, number)


RESOLVING = f"""
import socket, sys, threading
def never(*arguments, **options):
    print("resolving", flush=True)
    threading.Event().wait({FOREVER})
socket.getaddrinfo = never
{MAIN}
"""


@every_signal
def test_a_name_that_is_being_resolved_is_not_waited_for(number, reader):
    env = {**reader, "HF_ENDPOINT": "http://papers.example"}
    process = start(["fetch", "hf:2025-11-07"], env, RESOLVING)
    assert process.stdout.readline() == "resolving\n"
    check_ended(process, number)


# ------------------------------------------------------------------ locks and streams


@pytest.fixture
def locked(sample_home):
    """The sample's library, as a stopped process leaves it that writes."""
    lock = Path(sample_home["PAPERTRACK_LIBRARY"]) / ".lock"
    with lock.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield sample_home


@every_signal
def test_waiting_for_the_lock_of_the_library_is_ended(number, locked):
    process = start(["star", "--yes", "is:unread"], locked)
    queue = Path(locked["PAPERTRACK_LIBRARY"]) / ".lock-turn"
    until(lambda: f":{queue.stat().st_ino} " in Path("/proc/locks").read_text())
    check_ended(process, number)


@every_signal
def test_waiting_for_standard_input_is_ended(number, home):
    process = start(["import", "-"], home, stdin=subprocess.PIPE)
    process.stdin.write("@article{a,")
    process.stdin.flush()
    time.sleep(1)
    check_ended(process, number)


@every_signal
def test_writing_to_a_pipe_that_nobody_reads_is_ended(number, sample_home):
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)
    process = start(["list", "--all", "--json"], sample_home, stdout=writing)
    os.close(writing)
    assert select.select([reading], [], [], ENDS_WITHIN)[0]
    time.sleep(0.2)
    check_ended(process, number)
    os.close(reading)


# ------------------------------------------------------------------ where Python is deaf


IN_C = """
import sqlite3
from papertrack.cli import interruption
interruption.install()
with interruption.saving():
    db = sqlite3.connect(":memory:")
    try:
        print("begun", flush=True)
        db.execute(
            "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c)"
            "SELECT count(*) FROM c"
        ).fetchone()
    except KeyboardInterrupt:  # it arrived before the query
        pass
interruption.end_if_received()
"""
IN_FINALLY = """
import time
from papertrack.cli import interruption
interruption.install()
with interruption.saving():
    try:
        print("begun", flush=True)
        time.sleep(600)
    finally:
        time.sleep(600)
"""
IN_A_HANDLER = """
import time
from papertrack.cli import interruption
interruption.install()
with interruption.saving():
    while True:
        try:
            print("begun", flush=True)
            time.sleep(600)
        except BaseException:
            pass
"""
IN_A_DESTRUCTOR = """
import time
from papertrack.cli import interruption
interruption.install()
class Slow:
    def __del__(self):
        print("begun", flush=True)
        time.sleep(600)
with interruption.saving():
    slow = Slow()
    del slow
    time.sleep(600)
"""
IN_A_THREAD = """
import threading, time
from papertrack.cli import interruption
interruption.install()
with interruption.saving():
    try:
        thread = threading.Thread(target=time.sleep, args=(600,))
        thread.start()
        print("begun", flush=True)
        thread.join()
    except KeyboardInterrupt:
        pass
interruption.end_if_received()
"""
STARTING = """
import time
from papertrack.cli import interruption
interruption.install()
print("begun", flush=True)
time.sleep(600)
"""
ENDING = """
import atexit, time
from papertrack.cli import interruption
interruption.install()
with interruption.saving():
    pass
atexit.register(time.sleep, 600)
atexit.register(print, "begun", flush=True)
"""
DEAF = {
    name: code
    for name, code in list(globals().items())
    if name.startswith("IN_") or name in ("STARTING", "ENDING")
}


@every_signal
@pytest.mark.parametrize("code", DEAF.values(), ids=DEAF.keys())
def test_a_process_that_can_not_react_is_ended(number, code, home):
    process = start([], home, code)
    assert process.stdout.readline() == "begun\n"
    process.send_signal(number)
    _, err = process.communicate(timeout=ENDS_WITHIN)
    assert process.returncode == 128 + number
    assert err == ""


WITHOUT_STREAMS = """
import pathlib, sqlite3, sys
from papertrack.cli import interruption, streams
interruption.install()
streams.prepare()
with interruption.saving():
    db = sqlite3.connect(":memory:")
    pathlib.Path("begun").touch()
    try:
        db.execute(
            "WITH RECURSIVE c(x) AS (VALUES(1) UNION ALL SELECT x + 1 FROM c)"
            "SELECT count(*) FROM c"
        ).fetchone()
    except KeyboardInterrupt:  # it arrived before the query
        pass
interruption.end_if_received()
"""


@pytest.mark.parametrize(
    "closed", ["<&-", ">&-", "2>&-", "<&- >&-", "<&- 2>&-", ">&- 2>&-", "<&- >&- 2>&-"]
)
def test_a_process_without_streams_is_ended(closed, home):
    """The pipe by which the process learns of signals is not taken for a stream."""
    command = ["bash", "-c", f'exec "$@" {closed}', "bash", sys.executable, "-c"]
    process = subprocess.Popen([*command, WITHOUT_STREAMS], env=home, cwd=home["HOME"])
    until(Path(home["HOME"], "begun").exists)
    process.send_signal(signal.SIGTERM)
    assert process.wait(ENDS_WITHIN) == 128 + signal.SIGTERM


@pytest.mark.parametrize("milliseconds", [0, 20, 40, 60, 90, 130, 200])
def test_an_interrupt_at_the_start_is_quiet(milliseconds, sample_home):
    code = f"import os\nos.write(1, b'begun\\n')\n{MAIN}"
    process = start(["list"], sample_home, code)
    assert os.read(process.stdout.fileno(), 6) == b"begun\n"
    time.sleep(milliseconds / 1000)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=ENDS_WITHIN)
    if "Traceback" in err:  # of Python itself, which still looks for papertrack
        assert "/papertrack/" not in err
    else:
        assert process.returncode in (0, 130, -signal.SIGINT)


def test_a_signal_that_is_ignored_remains_so(home):
    def ignore():
        signal.signal(signal.SIGHUP, signal.SIG_IGN)

    code = f"import os, signal\n{MAIN}"
    process = start(["import", "-"], home, code, stdin=-1, preexec_fn=ignore)
    time.sleep(1)
    process.send_signal(signal.SIGHUP)
    _, err = process.communicate("2306.90001", timeout=ENDS_WITHIN)
    assert process.returncode in (0, 1, 3), err


# ------------------------------------------------------------------ terminals


def ended(child):
    """The exit code of a program on a terminal that ends by itself."""
    child.expect(pexpect.EOF, timeout=ENDS_WITHIN)
    child.close()
    assert b"Traceback" not in (child.before or b"")
    return child.exitstatus


def modes(child):
    return termios.tcgetattr(child.child_fd)[:4]


@pytest.mark.parametrize("key", ["^C", *SIGNALS], ids=str)
def test_the_pager_is_ended_and_the_terminal_restored(key, spawn, sample_home):
    child = spawn("list --all", env=sample_home, lines=10)
    before = modes(child)
    child.expect_exact(":")
    until(lambda: modes(child) != before)
    if key == "^C":
        child.sendintr()
        key = signal.SIGINT
    else:
        os.kill(child.pid, key)
    assert modes_after(child) == before
    assert ended(child) == 128 + key


def modes_after(child):
    """The terminal's modes once its program has set them back, or ends."""
    before_end = modes(child)
    end = time.monotonic() + ENDS_WITHIN
    while time.monotonic() < end:
        with contextlib.suppress(termios.error, OSError):
            before_end = modes(child)
        if before_end[3] & termios.ICANON:
            break
        time.sleep(0.01)
    return before_end


SHELL_PAGERS = {
    "the end of a pipe": "cat | {pager}",
    "the beginning of a pipe": "{pager} | cat",
    "first of two": "{pager}; true",
    "a shell in a shell": "sh -c '{pager}; true'; true",
    "in brackets": "({pager}) 2>&1",
    "a script": "{script}",
    "in the background of a shell": "{pager} & wait",
}
SCRIPT_PAGER = """
import os, signal, sys, time
signal.signal(signal.SIGINT, signal.SIG_DFL)
with open(sys.argv[1], "w") as file:
    file.write(str(os.getpid()))
os.write(2, b"paging")
time.sleep(600)
"""


def on_a_shell(env):
    """`list` in a pager, started by a shell that goes on: at its end, the kernel ends
    nothing else on the terminal. The terminal, and the process of papertrack.
    """
    line = f"{sys.executable} -c '{MAIN}' list --all; echo code $?; read line"
    child = pexpect.spawn(
        "/bin/sh",
        ["-c", line],
        env=env,
        cwd=env["HOME"],
        dimensions=(10, 80),
        timeout=ENDS_WITHIN,
    )
    return child, lambda: descendants(child.pid)[0]


@every_signal
@pytest.mark.parametrize("pager", SHELL_PAGERS.values(), ids=SHELL_PAGERS.keys())
def test_all_that_a_pager_started_is_ended(number, pager, sample_home, tmp_path):
    code, script, pid = (tmp_path / name for name in ("code.py", "script", "pid"))
    code.write_text(SCRIPT_PAGER)
    command = f"{sys.executable} {code} {pid}"
    script.write_text(f"#!/bin/sh\n{command}\nexit 0\n")
    script.chmod(0o755)
    env = {**sample_home, "PAGER": pager.format(pager=command, script=script)}
    child, process = on_a_shell(env)
    child.expect_exact("paging")
    until(lambda: is_asleep(process()))
    os.kill(process(), number)
    child.expect_exact(f"code {128 + number}")
    until(lambda: have_ended([int(pid.read_text())]))
    child.close()


STUBBORN = """
import os, signal, sys, time
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_IGN)
with open(sys.argv[1], "w") as file:
    file.write(str(os.getpid()))
os.write(2, b"working")
time.sleep(600)
"""


@pytest.fixture
def stubborn(tmp_path):
    """The command of a program that no signal ends but SIGKILL, and its process."""
    code, pid = tmp_path / "code.py", tmp_path / "pid"
    code.write_text(STUBBORN)
    return f"{sys.executable} {code} {pid}", lambda: int(pid.read_text())


@pytest.mark.parametrize("number", SIGNALS[1:], ids=lambda one: one.name)
@pytest.mark.parametrize("pager", ["{}; true", "cat | {}", "sh -c '{}; true'"])
def test_a_pager_that_ignores_signals_is_killed(number, pager, stubborn, sample_home):
    command, stubborn_process = stubborn
    child, process = on_a_shell({**sample_home, "PAGER": pager.format(command)})
    child.expect_exact("working")
    until(lambda: is_asleep(process()))
    os.kill(process(), number)
    child.expect_exact(f"code {128 + number}")
    until(lambda: have_ended([stubborn_process()]))
    child.close()


@every_signal
@pytest.mark.parametrize("pager", ["less -R", "cat | less -R", "less -R; true"])
def test_a_pager_of_a_shell_restores_the_terminal(number, pager, sample_home):
    child, process = on_a_shell({**sample_home, "PAGER": pager})
    child.expect_exact(":")
    until(lambda: not modes(child)[3] & termios.ICANON)
    os.kill(process(), number)
    child.expect_exact(f"code {128 + number}")
    assert modes(child)[3] & termios.ICANON
    child.close()


PAGER = """
import os, signal, sys, time
signal.signal(signal.SIGINT, lambda number, frame: os.write(1, b"caught"))
sys.stdin.read()
print("paging", flush=True)
while not os.path.exists(sys.argv[1]):
    time.sleep(0.1)
print("the end", flush=True)
"""


def test_a_pager_that_handles_an_interrupt_goes_on(spawn, sample_home, tmp_path):
    pager = tmp_path / "pager"
    pager.write_text(f"#!{sys.executable}\n{PAGER}")
    pager.chmod(0o755)
    stop = tmp_path / "stop"
    env = {**sample_home, "PAGER": f"{pager} {stop}"}
    child = spawn("list --all", env=env, lines=10)
    child.expect_exact("paging")
    child.sendintr()
    child.expect_exact("caught")
    time.sleep(1.5)  # longer than a command may take that ends
    assert child.isalive()
    stop.touch()
    child.expect_exact("the end")
    assert ended(child) == 0


@pytest.mark.parametrize("key", ["^C", *SIGNALS], ids=str)
def test_the_editor_is_ended_and_nothing_is_changed(key, spawn, desk, papertrack):
    before = papertrack("show 2306.90001 --json", env=desk).out
    editor = "sh -c 'echo editing; exec sleep 600' sh"
    child = spawn("note 2306.90001", env={**desk, "EDITOR": editor})
    child.expect_exact("editing")
    time.sleep(0.2)
    if key == "^C":
        child.sendintr()
        key = signal.SIGINT
    else:
        os.kill(child.pid, key)
    assert ended(child) == 128 + key
    assert papertrack("show 2306.90001 --json", env=desk).out == before


WRITES = """
import sys, time
with open(sys.argv[-1], "a") as file:
    file.write("typed with care")
{then}
"""
WAITS = "print('editing', flush=True); time.sleep(600)"


@every_signal
def test_what_was_typed_in_the_editor_is_left(number, spawn, desk, tmp_path):
    editor = tmp_path / "editor"
    editor.write_text(f"#!{sys.executable}\n{WRITES.format(then=WAITS)}")
    editor.chmod(0o755)
    env = {**desk, "EDITOR": str(editor), "TMPDIR": str(tmp_path)}
    child = spawn("note 2306.90001", env=env)
    child.expect_exact("editing")
    os.kill(child.pid, number)
    child.expect_exact("what you wrote is in ")
    assert ended(child) == 128 + number
    (path,) = tmp_path.glob("papertrack-*/note.md")
    assert "typed with care" in path.read_text()


@pytest.mark.parametrize("is_written", [True, False])
def test_an_editor_that_fails_leaves_what_was_typed(is_written, spawn, desk, tmp_path):
    editor = tmp_path / "editor"
    code = WRITES.format(then="sys.exit(1)") if is_written else "raise SystemExit(1)"
    editor.write_text(f"#!{sys.executable}\n{code}")
    editor.chmod(0o755)
    env = {**desk, "EDITOR": str(editor), "TMPDIR": str(tmp_path)}
    child = spawn("note 2306.90001", env=env)
    assert ended(child) == 1
    left = [path.read_text() for path in tmp_path.glob("papertrack-*/note.md")]
    assert len(left) == is_written
    assert all("typed with care" in text for text in left)


@every_signal
def test_a_prompt_is_ended(number, spawn, sample_home):
    child = spawn("star --  is:unread", env=sample_home)
    child.expect_exact("[y/N]")
    os.kill(child.pid, number)
    assert ended(child) == 128 + number
