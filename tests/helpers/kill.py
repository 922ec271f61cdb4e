"""Killing a step at each line of some modules in turn, until it ends before it reaches
that line.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Sequence
from types import FrameType, ModuleType
from typing import Any


def killed(
    step: Callable[[], object], number: int, *, modules: Sequence[ModuleType]
) -> bool:
    """Whether a child that runs `step` was killed at the line `number` that it reached
    in these modules.
    """
    files = {module.__file__ for module in modules}
    child = os.fork()
    if not child:
        left = number

        def trace(frame: FrameType, event: str, argument: object) -> Any:
            nonlocal left
            if frame.f_code.co_filename not in files:
                return None
            if event == "line":
                left -= 1
                if left < 0:
                    os.kill(os.getpid(), signal.SIGKILL)
            return trace

        sys.settrace(trace)
        step()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or status == 0, status
    return os.WIFSIGNALED(status)


WRITING = ("fsync", "replace", "rename", "unlink", "mkdir", "rmdir", "truncate")
"""The functions of `os` that decide what is on disk after a kill."""


def killed_while_writing(step: Callable[[], object], number: int) -> bool:
    """Whether a child that runs `step` was killed at a call of `WRITING`.

    An even `number` kills before the call `number / 2`, an odd one after it.
    """
    child = os.fork()
    if not child:
        left = number

        def counted(call: Callable[..., Any]) -> Callable[..., Any]:
            def counting(*arguments: Any, **options: Any) -> Any:
                nonlocal left
                if left == 0:
                    os.kill(os.getpid(), signal.SIGKILL)
                result = call(*arguments, **options)
                if left == 1:
                    os.kill(os.getpid(), signal.SIGKILL)
                left -= 2
                return result

            return counting

        for name in WRITING:
            setattr(os, name, counted(getattr(os, name)))
        step()
        os._exit(0)
    _, status = os.waitpid(child, 0)
    assert os.WIFSIGNALED(status) or status == 0, status
    return os.WIFSIGNALED(status)
