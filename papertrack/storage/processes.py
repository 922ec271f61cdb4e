"""Other processes, as a message names them: from Linux's /proc, where there is one."""

from __future__ import annotations

import contextlib
from pathlib import Path, PurePath

from papertrack.core.secrets import hide_secrets
from papertrack.core.text import clean
from papertrack.core.wording import excerpt

PROC = Path("/proc")
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
        status = (PROC / str(process) / "stat").read_text(errors="replace")
        state = status.rpartition(")")[2].split()[0]
        return state in ("T", "t")
    return False


def is_alive(process: int) -> bool:
    """Whether a process still runs; True where that is not known."""
    if not (PROC / "self").exists():
        return True
    return (PROC / str(process)).exists()


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
