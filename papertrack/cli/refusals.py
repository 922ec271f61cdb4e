"""Messages for a command line that can't be run, with the line to type instead."""

from __future__ import annotations

import re
import shlex
from typing import Any

import typer

from papertrack.cli.command_line import Line
from papertrack.cli.help_format import Unrunnable
from papertrack.core.errors import NotFound, PapertrackError, QueryError
from papertrack.core.text import clean
from papertrack.core.wording import excerpt


def message(error: PapertrackError, root: Any, line: Line) -> str:
    """The message of an error, with the line to type instead where that is clear.

    `root` is the command of the app.
    """
    if isinstance(error, QueryError) and error.instead:
        return _with_line(error.reason, _corrected(error, line), error.as_written)
    if isinstance(error, Unrunnable):
        return _with_line(error.reason, _instead(root, line), error.as_written)
    if isinstance(error, NotFound):
        from papertrack.cli.typed import answers  # for mistakes only

        found = answers.otherwise(root, line.words)
        reason = error.as_written.partition("; ")[0]
        return _with_line(reason, _whole(line, found), error.as_written)
    return error.as_written


def of_typer(error: typer.TyperException, root: Any, line: Line) -> str:
    """The message for a command line that Typer refuses."""
    context = getattr(error, "ctx", None)
    path = context.command_path if context is not None else "papertrack"
    reason = _reason(error)
    hint = ""
    option = str(getattr(error, "option_name", ""))
    if reason.startswith("unknown option"):
        hint = _about_option(option, root, path)
    return _with_line(
        reason, _instead(root, line), f"{reason}{hint} (see {path} --help)"
    )


def _reason(error: typer.TyperException) -> str:
    """What is wrong, in the words of papertrack."""
    from papertrack.cli.typed import mistakes  # for mistakes only

    text = clean(error.format_message()).rstrip(".")
    choice = mistakes.refused_choice(error)
    if choice is not None:
        param: Any = getattr(error, "param", None)
        names = [*param.opts] if param.param_type_name == "option" else []
        name = max(names, key=len, default=param.name)
        known = ", ".join(mistakes.choices(param))
        return f"unknown {name} {excerpt(choice, 60)}; known: {known}"
    if mistakes.UNKNOWN_OPTION.match(text):
        return f"unknown option {clean(str(getattr(error, 'option_name', '')))}"
    return text[:1].lower() + text[1:]


def _about_option(option: str, root: Any, path: str) -> str:
    """Which commands have an option, or how a word is excluded."""
    if not option.startswith("--"):
        return "; to exclude a word, type ^word"
    from papertrack.cli.typed import mistakes  # for mistakes only

    able = mistakes.commands_with(root, option)
    if not able:
        return ""
    return f" of {path}; it works with {', '.join(able)}"


def _instead(root: Any, line: Line) -> str | None:
    from papertrack.cli.typed import answers  # for mistakes only

    return _whole(line, answers.instead(root, line.words))


def _corrected(error: QueryError, line: Line) -> str | None:
    """The line with the term that is meant in the place of a wrong one."""
    from papertrack.cli.typed import answers  # for mistakes only

    wrong = re.compile(re.escape(error.term), re.IGNORECASE)
    words = [wrong.sub(lambda _: error.instead, word, count=1) for word in line.words]
    if words == line.words or answers.is_unsuggested(words):
        return None
    return _whole(line, words)


def _whole(line: Line, words: list[str] | None) -> str | None:
    """The line that these words make with the global options of another one."""
    return shlex.join(["papertrack", *line.options, *words]) if words else None


def _with_line(reason: str, line: str | None, otherwise: str) -> str:
    """`REASON; did you mean: LINE`, or another message where there is no line."""
    if line is None:
        return otherwise
    reason = reason.partition("; known: ")[0]
    if " help " in line:
        return f"{reason}; see: {line}"
    return f"{reason}; did you mean: {line}"
