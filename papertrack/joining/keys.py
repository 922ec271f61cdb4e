"""The keys of papers: the main key that each is filed under, and all its keys.

No key is on two papers. What several papers share is the key of the only one of which it
is the own id, or of the only one that has no better key. A key of a stored record stays
with its paper.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence, Set
from typing import Any

from papertrack.core import identity
from papertrack.core.model import Record
from papertrack.joining.groups import Group

Claims = Mapping[str, Sequence[int]]
"""Key -> the numbers of the papers that could have it."""

LEVELS = 4
"""By how much a title may be distinguished from others, see `_title_key`."""


def keys_of(
    groups: Sequence[Group], known: Mapping[Any, Record]
) -> list[tuple[str, set[str]]]:
    """(main key, all keys) of each paper. `known` are the records that they consist of."""
    claims = _claims(groups)
    if _nothing_is_shared(groups, claims):
        main = [identity.best(group.keys) for group in groups]
    else:
        claims = _without_borrowed(groups, claims)
        main = _main_keys(groups, claims)
    keys = [{key} for key in main]
    taken = set(main)
    for key, numbers in claims.items():
        if len(numbers) == 1 and key not in taken:
            keys[numbers[0]].add(key)
            taken.add(key)
    for key, possible in _left(groups, known, taken).items():
        first = min(possible, key=lambda number: identity.by_trust(main[number]))
        keys[first].add(key)
    return list(zip(main, keys, strict=True))


# ------------------------------------------------------------------ claims


def _claims(groups: Sequence[Group]) -> Claims:
    claims: dict[str, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        for key in group.keys:
            claims[key].append(number)
    return claims


def _nothing_is_shared(groups: Sequence[Group], claims: Claims) -> bool:
    """Whether each paper has keys, and no key is claimed by two."""
    if not all(group.keys for group in groups):
        return False
    return all(len(numbers) == 1 for numbers in claims.values())


def _without_borrowed(groups: Sequence[Group], claims: Claims) -> Claims:
    """The claims; a shared key only of the one paper of which it is the own id."""
    left = dict(claims)
    for key, numbers in claims.items():
        owners = [number for number in numbers if key in groups[number].own]
        if len(owners) == 1:
            left[key] = owners
    return left


def _left(
    groups: Sequence[Group], known: Mapping[Any, Record], taken: set[str]
) -> dict[str, set[int]]:
    """The keys of stored records that are not taken -> the papers that may have them.

    These are the papers made of the record; if some of them claim the key, only they.
    """
    made_of: dict[Hashable, list[int]] = defaultdict(list)
    for number, group in enumerate(groups):
        for origin in group.origins:
            made_of[origin].append(number)
    left: dict[str, set[int]] = defaultdict(set)
    for origin, record in known.items():
        numbers = made_of[origin]
        for key in {*record.keys} - taken:
            claiming = [number for number in numbers if key in groups[number].keys]
            left[key].update(claiming or numbers)
    return {key: numbers for key, numbers in left.items() if numbers}


# ------------------------------------------------------------------ main keys


def _main_keys(groups: Sequence[Group], claims: Claims) -> list[str]:
    """The main key of each paper."""
    main = _best_claims(claims)
    _add_title_keys(main, groups, claims)
    return [main[number] for number in range(len(groups))]


def _best_claims(claims: Claims) -> dict[int, str]:
    """The best key of each paper that no other one without a better key claims."""
    claimed: dict[int, list[str]] = defaultdict(list)
    for key, numbers in claims.items():
        for number in numbers:
            claimed[number].append(key)
    waiting = {key: {*numbers} for key, numbers in claims.items()}
    main: dict[int, str] = {}
    for kind in identity.KINDS:
        keys = [key for key in claims if key.startswith(f"{kind}:")]
        while keys:
            found = _undisputed(keys, waiting)
            main |= found
            # Only these can have become undisputed.
            left: list[str] = []
            for number in found:
                for key in claimed[number]:
                    waiting[key].discard(number)
                    if key.startswith(f"{kind}:"):
                        left.append(key)
            keys = left
    return main


def _undisputed(keys: Iterable[str], waiting: Mapping[str, Set[int]]) -> dict[int, str]:
    """The least of these keys for each paper that alone waits for it."""
    least: dict[int, str] = {}
    for key in keys:
        if len(waiting[key]) == 1:
            (number,) = waiting[key]
            least[number] = min(key, least.get(number, key))
    return least


def _add_title_keys(
    main: dict[int, str], groups: Sequence[Group], claims: Claims
) -> None:
    """Add the keys of titles for papers without a main key."""
    unfiled = [number for number in range(len(groups)) if number not in main]
    taken = {*claims, *main.values()}
    for level in range(LEVELS):
        wanted = {number: _title_key(groups[number], level) for number in unfiled}
        count = Counter(wanted.values())
        unfiled = []
        for number, key in wanted.items():
            if count[key] == 1 and key not in taken:
                main[number] = key
                taken.add(key)
            else:
                unfiled.append(number)
    for place, number in enumerate(unfiled):
        title = f"{_title_key(groups[number], LEVELS - 1)} {place}"
        main[number] = identity.title_key(title, None)


def _title_key(group: Group, level: int) -> str:
    """The key of a title; each level adds what distinguishes papers of one title."""
    entry = min(group.entries, key=lambda entry: entry.text)
    words = [entry.title]
    if level > 0:
        words += sorted(group.authors)
    if level > 1:
        words += sorted(group.own)
    if level > 2:
        words += sorted(group.ids)
    return identity.title_key(" ".join(words), entry.year or None)
