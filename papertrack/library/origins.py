"""Which service stated a fact of a paper, and when: for `show`."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from papertrack.core.model import Record
from papertrack.core.services import SERVICES
from papertrack.joining import publication
from papertrack.joining.facts import READ
from papertrack.sources.trust import rank

SHOWN = ("venue", "venue_year", "type", "doi", "github")
"""The facts of which the origin is shown, beside the counts."""


class Origin(NamedTuple):
    """The title of a service, and when it was read (ISO 8601 in UTC)."""

    service: str
    read: str


def origins(record: Record) -> dict[str, Origin]:
    """The origins of the facts that services stated for a lookup, by name."""
    if SERVICES.keys().isdisjoint(record.said):
        return {}  # ranking the sources imports all of them: 30 ms
    found = {}
    for name, source in _sources(record):
        facts = record.said[source]
        if source in SERVICES and READ in facts:
            found[name] = Origin(SERVICES[source], str(facts[READ]))
    return found


def _sources(record: Record) -> Iterator[tuple[str, str]]:
    """Each of these facts with the source that it is shown from."""
    order = sorted(record.said, key=rank)
    said = publication.of_one_publication(record.said, order)
    for name in SHOWN:
        for source in order:
            is_stated = bool(said[source].get(name))
            if name == "venue":
                is_stated = publication.venue_of(said[source]) is not None
            if is_stated:
                yield name, source
                break
    yield from publication.counts(said, order).items()
