"""`status`: for each source when it was last read, what it gave, what is wrong with it, what is due."""

import datetime as dt
from typing import Annotated, NamedTuple

import typer

from papertrack.cli import options as opt
from papertrack.cli import output
from papertrack.cli.session import Session
from papertrack.core.addresses import hide_passwords
from papertrack.core.model import Reading
from papertrack.core.text import clean


class Standing(NamedTuple):
    """A source as `status` tells it: how its reading stands, and what the next fetch of it is due to do."""

    name: str
    reading: Reading
    due: str | None
    followed: bool


def status_command(
    ctx: typer.Context,
    all: Annotated[
        bool,
        typer.Option(
            "--all", "-a", help="Also what was fetched once and is not followed."
        ),
    ] = False,
    json: opt.Json = False,
) -> None:
    """Tell how the library stands: papers, and each source's last reading, faults and what is due."""
    session: Session = ctx.obj
    standings = _standings(session, all=all)
    if json:
        output.write_json(session, [_as_json(one) for one in standings])
    elif session.on_terminal:
        from papertrack.render import sources as drawn

        shown = [(one.name, one.reading, one.due) for one in standings]
        output.draw(session, drawn.standings(shown, now=session.time))
    else:
        output.write_rows(session, map(_row, standings))
    count = session.library.count()
    papers = (
        f"{count} paper{'s' * (count != 1)} in {clean(str(session.locations.library))}"
    )
    session.narrate(
        papers
        if count
        else f"{papers}; papertrack fetch fills it (or, offline: papertrack fetch sample)"
    )


def _standings(session: Session, *, all: bool) -> list[Standing]:
    """What is followed, in its order; then what is in trouble, or (with `all`) everything else that was ever read."""
    readings = session.library.settings.readings()
    followed = session.library.settings.followed_or_default()
    targets = {feed.target for feed in followed}
    others = [
        reading for target, reading in sorted(readings.items()) if target not in targets
    ]
    told = [reading for reading in others if all or reading.error or reading.onward]
    today = session.utc_today
    mine = [
        (feed.name, readings.get(feed.target, Reading(feed.target)), True)
        for feed in followed
    ]
    named = [*mine, *((reading.target, reading, False) for reading in told)]
    return [
        Standing(
            hide_passwords(name),
            reading._replace(target=hide_passwords(reading.target)),
            due(reading, today),
            is_followed,
        )
        for name, reading, is_followed in named
    ]


def due(reading: Reading, today: dt.date) -> str | None:
    """What the next fetch of a source is due to do; None where it was read whole today (UTC)."""
    if reading.onward:
        return "goes on where it was cut off"
    if reading.missed:
        count = sum(_days(span) for span in reading.missed)
        return f"{count} day{'s' * (count != 1)} that failed"
    if not reading.read:
        return "never read whole" if reading.tried else "not read yet"
    read = reading.day or reading.read[:10]
    return f"since {read}" if reading.read[:10] < today.isoformat() else None


def _days(span: str) -> int:
    first, last = map(dt.date.fromisoformat, span.split("/"))
    return (last - first).days + 1


def _row(one: Standing) -> list[object]:
    reading = one.reading
    counts = (
        [reading.new, reading.updated, reading.known] if reading.tried else [None] * 3
    )
    return [
        one.name,
        reading.target,
        reading.read,
        *counts,
        reading.day,
        one.due,
        reading.since,
        reading.error,
    ]


def _as_json(one: Standing) -> dict[str, object]:
    reading = one.reading._asdict()
    told = {
        name: reading[name]
        for name in reading
        if name not in ("onward", "asked", "missed")
    }
    missed = list(one.reading.missed)
    return {
        "name": one.name,
        **told,
        "missed": missed,
        "due": one.due,
        "followed": one.followed,
    }
