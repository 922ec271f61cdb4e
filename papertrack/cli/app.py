"""The command line: the app, and the one place that turns errors into messages and exit codes.

A module of the command table is imported when its command runs, so that
`papertrack list` does not pay for what `fetch` or `export` need.
"""

import os
import sys
import traceback
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, TextIO, cast

import typer
from typer import Option

from papertrack import __version__
from papertrack.cli import command_line, interruption, output, progress, streams
from papertrack.cli.command_line import Line
from papertrack.cli.command_table import COMMANDS, ENTRIES
from papertrack.cli.commands import with_session
from papertrack.cli.configured import ConfiguredCommands
from papertrack.cli.help_format import HelpfulCommand, HelpfulGroup
from papertrack.cli.session import Color, Session
from papertrack.core.errors import (
    NotFound,
    PapertrackError,
    QueryError,
    ReaderGone,
    UsageError,
)
from papertrack.core.progress import SILENT
from papertrack.storage import waiting


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
    group = getattr(module, f"{entry.name}_app", None)
    if group is not None:
        return typer.main.get_command(group)
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
    session: Session = ctx.obj
    session.flags["library"] = library.expanduser() if library else None
    session.quiet = quiet
    session.verbose = verbose
    session.color = Color.NEVER if no_color else color
    session.flags["pager.command"] = "" if no_pager else None
    waiting.report_to(session.notice)
    if session.progress is SILENT:
        session.progress = progress.for_session(session)


INTERRUPTED = 130


def run(arguments: list[str], session: Session) -> int:
    """Run one command and return its exit code. Every error becomes one line on stderr here."""
    session.arguments = arguments
    try:
        with streams.cleaned():
            return _run(arguments, session)
    finally:
        session.close()


def _run(arguments: list[str], session: Session) -> int:
    line = Line([], [])
    try:
        line = command_line.line(session, arguments)
        result = _invoke(line, session)
    except ReaderGone as error:
        return error.exit_code
    except PapertrackError as error:
        return _failed(session, error, line)
    except typer.TyperException as error:
        return _refused(session, error, line)
    except (KeyboardInterrupt, typer.Abort):
        result = INTERRUPTED
    except OSError as error:
        # From a file or stream of which no code below knows more.
        where = f"{error.filename}: " if isinstance(error.filename, str) else ""
        session.report(f"{where}{error.strerror or error}; check it, and try again")
        return 1
    if result == INTERRUPTED:
        session.report("interrupted")
    return result if isinstance(result, int) else 0


def _invoke(line: Line, session: Session) -> object:
    """Call the command, or print the help without any. Returns an exit code or None."""
    try:
        return typer.main.get_command(app).main(
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


def _refused(session: Session, error: typer.TyperException, line: Line) -> int:
    """Report a command line that Typer refuses."""
    from papertrack.cli import refusals  # for mistakes only

    session.report(refusals.of_typer(error, typer.main.get_command(app), line))
    return error.exit_code


def _failed(session: Session, error: PapertrackError, line: Line) -> int:
    """Report an error of papertrack's own."""
    message = error.as_written
    if isinstance(error, UsageError | NotFound):
        from papertrack.cli import refusals  # for mistakes only

        message = refusals.message(error, typer.main.get_command(app), line)
    session.report(message)
    if isinstance(error, QueryError):
        session.point_at(error.query, error.position)
    return error.exit_code


def main() -> None:
    """Run `papertrack` with the arguments of this process, and exit with its exit code."""
    streams.prepare()
    session = Session(os.environ)
    if session.environment.columns is None:
        # Rich would print nothing, or raise, in a help of another width.
        os.environ.pop("COLUMNS", None)
    with interruption.saving():
        try:
            code = run(sys.argv[1:], session)
        except Exception as error:
            code = _report_bug(session, error)
    interruption.end_if_received()
    sys.exit(code)


def _report_bug(session: Session, error: Exception) -> int:
    """Report an error that nothing expected: where it was raised, in a line."""
    if session.verbose:
        traceback.print_exception(error, file=cast(TextIO, session.stderr))
    *_, (frame, line) = traceback.walk_tb(error.__traceback__)
    module = frame.f_globals.get("__name__")
    session.report(
        f"this is a bug in papertrack: {type(error).__name__}: {error} "
        f"({module}, line {line}); please report it, with what papertrack -v prints"
    )
    return 1
