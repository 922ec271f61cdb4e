"""The command line: runs a line; the one place that turns errors into messages and exit codes.

A usual line of a command that is used often is run without Typer (`direct`), which would
take most of the time of one that reads; every other line is Typer's (`typer_app`).
"""

import os
import sys
from typing import TextIO, cast

from papertrack.cli import command_line, interruption, streams
from papertrack.cli.command_line import Line
from papertrack.cli.direct import call
from papertrack.cli.session import Session
from papertrack.core.errors import (
    NotFound,
    PapertrackError,
    QueryError,
    ReaderGone,
    UsageError,
)

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
        return _command(line, session)
    except ReaderGone as error:
        return error.exit_code
    except PapertrackError as error:
        return _failed(session, error, line)
    except KeyboardInterrupt:
        session.report("interrupted")
        return INTERRUPTED
    except OSError as error:
        # From a file or stream of which no code below knows more.
        where = f"{error.filename}: " if isinstance(error.filename, str) else ""
        session.report(f"{where}{error.strerror or error}; check it, and try again")
        return 1


def _command(line: Line, session: Session) -> int:
    """Run the command of a line, and return its exit code."""
    usual = call.read(line)
    if usual is not None:
        usual.run(session)
        return 0
    from papertrack.cli import typer_app  # 60 ms, most of the start of `list`

    return typer_app.invoke(line, session)


def _failed(session: Session, error: PapertrackError, line: Line) -> int:
    """Report an error of papertrack's own."""
    message = error.as_written
    if error.slip or isinstance(error, UsageError | NotFound):
        from papertrack.cli import refusals, typer_app  # for mistakes only

        message = refusals.message(error, typer_app.root(), line)
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
    import traceback  # 3 ms, for bugs only

    if session.verbose:
        traceback.print_exception(error, file=cast(TextIO, session.stderr))
    *_, (frame, line) = traceback.walk_tb(error.__traceback__)
    module = frame.f_globals.get("__name__")
    session.report(
        f"this is a bug in papertrack: {type(error).__name__}: {error} "
        f"({module}, line {line}); please report it, with what papertrack -v prints"
    )
    return 1
