"""The library's files: readable by stock TinyDB, never half written, never misread."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from tinydb import TinyDB

import papertrack
from papertrack.core.errors import StoreError
from papertrack.core.facts import Facts
from papertrack.query.language import Everything
from papertrack.storage import layout, lock, reading
from papertrack.storage.atomic import write_atomically
from papertrack.storage.transaction import transaction
from papertrack.web.cache import Cache
from papertrack.web.rate_limit import Throttle
from tests.helpers.files import contents
from tests.helpers.libraries import Library

Make = Callable[..., Facts]
HERE = Path(papertrack.__file__).parent.parent
KEY = "arxiv:2511.00001"


def python(
    code: str, *arguments: object, before: Sequence[str] = ()
) -> subprocess.Popen[str]:
    """A new interpreter that runs `code`, with stdout and stderr in one pipe."""
    command = [
        *before,
        sys.executable,
        "-c",
        textwrap.dedent(code),
        *map(str, arguments),
    ]
    environment = {**os.environ, "PYTHONPATH": str(HERE)}
    return subprocess.Popen(
        command,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        stdin=subprocess.DEVNULL,
    )


def output(process: subprocess.Popen[str]) -> str:
    message = process.communicate(timeout=120)[0]
    assert process.returncode == 0, message
    return message


# ------------------------------------------------------------------ plain TinyDB


def test_stock_tinydb_reads_every_file(filled: Library) -> None:
    found = {}
    for name in (
        "papers/2025-11.json",
        "papers/2025-10.json",
        "marks.json",
        "desk.json",
    ):
        with TinyDB(filled.root / name) as database:
            found[name] = {
                table: [dict(doc) for doc in database.table(table)]
                for table in database.tables()
            }
            assert database.table("format").all() == [{"version": layout.FORMAT}]
    (paper,) = found["papers/2025-11.json"]["papers"]
    assert paper["key"] == KEY
    assert paper["said"]["hf"]["title"] == "Zoku mibra"
    (mark,) = found["marks.json"]["marks"]
    assert mark == {
        "key": KEY,
        "tags": ["nlp"],
        "status": "read",
        "note": "Ünïcode.\nAnd more. ",
        "marked": "2025-11-24T12:00:00Z",
    }
    assert [step["key"] for step in found["desk.json"]["undo"]] == ["1", "2", "3"]


def test_a_file_written_by_stock_tinydb_is_read(filled: Library) -> None:
    with TinyDB(filled.root / "marks.json", indent=2) as database:
        database.table("marks").update({"tags": ["by", "hand"]})
        database.table("marks").insert({"key": "arxiv:2511.00099", "starred": True})
    assert (
        filled.marking.mark([KEY], lambda mark: mark._replace(starred=True), what=str)
        == 1
    )
    with TinyDB(filled.root / "marks.json") as database:
        marks = {doc["key"]: doc for doc in database.table("marks")}
    assert marks[KEY]["tags"] == ["by", "hand"]
    assert marks["arxiv:2511.00099"] == {"key": "arxiv:2511.00099", "starred": True}


def test_each_document_is_on_its_own_line(filled: Library) -> None:
    lines = (
        (filled.root / "papers/2025-11.json").read_text(encoding="utf-8").splitlines()
    )
    assert [line for line in lines if KEY in line] == [
        line for line in lines if "Zoku" in line
    ]
    assert json.loads("".join(lines))


def test_unknown_tables_and_fields_are_preserved(filled: Library) -> None:
    path = filled.root / "marks.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["theirs"] = {"7": {"x": [1, None, "é"]}}
    path.write_text(json.dumps(data), encoding="utf-8")
    filled.marking.mark([KEY], lambda mark: mark._replace(starred=True), what=str)
    assert json.loads(path.read_text(encoding="utf-8"))["theirs"] == data["theirs"]


def test_a_linked_file_is_replaced_at_its_target(
    filled: Library, tmp_path: Path
) -> None:
    real = tmp_path / "synced" / "marks.json"
    real.parent.mkdir()
    link = filled.root / "marks.json"
    link.rename(real)
    link.symlink_to(real)
    filled = Library(filled.root, filled.cache, linked=[filled.root], now=filled.now)
    filled.marking.mark([KEY], lambda mark: mark._replace(starred=True), what=str)
    assert link.is_symlink()
    assert json.loads(real.read_text(encoding="utf-8"))["marks"]["1"]["starred"] is True
    assert [path.name for path in real.parent.iterdir()] == ["marks.json"]
    assert [
        paper.starred
        for paper in filled.index.search(Everything()).papers
        if paper.key == KEY
    ] == [True]


def test_the_mode_of_a_file_is_preserved(filled: Library) -> None:
    path = filled.root / "marks.json"
    path.chmod(0o600)
    filled.marking.mark([KEY], lambda mark: mark._replace(starred=True), what=str)
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("mask", [0o000, 0o022, 0o777])
def test_new_files_are_private_whatever_the_umask(
    tmp_path: Path, facts: Make, mask: int
) -> None:
    base = tmp_path / "not" / "there"
    old = os.umask(mask & ~0o700)
    try:
        library = Library(base / "library", base / "cache", now="2025-11-24T12:00:00Z")
        library.adding.add({"hf": [facts("2511.00001", listed="2025-11-07")]})
        library.marking.mark([KEY], lambda mark: mark._replace(tags=("nlp",)), what=str)
        library.number(library.index.search(Everything()).papers)
        Cache(base / "cache" / "http").store(
            "https://example.org/", {"etag": "x"}, b"body"
        )
        with Throttle(base / "cache", "arxiv", 0.0).turn(lambda seconds: False):
            pass
    finally:
        os.umask(old)
    made = [base.parent, *base.parent.rglob("*")]
    assert {path.name for path in made} > {
        ".lock",
        "marks.json",
        "desk.json",
        "2025-11.json",
        "ids.tsv",
        "arxiv.1.turn",
    }
    modes = {str(path): path.stat().st_mode & 0o777 for path in made}
    assert modes == {str(path): 0o700 if path.is_dir() else 0o600 for path in made}


# ----------------------------------------------------------------- whole at every moment


def test_a_write_is_synced_before_and_after_the_rename(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[tuple[str, int]] = []
    fsync, replace = os.fsync, os.replace

    def synced(handle: int) -> None:
        fsync(handle)
        done.append(("fsync", os.fstat(handle).st_ino))

    def replaced(source: Any, target: Any, **more: Any) -> None:
        done.append(("replace", Path(source).stat().st_ino))
        replace(source, target, **more)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(os, "replace", replaced)
    path = tmp_path / "a.json"
    write_atomically(path, b"{}")
    file, folder = path.stat().st_ino, tmp_path.stat().st_ino
    assert done == [("fsync", file), ("replace", file), ("fsync", folder)]
    assert [p.name for p in tmp_path.iterdir()] == ["a.json"]


def _link(target: str) -> Callable[[Path], object]:
    return lambda path: path.symlink_to(target)


PLANTED: dict[str, Callable[[Path], object]] = {
    "a link to a file": _link("../precious"),
    "a link to nothing": _link("../new"),
    "a link to a folder": _link("../folder"),
    "a link to itself": _link("cached"),
    "a link to a pipe": _link("../pipe"),
    "a pipe": os.mkfifo,
    "a hard link": lambda path: path.hardlink_to(path.parent.parent / "precious"),
}


@pytest.mark.parametrize("plant", PLANTED.values(), ids=PLANTED.keys())
def test_what_is_planted_in_a_cache_is_replaced(
    plant: Callable[[Path], object], tmp_path: Path
) -> None:
    (tmp_path / "precious").write_text("mine")
    (tmp_path / "folder").mkdir()
    (tmp_path / "cache").mkdir()
    os.mkfifo(tmp_path / "pipe")
    before = sorted(tmp_path.rglob("*"))
    path = tmp_path / "cache" / "cached"
    plant(path)
    write_atomically(path, b"new", private=True, durable=False)
    assert path.read_bytes() == b"new"
    assert not path.is_symlink()
    assert (tmp_path / "precious").read_text() == "mine"
    assert sorted(tmp_path.rglob("*")) == sorted([*before, path])


def test_nothing_is_written_if_the_block_raises(filled: Library) -> None:
    before = contents(filled.root)

    def write_and_fail() -> None:
        with transaction(filled.folder) as changes:
            changes.set("marks.json", "marks", {"x": {"key": "x"}})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert contents(filled.root) == before


def test_nothing_is_written_without_changes(filled: Library) -> None:
    before = (filled.root / "marks.json").stat()
    with transaction(filled.folder):
        pass
    after = (filled.root / "marks.json").stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


KILLED_AT_EVERY_LINE = """
    import json, sys
    from pathlib import Path
    from tests.helpers.kill import killed as killed_at
    from papertrack.core.facts import Facts
    from papertrack.library.library import Library

    root, cache = Path(sys.argv[1]), Path(sys.argv[2])
    from papertrack.library import library as papers, marks, settings
    from papertrack.storage import atomic, edit, journal, lock, transaction
    MODULES = (papers, marks, settings, atomic, edit, journal, lock, transaction)

    def library():
        return Library(root, cache, now="2025-11-24T12:00:00Z")

    def note(text):
        change = lambda mark: mark._replace(note=text)
        library().marking.mark(["arxiv:2511.00001"], change, what=str)

    def title(text):
        facts = Facts(title=text, ids=("arxiv:2511.00001",), listed="2025-11-07")
        library().adding.add({"hf": [facts]})

    def said():
        month = json.loads((root / "papers/2025-11.json").read_text())
        one = month["papers"]["1"]["said"]["hf"]["title"]
        marks = json.loads((root / "marks.json").read_text())["marks"]
        (root / "desk.json").exists() and json.loads((root / "desk.json").read_text())
        return one, [mark.get("note") for mark in marks.values()]

    def until(number, step):
        return killed_at(step, number, modules=MODULES)

    LONG, SHORT = "Long " * 200, "S"
    kills = 0
    title(LONG); note(LONG)
    for what, value in ((note, SHORT), (title, SHORT), (note, LONG)):
        number = 0
        while True:
            old = said()
            killed = until(number, lambda: what(value))
            new = said()
            wanted = (old[0], [value]) if what is note else (value.strip(), old[1])
            assert new in (old, wanted), (what, number, str(new)[:200])
            if not killed:
                assert new == wanted
                break
            if new == wanted:
                what(LONG if value == SHORT else SHORT)
            kills += 1
            number += 4
    print(kills)
