"""Rules: what is done to papers that match a query, as stored and as applied to a mark.

A rule only adds: tags, a star, a status where none was ever set. It changes nothing that
the reader or a rule before it has set.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from papertrack.core import tags
from papertrack.core.errors import UsageError
from papertrack.core.model import Mark
from papertrack.core.slips import unknown
from papertrack.core.text import clean

ACTIONS = ("tag NAME", "star", "mark read", "mark later", "hide", "notify")
_STATUSES = {
    "mark read": "read",
    "mark later": "later",
    "mark hidden": "hidden",
    "mark hide": "hidden",
    "hide": "hidden",
}
_ACTION_OF_STATUS = {"read": "mark read", "later": "mark later", "hidden": "hide"}


class Actions(NamedTuple):
    """What a rule does to a paper; `notifies` is whether a fetch reports it to the
    program of `hooks.notify`.
    """

    tags: tuple[str, ...] = ()
    starred: bool = False
    status: str | None = None
    notifies: bool = False

    def on(self, mark: Mark) -> Mark:
        """The mark after these actions."""
        status = mark.status
        if self.status and status == "unread" and mark.marked is None:
            status = self.status
        return mark._replace(
            tags=tags.added(mark.tags, self.tags),
            starred=mark.starred or self.starred,
            status=status,
        )

    def __str__(self) -> str:
        actions = [f"tag {tag}" for tag in self.tags]
        if self.starred:
            actions.append("star")
        if self.status in _ACTION_OF_STATUS:
            actions.append(_ACTION_OF_STATUS[self.status])
        if self.notifies:
            actions.append("notify")
        return ", ".join(actions)


class Rule(NamedTuple):
    """A rule: papers that match the query `condition` get `actions`.

    `at` is when it was saved, ISO 8601 in UTC.
    """

    name: str
    condition: str
    actions: Actions
    at: str = ""


def in_order(documents: Iterable[Mapping[str, Any]]) -> dict[str, Rule]:
    """The rules of these documents by name, in the order in which they are applied.

    Malformed ones are skipped.
    """
    rules = {}
    for document in sorted(documents, key=_place):
        rule = _rule_of(document)
        if rule is not None:
            rules[rule.name] = rule
    return rules


def _rule_of(document: Mapping[str, Any]) -> Rule | None:
    values: list[Any] = [document.get(name) for name in ("key", "if", "do")]
    if not all(isinstance(value, str) for value in values):
        return None
    name, condition, done = values
    try:
        actions = actions_of(done)
    except UsageError:
        return None
    return Rule(
        name.casefold(),
        condition,
        actions,
        str(document.get("at", "")),
    )


def _place(document: Mapping[str, Any]) -> tuple[float, str]:
    place = document.get("place")
    if not isinstance(place, int | float):
        place = 0
    return place, str(document.get("at", ""))


def document(rule: Rule, place: int) -> dict[str, Any]:
    """The rule as it is stored; `place` is its number in the order."""
    return {
        "key": rule.name,
        "if": rule.condition,
        "do": str(rule.actions),
        "place": place,
        "at": rule.at,
    }


def actions_of(text: str) -> Actions:
    """The actions of a text such as `tag x, star, mark later`. Raises UsageError."""
    added: list[str] = []
    starred = False
    notifies = False
    statuses: set[str] = set()
    for part in text.split(","):
        words = part.split()
        action = " ".join(words).lower()
        if action.startswith("tag ") and len(words) > 1:
            for word in words[1:]:
                added += tags.names(word)
        elif action == "star":
            starred = True
        elif action == "notify":
            notifies = True
        elif action in _STATUSES:
            statuses.add(_STATUSES[action])
        else:
            what = "an action is empty"
            if action:
                what = f"unknown action {clean(part)!r}"
            raise unknown(UsageError, what, action, ACTIONS)
    if len(statuses) > 1:
        raise UsageError(f"{clean(text)!r} sets two statuses; a paper has one")
    unique = dict.fromkeys(added)
    status = max(statuses, default=None)
    return Actions(tuple(unique), starred, status, notifies)


def describe_change(
    before: Mark,
    after: Mark,
) -> tuple[str, ...]:
    """The change of a mark in words: `+tag`, `-tag`, `starred`, `read`, `note`."""
    old = {tag.casefold() for tag in before.tags}
    new = {tag.casefold() for tag in after.tags}
    changes = [f"+{tag}" for tag in after.tags if tag.casefold() not in old]
    changes += [f"-{tag}" for tag in before.tags if tag.casefold() not in new]
    if before.starred != after.starred:
        changes.append("starred" if after.starred else "unstarred")
    if before.status != after.status:
        changes.append(after.status)
    if before.note != after.note:
        changes.append("note" if after.note else "no note")
    if not changes and before.tags != after.tags:
        changes.append("spelling of tags")
    return tuple(changes)
