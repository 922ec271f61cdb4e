"""`follow`: the new papers of an author, of an organization, or with some words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Any

from papertrack import render
from papertrack.cli import named, output
from papertrack.cli.session import Session
from papertrack.cli.subcommands import group
from papertrack.cli.typed_secrets import check_text
from papertrack.cli.view import users
from papertrack.core.errors import NotFound, UsageError
from papertrack.core.secrets import hide_secrets, remove_passwords
from papertrack.core.text import clean, fold
from papertrack.core.wording import excerpt, plural
from papertrack.library import follows
from papertrack.library.follows import Follow
from papertrack.library.rules import Rule
from papertrack.query import views

if TYPE_CHECKING:
    from typer import Argument

    from papertrack.cli import options as opt

HOW_TO_FOLLOW = "; papertrack follow author NAME follows an author"


def author(
    session: Session,
    name_: opt.FollowedName,
    with_: opt.FollowWith = None,
    name: opt.FollowAs = None,
) -> None:
    """Follow an author, also where the given names are initials or accents are missing.

    papertrack follow author Yann LeCun

    papertrack follow author 'Wei Wang' --with 'cat:cs.*'
    """
    who = _words(name_)
    _follow(session, who, follows.of_author(who), with_, name)


def org(
    session: Session,
    name_: opt.FollowedName,
    with_: opt.FollowWith = None,
    name: opt.FollowAs = None,
) -> None:
    """Follow an organization, as the papers of Hugging Face name it.

    papertrack follow org Qwen
    """
    who = _words(name_)
    _follow(session, who, follows.of_organization(who), with_, name)


def words(
    session: Session,
    words_: Annotated[
        list[str], Argument(metavar="QUERY...", help="Words, or any other query.")
    ],
    with_: opt.FollowWith = None,
    name: opt.FollowAs = None,
) -> None:
    """Follow words: the papers that match a query.

    papertrack follow words '"state space" or mamba' --name ssm
    """
    query = " ".join(words_).strip()
    _follow(session, query, query, with_, name)


def _words(typed: Sequence[str]) -> str:
    """A name that was typed, perhaps in several words. Raises UsageError."""
    who = clean(" ".join(typed))
    if not fold(who):
        raise UsageError(
            f"{excerpt(who, 40)!r} is not a name; type it as papers have it, as in"
            " papertrack follow author Yann LeCun"
        )
    return who


def _follow(
    session: Session,
    who: str,
    condition: str,
    more: str | None,
    name: str | None,
) -> None:
    library = session.library
    settings = library.settings
    if more and more.strip():
        library.clause(more, session.today)
        condition = follows.narrowed(condition, more.strip())
    check_text(condition, f"follow {hide_secrets(excerpt(who, 80))}")
    clause = library.clause(condition, session.today)
    new = Follow(_name(who, name), condition)
    rule = settings.rules().get(new.rule_name)
    view = settings.views().get(new.name)
    _check_free(new, rule, view)
    if rule and view:
        session.narrate(f"{new.name} is already followed; nothing changed")
        return
    count = library.index.count_matching(clause)
    follows.start(settings, new, what=f"followed {new.name}")
    session.narrate(
        f"following {excerpt(who, 80)}: new papers get the tag {new.tag} and a star;"
        f" @{new.name} finds them (undo: papertrack undo)"
    )
    if count:
        session.narrate(
            f"papertrack rule apply {new.rule_name} marks the"
            f" {plural(count, 'paper')} already here"
        )


def _name(who: str, name: str | None) -> str:
    """The name that was typed, else one made of what is followed. Raises UsageError."""
    if name:
        return views.name_of(name)
    made = follows.name_for(who)
    if not made:
        raise UsageError(f"{excerpt(who, 40)!r} gives no name; choose one with --name")
    return views.name_of(made)


def _check_free(new: Follow, rule: Rule | None, view: views.View | None) -> None:
    """Raise UsageError where a rule or a view of another query has the name."""
    taken = ""
    if rule and rule.condition != new.condition:
        taken = f"the rule {new.rule_name} is for {rule.condition or 'every paper'}"
    elif view and view.query != new.condition:
        taken = f"the view @{new.name} is for {view.query}"
    if taken:
        raise UsageError(
            f"the name {new.name} is taken: {taken}; choose another with --name"
        )


def list_(session: Session, json: opt.Json = False) -> None:
    """List what you follow, and how many papers each has.

    papertrack follow list
    """
    settings = session.library.settings
    followed = follows.followed(settings.rules())
    listed = [_as_json(session, name, rule) for name, rule in followed.items()]
    settings.write_names()  # desk.json may have been edited by hand

    output.emit_list(
        session,
        listed,
        "name papers query",
        table=lambda: render.settings.views(listed),
        json=json,
    )
    session.narrate(
        f"{len(listed)} followed" if listed else f"nobody is followed{HOW_TO_FOLLOW}"
    )


def _as_json(session: Session, name: str, rule: Rule) -> dict[str, Any]:
    """What is followed and how many papers it has, None where its query fails."""
    papers = None
    try:
        clause = session.library.clause(rule.condition, session.today)
        papers = session.library.index.count_matching(clause)
    except (UsageError, NotFound):  # a fetch reports it
        pass
    return {
        "name": name,
        "query": remove_passwords(rule.condition),
        "papers": papers,
        "rule": rule.name,
        "saved": rule.at or None,
    }


def remove(
    session: Session,
    names: Annotated[
        list[str], Argument(metavar="NAME...", help="Names, or numbers of follow list.")
    ],
    dry_run: opt.DryRun = False,
) -> None:
    """No longer follow these: remove the rule and the view; tags and stars stay.

    papertrack follow remove yann-lecun
    """
    rules = follows.followed(session.library.settings.rules())
    found = [_named(name, list(rules)) for name in names]
    removed = list(dict.fromkeys(found))
    for name in removed:
        others = users(session, name, removed)
        if others:
            raise UsageError(
                f"@{name} is used by {', '.join(others)}; change or remove that first"
            )
    shown = ", ".join(map(clean, removed))
    if dry_run:
        session.narrate(f"would no longer follow {shown}; nothing was changed")
        return
    follows.stop(session.library.settings, removed, what=f"no longer followed {shown}")
    session.narrate(f"no longer following {shown} (undo: papertrack undo)")


def _named(text: str, known: Sequence[str]) -> str:
    """The name that is meant by it, its number, or the name in full. Raises NotFound."""
    made = follows.name_for(text)
    if made in known:
        return made
    return named.find(
        text.removeprefix("@"),
        known,
        "followed name",
        by_number=True,
        advice=HOW_TO_FOLLOW,
    )


follow_group = group(
    """Follow authors, organizations and words: their new papers are tagged and starred.

    Each is a rule and a view of its own, which papertrack rule and papertrack view show
    too. Where papers come from is up to papertrack feed.

    papertrack follow author Yann LeCun

    papertrack follow list
    """,
    author=author,
    org=org,
    words=words,
    list=list_,
    remove=remove,
)
