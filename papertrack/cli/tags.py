"""`tags`: the table of tags and their papers. `tag add|remove|rename`: tag papers."""

import shlex
from collections.abc import Iterable, Iterator, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Any

from typer import Argument, Option

from papertrack import render
from papertrack.cli import options as opt
from papertrack.cli import output
from papertrack.cli.apply_marks import apply, report_change, show_changes
from papertrack.cli.commands import group
from papertrack.cli.options import Listing
from papertrack.cli.session import Session
from papertrack.core import tags as tag_name
from papertrack.core.errors import NotFound, UsageError
from papertrack.core.field_names import BY_QUERY_NAME
from papertrack.core.model import Mark, Paper
from papertrack.core.text import clean
from papertrack.core.wording import did_you_mean, noun, plural
from papertrack.index import counts
from papertrack.index.counts import Tag
from papertrack.index.search import SearchResult
from papertrack.query.language import How, Text

if TYPE_CHECKING:
    from papertrack.library.marks import Renaming

Names = Annotated[
    str,
    Argument(metavar="TAG[,TAG]", help="Tags; a / makes a tree: nlp/parsing."),
]
ADD_HINT = "papertrack tag add TAG ID adds one"


class TagSort(StrEnum):
    """What the table of tags can be sorted by."""

    NAME = "name"
    PAPERS = "papers"
    UNREAD = "unread"
    LATER = "later"
    NEWEST = "newest"


@opt.listing("reverse limit all format json fields")
def tags_command(
    session: Session,
    options: Listing,
    names: Annotated[
        list[str] | None,
        Argument(metavar="[NAME]...", help="Show the papers of these tags."),
    ] = None,
    tree: Annotated[
        bool,
        Option(
            "--tree",
            help="Show tags below their parents, which count the papers of all below.",
        ),
    ] = False,
    sort: Annotated[
        TagSort | None,
        Option("--sort", "-s", help="Sort by this; A to Z, most or newest first."),
    ] = None,
    limit: opt.Limit = None,
    all: opt.All = False,
) -> None:
    """Show your tags and how many papers each has.

    With names, the papers of these tags are shown, and the tags that they share.

    papertrack tags --sort unread

    papertrack tags nlp/parsing vision
    """
    if names:
        if tree or sort:
            option = "--tree" if tree else "--sort"
            raise UsageError(f"{option} is for the table of all tags; remove the names")
        shown = None if all else limit or opt.SHOWN
        _show_papers(session, options._replace(words=names, limit=shown))
        return
    if options.format or options.fields:
        option = "--format" if options.format else "--fields"
        raise UsageError(f"{option} is for the papers of tags: papertrack tags NAME")
    order = sort or TagSort.NAME
    if tree:
        tags = session.library.index.query(counts.tree)
        tags = _in_tree(tags, order, options.reverse)
    else:
        tags = _sorted(session.library.index.tags(), order, options.reverse)
    _show_tags(session, tags, limit, tree=tree, json=options.json)


def _show_tags(
    session: Session, tags: Sequence[Tag], limit: int | None, *, tree: bool, json: bool
) -> None:
    """Print the table of tags, and report how many there are."""
    shown = tags[:limit]

    output.emit(
        session,
        table=lambda: render.tags.tags(
            shown, today=session.today, width=session.width, tree=tree
        ),
        rows=shown,
        objects=lambda: list(map(_as_json, shown)),
        json=json,
    )
    count = plural(len(tags), "tag")
    if not tags:
        session.narrate(f"no tags yet; {ADD_HINT}")
    elif len(shown) < len(tags):
        session.narrate(f"{len(shown)} of {count}")
    else:
        session.narrate(count)


def _as_json(tag: Tag) -> dict[str, Any]:
    names = ("name", "count", "unread", "later", "newest")
    return dict(zip(names, tag, strict=True))


# ------------------------------------------------------------------ order


