"""System faults: a command killed, or a system call that fails, at each call that
writes.

Commands run in a child forked from this process, which saves thousands of starts of
Python; strace attaches to it and injects the fault.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import random
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from types import MappingProxyType
from typing import Any, NamedTuple

from papertrack.cli import app as cli
from papertrack.cli.session import Session
from papertrack.core.facts import Facts
from papertrack.core.model import Mark
from papertrack.index.database import path_of
from papertrack.joining import records as merge
from papertrack.library.library import Library
from papertrack.query.language import Everything
from papertrack.query.views import View
from papertrack.storage import layout, reading

WRITING = (
    "write",
    "pwrite64",
    "fsync",
    "fdatasync",
    "ftruncate",
    "rename",
    "unlink",
    "unlinkat",
    "rmdir",
    "mkdir",
    "chmod",
    "fchmod",
    "flock",
)
"""The calls by which papertrack and SQLite change what is on disk, and by which they
lock it.
"""


INTERRUPTED = 130


class Ran(NamedTuple):
    """How a command ended: its exit code (negative: the signal that killed it) and its
    stderr.
    """

    code: int
    err: str


def _make_folder() -> int:
    Path("/nowhere/at/all").mkdir()
    return 0


def forked(
    step: Callable[[], int],
    fault: str | None = None,
    *,
    log: Path | None = None,
    calls: str = ",".join(WRITING),
    options: Sequence[str] = (),
) -> Ran:
    """Run `step` in a child, with strace's `fault` injected; its `calls` are written to
    `log`, as strace's `options` say.
    """
    ready, go = os.pipe()
    with tempfile.TemporaryFile() as stderr:
        child = os.fork()
        if not child:
            os.close(go)
            _child(ready, stderr.fileno(), step)
        os.close(ready)
        try:
            with (
                _traced(child, fault, log, calls, options)
                if fault or log
                else contextlib.nullcontext()
            ):
                os.close(go)
                status = os.waitpid(child, 0)[1]
        except BaseException:
            os.kill(child, 9)
            raise
        stderr.seek(0)
        return Ran(
            os.waitstatus_to_exitcode(status), stderr.read().decode("utf-8", "replace")
        )


def _child(ready: int, stderr: int, step: Callable[[], int]) -> None:
    code = 70
    try:
        os.dup2(os.open(os.devnull, os.O_RDWR), 0)
        os.dup2(os.open(os.devnull, os.O_RDWR), 1)
        os.dup2(stderr, 2)
        sys.stdin, sys.stdout, sys.stderr = (
            os.fdopen(os.dup(n), mode) for n, mode in enumerate("rww")
        )
        os.read(ready, 1)  # until the parent has attached strace
        code = step()
        sys.stdout.flush()
        sys.stderr.flush()
    except KeyboardInterrupt:  # as the command ends; papertrack.__main__ does the same
        code = INTERRUPTED
    except BaseException:
        import traceback

        with contextlib.suppress(OSError):
            os.write(stderr, traceback.format_exc().encode())
        code = 71
    finally:
        os._exit(code)


@contextlib.contextmanager
def _traced(
    child: int,
    fault: str | None,
    log: Path | None,
    calls: str,
    options: Sequence[str],
) -> Iterator[None]:
    injected = ["-e", f"inject={fault}"] if fault else []
    command = [
        "strace",
        "-f",
        "-q",
        "-o",
        str(log or os.devnull),
        "-e",
        f"trace={calls}",
        *options,
        *injected,
    ]
    tracer = subprocess.Popen([*command, "-p", str(child)], stderr=subprocess.PIPE)
    status = Path(f"/proc/{child}/status")
    while not re.search(rf"TracerPid:\s+{tracer.pid}\b", status.read_text()):
        if tracer.poll() is not None:
            raise OSError(f"strace: {tracer.communicate()[1].decode()}")
    try:
        yield
    finally:
        tracer.communicate()


def can_inject() -> bool:
    """Whether strace is installed and may inject faults."""
    if shutil.which("strace") is None or not Path("/proc/self/status").exists():
        return False
    try:
        ran = forked(_make_folder, "mkdir:error=EIO")
    except OSError:
        return False
    return "Input/output error" in ran.err


class Place(NamedTuple):
    """A library, its cache and its machine's state, and the environment that names them."""

    folder: Path

    @property
    def root(self) -> Path:
        return self.folder / "library"

    @property
    def cache(self) -> Path:
        return self.folder / "cache"

    @property
    def machine(self) -> Path:
        """What this machine remembers."""
        return self.folder / "state"

    @property
    def config(self) -> Path:
        """The reader's settings."""
        return self.folder / "config" / "config.toml"

    def run(
        self,
        *words: object,
        now: Any = None,
        variables: Mapping[str, str] = MappingProxyType({}),
    ) -> int:
        """Run a command here, in this process; its exit code.

        A function in the place of its words is called with this place.
        """
        *_, last = words
        if callable(last):
            return int(last(self))
        environment = {
            "PAPERTRACK_LIBRARY": str(self.root),
            "PAPERTRACK_CACHE": str(self.cache),
            "PAPERTRACK_STATE": str(self.machine),
            "PAPERTRACK_CONFIG": str(self.config),
            "HOME": "/nowhere",
            **variables,
        }
        session = Session(environment, now=now)
        code = cli.run([str(word) for word in words], session)
        if "library" in session.__dict__ and "index" in session.library.__dict__:
            session.library.index.close()
        return code

    def ran(
        self,
        *words: object,
        fault: str | None = None,
        log: Path | None = None,
        now: Any = None,
    ) -> Ran:
        """Run a command here, in a child, with a fault."""
        return forked(lambda: self.run(*words, now=now), fault, log=log)

    def copy(self, to: Path) -> Place:
        """A copy of it, timestamps included, so that the index is up to date but for
        the inodes.
        """
        shutil.copytree(self.folder, to)
        return Place(to)

    def state(self) -> tuple[Mapping[str, Any], Mapping[str, Any], Mapping[str, Any]]:
        """The papers, marks and views of the files, by key.

        A paper that a crash left in two files is returned once.
        """
        records: dict[str, list[Any]] = {}
        for path in sorted((self.root / layout.PAPERS).glob("[!.]*.json")):
            for record in reading.read_records(path):
                records.setdefault(record.key, []).append(record)
        papers = {
            key: merge.join(parts)._replace(added="") for key, parts in records.items()
        }
        marks = {
            key: Mark.from_json(document)
            for key, document in reading.read_marks(self.root).items()
        }
        desk = reading.read_tables(self.root / layout.DESK)
        return (
            papers,
            marks,
            {one["key"]: one["query"] for one in desk.get("views", {}).values()},
        )

    def whole(self) -> tuple[Any, ...]:
        """The state without when statuses were set, the rules, what is followed, the
        undo log and the settings.
        """
        papers, marks, views = self.state()
        undated = {key: mark._replace(marked=None) for key, mark in marks.items()}
        desk = reading.read_by_key(self.root / layout.DESK)
        with self._library() as library:
            log = [(step.what, step.papers, undone) for step, undone in library.log()]
        rules = {
            key: (one["if"], one["place"]) for key, one in desk.get("rules", {}).items()
        }
        feeds = {key: one["name"] for key, one in desk.get("feeds", {}).items()}
        config = self.config.read_text() if self.config.exists() else ""
        return (papers, undated, views, rules, feeds, log, config)

    def check(self) -> None:
        """Assert that the next command works, and reads what is in the files."""
        with self._library() as library:
            found = library.index.search(Everything()).papers
            library.log()
        shown = {paper.key: paper for paper in found}
        papers, marks, _ = self.state()
        assert shown.keys() == papers.keys()
        for key, mark in marks.items():
            assert key not in shown or shown[key].tags == mark.tags

    def _library(self) -> contextlib.closing[Library]:
        """The library as it is now, for a block."""
        return contextlib.closing(
            Library(self.root, self.cache, self.machine, now="2026-01-01T00:00:00Z")
        )


