"""Parts of messages: counted nouns, excerpts of foreign text, and `did you mean`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from papertrack.core.text import abridge, clean, shorten

LONGEST_WORD = 300
LONGEST_MESSAGE = 1_000
"""Characters of a message: more than a path or an address takes, less than a screen."""


def noun(
    count: int,
    singular: str,
    plural: str | None = None,
) -> str:
    """The form of a noun that fits a count: `paper` for 1, else `papers`."""
    if count == 1:
        return singular
    return plural or f"{singular}s"


def plural(
    count: int,
    singular: str,
    plural: str | None = None,
) -> str:
    """A count with its noun: `1 paper`, `2 papers`; see also `counted`."""
    return f"{count} {noun(count, singular, plural)}"


def counted(count: int, singular: str, plural: str | None = None) -> str:
    """A count with thousands separators and its noun: `27,000 papers`."""
    return f"{count:,} {noun(count, singular, plural)}"


def enumerated(names: Sequence[str], most: int = 5) -> str:
    """Names in a sentence: `a`, `a and b`; of more than `most`, `a, b and 3 more`."""
    shown = list(names)
    if len(shown) > most:
        shown[most - 1 :] = [f"{len(shown) - most + 1} more"]
    *first, last = shown
    return f"{', '.join(first)} and {last}" if first else last


def excerpt(text: str, width: int) -> str:
    """Text from outside for a message: cleaned, at most `width` characters."""
    return shorten(clean(text), width)


def brief(message: str) -> str:
    """A message whose long words are cut in their middle, and the whole if need be.

    It may repeat an argument, which can be a megabyte.
    """
    words = [abridge(word, LONGEST_WORD) for word in message.split(" ")]
    return abridge(" ".join(words), LONGEST_MESSAGE)


def first_problems(
    problems: list[str],
    most: int,
    where: str,
) -> tuple[str, ...]:
    """The first `most` problems of a source, then a line that counts the others."""
    if len(problems) <= most:
        return tuple(problems)
    more = plural(len(problems) - most, "more problem")
    return (*problems[:most], f"{where}: {more} like these")


def did_you_mean(name: str, known: Iterable[str], never: Iterable[str] = ()) -> str:
    """`; did you mean X?` for the known name closest to `name`, else `; known: …`.

    Two that are equally close are both named. Empty where `known` is empty, and where
    the closest is one of `never`, which is not suggested.
    """
    names = list(known)
    if not names:
        return ""
    from papertrack.core.nearest import nearest  # for mistakes only

    close = nearest(name, names)
    if not close:
        return f"; known: {', '.join(names)}"
    if set(close) & set(never):
        return ""
    return f"; did you mean {' or '.join(close)}?"
