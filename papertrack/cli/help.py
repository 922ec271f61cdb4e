"""`help`: what the commands do, and the query language on one screen."""

import textwrap
from typing import Annotated

import typer

from papertrack.cli import output
from papertrack.cli.session import Session
from papertrack.core.errors import UsageError
from papertrack.core.field_names import CONDITIONS
from papertrack.core.fields import FIELDS, HAS, IS, Kind
from papertrack.core.wording import did_you_mean

EXAMPLES = (
    ('diffusion "language model" ^survey', "these words, but not survey"),
    ("(agents or tool*) author:li tag:nlp,rl", "a comma means either"),
    ("is:unread upvotes:50.. listed:7d..", "50 or more, since 7 days ago"),
    ("title:/^(why|how) do/ has:code", "a regular expression"),
    ("not cat:cs.CV published:2025-03..2025-06", "from March to June"),
)

_WORDS = """
Words look in {bare}. Case, accents, hyphens and English endings don't matter. `and` or nothing joins words, `or`
takes either, `not`, ^ or - leaves out. Hidden papers stay out unless is:hidden asks for them.
"""

_ROWS = (
    (
        "words",
        (Kind.TEXT,),
        ('word  "a phrase"  pre*  =the whole value  /regex/  a,b for either',),
    ),
    (
        "names",
        (Kind.LABEL, Kind.EXACT, Kind.ID),
        ("tag:nlp finds nlp/parsing too, tag:=nlp does not; pre*  /regex/  a,b",),
    ),
    ("numbers", (Kind.NUMBER,), ("5  5..10  5..  ..5",)),
    (
        "days",
        (Kind.DATE,),
        (
            "2025  2025-03  2025-W45  2025-03-07  today  yesterday  7d 2w 1m 1y ago",
            "7d.. (since then)  ..2025 (until then)  2025-03..2025-06",
        ),
    ),
)


def help_command(
    ctx: typer.Context,
    topic: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TOPIC]...", help="A command, query, or fields; all without one."
        ),
    ] = None,
) -> None:
    """Tell what a command does; `help query` teaches the query language."""
    session: Session = ctx.obj
    if topic == ["query"]:
        _write(session, language(min(session.width, 80) if session.on_terminal else 80))
    elif topic == ["fields"]:
        _write(session, fields())
    else:
        _command_help(ctx, topic or [])


def language(width: int = 80) -> str:
    """The query language on one screen of 80 columns; in a narrower one on more lines."""
    bare = ", ".join(field.name for field in FIELDS if field.bare)
    return "\n".join(
        [
            *_wrapped(
                "papertrack search QUERY: best match first. papertrack list QUERY: newest first.",
                width,
            ),
            "",
            *(line for example in EXAMPLES for line in _example(*example, width=width)),
            "",
            *_wrapped(" ".join(_WORDS.format(bare=bare).split()), width),
            "",
            *(line for row in _ROWS for line in _row(*row, width=width)),
            *_wrapped(f"is:      {' '.join(IS)}", width, 9),
            *_wrapped(f"has:     {' '.join(HAS)}", width, 9),
            *_wrapped(
                "@name    a query saved with papertrack view; papertrack help fields tells more",
                width,
                9,
            ),
            *_wrapped(
                "In a shell, quote what it would read itself: papertrack list '(a or b)'",
                width,
            ),
            "",
        ]
    )


def fields() -> str:
    """What each field holds, and what `is:` and `has:` ask for."""
    asked = [
        (f"{field.query_name}:", field.help) for field in FIELDS if field.query_name
    ]
    states = [
        (f"{ask}:{name}", help)
        for ask, names in CONDITIONS.items()
        for name, help in names.items()
    ]
    return "".join(f"{name:<13} {help}\n" for name, help in asked + states)


def _wrapped(text: str, width: int, indent: int = 0) -> list[str]:
    return textwrap.wrap(
        text, width, subsequent_indent=" " * indent, break_on_hyphens=False
    )


def _example(example: str, meaning: str, *, width: int) -> list[str]:
    line = f"  {example:<{max(len(example) for example, _ in EXAMPLES)}}  {meaning}"
    return [line] if len(line) <= width else [f"  {example}", f"      {meaning}"]


def _row(
    heading: str, kinds: tuple[Kind, ...], values: tuple[str, ...], *, width: int
) -> list[str]:
    names = " ".join(
        f"{field.query_name}:"
        for field in FIELDS
        if field.query_name and field.kind in kinds
    )
    joined = f"{heading:<8} {names}   {values[0]}"
    if len(joined) <= width:
        return [joined, *(f"{'':9}{value}" for value in values[1:])]
    parts = [f"{heading:<8} {names}", *(f"{'':8} {value}" for value in values)]
    return [line for part in parts for line in _wrapped(part, width, 9)]


def _write(session: Session, text: str) -> None:
    if session.on_terminal:
        output.draw(session, text.rstrip("\n"))
    else:
        output.write(session, text)


def _command_help(ctx: typer.Context, topic: list[str]) -> None:
    """What `papertrack TOPIC --help` says. Raises UsageError for what is no command."""
    context, command = ctx.find_root(), ctx.find_root().command
    for name in topic:
        below = getattr(command, "get_command", lambda *_: None)(context, name)
        if below is None:
            known = (
                command.list_commands(context)
                if hasattr(command, "list_commands")
                else []
            )
            raise UsageError(
                f"no help on {' '.join(topic)}{did_you_mean(name, [*known, 'query', 'fields'])}"
            )
        command = below
    command.main(
        ["--help"],
        prog_name=" ".join(["papertrack", *topic]),
        standalone_mode=False,
        obj=ctx.obj,
    )
