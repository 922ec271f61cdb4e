"""`triage`: decide on papers, one per screen. Nothing here draws."""

from __future__ import annotations

import os
import shlex
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from papertrack.cli import options as opt
from papertrack.cli.find import report_count
from papertrack.cli.listing import Listing, listing
from papertrack.cli.mark import edited_note
from papertrack.cli.open import open_page
from papertrack.cli.output import painter
from papertrack.cli.select import clause, matching, search, split
from papertrack.cli.session import Session
from papertrack.cli.triage.controls import Services
from papertrack.cli.triage.run import Triage
from papertrack.cli.triage.saver import Saver
from papertrack.cli.triage.sitting import Sitting, step_text
from papertrack.cli.triage.terminal import DEVICE, Screen
from papertrack.config.triage_keys import bindings, is_key
from papertrack.core.errors import NotFound, PapertrackError, UsageError
from papertrack.core.model import Paper
from papertrack.core.text import clean
from papertrack.core.wording import plural
from papertrack.index.snippets import Snippet
from papertrack.library import recommending
from papertrack.query.language import ANY_STATUS, And, Clause

if TYPE_CHECKING:
    from papertrack.library.batches import Batches

DEFAULT_QUERY = "is:unread"
LIMIT = 200


@listing("words sort reverse limit since until", limit=LIMIT)
def triage_command(
    session: Session,
    options: Listing,
    words: opt.TriageSelect = None,
    dry_run: opt.DryRun = False,
) -> None:
    """Decide on papers, one per screen, with one key for each.

    papertrack triage

    papertrack triage listed:7d.. upvotes:20..

    Without a query, unread papers are shown, newest first. The key ? shows all keys;
    key.NAME in config.toml changes them. Decisions are saved as you go, and one
    papertrack undo undoes the sitting.
    """
    options = options._replace(words=words or [DEFAULT_QUERY])
    device = _terminal(session, options.words)
    try:
        _triage(session, options, device, dry_run=dry_run)
    finally:
        os.close(device)


def _terminal(session: Session, words: Sequence[str]) -> int:
    """The descriptor of the terminal. Raises UsageError if it can't show a screen."""
    with_screen = session.environment.variables.get("TERM", "") not in ("", "dumb")
    if session.on_terminal and with_screen:
        try:
            return os.open(DEVICE, os.O_RDWR | os.O_CLOEXEC)
        except OSError:
            pass
    raise UsageError(
        "triage needs a terminal that shows whole screens;"
        f" see the papers with papertrack list {shlex.join(words)}"
    )


class _Chosen(NamedTuple):
    """The papers, the clause that they match, and what is shown of the query.

    `total` is how many papers match, beyond the limit.
    """

    papers: Sequence[Paper]
    clause: Clause | None
    query: str
    total: int


def _triage(session: Session, options: Listing, device: int, *, dry_run: bool) -> None:
    chosen = _chosen(session, options)
    if chosen is None:
        return
    if not sys.stdin.isatty():
        os.dup2(device, sys.stdin.fileno())  # ids were read; an editor needs it
    bound = _bindings(session)
    screen = Screen(device, painter(session, session.stdout))
    saver = None
    if not dry_run:
        saver = Saver(_open_batches(session), lambda: session.moment, screen.wake)
    sitting = Sitting(chosen.papers)
    triage = Triage(
        sitting,
        screen,
        saver,
        _services(session, chosen),
        bound,
        query=chosen.query,
        note=_note(chosen),
    )
    try:
        with session.stderr.screen():
            triage.run()
    except KeyboardInterrupt:
        _report(session, triage, dry_run=dry_run)
        raise
    if triage.error is not None:
        raise PapertrackError(
            f"{triage.error} ({sitting.unsaved} of {sitting.decided} decisions"
            " were not saved)"
        )
    _report(session, triage, dry_run=dry_run)


def _chosen(session: Session, options: Listing) -> _Chosen | None:
    """The papers that SELECT names; None, and a report, if no paper matches a query."""
    keys, words = split(session, options.words)
    typed = " ".join(options.words)
    options = options._replace(words=words)
    if not keys:
        found, result = search(session, options)
        if not result.papers:
            report_count(session, result, found, words)
            return None
        return _Chosen(result.papers, found, typed, result.total)
    query: Clause | None = None
    if words or options.since or options.until:
        query = clause(session, options)
        keys = matching(session, keys, options)
    papers = session.library.index.cited_papers(keys[: options.limit])
    if not papers:
        raise NotFound(f"no paper matches {typed}")
    return _Chosen(papers, query, typed, len(keys))


def _note(chosen: _Chosen) -> str:
    """How many more papers match, for the end."""
    more = chosen.total - len(chosen.papers)
    return f"; {plural(more, 'more paper')}: papertrack triage again" if more else ""


def _bindings(session: Session) -> dict[str, str]:
    """What the keys do; reports names in config.toml that no key has."""
    own = session.config.section("key")
    for name in own:
        if not is_key(name):
            place = session.config.file.place(f"key.{name}")
            session.narrate(
                f"papertrack: {place}: key.{name}: unknown key; use a character, or a"
                " name such as space, enter, up, pagedown, f1 or ctrl-n"
            )
    return bindings(own)


def _open_batches(session: Session) -> Callable[[], Batches]:
    """Opens the library once more: a thread can't share the index with another."""

    def open_batches() -> Batches:
        # In the thread: 40 ms, with TinyDB, while the first paper is shown.
        from papertrack.library.batches import Batches

        library = session.open_library()
        return Batches(library.settings, library.index, step_text)

    return open_batches


def _services(session: Session, chosen: _Chosen) -> Services:
    """What triage needs of the command line."""
    index = session.library.index
    keys = [paper.key for paper in chosen.papers]

    def find(query: str) -> Collection[str]:
        index.refresh()
        found = clause(session, Listing([query]))
        matches = set(index.keys(And((found, ANY_STATUS))))
        return matches.intersection(keys)

    def snippet(paper: Paper) -> Snippet | None:
        if chosen.clause is None:
            return None
        return index.snippets(chosen.clause, [paper]).get(paper.key)

    @cache
    def reasons() -> Mapping[str, str]:
        return recommending.reasons(session.library, keys)

    def reason(paper: Paper) -> str:
        named = reasons().get(paper.key)
        return clean(f"like {named}") if named else ""

    def edit_note(paper: Paper) -> str | None:
        with edited_note(session, paper) as note:
            return note

    def bibtex(paper: Paper) -> str:
        from papertrack.exports import registry  # 2 ms, and 100 for BibTeX

        return registry.export([paper], "bibtex")

    return Services(
        find=find,
        snippet=snippet,
        reason=reason,
        browse=lambda paper, name: open_page(session, paper, name),
        edit_note=edit_note,
        bibtex=bibtex,
        tag_names=lambda: [tag.name for tag in index.tags()],
        notice=session.notice,
    )


def _report(session: Session, triage: Triage, *, dry_run: bool) -> None:
    """Report what was decided, and how to undo it."""
    summary = triage.sitting.summary()
    if not summary:
        session.narrate("nothing was changed")
    elif dry_run:
        session.narrate(f"would be: {summary}; nothing was changed")
    elif triage.is_saved:
        session.narrate(f"{summary} (undo: papertrack undo)")
    else:
        session.narrate(f"{summary}; the last decisions may not be saved")
