"""`tags`: the tag view. `tag add|remove|rename`: tagging papers."""

from typing import TYPE_CHECKING, Annotated

import typer

from papertrack.cli import HELP, output
from papertrack.cli import options as opt
from papertrack.cli.marking import apply
from papertrack.cli.session import Session
from papertrack.errors import NotFound, UsageError
from papertrack.fields import BY_ASK, nearest
from papertrack.index import Tag
from papertrack.model import Mark, Paper
from papertrack.query import How, Text
from papertrack.text import clean

if TYPE_CHECKING:
    from rich.console import RenderableType

Names = Annotated[str, typer.Argument(metavar="TAG[,TAG]", help="Tags; a / makes a tree: nlp/parsing.")]


def tags_command(
    ctx: typer.Context,
    names: Annotated[list[str] | None, typer.Argument(metavar="[NAME]...", help="Show these tags' papers.")] = None,
    tree: Annotated[bool, typer.Option("--tree", help="Indent tags below their parents.")] = False,
    json: opt.Json = False,
) -> None:
    """Show your tags: how many papers, how many unread, the newest; with names, each tag's papers."""
    session: Session = ctx.obj
    if names:
        _papers(session, names, json=json)
        return
    tags = session.library.tags()
    if json:
        output.dump(session, [_as_json(tag) for tag in tags])
    elif session.on_terminal and tags:
        from papertrack import render

        output.show(session, render.tags(tags, today=session.today, tree=tree))
    else:
        output.rows(session, ([tag.name, tag.papers, tag.unread, tag.newest] for tag in tags))
    count = f"{len(tags)} tag{'s' * (len(tags) != 1)}"
    session.narrate(count if tags else "no tags yet; papertrack tag add TAG ID sets one")


def _as_json(tag: Tag) -> dict[str, object]:
    return {"name": tag.name, "count": tag.papers, "unread": tag.unread, "newest": tag.newest}


def _papers(session: Session, names: list[str], *, json: bool) -> None:
    known = {tag.name.casefold(): tag for tag in session.library.tags()}
    found = []
    for name in names:
        papers = session.library.search(Text(name, How.WORD, BY_ASK["tag"])).papers
        if not papers:
            raise NotFound(f"no tag {name}{nearest(name, [tag.name for tag in known.values()]) if known else ''}")
        found.append((name, papers))
    if json:
        whole = [{"name": name, "papers": [paper.as_json() for paper in papers]} for name, papers in found]
        output.dump(session, whole)
    elif session.on_terminal:
        _drawn(session, found)
    else:
        output.rows(session, ([name, p.id, p.date, p.upvotes, p.title] for name, papers in found for p in papers))
    count = len({paper.key for _, papers in found for paper in papers})
    session.narrate(f"{count} paper{'s' * (count != 1)}")


def _drawn(session: Session, found: list[tuple[str, tuple[Paper, ...]]]) -> None:
    from rich.console import Group
    from rich.text import Text as Drawn

    from papertrack import render

    parts: list[RenderableType] = []
    numbered: list[Paper] = []
    columns = render.columns_for(session.width)
    for name, papers in found:
        table = render.listing(papers, columns=columns, today=session.today, first=len(numbered) + 1)
        parts += [Drawn(f"#{clean(name)}  {len(papers)}", "bold cyan"), table, Drawn("")]
        numbered += papers
    session.library.number(numbered)
    output.show(session, Group(*parts[:-1]))


# ------------------------------------------------------------------ tagging

tag_app = typer.Typer(add_completion=False, no_args_is_help=True, context_settings=HELP)


@tag_app.callback()
def tag() -> None:
    """Tag papers, take tags off, rename them."""


def tag_names(text: str) -> tuple[str, ...]:
    """The tags of `a,b`, cleaned. Raises UsageError for one that no query could name."""
    tags = tuple(dict.fromkeys(clean(name).strip("#/") for name in text.split(",") if name.strip()))
    for name in tags:
        if not name or any(char in name for char in ' "()*:'):
            raise UsageError(f"{clean(text)!r} is no tag: letters, digits, - _ . and / only, as in nlp/parsing")
    if not tags:
        raise UsageError("no tag given")
    return tags


@tag_app.command("add", context_settings=HELP)
def add(ctx: typer.Context, tags: Names, select: opt.Select, yes: opt.Yes = False) -> None:
    """Tag papers.

    papertrack tag add nlp,to-discuss 2511.04570 3 4
    """
    names = tag_names(tags)

    def change(mark: Mark) -> Mark:
        have = {tag.casefold() for tag in mark.tags}
        return mark._replace(tags=(*mark.tags, *(name for name in names if name.casefold() not in have)))

    apply(ctx.obj, select, change, doing="tag", done=f"tagged {{papers}} with {', '.join(names)}", yes=yes)


@tag_app.command("remove", context_settings=HELP)
def remove(ctx: typer.Context, tags: Names, select: opt.Select, yes: opt.Yes = False) -> None:
    """Take tags off papers."""
    gone = {name.casefold() for name in tag_names(tags)}

    def change(mark: Mark) -> Mark:
        return mark._replace(tags=tuple(tag for tag in mark.tags if tag.casefold() not in gone))

    apply(ctx.obj, select, change, doing="untag", done=f"took {', '.join(tag_names(tags))} off {{papers}}", yes=yes)


@tag_app.command("rename", context_settings=HELP)
def rename(
    ctx: typer.Context,
    old: Annotated[str, typer.Argument(metavar="OLD")],
    new: Annotated[str, typer.Argument(metavar="NEW")],
) -> None:
    """Rename a tag on all its papers, and the tags below it."""
    session: Session = ctx.obj
    (before,), (after,) = _one(old), _one(new)
    count = session.library.rename_tag(before, after)
    if not count:
        known = [tag.name for tag in session.library.tags()]
        raise NotFound(f"no tag {before}{nearest(before, known) if known else ''}")
    session.narrate(f"renamed {before} to {after} on {count} paper{'s' * (count != 1)} (undo: papertrack undo)")


def _one(text: str) -> tuple[str]:
    names = tag_names(text)
    if len(names) != 1:
        raise UsageError("rename takes one tag and its new name")
    return (names[0],)
