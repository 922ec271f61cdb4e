"""A command line with slips in the names of things: columns, keys, tags, words."""

import re
from collections.abc import Iterable, Sequence


def corrected(
    words: Sequence[str], slips: Iterable[tuple[str, str]]
) -> list[str] | None:
    """The words with each wrong name replaced by the right one.

    None if it is not clear which one is meant, because it occurs twice, or is not typed
    as such.
    """
    line = list(words)
    for wrong, right in slips:
        whole = re.compile(rf"(?<![\w./-]){re.escape(wrong)}(?![\w./-])", re.IGNORECASE)
        found = [
            (at, match)
            for at, word in enumerate(line)
            for match in whole.finditer(word)
        ]
        if len(found) != 1:
            return None
        at, match = found[0]
        word = line[at]
        line[at] = f"{word[: match.start()]}{right}{word[match.end() :]}"
    return line
