"""`rule`: what is done by itself to papers that a fetch or an import brings."""

from collections.abc import Sequence
from typing import Annotated

import typer

from papertrack.cli import options as opt
from papertrack.cli import output
from papertrack.cli.apply_marks import confirm_papers, report_change, show_changes
from papertrack.cli.help_format import HelpfulCommand, HelpfulGroup
from papertrack.cli.session import Session
from papertrack.core.errors import NotFound, UsageError
from papertrack.core.text import clean
from papertrack.core.wording import did_you_mean, plural
from papertrack.library import apply_rules as ruling
from papertrack.library import rules
from papertrack.library.rules import Rule
from papertrack.query import views

rule_app = typer.Typer(cls=HelpfulGroup, add_completion=False, no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="A rule.")]
Before = Annotated[
    str | None,
    typer.Option("--before", metavar="RULE", help="Put it before this rule."),
]
After = Annotated[
    str | None, typer.Option("--after", metavar="RULE", help="Put it after this rule.")
]


@rule_app.callback()
def rule() -> None:
    """Rules tag, mark, star or hide what a fetch or an import brings, one after the other.

    New papers get them by themselves, those that are here already by papertrack rule apply.

    They only add: tags, a star, and a status where a paper has never got one.
    """


@rule_app.command("add", cls=HelpfulCommand)
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it.")],
    condition: Annotated[
        str,
        typer.Option("--if", metavar="QUERY", help="Which papers; '' for all of them."),
    ],
    does: Annotated[
        str,
        typer.Option(
            "--do", metavar="ACTIONS", help="tag NAME, star, mark read|later, hide."
        ),
    ],
    before: Before = None,
    after: After = None,
) -> None:
    """Add a rule, or change the one of that name. It is the last one unless told otherwise.

    papertrack rule add agents --if 'agent* title:/tool.use/' --do 'tag agents, star'

    papertrack rule add noise --if 'title:survey ^author:li' --do hide
    """
    session: Session = ctx.obj
    called, held = views.name_of(name), session.library.settings.rules()
    made = Rule(called, condition.strip(), rules.actions_of(does), session.now)
    clause = session.library.clause(made.condition, session.today)
    old = held.get(called)
    if (
        old
        and (old.condition, old.actions) == (made.condition, made.actions)
        and not (before or after)
    ):
        session.narrate(f"the rule {called} is that already")
        return
    _place([*held], called, before, after)
    count = session.library.index.count_matching(clause)
    session.library.settings.arrange_rules(
        lambda there: _ordered({**there, called: made}, called, before, after),
        what=f"{'changed' if old else 'added'} the rule {called}",
    )
    there = (
        f"; papertrack rule apply {called} does it to the {plural(count, 'paper')} here that match"
        if count
        else ""
    )
    session.narrate(
        f"{'changed' if old else 'added'} the rule {called}, for papers that come{there}"
    )


def _ordered(
    held: dict[str, Rule], name: str, before: str | None, after: str | None
) -> list[Rule]:
    return [held[one] for one in _place(list(held), name, before, after)]


def _place(
    names: list[str], name: str, before: str | None, after: str | None
) -> list[str]:
    """The names with `name` where it is to be. Raises NotFound, UsageError."""
    if before and after:
        raise UsageError("--before or --after, not both")
    beside = _named(before or after or name, names) if before or after else name
    if beside == name:
        return names if name in names else [*names, name]
    others = [one for one in names if one != name]
    at = others.index(beside) + bool(after)
    return [*others[:at], name, *others[at:]]


def _named(text: str, held: Sequence[str]) -> str:
    name = clean(text).casefold()
    if (
        name.isascii()
        and name.isdecimal()
        and name not in held
        and 1 <= int(name) <= len(held)
    ):
        return held[int(name) - 1]
    if name not in held:
        raise NotFound(
            f"no rule {name}{did_you_mean(name, held) or '; papertrack rule add makes one'}"
        )
    return name