def _sorted(tags: Iterable[Tag], sort: TagSort, reverse: bool) -> list[Tag]:
    """Most, or newest, first; equal ones from A to Z."""
    ordered = sorted(tags, key=lambda tag: (tag.name.casefold(), tag.name))
    if sort is TagSort.NEWEST:
        ordered.sort(key=lambda tag: tag.newest or "", reverse=True)
    elif sort is not TagSort.NAME:
        ordered.sort(key=lambda tag: int(getattr(tag, sort.value)), reverse=True)
    return ordered[::-1] if reverse else ordered


def _in_tree(tags: Iterable[Tag], sort: TagSort, reverse: bool) -> list[Tag]:
    """Each tag below its parent, sorted among the tags of the same parent."""
    tags = list(tags)
    names = {tag.name.casefold() for tag in tags}
    children: dict[str, list[Tag]] = {}
    for tag in tags:
        parent = tag.name.casefold().rpartition("/")[0]
        # An edited file can contain `/x`, which has no parent.
        key = parent if parent in names else ""
        children.setdefault(key, []).append(tag)

    def walk(parent: str) -> Iterator[Tag]:
        for tag in _sorted(children.get(parent, ()), sort, reverse):
            yield tag
            if tag.name:
                yield from walk(tag.name.casefold())

    return list(walk(""))


# ------------------------------------------------------------------ the papers of tags


def _show_papers(session: Session, options: Listing) -> None:
    """Print the papers of the tags in `options.words`."""
    named = _results(session, options)

    def heading(name: str, papers: Sequence[Paper]) -> output.Drawing:
        tag, shared = _about(session, name)
        return render.tags.heading(tag, shared, shown=len(papers))

    def facts(name: str) -> dict[str, Any]:
        tag, shared = _about(session, name)
        together = [{"name": share.name, "count": share.papers} for share in shared]
        return {**_as_json(tag), "together": together}

    sections = [(name, result.papers) for name, result in named]
    output.emit_sections(session, sections, options, heading=heading, facts=facts)
    results = [result for _, result in named]
    total = sum(result.total for result in results)
    shown = sum(len(result.papers) for result in results)
    if not total:
        hidden = sum(result.hidden for result in results)
        session.narrate(
            f"no paper shown: all {hidden} that match are hidden; "
            "papertrack list is:hidden shows them"
        )
    elif shown < total:
        over = "over " * any(result.more for result in results)
        session.narrate(f"{shown:,} of {over}{total:,}; -n N or --all shows more")
    else:
        papers = {paper.key for result in results for paper in result.papers}
        session.narrate(f"{len(papers):,} {noun(len(papers), 'paper')}")


def _results(session: Session, options: Listing) -> list[tuple[str, SearchResult]]:
    """Each tag, as most of its papers spell it, and its papers.

    Raises NotFound with the closest tag.
    """
    known: dict[str, str] = {}
    for tag in session.library.index.tags()[::-1]:
        for name in (tag.name, *_parents(tag.name)):
            known[name.casefold()] = name
    results = []
    for name in options.words:
        result = session.library.index.search(
            Text(name, How.WORD, BY_QUERY_NAME["tag"]),
            reverse=options.reverse,
            limit=options.limit,
        )
        if not result.total and not result.hidden:
            raise _no_tag(name, sorted(known.values(), key=str.casefold))
        results.append((known.get(name.casefold(), name), result))
    return results


def _parents(name: str) -> Iterator[str]:
    while "/" in name:
        name = name.rpartition("/")[0]
        yield name


def _no_tag(name: str, known: list[str]) -> NotFound:
    hint = did_you_mean(name, known)
    if not hint:
        hint = f"; {ADD_HINT}"
    elif "mean" not in hint and len(known) > 8:
        hint = "; papertrack tags shows them all"
    return NotFound(f"unknown tag {name}{hint}")


def _about(session: Session, name: str) -> tuple[Tag, list[counts.Share]]:
    """A tag with the papers of all tags below it, and the tags it occurs with."""
    index = session.library.index
    tag = index.query(counts.whole_tag, name)
    return tag, index.query(counts.together, name)


# ------------------------------------------------------------------ tagging


