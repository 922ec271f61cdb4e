"""papertrack in processes that have imported it already.

A server imports papertrack once, and forks for each command: a process with streams,
variables, a folder and an exit code of its own, which calls `main` as the installed
program does. It takes a fifth of the CPU time of a new Python, which spends most of its
time at both ends: on imports, and on clearing all that it has. What a fork can't show,
a variable that Python reads when it starts, gets a new process, see `can_fork`.
"""

from __future__ import annotations

import contextlib
import fcntl
import gc
import json
import os
import pkgutil
import pty
import re
import selectors
import signal
import socket
import struct
import subprocess
import sys
import tempfile
import termios
import time
import traceback
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import IO, NoReturn

import papertrack
from papertrack.__main__ import main

ROOT = Path(__file__).resolve().parents[2]
COMMAND = [sys.executable, "-c", "from papertrack.__main__ import main; main()"]
"""A new process."""

SERVE = "from tests.helpers.fork_server import serve; serve({})"

FLUSHING_FAILED = 120
"""Python's exit code where stdout can't be written as it ends."""

LANGUAGE = "C.UTF-8"
_FIXED = {"LANG": LANGUAGE, "PYTHONPATH": str(ROOT)}
"""Variables that Python reads when it starts: the server has these."""

_READ_LATER = re.compile(
    "PATH|HOME|TZ|TERM|COLORTERM|COLUMNS|LINES|NO_COLOR|EDITOR|VISUAL|PAGER|BROWSER"
    "|(?:PAPERTRACK|HF|XDG)_.*"
)


def can_fork(env: Mapping[str, str]) -> bool:
    """Whether the server can run a command with these variables.

    Python and libraries read others when they are imported.
    """
    if not hasattr(os, "pidfd_open"):
        return False
    if any(env.get(name) != value for name, value in _FIXED.items()):
        return False
    return all(map(_READ_LATER.fullmatch, env.keys() - _FIXED.keys()))


class Child:
    """A command that runs."""

    def __init__(self, replies: IO[bytes]) -> None:
        self._replies = replies
        self.pid = int(replies.readline())

    def wait(self, timeout: float) -> int:
        """The exit code, negative for a signal, as `subprocess` has it.

        Raises subprocess.TimeoutExpired, after the process was killed.
        """
        with self._replies, selectors.DefaultSelector() as selector:
            selector.register(self._replies, selectors.EVENT_READ)
            if not selector.select(timeout):
                os.kill(self.pid, signal.SIGKILL)
                raise subprocess.TimeoutExpired("papertrack", timeout)
            return os.waitstatus_to_exitcode(int(self._replies.readline()))


class ForkServer:
    """Starts commands; `close` ends the server."""

    def __init__(self) -> None:
        self._requests, theirs = socket.socketpair(
            socket.AF_UNIX, socket.SOCK_SEQPACKET
        )
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-c", SERVE.format(theirs.fileno())],
                env={"PATH": os.environ.get("PATH", os.defpath), **_FIXED},
                stdin=subprocess.DEVNULL,
                pass_fds=[theirs.fileno()],
            )

    def start(
        self,
        words: Sequence[str],
        env: Mapping[str, str],
        streams: Sequence[int],
        *,
        has_terminal: bool = False,
    ) -> Child:
        """Start `papertrack WORDS` in its reader's home, with stdin, stdout and stderr;
        the terminal of stdin may become its own.
        """
        umask = os.umask(0)
        os.umask(umask)
        request = {
            "words": list(words),
            "env": dict(env),
            "umask": umask,
            "has_terminal": has_terminal,
        }
        reading, writing = os.pipe()
        with tempfile.TemporaryFile() as file:
            file.write(json.dumps(request).encode())
            file.seek(0)
            fds = [*streams, file.fileno(), writing]
            socket.send_fds(self._requests, [b"run"], fds)
        os.close(writing)
        return Child(os.fdopen(reading, "rb", buffering=0))

    def run(
        self,
        words: Sequence[str],
        env: Mapping[str, str],
        stdin: bytes,
        stdout: int | None,
        timeout: float,
    ) -> tuple[int, bytes, bytes]:
        """Run `papertrack WORDS` with pipes, or with another `stdout`: its exit code,
        stdout and stderr.
        """
        pipes = [os.pipe() for _ in range(3)]
        (given, giving), (got_out, out), (got_err, err) = pipes
        child = self.start(words, env, [given, out if stdout is None else stdout, err])
        for descriptor in (given, out, err):
            os.close(descriptor)
        with ThreadPoolExecutor(3) as pool:
            pool.submit(_write, giving, stdin)
            read = [pool.submit(_read, descriptor) for descriptor in (got_out, got_err)]
            code = child.wait(timeout)
            printed, errors = (one.result() for one in read)
            return code, printed, errors

    def close(self) -> None:
        """End the server."""
        self._requests.close()
        self._process.wait(10)


# ------------------------------------------------------------------ the client


@cache
def server() -> ForkServer:
    """The server of this process. `pytest_sessionfinish` closes it."""
    return ForkServer()


def close() -> None:
    """End the server of this process, if it was started."""
    if server.cache_info().currsize:
        server().close()


