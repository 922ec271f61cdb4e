"""The tools that assistants call: what each one takes, and what it returns or changes.

Their descriptions and schemas are sent with every request to a model, so they are short.
Papers to change are named one by one, never by a query.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from papertrack.cli.agents.arguments import object_schema
from papertrack.cli.agents.protocol import Result, Tool
from papertrack.cli.search import readings
from papertrack.cli.session import Session
from papertrack.cli.unknown_tags import no_tag
from papertrack.core import tags as tag_name
from papertrack.core.errors import NotFound, UsageError
from papertrack.core.model import STATUSES, Mark, Paper
from papertrack.core.wording import plural
from papertrack.exports import registry
from papertrack.library.library import NUMBERS
from papertrack.library.searching import Wanted, find_papers

FIELDS = ("id", "title", "published", "upvotes", "tags")
"""The fields of a paper in a list; `show` has all."""

MOST = 20
"""Papers of one list."""
MOST_IDS = 100
"""Papers that one call names."""
MOST_TAGS = 100
"""Tags that are listed."""

STARS = {"star": "starred", "unstar": "unstarred"}
"""What `mark` does beside setting a status -> the text of the undo log."""

_TEXT = {"type": "string"}
_LIMIT = {"type": "integer", "minimum": 1, "maximum": MOST}
_IDS = {"type": "array", "items": _TEXT, "minItems": 1, "maxItems": MOST_IDS}
_QUERY = {"type": "string", "description": "e.g. diffusion author:li is:unread"}
_SORT = {"type": "string", "enum": ["date", "hot", "upvotes"]}
_MARKS = [*STATUSES, *STARS]
_TAGS = {"type": "array", "items": _TEXT, "minItems": 1, "maxItems": MOST_TAGS}

TOOLS = (
    Tool(
        "search",
        "Search papers by words or a query, best match first. Fields: title: author:"
        " tag: upvotes:20.. published:2025.. is:read|unread|later|starred",
        object_schema({"query": _QUERY, "limit": _LIMIT}, 1),
    ),
    Tool(
        "list",
        "List papers, newest first, all or those that match a query",
        object_schema({"query": _QUERY, "sort": _SORT, "limit": _LIMIT}, 0),
    ),
    Tool(
        "show",
        "A paper in full: abstract, authors, links, the user's marks and note",
        object_schema({"id": _TEXT}, 1),
    ),
    Tool(
        "tags",
        "The user's tags, with how many papers and unread ones each has",
        object_schema({}, 0),
    ),
    Tool(
        "export_bibtex",
        "BibTeX entries of papers",
        object_schema({"ids": _IDS}, 1),
    ),
    Tool(
        "tag",
        "Add tags to papers, or remove them. The user can undo it",
        object_schema({"ids": _IDS, "add": _TAGS, "remove": _TAGS}, 1),
        writes=True,
    ),
    Tool(
        "mark",
        "Set the status of papers, or their star. The user can undo it",
        object_schema({"ids": _IDS, "as": {"type": "string", "enum": _MARKS}}, 2),
        writes=True,
    ),
)


def offered(*, write: bool) -> list[Tool]:
    """The tools that read, and those that write if they are wanted."""
    return [tool for tool in TOOLS if write or not tool.writes]


def call(session: Session, name: str, arguments: Mapping[str, Any]) -> Result:
    """Call a tool with checked arguments. Raises PapertrackError, OSError."""
    return _FUNCTIONS[name](session, **_as_parameters(arguments))


def _as_parameters(arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments by the names of parameters: `as` is a word of Python."""
    return {"status" if name == "as" else name: arguments[name] for name in arguments}


# ------------------------------------------------------------------ reading


def _search(session: Session, query: str, limit: int = MOST) -> Result:
    wanted = Wanted(query, session.today, limit)
    found = find_papers(session.library, wanted)
    total = max(found.result.total, len(found.papers))
    result = _listed(found.papers, total, more=found.result.more)
    notes = readings(found)
    if found.others:
        notes.append(f"the last {len(found.others)} have only some of the words")
    return {**result, "notes": notes} if notes else result


