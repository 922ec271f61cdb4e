"""Libraries that are closed when the test that opened them is done."""

from __future__ import annotations

from typing import Any

from papertrack.library import library

_opened: list[Library] = []


class Library(library.Library):
    """A library that `close_all` closes: Python 3.13 reports databases left open."""

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        _opened.append(self)


def close_all() -> None:
    """Close all libraries that were opened since the last call."""
    while _opened:
        _opened.pop().close()
