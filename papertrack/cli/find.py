"""`list`, `search`, `show`: finding papers and showing them."""

from collections.abc import Sequence
from functools import partial
from typing import Annotated

import typer

from papertrack.cli import options as opt
from papertrack.cli import output
from papertrack.cli.select import clause, select
from papertrack.cli.session import Session
from papertrack.core.errors import NotFound
from papertrack.core.field_names import PAPER_NAMES
from papertrack.core.text import clean
from papertrack.index.index import SearchResult
from papertrack.query.language import Clause

SHOWN = 30


def list_command(
    ctx: typer.Context,
    query: opt.QueryWords = None,
    sort: Annotated[
        opt.Sort, typer.Option("--sort", "-s", help="By what; newest or most first.")
    ] = opt.Sort.DATE,
    reverse: opt.Reverse = False,
    limit: opt.Limit = SHOWN,
    all: opt.All = False,
    since: opt.Since = None,
    until: opt.Until = None,
    group: opt.Grouping = None,
    columns: opt.Columns = None,
    format: opt.Format = None,
    json: opt.Json = False,
    fields: opt.Fields = None,
) -> None:
    """List papers, newest first.

    papertrack list is:unread upvotes:50.. listed:7d..

    papertrack help query teaches the query language.
    """
    _find(
        ctx.obj,
        query or [],
        sort=sort,
        reverse=reverse,
        limit=None if all else limit,
        since=since,
        until=until,
        group=group,
        columns=columns,
        format=format,
        json=json,
        fields=fields,
    )


def search_command(
    ctx: typer.Context,
    query: Annotated[
        list[str],
        typer.Argument(metavar="QUERY...", help="Words, phrases, field:value."),
    ],
    sort: Annotated[
        opt.Sort, typer.Option("--sort", "-s", help="By what; best match first.")
    ] = opt.Sort.RELEVANCE,
    reverse: opt.Reverse = False,
    limit: opt.Limit = SHOWN,
    all: opt.All = False,
    since: opt.Since = None,
    until: opt.Until = None,
    group: opt.Grouping = None,
    columns: opt.Columns = None,
    format: opt.Format = None,
    json: opt.Json = False,
    fields: opt.Fields = None,
) -> None:
    """Search papers, best match first, the matches shown.

    papertrack search 'diffusion "language model" author:li ^survey upvotes:20..'

    Words look in title, abstract, authors, tags and notes; titles come first. Relevance is counted over
    the newest 2,000 matches. papertrack help query teaches the query language.
    """
    _find(
        ctx.obj,
        query,
        sort=sort,
        reverse=reverse,
        limit=None if all else limit,
        since=since,
        until=until,
        group=group,
        columns=columns,
        format=format,
        json=json,
        fields=fields,
        matches=True,
    )


def _find(
    session: Session,
    words: Sequence[str],
    *,
    sort: opt.Sort,
    reverse: bool,
    limit: int | None,
    since: str | None,
    until: str | None,
    group: opt.Group | None,
    columns: str | None,
    format: str | None,
    json: bool,
    fields: str | None,
    matches: bool = False,
) -> None:
    chosen = output.names(columns, output.COLUMNS, "column")
    picked = output.names(fields, PAPER_NAMES, "field")
    asked = clause(session, words, since=since, until=until)
    found = session.library.search(asked, sort=sort.value, reverse=reverse, limit=limit)
    groups = None
    if format and format != "table":
        from papertrack.exports import registry as exports

        output.write(
            session,
            exports.export(
                found.papers, format, group=group and group.value, fields=picked
            ),
        )
    elif group:
        groups = _grouped(
            session,
            found,
            asked,
            group.value,
            columns=chosen,
            fields=picked,
            json=json or bool(picked),
            table=format == "table",
            matches=matches,
        )
    elif json or picked:
        output.papers_json(session, found.papers, picked)
    elif session.on_terminal or format == "table":
        _table(session, found, asked, chosen, matches=matches)
    else:
        output.papers_piped(session, found.papers, chosen)
    tell_count(session, found, asked, words, groups)


