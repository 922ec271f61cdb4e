"""The paper that is shown: each field from the most trusted source that has it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from papertrack.core import identity
from papertrack.core.field_names import FACT_LISTS, FACT_NAMES
from papertrack.core.model import Mark, Paper, Record
from papertrack.core.trust import rank
from papertrack.joining.facts import FactsOfSource

_SHOWN = tuple(name for name in FACT_NAMES if name != "ids")
_SHOWN_LISTS = tuple(name for name in FACT_LISTS if name != "ids")
_PAGES = {"arxiv": "https://arxiv.org/abs/", "doi": "https://doi.org/", "url": ""}
"""The web page of a paper by the kind of its key: this, then the key's value."""


def settle(record: Record, mark: Mark | None = None) -> Paper:
    """The paper of a record, with its mark."""
    order = sorted(record.said, key=rank)
    trusted_first = [record.said[source] for source in order]
    facts: dict[str, Any] = {}
    for one in reversed(trusted_first):
        known = {name: value for name, value in one.items() if value or value == 0}
        facts.update(known)
    values: dict[str, Any] = {name: facts.get(name) for name in _SHOWN}
    for name in _SHOWN_LISTS:
        values[name] = tuple(values[name] or ())
    values["author_count"] = _author_count(trusted_first)
    values["title"] = values["title"] or identity.show(record.key)
    kind, _, number = record.key.partition(":")
    if not values["url"] and kind in _PAGES:
        values["url"] = _PAGES[kind] + number
    if not values["pdf"] and kind == "arxiv":
        values["pdf"] = f"https://arxiv.org/pdf/{number}"
    dois = [key.removeprefix("doi:") for key in record.keys if key.startswith("doi:")]
    if not values["doi"] and dois:
        values["doi"] = dois[0]
    paper = Paper(
        id=number, key=record.key, added=record.added, sources=tuple(order), **values
    )
    return marked(paper, mark) if mark else paper


def marked(paper: Paper, mark: Mark) -> Paper:
    """The paper with this mark."""
    return paper._replace(
        tags=mark.tags, status=mark.status, starred=mark.starred, note=mark.note
    )


def _author_count(trusted_first: Sequence[FactsOfSource]) -> int | None:
    for facts in trusted_first:
        if facts.get("author_count") is not None:
            return int(facts["author_count"])
        if facts.get("authors"):
            return len(facts["authors"])
    return None
