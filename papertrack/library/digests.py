"""Digests in desk.json: which papers each one contained, and the messages that wait to
be sent.

A digest is one document, so that undoing one leaves the others. A message that waits is
stored as it will be sent: each attempt sends the same bytes.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Collection, Iterable, Iterator
from itertools import chain
from typing import TYPE_CHECKING, Any, NamedTuple

from papertrack.core.errors import StoreError
from papertrack.core.field_names import BY_QUERY_NAME
from papertrack.core.local_time import days_before
from papertrack.core.model import Paper
from papertrack.core.wording import plural
from papertrack.library import follows
from papertrack.query.language import And, Clause, Days, Everything
from papertrack.storage.layout import Document, Documents

if TYPE_CHECKING:
    from papertrack.library.edit import Edit
    from papertrack.library.library import Library

TABLE = "digests"

FIRST_DAYS = 7
"""The first digest of a name has the papers of so many days."""

MEMORY_DAYS = 180
MEMORY_PAPERS = 5_000
"""How long and how many papers of sent digests are remembered, by name."""

DEFAULT_NAME = "default"

_MESSAGE = ("recipients", "reached", "message")
"""What a document has while its message waits."""


class Stored(NamedTuple):
    """A digest as it is stored. Times are ISO 8601 in UTC.

    It contained `papers`, by key, of those added from `since` on. While its message has
    not reached all of its `recipients`, `message` is its source, in ASCII with `\\n` at
    the end of lines.
    """

    key: str
    name: str
    at: str
    since: str
    papers: tuple[str, ...]
    recipients: tuple[str, ...] = ()
    reached: tuple[str, ...] = ()
    message: str = ""

    @property
    def is_waiting(self) -> bool:
        """Whether its message is yet to be sent to someone."""
        return bool(self.message and self.recipients)

    def as_json(self) -> Document:
        """Its document in desk.json."""
        document: Document = {
            "key": self.key,
            "name": self.name,
            "at": self.at,
            "since": self.since,
            "papers": list(self.papers),
        }
        if self.is_waiting:
            document["recipients"] = list(self.recipients)
            document["reached"] = list(self.reached)
            document["message"] = self.message
        return document


def new_key(name: str, at: str) -> str:
    """A key for a digest, also where two machines make one at the same time."""
    return f"{name} {at} {os.urandom(4).hex()}"


def of_name(documents: Documents, name: str) -> list[Stored]:
    """The stored digests of a name, oldest first; malformed ones are skipped."""
    found = filter(None, map(_stored, documents.values()))
    return sorted((one for one in found if one.name == name), key=lambda one: one.at)


def names(documents: Documents) -> list[str]:
    """The names of all stored digests, sorted."""
    return sorted({one.name for one in filter(None, map(_stored, documents.values()))})


def waiting(documents: Documents, name: str | None = None) -> list[Stored]:
    """The digests whose messages wait to be sent, oldest first: all, or those of a name."""
    found = filter(None, map(_stored, documents.values()))
    waiting = [one for one in found if one.is_waiting and name in (None, one.name)]
    return sorted(waiting, key=lambda one: one.at)


def send_command(name: str) -> str:
    """The command that sends what waits of a name."""
    named = "" if name == DEFAULT_NAME else f" --name {name}"
    return f"papertrack digest{named} --send"


def _stored(document: Document) -> Stored | None:
    texts = [document.get(name) for name in ("key", "name", "at", "since", "message")]
    *required, message = texts
    if not all(isinstance(text, str) for text in required):
        return None
    key, name, at, since = map(str, required)
    return Stored(
        key,
        name,
        at,
        since,
        papers=_texts(document.get("papers")),
        recipients=_texts(document.get("recipients")),
        reached=_texts(document.get("reached")),
        message=message if isinstance(message, str) else "",
    )


def _texts(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else ()
    return tuple(item for item in items if isinstance(item, str))


def start(stored: Iterable[Stored], now: str) -> str:
    """From when on papers belong to the next digest, unless one has contained them.

    Not from the last digest: a paper may match only later, or come from another machine.
    A time to come, as a library from elsewhere may have it, does not count.
    """
    first = days_before(now, FIRST_DAYS)
    return max((one.since for one in stored if one.since <= now), default=first)


def without_messages(documents: Documents) -> Documents:
    """The digests of another library: what they contained, and nothing to be sent."""
    return {
        key: {name: value for name, value in document.items() if name not in _MESSAGE}
        for key, document in documents.items()
    }


def papers_since(
    library: Library,
    clause: Clause,
    since: str,
    contained: Iterable[Stored],
) -> list[Paper]:
    """The papers that match and were added from `since` on, without those contained in
    a digest under any of their keys. Those of whom the reader follows are first, then
    starred ones, then by day and votes.
    """
    days = Days(BY_QUERY_NAME["added"], since, None)
    both = days if isinstance(clause, Everything) else And((clause, days))
    known = library.index.locations(
        chain.from_iterable(one.papers for one in contained)
    )
    found = library.index.search(both).papers
    new = [paper for paper in found if paper.key not in known]
    new.sort(key=lambda paper: paper.upvotes or 0, reverse=True)
    new.sort(key=lambda paper: paper.sort_date or "", reverse=True)
    new.sort(key=lambda paper: paper.starred, reverse=True)
    new.sort(key=lambda paper: follows.has_followed(paper.tags), reverse=True)
    return new


def papers_of(library: Library, one: Stored) -> list[Paper]:
    """The papers that a digest contained, in its order, as they are now."""
    keys = filter(None, map(library.index.main_key, one.papers))
    return library.index.cited_papers(dict.fromkeys(keys))


def outgrown(stored: Collection[Stored], now: str) -> tuple[list[Stored], str]:
    """The oldest digests, which are no longer remembered; and from when on papers belong
    to a digest without them.
    """
    removed: list[Stored] = []
    since = start(stored, now)
    papers = sum(len(one.papers) for one in stored)
    oldest = days_before(now, MEMORY_DAYS)
    for one in sorted(stored, key=lambda one: one.at)[:-1]:
        if one.is_waiting or (papers <= MEMORY_PAPERS and one.at >= oldest):
            break
        removed.append(one)
        papers -= len(one.papers)
        since = max(since, one.at)
    return removed, since


def remember(library: Library, new: Stored) -> None:
    """Store a digest that was written, as one step that can be undone."""
    with library.settings.edit(library.index) as edit:
        add(edit, new)
        edit.log(f"wrote the digest {new.name}: {plural(len(new.papers), 'paper')}")


def add(edit: Edit, new: Stored) -> None:
    """Add a digest in a transaction; the oldest ones of its name give way to it."""
    stored = [*of_name(edit.documents(TABLE), new.name), new]
    removed, since = outgrown(stored, new.at)
    edit.set(TABLE, dict.fromkeys(one.key for one in removed), undoable=False)
    edit.set(
        TABLE, {new.key: new._replace(since=since).as_json()}, undoable=not new.message
    )


def update(library: Library, key: str, one: Stored | None) -> None:
    """Store what became of a digest; None if it never was, and its papers are new."""
    document = one.as_json() if one else None
    with library.settings.edit() as edit:
        edit.set(TABLE, {key: document}, undoable=False)


@contextlib.contextmanager
def sending(library: Library, seconds: float) -> Iterator[None]:
    """Keep other processes of this machine from sending digests of the library.

    Raises StoreError where one does so for more than `seconds`.
    """
    from papertrack.storage import file_lock  # with the half that writes

    def busy(process: str) -> StoreError:
        return StoreError(
            f"{library.root}: {process} has been sending digests for {seconds:.0f}"
            " seconds; try again when it has ended, or end it"
        )

    path = library.folder.in_state(TABLE).with_suffix(".lock")
    what = f"the digests of {library.root}"
    with file_lock.held(path, seconds, what, busy):
        yield
