"""`export`: papers as a reading list, a bibliography or data."""

from pathlib import Path
from typing import Annotated

import typer

from papertrack.cli import options as opt
from papertrack.cli import output
from papertrack.cli.select import clause, split
from papertrack.cli.session import Session
from papertrack.core.addresses import bare
from papertrack.core.errors import UsageError
from papertrack.core.field_names import PAPER_NAMES
from papertrack.core.text import clean


def export_command(
    ctx: typer.Context,
    select_: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[SELECT]...", help="Ids, numbers, - or a query; all without one."
        ),
    ] = None,
    format: opt.Format = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            metavar="FILE",
            help="Write there; its suffix tells the format.",
        ),
    ] = None,
    group: opt.Grouping = None,
    title: Annotated[
        str, typer.Option("--title", help="The heading of a reading list.")
    ] = "Reading list",
    since: opt.Since = None,
    until: opt.Until = None,
    sort: Annotated[
        opt.Sort, typer.Option("--sort", "-s", help="By what; newest or most first.")
    ] = opt.Sort.DATE,
    limit: Annotated[
        int | None,
        typer.Option("--limit", "-n", min=1, metavar="N", help="At most so many."),
    ] = None,
    fields: opt.Fields = None,
) -> None:
    """Export papers: markdown (a reading list), bibtex, csv, tsv, json, jsonl or ids; opml: the feeds you follow.

    papertrack export tag:survey -o surveys.md --group month
    """
    from papertrack.exports import registry as exports

    session: Session = ctx.obj
    chosen = format or (exports.format_of(out) if out else "markdown")
    if chosen == exports.OPML.name:
        _feeds(session, select_, out)
        return
    picked = output.names(fields, PAPER_NAMES, "field")
    keys, words = split(session, select_ or [])
    if keys and not words and (since or until):
        raise UsageError("--since and --until go with a query, not with ids")
    papers = [session.library.get(key) for key in keys]
    if words or not keys:
        asked = clause(session, words, since=since, until=until)
        found = session.library.search(asked, sort=sort.value, limit=limit).papers
        papers += [paper for paper in found if paper.key not in keys]
    papers = papers[:limit]
    text = exports.export(
        papers, chosen, group=group and group.value, title=title, fields=picked
    )
    _put(session, text, out, what=f"{len(papers)} paper{'s' * (len(papers) != 1)}")


def _put(session: Session, text: str, out: Path | None, *, what: str) -> None:
    """Write an export to stdout or in place of a file, and tell it."""
    if out is None:
        output.write(session, text)
    else:
        from papertrack.storage.writing import write_atomically

        write_atomically(out, text.encode("utf-8", "replace"))
    session.narrate(f"wrote {what} to {clean(str(out))}" if out else what)


def _feeds(session: Session, select: list[str] | None, out: Path | None) -> None:
    """What is followed, as OPML. Raises UsageError beside a selection of papers."""
    from papertrack.exports.opml import address, opml

    if select:
        raise UsageError(
            "opml holds the feeds that you follow, no papers; leave the selection out"
        )
    feeds = session.library.settings.followed()
    written = [feed for feed in feeds if address(feed.target)]
    told = [(bare(feed.target), feed.name) for feed in written]
    _put(
        session,
        opml(told, title="papertrack"),
        out,
        what=f"{len(written)} feed{'s' * (len(written) != 1)}",
    )
    if left_out := [clean(feed.name) for feed in feeds if feed not in written]:
        session.narrate(f"left out, as no feed on the web: {', '.join(left_out)}")