"""


def test_a_writer_killed_at_any_line_leaves_the_old_file_or_the_new(
    tmp_path: Path,
) -> None:
    kills = int(
        output(python(KILLED_AT_EVERY_LINE, tmp_path / "library", tmp_path / "cache"))
    )
    assert kills > 100


KILLED_AT_RANDOM = """
    import sys
    from pathlib import Path
    from papertrack.library.library import Library
    from papertrack.core.facts import Facts
    library = Library(Path(sys.argv[1]), Path(sys.argv[2]), now="2025-11-24T12:00:00Z")
    print("ready", flush=True)
    for number in range(10**6):
        text = str(number) * (1 + number * 7919 % 5000)
        library.marking.mark([sys.argv[3]], lambda mark: mark._replace(note=text), what=str)
        library.adding.add({"hf": [Facts(title=text, ids=(sys.argv[3],), listed="2025-11-07")]})
"""


def test_writers_killed_at_random_leave_whole_files(filled: Library) -> None:
    import random
    import time

    dice = random.Random(3)
    for _ in range(6):
        process = python(KILLED_AT_RANDOM, filled.root, filled.cache, KEY)
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
        time.sleep(dice.uniform(0.01, 0.15))
        process.kill()
        process.communicate()
        for name in (
            "papers/2025-11.json",
            "papers/2025-10.json",
            "marks.json",
            "desk.json",
        ):
            reading.read_tables(filled.root / name)
        fresh = Library(filled.root, filled.cache, now=filled.now)
        assert fresh.index.count() == 2
        assert fresh.get(KEY).tags == ("nlp",)
        fresh.index.close()


FULL_DISK = """
    import json, os, resource, sys
    from pathlib import Path
    from papertrack.core.errors import StoreError
    from papertrack.storage.transaction import transaction
    from tests.helpers.files import folder_of
    root = Path(sys.argv[1])
    path = root / "marks.json"
    old = path.read_bytes()
    for limit in (0, 1, 100, 4096, 20000):
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
        try:
            with transaction(folder_of(root)) as changes:
                changes.set("marks.json", "marks", {"k": {"key": "k", "note": "x" * 30000}})
            raise SystemExit("written")
        except StoreError as error:
            print(error)
        assert path.read_bytes() == old
    assert sorted(os.listdir(root)) == sorted(json.loads(sys.argv[2])), os.listdir(root)
