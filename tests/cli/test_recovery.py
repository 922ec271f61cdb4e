"""A damaged index is noticed and rebuilt: the answers are right.

`python -m tests.soak.damage` damages thousands.
"""

from __future__ import annotations

import contextlib
import json
import os
import random
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from papertrack.cli import app as cli
from papertrack.cli.session import Session
from papertrack.core.errors import StoreError
from papertrack.index import diagnosis, integrity
from papertrack.index.database import path_of
from papertrack.index.index import Index
from papertrack.index.verified import Verified
from papertrack.library.doctor.doctor import Doctor
from papertrack.library.library import Library
from papertrack.query.language import parse
from papertrack.sources import formats, sample
from papertrack.storage.folder import Folder
from tests.helpers.index_damage import DAMAGES, TODAY, Damage, answers

NOW = "2025-11-24T12:00:00Z"


class Place(NamedTuple):
    """A library with its cache, a copy of the cache, and the right answers."""

    root: Path
    cache: Path
    copy: Path
    expected: dict[str, Any]

    @property
    def folder(self) -> Folder:
        return Folder(self.root, self.cache / "state")

    @property
    def path(self) -> Path:
        return path_of(self.root, self.cache)

    def restore(self) -> None:
        """Put the undamaged cache back."""
        shutil.rmtree(self.cache, ignore_errors=True)
        shutil.copytree(self.copy, self.cache)

    def answers(self) -> dict[str, object]:
        return answers(self.root, self.cache)

    def findings(self) -> list[str]:
        """What `doctor` finds wrong with the index."""
        doctor = Doctor(self.folder, self.cache, now=NOW, scripts={})
        return [one.what for one in doctor.examine() if one.check == "index"]


@pytest.fixture(scope="module")
def original(tmp_path_factory: pytest.TempPathFactory) -> Place:
    folder = tmp_path_factory.mktemp("recovery")
    place = Place(folder / "library", folder / "cache", folder / "copy", {})
    library = Library(place.root, place.cache, now=NOW)
    facts = formats.read_file(sample.body(), name="sample.json").facts
    library.adding.add({"sample": facts})
    tagged = library.index.keys(parse("model", TODAY))[:9]
    library.marking.mark(tagged, lambda mark: mark._replace(tags=("a",)), what=str)
    library.index.close()
    shutil.copytree(place.cache, place.copy)
    place = place._replace(expected=answers(place.root, folder / "other"))
    assert len(place.expected["model"][1]) > 10
    return place


@pytest.fixture
def place(original: Place) -> Iterator[Place]:
    original.restore()
    yield original
    original.restore()


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
@pytest.mark.parametrize(
    "name", ["{}.db", "{}.db-wal", "{}.db-shm", "{}.db-journal", "{}.seal"]
)
def test_what_is_no_file_keeps_nobody_waiting(
    place: Place, name: str, make: Callable[[Path], None]
) -> None:
    path = place.path.with_name(name.format(place.path.stem))
    path.unlink(missing_ok=True)
    make(path)
    assert place.answers() == place.expected
    assert place.answers() == place.expected


def _sql(path: Path, *statements: str) -> None:
    with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as db:
        for statement in statements:
            db.execute(statement)


def test_a_whole_index_is_used_as_it_is(place: Place) -> None:
    before = place.path.stat()
    assert place.answers() == place.expected
    assert place.findings() == []
    after = place.path.stat()
    assert (after.st_ino, after.st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


@pytest.mark.parametrize("damage", DAMAGES, ids=lambda damage: damage.__name__)
def test_a_damaged_index_gives_right_answers(place: Place, damage: Damage) -> None:
    for seed in range(3):
        place.restore()
        damage(place.path, random.Random(seed))
        assert place.answers() == place.expected, seed


LOGS = [b"\0" * 5000, b"garbage" * 900, b"7", b"\x37\x7f\x06", b"SQLite format 3\0"]


@pytest.mark.parametrize("log", LOGS, ids=lambda log: repr(log[:4]))
def test_what_is_no_log_of_sqlite_hides_no_damage(place: Place, log: bytes) -> None:
    _sql(place.path, "DELETE FROM paper WHERE rid % 3 = 0")
    place.path.with_name(f"{place.path.name}-wal").write_bytes(log)
    assert place.answers() == place.expected


def _touch(path: Path) -> None:
    """Change the file as a process does that moves SQLite's log into it."""
    stat = path.stat()
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns + 1))


