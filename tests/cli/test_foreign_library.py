"""Libraries from elsewhere: nothing outside of one is read, written, created, renamed or
deleted through what it contains, and one that its owner linked works when agreed to.
"""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import NamedTuple

import pytest

ID = "2511.04570"
KEY = f"arxiv:{ID}"
STOLEN = {
    "format": {"1": {"version": 1}},
    "marks": {"1": {"key": KEY, "tags": ["stolen"], "note": "stolen"}},
    "papers": {"1": {"key": KEY, "keys": [KEY], "said": {"hf": {"title": "stolen"}}}},
    "views": {"1": {"key": "stolen", "query": "stolen"}},
}

READING = (
    "list",
    "list --all --json",
    "search video",
    f"show {ID}",
    "tags",
    "view list",
    "rule list",
    "feed list",
    "status",
    "stats",
    "log",
    "export --format jsonl",
    "doctor",
)
WRITING = (
    f"tag add new {ID}",
    f"star {ID}",
    "view save v video",
    "rule add r --if video --do star",
    "fetch sample",
    "undo",
    "tag add averylongtagname model --yes",
    "tag rename averylongtagname another",
    "backup",
    "restore marks-0001-2025-11-20.json --yes",
    "restore BACKUP --yes",
    "undo",
    "redo",
    "doctor --fix",
)

Run = Callable[..., "Ran"]
Plant = Callable[[Path, Path], object]
"""Puts something into the library (the first), which leads to the folder `outside`."""


class Ran(NamedTuple):
    code: int
    out: str
    err: str


class Reader(NamedTuple):
    """A reader with a library, and files outside of it that are not papertrack's."""

    env: dict[str, str]
    run: Run

    @property
    def root(self) -> Path:
        return Path(self.env["PAPERTRACK_LIBRARY"])

    @property
    def outside(self) -> Path:
        return self.root.with_name("outside")

    def agree(self, *libraries: Path) -> None:
        text = json.dumps([str(path) for path in libraries])
        config = Path(self.env["PAPERTRACK_CONFIG"])
        config.write_text(f"linked_libraries = {text}\n", encoding="utf-8")


def snapshot(folder: Path) -> dict[str, object]:
    """All that is in a folder, with times and modes, by name."""
    found: dict[str, object] = {}
    for path in (folder, *sorted(folder.rglob("*"))):
        stat = path.lstat()
        content: object = None
        if path.is_symlink():
            content = path.readlink()
        elif path.is_file():
            content = path.read_bytes()
        name = str(path.relative_to(folder))
        found[name] = (stat.st_mode, stat.st_mtime_ns, stat.st_nlink, content)
    return found


@pytest.fixture
def in_time() -> Iterator[None]:
    """Fail if something waits for a pipe for ever."""

    def fail(number: int, frame: FrameType | None) -> None:
        raise AssertionError("a command hangs")

    before = signal.signal(signal.SIGALRM, fail)
    signal.alarm(120)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture(scope="module")
