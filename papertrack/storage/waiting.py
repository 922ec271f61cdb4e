"""Waiting for another process: for a limited time, and reported after two seconds.

Every wait for what other processes hold goes through `wait_for`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

NOTICE_SECONDS = 2.0
"""After so many seconds the user is shown what the command waits for."""

FIRST_PAUSE, LONGEST_PAUSE = 0.005, 0.03
"""Seconds between attempts: few at first, as most waits are short, and not many later:
who has waited for long should not try much less often than who has just come.
"""

T = TypeVar("T")


class _Notices:
    """Where notices of waits go: the command line sets it, once for the process."""

    notice: Callable[[str], object] | None = None


def report_to(notice: Callable[[str], object] | None) -> None:
    """Call `notice` with a line for what this process waits for, and does instead."""
    _Notices.notice = notice


def report(line: str) -> None:
    """Report a wait, or what is done instead of waiting, to the user."""
    if _Notices.notice is not None:
        _Notices.notice(line)


def wait_for(
    attempt: Callable[[], T | None],
    seconds: float,
    describe: Callable[[], str],
) -> T | None:
    """What `attempt` returns as soon as it is not None; None after `seconds`.

    A wait of more than NOTICE_SECONDS is reported as `waiting for ` and what `describe`
    returns.
    """
    began = time.monotonic()
    pause = FIRST_PAUSE
    is_reported = False
    while True:
        result = attempt()
        if result is not None:
            return result
        waited = time.monotonic() - began
        if waited >= seconds:
            return None
        if waited >= NOTICE_SECONDS and not is_reported:
            report(f"waiting for {describe()}")
            is_reported = True
        time.sleep(min(pause, seconds - waited))
        pause = min(pause * 1.2, LONGEST_PAUSE)
