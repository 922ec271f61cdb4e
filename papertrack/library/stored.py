"""The records of papers as they are stored: in which files, and each read from there."""

from __future__ import annotations

import contextlib
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path

from papertrack.core.model import Record
from papertrack.index.index import Index
from papertrack.storage import json_lines, reading

Located = tuple[str, Record]
"""The name of a file and a record in it."""

Parts = Mapping[str, Sequence[Located]]
"""Main key -> the stored records of the paper, each with the name of its file.

There are several where git merged copies, or an earlier release was killed."""

Place = tuple[str, str, int]
"""Where a record is stored: the name of its file, its key, and which of those under that
key it is: git can merge two versions of a line into two lines."""

AT_ONCE = 2_000
"""So many papers are looked up together."""

FEW_ROUNDS = 3
"""So often single records of a file are read; then all of it, once, for a long chain of
records of which each leads to the next.
"""


def joined(parts: Sequence[Located]) -> Record:
    """The one record that the stored ones of a paper make."""
    if len(parts) == 1:
        return parts[0][1]
    # With the model of what sources report: 15 ms, for papers in several files only.
    from papertrack.joining.records import join

    return join([record for _, record in parts])


def parts(
    root: Path,
    index: Index,
    aliases: Iterable[str],
) -> Parts:
    """The stored records of the papers that have any of these aliases."""
    locations = index.locations(aliases)
    names = set(locations.values())
    sharing = index.files_sharing_papers(names)
    found: dict[str, list[Located]] = {}
    for name in sorted(names | sharing):
        wanted = None
        if not sharing:
            wanted = [key for key, file in locations.items() if file == name]
        for record in _records(
            root,
            index,
            name,
            wanted,
        ):
            main: str | None = record.key
            if sharing and main not in locations:
                main = index.main_key(record.key)
            if main in locations:
                found.setdefault(main, []).append((name, record))
    return found


def by_file(index: Index, keys: Iterable[str]) -> Collection[Sequence[str]]:
    """The main keys of papers, those of one file together."""
    files: dict[str, list[str]] = {}
    waiting = iter(keys)
    while some := list(islice(waiting, AT_ONCE)):
        locations = index.locations(some)
        for key in some:
            if key in locations:
                files.setdefault(locations[key], []).append(key)
    return files.values()


def related(
    root: Path,
    index: Index,
    records: Iterable[Record],
) -> dict[Place, Record]:
    """The stored records that share an id or a title with any of these, directly or
    through others.
    """
    # With the model of what sources report: 5 ms that a search does without.
    from papertrack.joining.records import aliases

    found: dict[Place, Record] = {}
    known: set[str] = set()
    whole: dict[str, _Aliased] = {}
    waiting = list(records)
    rounds = 0
    while waiting:
        rounds += 1
        new = {alias for record in waiting for alias in aliases(record)} - known
        known |= new
        location = index.locations(new)
        names = set(location.values())
        sharing = index.files_sharing_papers(names)
        more: dict[Place, Record] = {}
        for name in sorted(names | sharing):
            if name in whole:
                more |= whole[name].having({*new, *location})
            elif sharing or rounds > FEW_ROUNDS:
                whole[name] = _Aliased(name, _records(root, index, name, None))
                more |= whole[name].having({*known, *location})
            else:
                wanted = [key for key, file in location.items() if file == name]
                read = _records(root, index, name, wanted)
                for place, record in by_place((name, one) for one in read).items():
                    if record.key in location or known & aliases(record):
                        more[place] = record
        more = {place: one for place, one in more.items() if place not in found}
        found |= more
        waiting = list(more.values())
    return found


def at_places(root: Path, index: Index, places: Iterable[Place]) -> dict[Place, Record]:
    """The records that are stored at these places."""
    wanted: dict[str, set[Place]] = defaultdict(set)
    for place in places:
        wanted[place[0]].add(place)
    found: dict[Place, Record] = {}
    for file, of_file in wanted.items():
        keys = list({key for _, key, _ in of_file})
        records = ((file, one) for one in _records(root, index, file, keys))
        for place, record in by_place(records).items():
            if place in of_file:
                found[place] = record
    return found


class _Aliased:
    """The records of a file, read once for many rounds, by their keys and aliases."""

    def __init__(self, name: str, records: Iterable[Record]) -> None:
        # With the model of what sources report: 5 ms that a search does without.
        from papertrack.joining.records import aliases

        self._records = by_place((name, record) for record in records)
        self._places: dict[str, list[Place]] = defaultdict(list)
        for place, record in self._records.items():
            for alias in {record.key, *aliases(record)}:
                self._places[alias].append(place)

    def having(self, names: Iterable[str]) -> dict[Place, Record]:
        """The records with one of these keys and aliases."""
        found: dict[Place, Record] = {}
        for name in names:
            for place in self._places.get(name, ()):
                found[place] = self._records[place]
        return found


def by_place(records: Iterable[tuple[str, Record]]) -> dict[Place, Record]:
    """Records, each with the name of its file, by where they are stored."""
    found: dict[Place, Record] = {}
    count: Counter[tuple[str, str]] = Counter()
    for file, record in records:
        found[file, record.key, count[file, record.key]] = record
        count[file, record.key] += 1
    return found


def _records(
    root: Path,
    index: Index,
    name: str,
    wanted: Sequence[str] | None,
) -> Iterable[Record]:
    """The records of a month's file; if possible only those with the `wanted` keys."""
    path = root / name
    indexed, is_by_lines = index.stamp(name)
    if wanted is not None and is_by_lines:
        stamp, body = reading.read_stamped(path)
        if body is not None and stamp == indexed:
            with contextlib.suppress(json_lines.NotByLines):
                tables = {"papers": json_lines.documents(body, "papers", wanted)}
                return reading.records(path, tables)
    return reading.read_records(path)
