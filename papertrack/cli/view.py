"""`view`: queries saved under a name, used in other queries as `@NAME`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from papertrack import render
from papertrack.cli import named, output
from papertrack.cli.session import Session
from papertrack.cli.subcommands import group
from papertrack.cli.typed_secrets import check_text
from papertrack.core.errors import NotFound, PapertrackError, UsageError
from papertrack.core.secrets import remove_passwords
from papertrack.core.wording import noun, plural
from papertrack.query import language as query
from papertrack.query import views
from papertrack.query.views import View

if TYPE_CHECKING:
    from typer import Argument

    from papertrack.cli import options as opt


def save(
    session: Session,
    name: Annotated[str, Argument(metavar="NAME", help="Its name: llm, read-later.")],
    words: Annotated[
        list[str],
        Argument(metavar="QUERY...", help="The query; it may contain other views."),
    ],
) -> None:
    """Save a query under a name.

    papertrack view save fresh 'is:unread listed:7d..'

    papertrack list @fresh tag:llm

    An existing view of that name is replaced. Relative dates count from the day on
    which the view is used.
    """
    view_name = views.name_of(name)
    text = " ".join(words).strip()
    if not text:
        raise UsageError(
            "the query is empty; give one, as in papertrack view save fresh is:unread"
        )
    check_text(text, f"@{view_name}")
    saved = session.library.settings.views()
    queries = {one.name: one.query for one in saved.values()}
    queries[view_name] = text
    query.parse(text, session.today)
    clause = views.expand(query.View(view_name), queries, session.today)
    previous = saved.get(view_name)
    if previous and previous.query == text:
        session.narrate(f"@{view_name} is already this query; nothing changed")
        return
    count = session.library.index.count_matching(clause)
    session.library.settings.save_view(
        View(view_name, text, session.now), what=f"saved the view @{view_name}"
    )
    replaced = f" instead of {previous.query}" if previous else ""
    session.narrate(
        f"saved @{view_name}{replaced}: {plural(count, 'paper')} "
        "(undo: papertrack undo)"
    )


def list_(session: Session, json: opt.Json = False) -> None:
    """List the saved queries, and how many papers each matches.

    papertrack view list
    """
    saved = session.library.settings.views()
    listed = [_as_json(session, one) for one in saved.values()]
    # The names for completion: the views may have been edited or synchronized.
    session.library.settings.write_names()

    output.emit_list(
        session,
        listed,
        "name papers query",
        table=lambda: render.settings.views(listed),
        json=json,
    )
    if not listed:
        session.narrate("no views yet; papertrack view save NAME QUERY adds one")
    else:
        session.narrate(plural(len(listed), "view"))
    for one in listed:
        if one["error"]:
            session.narrate(f"  @{one['name']} fails: {one['error']}")


def _as_json(session: Session, view: View) -> dict[str, Any]:
    """A view and how many papers it matches, None with an `error` if it fails."""
    papers = error = None
    try:
        clause = session.library.clause(f"@{view.name}", session.today)
        papers = session.library.index.count_matching(clause)
    except (UsageError, NotFound) as reason:
        error = str(reason)
    return {
        "name": view.name,
        "query": remove_passwords(view.query),
        "papers": papers,
        "saved": view.at or None,
        "error": error,
    }


def remove(
    session: Session,
    names: Annotated[
        list[str], Argument(metavar="NAME...", help="Views, with or without @.")
    ],
    dry_run: opt.DryRun = False,
) -> None:
    """Remove saved queries that no other view or rule uses.

    papertrack view remove fresh
    """
    saved = list(session.library.settings.views())
    found = [named.find(name, saved, "view", prefix="@") for name in names]
    removed = list(dict.fromkeys(found))
    for name in removed:
        others = users(session, name, removed)
        if others:
            raise UsageError(
                f"@{name} is used by {', '.join(others)}; change or remove that first"
            )
    shown = ", ".join(f"@{name}" for name in removed)
    if dry_run:
        session.narrate(f"would remove {shown}; nothing was changed")
        return
    many = f"@{removed[0]}" if len(removed) == 1 else plural(len(removed), "view")
    session.library.settings.remove_views(
        removed, what=f"removed the {noun(len(removed), 'view')} {many}"
    )
    session.narrate(f"removed {shown} (undo: papertrack undo)")


def users(session: Session, name: str, removed: Sequence[str]) -> list[str]:
    """The views and rules that use a view, other than those in `removed`."""
    settings = session.library.settings
    queries = {
        f"the view @{one.name}": one.query
        for one in settings.views().values()
        if one.name not in removed
    }
    for rule in settings.rules().values():
        queries[f"the rule {rule.name}"] = rule.condition
    return [user for user, text in queries.items() if _uses(session, text, name)]


def _uses(session: Session, text: str, name: str) -> bool:
    try:
        return name in views.named(query.parse(text, session.today))
    except PapertrackError:  # an edited file can contain any query
        return False


view_group = group(
    """Save queries under a name, to use as @NAME in any query.

    papertrack view save fresh 'is:unread listed:7d..'

    papertrack list @fresh
    """,
    save=save,
    list=list_,
    remove=remove,
)
