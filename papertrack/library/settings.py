"""The reader's desk (desk.json): saved views, rules, what is followed, how far each source was read, the history of
fetching, and the undo log.

Whatever the reader may take back is written together with its step of the log. Steps that change marks are written by
`library`, which holds the lock; the rest takes it here.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from papertrack.core.errors import StoreError
from papertrack.core.model import Reading
from papertrack.core.text import clean, shorten
from papertrack.library import rules
from papertrack.library import undo_log as steps
from papertrack.library.rules import Rule
from papertrack.library.undo_log import Change, Step
from papertrack.query import views
from papertrack.query.views import View
from papertrack.storage import layout
from papertrack.storage import reading as files

HISTORY = 200

Document = dict[str, Any]

COMPLETED = {"views": "query", "rules": "if", "feeds": "key"}
"""The tables whose names the shells complete -> what explains a name."""


class Followed(NamedTuple):
    """A target that a bare fetch takes, and what the reader calls it; `by` is the file that named it, if one did."""

    target: str
    name: str
    by: str | None = None


class Settings:
    """The desk of the library at `root`. `now` is ISO 8601 in UTC; what the shells complete is put into `cache`."""

    def __init__(self, root: Path, cache: Path, *, now: str) -> None:
        self.root = root
        self.cache = cache
        self.now = now

    def _documents(self, table: str) -> list[Document]:
        """The documents of a table; one without a key, as a hand may have left it, is passed by."""
        held = files.read_tables(self.root / layout.DESK).get(table, {}).values()
        return [document for document in held if isinstance(document.get("key"), str)]

    @contextlib.contextmanager
    def _opened(self) -> Iterator[Any]:
        """The TinyDB of the desk, put on disk at the end. Hold the lock."""
        from papertrack.storage import backups  # TinyDB; on writing only
        from papertrack.storage import writing as store

        with store.opened(self.root / layout.DESK) as database:
            backups.keep(self.root, layout.DESK, self.now)
            yield database

    def _append(self, table: str, document: Document, keep: int) -> None:
        """Add a document under the next number, and drop the oldest beyond `keep`. Hold the lock."""
        from papertrack.storage import writing as store

        with self._opened() as database:
            keys = (str(held.get("key")) for held in store.table(database, table))
            numbers = sorted(int(key) for key in keys if key.isdecimal())
            number = str(numbers[-1] + 1 if numbers else 1)
            oldest = frozenset(
                str(old) for old in numbers[: max(len(numbers) + 1 - keep, 0)]
            )
            store.put(
                database,
                table,
                {number: {"key": number, "at": self.now, **document}},
                gone=oldest,
            )

    # ------------------------------------------------------------------ undo

    def steps(self, marks: Mapping[str, Document]) -> list[Step]:
        """The undo log, oldest first, without a last step that was cut off before its marks were written.

        `marks` are the documents of marks.json by key.
        """
        found = steps.read(self._documents("undo"))
        return found[:-1] if found and found[-1].never_was(marks) else found

    def current(self, table: str, key: str) -> Document | None:
        """The document with this key."""
        return next(
            (
                document
                for document in self._documents(table)
                if document.get("key") == key
            ),
            None,
        )

    def add_step(
        self,
        what: str,
        changes: Sequence[Change],
        marks: Mapping[str, Document] | None,
        *,
        undoes: Sequence[int] = (),
        archive: str | None = None,
        puts: Mapping[tuple[str, str], Document | None] = MappingProxyType({}),
    ) -> None:
        """Log what is about to be changed, and set documents of the desk (`puts`, by table and key) in the same write.

        `marks` are the documents of marks.json by key, as they are before; None where the step is about none.
        Hold the lock.
        """
        from papertrack.storage import writing as store

        with self._opened() as database:
            log = steps.read(store.table(database, "undo"))
            never = (
                [log.pop()]
                if log and marks is not None and log[-1].never_was(marks)
                else []
            )
            number = log[-1].number + 1 if log else 1
            whole = steps.document(
                number, self.now, what, changes, undoes=undoes, archive=archive
            )
            made = steps.set_aside(self.root, whole)
            log += steps.read([made])
            gone = steps.outgrown(self.root, log)
            dropped = frozenset(
                str(old.number) for old in (*never, *gone) if old.number != number
            )
            store.put(database, "undo", {made["key"]: made}, gone=dropped)
            for table in {table for table, _ in puts}:
                documents = {
                    key: one for (held, key), one in puts.items() if held == table
                }
                store.put(
                    database,
                    table,
                    {key: one for key, one in documents.items() if one is not None},
                    gone=frozenset(
                        key for key, one in documents.items() if one is None
                    ),
                )
        if gone or made is not whole:
            steps.drop_files(self.root, [step for step in log if step not in gone])
        if puts:
            self.write_names()

    def change(
        self, table: str, documents: Mapping[str, Document | None], what: str
    ) -> None:
        """Set documents of a table by key (None: drop them), as one step that undo takes back. Hold the lock."""
        held = {document["key"]: document for document in self._documents(table)}
        changes = [Change(table, key, held.get(key)) for key in documents]
        self.add_step(
            what,
            changes,
            None,
            puts={(table, key): document for key, document in documents.items()},
        )

    def _spelled(self, table: str, names: Sequence[str]) -> list[str]:
        """The keys that these names have in a table, where a hand may have written them with capitals."""
        keys = (str(document["key"]) for document in self._documents(table))
        return [key for key in keys if key.casefold() in names]

    def write_names(self) -> None:
        """What the shells complete of the desk: a Tab starts no Python. What can't be written is passed by."""
        folder = self.cache / "complete"
        with contextlib.suppress(OSError, StoreError):
            tables = files.read_tables(self.root / layout.DESK)
            layout.private_folder(folder)
            for table, note in COMPLETED.items():
                rows = [
                    (one.get("name") or one.get("key"), one.get(note))
                    for one in tables.get(table, {}).values()
                ]
                lines = "".join(
                    f"{clean(str(name))}\t{clean(str(told))}\n" for name, told in rows
                )
                temporary = folder / f".{table}.tmp"
                with open(
                    temporary,
                    "w",
                    encoding="utf-8",
                    errors="replace",
                    opener=layout.owner_only,
                ) as file:
                    file.write(lines)
                temporary.replace(folder / f"{table}.tsv")

    # ------------------------------------------------------------------ views

    def views(self) -> dict[str, View]:
        """The saved views by name, in order; what a hand has left without sense is passed by."""
        found = (views.view_of(document) for document in self._documents("views"))
        return {view.name: view for view in sorted(view for view in found if view)}

    def save_view(self, view: View, *, what: str) -> None:
        """Save a view, in place of one of the same name."""
        from papertrack.storage import writing as store

        with store.locked(self.root):
            spelled = dict.fromkeys(self._spelled("views", [view.name]))
            self.change("views", {**spelled, view.name: views.document(view)}, what)

    def remove_views(self, names: Sequence[str], *, what: str) -> None:
        """Forget views."""
        from papertrack.storage import writing as store

        with store.locked(self.root):
            self.change("views", dict.fromkeys(self._spelled("views", names)), what)

    # ------------------------------------------------------------------ rules

    def rules(self) -> dict[str, Rule]:
        """The rules by name, in the order in which they are applied; what makes no sense is passed by."""
        documents = sorted(self._documents("rules"), key=rules.place_of)
        return {
            rule.name: rule
            for document in documents
            if (rule := rules.rule_of(document))
        }

    def arrange_rules(
        self, change: Callable[[dict[str, Rule]], Sequence[Rule]], *, what: str
    ) -> None:
        """Replace the rules by what `change` makes of them, in its order. Hold no lock."""
        from papertrack.storage import writing as store

        with store.locked(self.root):
            held = self.rules()
            if not held:
                self.mark_ruled()
            after = {
                rule.name: rules.document(rule, place)
                for place, rule in enumerate(change(held), 1)
            }
            before = {
                document["key"]: document for document in self._documents("rules")
            }
            changed = {
                name: document
                for name, document in after.items()
                if before.get(name) != document
            }
            gone = [key for key in self._spelled("rules", [*held]) if key not in after]
            self.change("rules", {**changed, **dict.fromkeys(gone)}, what)

    def ruled(self) -> str | None:
        """When rules were last applied to what was new, ISO 8601 in UTC; None where never."""
        return next(
            (str(document.get("at")) for document in self._documents("ruled")), None
        )

    def mark_ruled(self) -> None:
        """Note that the rules were applied to all that came until now. Hold the lock."""
        from papertrack.storage import writing as store

        with self._opened() as database:
            store.put(
                database,
                "ruled",
                {key: document for (_, key), document in self.ruled_now().items()},
            )

    def ruled_now(self) -> dict[tuple[str, str], Document]:
        """What notes it, for a step to put down; never a time before the one that stands, whatever the clock says."""
        return {
            ("ruled", "new"): {"key": "new", "at": max(self.now, self.ruled() or "")}
        }

    # ------------------------------------------------------------------ fetching

    def readings(self) -> dict[str, Reading]:
        """How reading each source stands, by target."""
        return {
            document["key"]: _reading(document)
            for document in self._documents("sources")
        }

    def note(self, reading: Reading) -> None:
        """Note how reading a source stands."""
        from papertrack.storage import writing as store

        said = {
            name: value
            for name, value in reading._asdict().items()
            if value not in (None, ())
        }
        with store.locked(self.root):
            target = said.pop("target")
            with self._opened() as database:
                store.put(database, "sources", {target: {"key": target, **said}})

    def record(self, targets: Sequence[Document]) -> None:
        """Add to the history what a fetch gave, in short: each write of the desk writes it anew.

        Of each target's report `target`, `new`, `updated` and `known`, how many `problems`, the last of the `errors`.
        """
        from papertrack.storage import writing as store

        with store.locked(self.root):
            self._append(
                "history",
                {"targets": [_in_short(report) for report in targets]},
                HISTORY,
            )

    # ------------------------------------------------------------------ following

    def followed(self) -> list[Followed]:
        """What is followed, in the order in which it was added."""
        documents = sorted(
            self._documents("feeds"), key=lambda document: str(document.get("at", ""))
        )
        return [
            Followed(
                document["key"],
                str(document.get("name") or document["key"]),
                document.get("by") or None,
            )
            for document in documents
        ]

    def bare(self) -> list[Followed]:
        """What a bare fetch takes: what is followed, else Hugging Face's Daily Papers."""
        return self.followed() or [Followed("hf", "hf")]

    def follow(self, feeds: Sequence[Followed]) -> None:
        """Follow targets; one that is followed already gets the new name. Hold no lock."""
        from papertrack.storage import writing as store

        with store.locked(self.root):
            held = {document["key"]: document for document in self._documents("feeds")}
            at = {
                feed.target: held.get(feed.target, {}).get("at", self.now)
                for feed in feeds
            }
            documents = {
                t: {"key": t, "name": name, "at": at[t]} | ({"by": by} if by else {})
                for t, name, by in feeds
            }
            self.change(
                "feeds", documents, f"followed {_named(list(documents), 'feeds')}"
            )

    def unfollow(self, targets: Sequence[str]) -> None:
        """Follow targets no longer; what was fetched of them stays."""
        from papertrack.storage import writing as store

        with store.locked(self.root):
            self.change(
                "feeds",
                dict.fromkeys(targets),
                f"no longer followed {_named(targets, 'feeds')}",
            )


