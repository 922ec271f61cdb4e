"""A state machine over the commands: a plain model and the library agree after each.

Commands run in this process, each in a new session, a second after the last one. Some
are killed at a random moment of writing: then the library is as before or as after.
"""

from __future__ import annotations

import contextlib
import copy
import datetime as dt
import io
import json
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from papertrack.core.model import Mark
from papertrack.library.library import Library
from papertrack.storage import layout, reading
from tests.helpers.kill import killed_while_writing
from tests.helpers.system_faults import Place

BEGIN = dt.datetime(2026, 3, 1, 12, tzinfo=dt.UTC)
NUMBERS = range(1, 9)
WORDS = ("owls", "crows", "kettles")
TAGS = ("a", "b", "c/d")
STATUSES = ("read", "unread", "later", "hidden")
FEEDS = ("arxiv:cs.CL", "arxiv:cs.LG", "arxiv:math.CO")
ACTIONS = ("tag r, star", "mark later", "hide", "tag a, mark read")
LISTED = {
    "first": (1, 2, 3),
    "second": (3, 4, 5, 6),
    "third": (6, 7, 8),
    "all": NUMBERS,
}
MEMORY = Path("/dev/shm")
"""Where syncing takes no time."""


def paper_id(number: int) -> str:
    return f"2601.{number:05}"


def title(number: int) -> str:
    return f"Of {WORDS[number % 3]} and hill {number}"


@dataclass
class State:
    """What undo restores: papers and their marks by number, views, rules, feeds."""

    papers: set[int] = field(default_factory=set)
    marks: dict[int, Mark] = field(default_factory=dict)
    views: dict[str, str] = field(default_factory=dict)
    rules: dict[str, tuple[str, str]] = field(default_factory=dict)
    feeds: set[str] = field(default_factory=set)

    def mark(self, number: int, mark: Mark) -> None:
        """Mark a paper; an empty mark is none."""
        self.marks[number] = mark
        if mark == Mark():
            del self.marks[number]


def ruled(mark: Mark, action: str) -> Mark:
    """A mark of a new paper after the actions of a rule."""
    for one in action.split(", "):
        if one.startswith("tag ") and one[4:] not in mark.tags:
            mark = mark._replace(tags=(*mark.tags, one[4:]))
        elif one == "star":
            mark = mark._replace(starred=True)
        elif one.startswith(("mark ", "hide")) and mark.status == "unread":
            status = one.removeprefix("mark ").replace("hide", "hidden")
            mark = mark._replace(status=status)
    return mark


