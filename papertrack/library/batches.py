"""Decisions about papers that are written in several batches, as one step of the undo log.

What another process changes in between stays: a decision changes only what it is about.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

from papertrack.core.errors import StoreError
from papertrack.core.model import Mark
from papertrack.index.index import Index
from papertrack.library import undo_log
from papertrack.library.apply_rules import Changed, Look
from papertrack.library.decisions import Decision, decided
from papertrack.library.edit import Edit
from papertrack.library.marks import changed_marks
from papertrack.library.settings import Settings
from papertrack.library.undo_log import Step


class Batches:
    """Writes batches of decisions.

    They are one step, unless another process has changed what an earlier batch did:
    then a new step begins, so that each step can be undone on its own.
    """

    def __init__(
        self,
        settings: Settings,
        index: Index,
        what: Callable[[Changed], str],
    ) -> None:
        self.settings = settings
        self.index = index
        self._what = what
        self._step: Step | None = None
        self._changed: Changed = {}

    def write(self, decisions: Sequence[Decision], *, now: str) -> Changed:
        """Write decisions, in their order; the marks that changed, before and after.

        `now` is ISO 8601 in UTC. Raises StoreError.
        """
        with self.settings.edit(self.index, now=now) as edit:
            changed, stored = changed_marks(
                self.index, lambda look: _new_marks(decisions, look), now=now
            )
            if not changed:
                return {}
            step = self._resumable(edit)
            edit.set_marks(stored)
            all_changed = _joined(self._changed if step else {}, changed)
            what = self._what(all_changed)
            step = edit.log(what) if step is None else edit.log_again(step, what)
        self._step = step
        self._changed = all_changed
        return changed

    def _resumable(self, edit: Edit) -> Step | None:
        """The step of the earlier batches, if it may end up after all later steps."""
        if self._step is None:
            return None
        try:
            if undo_log.is_independent(self._step, edit.steps, edit.root):
                return self._step
        except StoreError:  # the file of a step is missing
            return None
        return None


def _new_marks(decisions: Iterable[Decision], look: Look) -> dict[str, Mark]:
    new: dict[str, Mark] = {}
    for decision in decisions:
        key = decision.key
        new[key] = decided(new.get(key) or look(key), decision)
    return new


def _joined(earlier: Changed, later: Changed) -> Changed:
    """What changed in all: the first mark of each paper, and the last.

    When a status was set is not looked at: a change that was undone is none.
    """
    changed = {}
    for key in {**earlier, **later}:
        old, _ = earlier.get(key) or later[key]
        _, new = later.get(key) or earlier[key]
        if old._replace(marked=None) != new._replace(marked=None):
            changed[key] = (old, new)
    return changed
