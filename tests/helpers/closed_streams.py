"""Papertrack as a process whose streams are closed, full or unreadable."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from tests.helpers import hostile_arguments as hostile

ROOT = Path(__file__).resolve().parents[2]

REDIRECTIONS = {
    "no stdin": "<&-",
    "no stdout": ">&-",
    "no stderr": "2>&-",
    "no output": ">&- 2>&-",
    "nothing": "<&- >&- 2>&-",
    "a full disk": ">/dev/full",
    "full stderr": "2>/dev/full",
    "all full": ">/dev/full 2>/dev/full",
    "a closed pipe": "| true",
    "stderr into a closed pipe": "2> >(true)",
    "stdin open for writing": "0>/dev/null",
    "stdout open for reading": "1</dev/null",
}
"""What a shell does to the streams. (A folder as stdin stops Python before it starts.)"""


class Ended(NamedTuple):
    """How a process ended: its exit code, negative for a signal, and its streams."""

    code: int
    out: str
    err: str


def run(
    arguments: list[str],
    env: dict[str, str],
    redirection: str = "",
    *,
    after: float | None = None,
    sent: signal.Signals = signal.SIGINT,
) -> Ended:
    """Run papertrack from a shell; send it a signal `after` some seconds."""
    script = f'"$@" {redirection}; exit "${{PIPESTATUS[0]}}"'
    if "|" not in redirection:
        script = f'exec "$@" {redirection}'
    process = subprocess.Popen(
        ["bash", "-c", script, "bash", sys.executable, "-m", "papertrack", *arguments],
        env={**env, "PYTHONPATH": str(ROOT)},
        cwd=env["HOME"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    if after is not None:
        time.sleep(after)
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, sent)
    try:
        out, err = process.communicate(timeout=120)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        return Ended(-9, "", "hangs: killed after two minutes")
    return Ended(
        process.returncode,
        out.decode("utf-8", "surrogateescape"),
        err.decode("utf-8", "surrogateescape"),
    )


def faults(ended: Ended, redirection: str, *, codes: set[int]) -> list[str]:
    """What is wrong with how it ended."""
    if "2>" in redirection:  # there is no message to count
        return [] if ended.code in codes else [f"exit code {ended.code}"]
    if "KeyboardInterrupt" in ended.err and "papertrack" not in ended.err:
        return []  # in Python's own start, before any line of papertrack
    silent = ended.code < 0 or ended.code > 100
    if silent and "Traceback" not in ended.err:
        return [] if ended.code in codes else [f"exit code {ended.code}"]
    return hostile.wrong(ended.code, ended.out, ended.err, codes)
