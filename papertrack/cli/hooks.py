"""`[hooks]` of config.toml: the reader's programs that run after a fetch.

They are named in the reader's own settings only: a library may come from elsewhere. They
run without a shell, when the fetch is saved and the library's lock is free, for a limited
time. One that fails is reported in a line; the fetch is as it was.
"""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from typing import BinaryIO

from papertrack.cli.session import Session
from papertrack.core.model import Paper
from papertrack.core.text import clean
from papertrack.core.wording import excerpt, plural
from papertrack.exports import ids, jsonl
from papertrack.fetching.run import Report
from papertrack.library.apply_rules import Outcome
from papertrack.mail import program
from papertrack.storage import waiting

AFTER_FETCH = "hooks.after_fetch"
NOTIFY = "hooks.notify"

LONGEST_TEXT = 300
"""Characters of the text of a notification."""
LARGEST_ERRORS = 1_000_000
"""Bytes that a program may write to its standard error before it is ended."""
SHOWN_ERRORS = 2_000


def after_fetch(session: Session, reports: Sequence[Report]) -> None:
    """Run the hooks after a fetch was saved."""
    if any(report.counts.new for report in reports):
        _run_after_fetch(session)
    _notify(session, reports)


def _run_after_fetch(session: Session) -> None:
    """Run `hooks.after_fetch` with the ids of new papers that are not hidden."""
    if not session.config[AFTER_FETCH]:
        return
    library = session.library
    new = library.clause("is:new", session.today, fetched=library.adding.now)
    papers = library.index.search(new).papers
    if papers:
        _run(session, AFTER_FETCH, body=ids.pieces(papers))


def _notify(session: Session, reports: Sequence[Report]) -> None:
    """Run `hooks.notify` once for each rule that notifies and matched new papers."""
    outcome = Outcome({})
    for report in reports:
        outcome = outcome.plus(report.rules)
    if not outcome.notified:
        return
    if not session.config[NOTIFY]:
        session.narrate(
            "a rule notifies, but no program does: papertrack config set hooks.notify"
            " 'notify-send papertrack'"
        )
        return
    index = session.library.index
    by_rule: dict[str, dict[str, None]] = {}
    for rule, key in outcome.notified:
        main = index.main_key(key)  # a later target may have joined two papers
        if main:
            by_rule.setdefault(rule, {})[main] = None
    for rule, keys in by_rule.items():
        papers = index.papers(keys)
        _run(
            session,
            NOTIFY,
            body=jsonl.pieces(papers),
            arguments=[_text(rule, papers)],
            variables={
                "PAPERTRACK_RULE": clean(rule),
                "PAPERTRACK_COUNT": str(len(papers)),
            },
        )


def _text(rule: str, papers: Sequence[Paper]) -> str:
    """`2 new papers (follow-yann-lecun): A title; Another one`.

    It never begins with a hyphen: a program would take it for an option.
    """
    titles = "; ".join(paper.title for paper in papers)
    count = plural(len(papers), "new paper")
    return excerpt(f"{count} ({rule}): {titles}", LONGEST_TEXT)


def _run(
    session: Session,
    key: str,
    *,
    body: Iterable[str],
    arguments: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
) -> None:
    """Run the program of a key with `body` as its input; report in a line if it fails.

    What it prints is dropped: standard output is papertrack's.
    """
    command = session.config[key]
    seconds = session.config["hooks.seconds"]
    name = program.name(command)
    # Files, not pipes: a program may leave its input unread, or print without end.
    with tempfile.TemporaryFile() as given, tempfile.TemporaryFile() as errors:
        given.writelines(piece.encode("utf-8", "replace") for piece in body)
        given.seek(0)
        try:
            hook = subprocess.Popen(
                [*shlex.split(command), *arguments],
                stdin=given,
                stdout=subprocess.DEVNULL,
                stderr=errors,
                env={**session.environment.variables, **(variables or {})},
                start_new_session=True,
            )
        except OSError as error:
            session.report(
                f"{key}: {name} can't be started: {error.strerror}; install it, or"
                " correct the key"
            )
            return
        code = _wait(hook, errors, seconds, f"{key}: {name}")
        is_flooding = _is_flooding(errors)
        reason = _last_line(errors)
    if code is None:
        fault = f"did not end in {seconds:g} seconds"
        if is_flooding:
            fault = "printed too many errors"
        session.report(f"{key}: {name} {fault} and was stopped; the fetch is saved")
    elif code:
        shown = f": {reason}" if reason else ""
        session.report(
            f"{key}: {name} failed with exit code {code}{shown}; the fetch is saved"
        )


def _wait(
    hook: subprocess.Popen[bytes], errors: BinaryIO, seconds: float, name: str
) -> int | None:
    """The exit code of a program; None if it had to be stopped, with all it started."""

    def ended() -> bool | None:
        has_ended = _is_flooding(errors) or hook.poll() is not None
        return True if has_ended else None

    try:
        waiting.wait_for(ended, seconds, lambda: name)
        return hook.poll()
    finally:
        if hook.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(hook.pid, signal.SIGKILL)
            hook.wait()


def _is_flooding(errors: BinaryIO) -> bool:
    return os.fstat(errors.fileno()).st_size > LARGEST_ERRORS


def _last_line(errors: BinaryIO) -> str:
    """The last line that a program wrote to its standard error."""
    size = errors.seek(0, os.SEEK_END)
    errors.seek(max(size - SHOWN_ERRORS, 0))
    lines = errors.read(SHOWN_ERRORS).decode("utf-8", "replace").strip().splitlines()
    return excerpt(lines[-1], 200) if lines else ""
