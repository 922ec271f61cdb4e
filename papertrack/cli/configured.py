"""Defaults of options that config.toml sets, for Typer.

They are read when an option was not given: `papertrack list --help` works with a broken
config file.
"""

from __future__ import annotations

from typing import Any

from papertrack.cli.session import Session

OPTIONS = {
    "list": {"sort": "list.sort", "limit": "list.limit"},
    "ls": {"sort": "list.sort", "limit": "list.limit"},
    "search": {"limit": "list.limit"},
}
"""Command -> option -> key."""


class ConfiguredOptions(dict[str, Any]):
    """The options of one command with their configured values."""

    def __init__(self, session: Session, names: dict[str, str]) -> None:
        super().__init__()
        self.session = session
        self.names = names

    def get(self, name: str, default: Any = None) -> Any:
        """The configured value of an option, else the default."""
        key = self.names.get(name)
        return self.session.config[key] if key else default


class ConfiguredCommands(dict[str, Any]):
    """The options of each command: what Typer calls a default map."""

    def __init__(self, session: Session) -> None:
        super().__init__()
        self.session = session

    def get(self, name: str, default: Any = None) -> Any:
        """The options of a command, else the default."""
        names = OPTIONS.get(name)
        return ConfiguredOptions(self.session, names) if names else default
