"""What any match of a regular expression contains: SQLite looks for that twenty times as
fast as a call of Python takes.

Only of patterns without groups, sets and counts. Python shows nobody how it reads a
pattern.
"""

import re

UNREAD = re.compile(r"[\[\](){}]|\\[^bBwWdDsS\W]|\\$")
"""What makes more of a pattern than is read here: also `\\x41` and `\\1`."""

ELEMENT = re.compile(r"\\.|[^\\]", re.DOTALL)

SEPARATING = re.compile(
    r"""
    (?: \\. | [^\\] ) [*?] [?+]*  # what may occur, and need not
    | \\.                         # a kind of characters, or one that is not in a run
    | [^A-Za-z0-9\ ]              # likewise
    """,
    re.VERBOSE | re.DOTALL,
)

LEAST = 2
"""A shorter text is in most titles."""


def literals(pattern: str) -> list[str]:
    """Texts of ASCII letters, digits and spaces, one of which is in every match, without
    regard to case, that is all ASCII. Empty where that is not known.
    """
    if UNREAD.search(pattern):
        return []
    found = [max(SEPARATING.split(part), key=len) for part in _alternatives(pattern)]
    return [] if min(map(len, found)) < LEAST else found


def _alternatives(pattern: str) -> list[str]:
    parts = [""]
    for element in ELEMENT.findall(pattern):
        if element == "|":
            parts.append("")
        else:
            parts[-1] += element
    return parts
