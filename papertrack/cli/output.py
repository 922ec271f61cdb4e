"""What commands put on stdout: tables and pages on a terminal, whole tab-separated values off it.

Rich is imported on a terminal only; a listing into a pipe needs none of it.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import re
import subprocess
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

from papertrack.cli.session import Session
from papertrack.core.errors import PapertrackError, ReaderGone, UsageError
from papertrack.core.field_names import PAPER_NAMES
from papertrack.core.model import Paper
from papertrack.core.text import clean
from papertrack.core.wording import did_you_mean

if TYPE_CHECKING:
    from rich.console import RenderableType

PIPED = ("id", "date", "upvotes", "title", "authors", "tags")
"""The columns of a listing off a terminal."""

DRAWN, PLAIN = "█▓▒░·▇▆▅▄▃▂▁•✓↻×★▲…─–", "#*+-.%*+=-:_*v~x*^~--"
"""The characters that tables and charts are drawn with, and what stands for them where there is ASCII only."""

COLUMNS = (*PAPER_NAMES, "date")


def names(text: str | None, known: Sequence[str], what: str) -> tuple[str, ...] | None:
    """The comma-separated names of an option. Raises UsageError that names the nearest known one."""
    if text is None:
        return None
    given = tuple(name.strip() for name in text.split(",") if name.strip())
    if not given:
        raise UsageError(f"no {what} given; known: {', '.join(known)}")
    for name in given:
        if name not in known:
            raise UsageError(f"unknown {what} {name}{did_you_mean(name, known)}")
    return given


def emit(
    session: Session,
    *,
    table: Callable[[], RenderableType],
    rows: Iterable[Sequence[object]],
    objects: Callable[[], object],
    json: bool = False,
    as_table: bool = False,
) -> None:
    """Print the result of a command in one of three forms; only that one is made.

    With `json` it is `objects()`; on a terminal, or with `as_table`, `table()`; else
    `rows`, tab-separated. A table without rows is not drawn: no header stands alone.
    """
    if json:
        write_json(session, objects())
    elif not (session.on_terminal or as_table):
        write_rows(session, rows)
    elif any(True for _ in rows):
        draw(session, table())


def write(session: Session, text: str) -> None:
    """Text to stdout as it is. Raises ReaderGone for a closed pipe, PapertrackError for a full disk."""
    try:
        session.stdout.write(text)
        session.stdout.flush()
    except BrokenPipeError:
        raise ReaderGone from None
    except OSError as error:
        raise PapertrackError(
            f"standard output: {error.strerror}; nothing more can be written there"
        ) from None


def write_rows(session: Session, rows: Iterable[Sequence[object]]) -> None:
    """Write tab-separated lines; a tab or line break inside a value becomes a space."""
    write(session, "".join("\t".join(map(cell, row)) + "\n" for row in rows))


def cell(value: object) -> str:
    """One value off a terminal: ISO dates, lists joined with `; `, nothing where unknown."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, tuple):
        return "; ".join(clean(str(item)) for item in value)
    return clean(str(value))


def papers_piped(
    session: Session, papers: Iterable[Paper], columns: Sequence[str] | None
) -> None:
    """A listing off a terminal: no header, no truncation."""
    write_rows(
        session,
        ([getattr(paper, name) for name in columns or PIPED] for paper in papers),
    )


def papers_json(
    session: Session, papers: Iterable[Paper], fields: Sequence[str] | None
) -> None:
    """The contract's array of objects, every field or those asked for."""
    write_json(session, objects(papers, fields))


def objects(
    papers: Iterable[Paper], fields: Sequence[str] | None
) -> list[dict[str, Any]]:
    """Papers as the contract's objects."""
    whole = [paper.as_json() for paper in papers]
    return [{name: one[name] for name in fields} for one in whole] if fields else whole


def write_json(session: Session, value: object) -> None:
    """Write JSON. Control characters that a hand put into the files are escaped."""
    text = json.dumps(value, ensure_ascii=False, indent=2)
    if not text.isprintable():
        text = "".join(
            c if c == "\n" or c.isprintable() else json.dumps(c)[1:-1] for c in text
        )
    write(session, text + "\n")


def draw(session: Session, renderable: RenderableType) -> None:
    """Draw on the terminal, through a pager if it is longer than the screen."""
    from rich.console import Console

    colored = session.colored(session.stdout)
    drawn = io.StringIO()
    console = Console(
        file=drawn,
        force_terminal=colored,
        no_color=not colored,
        color_system="auto" if colored else None,
        width=session.width,
        markup=False,
        emoji=False,
        highlight=False,
        legacy_windows=False,
        _environ=session.environment.variables,
    )
    console.print(renderable)
    text = "\n".join(line.rstrip() for line in drawn.getvalue().split("\n"))
    if colored and not session.environment.hyperlinks:
        text = re.sub("\x1b]8;[^\x1b]*\x1b\\\\", "", text)
    text = _spelled(text, session.stdout.encoding)
    if (
        session.on_terminal
        and text.count("\n") >= session.height
        and _paged(session, text)
    ):
        return
    write(session, text)


def _spelled(text: str, encoding: str | None) -> str:
    """What is drawn, in plain characters as wide where the terminal's encoding has no others."""
    try:
        text.encode(encoding or "utf-8")
    except (UnicodeEncodeError, LookupError):
        from rich.cells import cell_len

        plain = text.translate(str.maketrans(DRAWN, PLAIN))
        known = set(
            plain.encode(encoding or "ascii", "ignore").decode(encoding or "ascii")
        )
        return "".join(
            char if char in known else "?" * cell_len(char) for char in plain
        )
    return text


def _paged(session: Session, text: str) -> bool:
    """Whether the reader's pager took it; quitting it early is no error."""
    command = session.environment.pager
    if not command:
        return False
    # -R lets colours and links through, -F returns at once from what fits after all, -X keeps it on screen.
    environment = {"LESS": "FRX", "LESSCHARSET": "utf-8", **os.environ}
    try:
        pager = subprocess.Popen(
            command, shell=True, stdin=subprocess.PIPE, env=environment
        )
    except OSError:
        return False
    with contextlib.suppress(BrokenPipeError, KeyboardInterrupt):
        pager.communicate(text.encode("utf-8", "replace"))
    while True:
        with contextlib.suppress(KeyboardInterrupt):
            return pager.wait() != 127
