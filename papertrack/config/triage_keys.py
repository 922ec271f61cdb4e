"""What a key of `papertrack triage` can do, in one table, and the keys that it has.

The table drives triage itself, its help, the values of `key.NAME` in config.toml, and the
README's list.
"""

from collections.abc import Mapping
from typing import NamedTuple

from papertrack.core.text import pairs


class Action(NamedTuple):
    """An action: its name in config.toml, its usual keys, its help."""

    name: str
    keys: tuple[str, ...]
    help: str


_TABLE = """
    read       r               mark it read
    later      l               mark it for later
    hide       h               hide it everywhere
    star       s               star it, or unstar it
    tags       t               edit its tags (Tab helps)
    note       n               edit its note
    open       o               open its page
    pdf        p               open its PDF
    bibtex     b               copy its BibTeX entry
    id         y               copy its id
    next       j down space    the next paper
    previous   k up            the paper before
    page-down  pagedown        the rest of its text
    page-up    pageup          the beginning of it
    search     /               only papers that match
    abstract   v               abstract on or off
    undo       u               undo the last decision
    redo       U               redo what was undone
    help       ?               show the keys
    quit       q               save and quit
    nothing    -               no action
"""
"""Name, keys, help; two spaces at least between the columns."""


def _actions() -> dict[str, Action]:
    actions = {}
    for name, rest in pairs(_TABLE):
        keys, _, help = rest.partition("  ")
        usual = () if keys == "-" else tuple(keys.split())
        actions[name] = Action(name, usual, help.lstrip())
    return actions


ACTIONS = _actions()
"""The actions by name, in the order of the help."""

NAMED = (
    *("space", "enter", "tab", "backspace", "escape", "delete", "insert", "backtab"),
    *("up", "down", "left", "right", "home", "end", "pageup", "pagedown"),
    *(f"f{number}" for number in range(1, 13)),
    *(f"ctrl-{letter}" for letter in "abdefghklnopqrstuvwxy"),
)
"""The keys with a name; any other is the character that it types."""


def is_key(name: str) -> bool:
    """Whether a terminal can send the key of this name."""
    return name in NAMED or (len(name) == 1 and name.isprintable())


def bindings(own: Mapping[str, str]) -> dict[str, str]:
    """Key -> name of its action: the usual ones, and the reader's own in their place."""
    usual = {key: action.name for action in ACTIONS.values() for key in action.keys}
    return {**usual, **own}


def keys_of(action: str, bound: Mapping[str, str]) -> list[str]:
    """The keys that have an action."""
    return [key for key, name in bound.items() if name == action]
