"""`feed`: what a bare fetch takes. Following reads nothing: the next fetch does."""

from collections.abc import Sequence
from typing import Annotated

import typer

from papertrack.cli import options as opt
from papertrack.cli import output
from papertrack.cli.help_format import HelpfulCommand, HelpfulGroup
from papertrack.cli.session import Session
from papertrack.core.addresses import bare, shown
from papertrack.core.errors import FetchError, NotFound, UsageError
from papertrack.core.text import clean
from papertrack.core.wording import did_you_mean
from papertrack.library.settings import Followed

feed_app = typer.Typer(cls=HelpfulGroup, add_completion=False, no_args_is_help=True)


@feed_app.callback()
def feed() -> None:
    """Follow sources: what `papertrack fetch` takes when it is given no target."""


@feed_app.command("add", cls=HelpfulCommand)
def add(
    ctx: typer.Context,
    target: Annotated[
        str, typer.Argument(metavar="TARGET", help="What to follow, as fetch takes it.")
    ],
    name: Annotated[
        str | None, typer.Option("--name", metavar="N", help="What to call it.")
    ] = None,
) -> None:
    """Follow a feed, a category or a listing.

    papertrack feed add https://owls.example/feed.xml --name owls

    papertrack feed add arxiv:cs.CL
    """
    session: Session = ctx.obj
    _check(session, target)
    called = clean(name or "") or target
    taken = [
        feed
        for feed in session.library.settings.followed()
        if feed.name == called and feed.target != target
    ]
    if taken:
        raise UsageError(
            f"{called} is what you call {taken[0].target}; give another --name"
        )
    follow(session, [Followed(target, called)])


def _check(session: Session, target: str) -> None:
    """Raise UsageError for what can't be fetched again and again."""
    from papertrack.cli.targets import asked, is_file
    from papertrack.sources import registry as sources

    if bare(target) != target:
        raise UsageError(
            f"{bare(target)}: a password would stand in the library for all to read; put it into ~/.netrc"
        )
    if is_file(target, files_only=False):
        raise UsageError(
            f"{clean(target)} is no source to follow; import takes files in"
        )
    try:
        sources.find(target).start(target, asked(session))
    except FetchError:
        return  # nothing to read today; there may be tomorrow


def follow(session: Session, feeds: Sequence[Followed]) -> None:
    """Follow targets, and tell it. One that is followed already may get another name."""
    desk = session.library.settings
    before = {feed.target: feed for feed in desk.followed()}
    changed = [feed for feed in feeds if before.get(feed.target) != feed]
    if changed:
        desk.follow(changed)
    for feed in changed if len(changed) <= 5 else []:
        named = f", as {clean(feed.name)}" if feed.name != feed.target else ""
        session.narrate(f"following {clean(feed.target)}{named}")
    if len(changed) > 5:
        session.narrate(f"following {len(changed)} more")
    if len(changed) < len(feeds):
        session.narrate(f"followed already: {len(feeds) - len(changed)}")
    if not before and changed and "hf" not in {feed.target for feed in changed}:
        session.narrate(
            "a bare fetch takes what you follow; papertrack feed add hf keeps the Daily Papers in it"
        )


@feed_app.command("list", cls=HelpfulCommand)
def list_(ctx: typer.Context, json: opt.Json = False) -> None:
    """List what is followed."""
    session: Session = ctx.obj
    feeds = session.library.settings.followed()
    readings = session.library.settings.readings()
    read = {
        feed.target: readings[feed.target].read
        for feed in feeds
        if feed.target in readings
    }
    rows = [
        (shown(feed.name), shown(feed.target), read.get(feed.target)) for feed in feeds
    ]
    if json:
        names = ("name", "target", "read")
        output.write_json(session, [dict(zip(names, row, strict=True)) for row in rows])
    elif session.on_terminal and feeds:
        from papertrack.render import sources as drawn

        output.draw(
            session,
            drawn.feeds(
                [(target, name) for name, target, _ in rows], read, now=session.time
            ),
        )
    else:
        output.write_rows(session, rows)
    session.narrate(
        f"{len(feeds)} followed"
        if feeds
        else "nothing is followed: a bare fetch takes hf"
    )


@feed_app.command("remove", cls=HelpfulCommand)
def remove(
    ctx: typer.Context,
    names: Annotated[
        list[str],
        typer.Argument(metavar="N...", help="Names, numbers of feed list, or targets."),
    ],
    dry_run: opt.DryRun = False,
) -> None:
    """Follow no longer; the papers that came stay."""
    session: Session = ctx.obj
    feeds = session.library.settings.followed()
    gone = [_found(name, feeds) for name in names]
    if dry_run:
        targets = ", ".join(clean(feed.target) for feed in gone)
        session.narrate(f"would follow no longer: {targets}; nothing was changed")
        return
    session.library.settings.unfollow([feed.target for feed in gone])
    for feed in dict.fromkeys(gone):
        session.narrate(f"no longer following {clean(feed.target)}")


def _found(name: str, feeds: Sequence[Followed]) -> Followed:
    for feed in feeds:
        if name in (feed.name, feed.target):
            return feed
    if name.isascii() and name.isdecimal() and 1 <= int(name) <= len(feeds):
        return feeds[int(name) - 1]
    raise NotFound(
        f"{clean(name)} is not followed{did_you_mean(name, [feed.name for feed in feeds])}"
    )
