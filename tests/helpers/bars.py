"""The bar of long work, as it is drawn on a terminal: recorded with its times."""

from __future__ import annotations

import re
import time
from collections.abc import Callable
from itertools import pairwise
from typing import NamedTuple

import pexpect

ERASE = "\r\x1b[K"
"""What every drawing of the bar starts with."""

COLORS = re.compile(r"\x1b\[[0-9;]*m")


class Drawing(NamedTuple):
    """A bar, without its colours, and when it was read, in seconds since the start."""

    at: float
    text: str


def bars_in(text: str) -> list[str]:
    """The bars that are drawn in what was written to a terminal."""
    pieces = COLORS.sub("", text).split(ERASE)[1:]
    return [piece for piece in pieces if piece and "\n" not in piece]


class Recording(NamedTuple):
    """What a process wrote to its terminal, and the bars in it."""

    raw: bytes
    drawings: list[Drawing]

    @property
    def longest_pause(self) -> float:
        """Seconds for which the bar stood still, at most."""
        times = [drawing.at for drawing in self.drawings]
        pauses = [later - at for at, later in pairwise(times)]
        return max(pauses, default=0.0)


def record(
    child: pexpect.spawn,
    on_bar: Callable[[str], object] = lambda text: None,
) -> Recording:
    """Read a process's terminal until it ends; `on_bar` gets each bar as it is drawn."""
    began = time.monotonic()
    raw = b""
    drawings: list[Drawing] = []
    while True:
        try:
            piece = child.read_nonblocking(65536, timeout=60)
        except pexpect.EOF:
            child.close()
            return Recording(raw, drawings)
        raw += piece
        for text in bars_in(piece.decode("utf-8", "replace")):
            if not drawings or text != drawings[-1].text:
                drawings.append(Drawing(time.monotonic() - began, text))
                on_bar(text)