def calls(place: Place, words: Sequence[object], log: Path) -> dict[str, int]:
    """The number of calls of each kind that write."""
    assert place.ran(*words, log=log).code == 0
    lines = log.read_text(errors="replace").splitlines()
    found = (re.match(r"(?:\d+ +)?(\w+)\(", line) for line in lines)
    return dict(Counter(match[1] for match in found if match))


class Tally(NamedTuple):
    """A command under many faults: the number of faults, after how many the state was
    new, and what was wrong.
    """

    faults: int
    new: int
    wrong: list[str]


def injected(
    before: Place, words: Sequence[object], fault: str, folder: Path, *, every: int = 1
) -> Tally:
    """Run a command with `fault` at each call that writes in turn (or each `every`th),
    from the same library each time.

    Wrong is: a state that is neither the old nor the new one; success reported for
    what was not done; an error without a line of its own; a next command that fails;
    the same command again that does not reach the new state.
    """
    place = before.copy(folder / "place")
    place.check()  # builds the index, whose name depends on the place
    indexed = Place(place.folder.rename(folder / "indexed"))
    done = indexed.copy(folder / "place")
    counts = calls(done, words, folder / "log")
    old, new = before.whole(), done.whole()
    shutil.rmtree(done.folder)
    points = [
        (call, number)
        for call in WRITING
        for number in range(1, counts.get(call, 0) + 1)
    ][::every]
    wrong, news = [], 0
    for call, number in points:
        place = indexed.copy(folder / "place")
        ran = place.ran(*words, fault=f"{call}:{fault}:when={number}")
        try:
            news += _judge(place, words, ran, old, new)
        except Exception as error:
            wrong.append(
                f"{call} {number} {fault}: {type(error).__name__} {error}; {ran}"[:600]
            )
        shutil.rmtree(place.folder)
    shutil.rmtree(indexed.folder)
    return Tally(len(points), news, wrong)


