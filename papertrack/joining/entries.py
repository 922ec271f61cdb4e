"""Entries: what one source reports of one paper, and what two of them have in common.

Two entries *conflict*, so that they are never one paper, if they have different arXiv
ids, or are of one source and differ in both title and own id (see `conflicts`).
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Set
from functools import cached_property
from typing import NamedTuple

from papertrack.core import identity
from papertrack.core.model import Record
from papertrack.core.text import fold
from papertrack.joining.facts import FactsOfSource, as_text
from papertrack.sources.trust import rank

_FILES = ("bibliography", "import", "text")
"""Sources whose entries may have the DOI or the link of what contains them."""


class View(NamedTuple):
    """What an entry states of a subject, see `conflicts`.

    Two agree if one has in `own` what the other has in `all`.
    """

    own: frozenset[Hashable]
    all: frozenset[Hashable]

    def agrees(self, other: View) -> bool:
        """Whether they have something in common."""
        if not self.own.isdisjoint(other.all):
            return True
        return not other.own.isdisjoint(self.all)


class Entry:
    """The facts of one source about one paper.

    `origins` are where the records are stored that they come from, none for new ones,
    whose `number` is their place in the listing; `is_new` says that some are. `more` are
    keys of the record that no facts state.
    """

    def __init__(
        self,
        source: str,
        facts: FactsOfSource,
        *,
        added: str,
        origins: Iterable[Hashable] = (),
        more: Iterable[str] = (),
        number: int = 0,
        is_new: bool = False,
    ) -> None:
        self.source = source
        self.facts = facts
        self.added = added
        self.origins = frozenset(origins)
        self.more = frozenset(more)
        self.number = number
        self.is_new = is_new
        self.ids = {*facts.get("ids", ()), *self.more}
        title = str(facts.get("title", ""))
        self.title = fold(title) or title
        self.year = str(facts.get("published") or "")[:4]

    @cached_property
    def title_key(self) -> str:
        """The key of its title."""
        return identity.title_key(str(self.facts.get("title", "")), self.year or None)

    @cached_property
    def keys(self) -> set[str]:
        """The keys under which a paper could be stored for this entry."""
        keys = {key for key in self.ids if identity.is_key(key)}
        return keys or {self.title_key}

    @cached_property
    def has_id(self) -> bool:
        """Whether it has any id that more than a title and a cite key can be."""
        return any(not key.startswith(("title:", "cite:")) for key in self.ids)

    @cached_property
    def arxiv(self) -> set[str]:
        """Its arXiv ids."""
        return self._of_kind("arxiv")

    @cached_property
    def own(self) -> set[str]:
        """The ids that no other entry of its source has."""
        kinds = own_kinds(self.source, {kind_of(key) for key in self.ids})
        return {key for key in self.ids if kind_of(key) in kinds}

    @cached_property
    def authors(self) -> set[str]:
        """The family names of its authors, folded."""
        names = (fold(name).split() for name in self.facts.get("authors", ()))
        return {words[-1] for words in names if words}

    @cached_property
    def title_names(self) -> set[tuple[str, ...]]:
        """What it has in common with the entries of the same title: the title; of one
        that many have, with each author.
        """
        if not identity.is_generic(self.title):
            return {(self.title,)}
        names: set[tuple[str, ...]] = {(self.title, name) for name in self.authors}
        return {*names, (self.title, "text", self.text)}

    @cached_property
    def views(self) -> dict[tuple[str, ...], View]:
        """What it states of each subject: arXiv's ids, and the papers of its source."""
        views: dict[tuple[str, ...], View] = {}
        if self.arxiv:
            ids = frozenset(self.arxiv)
            views["arxiv",] = View(ids, ids)
        if self.title:
            own = frozenset(self.own | self.title_names)
            every = frozenset(self.ids | self.title_names)
            views["source", self.source] = View(own, every)
        return views

    @cached_property
    def text(self) -> str:
        """What entries are ordered by."""
        return as_text([self.source, self.facts, sorted(self.ids)])

    def _of_kind(self, kind: str) -> set[str]:
        return {key for key in self.ids if kind_of(key) == kind}


def kind_of(key: str) -> str:
    """The kind of an id: `arxiv`, `doi`, `url`, `title`, `guid`, `cite`."""
    kind, colon, _ = key.partition(":")
    return kind if colon else ""


def own_kinds(source: str, kinds: Set[str]) -> Set[str]:
    """Of which kinds the ids are that no other entry of the source has, for an entry
    with ids of these kinds.
    """
    if "guid" in kinds:
        return {"guid"}
    if source in _FILES or kinds & {"arxiv", "cite"}:
        return {"arxiv", "cite"}
    return {"doi"} if "doi" in kinds else {"url"}


NO_SOURCE = ""


def entries_of(record: Record, origin: Hashable = None) -> list[Entry]:
    """The entries that a stored record consists of, the most trusted first.

    Keys that no facts state, as in libraries of early releases, count as stated by the
    first entry, the main key by all entries without an id. A record without facts, as a
    hand may write it, is an entry of no source.
    """
    facts_of = record.said or {NO_SOURCE: {}}
    sources = sorted(facts_of, key=rank)
    stated = {key for facts in record.said.values() for key in facts.get("ids", ())}
    more: dict[str, set[str]] = {source: set() for source in sources}
    for source in sources:
        entry = Entry(source, facts_of[source], added=record.added)
        has_other_key = not entry.ids and entry.title_key not in record.keys
        if has_other_key and not record.key.startswith("title:"):
            more[source] = {record.key}
    others = {*record.keys} - stated
    more[sources[0]] |= {key for key in others if not key.startswith("title:")}
    return [
        Entry(
            source,
            facts_of[source],
            added=record.added,
            origins=[origin],
            more=more[source],
        )
        for source in sources
    ]


# ------------------------------------------------------------------ pairs of entries


def share_own_id(one: Entry, other: Entry) -> bool:
    """Whether they are states of one entry of a source."""
    if one.source != other.source:
        return False
    return bool(one.own & other.ids or other.own & one.ids)


def have_one_title(one: Entry, other: Entry) -> bool:
    """Whether the titles agree; of titles that many have, one author must too."""
    if one.title != other.title:
        return False
    return bool(one.title_names & other.title_names) or share_own_id(one, other)
