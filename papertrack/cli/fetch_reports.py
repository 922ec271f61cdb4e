"""What fetching and importing tell: a line while they work, a line a target when it is done, what failed at the end."""

import time

from papertrack.cli.session import Session
from papertrack.core.errors import PapertrackError, SomeTargetsFailed
from papertrack.core.text import clean, shorten
from papertrack.fetching import run as fetching
from papertrack.library import apply_rules as ruling
from papertrack.sources.base import Context

SHOWN_PROBLEMS = 5


class Progress:
    """A line on a terminal's stderr that tells how much was read, after half a second."""

    def __init__(self, session: Session, target: str) -> None:
        self.stream = session.stderr
        self.target = clean(target)
        self.shown = self.stream.isatty() and not session.quiet
        self.width = session.width - 1 if self.shown else 0
        self.begun = self.last = time.monotonic()
        self.drawn = False

    def __enter__(self) -> "Progress":
        return self

    def __call__(self, done: int, known: int) -> None:
        """So many of the pages known so far were read."""
        self._show(f"{done} of {known} pages", last=done == known)

    def lines(self, done: int, share: float) -> None:
        """So many lines, this share of the file, were read."""
        self._show(f"{done} lines{f', {share:.0%}' if share else ''}")

    def _show(self, what: str, *, last: bool = False) -> None:
        now = time.monotonic()
        if self.shown and now - self.begun > 0.5 and (now - self.last > 0.1 or last):
            self.last, self.drawn = now, True
            line = shorten(f"{self.target}: {what}", self.width)
            self.stream.write(f"\r{line.ljust(self.width)}")
            self.stream.flush()

    def __exit__(self, *exception: object) -> None:
        if self.drawn:
            self.stream.write(f"\r{' ' * self.width}\r")
            self.stream.flush()


def explain(report: fetching.Report, context: Context) -> None:
    """Why there is nothing new, where no source has said so."""
    before = context.readings.get(report.target)
    if (
        report.errors
        or report.notes
        or report.problems
        or report.taken.new
        or report.taken.updated
    ):
        return
    spanned = context.since or context.until
    if not report.taken.known:
        report.notes.append("the answer held no papers")
    elif before and before.read and not spanned:
        report.notes.append(
            f"nothing new since {before.read[:16].replace('T', ' ')} UTC, when it was last read"
        )


def tell(session: Session, report: fetching.Report, *, dry_run: bool) -> None:
    """One line a target; its problems and notes below it."""
    taken = report.taken
    counts = f"{taken.new} new, {taken.updated} updated, {taken.known} known"
    problems = (
        f", {len(report.problems)} problem{'s' * (len(report.problems) != 1)}"
        if report.problems
        else ""
    )
    failed = f", {len(report.errors)} failed" if report.errors else ""
    session.narrate(
        f"{clean(report.target)}: {counts}{problems}{failed}{' (dry run)' * dry_run}"
    )
    for note in report.notes:
        session.narrate(f"  {clean(note)}")
    shown = report.problems if session.verbose else report.problems[:SHOWN_PROBLEMS]
    for problem in shown:
        session.narrate(f"  {clean(problem)}")
    if len(report.problems) > len(shown):
        session.narrate(f"  and {len(report.problems) - len(shown)} more; -v shows all")


def tell_rules(session: Session) -> None:
    """Apply the rules to what came new, and tell what they did."""
    outcome = ruling.apply_to_new(session.library, session.today)
    for failure in outcome.failed:
        session.narrate(clean(failure))
    if outcome.marks:
        session.narrate(f"rules: {outcome.told()} (undo: papertrack undo)")


def conclude(
    session: Session, reports: list[fetching.Report], *, dry_run: bool
) -> None:
    """Raise what failed: each failure in one line, exit 1 where all failed, 3 where something was kept."""
    errors = [error for report in reports for error in report.errors]
    if not errors:
        if "sample" in {report.target for report in reports} and not dry_run:
            session.narrate(
                "papertrack list shows them; papertrack fetch brings today's papers"
            )
        return
    for error in errors[:-1]:
        print(f"papertrack: {clean(str(error))}", file=session.stderr)
    if fetching.all_failed(reports):
        raise PapertrackError(str(errors[-1]))
    raise SomeTargetsFailed(str(errors[-1]))
