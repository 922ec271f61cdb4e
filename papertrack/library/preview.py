"""Papers that a source reports, as they are or would be in the library."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from papertrack.core import identity
from papertrack.core.facts import Facts
from papertrack.core.model import Paper
from papertrack.core.text import fold
from papertrack.index.index import Index
from papertrack.joining.records import record_of
from papertrack.joining.settle import settle


class Previewed(NamedTuple):
    """A paper, and whether the library has it."""

    paper: Paper
    is_known: bool


def previews(index: Index, facts: Iterable[Facts], *, source: str) -> list[Previewed]:
    """The papers of a source's facts, each once, in their order: known ones as the
    library has them, others as the source reports them, not added.
    """
    found: dict[str, Previewed] = {}
    for one in facts:
        key = key_of(index, one)
        if key is not None:
            for paper in index.papers([key]):
                found.setdefault(key, Previewed(paper, is_known=True))
            continue
        record = record_of(one, source=source, now="")
        paper = settle(record)._replace(added=None)
        found.setdefault(record.key, Previewed(paper, is_known=False))
    return list(found.values())


def key_of(index: Index, facts: Facts) -> str | None:
    """The main key of the stored paper with these facts; of several with one of its ids
    that of the same title.
    """
    record = record_of(facts, source="import", now="")
    stating = map(identity.id_alias, record.keys)
    locations = index.locations(record.keys)
    if not locations:
        locations = index.locations(stating)
    keys = list(locations)
    if len(keys) > 1:
        title = fold(facts.title)
        for paper in index.papers(keys):
            if fold(paper.title) == title:
                return paper.key
    return keys[0] if keys else None
