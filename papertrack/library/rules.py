"""Rules: what is done to papers that match a query. Pure: what a rule says, and the mark that it makes of a mark.

A rule only adds: tags, a star, a status where none was ever set. It undoes nothing that the reader, or a rule before
it, has said.
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping
from typing import Any, NamedTuple

from papertrack.core import tags
from papertrack.core.errors import UsageError
from papertrack.core.model import Mark
from papertrack.core.text import clean
from papertrack.core.wording import did_you_mean

KNOWN = ("tag NAME", "star", "mark read", "mark later", "hide")
_STATUS = {
    "mark read": "read",
    "mark later": "later",
    "mark hidden": "hidden",
    "hide": "hidden",
}


class Actions(NamedTuple):
    """What a rule does to a paper."""

    tags: tuple[str, ...] = ()
    starred: bool = False
    status: str | None = None

    def on(self, mark: Mark) -> Mark:
        """The mark that this makes of a mark."""
        free = mark.status == "unread" and mark.marked is None
        return mark._replace(
            tags=tags.added(mark.tags, self.tags),
            starred=mark.starred or self.starred,
            status=self.status if self.status and free else mark.status,
        )

    def __str__(self) -> str:
        status = {"read": "mark read", "later": "mark later", "hidden": "hide"}.get(
            self.status or ""
        )
        return ", ".join(
            [
                *(f"tag {tag}" for tag in self.tags),
                *(["star"] if self.starred else []),
                *([status] if status else []),
            ]
        )


class Rule(NamedTuple):
    """A rule: papers that match the query `condition` get what `actions` say. `at` is when it was made (ISO, UTC)."""

    name: str
    condition: str
    actions: Actions
    at: str = ""


def rule_of(document: Mapping[str, Any]) -> Rule | None:
    """The rule of a document of desk.json; None where a hand has left none in it."""
    name, condition, does = document.get("key"), document.get("if"), document.get("do")
    if not (
        isinstance(name, str) and isinstance(condition, str) and isinstance(does, str)
    ):
        return None
    with contextlib.suppress(UsageError):
        return Rule(
            name.casefold(), condition, actions_of(does), str(document.get("at", ""))
        )
    return None


def place_of(document: Mapping[str, Any]) -> tuple[float, str]:
    """What the documents of rules are sorted by."""
    place = document.get("place")
    return (place if isinstance(place, int | float) else 0, str(document.get("at", "")))


def document(rule: Rule, place: int) -> dict[str, Any]:
    """The rule as it is stored, and its place among the others."""
    return {
        "key": rule.name,
        "if": rule.condition,
        "do": str(rule.actions),
        "place": place,
        "at": rule.at,
    }


def actions_of(text: str) -> Actions:
    """What `tag x, star, mark later` says. Raises UsageError, naming the nearest action, for what is none."""
    given: list[str] = []
    starred, statuses = False, []
    for part in text.split(","):
        action, words = " ".join(part.lower().split()), part.split()
        if action.startswith("tag ") and len(words) > 1:
            given += [tag for word in words[1:] for tag in tags.names(word)]
        elif action == "star":
            starred = True
        elif action in _STATUS:
            statuses.append(_STATUS[action])
        else:
            told = (
                f"{clean(part)!r} is nothing that a rule does"
                if action
                else "an empty action"
            )
            raise UsageError(f"{told}{did_you_mean(action, KNOWN)}")
    if len(set(statuses)) > 1:
        raise UsageError(f"{clean(text)!r} sets two statuses; a paper has one")
    return Actions(
        tuple(dict.fromkeys(given)), starred, statuses[0] if statuses else None
    )


def told(before: Mark, after: Mark) -> tuple[str, ...]:
    """What becomes of a mark, in words: `+tag`, `-tag`, `starred`, `read`, `note`."""
    had, has = (
        {tag.casefold() for tag in before.tags},
        {tag.casefold() for tag in after.tags},
    )
    changes = [f"+{tag}" for tag in after.tags if tag.casefold() not in had]
    changes += [f"-{tag}" for tag in before.tags if tag.casefold() not in has]
    if before.starred != after.starred:
        changes.append("starred" if after.starred else "unstarred")
    if before.status != after.status:
        changes.append(after.status)
    if before.note != after.note:
        changes.append("note" if after.note else "no note")
    return tuple(changes) or (("spelled anew",) if before.tags != after.tags else ())
