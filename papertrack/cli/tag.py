"""`tag add|remove|rename`: tag papers."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from papertrack.cli.apply_marks import apply, report_change, show_changes
from papertrack.cli.session import Session
from papertrack.cli.subcommands import group
from papertrack.cli.unknown_tags import no_tag
from papertrack.core import tags as tag_name
from papertrack.core.errors import UsageError
from papertrack.core.model import Mark
from papertrack.core.text import clean
from papertrack.core.wording import plural

if TYPE_CHECKING:
    from typer import Argument

    from papertrack.cli import options as opt
    from papertrack.library.marks import Renaming


def add(
    session: Session,
    tags: opt.Tags,
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
    import shlex  # 1 ms, to ask only

    meant = shlex.join([*select[:1], ",".join(names), *select[1:]])
    question = f"{digits} looks like a number of a listing: papertrack tag add {meant}?"
    if not session.can_ask:
        raise UsageError(f"{question} If not, add --yes to use it as a tag")
    session.confirm(f"use {digits} as a tag", about=[question])


def remove(
    session: Session,
    tags: opt.Tags,
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
            raise no_tag(name, session.library.tag_names())
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
        raise no_tag(before, session.library.tag_names())
    done, also = _renamed(before, after, renaming)
    if dry_run:
        message = f"would have {done} on {{papers}}{also}"
        show_changes(session, renaming.marks, message)
    else:
        report_change(session, f"{done} on {{papers}}{also}", renaming.marks)


def _renamed(old: str, new: str, renaming: Renaming) -> tuple[str, str]:
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


def list_(session: Session, json: opt.Json = False) -> None:
    """List your tags and how many papers each has, as papertrack tags does.

    papertrack tag list
    """
    from papertrack.cli.tags import show_all  # 4 ms, for this command only

    show_all(session, json=json)


tag_group = group(
    """Add tags to papers, remove tags, rename them, list them.

    papertrack tag add to-discuss 2511.04570

    papertrack tag list
    """,
    add=add,
    remove=remove,
    rename=rename,
    list=list_,
)