def _table(
    session: Session,
    found: SearchResult,
    asked: Clause,
    columns: Sequence[str] | None,
    *,
    matches: bool,
) -> None:
    if not found.papers:
        return
    from papertrack.render.papers import columns_for, listing

    snippets = session.library.index.snippets(asked, found.papers) if matches else None
    wanted = columns or columns_for(session.width)
    session.library.number(found.papers)
    output.draw(
        session,
        listing(found.papers, columns=wanted, today=session.today, snippets=snippets),
    )


def _grouped(
    session: Session,
    found: SearchResult,
    asked: Clause,
    by: str,
    *,
    columns: Sequence[str] | None,
    fields: Sequence[str] | None,
    json: bool,
    table: bool,
    matches: bool,
) -> str | None:
    """A listing divided; what to tell of its groups."""
    from papertrack.cli import groups as grouped

    groups = grouped.divided(session, found, asked, by)
    if json:
        grouped.dump(session, groups, fields)
    elif not (session.on_terminal or table):
        grouped.pipe(session, groups, columns)
    elif groups:
        snippets = (
            session.library.index.snippets(asked, found.papers) if matches else None
        )
        grouped.draw(session, groups, columns=columns, snippets=snippets)
    return grouped.told(groups, by) if groups else None


def tell_count(
    session: Session,
    found: SearchResult,
    asked: Clause,
    words: Sequence[str],
    groups: str | None = None,
) -> None:
    """How many of how many, and in which groups; where there are none, why, and what may have been meant."""
    shown = len(found.papers)
    if found.total:
        some = (
            f"{shown:,} of {found.total_text}"
            if shown < found.total
            else f"{shown:,} paper{'s' * (shown != 1)}"
        )
        ranked = f", ranked among the newest {found.ranked:,}" if found.ranked else ""
        more = "; -n N or --all shows more" if shown < found.total else ""
        session.narrate(f"{some}{f' in {groups}' if groups else ''}{ranked}{more}")
        return
    everything = session.library.count()
    if not everything:
        session.narrate(
            "the library is empty; papertrack fetch fills it (or, offline: papertrack fetch sample)"
        )
    elif found.hidden:
        session.narrate(
            f"no paper shown: all {found.hidden:,} that match are hidden; add is:hidden to see them"
        )
    else:
        text = clean(" ".join(words))
        session.narrate(
            f"no paper of {everything:,} matches{f' {text}' if text else ''}{_meant(session, asked)}"
        )


def _meant(session: Session, asked: Clause) -> str:
    """`; did you mean X?` for the words and tags that nothing in the library has."""
    if session.quiet:
        return ""
    from papertrack.index.suggestions import suggestions

    found = session.library.index.query(partial(suggestions, clause=asked))
    if len(found) == 1:
        return f"; did you mean {clean(found[0][1])}?"
    several = ", ".join(f"{clean(near)} for {clean(word)}" for word, near in found)
    return f"; did you mean {several}?" if several else ""


def show_command(
    ctx: typer.Context,
    select_: opt.Select,
    format: opt.Format = None,
    json: opt.Json = False,
    fields: opt.Fields = None,
) -> None:
    """Show papers whole: every fact, the abstract, your marks, and which source said what."""
    session: Session = ctx.obj
    picked = output.names(fields, PAPER_NAMES, "field")
    keys, _ = select(session, select_)
    if not keys:
        raise NotFound(f"no paper matches {' '.join(select_)}")
    papers = [session.library.get(key) for key in keys]
    if format and format != "table":
        from papertrack.exports import registry as exports

        output.write(session, exports.export(papers, format, fields=picked))
    elif json or picked:
        output.papers_json(session, papers, picked)
    elif session.on_terminal or format == "table":
        from papertrack.render.papers import whole

        records = [session.library.record(paper.key) for paper in papers]
        output.draw(
            session, whole(list(zip(papers, records, strict=True)), today=session.today)
        )
    else:
        for number, paper in enumerate(papers):
            output.write(session, "\n" if number else "")
            told = {
                name: value
                for name, value in paper.as_json().items()
                if value not in (None, [])
            }
            output.write_rows(session, ([name, getattr(paper, name)] for name in told))
