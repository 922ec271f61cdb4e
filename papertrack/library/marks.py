"""Marking: what the reader says of papers, each write a step that `undo` takes back.

A step is written before the marks that it changes, so that there is no change that can't be undone; one that was cut
off between the two is seen by comparing both. All of it happens under the library's lock.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from papertrack.core import tags
from papertrack.core.model import Mark
from papertrack.library import undo_log as log
from papertrack.library.undo_log import Change, Step
from papertrack.storage import layout

if TYPE_CHECKING:
    from papertrack.library.library import Library


class Renaming(NamedTuple):
    """What renaming a tag did: main key -> mark before and after; the tags that were renamed, the old one and those
    below it; the tags that were there before, into which some were merged."""

    marks: dict[str, tuple[Mark, Mark]]
    names: tuple[str, ...]
    merged: tuple[str, ...]


class Marking:
    """The marks of a library and the log of what changed them."""

    def __init__(self, library: Library) -> None:
        self.library = library
        self.root = library.root
        self.now = library.now
        self.index = library.index
        self.settings = library.settings

    def mark(
        self,
        keys: Iterable[str],
        change: Callable[[Mark], Mark],
        *,
        what: Callable[[int], str],
    ) -> int:
        """Change the marks of papers, as one step that `undo` takes back; how many papers changed.

        `keys` are main keys; `what` says of so many papers what was done. Raises StoreError.
        """
        wanted = list(dict.fromkeys(keys))
        return len(
            self.mark_papers(
                lambda look: {key: change(look(key)) for key in wanted}, what=what
            )
        )

    def mark_papers(
        self,
        decide: Callable[[Callable[[str], Mark]], Mapping[str, Mark]],
        *,
        what: Callable[[int], str],
        dry_run: bool = False,
        ruled: bool = False,
    ) -> dict[str, tuple[Mark, Mark]]:
        """Mark papers as `decide` says, as one step; the mark before and after of each paper that changed.

        `decide` gets how to look up a paper's mark, and gives the marks by main key. `ruled` notes that rules did it.
        """
        from papertrack.joining.marks import join_marks
        from papertrack.storage import writing as store

        with contextlib.nullcontext() if dry_run else store.locked(self.root):
            self.index.refresh()
            documents = self._documents()

            @cache
            def held(key: str) -> list[str]:
                return [old for old in self.index.keys_of(key) if old in documents]

            def look(key: str) -> Mark:
                return join_marks(
                    [Mark.from_json(documents[old]) for old in held(key)] or [Mark()]
                )

            changed: dict[str, tuple[Mark, Mark]] = {}
            after: dict[str, dict[str, Any] | None] = {}
            for key, new in decide(look).items():
                mark = look(key)
                if new.status != mark.status:
                    new = new._replace(marked=self.now)
                if new != mark:
                    # What was said under a paper's old keys moves to its main one.
                    after.update(dict.fromkeys(held(key)))
                    after[key] = _document(key, new)
                    changed[key] = mark, new
            if not dry_run:
                self._put(
                    documents,
                    after,
                    what(len(changed)),
                    puts=self.settings.ruled_now() if ruled else {},
                )
        return changed

    def rename_tag(self, old: str, new: str, *, dry_run: bool = False) -> Renaming:
        """Rename a tag, and the tags below it (`old/x`), wherever it stands. A name that another tag has by then is
        spelled as that one, and both are one tag. Raises StoreError."""
        from papertrack.storage import writing as store

        with contextlib.nullcontext() if dry_run else store.locked(self.root):
            self.index.refresh()
            documents = dict(self._documents())
            names = tags.renaming(
                {tag for one in documents.values() for tag in one.get("tags") or ()},
                old,
                new,
            )
            after: dict[str, dict[str, Any] | None] = {}
            for key, document in documents.items():
                held = document.get("tags") or []
                if any(tag in names.to for tag in held):
                    made = list(
                        tags.added((), tuple(names.to.get(tag, tag) for tag in held))
                    )
                    after.update(
                        {key: {**document, "tags": made}} if made != held else {}
                    )
            done = "merged the tag" if names.merged else "renamed the tag"
            if not dry_run:
                self._put(
                    documents,
                    after,
                    f"{done} {old} {'into' if names.merged else 'to'} {new} on "
                    f"{len(after)} paper{'s' * (len(after) != 1)}",
                )
        marks = {
            self.library.main_key(key) or key: (
                Mark.from_json(documents[key]),
                Mark.from_json(document),
            )
            for key, document in after.items()
            if document
        }
        return Renaming(marks, tuple(names.to), names.merged)

    def tag_names(self) -> list[str]:
        """All tags, those of hidden papers too."""
        return sorted(
            {
                tag
                for document in self._documents().values()
                for tag in document.get("tags") or ()
            }
        )

    def undo(self, count: int = 1) -> list[Step]:
        """Take back the last `count` steps that still stand, as one; those that were there, newest first."""
        from papertrack.storage import writing as store

        with store.locked(self.root):
            self.index.refresh()
            marks = self._documents()
            taken = log.standing(self.settings.steps(marks))[:count]
            if taken:
                told = taken[0].what if len(taken) == 1 else f"{len(taken)} steps"
                self._turn_back(taken, marks, f"undid: {told}")
        return taken

    def redo(self) -> Step | None:
        """Take back the last undoing, unless something else was done since; the step that it was."""
        from papertrack.storage import writing as store

        with store.locked(self.root):
            self.index.refresh()
            marks = self._documents()
            step = log.to_redo(self.settings.steps(marks))
            if step:
                self._turn_back(
                    [step], marks, f"redid: {step.what.removeprefix('undid: ')}"
                )
        return step

    def _turn_back(
        self, taken: Sequence[Step], marks: Mapping[str, dict[str, Any]], what: str
    ) -> None:
        """Put back what was there before these steps, newest first: a step too, that says what it replaces."""
        puts = log.restored(taken, self.root)
        now = {
            spot: marks.get(spot[1])
            if spot[0] == log.MARKS
            else self.settings.current(*spot)
            for spot in puts
        }
        changed = {
            spot: document for spot, document in puts.items() if document != now[spot]
        }
        changes = [Change(*spot, now[spot]) for spot in changed]
        desk = {
            spot: document for spot, document in changed.items() if spot[0] != log.MARKS
        }
        archives = [step.archive for step in taken if step.archive]
        aside = self._papers_back(archives[-1]) if archives else None
        self.settings.add_step(
            what,
            changes,
            marks,
            undoes=[step.number for step in taken],
            puts=desk,
            archive=aside,
        )
        marked = {
            key: document
            for (table, key), document in changed.items()
            if table == log.MARKS
        }
        if marked:
            self._write(marked)
        if marked or aside:
            self.index.refresh()

    def _papers_back(self, name: str) -> str:
        """Put the papers back that an archive holds; the archive of those that stood here until then."""
        from papertrack.storage import archive, backups
        from papertrack.storage import transaction as replacing

        source = self.root / layout.BACKUPS / name
        archive.check(source, papers_only=True)
        aside = backups.save_library(self.root, self.now, "before-undo")
        months = (
            one for one in archive.unpack(source) if one[0].startswith(layout.PAPERS)
        )
        replacing.replace(self.root, months, keep=())
        backups.delete_old_saved(self.root)
        return aside.name

    def log(self) -> list[tuple[Step, bool]]:
        """The steps of the undo log, newest first, each with whether it was taken back."""
        steps = self.settings.steps(self._documents())
        undone = log.undone(steps)
        return [(step, step.number in undone) for step in reversed(steps)]

    def put(
        self,
        marks: Mapping[str, dict[str, Any]],
        desk: Mapping[tuple[str, str], dict[str, Any]],
        what: str,
    ) -> None:
        """Set documents of marks and desk as one step. Hold the lock."""
        if not marks and not desk:
            return
        before = self._documents()
        changes = [Change(log.MARKS, key, before.get(key)) for key in marks]
        changes += [Change(*spot, self.settings.current(*spot)) for spot in desk]
        self.settings.add_step(what, changes, before, puts=desk)
        if marks:
            self._write(marks)

    def _documents(self) -> Mapping[str, dict[str, Any]]:
        """The documents of marks.json by key, as they stand before a write. Hold the lock, the index up to date."""
        return self.index.marks()

    def _put(
        self,
        before: Mapping[str, dict[str, Any]],
        after: Mapping[str, dict[str, Any] | None],
        what: str,
        *,
        puts: Mapping[tuple[str, str], dict[str, Any] | None] = MappingProxyType({}),
    ) -> None:
        """Write marks and the step that undoes them: the step first, so that no change can't be undone.

        `puts` are documents of the desk that are set with the step.
        """
        from papertrack.storage import writing as store

        changes = [
            Change(log.MARKS, key, before.get(key))
            for key in after
            if before.get(key) != after[key]
        ]
        if not changes:
            if puts:
                self.settings.mark_ruled()
            return
        store.check(list(after.values()))
        self.settings.add_step(what, changes, before, puts=puts)
        self._write(after)

    def _write(self, documents: Mapping[str, dict[str, Any] | None]) -> None:
        """Write marks, and tell the index which."""
        from papertrack.index.update import FileChange
        from papertrack.storage import backups
        from papertrack.storage import writing as store

        puts = {
            key: document for key, document in documents.items() if document is not None
        }
        gone = frozenset(key for key, document in documents.items() if document is None)
        backups.keep(self.root, layout.MARKS, self.now)
        before, lined = self.index.stamp(layout.MARKS)
        after = store.change(
            self.root / layout.MARKS, "marks", puts, gone, known=before, lined=lined
        )
        self.index.refresh(
            {layout.MARKS: FileChange(before, after, documents)} if after else {}
        )


def _document(key: str, mark: Mark) -> dict[str, Any] | None:
    """The document of a mark; None for a mark that says nothing."""
    document = mark.as_json(key)
    return document if set(document) - {"key", "marked"} else None
