"""A short form of tests/soak: faults at some of the calls that write, kills at random,
many processes at once. And bad disks.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import os
import resource
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.helpers import system_faults as faulty

ID = "2511.04570"


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> faulty.Worked:
    """A library with changes, to be copied."""
    folder = tmp_path_factory.mktemp("worked")
    return faulty.worked(folder, faulty.rows(folder))


@pytest.mark.skipif(
    not faulty.can_inject(), reason="strace is missing, or may not inject"
)
@pytest.mark.parametrize(
    ("command", "fault", "every"),
    [
        ("tag add", "signal=KILL", 61),
        ("tag add", "error=ENOSPC", 67),
        ("fetch", "signal=KILL", 71),
        ("restore", "error=EIO", 53),
        ("restore", "signal=KILL", 37),
    ],
)
def test_faults_at_some_writing_calls_lose_nothing(
    command: str, fault: str, every: int, tmp_path: Path, worked: faulty.Worked
) -> None:
    tally = faulty.injected(
        worked.place, worked.words[command], fault, tmp_path, every=every
    )
    assert not tally.wrong
    assert tally.faults >= 2


def test_kills_at_random_lose_nothing(tmp_path: Path) -> None:
    tally = faulty.killed_at_random(faulty.Place(tmp_path), kills=5, seed=5)
    assert tally.kills == 5
    assert tally.papers


def test_concurrent_writers_and_readers_lose_nothing(tmp_path: Path) -> None:
    tally = faulty.crowd(faulty.Place(tmp_path), days=10, writers=3, marks=5, readers=2)
    assert tally.reads > 5


# ------------------------------------------------------------------ disks


@pytest.fixture
def place(worked: faulty.Worked, tmp_path: Path) -> faulty.Place:
    return worked.place.copy(tmp_path / "place")


def error_of(ran: faulty.Ran, place: faulty.Place) -> str:
    """The one line of the error message."""
    assert ran.code == 1, ran
    assert "Traceback" not in ran.err
    (line,) = (line for line in ran.err.splitlines() if line.startswith("papertrack: "))
    assert str(place.root) in line
    return line


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[..., Path]]:
    """`mounted(options)`: a file system of its own. Skips where mounting is not
    allowed.
    """
    folder = tmp_path / "mounted"
    folder.mkdir()

    def mount(options: str) -> Path:
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", str(folder)]
        if (
            os.geteuid()
            or subprocess.run(command, capture_output=True, check=False).returncode
        ):
            pytest.skip("mounting is not allowed here")
        return folder

    yield mount
    subprocess.run(["umount", "-l", str(folder)], capture_output=True, check=False)


def test_a_full_disk_is_reported_and_changes_nothing(
    worked: faulty.Worked, mounted: Callable[..., Path]
) -> None:
    folder = mounted("size=2m")
    place = worked.place.copy(folder / "place")
    with (folder / "filler").open("wb", buffering=0) as filler:
        with contextlib.suppress(OSError):
            while filler.write(b"\0" * 4096):
                pass
        before = place.state()
        for words in (*worked.words.values(), ("note", ID, "x" * 5000), ("backup",)):
            assert "No space left on device" in error_of(place.ran(*words), place)
            assert place.state() == before
        place.check()
        filler.truncate(0)
    assert place.ran(*worked.words["tag add"]).code == 0
    place.check()


def test_a_file_size_limit_is_reported(
    worked: faulty.Worked, place: faulty.Place
) -> None:
    before = place.state()

    def limited() -> int:
        resource.setrlimit(resource.RLIMIT_FSIZE, (5000, resource.RLIM_INFINITY))
        return place.run("note", ID, "x" * 5000)

    assert "File too large" in error_of(faulty.forked(limited), place)
    assert place.state() == before
    place.check()


def test_a_read_only_disk_is_reported_and_can_be_read(
    worked: faulty.Worked, mounted: Callable[..., Path]
) -> None:
    folder = mounted("size=4m")
    place = worked.place.copy(folder / "place")
    subprocess.run(["mount", "-o", "remount,ro", str(folder)], check=True)
    before = place.state()
    for words in worked.words.values():
        assert "Read-only file system" in error_of(place.ran(*words), place)
    assert place.ran("list").code == 0
    assert place.ran("show", ID).code == 0
    assert place.state() == before


def test_a_folder_removed_during_a_write_is_reported(place: faulty.Place) -> None:
    def step() -> int:
        from papertrack.storage import layout
        from papertrack.storage.journal import Staging

        stage = Staging.stage

        def stage_without_folder(
            staging: Staging, name: str, body: bytes
        ) -> layout.Stamp:
            if staging.root.is_dir():
                shutil.rmtree(staging.root)
                staging.root.write_text("something else is there now")
            return stage(staging, name, body)

        Staging.stage = stage_without_folder  # type: ignore[method-assign,assignment]
        return place.run("tag", "add", "new", ID)

    error_of(faulty.forked(step), place)
    place.root.unlink()
    ran = place.ran("list")
    assert ran.code == 0
    assert ran.err.startswith("the library is empty; papertrack fetch fills it")


def test_a_clock_set_back_a_year_does_no_harm(place: faulty.Place) -> None:
    year_ago = dt.datetime.now(dt.UTC) - dt.timedelta(365)
    papers, marks, views = place.state()
    assert place.run("tag", "add", "later", ID) == 0
    assert place.run("tag", "add", "earlier", ID, now=year_ago) == 0
    assert place.run("fetch", "sample", now=year_ago) == 0
    place.check()
    now = place.state()
    assert (now[0], now[2]) == (papers, views)
    assert now[1][f"arxiv:{ID}"].tags == (
        *marks[f"arxiv:{ID}"].tags,
        "later",
        "earlier",
    )
    assert place.run("undo", now=year_ago) == 0
    assert place.state()[1][f"arxiv:{ID}"].tags[-1] == "later"
