"""Two libraries as one: papers, marks, settings. Pure; the same from either side.

Neither of two machines is the newer as a whole. So everything is retained that can be
beside the other: facts, tags, notes, stars, views, feeds. Where the two disagree, the
newer wins; if neither is newer, the greater by its text.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from papertrack.core.model import Mark, Record
from papertrack.core.progress import SILENT, Progress
from papertrack.joining.facts import as_text
from papertrack.joining.marks import join_marks
from papertrack.joining.records import Merge, Place, difference, regroup

Document = dict[str, Any]
Documents = Mapping[str, Document]
"""Documents by their key."""

LOG_NAMES = ("key", "at", "place")
"""What two documents of the same content may differ in."""


# ------------------------------------------------------------------ papers


def papers(
    mine: Mapping[Place, Record],
    theirs: Iterable[Record],
    progress: Progress = SILENT,
) -> Merge[Place]:
    """How their papers change mine, which are given by where they are stored."""
    # Neither side is the newer one: theirs are stored records too, somewhere else.
    every: dict[Any, Record] = {**mine, **dict(enumerate(theirs))}
    return difference(mine, regroup(every, progress=progress))


# ------------------------------------------------------------------ marks


def marks(mine: Documents, theirs: Documents) -> dict[str, Document]:
    """The documents of marks that joining theirs changes, by key."""
    changed: dict[str, Document] = {}
    for key, document in theirs.items():
        if key in mine:
            document = _join_mark(mine[key], document)
        if document != mine.get(key):
            changed[key] = document
    return changed


def _join_mark(one: Document, other: Document) -> Document:
    """The documents of two marks of one paper, with what else they contain."""

    def age(document: Document) -> tuple[str, str]:
        return document.get("marked") or "", as_text(document)

    older, newer = sorted((one, other), key=age)
    marks = [Mark.from_json(older), Mark.from_json(newer)]
    more = {**older, **newer}
    for name in ("key", *Mark._fields):
        more.pop(name, None)
    return {**join_marks(marks).as_json(newer["key"]), **more}


# ------------------------------------------------------------------ settings


def settings(
    mine: Mapping[str, Documents], theirs: Mapping[str, Documents]
) -> dict[tuple[str, str], Document]:
    """The changes to tables of desk.json, by table and key.

    The logs (history, undo) are each machine's own.
    """
    changed: dict[tuple[str, str], Document] = {}
    for table, join_tables in _TABLES.items():
        existing = mine.get(table, {})
        joined = join_tables(existing, theirs.get(table, {}))
        for key, document in joined.items():
            if document != existing.get(key):
                changed[table, key] = document
    return changed


def _join_named(mine: Documents, theirs: Documents) -> Documents:
    """Views or rules: of two with one name the newer keeps it, the other is NAME-2."""
    result: dict[str, Document] = {}
    oldest_first = sorted((*mine.values(), *theirs.values()), key=_age)
    for document in reversed(oldest_first):
        name = document["key"]
        number = 1
        while name in result and _content(result[name]) != _content(document):
            number += 1
            name = f"{document['key']}-{number}"
        result.setdefault(name, {**document, "key": name})
    return result


def _age(document: Document) -> tuple[str, str]:
    return str(document.get("at", "")), as_text(document)


def _content(document: Document) -> Document:
    return {name: value for name, value in document.items() if name not in LOG_NAMES}


def _join_keyed(
    join_two: Callable[[Document, Document], Document],
    mine: Documents,
    theirs: Documents,
) -> Documents:
    """All documents of two tables; two with the same key are joined."""
    result = {**mine, **theirs}
    for key in mine.keys() & theirs.keys():
        first, second = sorted((mine[key], theirs[key]), key=as_text)
        result[key] = join_two(first, second)
    return result


def _join_feeds(mine: Documents, theirs: Documents) -> Documents:
    """The feeds followed on either side, each as it was followed first."""

    def earlier(one: Document, other: Document) -> Document:
        return min(one, other, key=lambda feed: str(feed.get("at", "")))

    return _join_keyed(earlier, mine, theirs)


def _join_sources(mine: Documents, theirs: Documents) -> Documents:
    """The state of each source: as far as both sides have read it.

    Reading a day again is better than missing one.
    """

    def progress(source: Document) -> tuple[str, str]:
        day = source.get("day", "")
        read = source.get("read", "")
        return str(day), str(read)

    def least_read(one: Document, other: Document) -> Document:
        missed: set[str] = set()
        for source in (one, other):
            spans = source.get("missed") or ()
            missed.update(span for span in spans if isinstance(span, str))
        least = min(one, other, key=progress)
        return {**least, "missed": sorted(missed)} if missed else least

    return _join_keyed(least_read, mine, theirs)


def _join_digests(mine: Documents, theirs: Documents) -> Documents:
    """The digests of either side: what one contained is not new to the other.

    Of two copies the one whose message waits stays: it may not have been sent.
    """

    def waiting(one: Document, other: Document) -> Document:
        return one if "message" in one else other

    return _join_keyed(waiting, mine, theirs)


_TABLES = {
    "views": _join_named,
    "rules": _join_named,
    "feeds": _join_feeds,
    "sources": _join_sources,
    "digests": _join_digests,
}
