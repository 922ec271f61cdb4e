"""What another library, or a backup from elsewhere, proposes: feeds and rules.

A stranger may have written them, so they are listed, and taken on request only; even
then a feed must be one that `refusal` has nothing against.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple

from papertrack.core.secrets import hide_in_address
from papertrack.core.text import clean
from papertrack.library import digests, rules
from papertrack.library.settings import Followed, feed_document, feeds_of
from papertrack.storage.layout import Document, Documents
from papertrack.storage.reading import Tables

FEEDS, RULES = "feeds", "rules"
KINDS = (FEEDS, RULES)
HARMLESS = ("views",)
"""The tables that are taken without a request: they are only read."""
STATES = "sources"
"""How far each feed was read: of use with the feeds alone."""


class Terms(NamedTuple):
    """What the reader requested, `feeds` and `rules`; why a feed is not followed, if so.

    `by` is where the proposals come from.
    """

    requested: Collection[str]
    refusal: Callable[[str], str | None]
    by: str

    @property
    def takes_all(self) -> bool:
        """Whether all that is proposed was requested."""
        return set(self.requested) >= set(KINDS)


class Proposals(NamedTuple):
    """The tables that are taken; the others as lines: those that can be requested, and
    those that can't.
    """

    taken: Tables
    offered: tuple[str, ...]
    refused: tuple[str, ...]


def judge(mine: Mapping[str, Documents], theirs: Tables, terms: Terms) -> Proposals:
    """Sort the settings of another library, given by table and key."""
    taken: Tables = {name: theirs[name] for name in HARMLESS if name in theirs}
    if digests.TABLE in theirs:
        taken[digests.TABLE] = digests.without_messages(theirs[digests.TABLE])
    offered: list[str] = []
    refused: list[str] = []
    my_feeds = mine.get(FEEDS, {})
    feeds: dict[str, Document] = {}
    for feed in feeds_of(theirs.get(FEEDS, {}).values()):
        if feed.target in my_feeds:
            continue
        reason = terms.refusal(feed.target)
        if reason:
            refused.append(f"{_shown_feed(feed)}: {reason}")
        elif FEEDS in terms.requested:
            at = str(theirs[FEEDS][feed.target].get("at", ""))
            feeds[feed.target] = feed_document(feed._replace(by=terms.by), at)
        else:
            offered.append(_shown_feed(feed))
    if FEEDS in terms.requested:
        states: dict[str, Document] = {}
        for key, state in theirs.get(STATES, {}).items():
            if key in feeds or key in my_feeds:
                states[key] = state
        taken |= {FEEDS: feeds, STATES: states}
    if RULES in terms.requested:
        taken[RULES] = theirs.get(RULES, {})
    else:
        offered += _shown_rules(mine.get(RULES, {}), theirs.get(RULES, {}))
    return Proposals(taken, tuple(offered), tuple(refused))


def _shown_feed(feed: Followed) -> str:
    target = hide_in_address(clean(feed.target))
    name = hide_in_address(clean(feed.name))
    return f"feed {target}" if name == target else f"feed {name}: {target}"


def _shown_rules(mine: Documents, theirs: Documents) -> list[str]:
    """The rules that the reader does not have."""
    existing = {one[:3] for one in rules.in_order(mine.values()).values()}
    lines = []
    for rule in rules.in_order(theirs.values()).values():
        if rule[:3] not in existing:
            condition = clean(rule.condition) or "all papers"
            lines.append(f"rule {clean(rule.name)}: {condition}: {rule.actions}")
    return lines
