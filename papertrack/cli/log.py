"""`log`, `undo`, `redo`: the changes of papers, marks, tags, views, rules and feeds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from papertrack import render
from papertrack.cli import output
from papertrack.cli.listing import SHOWN
from papertrack.cli.session import Session
from papertrack.core.wording import plural
from papertrack.library.undo_log import FILE_TABLES, Step

if TYPE_CHECKING:
    from papertrack.cli import options as opt

MOST_TITLES = 5
"""The titles of a step on so many papers, or fewer, are shown."""


def undo_command(
    session: Session, count: opt.Steps = 1, dry_run: opt.DryRun = False
) -> None:
    """Undo the last change, or the last N.

    papertrack undo 3

    Undoing a fetch or an import removes the papers that it added, except those that are
    marked since. For what can be undone see papertrack log.
    """
    if dry_run:
        entries = [entry["what"] for entry in _entries(session) if entry["undo"]]
        _report(session, "would undo", entries[:count], count)
        return
    undone = session.library.marking.undo(count)
    _report(session, "undone", [step.what for step in undone.steps], count)
    _report_staying(session, undone.stay)


def redo_command(session: Session, count: opt.Steps = 1) -> None:
    """Redo what the last undo undid, or the last N.

    papertrack redo

    Nothing can be redone after another change.
    """
    redone = session.library.marking.redo(count)
    done = [step.what.removeprefix("undid: ") for step in redone.steps]
    _report(session, "redone", done, count)
    _report_staying(session, redone.stay)


def _report(session: Session, verb: str, done: Sequence[str], count: int) -> None:
    """Print a line for each step, and whether there were fewer than requested."""
    for what in done:
        session.narrate(f"{verb}: {what}")
    if len(done) < count:
        action = "redo" if verb == "redone" else "undo"
        session.narrate(f"nothing {'more ' if done else ''}to {action}")


def _report_staying(session: Session, count: int) -> None:
    """Print how many papers stay though the fetch that added them was undone."""
    if count:
        verb = "stays" if count == 1 else "stay"
        session.narrate(
            f"{plural(count, 'paper')} {verb}: marked since, or known from before; "
            "papertrack remove ID removes one"
        )


def log_command(
    session: Session,
    limit: opt.Limit = SHOWN,
    all: opt.All = False,
    json: opt.Json = False,
) -> None:
    """Show the changes, newest first: when, what, and whether it was undone.

    papertrack undo N undoes all changes down to the one with the number N.

    papertrack log
    """
    entries = _entries(session)
    shown = entries if all else entries[:limit]
    _add_titles(session, shown)

    columns = "step at papers undone what"
    output.emit_list(
        session,
        shown,
        columns,
        table=lambda: render.settings.log(shown, now=session.time, width=session.width),
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


def _entries(session: Session) -> list[dict[str, Any]]:
    """The steps of the log; `undo N` undoes that with `undo` N, None if it can't."""
    entries = []
    back = 0
    for step, undone in session.library.log():
        can_be_undone = not undone and not step.undoes
        back += can_be_undone
        entry = {
            "step": step.number,
            "at": step.at,
            "what": step.what,
            "papers": step.papers,
            "undone": undone,
            "undo": back if can_be_undone else None,
            "undoes": list(step.undoes),
            "keys": _changed_papers(step),
        }
        entries.append(entry)
    return entries


def _changed_papers(step: Step) -> list[str]:
    """The keys of the papers that a step changed, where they are few."""
    keys = [one.paper for one in step.inline if one.table in FILE_TABLES]
    distinct = list(dict.fromkeys(keys))
    return distinct if len(distinct) == step.papers <= MOST_TITLES else []


def _add_titles(session: Session, entries: Sequence[dict[str, Any]]) -> None:
    """Add the titles of the papers that the steps changed, in the place of their keys."""
    wanted = {key for entry in entries for key in entry["keys"]}
    papers = session.library.index.papers(list(wanted)) if wanted else []
    titles = {paper.key: paper.title for paper in papers}
    for entry in entries:
        keys = entry.pop("keys")
        entry["titles"] = [titles[key] for key in keys if key in titles]
