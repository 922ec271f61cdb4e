"""A line of input with completion: the tags of a paper, or a query."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from papertrack.cli.triage.keys import Key, Paste
from papertrack.core.text import clean

Complete = Callable[[str], Sequence[str]]
"""Given the text before the cursor, the texts that it may become."""

LONGEST = 2_000
"""Characters of a line at most."""


def no_completion(text: str) -> Sequence[str]:
    """No text completes a query."""
    return ()


class Line:
    """A text that is edited, with a cursor at an offset in it."""

    def __init__(
        self, label: str, text: str = "", complete: Complete = no_completion
    ) -> None:
        self.label = label
        self.text = text
        self.cursor = len(text)
        self._complete = complete
        self._cycle: list[str] = []

    @property
    def candidates(self) -> Sequence[str]:
        """What the text before the cursor may become."""
        return self._complete(self.text[: self.cursor])

    def press(self, key: Key) -> None:
        """Edit the text; a key that edits nothing is ignored."""
        if key in ("tab", "backtab"):
            self._cycle_by(1 if key == "tab" else -1)
            return
        self._cycle = []
        if isinstance(key, Paste):
            self._insert(clean(key.text))
        elif key == "space":
            self._insert(" ")
        elif len(key) == 1:
            self._insert(key)
        elif key in _EDITS:
            _EDITS[key](self)

    def _insert(self, text: str) -> None:
        room = max(LONGEST - len(self.text), 0)
        text = text[:room]
        before, after = self.text[: self.cursor], self.text[self.cursor :]
        self.text = before + text + after
        self.cursor += len(text)

    def _cycle_by(self, step: int) -> None:
        """Put the next candidate in the place of the text before the cursor."""
        if not self._cycle:
            self._cycle = [self.text[: self.cursor], *self.candidates]
            self._place = 0
        self._place = (self._place + step) % len(self._cycle)
        after = self.text[self.cursor :]
        before = self._cycle[self._place]
        self.text = before + after
        self.cursor = len(before)

    def _delete_to(self, place: int) -> None:
        """Delete what is between the cursor and an offset."""
        start, end = sorted((self.cursor, min(max(place, 0), len(self.text))))
        self.text = self.text[:start] + self.text[end:]
        self.cursor = start

    def _move_to(self, place: int) -> None:
        self.cursor = min(max(place, 0), len(self.text))

    def _delete_word(self) -> None:
        before = self.text[: self.cursor].rstrip(" ,/")
        cut = max(map(before.rfind, " ,/")) + 1
        self._delete_to(cut)


_EDITS: dict[str, Callable[[Line], None]] = {
    "backspace": lambda line: line._delete_to(line.cursor - 1),
    "delete": lambda line: line._delete_to(line.cursor + 1),
    "left": lambda line: line._move_to(line.cursor - 1),
    "right": lambda line: line._move_to(line.cursor + 1),
    "home": lambda line: line._move_to(0),
    "end": lambda line: line._move_to(len(line.text)),
    "ctrl-a": lambda line: line._move_to(0),
    "ctrl-e": lambda line: line._move_to(len(line.text)),
    "ctrl-u": lambda line: line._delete_to(0),
    "ctrl-k": lambda line: line._delete_to(len(line.text)),
    "ctrl-w": lambda line: line._delete_word(),
}
"""Keys that edit, as in a shell."""


class TagNames:
    """The tags that are known, to complete the last one of `a, b`."""

    def __init__(self, known: Sequence[str]) -> None:
        self.known = sorted(known, key=str.casefold)

    def add(self, names: Sequence[str]) -> None:
        """Know these tags, too."""
        self.known = sorted({*self.known, *names}, key=str.casefold)

    def __call__(self, text: str) -> Sequence[str]:
        """The text with its last tag completed, for each tag that begins like it."""
        before, comma, last = text.rpartition(",")
        typed = last.strip().casefold()
        space = " " if comma else ""
        start = f"{before}{comma}{space}"
        used = {name.strip().casefold() for name in before.split(",")}
        found = []
        for name in self.known:
            folded = name.casefold()
            if typed and folded.startswith(typed) and folded not in used:
                found.append(f"{start}{name}")
        return found
