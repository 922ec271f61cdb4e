"""Parts of papers without an id, joined with others of their title.

Two agree if they have a title in common, and a year and an author where both state
some; those of one source with one cite key and title do in any case.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence, Set
from heapq import merge

from papertrack.core import identity
from papertrack.joining.conflicts import Part

Name = tuple[str, ...]
"""What entries of one title have in common, see `Entry.title_names`."""

Places = list[int]
"""Numbers of known parts, ascending."""

FEW = 8
"""So many parts of one title are compared one by one; more are found by year or author."""

UNKNOWN = ""
"""In place of the year or the author of a part that states none."""


def joined_by_title(parts: Iterable[Part]) -> list[Part]:
    """The parts, those without an id joined with others of their title."""
    identified: list[Part] = []
    bare: list[_Titled] = []
    for part in parts:
        if any(entry.has_id for entry in part.entries):
            identified.append(part)
        else:
            bare.append(_Titled(part))
    identified.sort(key=_best_id)
    if not bare:
        return identified
    # Those that state the most first: they decide which others can join.
    bare.sort(key=lambda one: (not one.years, not one.authors, one.text))
    known, others = _Known(map(_Titled, identified)), _Known([])
    for one in bare:
        if not (known.join(one) or others.join(one)):
            others.add(one)
    return [one.part for one in (*known.titled, *others.titled)]


def _best_id(part: Part) -> tuple[int, str]:
    ids = (key for entry in part.entries for key in entry.ids)
    return identity.by_trust(identity.best(ids))


class _Titled:
    """A part of a paper, and what other parts agree with."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.text = part.entries[0].text
        self.names: set[Name] = set()
        self.cites: set[Name] = set()
        self.years: set[str] = set()
        self.authors: set[str] = set()
        for entry in part.entries:
            self.names |= entry.title_names
            self.authors |= entry.authors
            if entry.year:
                self.years.add(entry.year)
            for key in entry.ids:
                if key.startswith("cite:"):
                    self.cites.add((entry.source, entry.title, key))

    def agrees(self, other: _Titled) -> bool:
        """Whether both are one paper, by their titles."""
        if self.part.conflicts(other.part):
            return False
        if self.cites & other.cites:
            return True
        if self.years and other.years and not self.years & other.years:
            return False
        if self.authors and other.authors and not self.authors & other.authors:
            return False
        return bool(self.names & other.names)

    def join(self, other: _Titled) -> None:
        """Join another part with this one; takes as long as the other is large."""
        self.part = self.part.joined(other.part)
        self.names |= other.names
        self.cites |= other.cites
        self.years |= other.years
        self.authors |= other.authors


class _Known:
    """The parts that others are joined with, by what they have in common."""

    def __init__(self, titled: Iterable[_Titled]) -> None:
        self.titled: list[_Titled] = []
        self._by_name: dict[Name, _OneTitle] = defaultdict(_OneTitle)
        self._by_cite: dict[Name, Places] = defaultdict(list)
        for one in titled:
            self.add(one)

    def add(self, one: _Titled) -> None:
        """Add a part behind the others."""
        self.titled.append(one)
        self._file(len(self.titled) - 1, one.names, one.cites)

    def join(self, other: _Titled) -> bool:
        """Join a part with the first one that agrees with it; false if none does."""
        places = [self._by_cite[cite] for cite in other.cites]
        for name in other.names:
            places += self._by_name[name].places_for(other)
        for place in merge(*places):
            one = self.titled[place]
            if one.agrees(other):
                self._grow(place, one, other)
                return True
        return False

    def _grow(self, place: int, one: _Titled, other: _Titled) -> None:
        names, cites = other.names - one.names, other.cites - one.cites
        if not (other.years <= one.years and other.authors <= one.authors):
            for name in one.names:
                self._by_name[name].change(place, one, other)
        one.join(other)
        self._file(place, names, cites)

    def _file(self, place: int, names: Set[Name], cites: Set[Name]) -> None:
        for name in names:
            self._by_name[name].add(place, self.titled)
        for cite in cites:
            _insert(self._by_cite[cite], place)


class _OneTitle:
    """The known parts of one title."""

    def __init__(self) -> None:
        self._all: Places = []
        self._years = _Values()
        self._authors = _Values()
        self._is_indexed = False

    def add(self, place: int, titled: Sequence[_Titled]) -> None:
        """Add the place of a part, which may be one of the known already."""
        _insert(self._all, place)
        new = [place]
        if not self._is_indexed:
            self._is_indexed = len(self._all) > FEW
            new = self._all
        if self._is_indexed:
            for number in new:
                self._years.change(number, set(), titled[number].years)
                self._authors.change(number, set(), titled[number].authors)

    def change(self, place: int, one: _Titled, other: _Titled) -> None:
        """Add the years and authors that another part adds to one."""
        if self._is_indexed:
            self._years.change(place, one.years, other.years)
            self._authors.change(place, one.authors, other.authors)

    def places_for(self, other: _Titled) -> list[Places]:
        """The places of all parts that may agree with another."""
        found = [[self._all]]
        if self._is_indexed and other.years:
            found.append(self._years.places(other.years))
        if self._is_indexed and other.authors:
            found.append(self._authors.places(other.authors))
        return min(found, key=lambda several: sum(map(len, several)))


class _Values:
    """Places by the years of the parts, or by their authors."""

    def __init__(self) -> None:
        self._places: dict[str, Places] = defaultdict(list)

    def change(self, place: int, old: Set[str], added: Set[str]) -> None:
        """Add values to those of a part."""
        if added and not old:
            _remove(self._places[UNKNOWN], place)
        if not added and not old:
            _insert(self._places[UNKNOWN], place)
        for value in added - old:
            _insert(self._places[value], place)

    def places(self, values: Set[str]) -> list[Places]:
        """The places of the parts with one of these values, or with none at all."""
        return [self._places.get(value, []) for value in (*values, UNKNOWN)]


def _insert(places: Places, place: int) -> None:
    at = bisect_left(places, place)
    if places[at : at + 1] != [place]:
        places.insert(at, place)


def _remove(places: Places, place: int) -> None:
    at = bisect_left(places, place)
    if places[at : at + 1] == [place]:
        del places[at]
