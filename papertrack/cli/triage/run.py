"""Triage as it runs: a key, what it does, the screen; and saving in between."""

from __future__ import annotations

import contextlib
import signal
import time
from collections.abc import Callable, Collection, Iterator
from typing import NamedTuple

from papertrack.cli.triage.keys import Decoder, Key, Paste
from papertrack.cli.triage.line import Line, TagNames
from papertrack.cli.triage.saver import Report, Saver
from papertrack.cli.triage.screen import Drawn, View, draw
from papertrack.cli.triage.sitting import Sitting
from papertrack.cli.triage.terminal import HungUp, Screen
from papertrack.core import tags
from papertrack.core.errors import PapertrackError
from papertrack.core.model import Mark, Paper
from papertrack.core.text import clean
from papertrack.core.wording import excerpt, plural
from papertrack.index.snippets import Snippet
from papertrack.storage import waiting

ESCAPE_SECONDS = 0.05
"""How long the rest of a control sequence may take; then it was the key Escape."""

SAVE_SECONDS = 1.0
"""The oldest decision is saved after so long."""

SAVE_COUNT = 10
"""So many decisions are saved at once."""

RETRY_SECONDS = 5.0
"""How long to wait after decisions could not be saved."""

LAST_SAVE_SECONDS = 0.6
"""How long an interrupted sitting waits for what is being saved: see `interruption`."""

SUSPEND_SECONDS = 5.0


class Services(NamedTuple):
    """What triage needs of the command line, as functions."""

    find: Callable[[str], Collection[str]]
    """The keys of the papers that match a query. Raises PapertrackError."""
    snippet: Callable[[Paper], Snippet | None]
    """Where the words of the query are in a paper."""
    browse: Callable[[Paper, str], None]
    """Open a page of a paper, by its name. Raises PapertrackError."""
    edit_note: Callable[[Paper], str | None]
    """The note as the reader edits it. Raises PapertrackError."""
    bibtex: Callable[[Paper], str]
    """The BibTeX entry of a paper."""
    tag_names: Callable[[], list[str]]
    """All tags of the library."""
    notice: Callable[[str], None]
    """Print a line, when no screen is shown."""


