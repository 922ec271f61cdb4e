"""What each key does: to the sitting, to what is shown, and by way of other programs."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from typing import NamedTuple, Protocol

from papertrack.cli.triage.keys import Key, Paste
from papertrack.cli.triage.line import Line, TagNames
from papertrack.cli.triage.screen import View, is_too_small
from papertrack.cli.triage.sitting import Sitting
from papertrack.core import tags
from papertrack.core.errors import PapertrackError
from papertrack.core.model import Mark, Paper
from papertrack.core.text import clean
from papertrack.core.wording import excerpt, plural
from papertrack.index.snippets import Snippet

HIDDEN, LATER, READ = "hidden", "later", "read"


class Services(NamedTuple):
    """What triage needs of the command line, as functions."""

    find: Callable[[str], Collection[str]]
    """The keys of the papers that match a query. Raises PapertrackError."""
    snippet: Callable[[Paper], Snippet | None]
    """Where the words of the query are in a paper."""
    reason: Callable[[Paper], str]
    """Why a paper is recommended; "" if it is not."""
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


class Outside(Protocol):
    """What the keys need of the terminal."""

    @property
    def size(self) -> tuple[int, int]:
        """Columns and lines."""

    def copy(self, text: str) -> bool:
        """Copy to the clipboard; False if the text is too long."""

    def run(self, program: Callable[[], None]) -> None:
        """Save, and call what runs another program on the terminal."""


class Controls:
    """The keys, and what they have changed in the view."""

    def __init__(
        self,
        sitting: Sitting,
        services: Services,
        outside: Outside,
        bound: Mapping[str, str],
    ) -> None:
        self.sitting = sitting
        self.services = services
        self.outside = outside
        self.bound = bound
        self.is_over = False
        self.message = ""
        self.scroll = 0
        self._line: Line | None = None
        self._enter: Callable[[str], None] = self._search
        self._narrowed = ""
        self._with_abstract = True
        self._is_help = False
        self._tags: TagNames | None = None
        self._snippets: dict[str, Snippet | None] = {}

    def view(self, query: str, note: str) -> View:
        """What is shown; `query` is that of the command, `note` follows the last paper."""
        sitting = self.sitting
        paper = sitting.paper
        if self._narrowed:
            query = f"{query} / {self._narrowed}"
        end = ""
        if paper is None:
            end = sitting.summary() or "nothing was changed"
        return View(
            paper=paper,
            position=sitting.position,
            total=sitting.total,
            decided=sitting.decided,
            query=query,
            end=end + note,
            bound=self.bound,
            snippet=self._snippet(paper),
            reason=self.services.reason(paper) if paper else "",
            with_abstract=self._with_abstract,
            scroll=self.scroll,
            line=self._line,
            message=self.message,
            is_help=self._is_help,
        )

    def _snippet(self, paper: Paper | None) -> Snippet | None:
        if paper is None:
            return None
        if paper.key not in self._snippets:
            self._snippets[paper.key] = self.services.snippet(paper)
        return self._snippets[paper.key]

    # ------------------------------------------------------------------ keys

    def press(self, key: Key) -> None:
        """Do what a key does; nothing after `quit`."""
        if self.is_over:
            return
        self.message = ""
        action = "" if isinstance(key, Paste) else self.bound.get(key, "")
        if is_too_small(*self.outside.size):
            self.is_over = action == "quit"
        elif self._line is not None:
            self._press_in_line(self._line, key)
        elif isinstance(key, Paste):
            self.message = "pasted text is ignored here"
        else:
            self._act(action)

    def _act(self, action: str) -> None:
        if self._is_help and not action.startswith("page-"):
            self._is_help = False
            self.scroll = 0
        elif action in _ACTIONS:
            _ACTIONS[action](self)

    def _press_in_line(self, line: Line, key: Key) -> None:
        if key in ("escape", "ctrl-g"):
            self._line = None
        elif key == "enter":
            self._line = None
            self._enter(clean(line.text))
        else:
            line.press(key)

    # ------------------------------------------------------------------ decisions

    def decide(self, done: str, change: Callable[[Mark], Mark]) -> None:
        """Change the mark of the paper, and show the next one."""
        paper = self.sitting.paper
        if paper is not None:
            self.sitting.decide(change)
            self.message = f"{done}: {excerpt(paper.title or paper.id, 200)}"
        self.move(1)

    def mark(self, status: str) -> None:
        """Set the status of the paper."""
        self.decide(status, lambda mark: mark._replace(status=status))

    def star(self) -> None:
        """Star the paper, or remove its star."""
        paper = self.sitting.paper
        done = "unstarred" if paper and paper.starred else "starred"
        self.decide(done, lambda mark: mark._replace(starred=not mark.starred))

    def undo(self) -> None:
        """Undo the last decision, and show its paper."""
        self.scroll = 0
        is_undone = self.sitting.undo() is not None
        self.message = "undone" if is_undone else "nothing to undo in this sitting"

    def redo(self) -> None:
        """Redo what was undone last, and show its paper."""
        self.scroll = 0
        is_redone = self.sitting.redo() is not None
        self.message = "redone" if is_redone else "nothing to redo"

    # ------------------------------------------------------------------ what is shown

    def move(self, step: int) -> None:
        """Show the paper that is so many further."""
        self.sitting.move(step)
        self.scroll = 0

    def turn(self, screens: int) -> None:
        """Scroll the text by about half a screen, so many times."""
        _, height = self.outside.size
        self.scroll = max(self.scroll + screens * (height // 2), 0)

    def toggle_abstract(self) -> None:
        """Show the abstract, or leave it out."""
        self._with_abstract = not self._with_abstract
        self.scroll = 0

    def show_help(self) -> None:
        """Show what the keys do."""
        self._is_help = True
        self.scroll = 0

    def quit(self) -> None:
        """End the sitting."""
        self.is_over = True

    # ------------------------------------------------------------------ lines of input

    def edit_tags(self) -> None:
        """Show the tags of the paper, to be edited."""
        paper = self.sitting.paper
        if paper is not None:
            self._show_tags("".join(f"{clean(tag)}, " for tag in paper.tags))

    def _show_tags(self, text: str) -> None:
        if self._tags is None:
            self._tags = TagNames(self.services.tag_names())
        self._line = Line("tags", text, self._tags)
        self._enter = self._set_tags

    def _set_tags(self, text: str) -> None:
        names: tuple[str, ...] = ()
        if text.strip(" ,"):
            try:
                names = tags.added((), tags.names(text))
            except PapertrackError as error:
                self._show_tags(text)
                self.message = str(error)
                return
        if self._tags is not None:
            self._tags.add(names)
        done = f"tagged {', '.join(names)}" if names else "no tags"
        self.decide(done, lambda mark: mark._replace(tags=names))

    def edit_query(self) -> None:
        """Begin to type a query."""
        self._show_query("")

    def _show_query(self, text: str) -> None:
        self._line = Line("search", text)
        self._enter = self._search

    def _search(self, query: str) -> None:
        """Show the papers that match only; with an empty query, all again."""
        self.scroll = 0
        if not query:
            self._narrowed = ""
            self.sitting.widen()
            return
        try:
            found = self.services.find(query)
        except PapertrackError as error:
            self._show_query(query)
            self.message = str(error)
            return
        if self.sitting.narrow(found):
            self._narrowed = query
            count = plural(self.sitting.total, "paper")
            self.message = f"{count}; an empty search shows all"
        else:
            self.message = f"no paper here matches {excerpt(query, 60)}"

    # ------------------------------------------------------------------ other programs

    def open(self, page: str) -> None:
        """Open a page of the paper, by its name."""
        paper = self.sitting.paper
        if paper is not None and self._run(lambda: self.services.browse(paper, page)):
            self.message = "opened"

    def edit_note(self) -> None:
        """Edit the note of the paper."""
        paper = self.sitting.paper
        if paper is None:
            return
        notes: list[str | None] = []
        if not self._run(lambda: notes.append(self.services.edit_note(paper))):
            return
        (note,) = notes
        self.message = "note unchanged"
        if note != paper.note:
            self.sitting.decide(lambda mark: mark._replace(note=note))
            self.message = "note changed" if note else "note removed"

    def _run(self, program: Callable[[], None]) -> bool:
        """Run another program on the terminal; False, and a message, if it failed."""
        try:
            self.outside.run(program)
        except PapertrackError as error:
            self.message = str(error)
            return False
        return True

    def copy_bibtex(self) -> None:
        """Copy the BibTeX entry of the paper to the clipboard."""
        paper = self.sitting.paper
        if paper is not None:
            self._copy(self.services.bibtex(paper), "its BibTeX entry")

    def copy_id(self) -> None:
        """Copy the id of the paper to the clipboard."""
        paper = self.sitting.paper
        if paper is not None:
            self._copy(paper.id, paper.id)

    def _copy(self, text: str, what: str) -> None:
        if self.outside.copy(text):
            self.message = f"copied {what} (OSC 52)"
        else:
            self.message = f"{what} is too long for the clipboard"


_ACTIONS: dict[str, Callable[[Controls], None]] = {
    "read": lambda controls: controls.mark(READ),
    "later": lambda controls: controls.mark(LATER),
    "hide": lambda controls: controls.mark(HIDDEN),
    "star": Controls.star,
    "tags": Controls.edit_tags,
    "note": Controls.edit_note,
    "open": lambda controls: controls.open("page"),
    "pdf": lambda controls: controls.open("pdf"),
    "bibtex": Controls.copy_bibtex,
    "id": Controls.copy_id,
    "next": lambda controls: controls.move(1),
    "previous": lambda controls: controls.move(-1),
    "page-down": lambda controls: controls.turn(1),
    "page-up": lambda controls: controls.turn(-1),
    "search": Controls.edit_query,
    "abstract": Controls.toggle_abstract,
    "undo": Controls.undo,
    "redo": Controls.redo,
    "help": Controls.show_help,
    "quit": Controls.quit,
}
"""What each action does."""
