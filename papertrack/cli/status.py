"""`status`: when each source was last read, what was new, failures, what is due."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import TYPE_CHECKING, Annotated, Any

from papertrack import render
from papertrack.cli import output, targets
from papertrack.cli.find import FILL_HINT
from papertrack.cli.paper_counts import paper_counts
from papertrack.cli.session import Session
from papertrack.cli.waiting_messages import report_waiting
from papertrack.core.model import Reading
from papertrack.core.secrets import hide_in_address
from papertrack.core.wording import plural

if TYPE_CHECKING:
    from typer import Option

    from papertrack.cli import options as opt

COLUMNS = "name target read new updated known day due since error"
"""The columns of a row."""


def status_command(
    session: Session,
    all: Annotated[
        bool,
        Option("--all", "-a", help="Show sources that are not followed, too."),
    ] = False,
    json: opt.Json = False,
) -> None:
    """Show each source's last fetch, its failures, and what is due.

    papertrack status

    papertrack status --all
    """
    standings = _standings(session, all=all)

    output.emit(
        session,
        table=lambda: render.sources.standings(standings, now=session.time),
        rows=output.cells(map(_without_counts, standings), COLUMNS),
        objects=lambda: standings,
        json=json,
    )
    count = session.library.index.count()
    papers = f"{plural(count, 'paper')} in {session.locations.library}"
    if not count:
        session.narrate(f"{papers}; {FILL_HINT}")
        return
    session.narrate(papers)
    session.narrate(paper_counts(session))
    report_waiting(session)


def _standings(session: Session, *, all: bool) -> list[dict[str, Any]]:
    """Followed sources, then others that failed lately or, with `all`, were ever read."""
    readings = session.library.settings.readings()
    sources: list[tuple[str, Reading, bool]] = []
    first = targets.followed_at_first(session)
    failing = session.library.settings.failing(first)
    for feed in session.library.settings.following(first):
        reading = readings.pop(feed.target, Reading(feed.target))
        sources.append((feed.name, reading, True))
    for target, reading in sorted(readings.items()):
        if all or target in failing or reading.onward:
            sources.append((target, reading, False))
    return [
        {
            "name": hide_in_address(name),
            **_facts(reading),
            "due": due(reading, session.utc_today),
            "followed": followed,
        }
        for name, reading, followed in sources
    ]


def _facts(reading: Reading) -> dict[str, Any]:
    facts = reading._asdict()
    for name in ("onward", "asked"):
        del facts[name]
    lists = {name: list(facts.pop(name)) for name in ("missed", "problems")}
    return {**facts, "target": hide_in_address(reading.target), **lists}


def due(reading: Reading, today: dt.date) -> str | None:
    """What the next fetch of a source will do; None if it was read today (UTC)."""
    if reading.onward:
        return "resumes where it was interrupted"
    if reading.missed:
        count = sum(map(_days, reading.missed))
        return f"{plural(count, 'day')} that failed"
    if not reading.read:
        return "never read whole" if reading.tried else "not read yet"
    last_read = reading.read[:10]
    if last_read < today.isoformat():
        return f"since {reading.day or last_read}"
    return None


def _days(span: str) -> int:
    first, last = map(dt.date.fromisoformat, span.split("/"))
    return (last - first).days + 1


def _without_counts(one: Mapping[str, Any]) -> Mapping[str, Any]:
    """The row of a source, which has counts once it was tried."""
    if one["tried"]:
        return one
    return {**one, "new": None, "updated": None, "known": None}