class Triage:
    """A sitting on a screen."""

    def __init__(
        self,
        sitting: Sitting,
        screen: Screen,
        saver: Saver | None,
        services: Services,
        bound: dict[str, str],
        query: str,
    ) -> None:
        self.sitting = sitting
        self.screen = screen
        self.saver = saver
        self.services = services
        self.bound = bound
        self.query = query
        self.narrowed = ""
        self.is_over = False
        self.error: PapertrackError | None = None
        self._decoder = Decoder()
        self._line: Line | None = None
        self._enter: Callable[[str], None] = self._search
        self._message = ""
        self._with_abstract = True
        self._is_help = False
        self._drawn = Drawn([])
        self._scroll = 0
        self._oldest: float | None = None
        self._not_before = 0.0
        self._tags: TagNames | None = None
        self._snippets: dict[str, Snippet | None] = {}

    # ------------------------------------------------------------------ the loop

    def run(self) -> None:
        """Show papers until the reader quits; save all that was decided."""
        try:
            with self.screen.shown(), self._waits_on_screen():
                while not self.is_over:
                    self._draw()
                    self._next()
        except HungUp:
            pass
        except KeyboardInterrupt:
            self._save_all(LAST_SAVE_SECONDS)
            raise
        self._save_all(None)

    @contextlib.contextmanager
    def _waits_on_screen(self) -> Iterator[None]:
        """Within the block, waits for other processes are reported on the screen."""
        if self.saver is not None:
            waiting.report_to(self.saver.notice)
        try:
            yield
        finally:
            waiting.report_to(self.services.notice)

    def _next(self) -> None:
        """Wait for keys, a signal, a report or the time to save; act on it."""
        data = self.screen.wait(self._seconds())
        keys: list[Key] = []
        if data is not None:
            keys = self._decoder.feed(data)
        elif self._decoder.is_waiting:
            keys = self._decoder.flush()
        for key in keys:
            self._press(key)
        if self.sitting.unsaved and self._oldest is None:
            self._oldest = time.monotonic()
        if self._must_save():
            self._save()
        self._read_reports(0)
        for number in self.screen.received():
            if number == signal.SIGTSTP:
                self._save_and_wait(SUSPEND_SECONDS)
                self.screen.suspend()
            elif number == signal.SIGCONT:
                self.screen.enter_again()

    def _seconds(self) -> float | None:
        """How long to wait for a key."""
        if self._decoder.is_waiting:
            return ESCAPE_SECONDS
        if self._oldest is None:
            return None
        due = max(self._oldest + SAVE_SECONDS, self._not_before)
        return max(due - time.monotonic(), 0.0)

    def _draw(self) -> None:
        sitting = self.sitting
        paper = sitting.paper
        query = self.query
        if self.narrowed:
            query = f"{query} / {self.narrowed}"
        view = View(
            paper=paper,
            position=sitting.position,
            total=sitting.total,
            decided=sitting.decided,
            query=query,
            summary=sitting.summary() if paper is None else "",
            bound=self.bound,
            snippet=self._snippet(paper),
            with_abstract=self._with_abstract,
            scroll=self._scroll,
            line=self._line,
            message=self._message,
            is_help=self._is_help,
            is_dry_run=self.saver is None,
        )
        self._drawn = draw(view, *self.screen.size)
        self._scroll = self._drawn.scroll
        self.screen.show(self._drawn.rows, self._drawn.cursor)

    def _snippet(self, paper: Paper | None) -> Snippet | None:
        if paper is None:
            return None
        if paper.key not in self._snippets:
            self._snippets[paper.key] = self.services.snippet(paper)
        return self._snippets[paper.key]

    # ------------------------------------------------------------------ saving

    def _must_save(self) -> bool:
        if self._oldest is None or time.monotonic() < self._not_before:
            return False
        is_old = time.monotonic() >= self._oldest + SAVE_SECONDS
        return is_old or self.sitting.unsaved >= SAVE_COUNT

    def _save(self) -> None:
        self._oldest = None
        batch = self.sitting.take_unsaved()
        if batch and self.saver is not None:
            self.saver.save(batch)

    def _read_reports(self, seconds: float) -> None:
        if self.saver is None:
            return
        for report in self.saver.reports(seconds):
            if report.notice:
                self._message = report.notice
            else:
                self._note_result(report)

    def _note_result(self, report: Report) -> None:
        self.error = report.error
        if report.error is not None:
            self._message = f"not saved yet: {report.error}"
            self.sitting.put_back(report.batch)
            self._oldest = time.monotonic()
            self._not_before = self._oldest + RETRY_SECONDS

    def _save_and_wait(self, seconds: float | None) -> None:
        """Save what is decided, and wait so long until it is; None: as long as it takes."""
        self._save()
        end = None if seconds is None else time.monotonic() + seconds
        while self.saver is not None and self.saver.waiting:
            left = 60.0 if end is None else end - time.monotonic()
            if left <= 0:
                return
            self._read_reports(left)

    def _save_all(self, seconds: float | None) -> None:
        """Save everything; the last time, as the sitting is over."""
        self._save_and_wait(seconds)
        if self.sitting.unsaved and self.error is not None:
            self._save_and_wait(seconds)
        if self.saver is not None:
            self.saver.close()

    # ------------------------------------------------------------------ keys

    def _press(self, key: Key) -> None:
        if self.is_over:
            return
        if self._line is not None:
            self._press_in_line(self._line, key)
            return
        self._message = ""
        if isinstance(key, Paste):
            self._message = "pasted text is ignored here"
            return
        action = self.bound.get(key, "")
        if self._is_help and not action.startswith("page-"):
            self._is_help = False
            self._scroll = 0
            return
        if action in _ACTIONS:
            _ACTIONS[action](self)

    def _press_in_line(self, line: Line, key: Key) -> None:
        self._message = ""
        if key == "escape":
            self._line = None
        elif key == "enter":
            self._line = None
            self._enter(clean(line.text))
        else:
            line.press(key)

    def _decide(self, change: Callable[[Mark], Mark]) -> None:
        self.sitting.decide(change)
        self._move(1)

    def _mark(self, status: str) -> None:
        self._decide(lambda mark: mark._replace(status=status))

    def _star(self) -> None:
        self._decide(lambda mark: mark._replace(starred=not mark.starred))

    def _move(self, step: int) -> None:
        self.sitting.move(step)
        self._scroll = 0

    def _turn(self, pages: int) -> None:
        """Scroll the text by about a screen."""
        _, height = self.screen.size
        step = max(height // 2, 1)
        self._scroll = max(self._scroll + pages * step, 0)

    def _toggle_abstract(self) -> None:
        self._with_abstract = not self._with_abstract
        self._scroll = 0

    def _show_help(self) -> None:
        self._is_help = True
        self._scroll = 0

    def _quit(self) -> None:
        self.is_over = True

    # ------------------------------------------------------------------ undo and redo

    def _undo(self) -> None:
        self._scroll = 0
        if self.sitting.undo() is None:
            self._message = "nothing to undo in this sitting"
        else:
            self._message = "undone"

    def _redo(self) -> None:
        self._scroll = 0
        if self.sitting.redo() is None:
            self._message = "nothing to redo"
        else:
            self._message = "redone"

    # ------------------------------------------------------------------ lines of input

    def _edit_tags(self) -> None:
        paper = self.sitting.paper
        if paper is None:
            return
        if self._tags is None:
            self._tags = TagNames(self.services.tag_names())
        text = "".join(f"{tag}, " for tag in paper.tags)
        self._line = Line("tags", text, self._tags)
        self._enter = self._set_tags

    def _set_tags(self, text: str) -> None:
        names: tuple[str, ...] = ()
        typed = ",".join(part for part in text.split(",") if part.strip())
        if typed:
            try:
                names = tags.added((), tags.names(typed))
            except PapertrackError as error:
                self._edit_tags()
                assert self._line is not None
                self._line.text = text
                self._line.cursor = len(text)
                self._message = str(error)
                return
        if self._tags is not None:
            self._tags.add(names)
        self._decide(lambda mark: mark._replace(tags=names))

    def _edit_query(self) -> None:
        self._line = Line("search")
        self._enter = self._search

    def _search(self, query: str) -> None:
        """Show the papers that match only; with an empty query, all again."""
        self._scroll = 0
        if not query:
            self.narrowed = ""
            self.sitting.widen()
            return
        try:
            found = self.services.find(query)
        except PapertrackError as error:
            self._message = str(error)
            return
        if self.sitting.narrow(found):
            self.narrowed = query
            count = plural(self.sitting.total, "paper")
            self._message = f"{count}; an empty search shows all"
        else:
            self._message = f"no paper here matches {excerpt(query, 60)}"

    # ------------------------------------------------------------------ other programs

    def _open(self, page: str) -> None:
        paper = self.sitting.paper
        if paper is None:
            return
        try:
            with self.screen.released():
                self.services.browse(paper, page)
        except PapertrackError as error:
            self._message = str(error)
        else:
            self._message = "opened"

    def _edit_note(self) -> None:
        paper = self.sitting.paper
        if paper is None:
            return
        self._save_and_wait(SUSPEND_SECONDS)
        try:
            with self.screen.released():
                note = self.services.edit_note(paper)
        except PapertrackError as error:
            self._message = str(error)
            return
        if note != paper.note:
            self.sitting.decide(lambda mark: mark._replace(note=note))
        self._message = "note saved" if note else "no note"

    def _copy_bibtex(self) -> None:
        paper = self.sitting.paper
        if paper is not None:
            self._copy(self.services.bibtex(paper), "its BibTeX entry")

    def _copy_id(self) -> None:
        paper = self.sitting.paper
        if paper is not None:
            self._copy(paper.id, clean(paper.id))

    def _copy(self, text: str, what: str) -> None:
        if self.screen.copy(text):
            self._message = f"copied {what}, if the terminal allows it"
        else:
            self._message = f"{what} is too long for the clipboard"


_ACTIONS: dict[str, Callable[[Triage], None]] = {
    "read": lambda triage: triage._mark("read"),
    "later": lambda triage: triage._mark("later"),
    "hide": lambda triage: triage._mark("hidden"),
    "star": lambda triage: triage._star(),
    "tags": lambda triage: triage._edit_tags(),
    "note": lambda triage: triage._edit_note(),
    "open": lambda triage: triage._open("page"),
    "pdf": lambda triage: triage._open("pdf"),
    "bibtex": lambda triage: triage._copy_bibtex(),
    "id": lambda triage: triage._copy_id(),
    "next": lambda triage: triage._move(1),
    "previous": lambda triage: triage._move(-1),
    "page-down": lambda triage: triage._turn(1),
    "page-up": lambda triage: triage._turn(-1),
    "search": lambda triage: triage._edit_query(),
    "abstract": lambda triage: triage._toggle_abstract(),
    "undo": lambda triage: triage._undo(),
    "redo": lambda triage: triage._redo(),
    "help": lambda triage: triage._show_help(),
    "quit": lambda triage: triage._quit(),
}
"""What each action does."""
