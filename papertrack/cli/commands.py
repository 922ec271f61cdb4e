"""Functions as commands of Typer: their session, and groups such as `tag add`."""

import functools
import inspect
from typing import Any

import typer

from papertrack.cli.help_format import HelpfulCommand, HelpfulGroup
from papertrack.cli.options import Command


def with_session(function: Command) -> Command:
    """The function as Typer calls it: its parameter `session` is that of the context.

    A function without it is returned as it is.
    """
    signature = inspect.signature(function, eval_str=True)
    session, *others = signature.parameters.values()
    if session.name != "session":
        return function

    @functools.wraps(function)
    def command(ctx: typer.Context, **values: Any) -> None:
        ctx.obj.is_typed = functools.partial(_is_typed, ctx)
        function(ctx.obj, **values)

    context = session.replace(name="ctx", annotation=typer.Context)
    vars(command)["__signature__"] = signature.replace(parameters=[context, *others])
    return command


def _is_typed(ctx: typer.Context, option: str) -> bool:
    source = ctx.get_parameter_source(option)
    return source is not None and source.name == "COMMANDLINE"


def group(help: str, **functions: Command) -> typer.Typer:
    """A command that consists of others, by name."""
    app = typer.Typer(
        cls=HelpfulGroup, add_completion=False, no_args_is_help=True, help=help
    )
    for name, function in functions.items():
        app.command(name, cls=HelpfulCommand)(with_session(function))
    return app
