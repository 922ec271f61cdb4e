"""Functions, and groups such as `tag add`, as commands of Typer: their session."""

import functools
import inspect
import sys
from pathlib import Path
from typing import Any

import typer

from papertrack.cli import options
from papertrack.cli.help_format import HelpfulCommand, HelpfulGroup
from papertrack.cli.listing import OFFERED, Command, Offered
from papertrack.cli.subcommands import Group
from papertrack.cli.typed_secrets import check_path


def with_session(function: Command) -> Command:
    """The function as Typer calls it: its parameter `session` is that of the context.

    A function without it is returned as it is.
    """
    signature = _signature(function)
    session, *others = signature.parameters.values()
    if session.name != "session":
        return function

    @functools.wraps(function)
    def command(ctx: typer.Context, **values: Any) -> None:
        ctx.obj.is_typed = functools.partial(_is_typed, ctx)
        for value in values.values():
            if isinstance(value, Path):
                check_path(value)
        function(ctx.obj, **values)

    context = session.replace(name="ctx", annotation=typer.Context)
    parameters = [context, *others]
    vars(command)["__signature__"] = signature.replace(parameters=parameters)
    # Typer evaluates them too, without what `_signature` knows.
    command.__annotations__ = {one.name: one.annotation for one in parameters}
    return command


def _signature(function: Command) -> inspect.Signature:
    """The parameters of a command for Typer; in the place of `options`, those that it
    stands for.

    A module that is used without Typer imports these names for types only.
    """
    names = {
        "opt": options,
        "Argument": typer.Argument,
        "Option": typer.Option,
        **vars(sys.modules[function.__module__]),
    }
    signature = inspect.signature(function, eval_str=True, globals=names)
    offered: Offered | None = getattr(function, OFFERED, None)
    if offered is None:
        return signature
    parameters = dict(signature.parameters)
    del parameters["options"]
    others = [name for name in parameters if name not in offered.names]
    for name in offered.shared:
        parameters[name] = inspect.Parameter(
            name,
            inspect.Parameter.POSITIONAL_OR_KEYWORD,
            default=offered.default(name),
            annotation=options.LISTING_OPTIONS[name],
        )
    return inspect.Signature([parameters[name] for name in (*others, *offered.names)])


def _is_typed(ctx: typer.Context, option: str) -> bool:
    source = ctx.get_parameter_source(option)
    return source is not None and source.name == "COMMANDLINE"


def as_typer(group: Group) -> typer.Typer:
    """A group as Typer has it."""
    app = typer.Typer(
        cls=HelpfulGroup, add_completion=False, no_args_is_help=True, help=group.help
    )
    for name, function in group.commands.items():
        app.command(name, cls=HelpfulCommand)(with_session(function))
    return app