def run(
    words: Sequence[str],
    env: Mapping[str, str],
    stdin: bytes = b"",
    *,
    stdout: int | None = None,
    timeout: float = 60,
) -> tuple[int, bytes, bytes]:
    """Run `papertrack WORDS` with pipes, or with another `stdout`, in its reader's
    home: its exit code, stdout and stderr.
    """
    if can_fork(env):
        return server().run(words, env, stdin, stdout, timeout)
    done = subprocess.run(
        [*COMMAND, *words],
        input=stdin,
        env=dict(env),
        cwd=env["HOME"],
        stdout=subprocess.PIPE if stdout is None else stdout,
        stderr=subprocess.PIPE,
        timeout=timeout,
        check=False,
    )
    return done.returncode, done.stdout or b"", done.stderr


def on_terminal(
    words: Sequence[str],
    env: Mapping[str, str],
    *,
    columns: int,
    lines: int,
    timeout: float = 60,
) -> tuple[int, bytes]:
    """Run `papertrack WORDS` on a terminal of its own, in its reader's home: its exit
    code and all that it writes there.
    """
    ours, theirs = pty.openpty()
    size = struct.pack("HHHH", lines, columns, 0, 0)
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, size)
    child = server().start(words, env, [theirs] * 3, has_terminal=True)
    os.close(theirs)
    with ThreadPoolExecutor(1) as pool:
        written = pool.submit(_read_terminal, ours)
        code = child.wait(timeout)
        return code, written.result()


def _read_terminal(terminal: int) -> bytes:
    """All that is written to a terminal until its last process ends."""
    raw = b""
    with contextlib.suppress(OSError):
        while piece := os.read(terminal, 65536):
            raw += piece
    os.close(terminal)
    return raw


def _write(descriptor: int, content: bytes) -> None:
    with contextlib.suppress(BrokenPipeError), os.fdopen(descriptor, "wb") as pipe:
        pipe.write(content)


def _read(descriptor: int) -> bytes:
    with os.fdopen(descriptor, "rb") as pipe:
        return pipe.read()


# ------------------------------------------------------------------ the server


def serve(requests: int) -> NoReturn:
    """Fork for each request, until the client closes the socket."""
    for module in pkgutil.walk_packages(papertrack.__path__, "papertrack."):
        if not module.name.endswith("__main__"):
            import_module(module.name)
    gc.collect()
    gc.freeze()  # so that a child copies few pages
    client = socket.socket(fileno=requests)
    selector = selectors.DefaultSelector()
    selector.register(client, selectors.EVENT_READ)
    while True:
        for key, _ in selector.select():
            if key.fileobj is not client:
                _reap(selector, key)
                continue
            message, fds, _, _ = socket.recv_fds(client, 16, 5)
            if not message:
                os._exit(0)
            child = os.fork()
            if not child:
                selector.close()
                client.close()
                _become(fds)
                _run()
            *others, replies = fds
            for descriptor in others:
                os.close(descriptor)
            os.write(replies, b"%d\n" % child)
            ended = os.pidfd_open(child)
            selector.register(ended, selectors.EVENT_READ, (child, replies))


def _reap(selector: selectors.BaseSelector, key: selectors.SelectorKey) -> None:
    """Send the status of a child that ended."""
    child, replies = key.data
    _, status = os.waitpid(child, 0)
    with contextlib.suppress(BrokenPipeError):
        os.write(replies, b"%d\n" % status)
    os.close(replies)
    selector.unregister(key.fileobj)
    os.close(key.fd)


def _become(fds: Sequence[int]) -> None:
    """Take over the streams, the variables, the folder and the words of a request."""
    *streams, file, replies = fds
    os.close(replies)
    with os.fdopen(file, "rb") as content:
        request = json.load(content)
    if request["has_terminal"]:
        os.setsid()
        fcntl.ioctl(streams[0], termios.TIOCSCTTY, 0)
    for number, stream in enumerate(streams):
        os.dup2(stream, number)
    for stream in set(streams):
        os.close(stream)
    _set_streams()
    os.environ.clear()
    os.environ.update(request["env"])
    time.tzset()
    os.chdir(request["env"]["HOME"])
    os.umask(request["umask"])
    sys.argv[1:] = request["words"]


def _set_streams() -> None:
    """The streams that Python makes where the language is C.UTF-8."""
    sys.stdin = os.fdopen(0, encoding="utf-8", errors="surrogateescape", closefd=False)
    sys.stdout = os.fdopen(
        1, "w", encoding="utf-8", errors="surrogateescape", closefd=False
    )
    sys.stderr = os.fdopen(
        2, "w", encoding="utf-8", errors="backslashreplace", closefd=False
    )
    sys.stderr.reconfigure(line_buffering=True)


def _run() -> NoReturn:
    """Run the command, and end as Python ends, without clearing what is in memory."""
    code: object = 1
    try:
        main()
    except SystemExit as end:
        code = end.code
    except BaseException:
        traceback.print_exc()
    try:
        sys.stdout.flush()
    except OSError:
        code = FLUSHING_FAILED
    os._exit(code if isinstance(code, int) else 1)
