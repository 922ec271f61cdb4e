"""`digest`: the new papers since the last digest, to look at, write or mail."""

from __future__ import annotations

from collections.abc import Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from papertrack.cli import output, targets
from papertrack.cli.session import Session
from papertrack.cli.waiting_messages import report_waiting
from papertrack.core import dates
from papertrack.core.errors import SomeTargetsFailed, UsageError
from papertrack.core.local_time import utc_interval
from papertrack.core.wording import noun, plural
from papertrack.library import digests
from papertrack.mail import account, formats
from papertrack.mail.digest import Digest, Request, gather
from papertrack.query import views

if TYPE_CHECKING:
    from typer import Argument, Option

    from papertrack.cli import options as opt

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
        opt.output(
            "Write to this file, whose suffix chooses the format, and remember the"
            " papers; - is stdout."
        ),
    ] = None,
    send: Annotated[
        bool, Option("--send", help="Mail it, and remember the papers.")
    ] = False,
    limit: opt.Limit = MOST,
    again: Annotated[
        bool, Option("--again", help="Repeat the last digest of this name.")
    ] = False,
    empty: Annotated[
        bool,
        Option("--empty", help="Report that there is nothing new, too, and why."),
    ] = False,
    test: Annotated[
        bool, Option("--test", help="Mail one line to yourself, to try the settings.")
    ] = False,
    dry_run: Annotated[
        bool,
        Option(
            "--dry-run",
            help="Show the whole digest; write, send and remember nothing.",
        ),
    ] = False,
) -> None:
    """Show, write or mail the papers that are new since the last digest.

    papertrack digest --group tag

    papertrack digest @popular -o popular.html

    Looking is free: only what -o writes or --send mails is remembered, and left out of
    the next digest of that name. Papers that match only later, or are added late, are in
    the next one. For mail see papertrack help mail.
    """
    if test:
        _test(session, dry_run=dry_run)
        return
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
    if send:
        _check_send(format, out)
        digest = _send(session, request, empty=empty, dry_run=dry_run)
    else:
        digest = _write(session, request, format, out, empty=empty, dry_run=dry_run)
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


# ------------------------------------------------------------------ to look at, to a file


def _write(
    session: Session,
    request: Request,
    format: str | None,
    out: Path | None,
    *,
    empty: bool,
    dry_run: bool,
) -> Digest:
    """Print a digest, or write it to a file; it is remembered once it is written."""
    form = _format(format, out)
    digest = gather(session.library, request)
    report_waiting(session, request.name)
    if not digest.papers and not empty:
        for remark in digest.remarks:
            session.narrate(remark)
        return digest
    text = _text(session, digest, form)
    if out is None or dry_run:
        output.write_long(session, text)
    elif out == Path("-"):
        output.write(session, text)
    else:
        from papertrack.storage.atomic import write_atomically  # 16 ms, TinyDB

        write_atomically(out, text.encode("utf-8", "replace"))
    is_remembered = bool(out and digest.papers and not dry_run and not request.again)
    if is_remembered:
        digests.remember(session.library, digest.stored(session.library))
    _report(session, digest, out, is_remembered=is_remembered, dry_run=dry_run)
    return digest


def _format(format: str | None, out: Path | None) -> str:
    """The form of a digest: as typed, or by the suffix of its file. Raises UsageError."""
    if format is not None:
        return formats.named(format)
    if out is None or out == Path("-"):
        return "text"
    return formats.of_file(out)


def _text(session: Session, digest: Digest, form: str) -> str:
    """A digest in a form. Raises ConfigError for an e-mail without its settings."""
    if form != formats.EMAIL:
        return formats.dumps(digest, form)
    from papertrack.mail import message  # 100 ms, for mail only

    sender = account.account(session.config)
    return message.of_digest(digest, sender, digests.new_key(digest.name, digest.at))


def _report(
    session: Session,
    digest: Digest,
    out: Path | None,
    *,
    is_remembered: bool,
    dry_run: bool,
) -> None:
    """Report how many papers are new, and whether they are remembered."""
    count = len(digest.papers)
    papers = f"{count} new {noun(count, 'paper')}"
    more = f"; {digest.left:,} more will be in the next digest" if digest.left else ""
    where = "standard output" if out == Path("-") else out
    if digest.is_again:
        what = f"{plural(count, 'paper')} of the last digest, once more"
        session.narrate(f"wrote {what}, to {where}" if out and not dry_run else what)
    elif out and dry_run:
        session.narrate(f"would write {papers} to {where}{more}; nothing was changed")
    elif is_remembered:
        session.narrate(f"wrote {papers} to {where}{more} (undo: papertrack undo)")
    elif out:
        session.narrate(f"wrote a digest without papers to {where}")
    elif count:
        remember = "-o FILE or --send remembers them"
        session.narrate(f"{papers} {digest.span}{more}; {remember}")


# ------------------------------------------------------------------ mail


def _check_send(format: str | None, out: Path | None) -> None:
    """Raise UsageError for options that a message does not have."""
    if out is not None:
        raise UsageError("use either -o or --send; two names have two memories")
    if format is not None and formats.named(format) != formats.EMAIL:
        raise UsageError(
            f"--format {format} has no effect on --send, which mails text and HTML"
        )


def _send(session: Session, request: Request, *, empty: bool, dry_run: bool) -> Digest:
    """Mail a digest, and report it."""
    from papertrack.mail import delivery  # 100 ms, for mail only

    sender = account.account(session.config)
    who = ", ".join(sender.addresses)
    if dry_run:
        digest = gather(session.library, request)
        report_waiting(session, request.name)
        if digest.papers or empty:
            output.write_long(session, _text(session, digest, formats.EMAIL))
            session.narrate(f"would send this to {who}; nothing was changed")
        return digest
    sent = delivery.send(
        session.library, sender, request, empty=empty, report=session.narrate
    )
    if sent.again:
        messages = plural(sent.again, "waiting message")
        session.narrate(f"sent {messages} again, with the same Message-ID")
    digest = sent.digest
    if not sent.is_sent:
        for remark in digest.remarks:
            session.narrate(remark)
        return digest
    count = plural(len(digest.papers), "paper")
    more = f"; {digest.left:,} more will be in the next digest" if digest.left else ""
    session.narrate(f"sent {count} to {who}{more}")
    return digest


def _test(session: Session, *, dry_run: bool) -> None:
    """Mail one line to the sender."""
    from papertrack.mail import delivery  # 100 ms, for mail only

    sender = account.account(session.config)
    address = sender.sender.address
    if dry_run:
        session.narrate(f"would send a line to {address}")
        return
    delivery.send_test(sender, session.now, session.progress)
    session.narrate(f"sent a line to {address}")
