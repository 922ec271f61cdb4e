"""`status`: when each source was last read, what was new, failures, what is due."""

import datetime as dt
from typing import Annotated, NamedTuple

import typer

from papertrack.cli import options as opt
from papertrack.cli import output
from papertrack.cli.find import FILL_HINT
from papertrack.cli.session import Session
from papertrack.core.addresses import hide_passwords
from papertrack.core.model import Reading
from papertrack.core.text import clean
from papertrack.core.wording import plural


class Standing(NamedTuple):
    """A source, its last reading, and what the next fetch of it will do."""

    name: str
    reading: Reading
    due: str | None
    followed: bool


def status_command(
    session: Session,
    all: Annotated[
        bool,
        typer.Option("--all", "-a", help="Show sources that are not followed, too."),
    ] = False,
    json: opt.Json = False,
) -> None:
    """Show each source's last fetch, its failures, and what is due."""
    standings = _standings(session, all=all)

    def table() -> output.Drawing:
        from papertrack.render import sources as render

        rows = [(one.name, one.reading, one.due) for one in standings]
        return render.standings(rows, now=session.time)

    output.emit(
        session,
        table=table,
        rows=map(_row, standings),
        objects=lambda: [_as_json(one) for one in standings],
        json=json,
    )
    count = session.library.count()
    papers = f"{plural(count, 'paper')} in {clean(str(session.locations.library))}"
    session.narrate(papers if count else f"{papers}; {FILL_HINT}")


def _standings(session: Session, *, all: bool) -> list[Standing]:
    """Followed sources, then others that failed or, with `all`, were ever read."""
    readings = session.library.settings.readings()
    sources: list[tuple[str, Reading, bool]] = []
    for feed in session.library.settings.followed_or_default():
        reading = readings.pop(feed.target, Reading(feed.target))
        sources.append((feed.name, reading, True))
    for target, reading in sorted(readings.items()):
        if all or reading.error or reading.onward:
            sources.append((target, reading, False))
    return [
        Standing(
            hide_passwords(name),
            reading._replace(target=hide_passwords(reading.target)),
            due(reading, session.utc_today),
            followed,
        )
        for name, reading, followed in sources
    ]


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


def _row(one: Standing) -> output.Row:
    reading = one.reading
    counts: list[int | None] = [None] * 3
    if reading.tried:
        counts = [reading.new, reading.updated, reading.known]
    return (
        one.name,
        reading.target,
        reading.read,
        *counts,
        reading.day,
        one.due,
        reading.since,
        reading.error,
    )


def _as_json(one: Standing) -> dict[str, object]:
    reading = {
        name: value
        for name, value in one.reading._asdict().items()
        if name not in ("onward", "asked", "missed")
    }
    return {
        "name": one.name,
        **reading,
        "missed": list(one.reading.missed),
        "due": one.due,
        "followed": one.followed,
    }
