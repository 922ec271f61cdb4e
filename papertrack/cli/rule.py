"""`rule`: what is done to papers that a fetch or an import adds."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated

from papertrack import render
from papertrack.cli import named, output
from papertrack.cli.apply_marks import confirm_papers, report_change, show_changes
from papertrack.cli.session import Session
from papertrack.cli.subcommands import group
from papertrack.cli.typed_secrets import check_text
from papertrack.core.errors import NotFound, UsageError
from papertrack.core.secrets import remove_passwords
from papertrack.core.text import clean
from papertrack.core.wording import noun, plural
from papertrack.library import rules
from papertrack.library.apply_rules import Outcome
from papertrack.library.rules import Rule
from papertrack.query import views

if TYPE_CHECKING:
    from typer import Argument, Option

    from papertrack.cli import options as opt

HOW_TO_ADD = "; papertrack rule add NAME --if QUERY --do 'tag x' adds one"


def add(
    session: Session,
    name: Annotated[str, Argument(metavar="NAME", help="Its name.")],
    condition: Annotated[
        str,
        Option("--if", metavar="QUERY", help="Which papers; '' for all of them."),
    ],
    does: Annotated[
        str,
        Option(
            "--do",
            metavar="ACTIONS",
            help="tag NAME, star, mark read|later, hide, notify.",
        ),
    ],
    before: opt.BeforeRule = None,
    after: opt.AfterRule = None,
) -> None:
    """Add a rule, or change the one of that name.

    Without --before or --after, a new rule is the last one.

    papertrack rule add agents --if 'agent* title:/tool.use/' --do 'tag agents, star'

    papertrack rule add noise --if 'title:survey ^author:li' --do hide
    """
    library = session.library
    name = views.name_of(name)
    new = Rule(name, condition.strip(), rules.actions_of(does), session.now)
    check_text(new.condition, name)
    clause = library.clause(new.condition, session.today)
    existing = library.settings.rules()
    old = existing.get(name)
    is_same = old is not None and old._replace(at=new.at) == new
    if is_same and not (before or after):
        session.narrate(f"the rule {name} is already like that; nothing changed")
        return
    _ordered([*existing], name, before, after)
    count = library.index.count_matching(clause)
    what = f"{'changed' if old else 'added'} the rule {name}"

    def with_new(there: dict[str, Rule]) -> list[Rule]:
        there = {**there, name: new}
        return [there[one] for one in _ordered([*there], name, before, after)]

    library.settings.arrange_rules(with_new, what=what)
    advice = (
        f"; papertrack rule apply {name} applies it to the "
        f"{plural(count, 'paper')} already here"
    )
    session.narrate(f"{what}, for new papers{advice if count else ''}")


def _ordered(
    names: list[str], name: str, before: str | None, after: str | None
) -> list[str]:
    """The names with `name` at its place. Raises NotFound, UsageError."""
    if before and after:
        raise UsageError("use either --before or --after, not both")
    target = before or after
    neighbour = _named(target, names) if target else name
    if neighbour == name:
        return names if name in names else [*names, name]
    others = [one for one in names if one != name]
    place = others.index(neighbour) + (1 if after else 0)
    return [*others[:place], name, *others[place:]]


def _named(text: str, names: Sequence[str]) -> str:
    return named.find(text, names, "rule", by_number=True, advice=HOW_TO_ADD)


def list_(session: Session, json: opt.Json = False) -> None:
    """List the rules in the order in which they are applied.

    papertrack rule list
    """
    settings = session.library.settings
    listed = [
        {
            "name": one.name,
            "if": remove_passwords(one.condition),
            "do": str(one.actions),
            "saved": one.at or None,
        }
        for one in settings.rules().values()
    ]
    settings.write_names()  # desk.json may have been edited by hand

    output.emit_list(
        session,
        listed,
        "name if do",
        table=lambda: render.settings.rules(listed),
        json=json,
    )
    session.narrate(plural(len(listed), "rule") if listed else f"no rules{HOW_TO_ADD}")


def test(session: Session, name: opt.RuleName) -> None:
    """Show which papers in the library a rule would change, and how. Nothing is changed.

    papertrack rule test agents
    """
    chosen = _chosen(session, [name])
    clause = session.library.clause(chosen[0].condition, session.today)
    matching = session.library.index.count_matching(clause)
    outcome = _applied(session, chosen, dry_run=True)
    show_changes(
        session, outcome.marks, f"would change {{papers}}, of {matching} that match"
    )


def _chosen(session: Session, names: Sequence[str]) -> list[Rule]:
    """The rules of these names, in their order; all without one. Raises NotFound."""
    existing = session.library.settings.rules()
    wanted = {_named(name, list(existing)) for name in names}
    if not existing:
        raise NotFound(f"no rules{HOW_TO_ADD}")
    return [one for one in existing.values() if not wanted or one.name in wanted]


def _applied(session: Session, chosen: Sequence[Rule], *, dry_run: bool) -> Outcome:
    """Apply rules to the whole library; what they did, or would do."""
    library = session.library
    clauses = [(one, library.clause(one.condition, session.today)) for one in chosen]
    return library.marking.apply_rules(clauses, dry_run=dry_run)


def apply(
    session: Session,
    names: Annotated[
        list[str] | None,
        Argument(metavar="[NAME]...", help="Rules; by default all."),
    ] = None,
    yes: opt.Yes = False,
    dry_run: opt.DryRun = False,
) -> None:
    """Apply rules to the papers that are in the library already.

    papertrack rule apply agents --dry-run
    """
    chosen = _chosen(session, names or [])
    if dry_run or not yes:
        outcome = _applied(session, chosen, dry_run=True)
        if dry_run:
            show_changes(session, outcome.marks, f"would change {{papers}}: {outcome}")
            return
        confirm_papers(session, "change {papers}", list(outcome.marks))
    outcome = _applied(session, chosen, dry_run=False)
    report_change(session, f"rules: {outcome}", outcome.marks)


def move(
    session: Session,
    name: opt.RuleName,
    before: opt.BeforeRule = None,
    after: opt.AfterRule = None,
) -> None:
    """Put a rule before or after another one.

    papertrack rule move noise --before agents
    """
    settings = session.library.settings
    existing = list(settings.rules())
    moved = _named(name, existing)
    if not (before or after):
        raise UsageError("where should it go? --before RULE or --after RULE")
    if _ordered(existing, moved, before, after) == existing:
        session.narrate(f"the rule {moved} is already there; nothing changed")
        return
    settings.arrange_rules(
        lambda there: [there[one] for one in _ordered([*there], moved, before, after)],
        what=f"moved the rule {moved}",
    )
    session.narrate(f"the order is now: {', '.join(settings.rules())}")


def remove(
    session: Session,
    names: Annotated[list[str], Argument(metavar="NAME...", help="Rules.")],
    dry_run: opt.DryRun = False,
) -> None:
    """Remove rules; what they did stays.

    papertrack rule remove noise
    """
    settings = session.library.settings
    existing = list(settings.rules())
    removed = list(dict.fromkeys(_named(name, existing) for name in names))
    listed = f"the {noun(len(removed), 'rule')} {', '.join(map(clean, removed))}"
    if dry_run:
        session.narrate(f"would remove {listed}; nothing was changed")
        return
    settings.arrange_rules(
        lambda there: [one for one in there.values() if one.name not in removed],
        what=f"removed {listed}",
    )
    session.narrate(f"removed {listed} (undo: papertrack undo)")


rule_group = group(
    """Rules tag, mark, star or hide the papers that a fetch or an import adds, one rule
    after the other.

    New papers are changed automatically, papers already in the library by papertrack
    rule apply.

    Rules only add: tags, a star, and a status to papers that never had one. The action
    notify runs the program of hooks.notify in config.toml, once after a fetch.

    papertrack rule add agents --if 'agent*' --do 'tag agents'

    papertrack rule test agents
    """,
    add=add,
    list=list_,
    test=test,
    apply=apply,
    move=move,
    remove=remove,
)
