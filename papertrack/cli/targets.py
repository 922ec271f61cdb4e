"""Targets as they are typed: files, libraries, or what a source fetches."""

import datetime as dt
from pathlib import Path

from papertrack.cli.session import Session
from papertrack.core import dates
from papertrack.core.errors import UsageError
from papertrack.core.secrets import without_password
from papertrack.index import counts
from papertrack.sources import registry as sources
from papertrack.sources.base import Context
from papertrack.sources.huggingface.source import VOTING, HuggingFace
from papertrack.sources.short_targets import full


def is_file(target: str) -> bool:
    """Whether a target is a file, even a missing one.

    An existing file comes before a short form such as `today`. With a slash or a suffix
    and without a colon, what is no short form can be nothing else.
    """
    if target in ("-", "sample"):
        return True
    if not target or ":" in target:
        return False
    if exists(target):
        return True
    is_short = full(target) != target
    return not is_short and ("/" in target or Path(target).suffix != "")


def exists(target: str) -> bool:
    """Whether a target is the path of something that exists."""
    try:
        return Path(target).exists()
    except OSError:  # a name that is too long
        return False


def other_meaning(target: str) -> str | None:
    """For a file with the name of a short form, how to type what that stands for."""
    if not is_file(target) or full(target) == target:
        return None
    return f"{target} is a file here; for the papers type {full(target)}"


def is_library(target: str) -> bool:
    """Whether a target is another library's folder."""
    return target != "-" and Path(target).is_dir()


def followed_at_first(session: Session) -> list[str]:
    """What is followed until `feed add` or `feed remove` changes it, in full form.

    Files, and addresses with a password, can't be followed.
    """
    return [
        full(target)
        for target in session.config["sources"]
        if not is_file(target) and without_password(target) == target
    ]


def context(
    session: Session,
    *,
    since: str | None = None,
    until: str | None = None,
    kinds: frozenset[str] | None = None,
) -> Context:
    """What a source may need to know about this run. Raises UsageError for an invalid day."""
    today = session.utc_today
    # A reader ahead of UTC has a day of which no service has a listing yet.
    typed = min(session.today, today)
    try:
        first = dates.day(since.removesuffix(".."), typed) if since else None
        last = dates.last_day(until, typed) if until else None
    except ValueError as error:
        raise UsageError(str(error)) from None
    if first and last and first > last:
        raise UsageError(f"--since {since} is later than --until {until}")
    settings = session.library.settings
    followed = settings.followed()
    names = {one.target: one.name for one in followed if one.name != one.target}
    return Context(
        today=today,
        local_today=typed,
        endpoints=sources.endpoints(session.environment),
        since=first,
        until=last,
        readings=settings.readings(),
        kinds=kinds,
        names=names,
        homes={one.target: one.first for one in followed if one.first},
        listed_since=_listed_since(session, today - VOTING),
    )


def _listed_since(session: Session, earliest: dt.date) -> dt.date | None:
    """The first day, not before `earliest`, of which the library has Daily Papers."""
    day = session.library.index.query(
        counts.first_listed, source=HuggingFace.name, since=earliest.isoformat()
    )
    whole = dates.existing_day(day or "")
    return dt.date.fromisoformat(whole) if whole else None
