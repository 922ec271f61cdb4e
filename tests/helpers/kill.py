"""Killing a step at a line of it, in turn, until it is done before it comes to that line."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable
from typing import Any


def killed(step: Callable[[], object], number: int, *, files: tuple[str, ...]) -> bool:
    """Whether a child that does `step` was killed when it came to line `number` of these files (their ends)."""
    child = os.fork()
    if not child:
        left = number

        def trace(frame: Any, event: str, argument: object) -> Any:
            nonlocal left
            if not frame.f_code.co_filename.endswith(files):
                return None
            if event == "line":
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            return trace

        sys.settrace(trace)
        step()
        os._exit(0)
    status = os.waitpid(child, 0)[1]
    assert os.WIFSIGNALED(status) or status == 0, status
    return os.WIFSIGNALED(status)
