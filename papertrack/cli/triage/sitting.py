"""One sitting: the papers, where the reader is, what was decided, what can be undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

from papertrack.core.model import Mark, Paper
from papertrack.core.wording import plural
from papertrack.library.decisions import Decision, decided


class Sitting:
    """The state of triage. After the last paper, `paper` is None."""

    def __init__(self, papers: Sequence[Paper]) -> None:
        self._all = list(papers)
        self._shown = list(papers)
        self._original = {paper.key: _mark_of(paper) for paper in papers}
        self._marks = dict(self._original)
        self._done: list[Decision] = []
        self._undone: list[Decision] = []
        self._unsaved: list[Decision] = []
        self.position = 0

    # ------------------------------------------------------------------ the papers

    @property
    def total(self) -> int:
        """How many papers are shown."""
        return len(self._shown)

    @property
    def is_narrowed(self) -> bool:
        """Whether a query leaves some papers out."""
        return len(self._shown) < len(self._all)

    @property
    def keys(self) -> list[str]:
        """The main keys of all papers, also those that a query leaves out."""
        return [paper.key for paper in self._all]

    @property
    def paper(self) -> Paper | None:
        """The paper on the screen, as it is marked now."""
        if self.position >= len(self._shown):
            return None
        paper = self._shown[self.position]
        mark = self._marks[paper.key]
        return paper._replace(
            tags=mark.tags, status=mark.status, starred=mark.starred, note=mark.note
        )

    def move(self, step: int) -> None:
        """Show the paper that is so many further, or what follows the last one."""
        self.position = min(max(self.position + step, 0), len(self._shown))

    def narrow(self, keys: Collection[str]) -> bool:
        """Show the papers with these keys only; False, and no change, if there are none."""
        shown = [paper for paper in self._all if paper.key in keys]
        if shown:
            self._shown = shown
            self.position = 0
        return bool(shown)

    def widen(self) -> None:
        """Show all papers, and stay at the one on the screen."""
        paper = self.paper
        self._shown = list(self._all)
        if paper is not None:
            self._go_to(paper.key)

    def _go_to(self, key: str) -> None:
        for place, paper in enumerate(self._shown):
            if paper.key == key:
                self.position = place
                return
        self._shown = list(self._all)
        self._go_to(key)

    # ------------------------------------------------------------------ decisions

    @property
    def decided(self) -> int:
        """About how many papers something was decided."""
        return len({decision.key for decision in self._done})

    def decide(self, change: Callable[[Mark], Mark]) -> None:
        """Change the mark of the paper on the screen."""
        paper = self.paper
        if paper is None:
            return
        before = self._marks[paper.key]
        decision = Decision(paper.key, before, change(before))
        self._apply(decision)
        self._done.append(decision)
        self._undone.clear()

    def undo(self) -> Decision | None:
        """Undo the last decision and go to its paper; None if there is none."""
        if not self._done:
            return None
        decision = self._done.pop()
        self._undone.append(decision)
        self._apply(decision.reverse)
        self._go_to(decision.key)
        return decision

    def redo(self) -> Decision | None:
        """Redo what was undone last and go to its paper; None if there is none."""
        if not self._undone:
            return None
        decision = self._undone.pop()
        self._done.append(decision)
        self._apply(decision)
        self._go_to(decision.key)
        return decision

    def _apply(self, decision: Decision) -> None:
        self._marks[decision.key] = decided(self._marks[decision.key], decision)
        if decision.before != decision.after:
            self._unsaved.append(decision)

    # ------------------------------------------------------------------ saving

    @property
    def unsaved(self) -> int:
        """How many decisions are yet to be saved."""
        return len(self._unsaved)

    def take_unsaved(self) -> list[Decision]:
        """The decisions that are yet to be saved; they count as saved from here on."""
        batch, self._unsaved = self._unsaved, []
        return batch

    def put_back(self, batch: Sequence[Decision]) -> None:
        """Count these decisions, which were taken before, as unsaved."""
        self._unsaved[:0] = batch

    def summary(self) -> str:
        """`21 read, 5 later, 2 starred`; empty if nothing has changed."""
        changes = {}
        for key, old in self._original.items():
            changes[key] = (old, self._marks[key])
        return summary(changes)


def _mark_of(paper: Paper) -> Mark:
    return Mark(paper.tags, paper.status, paper.starred, paper.note)


def step_text(changes: Mapping[str, tuple[Mark, Mark]]) -> str:
    """The text of the undo log: `triaged 30 papers: 21 read, 5 later, 2 starred`."""
    return f"triaged {plural(len(changes), 'paper')}: {summary(changes)}"


def summary(changes: Mapping[str, tuple[Mark, Mark]]) -> str:
    """What changed, counted: `21 read, 5 later, 2 starred`."""
    counts = Counter(_kinds(changes.values()))
    order = ("read", "later", "hidden", "unread", "starred", "unstarred")
    names = [*order, "tagged", "with a note"]
    return ", ".join(f"{counts[name]} {name}" for name in names if counts[name])


def _kinds(changes: Iterable[tuple[Mark, Mark]]) -> Iterable[str]:
    for before, after in changes:
        if before.status != after.status:
            yield after.status
        if before.starred != after.starred:
            yield "starred" if after.starred else "unstarred"
        if set(before.tags) != set(after.tags):
            yield "tagged"
        if before.note != after.note:
            yield "with a note"
