"""A decision about a paper: a change of its mark, on top of what others changed.

Apart from `batches`, which writes them: a screen can be shown before that is imported.
"""

from __future__ import annotations

from typing import NamedTuple

from papertrack.core import tags
from papertrack.core.model import Mark


class Decision(NamedTuple):
    """A change of the mark of a paper, by main key, as the reader saw it."""

    key: str
    before: Mark
    after: Mark

    @property
    def reverse(self) -> Decision:
        """The decision that undoes this one."""
        return Decision(self.key, self.after, self.before)


def decided(mark: Mark, decision: Decision) -> Mark:
    """The mark after a decision; what this is not about stays as it is."""
    _, before, after = decision
    if before.status != after.status:
        mark = mark._replace(status=after.status)
    if before.starred != after.starred:
        mark = mark._replace(starred=after.starred)
    if before.note != after.note:
        mark = mark._replace(note=after.note)
    old = {tag.casefold() for tag in before.tags}
    new = {tag.casefold() for tag in after.tags}
    if old != new:
        left = tuple(tag for tag in mark.tags if tag.casefold() not in old - new)
        more = tuple(tag for tag in after.tags if tag.casefold() not in old)
        mark = mark._replace(tags=tags.added(left, more))
    return mark
