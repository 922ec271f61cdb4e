"""Waiting for an event in another thread or process."""

from __future__ import annotations

import time
from collections.abc import Callable

HANG_SECONDS = 60.0
"""Long enough for any machine: only a hang takes longer."""


def wait_until(condition: Callable[[], object]) -> None:
    """Return once `condition()` is true; fail after HANG_SECONDS."""
    end = time.monotonic() + HANG_SECONDS
    while not condition():
        assert time.monotonic() < end, "waited in vain"
        time.sleep(0.005)
