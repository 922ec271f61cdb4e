"""Following an author, an organization or words: a rule that tags and stars their new
papers, and a view of them.

Nothing else is stored: who follows `yann-lecun` has the rule `follow-yann-lecun`, which
gives the tag `follow/yann-lecun`, and the view `@yann-lecun`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from papertrack.core.people import is_name_suffix
from papertrack.core.text import clean, fold
from papertrack.library.rules import Actions, Rule
from papertrack.library.settings import Settings
from papertrack.query.views import View

RULE = "follow-"
TAG = "follow/"

LONGEST_NAME = 60
"""Characters of a name that is made of what is followed."""


class Follow(NamedTuple):
    """What is followed: its name, and the query that its papers match."""

    name: str
    condition: str

    @property
    def rule_name(self) -> str:
        """The name of its rule."""
        return f"{RULE}{self.name}"

    @property
    def tag(self) -> str:
        """The tag of its papers."""
        return f"{TAG}{self.name}"

    def rule(self, at: str) -> Rule:
        """Its rule, saved at this time (ISO 8601 in UTC)."""
        actions = Actions(tags=(self.tag,), starred=True)
        return Rule(self.rule_name, self.condition, actions, at)

    def view(self, at: str) -> View:
        """Its view, saved at this time (ISO 8601 in UTC)."""
        return View(self.name, self.condition, at)


def followed_name(rule: Rule) -> str | None:
    """The name of what a rule follows; None for any other rule."""
    name = rule.name.removeprefix(RULE)
    tags = map(str.casefold, rule.actions.tags)
    is_follow = name != rule.name and f"{TAG}{name}" in tags
    return name if is_follow else None


def followed(rules: Mapping[str, Rule]) -> dict[str, Rule]:
    """The rules that follow something, by its name, in their order."""
    found = {}
    for rule in rules.values():
        name = followed_name(rule)
        if name:
            found[name] = rule
    return found


def has_followed(tags: Iterable[str]) -> bool:
    """Whether one of these tags is that of something followed."""
    return any(tag.casefold().startswith(TAG) for tag in tags)


def name_for(text: str) -> str:
    """The name for what is followed: `Éva Nagy` is `eva-nagy`; "" without a word."""
    return fold(text).replace(" ", "-")[:LONGEST_NAME].strip("-")


# ------------------------------------------------------------------ queries


def of_author(name: str) -> str:
    """The query for the papers of an author, by the full name or initials.

    >>> of_author("LeCun, Yann")
    'author:="Yann LeCun",="Y. LeCun"'
    """
    return f"author:{','.join(map(_whole, _spellings(name)))}"


def of_organization(name: str) -> str:
    """The query for the papers of an organization."""
    return f"org:{_whole(clean(name))}"


def narrowed(condition: str, more: str) -> str:
    """The query for what matches both."""
    return f"({condition}) ({more})"


def _whole(value: str) -> str:
    quoted = value.replace('"', " ").strip()
    return f'="{quoted}"'


def _spellings(name: str) -> list[str]:
    """A name, given names first, and the same with initials for these."""
    family, comma, given = clean(name).partition(",")
    if comma and not is_name_suffix(given.strip()):
        name = f"{given.strip()} {family.strip()}"
    words = clean(name).split()
    first = _first_of_family(words)
    initials = [_initial(word) for word in words[:first]]
    return list(dict.fromkeys([" ".join(words), " ".join(initials + words[first:])]))


def _first_of_family(words: Sequence[str]) -> int:
    """Where the family name begins: `van der Berg`, `Roe Jr.`"""
    last = len(words) - 1
    if last > 1 and is_name_suffix(words[last]):
        last -= 1
    for place, word in enumerate(words[:last]):
        if place and word.islower():
            return place
    return max(last, 0)


def _initial(word: str) -> str:
    """`Y.` for Yann, `F.-F.` for Fei-Fei; initials as they are."""
    if "." in word or word.isupper():
        return word
    return "-".join(f"{part[:1].upper()}." for part in word.split("-"))


# ------------------------------------------------------------------ changes


def start(settings: Settings, new: Follow, *, what: str) -> None:
    """Follow something, as one step that can be undone. A rule of its name stays."""

    def with_new(rules: dict[str, Rule]) -> list[Rule]:
        rules.setdefault(new.rule_name, new.rule(settings.now))
        return list(rules.values())

    settings.arrange_rules(with_new, what=what, saved=[new.view(settings.now)])


def stop(settings: Settings, names: Sequence[str], *, what: str) -> None:
    """No longer follow these, as one step that can be undone. A view that was given
    another query stays.
    """
    rules = followed(settings.rules())
    views = settings.views()
    removed = {rules[name].name for name in names}
    dropped = [
        name
        for name in names
        if name in views and views[name].query == rules[name].condition
    ]
    settings.arrange_rules(
        lambda there: [rule for rule in there.values() if rule.name not in removed],
        what=what,
        dropped=dropped,
    )