"""


def test_a_full_disk_leaves_the_old_file(filled: Library) -> None:
    names = json.dumps([path.name for path in filled.root.iterdir()])
    message = output(python(FULL_DISK, filled.root, names)).splitlines()
    assert len(message) == 5
    assert all(
        f"{filled.root / '.staging'}-" in line and "nothing was changed" in line
        for line in message
    )


def test_a_folder_in_the_place_of_a_file_is_reported(filled: Library) -> None:
    """Root may write anywhere, so a folder is in the place of the file."""
    path = filled.root / "papers" / "2025-12.json"
    path.mkdir()
    with pytest.raises(StoreError, match=r"2025-12\.json: "):
        write_atomically(path, b"{}")
    assert [p.name for p in path.parent.iterdir() if p.name.endswith(".tmp")] == []


def test_a_file_in_the_place_of_the_library_is_reported(
    tmp_path: Path, facts: Make
) -> None:
    root = tmp_path / "library"
    root.write_text("mine")
    library = Library(root, tmp_path / "cache", now="2025-11-24T12:00:00Z")
    with pytest.raises(StoreError, match=r"library"):
        library.adding.add({"hf": [facts("2511.00001")]})
    assert root.read_text() == "mine"


def test_a_library_locked_by_another_process_is_reported(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    holder = python(
        """
        import sys, time
        from pathlib import Path
        from papertrack.storage.lock import locked
        from tests.helpers.files import folder_of
        with locked(folder_of(Path(sys.argv[1]))):
            print("locked", flush=True)
            time.sleep(60)
        """,
        filled.root,
    )
    assert holder.stdout is not None
    assert holder.stdout.readline() == "locked\n"
    monkeypatch.setattr(lock, "LOCK_SECONDS", 0.2)
    before = contents(filled.root)
    try:
        with pytest.raises(
            StoreError, match=rf"process {holder.pid} \(.*has been writing.*try again"
        ):
            filled.marking.mark(
                [KEY], lambda mark: mark._replace(starred=True), what=str
            )
        assert Library(filled.root, filled.cache, now=filled.now).index.count() == 2, (
            "readers need no lock"
        )
    finally:
        holder.kill()
        holder.communicate()
    assert contents(filled.root) == before
    changed = filled.marking.mark(
        [KEY], lambda mark: mark._replace(starred=True), what=str
    )
    assert changed == 1, "a killed holder frees it"


@pytest.mark.skipif(
    shutil.which("strace") is None, reason="strace makes a file system without locks"
)
@pytest.mark.parametrize("error", ["ENOSYS", "ENOLCK"])
def test_a_file_system_without_locks_is_reported_and_not_written(
    filled: Library, error: str
) -> None:
    before = contents(filled.root)
    code = """
        import sys
        from pathlib import Path
        from papertrack.core.errors import StoreError
        from papertrack.library.library import Library
        library = Library(Path(sys.argv[1]), Path(sys.argv[2]), now="2025-11-24T12:00:00Z")
        try:
            library.marking.mark([sys.argv[3]], lambda mark: mark._replace(starred=True), what=str)
        except StoreError as error:
            print(error)
    """
    injected = [
        "strace",
        "-f",
        "-o",
        os.devnull,
        "-e",
        "trace=flock",
        "-e",
        f"inject=flock:error={error}",
    ]
    message = output(python(code, filled.root, filled.cache, KEY, before=injected))
    if "strace: " in message:
        pytest.skip(message)
    assert "move it to a file system that supports locks" in message
    assert contents(filled.root) == before


# ------------------------------------------------------------------ two writers

WRITER = """
    import sys
    from pathlib import Path
    from papertrack.core.facts import Facts
    from papertrack.library.library import Library
    me = sys.argv[3]
    library = Library(Path(sys.argv[1]), Path(sys.argv[2]), now="2025-11-24T12:00:00Z")
    for number in range(40):
        key = f"arxiv:2511.{me}{number:04}"
        facts = Facts(title=f"Of {me} {number}", ids=(key,), listed="2025-11-07")
        library.adding.add({"hf": [facts]})
        change = lambda mark: mark._replace(tags=(*mark.tags, f"{me}-{number}"))
        library.marking.mark(["arxiv:2511.00001"], change, what=str)
