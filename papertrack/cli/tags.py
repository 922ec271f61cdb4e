"""`tags`: the tag view. `tag add|remove|rename`: tagging papers."""

from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from functools import partial
from typing import Annotated, Any, NamedTuple

import typer

from papertrack.cli import options as opt
from papertrack.cli import output
from papertrack.cli.apply_marks import apply, papers, show_changes
from papertrack.cli.help_format import HelpfulCommand, HelpfulGroup
from papertrack.cli.session import Session
from papertrack.core import tags as tag_name
from papertrack.core.errors import NotFound, UsageError
from papertrack.core.field_names import BY_QUERY_NAME, PAPER_NAMES
from papertrack.core.model import Mark
from papertrack.core.text import clean
from papertrack.core.wording import did_you_mean
from papertrack.index import counts
from papertrack.index.counts import Share, Tag
from papertrack.index.index import SearchResult
from papertrack.library.marks import Renaming
from papertrack.query.language import How, Text

Names = Annotated[
    str,
    typer.Argument(metavar="TAG[,TAG]", help="Tags; a / makes a tree: nlp/parsing."),
]

SHOWN = 30


class TagSort(StrEnum):
    """What the tag view can be sorted by."""

    NAME = "name"
    PAPERS = "papers"
    UNREAD = "unread"
    LATER = "later"
    NEWEST = "newest"


def tags_command(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Show these tags' papers."),
    ] = None,
    tree: Annotated[
        bool,
        typer.Option(
            "--tree",
            help="Tags below their parents, which count the papers of all below them once.",
        ),
    ] = False,
    sort: Annotated[
        TagSort | None,
        typer.Option("--sort", "-s", help="By what: A to Z, most or newest first."),
    ] = None,
    reverse: opt.Reverse = False,
    limit: Annotated[
        int | None,
        typer.Option(
            "--limit",
            "-n",
            min=1,
            metavar="N",
            help="At most so many tags, or papers of each.",
        ),
    ] = None,
    all: Annotated[
        bool,
        typer.Option(
            "--all", "-a", help="All papers of each tag, not its first 30 only."
        ),
    ] = False,
    format: opt.Format = None,
    json: opt.Json = False,
    fields: opt.Fields = None,
) -> None:
    """Show your tags: papers, unread, later, newest; with names, each tag's papers and the tags they share.

    papertrack tags --sort unread

    papertrack tags nlp/parsing vision
    """
    session: Session = ctx.obj
    if names:
        if tree or sort:
            raise UsageError(
                f"{'--tree' if tree else '--sort'} goes with the table of all tags; leave the names out"
            )
        members = _members(
            session, names, reverse=reverse, limit=None if all else limit or SHOWN
        )
        _papers(
            session,
            members,
            format=format,
            json=json,
            fields=output.names(fields, PAPER_NAMES, "field"),
        )
        return
    if format or fields:
        raise UsageError(
            f"{'--format' if format else '--fields'} is for the papers of tags: papertrack tags NAME"
        )
    tags = session.library.index.query(counts.tree) if tree else session.library.tags()
    shown = (_in_tree if tree else _sorted)(tags, sort or TagSort.NAME, reverse)[:limit]
    if json:
        output.write_json(session, [_as_json(tag) for tag in shown])
    elif session.on_terminal and tags:
        from papertrack.render.tags import tags as drawn

        output.draw(
            session, drawn(shown, today=session.today, width=session.width, tree=tree)
        )
    else:
        output.write_rows(session, shown)
    count = f"{len(tags)} tag{'s' * (len(tags) != 1)}"
    some = f"{len(shown)} of {count}" if len(shown) < len(tags) else count
    session.narrate(some if tags else "no tags yet; papertrack tag add TAG ID sets one")


def _as_json(tag: Tag) -> dict[str, Any]:
    return {
        "name": tag.name,
        "count": tag.papers,
        "unread": tag.unread,
        "later": tag.later,
        "newest": tag.newest,
    }


# ------------------------------------------------------------------ order


