"""`mcp`: the library for AI assistants, over standard input and output."""

from __future__ import annotations

import gc
import sys
from typing import Annotated, Any

from typer import Option

from papertrack.cli import output, streams
from papertrack.cli.agents import tools
from papertrack.cli.agents.protocol import Protocol, Result
from papertrack.cli.session import Session

LONGEST_LINE = 1_000_000
"""Characters of a message that are read; the rest of a longer one is skipped."""


def mcp_command(
    session: Session,
    write: Annotated[
        bool,
        Option("--write", help="Offer the tools that tag and mark papers, too."),
    ] = False,
) -> None:
    """Serve your library to AI assistants: the Model Context Protocol, over stdio.

    An assistant starts this command itself: add it to its settings. Its tools are
    search, list, show, tags and export_bibtex; with --write also tag and mark, which
    papertrack undo reverts. Nothing is fetched.

    papertrack mcp --write
    """
    gc.enable()  # `__main__` disables it, for commands that are short
    if sys.stdin.isatty():
        session.narrate("waiting for the messages of an assistant; Ctrl-D ends it")

    def call(name: str, arguments: dict[str, Any]) -> Result:
        now = session.renewed()
        try:
            return tools.call(now, name, arguments)
        finally:
            now.close()

    protocol = Protocol(tools.offered(write=write), call)
    with streams.reserved() as out:
        for line in streams.input_lines(LONGEST_LINE):
            reply = protocol.reply(line) if line.strip() else None
            if reply is not None:
                output.write_to(out, f"{reply}\n")
