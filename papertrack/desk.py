"""The reader's desk (desk.json): what is followed, how far each source was read, the history of fetching, the undo log.

Steps of the undo log are written by `library`, which holds the lock; the rest takes it here.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from papertrack import files
from papertrack.model import Reading

UNDO_STEPS = 100
HISTORY = 500

Document = dict[str, Any]


class Followed(NamedTuple):
    """A target that a bare fetch takes, and what the reader calls it."""

    target: str
    name: str


class Desk:
    """The desk of the library at `root`. `now` is ISO 8601 in UTC."""

    def __init__(self, root: Path, *, now: str) -> None:
        self.root = root
        self.now = now

    def _documents(self, table: str) -> list[Document]:
        return list(files.read_tables(self.root / files.DESK).get(table, {}).values())

    def _put(self, table: str, documents: Mapping[str, Document], gone: Sequence[str] = ()) -> None:
        """Set documents by their key, and drop others. Hold the lock."""
        from papertrack import backups, store  # TinyDB; on writing only

        with store.opened(self.root / files.DESK) as database:
            backups.keep(self.root, files.DESK, self.now)
            store.put(database, table, documents, gone=frozenset(gone))

    def _append(self, table: str, document: Document, keep: int) -> None:
        """Add a document under the next number, and drop the oldest beyond `keep`."""
        numbers = sorted(int(held["key"]) for held in self._documents(table))
        number = str(numbers[-1] + 1 if numbers else 1)
        oldest = numbers[: max(len(numbers) + 1 - keep, 0)]
        self._put(table, {number: {"key": number, "at": self.now, **document}}, [str(old) for old in oldest])

    # ------------------------------------------------------------------ undo

    def last_step(self) -> Document | None:
        """The last step that still stands: `what`, and `changes` of `key` and the document `before`."""
        return max(self._documents("undo"), key=lambda step: int(step["key"]), default=None)

    def add_step(self, what: str, changes: Sequence[Document]) -> None:
        """Remember what a marking replaces."""
        self._append("undo", {"what": what, "changes": list(changes)}, UNDO_STEPS)

    def drop_step(self, step: Document) -> None:
        """Forget a step that was taken back."""
        self._put("undo", {}, [step["key"]])

    # ------------------------------------------------------------------ fetching

    def readings(self) -> dict[str, Reading]:
        """How reading each source stands, by target."""
        return {document["key"]: _reading(document) for document in self._documents("sources")}

    def note(self, reading: Reading) -> None:
        """Note how reading a source stands."""
        from papertrack import store

        said = {name: value for name, value in reading._asdict().items() if value not in (None, ())}
        with store.locked(self.root):
            self._put("sources", {reading.target: {"key": said.pop("target"), **said}})

    def record(self, targets: Sequence[Document]) -> None:
        """Add to the history what a fetch gave: `target`, `new`, `updated`, `known`, `errors` of each target."""
        from papertrack import store

        with store.locked(self.root):
            self._append("history", {"targets": list(targets)}, HISTORY)

    # ------------------------------------------------------------------ following

    def followed(self) -> list[Followed]:
        """What is followed, in the order in which it was added."""
        documents = sorted(self._documents("feeds"), key=lambda document: str(document.get("at", "")))
        return [Followed(document["key"], str(document.get("name") or document["key"])) for document in documents]

    def bare(self) -> list[Followed]:
        """What a bare fetch takes: what is followed, else Hugging Face's Daily Papers."""
        return self.followed() or [Followed("hf", "hf")]

    def follow(self, feeds: Sequence[Followed]) -> None:
        """Follow targets; one that is followed already gets the new name. Hold no lock."""
        from papertrack import store

        with store.locked(self.root):
            held = {document["key"]: document for document in self._documents("feeds")}
            at = {feed.target: held.get(feed.target, {}).get("at", self.now) for feed in feeds}
            self._put("feeds", {t: {"key": t, "name": name, "at": at[t]} for t, name in feeds})

    def unfollow(self, targets: Sequence[str]) -> None:
        """Follow targets no longer; what was fetched of them stays."""
        from papertrack import store

        with store.locked(self.root):
            self._put("feeds", {}, targets)


def _reading(document: Document) -> Reading:
    """A reading as it is stored; what a hand has left without sense is passed by."""
    known = {name: document[name] for name in Reading._fields if name in document and name != "missed"}
    missed = document.get("missed")
    spans = tuple(span for span in missed if _is_span(span)) if isinstance(missed, list) else ()
    return Reading(**{**known, "target": document["key"]}, missed=spans)


def _is_span(text: object) -> bool:
    """Whether `text` is two ISO days in order, `first/last`."""
    return isinstance(text, str) and bool(re.fullmatch(r"\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d", text))

