"""What the table says of a command: its options and arguments.

A value is read by a function of its text that raises ValueError for what it does not
know, be it a mistake or not: Typer decides.
"""

import os
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

MOST_DIGITS = 9


class Option(NamedTuple):
    """An option, or an argument of one word: the parameter that it sets."""

    parameter: str
    value: Callable[[str], object] | None = None
    """Reads its value; None for a flag, which has none."""


class Parameters(NamedTuple):
    """What may follow the name of a command."""

    options: Mapping[str, Option]
    """By each of their names."""
    defaults: Mapping[str, object]
    """The values of what may be left out."""
    words: str = ""
    """The parameter for all other words that belong to no option; empty if there is
    none.
    """
    first: Sequence[Option] = ()
    """The arguments of one word, which come before these."""


class Whole:
    """Reads a whole number from `least` to `most`; None: without an end."""

    def __init__(self, least: int | None, most: int | None) -> None:
        self.least = least
        self.most = most

    def __repr__(self) -> str:
        """The code in the table."""
        return f"Whole({self.least}, {self.most})"

    def __call__(self, text: str) -> int:
        """The number. Raises ValueError."""
        if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
            raise ValueError
        number = int(text)
        if self.least is not None and number < self.least:
            raise ValueError
        if self.most is not None and number > self.most:
            raise ValueError
        return number


def path(text: str) -> Path:
    """The path of what may exist or not. Raises ValueError for what may be an address."""
    if ":" in text:
        raise ValueError
    return Path(text)


def readable(text: str) -> Path:
    """The path of something that exists and can be read. Raises ValueError."""
    if not os.access(text, os.R_OK):
        raise ValueError
    return Path(text)
