"""About how wide a text is drawn: a picture is made without the fonts that draw it."""

from __future__ import annotations

import unicodedata

SIZE = 14
"""The size of most texts, in pixels."""

NARROW, WIDE = "fijlrtI.,:;|!'()[]/- ", "mwMW@%&—…"


def width(text: str, size: float = SIZE) -> float:
    """About how many pixels a text takes in a font without serifs."""
    return sum(map(_share, text)) * size


def _share(char: str) -> float:
    """How wide a character is, as a share of the size."""
    if unicodedata.combining(char):
        return 0
    if char in NARROW:
        return 0.34
    if char in WIDE:
        return 0.95
    if unicodedata.east_asian_width(char) in "WF":
        return 1
    if char.isupper():
        return 0.7
    return 0.58


def fitting(text: str, room: float, size: float = SIZE) -> str:
    """The text, or as much of its beginning as fits in `room` pixels and an ellipsis."""
    if width(text, size) <= room:
        return text
    left = room - width("…", size)
    shown = ""
    for char in text:
        left -= width(char, size)
        if left < 0:
            break
        shown += char
    return f"{shown.rstrip()}…"
