"""`view`: queries saved under a name, to be used as `@NAME` wherever a query stands."""

from collections.abc import Sequence
from typing import Annotated, NamedTuple

import typer

from papertrack.cli import options as opt
from papertrack.cli import output
from papertrack.cli.help_format import HelpfulCommand, HelpfulGroup
from papertrack.cli.session import Session
from papertrack.core.errors import NotFound, PapertrackError, UsageError
from papertrack.core.text import clean
from papertrack.core.wording import did_you_mean
from papertrack.query import language as query
from papertrack.query import views
from papertrack.query.views import View

view_app = typer.Typer(cls=HelpfulGroup, add_completion=False, no_args_is_help=True)


@view_app.callback()
def view() -> None:
    """Save queries under a name: papertrack list @NAME, and in any other query."""


@view_app.command("save", cls=HelpfulCommand)
def save(
    ctx: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="What to call it: llm, read-later.")
    ],
    words: Annotated[
        list[str],
        typer.Argument(metavar="QUERY...", help="The query; it may hold other views."),
    ],
) -> None:
    """Save a query, in place of one of that name. Relative dates in it count from the day on which it is used.

    papertrack view save fresh 'is:unread listed:7d..'

    papertrack list @fresh tag:llm
    """
    session: Session = ctx.obj
    called, asked = views.name_of(name), " ".join(words).strip()
    if not asked:
        raise UsageError(
            "an empty query; a view needs one, as in papertrack view save fresh is:unread"
        )
    held = session.library.settings.views()
    after = {**{one.name: one.query for one in held.values()}, called: asked}
    query.parse(asked, session.today)
    clause = views.expand(query.View(called), after, session.today)
    before = held.get(called)
    if before and before.query == asked:
        session.narrate(f"@{called} is that already")
        return
    count = session.library.index.count_matching(clause)
    session.library.settings.save_view(
        View(called, asked, session.now), what=f"saved the view @{called}"
    )
    instead = f" instead of {clean(before.query)}" if before else ""
    session.narrate(
        f"saved @{called}{instead}: {count} paper{'s' * (count != 1)} (undo: papertrack undo)"
    )


class Shown(NamedTuple):
    """A view as it is listed: `papers` are how many it finds, or `error` says why it finds none."""

    view: View
    papers: int | None
    error: str | None


@view_app.command("list", cls=HelpfulCommand)
def list_(ctx: typer.Context, json: opt.Json = False) -> None:
    """List the saved queries, and how many papers each finds."""
    session: Session = ctx.obj
    shown = [
        _counted(session, one) for one in session.library.settings.views().values()
    ]
    session.library.settings.write_names()  # a hand or a sync may have changed them
    if json:
        output.write_json(session, [_as_json(one) for one in shown])
    elif session.on_terminal and shown:
        from papertrack.render import settings as desk

        output.draw(
            session,
            desk.views([(one.view.name, one.papers, one.view.query) for one in shown]),
        )
    else:
        output.write_rows(
            session, ([one.view.name, one.papers, one.view.query] for one in shown)
        )
    count = f"{len(shown)} view{'s' * (len(shown) != 1)}"
    session.narrate(
        count if shown else "no views yet; papertrack view save NAME QUERY makes one"
    )
    for one in shown:
        if one.error:
            session.narrate(
                f"  @{clean(one.view.name)} finds nothing: {clean(one.error)}"
            )


def _counted(session: Session, view: View) -> Shown:
    try:
        clause = session.library.clause(f"@{view.name}", session.today)
        return Shown(view, session.library.index.count_matching(clause), None)
    except (UsageError, NotFound) as error:
        return Shown(view, None, str(error))


def _as_json(one: Shown) -> dict[str, object]:
    told = {
        "name": one.view.name,
        "query": one.view.query,
        "papers": one.papers,
        "saved": one.view.at or None,
    }
    return {**told, "error": one.error}


@view_app.command("remove", cls=HelpfulCommand)
def remove(
    ctx: typer.Context,
    names: Annotated[
        list[str], typer.Argument(metavar="NAME...", help="Views, with or without @.")
    ],
    dry_run: opt.DryRun = False,
) -> None:
    """Forget saved queries; those that others need are not removed."""
    session: Session = ctx.obj
    held = session.library.settings.views()
    gone = list(dict.fromkeys(_found(name, held) for name in names))
    for name in gone:
        if users := _users(session, name, gone):
            raise UsageError(
                f"@{name} is used by {', '.join(users)}; change or remove that first"
            )
    if dry_run:
        session.narrate(
            f"would remove {', '.join(f'@{name}' for name in gone)}; nothing was changed"
        )
        return
    told = f"@{gone[0]}" if len(gone) == 1 else f"{len(gone)} views"
    session.library.settings.remove_views(
        gone, what=f"removed the view{'s' * (len(gone) != 1)} {told}"
    )
    session.narrate(
        f"removed {', '.join(f'@{name}' for name in gone)} (undo: papertrack undo)"
    )


def _found(text: str, held: dict[str, View]) -> str:
    name = clean(text).removeprefix("@").casefold()
    if name not in held:
        raise NotFound(f"no view @{name}{did_you_mean(name, held)}")
    return name


def _users(session: Session, name: str, gone: Sequence[str]) -> list[str]:
    """What uses a view, those that go too left out."""
    found = []
    for one in session.library.settings.views().values():
        if one.name not in gone and _uses(session, one.query, name):
            found.append(f"the view @{one.name}")
    rules = session.library.settings.rules().values()
    return [
        *found,
        *(
            f"the rule {one.name}"
            for one in rules
            if _uses(session, one.condition, name)
        ),
    ]


def _uses(session: Session, text: str, name: str) -> bool:
    try:
        return name in views.named(query.parse(text, session.today))
    except PapertrackError:
        return False
