"""The settings in desk.json: views, rules, feeds, the sources' states, history, undo log."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import AbstractContextManager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from papertrack.core.local_time import days_before
from papertrack.core.model import Reading
from papertrack.core.progress import SILENT, Progress
from papertrack.core.secrets import hide_in_address
from papertrack.core.tags import is_tag
from papertrack.core.text import clean
from papertrack.core.wording import excerpt
from papertrack.library import completion_names, rules
from papertrack.library.rules import Rule
from papertrack.query import views
from papertrack.query.views import View
from papertrack.storage.folder import Folder
from papertrack.storage.layout import (
    DESK,
    Document,
    Documents,
    NewDocuments,
    Stamp,
    stamp_of,
)
from papertrack.storage.reading import Tables, read_by_key

if TYPE_CHECKING:
    from papertrack.index.index import Index
    from papertrack.library.edit import Edit

HISTORY = 200
"""How many fetches the history has."""

_COUNTS = ("new", "updated", "known")


class Followed(NamedTuple):
    """A target that is followed and its name; `by` is the file that named it, if any.

    New papers get its `tags`. `first` is the address that it had before it moved.
    """

    target: str
    name: str
    by: str | None = None
    tags: tuple[str, ...] = ()
    first: str | None = None


class Settings:
    """The settings of the library in `folder`. `now` is ISO 8601 in UTC.

    Long changes are reported to `progress`.
    """

    def __init__(
        self,
        folder: Folder,
        cache: Path,
        *,
        now: str,
        progress: Progress = SILENT,
    ) -> None:
        self.folder = folder
        self.root = folder.root
        self.cache = cache
        self.now = now
        self.progress = progress
        self._path = folder.root / DESK
        self._stamp: Stamp | None = None
        self._tables: Tables = {}

    def documents(self, table: str) -> Documents:
        """The documents of a table by key. Raises StoreError."""
        stamp = None
        if self._path.exists():
            stamp = stamp_of(self._path.stat())
        if stamp != self._stamp:
            self._tables = read_by_key(self._path)
            self._stamp = stamp
        return self._tables.get(table, {})

    def edit(
        self,
        index: Index | None = None,
        *,
        dry_run: bool = False,
        now: str | None = None,
    ) -> AbstractContextManager[Edit]:
        """One change of the library, under its lock: see `library.edit`."""
        # TinyDB and the lock: 40 ms that commands which only read do without.
        from papertrack.library.edit import edit

        return edit(
            self.folder,
            self.cache,
            now=now or self.now,
            index=index,
            dry_run=dry_run,
            progress=self.progress,
        )

    def change(
        self,
        table: str,
        documents: NewDocuments,
        what: str,
    ) -> None:
        """Set documents of a table by key (None removes one), as one step of the undo log."""
        with self.edit() as edit:
            edit.set(table, documents)
            edit.log(what)

    def write_names(self) -> None:
        """Write the names that the shells complete; skipped if that is impossible."""
        completion_names.write(self.root, self.cache)

    def _removal(
        self,
        table: str,
        names: Collection[str],
    ) -> dict[str, None]:
        """What removes these names from a table; edited by hand, they may have capitals."""
        stored = self.documents(table)
        return dict.fromkeys(key for key in stored if key.casefold() in names)

    # ------------------------------------------------------------------ views

    def views(self) -> dict[str, View]:
        """The saved views by name, sorted; malformed ones are skipped."""
        saved = []
        for document in self.documents("views").values():
            view = views.view_of(document)
            if view is not None:
                saved.append(view)
        return {view.name: view for view in sorted(saved)}

    def save_view(self, view: View, *, what: str) -> None:
        """Save a view; one of the same name is replaced."""
        previous = self._removal("views", [view.name])
        document = views.document(view)
        self.change("views", {**previous, view.name: document}, what)

    def remove_views(
        self,
        names: Sequence[str],
        *,
        what: str,
    ) -> None:
        """Remove views."""
        self.change("views", self._removal("views", names), what)

    # ------------------------------------------------------------------ rules

    def rules(self) -> dict[str, Rule]:
        """The rules by name, in the order in which they are applied."""
        return rules.in_order(self.documents("rules").values())

    def arrange_rules(
        self,
        change: Callable[[dict[str, Rule]], Sequence[Rule]],
        *,
        what: str,
        saved: Sequence[View] = (),
        dropped: Sequence[str] = (),
    ) -> None:
        """Replace the rules by what `change` makes of them, in its order.

        In the same step views are `saved`, and others `dropped`, by name.
        """
        with self.edit() as edit:
            before = edit.documents("rules")
            existing = rules.in_order(before.values())
            if not existing:
                edit.set("ruled", self.applied(self.now), undoable=False)
            removed = self._removal("rules", existing)
            changed: dict[str, Document] = {}
            for place, rule in enumerate(change(existing), 1):
                removed.pop(rule.name, None)
                document = rules.document(rule, place)
                if document != before.get(rule.name):
                    changed[rule.name] = document
            edit.set("rules", {**changed, **removed})
            names = [*dropped, *(view.name for view in saved)]
            new = {view.name: views.document(view) for view in saved}
            if names:
                edit.set("views", {**self._removal("views", names), **new})
            edit.log(what)

    def rules_applied(self) -> str | None:
        """When rules were last applied to new papers (ISO 8601 in UTC), if ever."""
        for document in self.documents("ruled").values():
            return str(document.get("at"))
        return None

    def applied(self, at: str) -> Documents:
        """What records that rules are applied at this time, which never goes back."""
        at = max(at, self.rules_applied() or "")
        return {"new": {"key": "new", "at": at}}

    # ------------------------------------------------------------------ sources

    def readings(self) -> dict[str, Reading]:
        """The state of each source, by target."""
        documents = self.documents("sources")
        return {key: _reading(document) for key, document in documents.items()}

    def fetched(self) -> str | None:
        """When the last fetch added papers, or found none (ISO 8601 in UTC), if ever.

        Libraries of earlier versions have only the history.
        """
        for document in self.documents("fetched").values():
            return str(document.get("at"))
        history = self.documents("history")
        numbers = [int(number) for number in history if number.isdecimal()]
        if not numbers:
            return None
        return str(history[str(max(numbers))].get("at"))

    def last_fetch(self, at: str) -> Documents:
        """What records that the last fetch was at this time."""
        return {"last": {"key": "last", "at": at}}

    def failing(self, first: Iterable[str]) -> dict[str, Reading]:
        """The sources that could not be read when last tried, by target.

        One that is not followed (see `following`) is forgotten a day later.
        """
        followed = {feed.target for feed in self.following(first)}
        yesterday = days_before(self.now, 1)
        return {
            target: reading
            for target, reading in self.readings().items()
            if reading.error
            and (target in followed or (reading.tried or "") > yesterday)
        }

    # ------------------------------------------------------------------ feeds

    def followed(self) -> list[Followed]:
        """What is followed, in the order in which it was added."""
        return feeds_of(self.documents("feeds").values())

    def following(self, first: Iterable[str]) -> list[Followed]:
        """What a fetch without targets reads: what is followed, else the targets `first`
        without those that were unfollowed.
        """
        unfollowed = self.documents("unfollowed")
        left = [target for target in first if target not in unfollowed]
        return self.followed() or [Followed(target, target) for target in left]

    def follow(self, feeds: Sequence[Followed], *, what: Sequence[str] = ()) -> None:
        """Follow targets; one that is followed already gets the new name.

        The undo log names `what`, by default all of them.
        """
        existing = self.documents("feeds")
        documents = {}
        for feed in feeds:
            at = existing.get(feed.target, {}).get("at", self.now)
            documents[feed.target] = feed_document(feed, at)
        again = self.documents("unfollowed").keys() & documents.keys()
        with self.edit() as edit:
            edit.set("feeds", documents)
            edit.set("unfollowed", dict.fromkeys(again))
            edit.log(f"followed {_named(what or list(documents))}")

    def move(self, feed: Followed, target: str, name: str) -> None:
        """Follow a feed at its new address, under this name; its state moves along."""
        first = feed.first or feed.target
        moved = feed._replace(target=target, name=name, first=first)
        with self.edit() as edit:
            old = edit.documents("feeds").get(feed.target, {})
            document = feed_document(moved, old.get("at", self.now))
            edit.set("feeds", {feed.target: None, target: document})
            state = edit.documents("sources").get(feed.target)
            if state is not None:
                states = {feed.target: None, target: {**state, "key": target}}
                edit.set("sources", states, undoable=False)
            new, before = _named([target]), _named([feed.target])
            edit.log(f"followed {new}, where {before} has moved")

    def unfollow(self, targets: Sequence[str], first: Collection[str] = ()) -> None:
        """Stop following targets; their papers stay.

        Those of the targets `first` (see `following`) are not followed by default again.
        """
        removed: dict[str, Document] = {}
        for target in targets:
            if target in first:
                removed[target] = {"key": target, "at": self.now}
        stored = [target for target in targets if target in self.documents("feeds")]
        with self.edit() as edit:
            edit.set("feeds", dict.fromkeys(stored))
            edit.set("unfollowed", removed)
            edit.log(f"no longer followed {_named(targets)}")


def feeds_of(documents: Iterable[Document]) -> list[Followed]:
    """The feeds of these documents, in the order in which they were added."""
    feeds = []
    for document in sorted(documents, key=lambda one: str(one.get("at", ""))):
        target = document["key"]
        name = document.get("name") or target
        by = document.get("by") or None
        first = document.get("first") or None
        tags = document.get("tags")
        names = filter(is_tag, map(str, tags if isinstance(tags, list) else ()))
        feeds.append(Followed(target, str(name), by, tuple(names), first))
    return feeds


def _named(targets: Sequence[str]) -> str:
    """The one target, or how many there are."""
    count = len(set(targets))
    if count == 1:
        return hide_in_address(clean(targets[0]))
    return f"{count} feeds"


def feed_document(feed: Followed, at: str) -> Document:
    """What is followed as it is stored; `at` is when that began."""
    document = {"key": feed.target, "name": feed.name, "at": at}
    more = {"by": feed.by, "tags": list(feed.tags), "first": feed.first}
    return {**document, **{name: value for name, value in more.items() if value}}


def source_document(reading: Reading) -> Document:
    """The state of a source as it is stored."""
    document = {"key": reading.target}
    for name, value in reading._asdict().items():
        if name != "target" and value not in (None, ()):
            document[name] = value
    return document


def add_to_history(
    edit: Edit,
    reports: Sequence[Mapping[str, Any]],
    key: str | None,
) -> str:
    """Save the reports of one run's targets, in short, as an entry of the history.

    `key` is that of the run's entry, None before the first target; the key is returned.
    """
    stored = edit.documents("history")
    numbers = sorted(int(number) for number in stored if number.isdecimal())
    if key is None:
        last = numbers[-1] if numbers else 0
        numbers.append(last + 1)
        key = str(last + 1)
    removed = dict.fromkeys(map(str, numbers[:-HISTORY]))
    targets = [_history_of(report) for report in reports]
    entry = {"key": key, "at": edit.now, "targets": targets}
    edit.set("history", {**removed, key: entry}, undoable=False)
    return key


def _history_of(report: Mapping[str, Any]) -> Document:
    entry = {name: report[name] for name in ("target", *_COUNTS)}
    entry["target"] = hide_in_address(str(report["target"]))
    problems = report["problems"]
    errors = report["errors"]
    if problems:
        entry["problems"] = len(problems)
    if errors:
        entry["error"] = excerpt(str(errors[-1]), 200)
    return entry


def _reading(document: Document) -> Reading:
    """The state of a source as it was stored; malformed values are skipped."""
    values: dict[str, Any] = {}
    for name in Reading._fields:
        kind = int if name in _COUNTS else str
        value = document.get(name)
        if isinstance(value, kind):
            values[name] = value
    missed = document.get("missed")
    if isinstance(missed, list):
        values["missed"] = tuple(filter(_is_span, missed))
    problems = document.get("problems")
    if isinstance(problems, list):
        values["problems"] = tuple(one for one in problems if isinstance(one, str))
    values["target"] = document["key"]
    return Reading(**values)


def _is_span(text: object) -> bool:
    """Whether `text` is two ISO days, `first/last`."""
    day = r"\d{4}-\d\d-\d\d"
    return isinstance(text, str) and re.fullmatch(f"{day}/{day}", text) is not None
