"""Charts drawn with characters; each tells its numbers without colour too."""

from __future__ import annotations

from rich.text import Text

from papertrack.render import BLUE

FULL, REST = "█", "░"


def parted_bar(part: int, whole: int, most: int, width: int) -> Text:
    """A bar as long as `whole` is to `most`, filled as far as `part` goes. What is not nothing is seen."""
    length = _cells(whole, most, width)
    filled = _cells(part, whole, length)
    if filled == length and part < whole and length > 1:
        filled -= 1
    return Text(FULL * filled, BLUE).append(REST * (length - filled), "dim")


def _cells(count: int, most: int, width: int) -> int:
    """How many of `width` cells show `count` of `most`: one at least where it is not nothing."""
    return min(max(round(count * width / most), 1), width) if count and most else 0
