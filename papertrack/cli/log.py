"""`log`, `undo`, `redo`: what was done to marks, tags, views, rules and feeds, and taking it back."""

from typing import Annotated, NamedTuple

import typer

from papertrack.cli import options as opt
from papertrack.cli import output
from papertrack.cli.session import Session
from papertrack.core.text import clean
from papertrack.library.undo_log import Step

Count = Annotated[int, typer.Argument(metavar="[N]", min=1, help="How many.")]
SHOWN = 30


class Entry(NamedTuple):
    """A step of the log; `back` is the N with which `undo N` reaches back to it, None for what it passes by."""

    step: Step
    undone: bool
    back: int | None


def undo_command(
    ctx: typer.Context, count: Count = 1, dry_run: opt.DryRun = False
) -> None:
    """Take back the last change, or the last N.

    papertrack undo 3

    papertrack log shows what there is to take back.
    """
    session: Session = ctx.obj
    if dry_run:
        standing = [entry.step for entry in _entries(session) if entry.back]
        for step in standing[:count]:
            session.narrate(f"would undo: {clean(step.what)}")
        taken = standing[:count]
    else:
        taken = session.library.marking.undo(count)
        for step in taken:
            session.narrate(f"undone: {clean(step.what)}")
    if len(taken) < count:
        session.narrate(f"nothing {'more ' * bool(taken)}to undo")


def redo_command(ctx: typer.Context, count: Count = 1) -> None:
    """Do again what the last undo took back, or the last N; until something else is changed."""
    session: Session = ctx.obj
    for done in range(count):
        step = session.library.marking.redo()
        if step is None:
            session.narrate(f"nothing {'more ' * bool(done)}to redo")
            return
        session.narrate(f"redone: {clean(step.what.removeprefix('undid: '))}")


def log_command(
    ctx: typer.Context,
    limit: Annotated[
        int, typer.Option("--limit", "-n", min=1, metavar="N", help="At most so many.")
    ] = SHOWN,
    all: Annotated[
        bool, typer.Option("--all", "-a", help="All that are kept.")
    ] = False,
    json: opt.Json = False,
) -> None:
    """Show what was changed, newest first: when, what, how many papers, and whether it was taken back.

    The number in front is what to give to papertrack undo to take back all down to there.
    """
    session: Session = ctx.obj
    entries = _entries(session)
    shown = entries if all else entries[:limit]
    if json:
        output.write_json(session, [_as_json(entry) for entry in shown])
    elif session.on_terminal and shown:
        from papertrack.render import settings as desk

        rows = [
            (entry.back, entry.step.at, entry.step.what, entry.undone)
            for entry in shown
        ]
        output.draw(session, desk.log(rows, now=session.time))
    else:
        output.write_rows(
            session,
            (
                [
                    entry.step.number,
                    entry.step.at,
                    entry.step.papers,
                    entry.undone,
                    entry.step.what,
                ]
                for entry in shown
            ),
        )
    some = f"{len(shown)} of {len(entries)} steps; -n N or --all shows more"
    whole = (
        f"{len(entries)} step{'s' * (len(entries) != 1)}"
        if entries
        else "nothing was changed yet"
    )
    hint = (
        "; papertrack undo N takes back all down to number N"
        if session.on_terminal and entries
        else ""
    )
    session.narrate(f"{some if len(shown) < len(entries) else whole}{hint}")


def _entries(session: Session) -> list[Entry]:
    entries: list[Entry] = []
    back = 0
    for step, undone in session.library.log():
        stands = not undone and not step.undoes
        back += stands
        entries.append(Entry(step, undone, back if stands else None))
    return entries


def _as_json(entry: Entry) -> dict[str, object]:
    step = entry.step
    told = {
        "step": step.number,
        "at": step.at,
        "what": step.what,
        "papers": step.papers,
        "undone": entry.undone,
    }
    return {**told, "undo": entry.back, "undoes": list(step.undoes)}
