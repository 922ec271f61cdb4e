"""`help`: the help of a command, and topics such as the query language."""

from typing import Annotated, Any

import typer
from typer import Argument, Option

from papertrack.cli import output, programs
from papertrack.cli.command_table import COMMANDS, UNSUGGESTED
from papertrack.cli.help_format import aliases, width
from papertrack.cli.help_topics import TOPICS
from papertrack.cli.session import Session
from papertrack.core.errors import PapertrackError, UsageError
from papertrack.core.text import clean
from papertrack.core.wording import did_you_mean


def help_command(
    ctx: typer.Context,
    topic: Annotated[
        list[str] | None,
        Argument(
            metavar="[TOPIC]...",
            help="A command, or one of: " + ", ".join(TOPICS) + ".",
        ),
    ] = None,
    is_manual: Annotated[
        bool,
        Option("--man", help="Open all of it in man; off a terminal print that page."),
    ] = False,
) -> None:
    """Explain a command or a topic.

    papertrack help query

    papertrack help tag add

    papertrack help --man > papertrack.1
    """
    session: Session = ctx.obj
    if is_manual:
        _show_manual(session)
        return
    names = topic or []
    own = aliases(session)
    if len(names) == 1 and names[0] in own:
        line = clean(own[names[0]])
        output.write(session, f"{names[0]} is an alias of: papertrack {line}\n")
        return
    if len(names) != 1 or names[0] not in TOPICS:
        output.write_drawn(session, _command_help(ctx, names))
        return
    text = TOPICS[names[0]](width(session))
    if names[0] in COMMANDS:  # config is both
        output.write_drawn(session, f"{_command_help(ctx, names)}\n{text}")
    elif session.on_terminal:
        output.draw(session, text.rstrip("\n"))
    else:
        output.write(session, text)


def _show_manual(session: Session) -> None:
    # Imports every command: 80 ms.
    from papertrack.cli.manual import manual

    page = manual()
    if not session.on_terminal:
        output.write(session, page)
    elif not programs.open_manual(session, page):
        raise PapertrackError(
            "man can't show the page; papertrack help --man > papertrack.1 saves it"
        )


def _command_help(ctx: typer.Context, names: list[str]) -> str:
    """The help of the command of these names. Raises UsageError where there is none."""
    context: Any = ctx.find_root()
    known: list[str] = [*TOPICS]
    for name in names:
        command = context.command
        group = hasattr(command, "list_commands")
        known = [*command.list_commands(context), *known] if group else []
        below = command.get_command(context, name) if group else None
        if below is None:
            hint = did_you_mean(name, known, UNSUGGESTED)
            raise UsageError(f"no help for {' '.join(names)}{hint}")
        context = typer.Context(below, info_name=name, parent=context)
        known = []
    text: str = context.command.get_help(context)
    return text + "\n"
