"""The columns of a table of papers on a terminal, and how wide each is.

A wider terminal never shows fewer papers: no column is narrower there. The columns grow
in a fixed order, and one appears once those before it have their width; until there is
room for it, what is left stays empty.
"""

from collections.abc import Mapping, Sequence

GAP = 2
"""The spaces between two columns."""

WHOLE = 10**6
"""As wide as the longest cell."""

ORDER = ("id", "title", "authors", "organization", "upvotes", "date")
"""The columns from left to right."""

STEPS = (
    ("title", 24),
    ("upvotes", WHOLE),
    ("date", WHOLE),
    ("title", 40),
    ("id", 16),
    ("title", 50),
    ("authors", 11),
    ("authors", 20),
    ("title", 64),
    ("authors", 26),
    ("title", 80),
    ("organization", 12),
    ("organization", 20),
    ("id", 28),
    ("title", WHOLE),
    ("authors", 40),
    ("organization", 40),
)
"""What a terminal that gets wider and wider shows: each column, and up to which width it
grows next. No column gets wider than its longest cell.
"""

CHOSEN = (10, 20, 40, 80, WHOLE)
"""The widths up to which all chosen columns grow, from left to right each time."""

NARROW = 60
"""Below this width nothing stays empty: what is left is for the title."""


def widths(
    needed: Mapping[str, int], room: int, *, chosen: Sequence[str] | None, narrow: bool
) -> dict[str, int]:
    """The width of each column on show, by name, in columns of the terminal.

    `needed` is the width of the longest cell of each column, 0 for an empty column;
    `room` is what they share, with a gap before each. Of `chosen` columns, those are left
    out at the end for which there is no room.
    """
    steps: Sequence[tuple[str, int]] = STEPS
    if chosen is not None:
        steps = [(name, width) for width in CHOSEN for name in chosen]
    found: dict[str, int] = {}
    for name, target in steps:
        more = min(target, needed[name]) - found.get(name, 0)
        gap = 0 if name in found else GAP
        if more <= 0:
            continue
        if gap and found and gap + more > room:
            break
        more = max(min(more, room - gap), 0)
        found[name] = found.get(name, 0) + more
        room -= gap + more
    if narrow and "title" in found:
        found["title"] = min(found["title"] + room, needed["title"])
    return found
