"""The commands as Typer reads them: the tree, and running a line through it.

A module of the command table is imported when its command runs, so that
`papertrack list --help` does not pay for what `fetch` or `export` need.
"""

import os
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any

import typer
from typer import Option

from papertrack import __version__
from papertrack.cli import global_options, output
from papertrack.cli.command_line import Line
from papertrack.cli.command_table import COMMANDS, ENTRIES
from papertrack.cli.commands import as_typer, with_session
from papertrack.cli.configured import ConfiguredCommands
from papertrack.cli.help_format import HelpfulCommand, HelpfulGroup
from papertrack.cli.session import Color, Session

INTERRUPTED = 130
"""What Typer returns for a KeyboardInterrupt."""


class Commands(HelpfulGroup):
    """The commands, each built when it is used: building all costs more than a search."""

    def list_commands(self, ctx: Any) -> list[str]:
        """The names of the commands, without aliases."""
        return [entry.name for entry in ENTRIES]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        if cmd_name not in self.commands:
            self.commands[cmd_name] = _command(cmd_name)
        return self.commands[cmd_name]


def _command(name: str) -> Any:
    entry = COMMANDS[name]
    module = import_module(f"papertrack.cli.{entry.module}")
    group = getattr(module, f"{entry.name}_group", None)
    if group is not None:
        return typer.main.get_command(as_typer(group))
    single = typer.Typer(add_completion=False)
    function = getattr(module, f"{entry.name}_command")
    single.command(name, cls=HelpfulCommand)(with_session(function))
    return typer.main.get_command(single)


app = typer.Typer(
    cls=Commands,
    add_completion=False,
    no_args_is_help=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(ctx: typer.Context, wanted: bool) -> None:
    if wanted:
        output.write(ctx.obj, f"papertrack {__version__}\n")
        raise typer.Exit


@app.callback()
def papertrack(
    ctx: typer.Context,
    library: Annotated[
        Path | None,
        Option(
            metavar="DIR",
            help="Library folder.",
        ),
    ] = None,
    quiet: Annotated[
        bool, Option("--quiet", "-q", help="Print nothing but errors.")
    ] = False,
    verbose: Annotated[
        bool, Option("--verbose", "-v", help="Print more on stderr.")
    ] = False,
    color: Annotated[Color, Option(help="When to use colors.")] = Color.AUTO,
    no_color: Annotated[
        bool, Option("--no-color", help="Never use colors, as --color never.")
    ] = False,
    no_pager: Annotated[
        bool, Option("--no-pager", help="Print long output without a pager.")
    ] = False,
    version: Annotated[
        bool,
        Option(
            "--version",
            "-V",
            callback=_version,
            is_eager=True,
            help="Print the version.",
        ),
    ] = False,
) -> None:
    """Set up the session for the command."""
    if not isinstance(ctx.obj, Session):
        ctx.obj = Session(os.environ)
    global_options.set_up(
        ctx.obj,
        library=library,
        quiet=quiet,
        verbose=verbose,
        color=color,
        no_color=no_color,
        no_pager=no_pager,
    )


def root() -> Any:
    """The command of the app, below which all others are."""
    return typer.main.get_command(app)


def invoke(line: Line, session: Session) -> int:
    """Run the command of a line, and return its exit code.

    Reports a line that Typer refuses. Raises PapertrackError, KeyboardInterrupt, OSError.
    """
    try:
        result = _invoked(line, session)
    except typer.Abort:
        raise KeyboardInterrupt from None
    except typer.TyperException as error:
        from papertrack.cli import refusals  # for mistakes only

        session.report(refusals.of_typer(error, root(), line))
        return error.exit_code
    if result == INTERRUPTED:
        raise KeyboardInterrupt
    return result if isinstance(result, int) else 0


def _invoked(line: Line, session: Session) -> object:
    """Call the command, or print the help without any. Returns an exit code or None."""
    try:
        return root().main(
            [*line.options, *line.words],
            prog_name="papertrack",
            standalone_mode=False,
            obj=session,
            default_map=ConfiguredCommands(session),
        )
    except typer.TyperException as error:
        if type(error).__name__ != "NoArgsIsHelpError":
            raise
        output.write_drawn(session, f"{error.format_message()}\n")
        context = getattr(error, "ctx", None)
        return 0 if context is not None and context.parent is None else 2
