"""How the time of a step grows with its input: a ratio, which holds on slow and busy
machines.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable

LINEAR, TRIES = 4, 5
MOST = 9
"""Four times the input takes 4 times as long if the time is linear, 16 times if it
grows with the square.
"""


def grows_linearly(step: Callable[[int], object], size: int) -> bool:
    """Whether the CPU time of `step(size)` is in proportion to its input, judged by the
    best of some tries.
    """
    small = large = float("inf")
    for _ in range(TRIES):
        small = min(small, _seconds(step, size // LINEAR))
        large = min(large, _seconds(step, size))
        if large < MOST * small:
            return True
    return False


def _seconds(step: Callable[[int], object], size: int) -> float:
    # The collector looks at all objects each time that there are a quarter more.
    gc.disable()
    began = time.process_time()
    step(size)
    seconds = time.process_time() - began
    gc.enable()
    gc.collect()
    return seconds
