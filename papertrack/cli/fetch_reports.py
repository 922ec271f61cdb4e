"""What fetching and importing print: a line per target, and what failed."""

import datetime as dt
import shlex
from collections import Counter
from collections.abc import Sequence

from papertrack.cli.session import Session
from papertrack.core.errors import PapertrackError, SomeTargetsFailed, UnknownPaper
from papertrack.core.model import Reading
from papertrack.core.secrets import hide_in_address
from papertrack.core.wording import plural
from papertrack.fetching.run import Report, all_failed
from papertrack.library.adding import Counts
from papertrack.library.apply_rules import Outcome
from papertrack.sources.base import Context

MOST_LINES = 5
"""Of so many targets each has a line; of more only those with problems."""

SHOWN_PROBLEMS = 5
SHOWN_NOTES = 5
DAYS_OF_FAILURE = 14
"""From then on the command that unfollows a failing feed is shown."""


def explain(report: Report, context: Context) -> None:
    """Note why there is nothing new, unless the source did."""
    counts = report.counts
    has_reason = report.errors or report.notes or report.new_problems
    if has_reason or counts.new or counts.updated:
        return
    before = context.readings.get(report.target)
    has_days = context.since or context.until
    if not counts.known:
        report.notes.append("the response has no papers")
    elif before and before.read and not has_days:
        read = before.read[:16].replace("T", " ")
        report.notes.append(f"nothing new since {read} UTC, when it was last read")


def advise(
    report: Report, name: str, reading: Reading | None, *, now: dt.datetime
) -> None:
    """Note how to unfollow a feed that was removed, or that has failed for long."""
    command = f"papertrack feed remove {shlex.quote(name)} unfollows it"
    if any(getattr(error, "status", None) == 410 for error in report.errors):
        report.notes.append(f"the feed was removed for good; {command}")
    elif reading and reading.since:
        since = reading.since[:10]
        patience = dt.timedelta(days=DAYS_OF_FAILURE)
        if since <= (now - patience).date().isoformat():
            report.notes.append(f"it has failed since {since}; {command}")


def advise_to_confirm(report: Report) -> None:
    """Note how a feed gets its password, which only what was named here does."""
    if any(getattr(error, "status", None) == 401 for error in report.errors):
        target = shlex.quote(hide_in_address(report.target))
        report.notes.append(
            "your password in ~/.netrc was not sent, as this machine did not follow the"
            f" feed; papertrack feed add {target} confirms it"
        )


def is_listed(session: Session, report: Report, targets: int) -> bool:
    """Whether a target has a line of its own: of many only those with problems."""
    if session.verbose or targets <= MOST_LINES:
        return True
    return bool(report.new_problems or report.failures or report.moved_to)


def show(session: Session, report: Report, *, dry_run: bool) -> None:
    """Print a line for a target, and its notes and problems."""
    what = _what([report], dry_run=dry_run)
    session.narrate(f"{report.target}: {what}")
    problems = report.problems if session.verbose else report.new_problems
    shown = problems if session.verbose else problems[:SHOWN_PROBLEMS]
    for line in [*report.notes, *shown]:
        session.narrate(f"  {line}")
    hidden = len(problems) - len(shown)
    if hidden:
        session.narrate(f"  and {hidden} more; -v shows all")


def summarize(
    session: Session, reports: Sequence[Report], targets: int, *, dry_run: bool
) -> None:
    """Print a line for many targets together, and the notes of those without a line,
    each once. After an interruption, there are fewer reports than targets.
    """
    if targets <= MOST_LINES:
        return
    what = _what(reports, dry_run=dry_run)
    advice = "" if session.verbose else "; -v lists each"
    session.narrate(f"{len(reports)} targets: {what}{advice}")
    notes: Counter[str] = Counter()
    for report in reports:
        if not is_listed(session, report, targets):
            notes.update(report.notes)
    for note, count in notes.most_common(SHOWN_NOTES):
        times = f" ({count} targets)" if count > 1 else ""
        session.narrate(f"  {note}{times}")
    hidden = len(notes) - SHOWN_NOTES
    if hidden > 0:
        session.narrate(f"  and {plural(hidden, 'more note')}; -v shows all")


def _what(reports: Sequence[Report], *, dry_run: bool) -> str:
    """`12 new, 0 updated, 3 known, 1 failed`."""
    counts = Counts()
    for report in reports:
        counts = counts.plus(report.counts)
    parts = [f"{counts.new} new", f"{counts.updated} updated", f"{counts.known} known"]
    problems = sum(len(report.problems) for report in reports)
    new_problems = sum(len(report.new_problems) for report in reports)
    if new_problems:
        parts.append(plural(new_problems, "problem"))
    if problems > new_problems:
        parts.append(plural(problems - new_problems, "known problem"))
    failed = sum(len(report.errors) for report in reports)
    if failed:
        parts.append(f"{failed} failed")
    marked = sum(report.marked for report in reports)
    if marked:
        parts.append(f"{marked} marked")
    suffix = " (dry run)" if dry_run else ""
    return f"{', '.join(parts)}{suffix}"


def show_rules(session: Session, reports: Sequence[Report]) -> None:
    """Print what the rules did to new papers."""
    outcome = Outcome({})
    for report in reports:
        outcome = outcome.plus(report.rules)
    for failure in outcome.failed:
        session.narrate(failure)
    if outcome.marks:
        session.narrate(f"rules: {outcome} (papertrack undo undoes the fetch)")


def conclude(session: Session, reports: Sequence[Report], *, dry_run: bool) -> None:
    """Print each failure in a line, and raise the last one.

    Exit code 1 if all targets failed, 5 if all that was requested are unknown papers, 3
    if something was saved.
    """
    errors = [error for report in reports for error in report.failures]
    if not errors:
        if "sample" in {report.target for report in reports} and not dry_run:
            session.narrate(
                "papertrack list shows them; papertrack fetch gets today's papers"
            )
        return
    shown = errors if session.verbose else errors[-SHOWN_PROBLEMS:]
    for error in shown[:-1]:
        session.report(str(error))
    hidden = len(errors) - len(shown)
    if hidden:
        session.narrate(f"  and {hidden} more failed; -v shows all")
    if all_failed(reports):
        are_unknown = all(isinstance(error, UnknownPaper) for error in errors)
        kind = UnknownPaper if are_unknown else PapertrackError
        raise kind(str(errors[-1]))
    raise SomeTargetsFailed(str(errors[-1]))