FOREVER = 600.0

MOVES = """
import fcntl, sys, time
seal, state, seconds = sys.argv[1], sys.argv[2], float(sys.argv[3])
with open(seal, "ab") as file:
    fcntl.flock(file, fcntl.LOCK_EX)
    print("locked", flush=True)
    time.sleep(seconds)
    with open(seal, "w") as new:
        new.write(state)
"""
"""A process that has moved the log, and seals the index's file after some seconds."""


@pytest.mark.parametrize(
    ("seconds", "is_sealed", "is_rebuilt"),
    [
        (0.3, True, False),
        (0, True, False),
        (0, False, True),
        (FOREVER, True, True),
    ],
    ids=["soon", "at once", "ended before", "stopped"],
)
def test_a_process_that_moves_the_log_is_waited_for(
    place: Place,
    seconds: float,
    is_sealed: bool,
    is_rebuilt: bool,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    if seconds == FOREVER:
        monkeypatch.setattr(integrity, "SEAL_SECONDS", 0.1)
    before = place.path.stat().st_ino
    _touch(place.path)
    stat = place.path.stat()
    state = f"{stat.st_mtime_ns} {stat.st_size}" if is_sealed else "1 2"
    seal = integrity.seal_of(place.path)
    arguments = [sys.executable, "-c", MOVES, str(seal), state, str(seconds)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE) as mover:
        assert mover.stdout
        assert mover.stdout.readline() == b"locked\n"
        assert place.answers() == place.expected
        mover.kill()
    assert (place.path.stat().st_ino != before) == is_rebuilt


def test_the_last_that_closes_the_index_seals_it(place: Place) -> None:
    """SQLite moves the log into the file as the last connection is closed."""
    path = place.path
    before = path.stat().st_ino
    reader = sqlite3.connect(path, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM paper").fetchone()
    writer = sqlite3.connect(path, isolation_level=None)
    writer.execute("UPDATE meta SET value = value")
    integrity.move_log(writer, path)
    writer.close()
    assert integrity.is_sealed(path)
    reader.rollback()
    integrity.close(reader, path)
    assert not path.with_name(f"{path.name}-wal").exists()
    assert integrity.is_sealed(path)
    assert place.answers() == place.expected
    assert path.stat().st_ino == before, "it was rebuilt"


EMPTIED = [
    "DELETE FROM fts_data",
    "DELETE FROM fts_data WHERE id > 10",
    "DELETE FROM fts_idx",
    "DELETE FROM fts_docsize",
    "INSERT INTO fts (fts) VALUES ('delete-all')",
    "DROP TABLE fts_data",
    "DROP TABLE fts_idx",
    "DROP TABLE fts",
    "DROP TABLE has",
    "UPDATE fts_config SET v = 0 WHERE k = 'version'",
    "UPDATE doc SET body = NULL",
]


@pytest.mark.parametrize("statement", EMPTIED)
def test_damage_by_a_program_that_still_has_the_file_open(
    place: Place, statement: str
) -> None:
    db = sqlite3.connect(place.path, isolation_level=None)
    try:
        db.execute(statement)
        assert place.path.with_name(f"{place.path.name}-wal").stat().st_size
        assert place.answers() == place.expected
    finally:
        db.close()


DAMAGED_NAME = (
    "PRAGMA writable_schema = ON",
    "UPDATE sqlite_master SET name = CAST(x'61f0e1' AS TEXT) WHERE name = 'doc'",
    "PRAGMA schema_version = 7",
)
"""SQLite's message quotes the name, which is no text."""


def test_a_table_with_a_damaged_name_after_the_index_was_opened(place: Place) -> None:
    index = Index(place.folder, place.cache)
    _sql(place.path, *DAMAGED_NAME)
    assert index.tags() == place.expected["tags"]
    index.close()


def test_doctor_reports_a_table_with_a_damaged_name(place: Place) -> None:
    _sql(place.path, *DAMAGED_NAME)
    (found,) = place.findings()
    assert found.startswith("is damaged: ")


BROKEN = [
    "DROP TABLE fts_data",
    "UPDATE fts_config SET v = 0 WHERE k = 'version'",
    "UPDATE doc SET body = x'00'",
    "DELETE FROM doc",
    "DROP TABLE paper",
    "DROP VIEW label",
]


@pytest.mark.parametrize("statement", BROKEN)
def test_damage_after_the_index_was_opened(place: Place, statement: str) -> None:
    index = Index(place.folder, place.cache)
    query = parse("model tag:a", TODAY)
    expected = index.search(query)
    assert expected.papers
    _sql(place.path, statement)
    assert index.search(query).papers == expected.papers
    assert index.tags() == place.expected["tags"]
    index.close()


@pytest.mark.parametrize("statement", BROKEN)
def test_damage_before_and_within_a_draft(place: Place, statement: str) -> None:
    index = Index(place.folder, place.cache)
    query = parse("model", TODAY)
    expected = index.keys(query)
    _sql(place.path, statement)
    with index.draft({}):
        assert index.keys(query) == expected
        index.draft_marks({})
        with contextlib.suppress(sqlite3.OperationalError):  # it is dropped already
            index.db.execute(statement)  # within the transaction of the draft
        assert index.keys(query) == expected
    assert index.keys(query) == expected
    index.close()


def test_a_second_failure_is_one_line(place: Place) -> None:
    index = Index(place.folder, place.cache)
    runs = []

    def fails(db: sqlite3.Connection) -> None:
        runs.append(db)
        db.execute("SELECT x FROM missing")

    with pytest.raises(StoreError, match=r"is damaged .no such table: missing.*check"):
        index.query(fails)
    assert len(runs) == 2
    assert index.count() == 40
    index.close()


def test_a_lock_rebuilds_nothing(place: Place) -> None:
    before = place.path.stat().st_ino
    index = Index(place.folder, place.cache)

    def locked(db: sqlite3.Connection) -> None:
        with contextlib.closing(sqlite3.connect(place.path, timeout=0)) as one:
            one.execute("BEGIN IMMEDIATE")
            with contextlib.closing(sqlite3.connect(place.path, timeout=0)) as other:
                other.execute("BEGIN IMMEDIATE")

    with pytest.raises(StoreError, match="used by another process; try again"):
        index.query(locked)
    assert place.path.stat().st_ino == before
    index.close()


FOUND = [
    ("INSERT INTO fts (fts) VALUES ('delete-all')", "is damaged: full text is missing"),
    ("DROP TABLE fts_idx", "is damaged: tables were added or removed"),
    ("CREATE TABLE x (y)", "is damaged: tables were added or removed"),
    (
        "UPDATE meta SET value = 'x' WHERE name = 'papers'",
        "is damaged: another program",
    ),
    (
        "DELETE FROM doc WHERE rid = (SELECT max(rid) FROM doc)",
        "differs from the files",
    ),
    (
        "UPDATE doc SET body = (SELECT body FROM doc ORDER BY rid DESC LIMIT 1) "
        "WHERE rid = (SELECT min(rid) FROM doc)",
        "differs from the files for 1 paper: ",
    ),
    (
        "DELETE FROM alias WHERE alias = (SELECT min(key) FROM paper)",
        "differs from the files for 1 paper: ",
    ),
    (
        "UPDATE paper SET key = 'arxiv:1234.56789' WHERE rid = (SELECT min(rid) FROM doc)",
        "differs from the files for 1 paper: ",
    ),
    ("UPDATE fts_data SET block = x'00' WHERE id > 10", "is damaged: "),
    (
        "INSERT INTO fts (fts, rowid, title) SELECT 'delete', rid, title FROM paper "
        "ORDER BY rid LIMIT 1",
        "finds other words than are in the files for 1 paper: ",
    ),
]


@pytest.mark.parametrize("is_verified", [False, True], ids=["new", "verified"])
@pytest.mark.parametrize(("statement", "what"), FOUND)
def test_doctor_reports_damage_before_it_is_repaired(
    place: Place, statement: str, what: str, is_verified: bool
) -> None:
    _prepare(place, is_verified=is_verified)
    _sql(place.path, statement)
    (found,) = place.findings()
    assert found.startswith(what)
    (again,) = place.findings()
    assert again == found
    doctor = Doctor(place.folder, place.cache, now=NOW, scripts={})
    doctor.repair()
    assert place.findings() == []
    assert place.answers() == place.expected


@pytest.mark.parametrize(("statement", "what"), [FOUND[4], FOUND[7], FOUND[-1]])
def test_doctor_compares_many_papers_with_other_processes(
    place: Place, statement: str, what: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(diagnosis, "MANY", 1)
    assert place.findings() == []
    _sql(place.path, statement)
    (found,) = place.findings()
    assert found.startswith(what)


def _prepare(place: Place, *, is_verified: bool) -> None:
    """Have the doctor verify the index, or forget that it did."""
    assert place.findings() == []
    verified = place.path.with_suffix(".verified")
    assert verified.exists()
    if not is_verified:
        verified.unlink()


@pytest.mark.parametrize("is_verified", [False, True], ids=["new", "verified"])
@pytest.mark.parametrize(
    ("name", "before", "after"),
    [
        ("papers/*.json", b'"title":"', b'"title":"Z'),
        ("papers/*.json", b'"abstract":"', b'"abstract":"Z'),
        ("papers/*.json", b'"authors":["', b'"authors":["Z'),
        ("marks.json", b'"tags":["a"]', b'"tags":["b"]'),
        ("marks.json", b'"tags":', b'"tagz":'),
    ],
)
def test_doctor_finds_changes_of_files_that_leave_their_time(
    place: Place, name: str, before: bytes, after: bytes, is_verified: bool
) -> None:
    """As a disk damages a file, too: the index is not updated with it."""
    _prepare(place, is_verified=is_verified)
    bodies = {path: path.read_bytes() for path in sorted(place.root.glob(name))}
    path = next(path for path, body in bodies.items() if before in body)
    status = path.stat()
    start = bodies[path].index(before)
    with path.open("r+b") as file:
        file.seek(start)
        file.write(after)
    os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))
    try:
        (found,) = place.findings()
        assert found.startswith("differs from the files for 1 paper: ")
    finally:
        with path.open("r+b") as file:
            file.write(bodies[path])
        os.utime(path, ns=(status.st_atime_ns, status.st_mtime_ns))


@pytest.mark.parametrize(
    "body",
    [b"", b"\0\xff", b"[]", b"{}", b'{"index": "x", "files": {}}', b"null", b'{"files'],
)
def test_what_doctor_noted_may_be_damaged(place: Place, body: bytes) -> None:
    _prepare(place, is_verified=True)
    verified = place.path.with_suffix(".verified")
    right = verified.read_bytes()
    verified.write_bytes(body)
    assert place.findings() == []
    assert verified.read_bytes() == right


def test_what_doctor_noted_of_another_index_is_not_used(place: Place) -> None:
    _prepare(place, is_verified=True)
    verified = place.path.with_suffix(".verified")
    assert Verified(place.path).files
    document = json.loads(verified.read_bytes())
    verified.write_text(json.dumps({**document, "index": "00000000"}))
    assert not Verified(place.path).files


@pytest.mark.parametrize("make", [os.mkfifo, os.mkdir])
def test_what_stands_in_the_place_of_the_note_keeps_nobody_waiting(
    place: Place, make: Callable[[Path], None]
) -> None:
    make(place.path.with_suffix(".verified"))
    assert place.findings() == []


@pytest.mark.parametrize(
    "change",
    [
        lambda document: document["files"].clear(),
        lambda document: document.update(index="0"),
        lambda document: document["full_text"].reverse(),
        lambda document: document["full_text"].__setitem__(1, 7),
        lambda document: next(iter(document["files"].values())).reverse(),
        lambda document: document["files"].update(x=[[], {}, ""]),
    ],
)
def test_what_doctor_noted_may_be_wrong(
    place: Place, change: Callable[[Any], object]
) -> None:
    """Nothing that is right is reported for it: it is compared anew."""
    _prepare(place, is_verified=True)
    verified = place.path.with_suffix(".verified")
    document = json.loads(verified.read_bytes())
    change(document)
    verified.write_text(json.dumps(document))
    assert place.findings() == []


@pytest.mark.parametrize("is_verified", [False, True], ids=["new", "verified"])
def test_doctor_finds_wrong_words_that_sqlite_does_not_notice(
    place: Place, is_verified: bool
) -> None:
    """As a disk damages a file: its time does not change."""
    _prepare(place, is_verified=is_verified)
    seal = place.path.with_suffix(".seal")
    with contextlib.closing(sqlite3.connect(place.path, isolation_level=None)) as db:
        blocks = db.execute("SELECT id, block FROM fts_data WHERE id > 10").fetchall()
        endings = [
            (len(found[0]), found[0], number, block)
            for number, block in blocks
            for found in re.finditer(rb"[b-y]+", block)
        ]
        _, ending, number, block = max(endings)
        damaged = block.replace(ending, ending[:-1] + b"z", 1)
        db.execute("UPDATE fts_data SET block = ? WHERE id = ?", (damaged, number))
    stat = place.path.stat()
    seal.write_text(f"{stat.st_mtime_ns} {stat.st_size}")
    (found,) = place.findings()
    assert found.startswith("finds other words than are in the files for ")


# ------------------------------------------------------------------ without FTS5

WITHOUT_FTS5 = """
import ctypes, sqlite3, sys
import _sqlite3

# The module is removed from each connection, by SQLite itself: the errors are those of
# a build without it. A connection of Python holds SQLite's own as its first member.
library = ctypes.CDLL(_sqlite3.__file__)
kept = (ctypes.c_char_p * 5)(b"json_each", b"json_tree", b"rtree", b"dbstat", None)
connect = sqlite3.connect

def without_fts5(*arguments, **options):
    db = connect(*arguments, **options)
    address = id(db) + object.__basicsize__
    handle = ctypes.c_void_p.from_address(address)
    assert library.sqlite3_drop_modules(handle, kept) == 0
    return db

sqlite3.connect = without_fts5
from papertrack.__main__ import main
main()
"""


def _has_drop_modules() -> bool:
    import _sqlite3
    import ctypes

    with contextlib.suppress(OSError, AttributeError):
        return bool(ctypes.CDLL(_sqlite3.__file__).sqlite3_drop_modules)
    return False


@pytest.mark.skipif(not _has_drop_modules(), reason="SQLite's functions are hidden")
@pytest.mark.parametrize("built", ["with", "without"])
def test_without_fts5_all_but_searching_works(
    place: Place, environment: Callable[[Path], dict[str, str]], built: str
) -> None:
    def run(*words: str) -> tuple[int, str, str]:
        done = subprocess.run(
            [sys.executable, "-c", WITHOUT_FTS5, *words],
            env=env,
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
        return done.returncode, done.stdout, done.stderr

    env = environment(place.cache.parent / "home")
    env["PAPERTRACK_LIBRARY"] = str(place.root)
    env["PAPERTRACK_CACHE"] = str(place.cache)
    if built == "without":
        shutil.rmtree(place.cache)
    code, out, err = run("-q", "list", "tag:a", "--all")
    assert (code, len(out.splitlines()), err) == (0, 9, "")
    code, out, err = run("search", "model")
    assert (code, out) == (1, "")
    assert err.startswith("papertrack: words can't be searched: the SQLite of this ")
    assert err.count("\n") == 1
    before = place.root / "marks.json"
    marks = before.read_bytes()
    assert run("-q", "star", "--yes", "tag:a")[0] == 0
    code, out, err = run("-q", "list", "is:starred", "--all")
    assert (code, len(out.splitlines()), err) == (0, 9, "")
    assert run("-q", "undo")[0] == 0
    before.write_bytes(marks)
    # A Python with FTS5 finds words again.
    assert place.answers() == place.expected


@pytest.mark.parametrize(
    "command", ["list", "search model", "search zzzz", "tags", "tag add a model --yes"]
)
def test_a_command_closes_the_index_when_it_ends(
    original: Place, tmp_path: Path, command: str
) -> None:
    shutil.copytree(original.root, tmp_path / "library")
    names = {"LIBRARY": "library", "CACHE": "cache", "STATE": "state"}
    env = {f"PAPERTRACK_{name}": str(tmp_path / at) for name, at in names.items()}
    session = Session({"HOME": str(tmp_path), **env})
    assert cli.run(["-q", *command.split()], session) == 0
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        session.library.index.db.execute("SELECT 1")
