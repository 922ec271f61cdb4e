"""`export`: papers as a reading list, a bibliography or data."""

import gc
from collections.abc import Iterable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Annotated

from typer import Argument, Option

from papertrack.cli import output
from papertrack.cli.find import suggest
from papertrack.cli.listing import Listing, listing
from papertrack.cli.select import clause, matching, split
from papertrack.cli.session import Session
from papertrack.core.errors import StoreError, UsageError
from papertrack.core.model import Paper
from papertrack.core.secrets import has_secret, hide_in_address, without_password
from papertrack.core.wording import plural
from papertrack.exports import registry


@listing("words format json out group title since until sort limit fields only_count")
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
            help="Write to this file, whose suffix chooses the format; - is stdout."
            " A folder for obsidian.",
        ),
    ] = None,
) -> None:
    """Export papers: a reading list, a bibliography, a feed or data.

    papertrack export tag:survey -o surveys.md --group month

    --format obsidian -o FOLDER writes a note per paper, and later updates them; what
    you add to a note stays. --format opml exports the feeds that you follow.
    """
    if out == Path("-"):
        out = None
    _check_kind(options.format, out)
    format = _format(options, out)
    options = options._replace(words=words or (), format=format)
    if options.only_count:
        output.write(session, f"{_count(session, options)}\n")
        return
    if format == registry.OPML.name:
        _export_feeds(session, options, out)
        return
    if format == registry.OBSIDIAN.name and out:
        _export_notes(session, options, out)
        return
    papers = _export(session, options, out)
    _report(session, plural(papers, "paper"), out)
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


def _check_kind(format: str | None, out: Path | None) -> None:
    """Raise UsageError for a folder where the format is a file, and the reverse."""
    is_folder = format == registry.OBSIDIAN.name
    if is_folder and out is None:
        raise UsageError(
            "obsidian is a folder with a note a paper; name it with -o FOLDER"
        )
    if is_folder and out and out.exists() and not out.is_dir():
        raise UsageError(
            f"{out} is a file, and obsidian is a folder with a note a paper;"
            " name a folder with -o"
        )
    if not is_folder and out and out.is_dir():
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


def _export(session: Session, options: Listing, out: Path | None) -> int:
    """Write the selected papers as they are read, in one state of the index; returns
    how many there are.
    """
    keys, words = split(session, options.words)
    options = options._replace(words=words)
    index = session.library.index
    gc.enable()  # `__main__` disables it; some formats make a cycle for each paper
    has_begun = False

    def write() -> int:
        """Read and write; again from the start where the index was damaged."""
        nonlocal has_begun
        if has_begun:
            raise StoreError(
                f"{index.path}: the index was damaged and has been rebuilt, the output"
                " ends in the middle; run the command again"
            )
        with ExitStack() as work:
            work.enter_context(session.progress.working())
            session.progress.report("reading")
            papers = _papers(session, keys, options)
            pieces = output.export_pieces(papers, options, session.progress)
            if out is not None:
                _write_file(out, pieces)
                return len(papers)
            for chunk in output.in_chunks(pieces):
                if not session.stdout.is_file():
                    # Whoever reads it, such as a pager, may use the terminal.
                    work.close()
                has_begun = True
                output.write(session, chunk)
            return len(papers)

    return index.read(write)


def _papers(session: Session, keys: Sequence[str], options: Listing) -> Sequence[Paper]:
    """The papers with these keys, those of them that match the query if there is one
    too, or all that match without keys. To be used in the same state of the index.
    """
    index = session.library.index
    if not keys:
        query = clause(session, options)
        sort = options.sort.value
        found = index.stored(
            query, sort=sort, reverse=options.reverse, limit=options.limit
        )
        return found.papers
    if options.words or options.since or options.until:
        keys = matching(session, keys, options)
    return index.stored_papers(keys[: options.limit])


def _write_file(path: Path, pieces: Iterable[str]) -> None:
    """Write a text that comes in pieces to a file, which is replaced as a whole."""
    from papertrack.storage.atomic import atomic_file  # 16 ms, TinyDB

    with atomic_file(path) as file:
        for chunk in output.in_chunks(pieces):
            file.write(chunk.encode("utf-8", "replace"))


def _report(session: Session, content: str, out: Path | None) -> None:
    """Report what was written: "3 papers"."""
    session.narrate(f"wrote {content} to {out}" if out else content)


def _export_notes(session: Session, options: Listing, folder: Path) -> None:
    """Write a note for each paper into a folder, and report how many changed."""
    # 20 ms, which only notes need.
    from papertrack.cli.vault import export_notes

    group = options.group and options.group.value
    registry.check_options(registry.OBSIDIAN, group, options.fields)
    keys, words = split(session, options.words)
    options = options._replace(words=words)
    index = session.library.index

    def write() -> str:
        with session.progress.working():
            session.progress.report("reading")
            papers = _papers(session, keys, options)
            return export_notes(papers, folder, index.main_key, session.progress)

    session.narrate(index.read(write))


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
        _write_file(out, [text])
    else:
        output.write(session, text)
    _report(session, plural(len(feeds), "feed"), out)
    if with_token:
        names = ", ".join(with_token)
        session.narrate(f"exported without the token in its address: {names}")
    if others:
        session.narrate(f"left out, not a feed on the web: {', '.join(others)}")