def _named(names: Sequence[str], what: str) -> str:
    """A name, or how many there are."""
    return clean(names[0]) if len(set(names)) == 1 else f"{len(set(names))} {what}"


def _in_short(report: Document) -> Document:
    told: Document = {
        name: report[name] for name in ("target", "new", "updated", "known")
    }
    if problems := len(report.get("problems", ())):
        told["problems"] = problems
    if errors := report.get("errors", ()):
        told["error"] = shorten(str(errors[-1]), 200)
    return told


def _reading(document: Document) -> Reading:
    """A reading as it is stored; what a hand has left without sense is passed by."""
    kinds = {
        name: int if name in ("new", "updated", "known") else str
        for name in Reading._fields
        if name != "missed"
    }
    known = {
        name: document[name]
        for name, kind in kinds.items()
        if isinstance(document.get(name), kind)
    }
    missed = document.get("missed")
    spans = (
        tuple(span for span in missed if _is_span(span))
        if isinstance(missed, list)
        else ()
    )
    return Reading(**{**known, "target": document["key"]}, missed=spans)


def _is_span(text: object) -> bool:
    """Whether `text` is two ISO days in order, `first/last`."""
    return isinstance(text, str) and bool(
        re.fullmatch(r"\d{4}-\d\d-\d\d/\d{4}-\d\d-\d\d", text)
    )
