"""JSON lines are imported as a stream: batch by batch, and resumed where an import was
killed.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest

BATCH, LINES = 200, 1100
# Batches of 200 lines rather than 3,000: a second less for each import.
START = (
    f"from papertrack.fetching import files; files.BATCH = {BATCH}; "
    "from papertrack.sources.bibliography import json_objects; json_objects.BATCH = 100; "
    "from papertrack.__main__ import main; main()"
)
FIELDS = "key,title,authors,published,sources,version"


@pytest.fixture(scope="module")
def lines(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A snapshot of several batches; every 50th paper occurs twice, the second time
    with another title.
    """
    path = tmp_path_factory.mktemp("lines") / "snapshot.jsonl"
    with path.open("w", encoding="utf-8") as file:
        for n in range(LINES):
            number = n - 49 if n % 50 == 49 else n
            file.write(
                json.dumps(
                    {
                        "id": f"{2501 + number // 400}.{number:05}",
                        "title": f"Owls, Part {n}",
                        "abstract": "They read.",
                        "authors_parsed": [["Ek", f"Ann {n}", ""]],
                        "categories": "cs.CL",
                        "update_date": "2025-11-05",
                        "versions": [
                            {"version": "v1", "created": f"{n % 27 + 1} Nov 2025"}
                        ],
                    }
                )
                + "\n"
            )
    return path


