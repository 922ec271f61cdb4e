"""The columns that texts take on a terminal, and texts broken into lines by them.

As in tables, by the widths of Rich; without its Console, which takes longer to import.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import islice

from rich.cells import cell_len, chop_cells, set_cell_size

Part = tuple[int, int]
"""The start and the end of a part of a text."""


def width(text: str) -> int:
    """How many columns a text takes."""
    if text.isascii() and text.isprintable():
        return len(text)  # a fifth of the time
    return cell_len(text)


def cut(text: str, columns: int) -> str:
    """The text, or as much of its beginning as fits, with an ellipsis."""
    text = text[: 8 * columns + 8]  # letters may take no column, but not all of them
    if width(text) <= columns:
        return text
    return set_cell_size(text, max(columns - 1, 0)).rstrip() + "…"[:columns]


def lines(text: str, columns: int, most: int) -> list[Part]:
    """The parts of a text that fit into lines; of a longer text the first `most`."""
    return list(islice(_lines(text, columns), most))


def _lines(text: str, columns: int) -> Iterator[Part]:
    begin = end = taken = 0
    for start, stop, needed in _pieces(text, columns):
        gap = start - end
        if taken and taken + gap + needed > columns:
            yield begin, end
            taken = 0
        if not taken:
            begin, gap = start, 0
        taken += gap + needed
        end = stop
    if taken:
        yield begin, end


def _pieces(text: str, columns: int) -> Iterator[tuple[int, int, int]]:
    """Start, end and width of each word; of a word longer than a line, its pieces."""
    for word in re.finditer(r"\S+", text):
        start, end = word.span()
        needed = width(word[0]) if end - start < 500 else columns + 1
        if needed <= columns:
            yield start, end, needed
            continue
        for part in _chopped(word[0], columns):
            yield start, start + len(part), cell_len(part)
            start += len(part)


def _chopped(word: str, columns: int) -> Iterator[str]:
    """Pieces of a word that fit into lines; a very long one is chopped bit by bit."""
    step = 100 * columns
    for start in range(0, len(word), step):
        yield from chop_cells(word[start : start + step], columns)
