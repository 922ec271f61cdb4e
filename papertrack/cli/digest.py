"""`digest`: the new papers since the last digest, to look at, write or mail."""

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from papertrack.cli import options as opt
from papertrack.cli import output, targets
from papertrack.cli.session import Session
from papertrack.core import dates
from papertrack.core.errors import SomeTargetsFailed, UsageError
from papertrack.core.local_time import local_day, utc_interval
from papertrack.core.text import clean
from papertrack.core.wording import noun, plural
from papertrack.library import digests
from papertrack.mail import digest as mail_digest
from papertrack.mail import formats
from papertrack.mail.digest import Digest, Request
from papertrack.query import views

MOST = 500
"""Papers of a digest at most, without --limit."""


class Group(StrEnum):
    """What the papers of a digest can be grouped by."""

    TAG = "tag"
    DAY = "day"
    SOURCE = "source"
    ORG = "org"


def digest_command(
    session: Session,
    words: Annotated[
        list[str] | None,
        Argument(metavar="[QUERY]...", help="A query; all new papers without one."),
    ] = None,
    name: Annotated[
        str | None,
        Option(
            metavar="N",
            help="Name of the digest; each has a memory of its own. The view's name for"
            " @VIEW, else default.",
        ),
    ] = None,
    since: Annotated[
        str | None,
        Option(metavar="D", help="Papers added since this day: 2025-11-07, 7d."),
    ] = None,
    group: Annotated[
        Group | None, Option(help="Group by this field.", case_sensitive=False)
    ] = None,
    format: Annotated[
        str | None,
        Option(metavar="FORMAT", help="text, markdown, html or email."),
    ] = None,
    out: Annotated[
        Path | None,
        Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write to this file, whose suffix chooses the format, and remember the"
            " papers; - is stdout.",
        ),
    ] = None,
    limit: opt.Limit = MOST,
    again: Annotated[
        bool, Option("--again", help="Repeat the last digest of this name.")
    ] = False,
    empty: Annotated[
        bool,
        Option("--empty", help="Report that there is nothing new, too, and why."),
    ] = False,
    dry_run: Annotated[
        bool,
        Option("--dry-run", help="Show the whole digest; write and remember nothing."),
    ] = False,
) -> None:
    """Show the papers that are new since the last digest.

    papertrack digest --group tag

    papertrack digest @popular -o popular.html

    Looking is free: only what -o writes is remembered, and left out of
    the next digest of that name. Papers that match only later, or are added late, are in
    the next one.
    """
    query = words or []
    request = Request(
        name=_name(name, query),
        words=query,
        today=session.today,
        utc_today=session.utc_today,
        first=targets.followed_at_first(session),
        since=_since(session, since),
        group=group.value if group else None,
        limit=limit,
        again=again,
    )
    if format is None:
        is_file = out is not None and out != Path("-")
        format = formats.of_file(out) if out and is_file else "text"
    else:
        format = formats.named(format)
    digest = mail_digest.gather(session.library, request)
    if digest.papers or empty:
        _show(session, digest, format, out, dry_run=dry_run)
    _report(
        session, digest, out, dry_run=dry_run, is_shown=bool(digest.papers or empty)
    )
    if empty and digest.has_failed:
        raise SomeTargetsFailed(f"{digest.notes[0]}; papertrack fetch tries again")


def _name(name: str | None, words: Sequence[str]) -> str:
    """The name of a digest: as typed, else that of the one view. Raises UsageError."""
    if name is not None:
        return views.name_of(name)
    if len(words) == 1 and words[0].startswith("@"):
        return views.name_of(words[0])
    return digests.DEFAULT_NAME


def _since(session: Session, text: str | None) -> str | None:
    """When the reader's day begins, in UTC. Raises UsageError."""
    if text is None:
        return None
    try:
        day = dates.day(text.removesuffix(".."), session.today).isoformat()
    except ValueError as error:
        raise UsageError(str(error)) from None
    first, _ = utc_interval((day, None))
    return first


def _show(
    session: Session, digest: Digest, format: str, out: Path | None, *, dry_run: bool
) -> None:
    """Print a digest, or write it to a file; it is remembered once it is written."""
    text = formats.dumps(digest, format)
    if out is None or dry_run:
        output.write(session, text)
        return
    if out == Path("-"):
        output.write(session, text)
    else:
        from papertrack.storage.atomic import write_atomically  # 16 ms, TinyDB

        write_atomically(out, text.encode("utf-8", "replace"))
    if digest.papers and not digest.is_again:
        digests.remember(session.library, digest.stored(session.library))


def _report(
    session: Session,
    digest: Digest,
    out: Path | None,
    *,
    dry_run: bool,
    is_shown: bool,
) -> None:
    """Report how many papers are new, and whether they are remembered."""
    count = len(digest.papers)
    if digest.is_again:
        session.narrate(f"{plural(count, 'paper')} of the last digest, once more")
        return
    if not count:
        for remark in [] if is_shown else digest.remarks:
            session.narrate(remark)
        return
    papers = f"{count} new {noun(count, 'paper')}"
    more = f"; {digest.left:,} more will be in the next digest" if digest.left else ""
    if out is None:
        since = local_day(clean(digest.since))
        session.narrate(
            f"{papers} since {since}{more}; -o FILE or --send remembers them"
        )
    elif dry_run:
        session.narrate(f"would write {papers} to {out}{more}; nothing was changed")
    else:
        session.narrate(f"wrote {papers} to {out}{more} (undo: papertrack undo)")