def started(path: Path, env: Mapping[str, str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", START, "import", str(path)],
        env=env,
        text=True,
        stderr=subprocess.PIPE,
    )


def await_place(
    env: Mapping[str, str], process: subprocess.Popen[str], before: int = 0
) -> int:
    """The number of imported lines the import recorded, once it is more than `before`."""
    while process.poll() is None:
        for place in Path(env["PAPERTRACK_CACHE"]).glob("imports/*.json"):
            if (noted := json.loads(place.read_bytes())["lines"]) > before:
                return int(noted)
        time.sleep(0.005)
    raise AssertionError("the import ended too soon")


def places(env: Mapping[str, str]) -> list[Path]:
    return list(Path(env["PAPERTRACK_CACHE"]).glob("imports/*"))


@pytest.fixture(scope="module")
def whole(lines, tmp_path_factory) -> tuple[str, str]:
    """The output of an uninterrupted import, and the library it makes."""
    home = tmp_path_factory.mktemp("whole")
    env = {
        **os.environ,
        "PAPERTRACK_LIBRARY": str(home / "library"),
        "PAPERTRACK_CACHE": str(home / "cache"),
        "PAPERTRACK_STATE": str(home / "state"),
    }
    output = started(lines, env).communicate(timeout=60)[1]
    assert not places(env)
    return output, exported(env)


def exported(env: Mapping[str, str]) -> str:
    command = [
        sys.executable,
        "-c",
        START,
        "export",
        "--format",
        "jsonl",
        "--fields",
        FIELDS,
    ]
    return subprocess.run(
        command, env=env, check=True, capture_output=True, text=True
    ).stdout


def test_a_stream_is_imported_completely(whole, lines):
    output, library = whole
    new = LINES - LINES // 50
    assert library.count("\n") == new
    assert output.startswith(f"{lines}: {new} new, ")
    assert '"Owls, Part 49"' in library
    assert '"Owls, Part 0"' not in library


def test_an_import_killed_repeatedly_resumes(home, lines, whole):
    """Killed within the first batch, right after it, and within a later one."""
    process = started(lines, home)
    while not list(Path(home["PAPERTRACK_LIBRARY"]).glob("papers/*.json")):
        time.sleep(0.002)
    process.kill()
    process.communicate()

    process = started(lines, home)
    reached = await_place(home, process)
    process.kill()
    process.communicate()

    process = started(lines, home)
    reached = await_place(home, process, reached)
    time.sleep(0.05)
    process.kill()
    assert f"{lines}: resuming at line " in process.communicate()[1]

    process = started(lines, home)
    output = process.communicate(timeout=60)[1]
    assert process.returncode == 0, output
    first = int(output.partition("resuming at line ")[2].partition("\n")[0])
    assert reached < first <= LINES
    assert exported(home) == whole[1]
    assert not places(home)


def test_an_interrupt_reports_the_saved_lines(papertrack, home, lines, whole):
    process = started(lines, home)
    reached = await_place(home, process)
    process.send_signal(signal.SIGINT)
    output = process.communicate(timeout=10)[1].splitlines()
    assert process.returncode == 130
    following = int(output[-1].rpartition(" ")[2])
    saved = following - 1
    assert saved >= reached
    assert output[-1] == (
        f"papertrack: interrupted; {saved} lines of {lines} are saved; run the same "
        f"command to resume at line {following}"
    )
    assert output[0] == f"{lines}: {saved - saved // 50} new, 0 updated, 0 known"
    assert papertrack(["import", str(lines)]).err.startswith(
        f"{lines}: resuming at line {following}\n"
    )
    assert exported(home) == whole[1]


def test_a_saved_position_belongs_to_one_file_and_library(
    papertrack, home, lines, tmp_path
):
    process = started(lines, home)
    await_place(home, process)
    process.kill()
    process.communicate()
    assert (
        "resuming"
        not in papertrack(["import", str(lines), "--limit", "5", "--dry-run"]).err
    )
    assert "resuming" not in papertrack(["import", str(lines), "--limit", "5"]).err
    other = {**home, "PAPERTRACK_LIBRARY": str(tmp_path / "other")}
    assert (
        "resuming"
        not in papertrack(["import", str(lines), "--limit", "5"], env=other).err
    )
    (place,) = places(home)
    copy = tmp_path / "moved.jsonl"
    copy.write_text(lines.read_text() + "{}\n")
    assert "resuming" not in papertrack(["import", str(copy), "--limit", "5"]).err
    # A library that lost what was taken is filled from the first line on.
    for path in Path(home["PAPERTRACK_LIBRARY"]).glob("papers/*.json"):
        path.unlink()
    assert place.exists()
    assert "resuming" not in papertrack(["import", str(lines)]).err
    assert not places(home)


@pytest.mark.parametrize(
    "content",
    [b"", b"[]", b"null", b'{"lines": -1, "keys": ["arxiv:1"]}', b'{"lines": 9}'],
)
def test_an_invalid_saved_position_is_ignored(content, tmp_path):
    from papertrack.fetching.files import Place
    from tests.helpers.libraries import Library

    place = Place(tmp_path / "place.json")
    place.path.write_bytes(content)
    now = "2025-11-05T00:00:00Z"
    library = Library(tmp_path / "library", tmp_path / "cache", now=now)
    assert place.reached(library) == 0


def test_standard_input_limits_and_dry_runs(papertrack, lines, tmp_path):
    body = b"".join(lines.read_bytes().splitlines(keepends=True))
    assert papertrack("import - --dry-run", body).err.startswith(
        "standard input: 1078 new, "
    )
    assert papertrack("list").out == ""
    assert (
        papertrack("import - --limit 7", body).err
        == "standard input: 7 new, 0 updated, 0 known\n"
    )
    assert papertrack("fetch -", body).err.startswith("standard input: 1071 new, ")


def test_unreadable_lines_are_reported_by_number(papertrack, tmp_path):
    path = tmp_path / "o.jsonl"
    good = [
        json.dumps({"id": f"2511.{n:05}", "title": f"Owls {n}"}) for n in range(1, 1101)
    ]
    good[2] = '{"id": "2511.00003", "title": "cut'
    good[1050] = "[]"
    path.write_text("\n".join(good))
    ran = papertrack(["import", str(path)])
    assert ran.code == 3
    first, third, later, error = ran.err.splitlines()
    assert error == (
        f"papertrack: {path}: 2 entries can't be read; correct the file and import it again"
    )
    assert first == f"{path}: 1098 new, 0 updated, 0 known, 2 problems"
    assert third.startswith(f"  {path}, line 3: the JSON can't be read: ")
    assert later.startswith(f"  {path}, line 1051: an object is expected")


def test_progress_on_a_terminal(spawn, lines, tmp_path):
    path = tmp_path / "long.jsonl"
    path.write_text(lines.read_text() * 24)  # over half a second of work on any machine
    child = spawn(["import", str(path)], columns=200)
    child.expect(r"[\d,]+/[\d,]+ lines")
    child.expect(r"1078 new, ", timeout=120)
    child.wait()
