"""Several marks of one paper as one, without losing anything; in any order."""

from __future__ import annotations

from collections.abc import Sequence

from papertrack.core import tags
from papertrack.core.model import STATUSES, Mark


def join_marks(marks: Sequence[Mark]) -> Mark:
    """All tags and notes, any star, and the status that was set last.

    Of no marks, the mark of a new paper.
    """
    if not marks:
        return Mark()
    if len(marks) == 1:
        return marks[0]

    def age(mark: Mark) -> tuple[str, int]:
        return mark.marked or "", STATUSES.index(mark.status)

    newest = max(marks, key=age)
    return Mark(
        tags=_join_tags(marks),
        status=newest.status,
        starred=any(mark.starred for mark in marks),
        note=_join_notes({mark.note for mark in marks if mark.note}),
        marked=newest.marked,
    )


def imported(existing: Mark, new: Mark) -> Mark:
    """An existing mark with an imported one: what the reader set stays, tags are added."""
    return Mark(
        tags=tags.added(existing.tags, new.tags),
        status=new.status if existing.status == "unread" else existing.status,
        starred=existing.starred or new.starred,
        note=existing.note or new.note,
        marked=existing.marked,
    )


def _join_tags(marks: Sequence[Mark]) -> tuple[str, ...]:
    """All tags in the order of the one mark that has all, else sorted."""
    every: set[str] = set()
    for mark in marks:
        every.update(mark.tags)
    orders = {mark.tags for mark in marks if every == {*mark.tags}}
    if len(orders) == 1:
        return orders.pop()
    return tuple(sorted(every))


def _join_notes(notes: set[str]) -> str | None:
    """The notes, sorted, except those that are paragraphs of another."""
    # Only these can have another as a part; most notes are one line.
    long = [note for note in notes if "\n" in note]

    def is_part(note: str) -> bool:
        others = (f"\n\n{other}\n\n" for other in long if other != note)
        return any(f"\n\n{note}\n\n" in other for other in others)

    return "\n\n".join(note for note in sorted(notes) if not is_part(note)) or None
