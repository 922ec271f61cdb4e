"""`feed`: what `papertrack fetch` reads when it is given no target."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from papertrack import render
from papertrack.cli import named, output, targets
from papertrack.cli.session import Session
from papertrack.cli.subcommands import group
from papertrack.cli.typed_secrets import check_text
from papertrack.core.addresses import is_web_url, web_address
from papertrack.core.errors import FetchError, UsageError
from papertrack.core.secrets import hide_in_address
from papertrack.core.tags import names
from papertrack.core.text import clean
from papertrack.library.settings import Followed
from papertrack.sources import registry as sources
from papertrack.sources.short_targets import full
from papertrack.storage import approvals

if TYPE_CHECKING:
    from typer import Argument, Option

    from papertrack.cli import options as opt

SHOWN = 5
"""Above so many feeds, `follow` prints only their number."""


def add(
    session: Session,
    target: Annotated[
        str,
        Argument(metavar="TARGET", help="What to follow: a target of fetch."),
    ],
    name: Annotated[str | None, Option(metavar="N", help="Its name.")] = None,
    tag: Annotated[
        str | None,
        Option(metavar="T[,T]", help="Tag its new papers."),
    ] = None,
) -> None:
    """Follow a feed, a category or a listing; the next fetch reads it.

    papertrack feed add https://owls.example/feed.xml --name owls --tag birds

    papertrack feed add arxiv:cs.CL

    The password of a feed is read from ~/.netrc: machine HOST login NAME password SECRET
    """
    check_text(name or "", "--name")
    typed = web_address(target)
    target = typed if is_web_url(typed) else full(typed)
    _check(session, typed, target)
    settings = session.library.settings
    following = settings.following(targets.followed_at_first(session))
    followed = {one.target: one for one in following}
    feed = followed.pop(target, Followed(target, target))._replace(by=None)
    if name or not tag:
        feed = feed._replace(name=clean(name or "") or target)
    if tag:
        feed = feed._replace(tags=names(tag))
    for one in followed.values():
        if one.name == feed.name:
            raise UsageError(
                f"{one.name} is the name of {one.target} already; choose another --name"
            )
    if is_web_url(target):
        approvals.name_here(session.folder, [target])
    follow(session, [feed])


def _check(session: Session, typed: str, target: str) -> None:
    """Raise UsageError for a target that can't be fetched again and again."""
    check_text(target, hide_in_address(target), is_address=True)
    if targets.is_file(typed):
        raise UsageError(
            targets.other_meaning(typed)
            or f"{typed} is a file, which can't be followed; papertrack import "
            "adds its papers"
        )
    try:
        sources.find(target).start(target, targets.context(session))
    except FetchError:
        return  # nothing to read today; there may be tomorrow


def follow(session: Session, feeds: Sequence[Followed]) -> None:
    """Follow targets and report it; one that is followed already may get a new name.

    What was followed at first stays so.
    """
    settings = session.library.settings
    following = settings.following(targets.followed_at_first(session))
    before = {one.target: one for one in following}
    changed = [one for one in feeds if before.get(one.target) != one]
    kept: list[Followed] = []
    if changed and not settings.followed():
        new = {one.target for one in changed}
        kept = [one for one in following if one.target not in new]
        addresses = [one.target for one in kept if is_web_url(one.target)]
        approvals.name_here(session.folder, addresses)
    if changed:
        settings.follow([*kept, *changed], what=[one.target for one in changed])
    if len(changed) > SHOWN:
        session.narrate(f"following {len(changed)} more feeds")
    else:
        for one in changed:
            name = f" as {one.name}" if one.name != one.target else ""
            tags = f", tagged {', '.join(one.tags)}" if one.tags else ""
            session.narrate(f"following {one.target}{name}{tags}")
    if len(changed) < len(feeds):
        session.narrate(f"already followed: {len(feeds) - len(changed)}")
    if kept:
        shown = ", ".join(hide_in_address(one.target) for one in kept)
        session.narrate(f"still following {shown}; papertrack feed remove unfollows")


def list_(session: Session, json: opt.Json = False) -> None:
    """List the feeds that you follow: at first hf, or the sources of config.toml.

    papertrack feed list
    """
    settings = session.library.settings
    feeds = settings.following(targets.followed_at_first(session))
    readings = settings.readings()
    listed = [
        {
            "name": hide_in_address(one.name),
            "target": hide_in_address(one.target),
            "read": readings[one.target].read if one.target in readings else None,
            "tags": list(one.tags),
        }
        for one in feeds
    ]

    output.emit_list(
        session,
        listed,
        "name target read",
        table=lambda: render.sources.feeds(listed, now=session.time),
        json=json,
    )
    session.narrate(
        f"{len(feeds)} followed"
        if feeds
        else "nothing is followed; papertrack feed add hf follows the Daily Papers"
    )


def remove(
    session: Session,
    names_: Annotated[
        list[str],
        Argument(metavar="N...", help="Names, numbers of feed list, or targets."),
    ],
    dry_run: opt.DryRun = False,
) -> None:
    """Unfollow feeds; their papers stay.

    papertrack feed remove owls
    """
    settings = session.library.settings
    first = targets.followed_at_first(session)
    feeds = settings.following(first)
    by_name = {one.name: one.target for one in feeds}
    by_target = {one.target: one.target for one in feeds}
    found = [
        by_target.get(name)
        or by_target.get(full(name))
        or by_name[named.find(name, list(by_name), "feed", by_number=True)]
        for name in map(web_address, names_)
    ]
    removed = list(dict.fromkeys(found))
    shown_targets = ", ".join(clean(hide_in_address(one)) for one in removed)
    if dry_run:
        session.narrate(f"would unfollow {shown_targets}; nothing was changed")
        return
    settings.unfollow(removed, first)
    session.narrate(f"unfollowed {shown_targets} (undo: papertrack undo)")


feed_group = group(
    """Follow feeds: what papertrack fetch reads when it is given no target.

    papertrack feed add arxiv:cs.CL

    papertrack feed list
    """,
    add=add,
    list=list_,
    remove=remove,
)
