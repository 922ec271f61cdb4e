"""`tags`: the table of tags, and the papers of some."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter
from typing import TYPE_CHECKING, Any

from papertrack import render
from papertrack.cli import output
from papertrack.cli.listing import SHOWN, Listing, TagSort, listing
from papertrack.cli.session import Session
from papertrack.cli.unknown_tags import ADD_HINT, no_tag
from papertrack.core.errors import UsageError
from papertrack.core.field_names import BY_QUERY_NAME
from papertrack.core.model import Paper
from papertrack.core.wording import noun, plural
from papertrack.index import counts
from papertrack.index.counts import Tag
from papertrack.index.search import SearchResult
from papertrack.index.stored_papers import PAGE, StoredPapers
from papertrack.query.language import How, Text

if TYPE_CHECKING:
    from papertrack.cli import options as opt
    from papertrack.render.lines import Line


@listing("reverse limit all format json fields")
def tags_command(
    session: Session,
    options: Listing,
    names: opt.TagNames = None,
    tree: opt.Tree = False,
    sort: opt.TagOrder = None,
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
        shown = None if all else limit or SHOWN
        options = options._replace(words=names, limit=shown)
        summary = ""

        def print_papers() -> None:
            nonlocal summary
            summary = _print_papers(session, options)

        # All papers at once may not fit into memory.
        output.print_stored(session, print_papers)
        session.narrate(summary)
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


def show_all(session: Session, *, json: bool) -> None:
    """Print the table of all tags, from A to Z."""
    tags = _sorted(session.library.index.tags(), TagSort.NAME, reverse=False)
    _show_tags(session, tags, None, tree=False, json=json)


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
        ordered.sort(key=attrgetter(sort.value), reverse=True)
    if reverse:
        ordered.reverse()
    return ordered


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


def _print_papers(session: Session, options: Listing) -> str:
    """Print the papers of the tags in `options.words`; a line on how many they are."""
    named = _results(session, options)

    def heading(name: str, papers: Sequence[Paper]) -> Sequence[Line]:
        tag, shared = _about(session, name)
        return render.papers.tag_heading(
            tag, shared, shown=len(papers), width=session.width
        )

    def facts(name: str) -> dict[str, Any]:
        tag, shared = _about(session, name)
        together = [{"name": share.name, "count": share.papers} for share in shared]
        return {**_as_json(tag), "together": together}

    parts = [result.papers for _, result in named]
    papers = StoredPapers.each_once(
        [part for part in parts if isinstance(part, StoredPapers)]
    )
    sections = [(name, _read_if_few(result.papers)) for name, result in named]
    output.emit_sections(
        session, sections, papers, options, heading=heading, facts=facts
    )
    results = [result for _, result in named]
    total = sum(result.total for result in results)
    shown = sum(len(result.papers) for result in results)
    if not total:
        hidden = sum(result.hidden for result in results)
        return (
            f"no paper shown: all {hidden} that match are hidden; "
            "papertrack list is:hidden shows them"
        )
    if shown < total:
        over = "over " * any(result.more for result in results)
        return f"{shown:,} of {over}{total:,}; -n N or --all shows more"
    return f"{len(papers):,} {noun(len(papers), 'paper')}"


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
        result = session.library.index.stored(
            Text(name, How.WORD, BY_QUERY_NAME["tag"]),
            reverse=options.reverse,
            limit=options.limit,
        )
        if not result.total and not result.hidden:
            raise no_tag(name, sorted(known.values(), key=str.casefold))
        results.append((known.get(name.casefold(), name), result))
    return results


def _read_if_few(papers: Sequence[Paper]) -> Sequence[Paper]:
    """The papers; a few are read here, once, whatever is made of them."""
    return tuple(papers) if len(papers) <= PAGE else papers


def _parents(name: str) -> Iterator[str]:
    while "/" in name:
        name = name.rpartition("/")[0]
        yield name


def _about(session: Session, name: str) -> tuple[Tag, list[counts.Share]]:
    """A tag with the papers of all tags below it, and the tags it occurs with."""
    index = session.library.index
    tag = index.query(counts.whole_tag, name)
    return tag, index.query(counts.together, name)
