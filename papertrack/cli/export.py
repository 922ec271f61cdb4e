"""`export`: papers as a reading list, a bibliography or data."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from papertrack.cli import output, picture
from papertrack.cli.exporting import Export, write_file, written
from papertrack.cli.find import suggest
from papertrack.cli.listing import Listing, listing
from papertrack.cli.select import clause, matching, split
from papertrack.cli.session import Session
from papertrack.cli.template import by_template
from papertrack.core.errors import UsageError
from papertrack.core.secrets import has_secret, hide_in_address, without_password
from papertrack.core.wording import plural
from papertrack.exports import registry

if TYPE_CHECKING:
    from typer import Argument, Option

    from papertrack.cli import options as opt


class Partition(StrEnum):
    """What a folder of files can be divided by."""

    MONTH = "month"


@listing(
    "words format out template partition json fields columns group title since until"
    " sort limit only_count"
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
        opt.output(
            "Write to this file, whose suffix chooses the format; - is stdout."
            " A folder for obsidian."
        ),
    ] = None,
    partition: Annotated[
        Partition | None,
        Option(
            help="Write JSON lines into the folder of -o, a file for each month.",
            case_sensitive=False,
        ),
    ] = None,
    template: Annotated[
        Path | None,
        Option(metavar="FILE", help="Write by this template of your own, in Jinja."),
    ] = None,
) -> None:
    """Export papers: a reading list, a bibliography, a feed or data.

    papertrack export tag:survey -o surveys.md --group month
    papertrack export tag:survey --format obsidian -o notes

    --format obsidian -o FOLDER writes a note per paper, and later updates them; what
    you add to a note stays. --format opml exports the feeds that you follow.
    """
    if out == Path("-"):
        out = None
    options = options._replace(words=words or ())
    make = None
    if template:
        make = by_template(session, options, template, partition)
        _check_kind(None, out, None)
    else:
        options = _with_format(options, out, partition)
    if options.only_count:
        output.write(session, f"{_count(session, options)}\n")
        return
    if options.format == registry.OPML.name:
        _export_feeds(session, options, out)
        return
    export = Export(session, options, out, partition, make)
    export.run()
    session.narrate(export.report)
    named = registry.format_named(options.words[0]) if options.words else None
    is_empty = bool(named) or not export.papers
    suggest(session, "export", options.words, is_empty=is_empty)


def _with_format(options: Listing, out: Path | None, partition: str | None) -> Listing:
    """The options with the format to write. Raises UsageError."""
    if partition and not options.json:
        options = options._replace(format=options.format or "jsonl")
    _check_kind(options.format, out, partition)
    format = _format(options, out)
    if partition:
        registry.check_option(registry.row_of(format), "partition")
    return options._replace(format=format)


def _format(options: Listing, out: Path | None) -> str:
    """The format of --format, --json or the suffix of the file. Raises UsageError."""
    format = options.format
    if options.json:
        if format not in (None, "json"):
            raise UsageError(f"use either --json or --format {format}, not both")
        return "json"
    if format is not None:
        return format
    if out is None:
        return "markdown"
    if out.suffix.lower() == picture.SUFFIX:
        line = f"papertrack stats {picture.option(out)}"
        raise UsageError(f"{out}: a picture has counts, not papers; {line} draws it")
    return registry.format_of(out)


def _check_kind(format: str | None, out: Path | None, partition: str | None) -> None:
    """Raise UsageError for a folder where a file is written, and the reverse."""
    folder = ""
    if partition:
        folder = "--partition writes a folder of files"
    elif format == registry.OBSIDIAN.name:
        folder = "obsidian is a folder with a note a paper"
    if folder and out is None:
        raise UsageError(f"{folder}; name it with -o FOLDER")
    if folder and out and out.exists() and not out.is_dir():
        raise UsageError(f"{out} is a file, and {folder}; name a folder with -o")
    if not folder and out and out.is_dir():
        raise UsageError(
            f"{out} is a folder; name a file with -o, such as {out / 'papers.md'},"
            " or write notes into it with --format obsidian"
        )


def _count(session: Session, options: Listing) -> int:
    """How many papers are selected."""
    keys, words = split(session, options.words)
    options = options._replace(words=words)
    if not keys:
        return session.library.index.count_matching(clause(session, options))
    if words or options.since or options.until:
        keys = matching(session, keys, options)
    return len(keys)


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
    if out:
        write_file(out, [text])
    else:
        output.write(session, text)
    session.narrate(written(plural(len(feeds), "feed"), out))
    if with_token:
        names = ", ".join(with_token)
        session.narrate(f"exported without the token in its address: {names}")
    if others:
        session.narrate(f"left out, not a feed on the web: {', '.join(others)}")
