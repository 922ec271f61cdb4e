"""Other processes, for messages and to end them: from Linux's /proc, where there is one."""

from __future__ import annotations

import contextlib
import os
import signal
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from papertrack.core.secrets import hide_secrets
from papertrack.core.text import clean
from papertrack.core.wording import excerpt
from papertrack.storage import waiting

if TYPE_CHECKING:
    import subprocess

PROC = Path("/proc")
END_SECONDS = 0.4
"""How long a program, and what it started, may take to end after SIGTERM."""

LONGEST_COMMAND = 60


def lock_holder(path: Path) -> int | None:
    """The id of the process that may write to a locked file, where it is known."""
    with contextlib.suppress(OSError, ValueError, IndexError):
        inode = str(path.stat().st_ino)
        text = (PROC / "locks").read_text(encoding="ascii")
        for line in text.splitlines():
            words = line.split()
            is_waiting = "->" in words
            if is_waiting or words[3] != "WRITE":
                continue
            if words[5].rpartition(":")[2] == inode:
                return int(words[4])
    return None


def named(process: int | None) -> str:
    """`process 12 (papertrack fetch hf, stopped)`, or what is known of that.

    Passwords in its command line are removed.
    """
    if process is None:
        return "another papertrack"
    details = [_command(process)]
    if is_stopped(process):
        details.append("stopped")
    text = ", ".join(filter(None, details))
    return f"process {process} ({text})" if text else f"process {process}"


def is_stopped(process: int) -> bool:
    """Whether a process is stopped, as by Ctrl-Z; False where that is not known."""
    with contextlib.suppress(OSError, IndexError):
        return _status(process)[0] in ("T", "t")
    return False


def is_alive(process: int) -> bool:
    """Whether a process still runs; True where that is not known."""
    if not (PROC / "self").exists():
        return True
    return (PROC / str(process)).exists()


def descendants(process: int) -> list[int]:
    """The processes that a process started, those that they started, and so on.

    Empty where that is not known. A process whose parent has ended is not found.
    """
    children: dict[int, list[int]] = {}
    with contextlib.suppress(OSError):
        for path in PROC.iterdir():
            with contextlib.suppress(OSError, ValueError, IndexError):
                child = int(path.name)
                parent = int(_status(child)[1])
                children.setdefault(parent, []).append(child)
    found: list[int] = []
    parents = [process]
    while parents:
        new = children.get(parents.pop(), [])
        found += new
        parents += new
    return found


def send(processes: list[int], number: signal.Signals) -> None:
    """Send a signal to those of these processes that still run and may be sent one."""
    for process in processes:
        with contextlib.suppress(OSError):
            os.kill(process, number)


def handle(process: int, number: signal.Signals) -> bool:
    """Whether a process, or one that it started and that has started no other itself,
    handles a signal; False where that is not known.
    """
    started = descendants(process)
    return any(_handles(one, number) for one in started or [process])


def _handles(process: int, number: signal.Signals) -> bool:
    with contextlib.suppress(OSError, ValueError):
        text = (PROC / str(process) / "status").read_text(errors="replace")
        caught = int(text.partition("SigCgt:")[2].split(maxsplit=1)[0], 16)
        return bool(caught >> (number - 1) & 1)
    return False


def end(program: subprocess.Popen[bytes], *, may_be_killed: bool) -> None:
    """End a program and all that it started; wait until they have ended, as they restore
    the terminal. Who ignores SIGTERM is killed, or left.
    """
    started = descendants(program.pid)
    for number in (signal.SIGTERM, signal.SIGCONT):  # who is stopped can't end
        with contextlib.suppress(OSError):
            program.send_signal(number)
        send(started, number)

    def ended() -> bool | None:
        is_running = program.poll() is None or not have_ended(started)
        return None if is_running else True

    has_ended = waiting.wait_for(ended, END_SECONDS, lambda: "the programs it started")
    if may_be_killed and not has_ended:
        program.kill()
        send(started, signal.SIGKILL)
        program.wait()


def have_ended(processes: list[int]) -> bool:
    """Whether none of these processes runs; one that only its parent keeps has ended."""
    for process in processes:
        with contextlib.suppress(OSError, IndexError):
            if _status(process)[0] != "Z":
                return False
    return True


def _status(process: int) -> list[str]:
    """State, parent and more of a process (proc_pid_stat(5)). Raises OSError."""
    text = (PROC / str(process) / "stat").read_text(errors="replace")
    return text.rpartition(")")[2].split()


def _command(process: int) -> str:
    """The command line of a process, from `papertrack` on if that is what it runs."""
    try:
        body = (PROC / str(process) / "cmdline").read_bytes()
    except OSError:
        return ""
    words = body.decode("utf-8", "replace").rstrip("\0").split("\0")
    words[0] = PurePath(words[0]).name
    for place, word in enumerate(words):
        if PurePath(word).name == "papertrack":
            words = ["papertrack", *words[place + 1 :]]
            break
    return excerpt(hide_secrets(clean(" ".join(words))), LONGEST_COMMAND)
