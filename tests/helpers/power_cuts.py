"""Power cuts: the writes of a command, recorded, and what a disk may have after each.

A file has on disk what it had when it was last synced; what was written since may be
there, missing, cut off, or zeros. A name that was created, moved or deleted is so for
certain once its folder was synced; before, either may be true. The cache is as it was
before the command: it needs no care.
"""

from __future__ import annotations

import os
import random
import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from tests.helpers.big_steps import BigStep
from tests.helpers.system_faults import Place, Tally, forked

CALLS = (
    "open,openat,creat,write,pwrite64,fsync,fdatasync,truncate,ftruncate,rename,"
    "renameat,renameat2,unlink,unlinkat,rmdir,mkdir,mkdirat,link,linkat,symlink"
)
_CALL = re.compile(r"(?:\d+ +)?(\w+)\((.*)\) += (\d+)(?:<.*>)?$")
_TEXT = re.compile(r'"((?:\\x[0-9a-f]{2})*)"')
_FOLDER_FD = re.compile(r"^\d+<(.*?)>, ")
NOT_A_DISK = (".lock", ".lock-turn")

FOLDER = -1
"""Stands for a folder where else the number of a file stands."""


class Op(NamedTuple):
    """A change of a name at an event: the file gets it, or None if it goes.

    `source` is the name that it had before.
    """

    event: int
    path: str
    file: int | None
    source: str | None = None


@dataclass
class Content:
    """What a file contained after which event, and at which it was synced."""

    versions: list[tuple[int, bytes]]
    synced: list[int] = field(default_factory=list)
    mtime: int | None = None

    def at(self, event: int) -> bytes:
        """What was written up to an event."""
        return [body for number, body in self.versions if number <= event][-1]

    def on_disk(self, event: int) -> bytes:
        """What is on disk for certain after an event."""
        synced = [number for number in self.synced if number <= event]
        return self.at(synced[-1]) if synced else self.versions[0][1]


class Recording:
    """The library, state and settings of a place before a command, and all that it
    wrote there.
    """

    def __init__(self, place: Place) -> None:
        folders = (place.root, place.machine, place.config.parent)
        self.folders = tuple(str(one) for one in folders if one.exists())
        self.files: list[Content] = []
        self.before: dict[str, int] = {}
        self.names: dict[str, int] = {}
        self.ops: list[Op] = []
        self.syncs: list[tuple[int, str]] = []
        self.events = 0
        for folder in self.folders:
            for path in (Path(folder), *sorted(Path(folder).rglob("*"))):
                if path.is_dir():
                    self.before[str(path)] = FOLDER
                elif path.exists():
                    self.before[str(path)] = self._new(path.read_bytes())
                    self.files[-1].mtime = path.stat().st_mtime_ns
        self.names.update(self.before)

    def _new(self, body: bytes = b"") -> int:
        self.files.append(Content([(0, body)]))
        return len(self.files) - 1

    def _is_recorded(self, path: str) -> bool:
        within = any(path == one or path.startswith(f"{one}/") for one in self.folders)
        return within and not path.endswith(NOT_A_DISK)

    def _name(self, path: str, file: int | None, source: str | None = None) -> None:
        self.events += 1
        self.ops.append(Op(self.events, path, file, source))
        if file is None:
            self.names.pop(path, None)
        else:
            self.names[path] = file
        if source is not None:
            self.names.pop(source, None)
            for name in [one for one in self.names if one.startswith(f"{source}/")]:
                self.names[path + name.removeprefix(source)] = self.names.pop(name)

    def _write(self, path: str, change: Callable[[bytes], bytes]) -> None:
        self.events += 1
        content = self.files[self.names[path]]
        content.versions.append((self.events, change(content.versions[-1][1])))

    def read(self, log: Path) -> None:
        """Take in what strace has logged."""
        positions: dict[str, int] = {}
        for line in log.read_text(errors="replace").splitlines():
            match = _CALL.match(line)
            if match:
                self._take(match[1], match[2], int(match[3]), positions)

    def _take(
        self, call: str, arguments: str, result: int, positions: dict[str, int]
    ) -> None:
        texts = [
            bytes.fromhex(one.replace("\\x", "")) for one in _TEXT.findall(arguments)
        ]
        opened = _FOLDER_FD.match(arguments + ", ")
        folder = ""
        if opened:
            folder = bytes(opened[1], "ascii").decode("unicode_escape")
        paths = [str(Path(folder, os.fsdecode(text))) for text in texts[:2]]
        if call in ("write", "pwrite64", "fsync", "fdatasync", "ftruncate"):
            paths = [folder]
        if not paths or not self._is_recorded(paths[0]):
            return
        path = paths[0]
        if call in ("open", "openat", "creat"):
            positions[path] = 0
            if "O_CREAT" in arguments and path not in self.names:
                self._name(path, self._new())
            elif "O_TRUNC" in arguments:
                self._write(path, lambda body: b"")
        elif call in ("write", "pwrite64"):
            at = positions.get(path, 0)
            if call == "pwrite64":
                at = int(arguments.rpartition(", ")[2])
            new = texts[0][:result]
            positions[path] = at + len(new)
            self._write(path, lambda body: body[:at] + new + body[at + len(new) :])
        elif call in ("truncate", "ftruncate"):
            size = int(arguments.rpartition(", ")[2])
            self._write(path, lambda body: body[:size].ljust(size, b"\0"))
        elif call in ("fsync", "fdatasync"):
            self.events += 1
            if self.names.get(path) == FOLDER:
                self.syncs.append((self.events, path))
            else:
                self.files[self.names[path]].synced.append(self.events)
        elif call.startswith("rename"):
            self._name(paths[1], self.names[path], path)
        elif call.startswith("mkdir"):
            self._name(path, FOLDER)
        elif call in ("rmdir", "unlink", "unlinkat"):
            self._name(path, None)
        else:
            raise AssertionError(f"{call} is not simulated")

    def end(self) -> None:
        """Note when the files that are left were written: plans refer to it."""
        for path, file in self.names.items():
            if file != FOLDER and Path(path).exists():
                self.files[file].mtime = Path(path).stat().st_mtime_ns

    def is_certain(self, op: Op, event: int) -> bool:
        """Whether a change of a name is on disk for certain after an event."""
        parent = str(Path(op.path).parent)
        return any(
            op.event < number <= event and path == parent for number, path in self.syncs
        )

    def disk(
        self,
        event: int,
        keep: Callable[[], bool],
        content: Callable[[bytes, bytes], bytes],
    ) -> dict[str, tuple[bytes, int | None] | None]:
        """Files, with the times they were written, and folders (None) after a power cut.

        `keep` decides whether an uncertain change of a name is there, `content` what a
        file has, given what it has for certain and what was written.
        """
        names = dict(self.before)
        for op in self.ops:
            if op.event > event or not (self.is_certain(op, event) or keep()):
                continue
            if op.source is not None:
                names.pop(op.source, None)
                for name in [one for one in names if one.startswith(f"{op.source}/")]:
                    names[op.path + name.removeprefix(op.source)] = names.pop(name)
            if op.file is None:
                names.pop(op.path, None)
            else:
                names[op.path] = op.file
        found: dict[str, tuple[bytes, int | None] | None] = {}
        for path, file in sorted(names.items()):
            parent = str(Path(path).parent)
            if path not in self.folders and found.get(parent, ()) is not None:
                continue  # its folder is not there
            if file == FOLDER:
                found[path] = None
            else:
                one = self.files[file]
                certain, written = one.on_disk(event), one.at(event)
                body = certain if certain == written else content(certain, written)
                found[path] = (body, one.mtime)
        return found


