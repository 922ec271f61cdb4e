"""`log`, `undo`, `redo`: the changes of marks, tags, views, rules and feeds."""

from typing import Annotated, NamedTuple

import typer

from papertrack.cli import options as opt
from papertrack.cli import output
from papertrack.cli.session import Session
from papertrack.core.text import clean
from papertrack.core.wording import plural
from papertrack.library.undo_log import Step

Count = Annotated[int, typer.Argument(metavar="[N]", min=1, help="How many changes.")]


class Entry(NamedTuple):
    """A step of the log; `undo N` with `back` as N undoes it, None if it can't."""

    step: Step
    undone: bool
    back: int | None


def undo_command(
    session: Session, count: Count = 1, dry_run: opt.DryRun = False
) -> None:
    """Undo the last change, or the last N.

    papertrack undo 3

    For what can be undone see papertrack log.
    """
    if dry_run:
        steps = [entry.step for entry in _entries(session) if entry.back][:count]
    else:
        steps = session.library.marking.undo(count)
    done = "would undo" if dry_run else "undone"
    for step in steps:
        session.narrate(f"{done}: {clean(step.what)}")
    if len(steps) < count:
        session.narrate(f"nothing {'more ' if steps else ''}to undo")


def redo_command(session: Session, count: Count = 1) -> None:
    """Redo what the last undo undid, or the last N.

    papertrack redo

    Nothing can be redone after another change.
    """
    for done in range(count):
        step = session.library.marking.redo()
        if step is None:
            session.narrate(f"nothing {'more ' if done else ''}to redo")
            return
        session.narrate(f"redone: {clean(step.what.removeprefix('undid: '))}")


def log_command(
    session: Session,
    limit: opt.Limit = opt.SHOWN,
    all: opt.All = False,
    json: opt.Json = False,
) -> None:
    """Show the changes, newest first: when, what, and whether it was undone.

    papertrack undo N undoes all changes down to the one with the number N.
    """
    entries = _entries(session)
    shown = entries if all else entries[:limit]

    def table() -> output.Drawing:
        from papertrack.render import settings as render

        rows = [(one.back, one.step.at, one.step.what, one.undone) for one in shown]
        return render.log(rows, now=session.time)

    output.emit(
        session,
        table=table,
        rows=map(_row, shown),
        objects=lambda: [_as_json(entry) for entry in shown],
        json=json,
    )
    count = plural(len(entries), "step")
    if not entries:
        count = "nothing was changed yet"
    elif len(shown) < len(entries):
        count = f"{len(shown)} of {count}; -n N or --all shows more"
    if session.on_terminal and entries:
        count += "; papertrack undo N undoes all down to number N"
    session.narrate(count)


def _entries(session: Session) -> list[Entry]:
    entries: list[Entry] = []
    back = 0
    for step, undone in session.library.log():
        can_be_undone = not undone and not step.undoes
        back += can_be_undone
        entries.append(Entry(step, undone, back if can_be_undone else None))
    return entries


def _row(entry: Entry) -> output.Row:
    step = entry.step
    return step.number, step.at, step.papers, entry.undone, step.what


def _as_json(entry: Entry) -> dict[str, object]:
    step = entry.step
    return {
        "step": step.number,
        "at": step.at,
        "what": step.what,
        "papers": step.papers,
        "undone": entry.undone,
        "undo": entry.back,
        "undoes": list(step.undoes),
    }
