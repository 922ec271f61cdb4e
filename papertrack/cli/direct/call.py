"""A usual line as a call of its command."""

from collections.abc import Sequence
from importlib import import_module
from typing import Any, NamedTuple

from papertrack.cli import global_options
from papertrack.cli.command_line import Line
from papertrack.cli.command_table import COMMANDS
from papertrack.cli.configured import OPTIONS
from papertrack.cli.direct import table
from papertrack.cli.direct.parameters import Parameters
from papertrack.cli.session import Session

Values = dict[str, Any]


class Call(NamedTuple):
    """A command, as it was typed, and the values of what was typed after it."""

    name: str
    shared: Values
    """The values of the options of papertrack itself."""
    values: Values

    def run(self, session: Session) -> None:
        """Call the command as Typer does. Raises what it raises."""
        global_options.set_up(session, **{**table.GLOBAL.defaults, **self.shared})
        session.is_typed = self.values.__contains__
        entry = COMMANDS[self.name]
        module = import_module(f"papertrack.cli.{entry.module}")
        getattr(module, f"{entry.name}_command")(session, **self.completed(session))

    def completed(self, session: Session) -> Values:
        """The values of all parameters: typed, of config.toml, or defaults.

        Raises ConfigError.
        """
        parameters = table.COMMANDS[COMMANDS[self.name].name]
        configured = {
            name: session.config[key]
            for name, key in OPTIONS.get(self.name, {}).items()
            if name not in self.values
        }
        for option in parameters.options.values():
            value = configured.get(option.parameter)
            if option.value and isinstance(value, str):
                configured[option.parameter] = option.value(value)
        return {**parameters.defaults, **configured, **self.values}


def read(line: Line) -> Call | None:
    """The call that a line stands for; None if Typer has to read it."""
    if not line.words or line.words[0] not in COMMANDS:
        return None
    name = line.words[0]
    parameters = table.COMMANDS.get(COMMANDS[name].name)
    if parameters is None:
        return None
    shared = _values(table.GLOBAL, line.options)
    values = _values(parameters, line.words[1:])
    if shared is None or values is None:
        return None
    return Call(name, shared, values)


def _values(parameters: Parameters, arguments: Sequence[str]) -> Values | None:
    """The values of typed arguments by parameter; None for an unusual line."""
    values: Values = {}
    words: list[str] = []
    remaining = iter(arguments)
    for argument in remaining:
        if argument == "-" or not argument.startswith("-"):
            words.append(argument)
            continue
        name, equals, text = argument.partition("=")
        option = parameters.options.get(name)
        if option is None or (equals and not name.startswith("--")):
            return None
        if option.value is None:
            if equals:
                return None
            values[option.parameter] = True
            continue
        typed = text if equals else next(remaining, None)
        if typed is None:
            return None
        try:
            values[option.parameter] = option.value(typed)
        except ValueError:
            return None
    if words and parameters.words:
        values[parameters.words] = words
    is_unknown = bool(words) and not parameters.words
    is_missing = parameters.words not in {"", *values, *parameters.defaults}
    return None if is_unknown or is_missing else values