def _sorted(tags: Iterable[Tag], sort: TagSort, reverse: bool) -> list[Tag]:
    """Most, or newest, first; those that are alike A to Z."""
    ordered = sorted(tags, key=lambda tag: (tag.name.casefold(), tag.name))
    if sort is not TagSort.NAME:
        ordered.sort(
            key=lambda tag: (
                (tag.newest or "")
                if sort is TagSort.NEWEST
                else getattr(tag, sort.value)
            ),
            reverse=True,
        )
    return ordered[::-1] if reverse else ordered


def _in_tree(tags: Iterable[Tag], sort: TagSort, reverse: bool) -> list[Tag]:
    """Each tag below its parent; it is sorted among those of the same parent."""
    tags = list(tags)
    names = {tag.name.casefold() for tag in tags}
    below: dict[str, list[Tag]] = {}
    for tag in tags:
        above = tag.name.casefold().rpartition("/")[0]
        below.setdefault(above if above in names else "", []).append(
            tag
        )  # a hand may have written `/x`

    def walk(parent: str) -> Iterator[Tag]:
        for tag in _sorted(below.get(parent, ()), sort, reverse):
            yield tag
            if tag.name:
                yield from walk(tag.name.casefold())

    return list(walk(""))


# ------------------------------------------------------------------ the papers of tags


class Members(NamedTuple):
    """A tag, as most of its papers spell it, and its papers, as many as are to be shown."""

    name: str
    found: SearchResult


def _members(
    session: Session, names: Sequence[str], *, reverse: bool, limit: int | None
) -> list[Members]:
    """What each name stands for. Raises NotFound, which tells the nearest tag."""
    spelled = [tag.name for tag in session.library.tags()]
    known = {
        part.casefold(): part
        for name in spelled[::-1]
        for part in (name, *_parents(name))
    }
    members = []
    for name in names:
        found = session.library.search(
            Text(name, How.WORD, BY_QUERY_NAME["tag"]), reverse=reverse, limit=limit
        )
        if not found.total and not found.hidden:
            raise _no_tag(name, sorted(known.values(), key=str.casefold))
        members.append(Members(known.get(name.casefold(), name), found))
    return members


def _parents(name: str) -> Iterator[str]:
    parts = name.split("/")
    return ("/".join(parts[:depth]) for depth in range(1, len(parts)))


def _about(session: Session, name: str) -> tuple[Tag, list[Share]]:
    """A tag with the papers of all below it, and the tags that they have besides it."""
    ask = session.library.index.query
    return ask(partial(counts.whole_tag, name=name)), ask(
        partial(counts.together, name=name)
    )


def _no_tag(name: str, known: list[str]) -> NotFound:
    near = did_you_mean(name, known) or "; papertrack tag add TAG ID sets one"
    return NotFound(
        f"no tag {name}{near if len(known) <= 8 or 'mean' in near else '; papertrack tags shows them all'}"
    )


def _papers(
    session: Session,
    members: Sequence[Members],
    *,
    format: str | None,
    json: bool,
    fields: Sequence[str] | None,
) -> None:
    papers = list(
        {paper.key: paper for one in members for paper in one.found.papers}.values()
    )
    if format and format != "table":
        from papertrack.exports import registry as exports

        output.write(session, exports.export(papers, format, fields=fields))
    elif json or fields:
        output.write_json(session, [_whole(session, one, fields) for one in members])
    elif session.on_terminal or format == "table":
        _drawn(session, members)
    else:
        rows = ((one.name, paper) for one in members for paper in one.found.papers)
        output.write_rows(
            session,
            (
                [name, *(getattr(paper, column) for column in output.PIPED)]
                for name, paper in rows
            ),
        )
    total = sum(one.found.total for one in members)
    shown = sum(len(one.found.papers) for one in members)
    if not total:
        hidden = sum(one.found.hidden for one in members)
        session.narrate(
            f"no paper shown: all {hidden} that match are hidden; papertrack list is:hidden shows them"
        )
    elif shown < total:
        over = "over " * any(one.found.more for one in members)
        session.narrate(f"{shown:,} of {over}{total:,}; -n N or --all shows more")
    else:
        session.narrate(f"{len(papers):,} paper{'s' * (len(papers) != 1)}")


def _whole(
    session: Session, one: Members, fields: Sequence[str] | None
) -> dict[str, Any]:
    tag, shared = _about(session, one.name)
    together = [{"name": share.name, "count": share.papers} for share in shared]
    return {
        **_as_json(tag),
        "together": together,
        "papers": output.objects(one.found.papers, fields),
    }