def add(
    session: Session,
    tags: Names,
    select: opt.Select,
    yes: opt.Yes = False,
    dry_run: opt.DryRun = False,
) -> None:
    """Add tags to papers.

    papertrack tag add nlp,to-discuss 2511.04570 3 4
    """
    names = tag_name.names(tags)
    if not (yes or dry_run):
        _confirm_digits(session, names, select)

    def change(mark: Mark) -> Mark:
        return mark._replace(tags=tag_name.added(mark.tags, names))

    apply(
        session,
        select,
        change,
        doing="tag {papers}",
        done=f"tagged {{papers}} with {', '.join(names)}",
        yes=yes,
        dry_run=dry_run,
    )


def _confirm_digits(
    session: Session, names: Sequence[str], select: Sequence[str]
) -> None:
    """Ask whether a new tag of digits only is meant: it looks like a paper's number.

    Raises UsageError if it is not, or if nobody can be asked.
    """
    new = [name for name in names if not session.library.has_tag(name)]
    digits = next((name for name in new if name.isdecimal()), None)
    if digits is None:
        return
    meant = shlex.join([*select[:1], ",".join(names), *select[1:]])
    question = f"{digits} looks like a number of a listing: papertrack tag add {meant}?"
    if not session.can_ask:
        raise UsageError(f"{question} If not, add --yes to use it as a tag")
    session.confirm(f"use {digits} as a tag", about=[question])


def remove(
    session: Session,
    tags: Names,
    select: opt.Select,
    yes: opt.Yes = False,
    dry_run: opt.DryRun = False,
) -> None:
    """Remove tags from papers.

    papertrack tag remove to-discuss tag:to-discuss --yes
    """
    names = tag_name.names(tags)
    for name in names:
        if not session.library.has_tag(name):
            raise _no_tag(name, session.library.tag_names())
    removed = {name.casefold() for name in names}

    def change(mark: Mark) -> Mark:
        tags = [tag for tag in mark.tags if tag.casefold() not in removed]
        return mark._replace(tags=tuple(tags))

    apply(
        session,
        select,
        change,
        doing="untag {papers}",
        done=f"took {', '.join(names)} off {{papers}}",
        yes=yes,
        dry_run=dry_run,
    )


def rename(
    session: Session,
    old: Annotated[str, Argument(metavar="OLD", help="The tag.")],
    new: Annotated[str, Argument(metavar="NEW", help="Its new name.")],
    dry_run: opt.DryRun = False,
) -> None:
    """Rename a tag and the tags below it.

    papertrack tag rename nlp language

    If there is a tag NEW already, both become one.
    """
    before, after = _one_tag(old), _one_tag(new)
    renaming = session.library.marking.rename_tag(before, after, dry_run=dry_run)
    if not renaming.names:
        raise _no_tag(before, session.library.tag_names())
    done, also = _renamed(before, after, renaming)
    if dry_run:
        message = f"would have {done} on {{papers}}{also}"
        show_changes(session, renaming.marks, message)
    else:
        report_change(session, f"{done} on {{papers}}{also}", renaming.marks)


def _renamed(old: str, new: str, renaming: "Renaming") -> tuple[str, str]:
    """`renamed nlp (and 2 tags below it) to language`, and other merged tags."""
    below = len({name.casefold() for name in renaming.names} - {old.casefold()})
    if below:
        old += f" (and {plural(below, 'tag')} below it)"
    merged = [clean(name) for name in renaming.merged]
    others = [name for name in merged if name.casefold() != new.casefold()]
    also = f", merged into {', '.join(others)}" if others else ""
    if len(others) < len(merged):
        return f"merged {old} into {new}", also
    return f"renamed {old} to {new}", also


def _one_tag(text: str) -> str:
    names = tag_name.names(text)
    if len(names) != 1:
        raise UsageError("rename takes one tag and its new name")
    return names[0]


tag_app = group(
    "Add tags to papers, remove tags, rename them.",
    add=add,
    remove=remove,
    rename=rename,
)
