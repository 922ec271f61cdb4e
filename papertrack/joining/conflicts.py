"""Which entries are never one paper, without comparing each with each.

Entries are compared by *subjects*: arXiv ids, and what their source distinguishes.
Two entries conflict if they have a subject in common, and agree in nothing there.
Entries that are all about the same thing, as most that come together, are compared by
that.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from papertrack.joining.entries import Entry, View

MOST_PAIRS = 100
"""Of so many pairs of views each is compared. No real paper has more: most have
something in common to all.
"""


class Views:
    """What entries without a conflict state of one subject: what all of them do, and
    each view once.
    """

    def __init__(self, view: View) -> None:
        self.common = view
        self.each = {view}

    def conflict(self, other: Views) -> bool:
        """Whether any two views of both do not agree.

        Many views that have nothing in common to all count as such, so that the time is
        in proportion to their number: contrived ids can make each two of them agree.
        """
        if self.common.agrees(other.common):
            return False
        if len(self.each) * len(other.each) > MOST_PAIRS:
            return True
        return any(
            not one.agrees(another) for one in self.each for another in other.each
        )

    def add(self, other: Views) -> None:
        """Add all views of another."""
        mine, theirs = self.common, other.common
        self.common = View(mine.own & theirs.own, mine.all & theirs.all)
        self.each |= other.each


class Part:
    """Entries of one paper, while others are still joined with them."""

    def __init__(self, entry: Entry) -> None:
        self.entries = deque([entry])
        self._subjects = {name: Views(view) for name, view in entry.views.items()}

    def conflicts(self, other: Part) -> bool:
        """Whether any two entries of both are never one paper."""
        few, many = sorted((self._subjects, other._subjects), key=len)
        return any(
            views.conflict(many[name]) for name, views in few.items() if name in many
        )

    def joined(self, other: Part) -> Part:
        """Both as one, its own entries first; neither can be used any longer.

        Takes as long as the smaller one is large.
        """
        if len(self.entries) < len(other.entries):
            other.entries.extendleft(reversed(self.entries))
            return other._with_views_of(self)
        self.entries.extend(other.entries)
        return self._with_views_of(other)

    def _with_views_of(self, other: Part) -> Part:
        for name, views in other._subjects.items():
            if name in self._subjects:
                self._subjects[name].add(views)
            else:
                self._subjects[name] = views
        return self


def have_conflict(entries: Iterable[Entry]) -> bool:
    """Whether any two of these are never one paper."""
    parts = map(Part, entries)
    together = next(parts)
    for part in parts:
        if together.conflicts(part):
            return True
        together = together.joined(part)
    return False
