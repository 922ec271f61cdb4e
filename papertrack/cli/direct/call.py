"""A usual line as a call of its command."""

from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

from papertrack.cli import global_options
from papertrack.cli.command_line import Line
from papertrack.cli.command_table import COMMANDS
from papertrack.cli.configured import OPTIONS
from papertrack.cli.direct import table
from papertrack.cli.direct.parameters import Parameters
from papertrack.cli.session import Session

if TYPE_CHECKING:
    from papertrack.cli.listing import Command
    from papertrack.cli.subcommands import Group

Values = dict[str, Any]


class Call(NamedTuple):
    """A command, as it was typed, and the values of what was typed after it."""

    name: str
    parameters: Parameters
    shared: Values
    """The values of the options of papertrack itself."""
    values: Values

    def run(self, session: Session) -> None:
        """Call the command as Typer does. Raises what it raises."""
        global_options.set_up(session, **{**table.GLOBAL.defaults, **self.shared})
        session.is_typed = self.values.__contains__
        command = _function(self.name)
        command(session, **self.completed(session))

    def completed(self, session: Session) -> Values:
        """The values of all parameters: typed, of config.toml, or defaults.

        Raises ConfigError.
        """
        configured = {
            name: session.config[key]
            for name, key in OPTIONS.get(self.name, {}).items()
            if name not in self.values
        }
        for option in self.parameters.options.values():
            value = configured.get(option.parameter)
            if option.value and isinstance(value, str):
                configured[option.parameter] = option.value(value)
        return {**self.parameters.defaults, **configured, **self.values}


def _function(name: str) -> "Command":
    """The function of a command, which may be one of a group."""
    first, _, second = name.partition(" ")
    entry = COMMANDS[first]
    module = import_module(f"papertrack.cli.{entry.module}")
    if second:
        group: Group = getattr(module, f"{entry.name}_group")
        return group.commands[second]
    command: Command = getattr(module, f"{entry.name}_command")
    return command


def read(line: Line) -> Call | None:
    """The call that a line stands for; None if Typer has to read it."""
    if not line.words or line.words[0] not in COMMANDS:
        return None
    for count in (1, 2):  # a command of a group has two words
        first, *others = line.words[:count]
        parameters = table.COMMANDS.get(" ".join([COMMANDS[first].name, *others]))
        if parameters is not None:
            return _call(line, count, parameters())
    return None


def _call(line: Line, count: int, parameters: Parameters) -> Call | None:
    """The call of the command that the first `count` words name; None if Typer has to
    read what follows.
    """
    shared = _values(table.GLOBAL, line.options)
    values = _values(parameters, line.words[count:])
    if shared is None or values is None:
        return None
    return Call(" ".join(line.words[:count]), parameters, shared, values)


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
    return _with_arguments(parameters, values, words)


def _with_arguments(
    parameters: Parameters, values: Values, words: list[str]
) -> Values | None:
    """The values, with those of the words that belong to no option; None for too few
    words, too many, or one that its argument does not take.
    """
    needed = [parameters.words]
    for argument in parameters.first:
        needed.append(argument.parameter)
        if words and argument.value:
            try:
                values[argument.parameter] = argument.value(words.pop(0))
            except ValueError:
                return None
    if words and parameters.words:
        values[parameters.words] = words
    elif words:
        return None
    known = {"", *values, *parameters.defaults}
    return values if known.issuperset(needed) else None
