"""The command line: the app, and the one place that turns errors into messages and exit codes.

COMMANDS names every command and where it is defined; a module is imported when its command runs, so
that `papertrack list` pays for nothing that `fetch` or `export` need. Only `--help` imports all.
"""

import contextlib
import io
import os
import re
import sys
from importlib import import_module
from pathlib import Path
from typing import Annotated, Any, TextIO

import typer
from typer.core import TyperGroup

from papertrack import __version__
from papertrack.cli.session import Color, Session
from papertrack.core.errors import PapertrackError, QueryError, ReaderGone, UsageError
from papertrack.core.text import clean, pointed
from papertrack.core.wording import did_you_mean

COMMANDS = {
    "fetch": "fetch",
    "import": "fetch",
    "feed": "feed",
    "status": "status",
    "list": "find",
    "ls": "find",
    "search": "find",
    "show": "find",
    "open": "open",
    "tags": "tags",
    "stats": "stats",
    "trends": "stats",
    "tag": "tags",
    "view": "view",
    "rule": "rule",
    "mark": "mark",
    "star": "mark",
    "unstar": "mark",
    "note": "mark",
    "undo": "log",
    "redo": "log",
    "log": "log",
    "export": "export",
    "doctor": "doctor",
    "backup": "backup",
    "restore": "backup",
    "completion": "completion.command",
    "help": "help",
}
"""Command -> module of this package; the function in it is named `NAME_command`, a group `NAME_app`."""

ALIASES = {"ls": "list"}
HELP = {"help_option_names": ["-h", "--help"]}


class Commands(TyperGroup):
    """The commands, each made when it is asked for: building them all costs more than a search."""

    def list_commands(self, ctx: Any) -> list[str]:
        """Their names, as the help shows them."""
        return [name for name in COMMANDS if name not in ALIASES]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        """The command of that name, or None."""
        if cmd_name not in COMMANDS:
            return None
        if cmd_name not in self.commands:
            self.commands[cmd_name] = _command(cmd_name)
        return self.commands[cmd_name]


def _command(name: str) -> Any:
    module = import_module(f"papertrack.cli.{COMMANDS[name]}")
    function = ALIASES.get(name, name)
    if (group := getattr(module, f"{function}_app", None)) is not None:
        return typer.main.get_command(group)
    one = typer.Typer(add_completion=False)
    one.command(name, context_settings=HELP)(getattr(module, f"{function}_command"))
    return typer.main.get_command(one)


app = typer.Typer(
    cls=Commands, add_completion=False, no_args_is_help=True, context_settings=HELP
)


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"papertrack {__version__}")
        raise typer.Exit


@app.callback()
def papertrack(
    ctx: typer.Context,
    library: Annotated[
        Path | None,
        typer.Option(
            "--library",
            metavar="DIR",
            help="The library's folder, else $PAPERTRACK_LIBRARY.",
        ),
    ] = None,
    quiet: Annotated[
        bool, typer.Option("--quiet", "-q", help="Say nothing on stderr but errors.")
    ] = False,
    verbose: Annotated[
        bool, typer.Option("--verbose", "-v", help="Say more on stderr.")
    ] = False,
    color: Annotated[
        Color, typer.Option("--color", help="When to colour.")
    ] = Color.AUTO,
    version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_version, is_eager=True, help="Tell the version."
        ),
    ] = False,
) -> None:
    """Track machine-learning papers: fetch listings, then list, search, tag and export them offline.

    Start with: papertrack fetch (or, without a network: papertrack fetch sample)
    """
    if not isinstance(ctx.obj, Session):
        ctx.obj = Session(os.environ)
    ctx.obj.set(library=library, quiet=quiet, verbose=verbose, color=color)


INTERRUPTED = 130
GLOBAL_FLAGS = ("-q", "--quiet", "-v", "--verbose")
GLOBAL_OPTIONS = ("--library", "--color")


