"""`export`: papers as a reading list, a bibliography or data."""

from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from papertrack.cli import options as opt
from papertrack.cli import output
from papertrack.cli.find import suggest
from papertrack.cli.options import Listing
from papertrack.cli.select import clause, matching, search, split
from papertrack.cli.session import Session
from papertrack.core.errors import UsageError
from papertrack.core.model import Paper
from papertrack.core.secrets import has_secret, hide_in_address, without_password
from papertrack.core.wording import plural
from papertrack.exports import registry


@opt.listing(
    "words format json out group title since until sort limit fields only_count"
)
def export_command(
    session: Session,
    options: Listing,
    words: Annotated[
        list[str] | None,
        Argument(
            metavar="[SELECT]...", help="Ids, numbers, - or a query; all without one."
        ),
    ] = None,
    out: Annotated[
        Path | None,
        Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write to this file, whose suffix chooses the format; - is stdout.",
        ),
    ] = None,
) -> None:
    """Export papers: a reading list, a bibliography, a feed or data.

    papertrack export tag:survey -o surveys.md --group month

    --format opml exports the feeds that you follow.
    """
    if out == Path("-"):
        out = None
    format = _format(options, out)
    options = options._replace(words=words or (), format=format)
    if options.only_count:
        output.write(session, f"{_count(session, options)}\n")
        return
    if format == registry.OPML.name:
        _export_feeds(session, options, out)
        return
    with session.progress.working():
        session.progress.report("reading")
        papers = _papers(session, options)
        text = "".join(output.export_pieces(papers, options, session.progress))
    _write(session, text, out, plural(len(papers), "paper"))
    named = registry.format_named(options.words[0]) if options.words else None
    suggest(session, "export", options.words, is_empty=bool(named) or not papers)


def _format(options: Listing, out: Path | None) -> str:
    """The format of --format, --json or the suffix of the file. Raises UsageError."""
    format = options.format
    if options.json:
        if format not in (None, "json"):
            raise UsageError(f"use either --json or --format {format}, not both")
        return "json"
    if format is not None:
        return format
    return registry.format_of(out) if out else "markdown"


def _count(session: Session, options: Listing) -> int:
    """How many papers are selected."""
    keys, words = split(session, options.words)
    options = options._replace(words=words)
    if not keys:
        return session.library.index.count_matching(clause(session, options))
    if words or options.since or options.until:
        keys = matching(session, keys, options)
    return len(keys)


def _papers(session: Session, options: Listing) -> list[Paper]:
    """The papers named by id, those of them that match the query if there is one too, or
    all that match.
    """
    keys, words = split(session, options.words)
    options = options._replace(words=words)
    if not keys:
        _, result = search(session, options)
        return list(result.papers)
    if words or options.since or options.until:
        keys = matching(session, keys, options)
    return session.library.index.cited_papers(keys[: options.limit])


def _write(session: Session, text: str, out: Path | None, content: str) -> None:
    """Write an export to stdout or a file; `content` ("3 papers") is reported."""
    if out is None:
        output.write(session, text)
        session.narrate(content)
    else:
        from papertrack.storage.atomic import write_atomically  # 16 ms, TinyDB

        write_atomically(out, text.encode("utf-8", "replace"))
        session.narrate(f"wrote {content} to {out}")


def _export_feeds(session: Session, options: Listing, out: Path | None) -> None:
    """Export the followed feeds as OPML. Raises UsageError for selected papers."""
    if options.words:
        raise UsageError(
            "opml contains the feeds that you follow, not papers; remove the selection"
        )
    # 30 ms, which only OPML needs.
    from papertrack.exports import opml
    from papertrack.sources.feeds.opml import feed_address

    feeds = []
    others = []
    with_token = []
    for feed in session.library.settings.followed():
        address = feed_address(feed.target)
        if address:
            feeds.append((address, hide_in_address(feed.name), feed.tags))
            if address != without_password(feed.target) and has_secret(feed.target):
                with_token.append(hide_in_address(feed.name))
        else:
            others.append(feed.name)
    text = opml.dumps(feeds, title="papertrack")
    _write(session, text, out, plural(len(feeds), "feed"))
    if with_token:
        names = ", ".join(with_token)
        session.narrate(f"exported without the token in its address: {names}")
    if others:
        session.narrate(f"left out, not a feed on the web: {', '.join(others)}")
