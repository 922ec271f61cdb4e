"""Which entries are one paper: a function of the entries alone, in any order.

The rules follow in this order:

1. Entries are linked by an id that they share. A DOI, a link or an arXiv id that two
   conflicting entries have identifies what contains them, or what they are about: it
   links entries of one title only, and those of which it is the own id.
2. Links are followed from the strongest to the weakest, ties in the order of the ids and
   of the entries' texts, never of arrival. A link that would bring two conflicting
   entries together is not followed.
3. Entries without an id then join a paper with one of their titles, the most trusted if
   there are several, or else each other.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from enum import IntEnum
from functools import cached_property
from itertools import combinations
from operator import itemgetter
from typing import TypeVar

from papertrack.core import identity
from papertrack.core.progress import SILENT, Progress
from papertrack.joining.conflicts import Part, have_conflict
from papertrack.joining.entries import Entry, have_one_title
from papertrack.joining.titles import joined_by_title

T = TypeVar("T")

FEW = 30
"""Of so many entries with an id and a title that many have, all pairs are compared."""


class Group:
    """Entries that are one paper. What it states is read when it has all of them."""

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = deque(entries)

    @cached_property
    def keys(self) -> set[str]:
        """The keys of all its entries."""
        return set().union(*(entry.keys for entry in self.entries))

    @cached_property
    def ids(self) -> set[str]:
        """The ids of all its entries."""
        return set().union(*(entry.ids for entry in self.entries))

    @cached_property
    def own(self) -> set[str]:
        """The ids that are own to one of its entries."""
        return set().union(*(entry.own for entry in self.entries))

    @cached_property
    def origins(self) -> set[Hashable]:
        """Where the records are stored that its entries come from."""
        return set().union(*(entry.origins for entry in self.entries))

    @property
    def added(self) -> str:
        """When the first of its entries was added (ISO 8601, UTC)."""
        return min(entry.added for entry in self.entries)

    @property
    def is_new(self) -> bool:
        """Whether any of its entries is new."""
        return any(entry.is_new for entry in self.entries)

    @cached_property
    def authors(self) -> set[str]:
        """The family names of all authors."""
        return set().union(*(entry.authors for entry in self.entries))


def papers(entries: Iterable[Entry], progress: Progress = SILENT) -> list[Group]:
    """The entries, those of one paper together."""
    groups = []
    for near in progress.counted(_near(list(entries)), "merging", "papers"):
        if len(near) == 1:
            groups.append(Group(near))
        else:
            groups += _papers(near)
    return groups


def _near(entries: Sequence[Entry]) -> list[list[Entry]]:
    """The entries in clusters: only those of one share ids or titles."""

    def names(entry: Entry) -> Iterator[str]:
        yield from entry.ids
        yield from entry.keys
        yield f" {entry.title}"

    return clusters(entries, names)


def clusters(
    items: Sequence[T], names: Callable[[T], Iterable[Hashable]]
) -> list[list[T]]:
    """The items in groups that share names, directly or through others of the group."""
    parents = list(range(len(items)))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    first_with: dict[Hashable, int] = {}
    for number, item in enumerate(items):
        for name in names(item):
            one, other = root(first_with.setdefault(name, number)), root(number)
            parents[max(one, other)] = min(one, other)
    result: dict[int, list[T]] = {}
    for number, item in enumerate(items):
        result.setdefault(root(number), []).append(item)
    return list(result.values())


def _papers(entries: Sequence[Entry]) -> list[Group]:
    """The entries of a cluster, those of one paper together."""
    ordered = sorted(entries, key=lambda entry: entry.text)
    parts = {id(entry): Part(entry) for entry in ordered}
    for one, other in _links(ordered):
        first, second = parts[id(one)], parts[id(other)]
        if first is not second and not first.conflicts(second):
            both = first.joined(second)
            smaller = second if both is first else first
            parts.update((id(entry), both) for entry in smaller.entries)
    distinct = {id(part): part for part in parts.values()}
    return [Group(part.entries) for part in joined_by_title(distinct.values())]


class _Strength(IntEnum):
    """Why two entries that share an id are one paper, the best reason first."""

    ONE_TITLE = 0
    OWN_ID = 1
    NO_CONFLICT = 2
    KEY_OF_TITLE = 3


_Link = tuple[_Strength, Entry, Entry]


def _links(entries: Sequence[Entry]) -> list[tuple[Entry, Entry]]:
    """Pairs of entries that share an id which can link them, the strongest first."""
    sharing: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        for key in entry.ids | entry.keys:
            if not key.startswith("cite:"):
                sharing[key].append(entry)
    ranked = []
    for key, having in sharing.items():
        if len(having) > 1:
            for strength, one, other in _links_by(key, having):
                rank = (strength, identity.by_trust(key), one.text, other.text)
                ranked.append((rank, one, other))
    ranked.sort(key=itemgetter(0))
    return [(one, other) for _, one, other in ranked]


def _links_by(key: str, having: Sequence[Entry]) -> Iterator[_Link]:
    """The links between the entries that share `key`."""
    if key.startswith("title:"):
        yield from _links_by_title_key(key, having)
        return
    yield from _links_of_one_title(key, having)
    owners = [entry for entry in having if key in entry.own]
    yield from _star(_Strength.OWN_ID, owners)
    if not have_conflict(having):
        yield from _star(_Strength.NO_CONFLICT, having)


def _links_by_title_key(key: str, having: Sequence[Entry]) -> Iterator[_Link]:
    """Links from an entry that states the key, to those whose title merely makes it."""
    stating_first = sorted(having, key=lambda entry: key not in entry.ids)
    if key in stating_first[0].ids:
        yield from _star(_Strength.KEY_OF_TITLE, stating_first)


def _links_of_one_title(key: str, having: Sequence[Entry]) -> Iterator[_Link]:
    """Links between those that have one title too."""
    by_title: dict[str, list[Entry]] = defaultdict(list)
    for entry in having:
        by_title[entry.title].append(entry)
    for title, titled in by_title.items():
        if not identity.is_generic(title):
            yield from _star(_Strength.ONE_TITLE, titled)
        elif len(titled) <= FEW:
            # One author must agree too, which need not be one of the first entry.
            for one, other in combinations(titled, 2):
                if have_one_title(one, other):
                    yield _Strength.ONE_TITLE, one, other
        else:
            yield from _links_of_generic_title(key, titled)


def _links_of_generic_title(key: str, titled: Sequence[Entry]) -> Iterator[_Link]:
    """Links from the first entry with an author, and with an own id, to the others."""
    alike: dict[tuple[str, ...], list[Entry]] = defaultdict(list)
    for entry in titled:
        for name in entry.title_names:
            alike[name].append(entry)
    for entry in sorted(titled, key=lambda entry: key not in entry.own):
        alike["source", entry.source, key].append(entry)
    for entries in alike.values():
        for link in _star(_Strength.ONE_TITLE, entries):
            if have_one_title(link[1], link[2]):
                yield link


def _star(strength: _Strength, entries: Sequence[Entry]) -> Iterator[_Link]:
    """Links from the first entry to each of the others."""
    for other in entries[1:]:
        yield strength, entries[0], other
