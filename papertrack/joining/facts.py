"""Facts that one source reported of one paper, at several times or in several entries."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from typing import Any

from papertrack.core import votes

FactsOfSource = Mapping[str, Any]
"""What one source reports of a paper, as it is stored."""

READ = "read"
"""The stored fact that says when a service was read for the paper (ISO 8601, UTC). No
`Facts` have it: a source does not know the time.
"""
_OF_A_VERSION = {"comment", "withdrawn"}
"""Facts that a later version may no longer have: one can undo a withdrawal."""


def combine(old: FactsOfSource, new: FactsOfSource) -> dict[str, Any]:
    """What one source reported at two times; fields that the winner lacks remain.

    A newer version wins, then a later day of listing (a paper can be listed twice, with
    other votes and links each time), then `new`. `listed` is the first such day,
    `relisted` the last. The readings of votes are all that any of them has.
    """
    return with_ids_of(combine_but_ids(old, new), (old, new))


def with_ids_of(
    facts: dict[str, Any], several: Iterable[FactsOfSource]
) -> dict[str, Any]:
    """The facts with all ids that several state."""
    ids: set[str] = set()
    for one in several:
        ids.update(one.get("ids", ()))
    if ids:
        facts["ids"] = sorted(ids)
    return facts


def combine_but_ids(old: FactsOfSource, new: FactsOfSource) -> dict[str, Any]:
    """As `combine`, with the ids of one of them: of many, uniting each time is slow."""
    old_version, old_day = recency(old)
    new_version, new_day = recency(new)
    old_is_listed_later = old_version == new_version and old_day > new_day > ""
    if old_version > new_version or old_is_listed_later:
        winner, loser = old, new
    else:
        winner, loser = new, old
    if winner.get(READ, "") > loser.get(READ, "") > "":
        return dict(winner)  # a service states all that it knows each time
    result = {**loser, **winner}
    if is_later(winner, loser):
        for name in _OF_A_VERSION - winner.keys():
            result.pop(name, None)
    if "authors" in winner and "author_count" not in winner:
        result.pop("author_count", None)
    days = {one.get(name) for one in (old, new) for name in ("listed", "relisted")}
    listed = sorted(day for day in days if day)
    if listed:
        result["listed"] = listed[0]
        result.pop("relisted", None)
    if len(listed) > 1:
        result["relisted"] = listed[-1]
    readings = votes.together(old.get(votes.FACT), new.get(votes.FACT))
    if readings:
        result[votes.FACT] = readings
    return result


def is_later(one: FactsOfSource, other: FactsOfSource) -> bool:
    """Whether `one` is of a later version: by number, else by the day of the newest."""
    number, other_number = one.get("version") or 0, other.get("version") or 0
    if number and other_number:
        return int(number) > int(other_number)
    day, other_day = one.get("updated") or "", other.get("updated") or ""
    return str(day) > str(other_day) > ""


def recency(facts: FactsOfSource) -> tuple[int, str]:
    """What newer facts of a source have more of: version, then last day of listing, or
    when the service was read.
    """
    last = facts.get("relisted") or facts.get("listed") or facts.get(READ) or ""
    return int(facts.get("version") or 0), str(last)


def join_facts(several: Iterable[FactsOfSource]) -> dict[str, Any]:
    """The facts of one source from several records or entries, in any order."""
    facts = list(several)
    return with_ids_of(join_but_ids(facts), facts)


def join_but_ids(several: Sequence[FactsOfSource]) -> dict[str, Any]:
    """As `join_facts`, with the ids of one of them."""
    in_order = sorted(several, key=lambda facts: (recency(facts), as_text(facts)))
    return reduce(_combine_equals, in_order[1:], dict(in_order[0]))


def _combine_equals(old: FactsOfSource, new: FactsOfSource) -> dict[str, Any]:
    """As `combine_but_ids`; of equally recent values the greater, as votes grow."""
    result = combine_but_ids(old, new)
    if recency(old) == recency(new):
        for name in {*old, *new} - {"ids", "listed", "relisted", votes.FACT, READ}:
            values = [facts[name] for facts in (old, new) if name in facts]
            result[name] = values[0]
            if values[0] != values[-1]:
                result[name] = max(values, key=_size)
    return result


def _size(value: Any) -> tuple[int, str]:
    return value if isinstance(value, int) else 0, as_text(value)


def as_text(value: Any) -> str:
    """JSON to sort and compare documents by."""
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
