"""`open`: papers in the browser. Addresses are of the web only, and go to a program as one argument, by no shell."""

import os
import shlex
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import Annotated

import typer

from papertrack.cli import options as opt
from papertrack.cli import output
from papertrack.cli.select import select
from papertrack.cli.session import Session
from papertrack.core.errors import NotFound, PapertrackError, UsageError
from papertrack.core.model import Paper
from papertrack.core.text import clean

ASKED_ABOVE = 5
"""More pages than this are opened only when the reader says so."""


def open_command(
    ctx: typer.Context,
    select_: opt.Select,
    pdf: Annotated[bool, typer.Option("--pdf", help="The PDF.")] = False,
    code: Annotated[bool, typer.Option("--code", help="The code.")] = False,
    project: Annotated[
        bool, typer.Option("--project", help="The project page.")
    ] = False,
    hf: Annotated[
        bool,
        typer.Option("--hf", help="The page on Hugging Face, with its discussion."),
    ] = False,
    print_: Annotated[
        bool, typer.Option("--print", help="Print the addresses, open nothing.")
    ] = False,
    yes: Annotated[
        bool,
        typer.Option("--yes", "-y", help="Don't ask before opening more than five."),
    ] = False,
) -> None:
    """Open papers in the browser ($BROWSER, else the system's): where to read of them, or what the options name.

    papertrack open 3 --pdf --code
    """
    session: Session = ctx.obj
    wanted = [
        name
        for name, asked in (
            ("pdf", pdf),
            ("code", code),
            ("project", project),
            ("hf", hf),
        )
        if asked
    ]
    keys, _ = select(session, select_)
    if not keys:
        raise NotFound(f"no paper matches {clean(' '.join(select_))}")
    found, lacking = _addresses(
        session, [session.library.get(key) for key in keys], wanted or ["page"]
    )
    if print_:
        output.write_rows(session, ([address] for address in found))
    else:
        _agree(session, len(found), yes)
        for address in found:
            session.narrate(f"opening {address}")
            _open(session, address)
    if lacking:
        raise NotFound("; ".join(lacking))


def _addresses(
    session: Session, papers: Sequence[Paper], wanted: Sequence[str]
) -> tuple[list[str], list[str]]:
    """The addresses, each once, and what papers lack."""
    from papertrack.exports.registry import (
        web_url,  # nothing but http and https, and what is no URL's character is quoted
    )

    found: dict[str, None] = {}
    lacking: list[str] = []
    for paper in papers:
        for name in wanted:
            if address := web_url(_PLACES[name][0](session, paper)):
                found[address] = None
            else:
                lacking.append(f"{clean(paper.id)} has no {_PLACES[name][1]}")
    return list(found), lacking


def _on_hugging_face(session: Session, paper: Paper) -> str | None:
    if not paper.key.startswith("arxiv:"):
        return None
    # The sources take 20 ms to import, and only `open --hf` needs this one.
    from papertrack.sources.huggingface.source import ENDPOINT

    host = session.environment.endpoint(ENDPOINT.variable, ENDPOINT.url)
    return f"{host}/papers/{paper.id}"


_PLACES: dict[str, tuple[Callable[[Session, Paper], str | None], str]] = {
    "page": (lambda session, paper: paper.url or paper.project or paper.pdf, "address"),
    "pdf": (lambda session, paper: paper.pdf, "PDF"),
    "code": (lambda session, paper: paper.github, "code"),
    "project": (lambda session, paper: paper.project, "project page"),
    "hf": (_on_hugging_face, "page on Hugging Face"),
}
"""What can be opened: where it lies, and what it is called where there is none."""


def _agree(session: Session, count: int, yes: bool) -> None:
    """Ask before many. Raises UsageError where nobody agreed."""
    if count <= ASKED_ABOVE or yes:
        return
    if not (sys.stdin.isatty() and session.stderr.isatty()):
        raise UsageError(f"this would open {count} pages; add --yes to do it")
    if not session.confirm(f"open {count} pages?"):
        raise UsageError("nothing was opened")


def _open(session: Session, address: str) -> None:
    """Open an address with the first program that takes it. Raises PapertrackError."""
    told = session.environment.browser
    if not told:
        import webbrowser

        if not webbrowser.open(address):
            raise PapertrackError(
                f"no browser could be started for {address}; set BROWSER, or add --print"
            )
        return
    for command in filter(str.strip, told.split(os.pathsep)):
        if _started(command, address):
            return
    raise PapertrackError(
        f"BROWSER: {clean(told)} could not open {address}; set it to a program, or add --print"
    )


def _started(command: str, address: str) -> bool:
    """Run one command of BROWSER: `%s` stands for the address, else it comes last; `&` at the end: don't wait."""
    try:
        words = shlex.split(command)
    except ValueError:
        return False
    waits = words[-1:] != ["&"]
    words = words if waits else words[:-1]
    named = any("%s" in word for word in words)
    arguments = (
        [word.replace("%s", address) for word in words] if named else [*words, address]
    )
    try:
        program = subprocess.Popen(arguments)
        return program.wait() == 0 if waits else True
    except (OSError, ValueError, IndexError):
        return False