class Commands(RuleBasedStateMachine):
    """The commands, each with what it does to the model."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(dir=MEMORY if MEMORY.is_dir() else None))
        self.place = Place(self.folder / "place")
        self.now = BEGIN
        self.state = State()
        self.done: list[State] = []
        self.undone: list[list[State]] = []
        self.view = 0
        for name, numbers in LISTED.items():
            rows = [_row(number) for number in numbers]
            (self.folder / f"{name}.json").write_text(json.dumps(rows))
        lines = [_line(number) for number in (2, 5, 8)]
        (self.folder / "own.jsonl").write_text("".join(lines))

    def teardown(self) -> None:
        shutil.rmtree(self.folder)

    # ------------------------------------------------------------------ running

    def run(self, words: Sequence[object], *, kill: int | None) -> bool:
        """Run a command, killed at a call that writes; whether it ended."""
        self.now += dt.timedelta(seconds=1)
        now = self.now

        def step() -> None:
            with contextlib.redirect_stderr(io.StringIO()) as stderr:
                code = self.place.run("-q", *words, now=now)
            assert code == 0, (words, stderr.getvalue())

        if kill is not None:
            return not killed_while_writing(step, kill)
        step()
        return True

    def do(self, new: State, *words: object, kill: int | None) -> None:
        """A command that makes the state `new`, one step unless nothing changes."""
        before = (self.state, list(self.done), [list(one) for one in self.undone])
        ended = self.run(words, kill=kill)
        if new != self.state:
            self.done.append(self.state)
            self.undone = []
            self.state = new
        self.agree(before, ended=ended)

    def agree(self, before: tuple[Any, ...], *, ended: bool) -> None:
        """Compare the library with the model; after a kill, also with that `before`."""
        library = Library(
            self.place.root,
            self.place.cache,
            self.place.machine,
            now="2026-04-01T00:00:00Z",
        )
        with contextlib.closing(library):
            steps = library.log()
            shown = {paper.key: paper for paper in library.index.all_papers()}
        log = sum(not undone and not step.undoes for step, undone in steps)
        found = (_stored(self.place), log)
        if not ended and found == (before[0], len(before[1])):
            self.state, self.done, self.undone = before
        assert found == (self.state, len(self.done))
        assert {number(key) for key in shown} == self.state.papers
        for key, paper in shown.items():
            mark = self.state.marks.get(number(key), Mark())
            assert (paper.tags, paper.status) == (mark.tags, mark.status)
            assert (paper.starred, paper.note) == (mark.starred, mark.note)

    # ------------------------------------------------------------------ papers

    @initialize()
    def begin(self) -> None:
        self.fetch("first", None)

    kills = st.one_of(st.none(), st.none(), st.integers(0, 40))

    @rule(name=st.sampled_from([*LISTED]), kill=kills)
    def fetch(self, name: str, kill: int | None) -> None:
        new = self.added(LISTED[name])
        self.do(new, "fetch", self.folder / f"{name}.json", kill=kill)

    @rule(kill=kills)
    def import_(self, kill: int | None) -> None:
        new = self.added((2, 5, 8))
        self.do(new, "import", self.folder / "own.jsonl", kill=kill)

    def added(self, numbers: Sequence[int]) -> State:
        """The state with these papers; the rules mark the new ones."""
        new = copy.deepcopy(self.state)
        for one in set(numbers) - self.state.papers:
            new.papers.add(one)
            mark = Mark()
            for word, action in new.rules.values():
                if word in title(one) and mark.status != "hidden":
                    mark = ruled(mark, action)
            new.mark(one, mark)
        return new

    @precondition(lambda self: self.state.papers)
    @rule(data=st.data(), kill=kills)
    def remove(self, data: st.DataObject, kill: int | None) -> None:
        numbers = self.some(data)
        new = copy.deepcopy(self.state)
        new.papers -= {*numbers}
        for one in numbers:
            new.marks.pop(one, None)
        self.do(new, "remove", *map(paper_id, numbers), kill=kill)

    # ------------------------------------------------------------------ marks

    def some(self, data: st.DataObject) -> list[int]:
        """Some papers of the library."""
        numbers = st.sampled_from(sorted(self.state.papers))
        return data.draw(st.lists(numbers, min_size=1, max_size=3, unique=True))

    def marked(self, numbers: Sequence[int], change: Any) -> State:
        """The state with the marks of these papers changed."""
        new = copy.deepcopy(self.state)
        for one in numbers:
            new.mark(one, change(new.marks.get(one, Mark())))
        return new

    @precondition(lambda self: self.state.papers)
    @rule(data=st.data(), tag=st.sampled_from(TAGS), kill=kills)
    def tag(self, data: st.DataObject, tag: str, kill: int | None) -> None:
        numbers = self.some(data)
        new = self.marked(
            numbers,
            lambda mark: mark._replace(tags=tuple(dict.fromkeys((*mark.tags, tag)))),
        )
        self.do(new, "tag", "add", tag, *map(paper_id, numbers), kill=kill)

    @precondition(lambda self: self.tags())
    @rule(data=st.data(), kill=kills)
    def untag(self, data: st.DataObject, kill: int | None) -> None:
        numbers = self.some(data)
        tag = data.draw(st.sampled_from(self.tags()))
        new = self.marked(
            numbers,
            lambda mark: mark._replace(tags=tuple(t for t in mark.tags if t != tag)),
        )
        self.do(new, "tag", "remove", tag, *map(paper_id, numbers), kill=kill)

    @precondition(lambda self: self.tags())
    @rule(data=st.data(), to=st.sampled_from(["a", "b", "e"]), kill=kills)
    def rename(self, data: st.DataObject, to: str, kill: int | None) -> None:
        old = data.draw(st.sampled_from(self.tags()))
        if old == to:
            return
        new = self.marked(
            [*self.state.marks],
            lambda mark: mark._replace(
                tags=tuple(dict.fromkeys(to if t == old else t for t in mark.tags))
            ),
        )
        self.do(new, "tag", "rename", old, to, kill=kill)

    def tags(self) -> list[str]:
        """The tags in use."""
        return sorted({tag for mark in self.state.marks.values() for tag in mark.tags})

    @precondition(lambda self: self.state.papers)
    @rule(data=st.data(), status=st.sampled_from(STATUSES), kill=kills)
    def mark(self, data: st.DataObject, status: str, kill: int | None) -> None:
        numbers = self.some(data)
        new = self.marked(numbers, lambda mark: mark._replace(status=status))
        self.do(new, "mark", status, *map(paper_id, numbers), kill=kill)

    @precondition(lambda self: self.state.papers)
    @rule(data=st.data(), is_starred=st.booleans(), kill=kills)
    def star(self, data: st.DataObject, is_starred: bool, kill: int | None) -> None:
        numbers = self.some(data)
        new = self.marked(numbers, lambda mark: mark._replace(starred=is_starred))
        command = "star" if is_starred else "unstar"
        self.do(new, command, *map(paper_id, numbers), kill=kill)

    @precondition(lambda self: self.state.papers)
    @rule(data=st.data(), text=st.sampled_from(["", "mine", "x" * 3000]), kill=kills)
    def note(self, data: st.DataObject, text: str, kill: int | None) -> None:
        one = self.some(data)[0]
        new = self.marked([one], lambda mark: mark._replace(note=text or None))
        self.do(new, "note", paper_id(one), text, kill=kill)

    # ------------------------------------------------------------------ settings

    @rule(name=st.sampled_from(["v", "w"]), kill=kills)
    def save_view(self, name: str, kill: int | None) -> None:
        self.view += 1
        new = copy.deepcopy(self.state)
        new.views[name] = f"upvotes:{self.view}.."
        self.do(new, "view", "save", name, new.views[name], kill=kill)

    @precondition(lambda self: self.state.views)
    @rule(data=st.data(), kill=kills)
    def remove_view(self, data: st.DataObject, kill: int | None) -> None:
        name = data.draw(st.sampled_from(sorted(self.state.views)))
        new = copy.deepcopy(self.state)
        del new.views[name]
        self.do(new, "view", "remove", name, kill=kill)

    @precondition(lambda self: len(self.state.rules) < 3)
    @rule(word=st.sampled_from(WORDS), action=st.sampled_from(ACTIONS), kill=kills)
    def add_rule(self, word: str, action: str, kill: int | None) -> None:
        name = min({"r1", "r2", "r3"} - self.state.rules.keys())
        new = copy.deepcopy(self.state)
        new.rules[name] = (word, action)
        condition = ("--if", f"title:{word}", "--do", action)
        self.do(new, "rule", "add", name, *condition, kill=kill)

    @precondition(lambda self: self.state.rules)
    @rule(data=st.data(), kill=kills)
    def remove_rule(self, data: st.DataObject, kill: int | None) -> None:
        name = data.draw(st.sampled_from(sorted(self.state.rules)))
        new = copy.deepcopy(self.state)
        del new.rules[name]
        self.do(new, "rule", "remove", name, kill=kill)

    @precondition(lambda self: len(self.state.feeds) < len(FEEDS))
    @rule(kill=kills)
    def follow(self, kill: int | None) -> None:
        feed = next(one for one in FEEDS if one not in self.state.feeds)
        new = copy.deepcopy(self.state)
        new.feeds.add(feed)
        self.do(new, "feed", "add", feed, kill=kill)

    @precondition(lambda self: self.state.feeds)
    @rule(data=st.data(), kill=kills)
    def unfollow(self, data: st.DataObject, kill: int | None) -> None:
        feed = data.draw(st.sampled_from(sorted(self.state.feeds)))
        new = copy.deepcopy(self.state)
        new.feeds.remove(feed)
        self.do(new, "feed", "remove", feed, kill=kill)

    # ------------------------------------------------------------------ undo

    @precondition(lambda self: self.done)
    @rule(count=st.integers(1, 5), kill=kills)
    def undo(self, count: int, kill: int | None) -> None:
        before = (self.state, list(self.done), [list(one) for one in self.undone])
        ended = self.run(("undo", count), kill=kill)
        states = [*self.done, self.state]
        count = min(count, len(self.done))
        self.undone.append(states[-count - 1 :])
        self.state = states[-count - 1]
        self.done = self.done[: len(self.done) - count]
        self.agree(before, ended=ended)

    @precondition(lambda self: self.undone)
    @rule(count=st.integers(1, 3), kill=kills)
    def redo(self, count: int, kill: int | None) -> None:
        before = (self.state, list(self.done), [list(one) for one in self.undone])
        ended = self.run(("redo", count), kill=kill)
        for _ in range(min(count, len(self.undone))):
            *states, self.state = self.undone.pop()
            self.done += states
        self.agree(before, ended=ended)


def _row(number: int) -> dict[str, Any]:
    day = f"2026-0{number % 2 + 1}-05T00:00:00.000Z"
    return {
        "paper": {
            "id": paper_id(number),
            "title": title(number),
            "summary": "A text.",
            "authors": [],
            "publishedAt": day,
            "submittedOnDailyAt": day,
        }
    }


def _line(number: int) -> str:
    paper = {"id": paper_id(number), "title": title(number), "published": "2026-01-05"}
    return f"{json.dumps(paper)}\n"


def number(key: str) -> int:
    """The number of the paper with this key."""
    return int(key.rpartition(".")[2])


def _stored(place: Place) -> State:
    """The state that the files have."""
    papers, marks, views = place.state()
    desk = reading.read_by_key(place.root / layout.DESK)
    rules = {}
    for key, one in sorted(
        desk.get("rules", {}).items(), key=lambda item: item[1]["place"]
    ):
        rules[key] = (one["if"].removeprefix("title:"), one["do"])
    return State(
        {number(key) for key in papers},
        {
            number(key): mark._replace(marked=None)
            for key, mark in marks.items()
            if mark._replace(marked=None) != Mark()
        },
        dict(views),
        rules,
        {key for key in desk.get("feeds", {}) if key in FEEDS},
    )
