"""Messages for a command line that can't be run, with the line to type instead."""

from __future__ import annotations

import re
import shlex
from typing import Any

import typer

from papertrack.cli.command_line import Line
from papertrack.cli.help_format import Unrunnable, choices
from papertrack.core.errors import NotFound, PapertrackError, QueryError, Slip
from papertrack.core.text import clean
from papertrack.core.wording import brief, excerpt


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
        if found or not error.slip:
            return _with_line(reason, _whole(line, found), error.as_written)
    if error.slip:
        corrected = _without_slip(error.slip, root, line)
        return _with_line(error.slip.reason, corrected, error.as_written)
    return error.as_written


def of_typer(error: typer.TyperException, root: Any, line: Line) -> str:
    """The message for a command line that Typer refuses."""
    context = getattr(error, "ctx", None)
    path = _path(root, line) if context is None else context.command_path
    reason = _reason(error)
    hint = ""
    option = str(getattr(error, "option_name", ""))
    if reason.startswith("unknown option"):
        hint = _about_option(option, root, path)
    return _with_line(
        reason, _instead(root, line), f"{reason}{hint} (see {path} --help)"
    )


def _path(root: Any, line: Line) -> str:
    """The command that a line begins with: `papertrack tag add`."""
    names = ["papertrack"]
    command = root
    for word in line.words:
        if not hasattr(command, "list_commands"):
            break
        command = command.get_command(None, word)
        if command is None:
            break
        names.append(word)
    return " ".join(names)


def _reason(error: typer.TyperException) -> str:
    """What is wrong, in the words of papertrack."""
    from papertrack.cli.typed import mistakes  # for mistakes only

    text = clean(error.format_message()).rstrip(".")
    choice = mistakes.refused_choice(error)
    if choice is not None:
        known = ", ".join(choices(getattr(error, "param", None)))
        return f"unknown {_name(error)} {excerpt(choice, 60)}; known: {known}"
    if mistakes.UNKNOWN_OPTION.match(text):
        return f"unknown option {clean(str(getattr(error, 'option_name', '')))}"
    number = re.match(r"'(.*)' is not a valid int", str(getattr(error, "message", "")))
    if number is not None:
        return f"{_name(error)} takes a whole number, not {excerpt(number[1], 60)}"
    return text[:1].lower() + text[1:]


def _name(error: typer.TyperException) -> str:
    """The option or argument that an error is about."""
    param: Any = getattr(error, "param", None)
    names = [*param.opts] if param.param_type_name == "option" else []
    return str(max(names, key=len, default=param.name))


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


def _without_slip(slip: Slip, root: Any, line: Line) -> str | None:
    """The line with the name that is meant in the place of an unknown one."""
    from papertrack.cli.typed import answers, mistakes, slips  # for mistakes only

    words = slips.corrected(line.words, [(slip.wrong, slip.right)])
    if words is None or answers.is_unsuggested(words) or mistakes.first(root, words):
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
    verb = "see" if " help " in line else "did you mean"
    message = f"{reason}; {verb}: {line}"
    # A line that is not printed in full can't be run.
    return message if brief(message) == message else otherwise