def prepared(
    sample_home: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """A library with the sample, a backup of everything, and a rolling one."""
    root = tmp_path_factory.mktemp("prepared") / "library"
    shutil.copytree(sample_home["PAPERTRACK_LIBRARY"], root)
    marks = {"format": STOLEN["format"], "marks": {"1": {"key": KEY, "tags": ["own"]}}}
    for folder in ("backups", "undo"):
        (root / folder).mkdir(exist_ok=True)
    for name in ("marks.json", "backups/marks-0001-2025-11-20.json"):
        (root / name).write_text(json.dumps(marks))
    (root / "desk.json").write_text(json.dumps({"format": STOLEN["format"]}))
    for path in (root, *root.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
    return root


@pytest.fixture
def reader(home: dict[str, str], inside: Run, prepared: Path, in_time: None) -> Reader:
    env = {**home, "PAPERTRACK_CONFIG": f"{home['HOME']}/config.toml"}
    found = Reader(env, lambda command: inside(command, env=env))
    shutil.copytree(prepared, found.root)
    ran = found.run(f"backup {found.root.parent / 'all.tar.gz'}")
    assert ran.code == 0, ran.err
    outside = found.outside
    (outside / "folder").mkdir(parents=True)
    (outside / "secret").write_text("stolen: ssh-rsa AAAA\n")
    for name in ("marks.json", "folder/5.json", "folder/2025-11.json"):
        (outside / name).write_text(json.dumps(STOLEN))
    os.mkfifo(outside / "pipe")
    (outside / "link").symlink_to("secret")
    return found


def attack(reader: Reader) -> dict[str, Ran]:
    """Run every command; each ends in order, without a word of what is outside."""
    before = snapshot(reader.outside)
    results = {}
    for command in (*READING, *WRITING, *READING):
        words = command.replace("BACKUP", str(reader.root.parent / "all.tar.gz"))
        ran = reader.run(words)
        assert ran.code in (0, 1, 2, 5), (command, ran)
        assert "Traceback" not in ran.err, command
        assert "stolen" not in ran.out + ran.err, command
        results[command] = ran
    assert snapshot(reader.outside) == before
    return results


def to(name: str, target: str) -> Plant:
    """A link in place of a file of the library."""

    def plant(root: Path, outside: Path) -> None:
        path = root / name
        if path.is_dir():
            shutil.rmtree(path)
        path.unlink(missing_ok=True)
        path.symlink_to(target.replace("OUTSIDE", str(outside)))

    return plant


def chain(root: Path, outside: Path) -> None:
    (root / "second").symlink_to("papers/../third")
    (root / "third").symlink_to(outside / "secret")
    to("marks.json", "second")(root, outside)


def circle(root: Path, outside: Path) -> None:
    (root / "second").symlink_to("marks.json")
    to("marks.json", "second")(root, outside)


def hook(root: Path, outside: Path) -> None:
    (root / ".git/hooks").mkdir(parents=True)
    (root / ".git/hooks/post-checkout").write_text("#!/bin/sh\n")
    to("marks.json", ".git/hooks/post-checkout")(root, outside)


LINKS: dict[str, Plant] = {
    "marks to a text": to("marks.json", "../outside/secret"),
    "marks to a library's marks": to("marks.json", "OUTSIDE/marks.json"),
    "marks to nothing": to("marks.json", "../outside/new"),
    "marks to nothing in nothing": to("marks.json", "../outside/new/new"),
    "marks through a folder": to("marks.json", "papers/../../outside/marks.json"),
    "marks to a pipe": to("marks.json", "../outside/pipe"),
    "marks to a device": to("marks.json", "/dev/zero"),
    "marks to a folder": to("marks.json", "../outside"),
    "marks in a chain": chain,
    "marks in a circle": circle,
    "marks to a hook of git": hook,
    "marks to settings": to("marks.json", "desk.json"),
    "settings to a text": to("desk.json", "../outside/secret"),
    "settings to a library's": to("desk.json", "../outside/marks.json"),
    "settings to nothing": to("desk.json", "../outside/.bash_aliases"),
    "a month to a month": to("papers/2025-11.json", "../../outside/marks.json"),
    "a month more": to("papers/2024-01.json", "../../outside/folder/5.json"),
    "a month to a pipe": to("papers/2024-01.json", "OUTSIDE/pipe"),
    "papers to a folder": to("papers", "../outside/folder"),
    "papers to the library": to("papers", "."),
    "papers to what is above": to("papers", ".."),
    "papers to nothing": to("papers", "../outside/new"),
    "papers to a file": to("papers", "../outside/secret"),
    "a copy of marks": to("marks (1).json", "../outside/marks.json"),
    "a copy of a month": to("papers/2025-11 (1).json", "OUTSIDE/marks.json"),
}
"""A link among what a reading command reads."""

ASIDE: dict[str, Plant] = {
    "undo to a folder": to("undo", "../outside/folder"),
    "undo to the library": to("undo", "papers"),
    "undo to nothing": to("undo", "../outside/new"),
    "a step to a text": to("undo/1.json", "../../outside/secret"),
    "a step to a step": to("undo/5.json", "../../outside/folder/5.json"),
    "backups to a folder": to("backups", "../outside/folder"),
    "backups to what is above": to("backups", "../outside"),
    "backups to nothing": to("backups", "OUTSIDE/new"),
    "a backup to a text": to("backups/marks-0001-2025-11-20.json", "OUTSIDE/secret"),
    "a backup to marks": to("backups/marks-0001-2025-11-20.json", "OUTSIDE/marks.json"),
    "the lock to a text": to(".lock", "../outside/secret"),
    "the lock to nothing": to(".lock", "../outside/new"),
    "the queue to a text": to(".lock-turn", "../outside/secret"),
    "the queue to a pipe": to(".lock-turn", "../outside/pipe"),
}
"""A link among what only a writing command touches."""


@pytest.mark.parametrize("plant", LINKS.values(), ids=LINKS.keys())
def test_a_link_among_papers_marks_and_settings(reader: Reader, plant: Plant) -> None:
    plant(reader.root, reader.outside)
    before = snapshot(reader.root)
    results = attack(reader)
    for command in ("list", "tags", f"tag add new {ID}", "fetch sample", "backup"):
        ran = results[command]
        assert ran.code == 1, command
        assert ran.out == "", command
        assert ran.err.startswith(f"papertrack: {reader.root}/")
        assert "is a link" in ran.err
        assert f"papertrack config set linked_libraries {reader.root}\n" in ran.err
    assert results["doctor"].out.startswith("link\t")
    assert snapshot(reader.root) == before


@pytest.mark.parametrize("plant", ASIDE.values(), ids=ASIDE.keys())
def test_a_link_among_the_rest(reader: Reader, plant: Plant) -> None:
    plant(reader.root, reader.outside)
    before = snapshot(reader.root)
    results = attack(reader)
    assert results["list"].code == 0
    assert results[f"show {ID}"].code == 0
    for command in (f"tag add new {ID}", "fetch sample", "backup", "undo"):
        ran = results[command]
        assert ran.code == 1, command
        assert "is a link" in ran.err
    assert results["doctor --fix"].out.startswith("link\t")
    assert snapshot(reader.root) == before


def pipe(name: str) -> Plant:
    def plant(root: Path, outside: Path) -> None:
        (root / name).unlink(missing_ok=True)
        os.mkfifo(root / name)

    return plant


def folder(name: str) -> Plant:
    def plant(root: Path, outside: Path) -> None:
        (root / name).unlink(missing_ok=True)
        (root / name).mkdir()
        (root / name / "mine").write_text("mine")

    return plant


def file(name: str) -> Plant:
    def plant(root: Path, outside: Path) -> None:
        shutil.rmtree(root / name)
        (root / name).write_text("mine")

    return plant


def listening(root: Path, outside: Path) -> None:
    (root / "desk.json").unlink()
    here = Path.cwd()
    os.chdir(root)  # the path of a socket has at most 107 characters
    with socket.socket(socket.AF_UNIX) as server:
        server.bind("desk.json")
    os.chdir(here)


OTHERS: dict[str, Plant] = {
    **{
        f"a pipe at {name}": pipe(name)
        for name in (
            *("marks.json", "desk.json", "papers/2025-11.json", "papers/2024-01.json"),
            *("undo/1.json", ".lock", ".lock-turn", "marks (1).json"),
            "backups/marks-0001-2025-11-20.json",
        )
    },
    **{
        f"a folder at {name}": folder(name)
        for name in ("marks.json", "desk.json", "papers/2025-11.json", ".lock")
    },
    **{f"a file at {name}": file(name) for name in ("papers", "undo", "backups")},
    "a socket at desk.json": listening,
}


@pytest.mark.parametrize("plant", OTHERS.values(), ids=OTHERS.keys())
def test_what_is_not_a_file_or_folder(reader: Reader, plant: Plant) -> None:
    plant(reader.root, reader.outside)
    before = snapshot(reader.root)
    reader.agree(reader.root)
    results = attack(reader)
    ran = results[f"tag add new {ID}"]
    assert ran.code == 1
    assert "; move it away" in ran.err
    assert results["doctor"].out.startswith("link\t")
    assert snapshot(reader.root) == before


@pytest.mark.parametrize(
    "name",
    [
        *("marks.json", "desk.json", ".lock", ".lock-turn", "papers/2025-11.json"),
        *("backups/marks-0001-2025-11-20.json", "undo/1.json", "papers/.x.json.tmp"),
    ],
)
def test_a_file_with_another_name_elsewhere_stays_as_it_is(
    reader: Reader, name: str
) -> None:
    """A hard link: it is replaced, never changed in place."""
    path = reader.root / name
    body = path.read_bytes() if path.exists() else b"{}"
    real = reader.outside / "real"
    real.write_bytes(body)
    real.chmod(0o644)
    path.unlink(missing_ok=True)
    path.hardlink_to(real)
    before = (body, 0o644, real.stat().st_mtime_ns)
    for command in WRITING:
        words = command.replace("BACKUP", str(reader.root.parent / "all.tar.gz"))
        assert reader.run(words).code in (0, 1), command
    stat = real.stat()
    assert (real.read_bytes(), stat.st_mode & 0o777, stat.st_mtime_ns) == before


def test_only_names_of_the_undo_log_are_followed(reader: Reader) -> None:
    """A step can name a file elsewhere without any link."""
    for number, name in enumerate(
        ("../../outside/marks.json", f"{reader.outside}/marks.json", "../desk.json")
    ):
        step = {"key": "7", "at": "", "what": "w", "changes": [], "file": name}
        if number == 2:
            step = {**step, "file": "7.json", "archive": "../../all.tar.gz"}
        desk = {"format": STOLEN["format"], "undo": {"1": step}}
        (reader.root / "desk.json").write_text(json.dumps(desk))
        attack(reader)


# ------------------------------------------------------------------ with git


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_a_clone(reader: Reader) -> None:
    """git keeps links and journals; the library works when the links are deleted."""
    hostile = reader.root.with_name("hostile")
    shutil.copytree(reader.root, hostile)
    for name, plant in (*LINKS.items(), *ASIDE.items()):
        if name in ("marks to a text", "papers to what is above", "undo to a folder"):
            plant(hostile, reader.outside)
    for name in (".replacing", ".staging", ".staging-0011223344556677"):
        (hostile / name).mkdir()
        (hostile / name / "marks.json").write_text("pwned")
        plan = {"put": ["marks.json"], "drop": ["desk.json"]}
        (hostile / name / "plan.json").write_text(json.dumps(plan))
    git = ["git", "-c", "user.name=a", "-c", "user.email=a@b.example"]
    for words in (["init", "-q"], ["add", "-f", "."], ["commit", "-qm", "x"]):
        subprocess.run([*git, *words], cwd=hostile, check=True)
    shutil.rmtree(reader.root)
    subprocess.run([*git, "clone", "-q", hostile, reader.root], check=True)
    assert (reader.root / "marks.json").is_symlink()
    attack(reader)
    for path in reader.root.iterdir():
        if path.is_symlink():
            path.unlink()
    before = snapshot(reader.outside)
    for command in ("fetch sample", *READING, f"tag add new {ID}", "list"):
        ran = reader.run(command)
        assert ran.code == (1 if command == "doctor" else 0), (command, ran)
    found = [
        line.split("\t")[:2]
        for line in reader.run("doctor").out.splitlines()
        if line.startswith("left\t")
    ]
    names = [".replacing", ".staging", ".staging-0011223344556677"]
    assert found == [["left", name] for name in names]
    assert reader.run("doctor --fix").code == 0
    assert reader.run("doctor").code == 0
    assert len(list((reader.root / "backups").glob("interrupted-*/plan.json"))) == 3
    assert reader.run("tags").out.startswith("new\t")
    assert snapshot(reader.outside) == before


# ------------------------------------------------------------------ agreed to


def moved(name: str) -> Plant:
    """What an owner does: the file moves elsewhere, a link takes its place."""

    def plant(root: Path, outside: Path) -> None:
        target = outside / Path(name).name
        shutil.rmtree(target, ignore_errors=True)
        target.unlink(missing_ok=True)
        (root / name).rename(target)
        (root / name).symlink_to(target)

    return plant


OWNED: dict[str, Plant] = {
    name: moved(name)
    for name in ("marks.json", "desk.json", "papers", "undo", "backups")
} | {
    "a month": moved("papers/2025-11.json"),
    "marks to nothing yet": to("marks.json", "../outside/new.json"),
    "settings to nothing yet": to("desk.json", "OUTSIDE/folder/new.json"),
}


@pytest.mark.parametrize("plant", OWNED.values(), ids=OWNED.keys())
def test_an_owner_s_link_works_when_agreed_to(reader: Reader, plant: Plant) -> None:
    plant(reader.root, reader.outside)
    links = {path for path in reader.root.rglob("*") if path.is_symlink()}
    refused = reader.run(f"tag add new {ID}")
    assert refused.code == 1
    advice = refused.err.strip().partition("agree once: papertrack ")[2]
    assert reader.run(advice).code == 0
    for command in (f"tag add new {ID}", "tag add more model --yes", "undo", "redo"):
        ran = reader.run(command)
        assert ran.code == 0, (command, ran)
    assert reader.run("list tag:new --format ids").out.split() == [ID]
    assert {path for path in reader.root.rglob("*") if path.is_symlink()} == links


def test_a_link_to_a_disk_that_is_not_mounted(reader: Reader) -> None:
    """The library is not taken for an empty one."""
    reader.agree(reader.root)
    for name, kind in (("marks.json", "file"), ("papers", "folder")):
        saved = reader.root / f"saved-{name}"
        (reader.root / name).rename(saved)
        (reader.root / name).symlink_to(reader.outside / "unmounted" / name)
        for command in ("list", f"tag add new {ID}"):
            ran = reader.run(command)
            assert ran.code == 1
            assert f"{name}: is not a {kind}" in ran.err
        (reader.root / name).unlink()
        saved.rename(reader.root / name)


def test_a_library_that_is_a_link(reader: Reader) -> None:
    real = reader.root.with_name("real")
    reader.root.rename(real)
    reader.root.symlink_to(real)
    assert reader.run(f"show {ID}").code == 0
    before = snapshot(real)
    for command in (f"tag add new {ID}", "fetch sample", "backup", "doctor --fix"):
        ran = reader.run(command)
        assert ran.code == 1, command
        assert "is a link, so nothing is written there" in ran.out + ran.err
    assert snapshot(real) == before
    for agreed in (reader.root, real, real.parent / "." / "real"):
        reader.agree(Path("/elsewhere"), agreed)
        assert reader.run(f"tag add new {ID}").code == 0
    reader.agree(Path("/elsewhere"), real.parent)
    assert reader.run(f"tag add more {ID}").code == 1


def test_a_second_agreement_keeps_the_first(reader: Reader) -> None:
    reader.agree(Path("/elsewhere"))
    moved("marks.json")(reader.root, reader.outside)
    ran = reader.run("list")
    assert f"config set linked_libraries /elsewhere,{reader.root}\n" in ran.err


@pytest.mark.parametrize("depth", range(3))
def test_a_library_below_a_link_needs_no_agreement(reader: Reader, depth: int) -> None:
    """As with /home -> /usr/home, or /tmp of macOS."""
    real = reader.root.with_name("real")
    below = Path(*"abc"[:depth]) / "library"
    (real / below).parent.mkdir(parents=True)
    reader.root.rename(real / below)
    link = reader.root.with_name("link")
    link.symlink_to(real)
    reader.env["PAPERTRACK_LIBRARY"] = str(link / below)
    for command in (f"tag add new {ID}", "fetch sample", "undo", "doctor"):
        ran = reader.run(command)
        assert ran.code == 0, (command, ran)


def test_another_library_with_links_is_not_joined(reader: Reader) -> None:
    for number, plant in enumerate(LINKS.values()):
        other = reader.root.with_name(f"other{number}")
        shutil.copytree(reader.root, other, symlinks=True)
        plant(other, reader.outside)
        ran = reader.run(f"import {other}")
        assert ran.code == 1
        assert "is a link" in ran.err
        assert f"config set linked_libraries {other}\n" in ran.err
        assert "stolen" not in reader.run("tags").out
    reader.agree(other)