def _judge(place: Place, words: Sequence[object], ran: Ran, old: Any, new: Any) -> bool:
    """Whether the state is the new one.

    Raises AssertionError for what is wrong.
    """
    errors = [line for line in ran.err.splitlines() if line.startswith("papertrack: ")]
    assert "Traceback" not in ran.err, "a traceback"
    assert ran.code in (0, 1, -9, -signal.SIGTERM, INTERRUPTED), "an unknown end"
    assert ran.code != 1 or len(errors) == 1, "failed without an error of one line"
    place.check()
    state = place.whole()
    assert state in (old, new), "neither the old state nor the new one"
    assert ran.code != 0 or state == new, "reported as done, but not done"
    is_repeatable = not {"undo", "redo", "remove", "rename"}.intersection(words)
    if state == old or is_repeatable:
        assert place.run("-q", *words) == 0, "the same command fails"
        again = place.whole()[:3]
        assert again == new[:3], "the same command does not reach the new state"
    assert place.run("-q", "view", "save", "next", "x") == 0, "the next change fails"
    place.check()
    left = [
        path.name
        for path in place.root.rglob("*")
        if path.name.startswith(layout.STAGING)
    ]
    assert not left, f"left behind: {left}"
    return bool(state == new)


class Worked(NamedTuple):
    """A library with changes, and commands to run there."""

    place: Place
    words: Mapping[str, Sequence[object]]


def rows(folder: Path) -> Path:
    """A file of 30 papers in two months, as Hugging Face's API gives them."""
    papers = [
        {
            "paper": {
                "id": f"2601.{number:05}",
                "title": f"Made up {number}",
                "summary": "A text.",
                "authors": [],
                "publishedAt": day,
                "submittedOnDailyAt": day,
            }
        }
        for number in range(30)
        for day in [f"2026-0{number % 2 + 1}-05T00:00:00.000Z"]
    ]
    path = folder / "rows.json"
    path.write_text(json.dumps(papers), encoding="utf-8")
    return path


def worked(folder: Path, rows: Path) -> Worked:
    """A library with the sample, tags, a view and a backup; a file to fetch."""
    place = Place(folder / "worked")
    assert place.ran("fetch", "sample").code == 0
    assert place.ran("tag", "add", "old,and/nested", "2511.04570").code == 0
    assert place.ran("view", "save", "mine", "is:starred").code == 0
    backup = folder / "backup.tar.gz"
    assert place.ran("backup", backup).code == 0
    assert place.ran("note", "2511.04460", "written after the backup").code == 0
    words = {
        "fetch": ("fetch", rows),
        "tag add": ("tag", "add", "new", "2511.04570", "2511.04460"),
    }
    return Worked(place, {**words, "restore": ("restore", backup, "--yes")})


# ------------------------------------------------------------------ kills at random


class Killed(NamedTuple):
    """The kills, and the changes reported as done by all killed writers."""

    kills: int
    marks: int
    papers: int


def killed_at_random(place: Place, *, kills: int, seed: int) -> Killed:
    """Kill a process that marks, adds papers and saves views, again and again;
    nothing reported as done may be lost.
    """
    dice = random.Random(seed)
    reported: set[str] = set()
    for life in range(kills):
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            with contextlib.suppress(BaseException):
                _work(place, life, writing)
            os._exit(70)
        os.close(writing)
        time.sleep(dice.expovariate(1 / 0.12) + 0.002)
        os.kill(child, signal.SIGKILL)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == -9, (
            "the writer failed by itself"
        )
        with os.fdopen(reading) as lines:
            reported.update(line.strip() for line in lines if line.endswith("\n"))
        if reported:
            place.check()
            papers, marks, views = place.state()
            there = {f"tag {tag}" for mark in marks.values() for tag in mark.tags}
            there |= {f"paper {key}" for key in papers} | {
                f"view {name}" for name in views
            }
            assert reported <= there, (
                f"lost after kill {life}: {sorted(reported - there)}"
            )
    return Killed(
        kills,
        sum(one.startswith("tag") for one in reported),
        sum(one.startswith("paper") for one in reported),
    )


