"""Commands that consist of others, such as `tag add`, without Typer."""

from collections.abc import Mapping
from typing import NamedTuple

from papertrack.cli.listing import Command


class Group(NamedTuple):
    """A command that consists of others."""

    help: str
    commands: Mapping[str, Command]
    """By name."""


def group(help: str, **commands: Command) -> Group:
    """A command that consists of others, by name."""
    return Group(help, commands)