"""


def test_two_writers_lose_nothing(library: Library, facts: Make) -> None:
    library.adding.add({"hf": [facts("2511.00001", listed="2025-11-07")]})
    writers = [python(WRITER, library.root, library.cache, me) for me in (1, 2)]
    for writer in writers:
        output(writer)
    with TinyDB(library.root / "papers/2025-11.json") as database:
        keys = [doc["key"] for doc in database.table("papers")]
    assert sorted(keys) == sorted(
        [KEY, *(f"arxiv:2511.{me}{n:04}" for me in (1, 2) for n in range(40))]
    )
    library.index.refresh()
    assert sorted(library.get(KEY).tags) == sorted(
        f"{me}-{n}" for me in (1, 2) for n in range(40)
    )
    assert library.index.count() == 81
    steps = json.loads((library.root / "desk.json").read_text(encoding="utf-8"))["undo"]
    assert sorted(int(step["key"]) for step in steps.values()) == list(
        range(62, 162)
    ), "the newest hundred, each once"


# ------------------------------------------------------------------ refusals

GOOD = (
    '{"papers":{\n"1":{"key":"arxiv:2511.00001","keys":["arxiv:2511.00001"],'
    '"added":"2025-11-01","said":{}}\n}}'
)
REFUSED = [
    ("empty", b"", ["is empty"]),
    ("blank", b" \n", ["is empty"]),
    ("zeros", b"\0" * 64, ["line 1 column 1"]),
    ("list", b"[]", ["not a TinyDB file"]),
    ("string", b'"x"', ["not a TinyDB file"]),
    ("table is a list", b'{"papers": []}', ["not a TinyDB file"]),
    ("document is a list", b'{"papers": {"1": []}}', ['document "1"']),
    ("string id", b'{"papers": {"a": {}}}', ['document "a"', "whole numbers"]),
    ("negative id", b'{"marks": {"-1": {"key": "k"}}}', ['document "-1"']),
    ("one id twice", b'{"marks": {"1": {"key": "a"}, "01": {"key": "b"}}}', ["01"]),
    ("truncated", GOOD[:60].encode(), ["line 2 column "]),
    ("truncated late", GOOD[:-1].encode(), ["line 3 column 2"]),
    ("comma", b'{\n "papers": {},\n}', ["line ", "column 1"]),
    ("conflict", b"{\n<<<<<<< HEAD\n", ["line 2 column 1"]),
    ("BOM", b"\xef\xbb\xbf{}", ["BOM", "line 1 column 1"]),
    ("NaN", b'{"marks": {\n"1": {"key": "k", "x": NaN}}}', ["NaN"]),
    ("infinity", b'{"marks": {"1": {"key": "k", "x": -Infinity}}}', ["-Infinity"]),
    (
        "name twice",
        b'{"marks": {"1": {"key": "k", "note": "a", "note": "b"}}}',
        ['"note"', "twice"],
    ),
    (
        "document twice",
        b'{"marks": {"1": {"key": "a"}, "1": {"key": "b"}}}',
        ['"1"', "twice"],
    ),
    ("not UTF-8", b'{"marks":\n\n {"1": {"key": "\xff"}}}', ["line 3", "UTF-8"]),
    ("UTF-16", '{"marks": {}}'.encode("utf-16"), ["UTF-8"]),
    ("deep", b'{"marks": {"1": {"key": ' + b"[" * 100_000, ["marks.json"]),
    (
        "huge number",
        b'{"marks": {"1": {"key": "k", "x": ' + b"9" * 5000 + b"}}}",
        ["marks.json"],
    ),
    (
        "lone surrogate",
        b'{"marks": {"1": {"key": "k", "note": "\\ud800"}}}',
        ["marks.json"],
    ),
    (
        "newer",
        b'{"format": {"1": {"version": 2}}, "marks": {}}',
        ["newer papertrack (format 2)", "upgrade"],
    ),
    (
        "odd version",
        b'{"format": {"1": {"version": "two"}}, "marks": {}}',
        ["newer papertrack (format two)"],
    ),
]


@pytest.mark.parametrize(
    ("name", "body", "parts"), REFUSED, ids=[row[0] for row in REFUSED]
)
@pytest.mark.parametrize("file", ["marks.json", "papers/2025-11.json"])
def test_a_file_that_would_be_misread_is_refused(
    filled: Library, facts: Make, file: str, name: str, body: bytes, parts: list[str]
) -> None:
    path = filled.root / file
    path.write_bytes(body)
    before = contents(filled.root)
    changes: list[Callable[[Library], object]] = [
        lambda library: library.adding.add(
            {"hf": [facts("2511.00001", upvotes=5, listed="2025-11-07")]}
        ),
        lambda library: library.adding.add(
            {"hf": [facts("2511.00002", title="New", listed="2025-11-07")]}
        ),
        lambda library: library.marking.mark(
            [KEY], lambda mark: mark._replace(starred=True), what=str
        ),
        lambda library: library.index.search(Everything()),
    ]
    for change in changes:
        library = Library(filled.root, filled.cache, now=filled.now)
        with pytest.raises(StoreError) as caught:
            change(library)
        message = str(caught.value)
        assert message.startswith(f"{path}: ")
        assert "\n" not in message
        assert len(message) < len(str(path)) + 250
        for part in parts:
            assert part in message or part == "marks.json"
        assert contents(filled.root) == before


@pytest.mark.parametrize(
    "document",
    [
        {"key": KEY},
        {"said": {}},
        {"key": 5, "said": {}},
        {"key": KEY, "said": []},
        {"key": KEY, "said": {"hf": []}},
        {"key": KEY, "keys": 5, "said": {"hf": {"title": "T"}}},
        {"key": KEY, "keys": [5], "said": {"hf": {"title": "T"}}},
        {"key": KEY, "keys": [KEY, None], "said": {"hf": {"title": "T"}}},
        {"key": "2511.00001", "said": {"hf": {"title": "Zoku mibra"}}},
        {"key": "foo:bar", "keys": ["foo:bar", KEY], "said": {"hf": {"title": "T"}}},
        {"key": KEY, "added": 5, "said": {"hf": {"title": "T"}}},
        {"key": KEY, "said": {"hf": {"title": 5}}},
        {"key": KEY, "said": {"hf": {"title": ["T"]}}},
        {"key": KEY, "said": {"hf": {"title": {"a": 1}}}},
        {"key": KEY, "said": {"hf": {"title": "T", "authors": "A. Zoku"}}},
        {"key": KEY, "said": {"hf": {"title": "T", "authors": [None, 5]}}},
        {"key": KEY, "said": {"hf": {"title": "T", "author_count": "many"}}},
        {"key": KEY, "said": {"hf": {"title": "T", "upvotes": "many"}}},
        {"key": KEY, "said": {"hf": {"title": "T", "upvotes": 10**30}}},
        {"key": KEY, "said": {"hf": {"title": "T", "upvotes": {}}}},
        {"key": KEY, "said": {"hf": {"title": "T", "version": "two"}}},
        {"key": KEY, "said": {"hf": {"title": "T", "listed": "soon"}}},
        {"key": KEY, "said": {"hf": {"title": "T", "listed": 20251107}}},
        {"key": KEY, "said": {"hf": {"title": "T", "abstract": {"a": 1}}}},
        {"key": KEY, "said": {"hf": {"title": "T", "ids": [5]}}},
        {"key": KEY, "said": {"hf": {"title": "T", "theirs": [5]}}},
        {"key": KEY, "theirs": 5, "said": {}},
    ],
    ids=lambda document: json.dumps(document)[:60],
)
def test_a_paper_edited_by_hand_is_read_or_refused(
    library: Library, facts: Make, document: dict[str, Any]
) -> None:
    path = library.root / "papers" / "2025-11.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"papers": {"1": document}}), encoding="utf-8")
    steps: list[Callable[[], object]] = [
        lambda: library.index.search(Everything()),
        lambda: library.marking.mark(
            [KEY], lambda mark: mark._replace(tags=("a",)), what=str
        ),
        lambda: library.adding.add(
            {"hf": [facts("2511.00001", upvotes=5, listed="2025-11-07")]}
        ),
        lambda: library.adding.add(
            {"arxiv": [facts("2511.00001", upvotes=6, listed="2025-11-07")]}
        ),
        lambda: library.index.search(Everything()),
    ]
    for step in steps:
        before = path.read_bytes()
        try:
            step()
        except StoreError as error:
            refusal = str(error)
        else:
            continue
        assert refusal.startswith(f"{path}: ")
        assert path.read_bytes() == before


@pytest.mark.parametrize(
    "document",
    [
        {},
        {"key": 5},
        {"key": KEY, "tags": "nlp"},
        {"key": KEY, "tags": [None, 5]},
        {"key": KEY, "tags": 5},
        {"key": KEY, "note": 5},
        {"key": KEY, "note": ["a"]},
        {"key": KEY, "note": {}},
        {"key": KEY, "status": 5},
        {"key": KEY, "status": "Read"},
        {"key": KEY, "starred": "yes"},
        {"key": KEY, "marked": 5},
        {"key": KEY, "marked": ["a"]},
    ],
    ids=json.dumps,
)
def test_a_mark_edited_by_hand_is_read_or_refused(
    filled: Library, facts: Make, document: dict[str, Any]
) -> None:
    path = filled.root / "marks.json"
    path.write_text(json.dumps({"marks": {"1": document}}), encoding="utf-8")
    steps: list[Callable[[], object]] = [
        lambda: filled.index.search(Everything()),
        lambda: filled.marking.rename_tag("a", "b"),
        lambda: filled.marking.mark(
            [KEY], lambda mark: mark._replace(tags=(*mark.tags, "a")), what=str
        ),
        lambda: filled.index.search(Everything()),
    ]
    for step in steps:
        before = path.read_bytes()
        try:
            step()
        except StoreError as error:
            refusal = str(error)
        else:
            assert "n" not in {tag.name for tag in filled.index.tags()}, (
                "a string is no list of letters"
            )
            continue
        assert refusal.startswith(f"{path}: ")
        assert path.read_bytes() == before


def test_lone_surrogates_never_reach_a_file(filled: Library, facts: Make) -> None:
    filled.adding.add(
        {
            "hf": [
                facts(
                    "2511.00003",
                    title="Lone \ud800 one",
                    abstract="\udfff",
                    listed="2025-11-07",
                )
            ]
        }
    )
    assert filled.get("arxiv:2511.00003").title == "Lone one"
    before = contents(filled.root)
    with pytest.raises(StoreError, match="nothing was changed"):
        filled.marking.mark(
            [KEY], lambda mark: mark._replace(note="bad \ud800"), what=str
        )
    with pytest.raises(StoreError, match="nothing was changed"):
        filled.marking.mark(
            [KEY], lambda mark: mark._replace(tags=("\udc80",)), what=str
        )
    assert contents(filled.root) == before
    for body in before.values():
        body.decode("utf-8")
        assert b"\\ud8" not in body


@pytest.mark.parametrize("value", [float("nan"), float("inf"), {1, 2}, b"x"])
def test_values_that_json_lacks_are_refused(filled: Library, value: Any) -> None:
    before = contents(filled.root)
    with (
        pytest.raises(StoreError, match="nothing was changed"),
        transaction(filled.folder) as changes,
    ):
        changes.set("marks.json", "marks", {"k": {"key": "k", "x": value}})
    assert contents(filled.root) == before
