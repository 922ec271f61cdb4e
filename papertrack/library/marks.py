"""Marking: the reader's tags, statuses, stars and notes.

Each change of marks is one transaction with its step of the undo log.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from papertrack.core import tags
from papertrack.core.model import Mark
from papertrack.core.wording import plural
from papertrack.index.index import Index
from papertrack.joining.marks import join_marks
from papertrack.library import apply_rules
from papertrack.library.apply_rules import Changed, Look, Outcome
from papertrack.library.rules import Rule
from papertrack.library.settings import Settings
from papertrack.query.language import Clause
from papertrack.storage.layout import Document, NewDocuments

if TYPE_CHECKING:
    from papertrack.library.undo import Undone

Decide = Callable[[Look], Mapping[str, Mark]]
"""Given how to look up the mark of a main key, the new marks by main key."""


class Renaming(NamedTuple):
    """A renamed tag: the marks before and after by main key; the tags that were renamed,
    the old one and those below it; existing tags that some of them were merged into."""

    marks: Changed
    names: tuple[str, ...]
    merged: tuple[str, ...]


def changed_marks(
    index: Index,
    decide: Decide,
    *,
    now: str,
) -> tuple[Changed, NewDocuments]:
    """What changes if papers are marked as `decide` says; and the documents to store."""
    documents = index.marks()

    @cache
    def marked_keys(key: str) -> list[str]:
        return [old for old in index.keys_of(key) if old in documents]

    @cache
    def look(key: str) -> Mark:
        marks = [Mark.from_json(documents[old]) for old in marked_keys(key)]
        return join_marks(marks)

    changed = {}
    new_documents: dict[str, Document | None] = {}
    for key, new in decide(look).items():
        old = look(key)
        if new.status != old.status:
            new = new._replace(marked=now)
        if new != old:
            # Marks under old keys of the paper move to its main key.
            new_documents |= dict.fromkeys(marked_keys(key))
            new_documents[key] = _document(key, new)
            changed[key] = (old, new)
    return changed, new_documents


def _document(key: str, mark: Mark) -> Document | None:
    """The document of a mark; None for an empty mark."""
    document = mark.as_json(key)
    if document.keys() <= {"key", "marked"}:
        return None
    return document


class Marking:
    """Changing the marks of a library; undo and redo; removing papers."""

    def __init__(self, settings: Settings, index: Index) -> None:
        self.settings = settings
        self.index = index

    def mark(
        self,
        keys: Iterable[str],
        change: Callable[[Mark], Mark],
        *,
        what: Callable[[int], str],
    ) -> int:
        """Change the marks of papers, by main keys; how many changed.

        `what` is the text of the undo log for so many papers. Raises StoreError.
        """
        wanted = list(dict.fromkeys(keys))
        changed = self.mark_papers(
            lambda look: {key: change(look(key)) for key in wanted}, what=what
        )
        return len(changed)

    def mark_papers(
        self,
        decide: Decide,
        *,
        what: Callable[[int], str],
        dry_run: bool = False,
    ) -> Changed:
        """Mark papers as `decide` says; the marks before and after of those that changed.

        `what` is the text of the undo log for so many papers. Raises StoreError.
        """
        with self.settings.edit(self.index, dry_run=dry_run) as edit:
            changed, stored = changed_marks(self.index, decide, now=edit.now)
            if changed and not dry_run:
                edit.set_marks(stored)
                edit.log(what(len(changed)))
        return changed

    def apply_rules(
        self,
        rules: Sequence[tuple[Rule, Clause]],
        *,
        dry_run: bool = False,
    ) -> Outcome:
        """Apply rules, in this order, to the whole library. Raises StoreError."""
        applied: list[str] = []

        def decide(look: Look) -> dict[str, Mark]:
            with self.index.draft({}):
                return apply_rules.new_marks(
                    self.index,
                    rules,
                    look,
                    on_change=lambda rule: applied.append(rule.name),
                )

        def what(count: int) -> str:
            named = apply_rules.named(applied)
            return f"applied {named} to {plural(count, 'paper')}"

        marks = self.mark_papers(decide, what=what, dry_run=dry_run)
        return Outcome(marks, rules=applied)

    def rename_tag(
        self,
        old: str,
        new: str,
        *,
        dry_run: bool = False,
    ) -> Renaming:
        """Rename a tag, and the tags below it (`old/x`), in all marks.

        If there is a tag of the new name, both become one, spelled as that. Raises
        StoreError.
        """
        with self.settings.edit(self.index, dry_run=dry_run) as edit:
            documents = dict(self.index.marks())
            used = {tag for one in documents.values() for tag in one.get("tags") or ()}
            names = tags.renaming(used, old, new)
            marks = {}
            changed = {}
            for key, before in documents.items():
                old_tags = before.get("tags") or []
                if names.to.keys().isdisjoint(old_tags):
                    continue
                renamed = tuple(names.to.get(tag, tag) for tag in old_tags)
                new_tags = list(tags.added((), renamed))
                if new_tags != old_tags:
                    after = {**before, "tags": new_tags}
                    changed[key] = after
                    main = self.index.main_key(key) or key
                    marks[main] = (Mark.from_json(before), Mark.from_json(after))
            if changed:
                done = f"renamed the tag {old} to"
                if names.merged:
                    done = f"merged the tag {old} into"
                edit.set_marks(changed)
                edit.log(f"{done} {new} on {plural(len(changed), 'paper')}")
        return Renaming(marks, tuple(names.to), names.merged)

    # ------------------------------------------------------------------ undo

    def undo(self, count: int = 1) -> Undone:
        """Undo the last `count` steps, as one step. Raises StoreError."""
        from papertrack.library import undo  # with joining: 3 % of a `tag add`

        return undo.undo(self.settings, self.index, count)

    def redo(self, count: int = 1) -> Undone:
        """Undo the last `count` undoings, unless something was changed since."""
        from papertrack.library import undo

        return undo.redo(self.settings, self.index, count)

    def remove(self, keys: Collection[str], *, what: str) -> None:
        """Remove papers, by main key, and their marks. Raises StoreError."""
        from papertrack.library import undo

        undo.remove(self.settings, self.index, keys, what=what)