def hoisted(arguments: list[str]) -> list[str]:
    """The arguments with the global options moved to the front, wherever they were typed before `--`.

    Raises UsageError for what looks like a word left out: `-survey` would be read as `-s urvey`.
    """
    front: list[str] = []
    rest: list[str] = []
    waiting = iter(arguments)
    for argument in waiting:
        if argument == "--":
            return [*front, *rest, argument, *waiting]
        if re.fullmatch("-[A-Za-z]{3,}", argument):
            raise UsageError(
                f"{argument} is no option; leave a word out with ^{argument[1:]} or not {argument[1:]}"
            )
        if argument in GLOBAL_FLAGS or argument.startswith(
            tuple(f"{name}=" for name in GLOBAL_OPTIONS)
        ):
            front.append(argument)
        elif argument in GLOBAL_OPTIONS:
            front += [
                argument,
                *[value for value in [next(waiting, None)] if value is not None],
            ]
        else:
            rest.append(argument)
    return front + rest


def run(arguments: list[str], session: Session) -> int:
    """Run one command; its exit code. Every error becomes one line on stderr here."""
    try:
        command = typer.main.get_command(app)
        result = command.main(
            hoisted(arguments),
            prog_name="papertrack",
            standalone_mode=False,
            obj=session,
        )
        if result == INTERRUPTED:
            _tell(session, "interrupted")
        return result if isinstance(result, int) else 0
    except ReaderGone as error:
        _silence(sys.stdout)
        return error.exit_code
    except PapertrackError as error:
        _tell(session, str(error), error if isinstance(error, QueryError) else None)
        return error.exit_code
    except typer.TyperException as error:
        return _usage(session, error)
    except (KeyboardInterrupt, typer.Abort):
        _tell(session, "interrupted")
        return INTERRUPTED
    except OSError as error:
        # A file or stream that fails where nothing more is known of it.
        where = f"{error.filename}: " if isinstance(error.filename, str) else ""
        _tell(session, f"{where}{error.strerror or error}; check it, and try again")
        return 1


def _usage(session: Session, error: typer.TyperException) -> int:
    """A command line that Typer refuses; bare `papertrack` and bare groups show their help instead."""
    message = getattr(error, "format_message", lambda: str(error))()
    context = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError":
        print(message)
        return 0 if context is not None and context.parent is None else 2
    path = context.command_path if context is not None else "papertrack"
    first = clean(message).rstrip(".")
    hint = (
        "; a word is left out with ^word"
        if "No such option: -" in message and "--" not in message
        else ""
    )
    if (unknown := re.match("No such command '(.*?)'", first)) and context is not None:
        near = did_you_mean(unknown[1], context.command.list_commands(context))
        # Typer knows only the commands that are made already; and a list of all is more than a line.
        first, hint = unknown[0], near if near.startswith("; did") else ""
    _tell(session, f"{first[:1].lower()}{first[1:]}{hint} ({path} --help tells more)")
    return int(getattr(error, "exit_code", 1))


def _tell(session: Session, message: str, query: QueryError | None = None) -> None:
    lines = [session.fitted(f"papertrack: {clean(message)}")]
    if query is not None:
        lines += [
            f"  {line}"
            for line in pointed(query.query, query.position, session.width - 3)
        ]
    try:
        print("\n".join(lines), file=session.stderr, flush=True)
    except (OSError, UnicodeError):
        return


def _silence(stream: TextIO) -> None:
    """What is still buffered must not raise when Python flushes it at exit."""
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def main() -> None:
    """Run `papertrack` with the arguments of this process, and end it with the exit code."""
    # A stream that was closed before we began is None here.
    sys.stdout = sys.stdout or io.StringIO()
    sys.stderr = sys.stderr or io.StringIO()
    for stream in (sys.stdout, sys.stderr):
        # A terminal or pipe that can't show a character gets a replacement, never a traceback.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")
    session = Session(os.environ)
    if session.environment.columns is None:
        # Rich would print nothing, or raise, in a help of another width.
        os.environ.pop("COLUMNS", None)
    code = run(sys.argv[1:], session)
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        _silence(sys.stdout)
    except OSError as error:
        _tell(
            session,
            f"standard output: {error.strerror}; nothing more can be written there",
        )
        _silence(sys.stdout)
        code = code or 1
    with contextlib.suppress(OSError):
        sys.stderr.flush()
    sys.exit(code)
