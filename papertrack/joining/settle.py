"""The paper that is shown: each field from the most trusted source that has it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from operator import itemgetter
from typing import Any

from papertrack.core import comments, identity
from papertrack.core.field_names import FACT_ADDRESSES, FACT_LISTS
from papertrack.core.model import Mark, Paper, Record
from papertrack.core.secrets import without_password
from papertrack.joining import publication
from papertrack.joining.facts import READ, FactsOfSource, is_later
from papertrack.sources.trust import rank

_SHOWN_LISTS = tuple(name for name in FACT_LISTS if name != "ids")
_NO_FACTS = dict.fromkeys(Paper._fields) | dict.fromkeys(_SHOWN_LISTS, ())
_NO_MARK = Mark()
_values_of_paper = itemgetter(*Paper._fields)
_DATES = ("published", "listed")
"""What the date of a paper is made of."""
_COMMENTING = ("arxiv", "arxiv-oai", "arxiv-snapshot")
"""Sources with the comments of arXiv, and with the same days of versions."""
_PAGES = {"arxiv": "https://arxiv.org/abs/", "doi": "https://doi.org/", "url": ""}
"""The web page of a paper by the kind of its key: this, then the key's value."""


def settle(record: Record, mark: Mark = _NO_MARK) -> Paper:
    """The paper of a record, with its mark."""
    order = sorted(record.said, key=rank)
    said = publication.of_one_publication(record.said, order)
    trusted_first = [said[source] for source in order]
    values = {**_NO_FACTS, **_most_trusted(trusted_first)}
    for name in _SHOWN_LISTS:
        values[name] = tuple(values[name])
    values["author_count"] = _author_count(trusted_first)
    for name, source in publication.counts(said, order).items():
        values[name] = said[source][name]
    _add_comments(values, record.said)
    values["venue_year"] = publication.year(said, order, values)
    _add_from_keys(values, record)
    _remove_passwords(values)
    values["sources"] = tuple(one for one in order if _knows_it(record.said[one]))
    # Last, so that no fact of these names, written by a hand, takes their place.
    values |= {"added": record.added, "score": None, **_of_mark(mark)}
    # A third of the time of naming each argument.
    return Paper._make(_values_of_paper(values))


def date_of(record: Record) -> str | None:
    """The date of the paper of a record, in less than half the time of settling it."""
    trusted_first: list[FactsOfSource] = []
    for source in sorted(record.said, key=rank):
        facts = record.said[source]
        trusted_first.append({name: facts[name] for name in _DATES if name in facts})
    dates = _most_trusted(trusted_first)
    return Paper(id="", key=record.key, title="", **dates).date


def _knows_it(facts: FactsOfSource) -> bool:
    """Whether a source states anything: a service may not know the paper."""
    return READ not in facts or bool(facts.keys() - {READ, "ids"})


def _most_trusted(trusted_first: Sequence[FactsOfSource]) -> dict[str, Any]:
    """Each fact as the most trusted source states it that has it."""
    facts: dict[str, Any] = {}
    for one in reversed(trusted_first):
        for name, value in one.items():
            is_empty = not value and value != 0
            if not is_empty and not _is_no_venue(name, value):
                facts[name] = value
    return facts


def _is_no_venue(name: str, value: Any) -> bool:
    return name == "venue" and comments.is_preprint_server(value)


def _add_from_keys(values: dict[str, Any], record: Record) -> None:
    """Add the keys, and what follows from them: addresses, DOI, and an id for a missing
    title.
    """
    kind, _, number = record.key.partition(":")
    values["key"] = record.key
    values["id"] = number
    values["title"] = values["title"] or identity.show(record.key)
    if not values["url"] and kind in _PAGES:
        values["url"] = _PAGES[kind] + number
    if not values["pdf"] and kind == "arxiv":
        values["pdf"] = f"https://arxiv.org/pdf/{number}"
    if not values["doi"]:
        dois = [key for key in record.keys if key.startswith("doi:")]
        values["doi"] = dois[0].removeprefix("doi:") if dois else None


def _remove_passwords(values: dict[str, Any]) -> None:
    """Remove passwords in addresses, which earlier releases or a hand may have stored."""
    for name in FACT_ADDRESSES:
        address = values[name]
        if address and "@" in address:
            values[name] = without_password(address)


def marked(paper: Paper, mark: Mark) -> Paper:
    """The paper with this mark."""
    return paper._replace(**_of_mark(mark))


def _of_mark(mark: Mark) -> dict[str, Any]:
    """The values of a paper that its mark has."""
    return {
        "tags": mark.tags,
        "status": mark.status,
        "starred": mark.starred,
        "note": mark.note,
    }


def _author_count(trusted_first: Sequence[FactsOfSource]) -> int | None:
    for facts in trusted_first:
        if facts.get("author_count") is not None:
            return int(facts["author_count"])
        if facts.get("authors"):
            return len(facts["authors"])
    return None


def _add_comments(values: dict[str, Any], said: Mapping[str, FactsOfSource]) -> None:
    """Add what comments and abstracts state: venue and code where no source has them, a
    withdrawal.

    A withdrawal counts until arXiv has a newer version that is not withdrawn.
    """
    withdrawn = [name for name, facts in said.items() if _is_withdrawn(facts)]
    standing = False
    for name in withdrawn:
        others = said.keys() - withdrawn
        if not any(_is_newer(said, other, name) for other in others):
            standing = True
        elif values["comment"] == said[name].get("comment"):
            values["comment"] = None
    values["withdrawn"] = standing or None
    comment = values["comment"]
    for text in (comment, values["abstract"]):
        values["github"] = values["github"] or comments.code_url(text or "")
    if comment and not values["venue"]:
        venue = comments.accepted_venue(comment)
        values["venue"] = venue
        if venue and values["type"] in (None, publication.PREPRINT):
            is_conference = comments.is_conference(venue)
            values["type"] = "conference-paper" if is_conference else None


def _is_withdrawn(facts: FactsOfSource) -> bool:
    if facts.get("withdrawn"):
        return True
    return comments.is_withdrawn(
        facts.get("comment") or "",
        facts.get("title") or "",
        facts.get("abstract") or "",
    )


def _is_newer(said: Mapping[str, FactsOfSource], one: str, other: str) -> bool:
    """Whether arXiv's facts in `one` are of a later version than those in `other`."""
    if not one.startswith("arxiv"):
        return False
    has_numbers = said[one].get("version") and said[other].get("version")
    if one not in _COMMENTING and not has_numbers:
        return False  # the day of an announcement is later than that of its version
    return is_later(said[one], said[other])