def _list(
    session: Session, query: str = "", sort: str = "date", limit: int = MOST
) -> Result:
    clause = session.library.clause(query, session.today)
    result = session.library.index.search(clause, sort=sort, limit=limit)
    return _listed(result.papers, result.total, more=result.more)


def _listed(papers: Sequence[Paper], total: int, *, more: bool) -> dict[str, Any]:
    """Papers in short, and how many of how many they are."""
    over = "over " * more
    return {
        "papers": [{name: getattr(paper, name) for name in FIELDS} for paper in papers],
        "count": f"{len(papers)} of {over}{total}",
    }


def _show(session: Session, id: str) -> Result:
    (paper,) = _papers(session, [id])
    facts = paper.as_json()
    return {name: facts[name] for name in facts if facts[name] not in (None, [])}


def _tags(session: Session) -> Result:
    tags = sorted(session.library.index.tags(), key=lambda tag: -tag.papers)
    shown = tags[:MOST_TAGS]
    return {
        "tags": [
            {"name": tag.name, "papers": tag.papers, "unread": tag.unread}
            for tag in shown
        ],
        "count": f"{len(shown)} of {len(tags)}",
    }


def _export_bibtex(session: Session, ids: Sequence[str]) -> Result:
    return "".join(registry.pieces(_papers(session, ids), "bibtex"))


# ------------------------------------------------------------------ writing


def _tag(
    session: Session,
    ids: Sequence[str],
    add: Iterable[str] = (),
    remove: Iterable[str] = (),
) -> Result:
    new = tag_name.names(",".join(add)) if add else ()
    old = tag_name.names(",".join(remove)) if remove else ()
    if not (new or old):
        raise UsageError("no tags given; name some to add or to remove")
    for name in old:
        if not session.library.has_tag(name):
            raise no_tag(name, session.library.tag_names())
    removed = {name.casefold() for name in old}

    def change(mark: Mark) -> Mark:
        others = tuple(tag for tag in mark.tags if tag.casefold() not in removed)
        return mark._replace(tags=tag_name.added(others, new))

    done = []
    if new:
        done.append(f"added {', '.join(new)}")
    if old:
        done.append(f"removed {', '.join(old)}")
    return _change(session, ids, change, f"{' and '.join(done)} on")


def _mark(session: Session, ids: Sequence[str], status: str) -> Result:
    if status in STARS:
        is_starred = status == "star"
        return _change(
            session, ids, lambda mark: mark._replace(starred=is_starred), STARS[status]
        )
    return _change(
        session, ids, lambda mark: mark._replace(status=status), f"marked as {status}"
    )


def _change(
    session: Session, ids: Sequence[str], change: Callable[[Mark], Mark], done: str
) -> Result:
    """Change the marks of papers in one step of the undo log."""
    keys = _keys(session, ids)
    changed = session.library.marking.mark(
        keys, change, what=lambda count: f"{done} {plural(count, 'paper')} (mcp)"
    )
    return {"changed": changed, "unchanged": len(keys) - changed}


# ------------------------------------------------------------------ papers


def _keys(session: Session, ids: Iterable[str]) -> list[str]:
    """The main keys of papers. Raises NotFound, and UsageError for numbers: those are of
    the reader's own terminal.
    """
    keys: dict[str, None] = {}
    for text in ids:
        if re.fullmatch(NUMBERS, text):
            raise UsageError(f"{text}: a number is not an id; ids are as in a list")
        found = session.library.resolve(text)
        if not found:
            raise NotFound(f"unknown paper {text}; search finds papers by their words")
        keys |= dict.fromkeys(found)
    return list(keys)


def _papers(session: Session, ids: Iterable[str]) -> list[Paper]:
    return [session.library.get(key) for key in _keys(session, ids)]


_FUNCTIONS: Mapping[str, Callable[..., Result]] = {
    "search": _search,
    "list": _list,
    "show": _show,
    "tags": _tags,
    "export_bibtex": _export_bibtex,
    "tag": _tag,
    "mark": _mark,
}