def _work(place: Place, life: int, output: int) -> None:
    library = Library(
        place.root, place.cache, place.machine, now="2026-01-01T00:00:00Z"
    )
    for number in range(10**6):
        name, month = f"{life}-{number}", number % 3 + 1
        ids = [
            f"26{month:02}.{life % 100:02}{number % 100:02}{month}",
            f"2604.{life % 1000:03}{number % 100:02}",
        ]
        keys = [f"arxiv:{one}" for one in ids]
        facts = [
            Facts(title=f"Of {key}", ids=(key,), listed=f"2026-0{key[8]}-01")
            for key in keys
        ]
        library.adding.add({"hf": facts})
        os.write(output, "".join(f"paper {key}\n" for key in keys).encode())
        library.marking.mark(
            [keys[0]],
            lambda mark, name=name: mark._replace(tags=(*mark.tags, name)),
            what=str,
        )
        os.write(output, f"tag {name}\n".encode())
        if number % 4 == 0:
            library.settings.save_view(
                View(f"v{name}", "is:unread", library.now), what=name
            )
            os.write(output, f"view v{name}\n".encode())


# ------------------------------------------------------------------ a crowd


class Crowd(NamedTuple):
    """Readers while others write: how often they read, and the seconds of the
    longest read.
    """

    reads: int
    longest_read: float


def crowd(place: Place, *, days: int, writers: int, marks: int, readers: int) -> Crowd:
    """Writers that mark, one that adds papers, readers in a loop: every mark must be
    saved, every read complete, and the index never rebuilt.
    """
    first = Library(place.root, place.cache, place.machine, now="2026-01-01T00:00:00Z")
    first.adding.add({"hf": [_paper(0, number) for number in range(writers)]})
    first.index.close()
    index = path_of(place.root, place.cache)
    built = index.stat().st_ino
    working = [_forked(lambda: _fetching(place, days))]
    working += [
        _forked(lambda me=me: _marking(place, me, marks)) for me in range(writers)
    ]
    reading, writing = os.pipe()
    looking = [_forked(lambda: _reading(place, writing)) for _ in range(readers)]
    for child in working:
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0, (
            "a writer failed"
        )
    for child in looking:
        os.kill(child, signal.SIGTERM)
    ends = [os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) for child in looking]
    os.close(writing)
    with os.fdopen(reading) as lines:
        reports = [json.loads(line) for line in lines]
    assert ends == [0] * readers, f"a reader failed: {reports}"
    assert index.stat().st_ino == built, "the index was taken for damaged, and rebuilt"
    place.check()
    papers, stored, _ = place.state()
    assert len(papers) == writers + days * 5
    tags = sorted(tag for mark in stored.values() for tag in mark.tags)
    assert tags == sorted(
        f"{me}-{number}" for me in range(writers) for number in range(marks)
    ), "a mark is lost"
    return Crowd(
        sum(one[0] for one in reports),
        max(one[1] for one in reports),
    )


def _paper(day: int, number: int) -> Facts:
    listed = (dt.date(2025, 1, 1) + dt.timedelta(day)).isoformat()
    return Facts(
        title=f"Paper {number} of {listed}",
        ids=(f"arxiv:2501.{day * 5 + number:05}",),
        listed=listed,
    )


def _forked(step: Callable[[], None]) -> int:
    child = os.fork()
    if not child:
        code = 1
        try:
            step()
            code = 0
        except BaseException:
            import traceback

            traceback.print_exc()
        finally:
            os._exit(code)
    return child


def _fetching(place: Place, days: int) -> None:
    library = Library(
        place.root, place.cache, place.machine, now="2026-01-01T00:00:00Z"
    )
    for day in range(1, days + 1):
        library.adding.add({"hf": [_paper(day, number) for number in range(5)]})


def _marking(place: Place, me: int, marks: int) -> None:
    key = f"arxiv:2501.{me:05}"
    for number in range(marks):
        library = Library(
            place.root, place.cache, place.machine, now="2026-01-01T00:00:00Z"
        )
        library.marking.mark(
            [key],
            lambda mark, number=number: mark._replace(
                tags=(*mark.tags, f"{me}-{number}")
            ),
            what=str,
        )
        library.index.close()


def _reading(place: Place, output: int) -> None:
    stop: list[int] = []
    signal.signal(signal.SIGTERM, lambda *_: stop.append(1))
    reads, longest, least = 0, 0.0, 0
    while not stop:
        began = time.monotonic()
        library = Library(
            place.root, place.cache, place.machine, now="2026-01-01T00:00:00Z"
        )
        found = library.index.search(Everything()).papers
        library.index.close()
        longest = max(longest, time.monotonic() - began)
        assert len(found) >= least, "papers are missing that were there before"
        assert all(paper.title.startswith("Paper ") for paper in found)
        least, reads = len(found), reads + 1
    os.write(output, json.dumps([reads, longest]).encode() + b"\n")