@rule_app.command("list", cls=HelpfulCommand)
def list_(ctx: typer.Context, json: opt.Json = False) -> None:
    """List the rules in the order in which they are applied."""
    session: Session = ctx.obj
    held = list(session.library.settings.rules().values())
    session.library.settings.write_names()  # a hand or a sync may have changed them
    if json:
        rows = [
            {
                "name": one.name,
                "if": one.condition,
                "do": str(one.actions),
                "saved": one.at or None,
            }
            for one in held
        ]
        output.write_json(session, rows)
    elif session.on_terminal and held:
        from papertrack.render import settings as desk

        output.draw(session, desk.rules(held))
    else:
        output.write_rows(
            session, ([one.name, one.condition, str(one.actions)] for one in held)
        )
    count = f"{len(held)} rule{'s' * (len(held) != 1)}"
    session.narrate(
        count
        if held
        else "no rules yet; papertrack rule add NAME --if QUERY --do 'tag x' makes one"
    )


@rule_app.command("test", cls=HelpfulCommand)
def test(ctx: typer.Context, name: Name) -> None:
    """Show the papers here that a rule would change, and how. Nothing is changed."""
    session: Session = ctx.obj
    chosen = _chosen(session, [name])
    matching = session.library.index.count_matching(
        session.library.clause(chosen[0].condition, session.today)
    )
    outcome = ruling.apply(session.library, chosen, session.today, dry_run=True)
    show_changes(
        session, outcome.marks, f"would change {{papers}}, of {matching} that match"
    )


def _chosen(session: Session, names: Sequence[str]) -> list[Rule]:
    """The rules of these names, in their order; all without one. Raises NotFound."""
    held = session.library.settings.rules()
    wanted = {_named(name, list(held)) for name in names}
    if not held:
        raise NotFound(
            "no rules yet; papertrack rule add NAME --if QUERY --do 'tag x' makes one"
        )
    return [one for one in held.values() if not wanted or one.name in wanted]


@rule_app.command("apply", cls=HelpfulCommand)
def apply(
    ctx: typer.Context,
    names: Annotated[
        list[str] | None,
        typer.Argument(metavar="[NAME]...", help="Rules; all without one."),
    ] = None,
    yes: opt.Yes = False,
    dry_run: opt.DryRun = False,
) -> None:
    """Apply rules to the papers that are here already."""
    session: Session = ctx.obj
    chosen = _chosen(session, names or [])
    if dry_run or not yes:
        tried = ruling.apply(session.library, chosen, session.today, dry_run=True)
        if dry_run:
            show_changes(
                session, tried.marks, f"would change {{papers}}: {tried.told()}"
            )
            return
        confirm_papers(session, "change {papers}", len(tried.marks))
    done = ruling.apply(session.library, chosen, session.today)
    report_change(session, f"rules: {done.told()}", done.marks)


@rule_app.command("move", cls=HelpfulCommand)
def move(
    ctx: typer.Context, name: Name, before: Before = None, after: After = None
) -> None:
    """Put a rule before or after another one."""
    session: Session = ctx.obj
    held = session.library.settings.rules()
    called = _named(name, list(held))
    if not (before or after):
        raise UsageError("where to? --before RULE or --after RULE")
    if _place(list(held), called, before, after) == list(held):
        session.narrate(f"the rule {called} stands there already")
        return
    session.library.settings.arrange_rules(
        lambda there: _ordered(there, called, before, after),
        what=f"moved the rule {called}",
    )
    session.narrate(f"the order now: {', '.join(session.library.settings.rules())}")


@rule_app.command("remove", cls=HelpfulCommand)
def remove(
    ctx: typer.Context,
    names: Annotated[list[str], typer.Argument(metavar="NAME...", help="Rules.")],
    dry_run: opt.DryRun = False,
) -> None:
    """Forget rules; what they did stays."""
    session: Session = ctx.obj
    held = session.library.settings.rules()
    gone = list(dict.fromkeys(_named(name, list(held)) for name in names))
    if dry_run:
        session.narrate(
            f"would remove the rule{'s' * (len(gone) != 1)} {', '.join(gone)}; nothing was changed"
        )
        return
    what = f"removed the rule{'s' * (len(gone) != 1)} {', '.join(gone)}"
    session.library.settings.arrange_rules(
        lambda there: [one for one in there.values() if one.name not in gone], what=what
    )
    session.narrate(f"{what} (undo: papertrack undo)")
