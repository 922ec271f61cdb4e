"""The value of each key: where it comes from is decided here, and nowhere else."""

from collections.abc import Iterator, Mapping
from typing import Any, NamedTuple

from papertrack.config import keys
from papertrack.config.file import ConfigFile
from papertrack.config.keys import Key
from papertrack.config.kinds import Wrong
from papertrack.core.errors import ConfigError
from papertrack.core.wording import excerpt

FLAG, FILE, DEFAULT = "flag", "file", "default"


class Setting(NamedTuple):
    """A value, and its origin: `flag`, `env NAME`, `file` or `default`."""

    value: Any
    origin: str


class Settings:
    """The values of all keys: flag, environment, config file, default, in this order.

    A variable that all programs share, such as PAGER, comes after the config file.
    """

    def __init__(
        self,
        variables: Mapping[str, str],
        file: ConfigFile,
        flags: Mapping[str, object] | None = None,
    ) -> None:
        self.variables = variables
        self.file = file
        self.flags = {} if flags is None else flags

    def __getitem__(self, name: str) -> Any:
        """The value of a key; None if it has none. Raises ConfigError."""
        return self.setting(name).value

    def setting(self, name: str) -> Setting:
        """The value of a key and its origin. Raises ConfigError for a wrong variable."""
        key = keys.find(name)
        if key is None:
            raise KeyError(name)
        if self.flags.get(name) is not None:
            return Setting(self.flags[name], FLAG)
        found = self._variable(key, key.variables)
        if found is None and name in self.file.values:
            found = Setting(self.file.values[name], FILE)
        found = found or self._variable(key, key.shared)
        return found or Setting(keys.default_of(key), DEFAULT)

    def _variable(self, key: Key, names: tuple[str, ...]) -> Setting | None:
        """The value of the first of some variables that is set."""
        for name in names:
            if name not in self.variables:
                continue
            text = self.variables[name].strip()
            if not text and key.kind.empty_counts:
                return Setting("", f"env {name}")
            if not text:
                continue
            try:
                value = key.kind.value(key.kind.stored(text))
            except Wrong as expected:
                raise ConfigError(
                    f"{name}: {excerpt(text, 40)!r} is not {expected}; change it, or"
                    " unset it"
                ) from None
            return Setting(value, f"env {name}")
        return None

    def section(self, name: str) -> dict[str, Any]:
        """The values of the section of a key `NAME.*`, by their names in it."""
        values = self.file.values.items()
        prefix = f"{name}."
        return {
            one.removeprefix(prefix): value
            for one, value in values
            if one.startswith(prefix)
        }

    def names(self) -> Iterator[str]:
        """The names of all keys, those of open sections as they are set."""
        for key in keys.KEYS:
            if not key.name.endswith(keys.ANY):
                yield key.name
                continue
            section = key.name.removesuffix(keys.ANY)
            for name in self.section(section):
                if f"{section}.{name}" not in keys.BY_NAME:
                    yield f"{section}.{name}"