def _drawn(session: Session, members: Sequence[Members]) -> None:
    from papertrack.render.papers import columns_for, divided
    from papertrack.render.tags import heading

    shown = [
        (
            heading(*_about(session, one.name), shown=len(one.found.papers)),
            one.found.papers,
        )
        for one in members
    ]
    session.library.number(paper for _, papers in shown for paper in papers)
    output.draw(
        session, divided(shown, columns=columns_for(session.width), today=session.today)
    )


# ------------------------------------------------------------------ tagging

tag_app = typer.Typer(cls=HelpfulGroup, add_completion=False, no_args_is_help=True)


@tag_app.callback()
def tag() -> None:
    """Tag papers, take tags off, rename them."""


@tag_app.command("add", cls=HelpfulCommand)
def add(
    ctx: typer.Context,
    tags: Names,
    select: opt.Select,
    yes: opt.Yes = False,
    dry_run: opt.DryRun = False,
) -> None:
    """Tag papers.

    papertrack tag add nlp,to-discuss 2511.04570 3 4
    """
    names = tag_name.names(tags)

    def change(mark: Mark) -> Mark:
        return mark._replace(tags=tag_name.added(mark.tags, names))

    apply(
        ctx.obj,
        select,
        change,
        doing="tag",
        done=f"tagged {{papers}} with {', '.join(names)}",
        yes=yes,
        dry_run=dry_run,
    )


@tag_app.command("remove", cls=HelpfulCommand)
def remove(
    ctx: typer.Context,
    tags: Names,
    select: opt.Select,
    yes: opt.Yes = False,
    dry_run: opt.DryRun = False,
) -> None:
    """Take tags off papers.

    papertrack tag remove to-discuss tag:to-discuss --yes
    """
    session: Session = ctx.obj
    names = tag_name.names(tags)
    for name in names:
        if not session.library.has_tag(name):
            raise _no_tag(name, session.library.marking.tag_names())
    gone = {name.casefold() for name in names}

    def change(mark: Mark) -> Mark:
        return mark._replace(
            tags=tuple(tag for tag in mark.tags if tag.casefold() not in gone)
        )

    apply(
        session,
        select,
        change,
        doing="untag",
        done=f"took {', '.join(names)} off {{papers}}",
        yes=yes,
        dry_run=dry_run,
    )


@tag_app.command("rename", cls=HelpfulCommand)
def rename(
    ctx: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD")],
    new: Annotated[str, typer.Argument(metavar="NEW")],
    dry_run: opt.DryRun = False,
) -> None:
    """Rename a tag on all its papers, and the tags below it; onto a tag that there is, both become one."""
    session: Session = ctx.obj
    (before,), (after,) = _one(old), _one(new)
    renaming = session.library.marking.rename_tag(before, after, dry_run=dry_run)
    if not renaming.names:
        raise _no_tag(before, session.library.marking.tag_names())
    done, also = _renamed(before, after, renaming)
    if dry_run:
        show_changes(session, renaming.marks, f"would have {done} on {{papers}}{also}")
    elif renaming.marks:
        session.narrate(
            f"{done} on {papers(len(renaming.marks))}{also} (undo: papertrack undo)"
        )
    else:
        session.narrate("nothing to change: it is so already")


def _renamed(old: str, new: str, renaming: Renaming) -> tuple[str, str]:
    """`renamed nlp (and 2 tags below it) to language`, or `merged … into language`; and what else was merged."""
    below = len({name.casefold() for name in renaming.names} - {old.casefold()})
    whole = f"{old} (and {below} tag{'s' * (below != 1)} below it)" if below else old
    joined = any(name.casefold() == new.casefold() for name in renaming.merged)
    others = [
        clean(name) for name in renaming.merged if name.casefold() != new.casefold()
    ]
    also = f", merged into {', '.join(others)}" if others else ""
    return f"merged {whole} into {new}" if joined else f"renamed {whole} to {new}", also


def _one(text: str) -> tuple[str]:
    names = tag_name.names(text)
    if len(names) != 1:
        raise UsageError("rename takes one tag and its new name")
    return (names[0],)