def recorded(step: BigStep, place: Place, log: Path) -> Recording:
    """Run a command in a copy of its library at `place`, and record what it writes."""
    step.place.copy(place.folder)
    recording = Recording(place)
    options = ("-y", "-xx", "-s", "100000000")
    ran = forked(lambda: place.run(*step.words), log=log, calls=CALLS, options=options)
    assert ran.code == 0, ran
    recording.read(log)
    recording.end()
    for path in recording.names:
        assert Path(path).exists(), f"not simulated: {path}"
    return recording


def _disks(
    recording: Recording, event: int, variants: int
) -> Iterator[dict[str, tuple[bytes, int | None] | None]]:
    """What may be on disk after an event: extremes, then others at random."""

    def certain_only(certain: bytes, written: bytes) -> bytes:
        return certain

    yield recording.disk(event, lambda: False, certain_only)
    yield recording.disk(event, lambda: True, certain_only)
    yield recording.disk(event, lambda: True, lambda certain, written: written)
    for number in range(variants - 3):
        dice = random.Random(f"{event} {number}")

        def torn(certain: bytes, written: bytes, dice: Any = dice) -> bytes:
            cut = written[: dice.randrange(len(written) + 1)]
            return bytes(dice.choice([certain, written, cut, bytes(len(written))]))

        yield recording.disk(event, lambda dice=dice: dice.random() < 0.5, torn)


def cut_off(step: BigStep, folder: Path, *, every: int = 1, variants: int = 6) -> Tally:
    """A power cut after each event (or each `every`th) of a command: old or new state."""
    warm = step.place.copy(folder / "warm")
    assert warm.run("-q", *step.words) == 0
    old, new = step.place.whole(), warm.whole()
    assert old != new or "doctor" in step.words, "nothing was changed"
    place = Place(folder / "place")
    recording = recorded(step, place, folder / "log")
    wrong: list[str] = []
    cuts = news = 0
    events = [*range(0, recording.events, every), recording.events]
    for event in events:
        for number, disk in enumerate(_disks(recording, event, variants)):
            shutil.rmtree(place.folder)
            _materialise(disk, step.place, place)
            cuts += 1
            try:
                place.check()
                state = place.whole()
                assert state in (old, new), "neither the old state nor the new one"
                news += state == new
                is_done = event == recording.events
                assert state == new or not is_done, "reported as done, and lost"
                place.check()
            except Exception as error:
                wrong.append(f"event {event}, disk {number}: {error!r}"[:600])
    return Tally(cuts, news, wrong)


def _materialise(
    disk: dict[str, tuple[bytes, int | None] | None], before: Place, place: Place
) -> None:
    place.folder.mkdir()
    shutil.copytree(before.cache, place.cache)
    for path, file in sorted(disk.items()):
        if file is None:
            Path(path).mkdir(mode=0o700, exist_ok=True)
            continue
        body, mtime = file
        Path(path).write_bytes(body)
        Path(path).chmod(0o600)
        if mtime is not None:
            os.utime(path, ns=(mtime, mtime))
