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

from collections import defaultdict
from collections.abc import Callable, Hashable, Iterable, Iterator, Sequence
from enum import IntEnum
from functools import cached_property
from itertools import combinations
from operator import itemgetter
from typing import TypeVar

from papertrack.core import identity
from papertrack.joining.entries import Entry, conflict, have_one_title, share_own_id

T = TypeVar("T")


class Group:
    """Entries that are one paper."""

    def __init__(self, entries: Sequence[Entry]) -> None:
        self.entries = list(entries)

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
    def has_id(self) -> bool:
        """Whether any of its entries has an id."""
        return any(entry.has_id for entry in self.entries)

    @cached_property
    def years(self) -> set[str]:
        """The years of publication that its entries state."""
        return {entry.year for entry in self.entries if entry.year}

    @cached_property
    def authors(self) -> set[str]:
        """The family names of all authors."""
        return set().union(*(entry.authors for entry in self.entries))

    def conflicts(self, other: Group) -> bool:
        """Whether any two entries of both are never one paper."""
        return any(conflict(a, b) for a in self.entries for b in other.entries)

    def agrees(self, other: Group) -> bool:
        """Whether a title, and a year and one author where both have them, are the same.

        Entries of one source with one own id and title are the same in any case.
        """
        if self.conflicts(other):
            return False
        pairs = [
            (one, another)
            for one in self.entries
            for another in other.entries
            if have_one_title(one, another)
        ]
        if any(share_own_id(one, another) for one, another in pairs):
            return True
        if self.years and other.years and not self.years & other.years:
            return False
        if self.authors and other.authors and not self.authors & other.authors:
            return False
        return bool(pairs)


def papers(entries: Iterable[Entry]) -> list[Group]:
    """The entries, those of one paper together."""
    groups = []
    for near in _near(list(entries)):
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


def clusters(items: Sequence[T], names: Callable[[T], Iterable[str]]) -> list[list[T]]:
    """The items in groups that share names, directly or through others of the group."""
    parents = list(range(len(items)))

    def root(number: int) -> int:
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    first_with: dict[str, int] = {}
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
    groups = {id(entry): Group([entry]) for entry in ordered}
    for one, other in _links(ordered):
        first, second = groups[id(one)], groups[id(other)]
        if first is not second and not first.conflicts(second):
            both = Group([*first.entries, *second.entries])
            groups.update((id(entry), both) for entry in both.entries)
    distinct = {id(group): group for group in groups.values()}
    return _joined_by_title(list(distinct.values()))


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
    yield from _links_of_one_title(having)
    owners = [entry for entry in having if key in entry.own]
    yield from _star(_Strength.OWN_ID, owners)
    if not any(conflict(one, other) for one, other in combinations(having, 2)):
        yield from _star(_Strength.NO_CONFLICT, having)


def _links_by_title_key(key: str, having: Sequence[Entry]) -> Iterator[_Link]:
    """Links from an entry that states the key, to those whose title merely makes it."""
    stating_first = sorted(having, key=lambda entry: key not in entry.ids)
    if key in stating_first[0].ids:
        yield from _star(_Strength.KEY_OF_TITLE, stating_first)


def _links_of_one_title(having: Sequence[Entry]) -> Iterator[_Link]:
    """Links between those that have one title too."""
    by_title: dict[str, list[Entry]] = defaultdict(list)
    for entry in having:
        by_title[entry.title].append(entry)
    for title, titled in by_title.items():
        links = _star(_Strength.ONE_TITLE, titled)
        if identity.is_generic(title):
            # One author must agree too, which need not be one of the first entry.
            pairs = combinations(titled, 2)
            links = ((_Strength.ONE_TITLE, one, other) for one, other in pairs)
        for link in links:
            if have_one_title(link[1], link[2]):
                yield link


def _star(strength: _Strength, entries: Sequence[Entry]) -> Iterator[_Link]:
    """Links from the first entry to each of the others."""
    for other in entries[1:]:
        yield strength, entries[0], other


# ------------------------------------------------------------------ titles


def _joined_by_title(groups: Sequence[Group]) -> list[Group]:
    """The groups, those without an id joined with others of their title."""
    identified = [group for group in groups if group.has_id]
    identified.sort(key=lambda group: identity.by_trust(identity.best(group.ids)))
    bare = [group for group in groups if not group.has_id]
    # Those that state the most first: they decide which others can join.
    bare.sort(key=lambda one: (not one.years, not one.authors, one.entries[0].text))
    others: list[Group] = []
    for group in bare:
        if not (_joins(group, identified) or _joins(group, others)):
            others.append(group)
    return [*identified, *others]


def _joins(group: Group, known: list[Group]) -> bool:
    """Join a group with the first known one that it agrees with, in its place."""
    for place, one in enumerate(known):
        if one.agrees(group):
            known[place] = Group([*one.entries, *group.entries])
            return True
    return False
