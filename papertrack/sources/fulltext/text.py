"""The full text of a paper: what is read, whoever it comes from."""

from __future__ import annotations

from typing import NamedTuple

from papertrack.core.lazy_regex import pattern

MOST_CHARACTERS = 4_000_000
"""Characters of a text: a thesis has two million."""

_BROKEN_OFF = pattern(
    r"(?i)Fatal error and exited abruptly|may be truncated or damaged"
)


class FullText(NamedTuple):
    """A full text in Markdown, and the version of the paper that it is of, if known.

    `is_truncated`: whether the end is missing, as the conversion broke off.
    """

    markdown: str
    version: int | None
    is_truncated: bool


def is_broken_off(text: str) -> bool:
    """Whether a converted text says that it is not whole.

    The words are those of arXiv and ar5iv at the beginning of such pages.
    """
    return bool(_BROKEN_OFF.search(text[:20_000]))


def bounded(markdown: str) -> tuple[str, bool]:
    """A text of at most MOST_CHARACTERS, and whether it had more."""
    if len(markdown) <= MOST_CHARACTERS:
        return markdown, False
    head = markdown[:MOST_CHARACTERS].rpartition("\n\n")[0]
    return f"{head}\n", True
