"""A library's folder, and what in it may be read and written: its own files only.

A library may come from elsewhere: git and tar bring links along. Through one, a change
of the library would be a change of another file of the reader's, and reading it would
copy what is in that file. So a link in place of a file or folder of the library is
refused, until the owner agrees to the links of this library in the configuration. A
pipe or a device, which may have no end, is always refused.

Whatever reads or writes a library calls `check` before.
"""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from papertrack.core.errors import StoreError
from papertrack.storage.layout import (
    BACKUPS,
    DESK,
    LOCKS,
    MARKS,
    PAPERS,
    STAGING,
    UNDO,
)

AGREEMENT = "linked_libraries"
"""The key of the configuration that lists the libraries whose links the owner made."""

LINK = "is a link, which may lead out of the library; delete it"

SUFFIXES = {
    PAPERS: (".json",),
    UNDO: (".json",),
    BACKUPS: (".json", ".tar.gz"),
}
"""How the files of papertrack end, by folder."""

STEMS = (Path(MARKS).stem, Path(DESK).stem)
"""How its other files begin, conflict copies included."""


class Folder(NamedTuple):
    """The folder of a library.

    `state` is the folder of what this machine remembers. `linked` are the libraries
    that may be links or contain some.
    """

    root: Path
    state: Path
    linked: tuple[Path, ...] = ()

    def in_state(self, kind: str) -> Path:
        """The file of this library in a folder of the state, wherever it is named from."""
        import hashlib  # 2 ms that reading does without

        library = os.fsencode(os.path.realpath(self.root))
        return self.state / kind / hashlib.sha256(library).hexdigest()[:32]

    def may_link(self) -> bool:
        """Whether the owner agreed to the links of this library."""
        root = os.path.realpath(self.root)
        return any(os.path.realpath(path) == root for path in self.linked)


class Fault(NamedTuple):
    """What is in the place of a file or folder of the library, and what to do."""

    path: Path
    what: str


def check(folder: Folder, *, writing: bool) -> None:
    """Raise StoreError for the first of the `faults`."""
    for path, what in faults(folder, writing=writing):
        raise StoreError(f"{path}: {what}")


def faults(folder: Folder, *, writing: bool) -> Iterator[Fault]:
    """What is not a plain file or folder in a library; nothing if it does not exist.

    For reading, papers, marks and settings count. The library's folder itself may then
    be a link: the reader named it.
    """
    root = folder.root
    if writing and root.is_symlink() and not folder.may_link():
        what = f"is a link, so nothing is written there; {_agreement(folder)}"
        yield Fault(root, what)
        return
    folders = SUFFIXES if writing else {PAPERS: SUFFIXES[PAPERS]}
    for entry in _entries(root):
        name = entry.name
        is_ours = name.startswith(STEMS) and name.endswith(".json")
        if name in folders:
            fault = _fault_of_folder(folder, entry)
            if fault is not None:
                yield fault
                continue
            for inner in _entries(root / name):
                if inner.name.endswith(folders[name]):
                    yield from _faults_of_file(folder, inner)
        elif is_ours or (writing and name in LOCKS):
            yield from _faults_of_file(folder, entry)


def staged(root: Path) -> list[str]:
    """The names of all that may be staged in a library, by any machine."""
    prefix = f"{STAGING}-"
    return [one.name for one in _entries(root) if one.name.startswith(prefix)]


def is_plain_folder(path: Path) -> bool:
    """Whether a path is a folder, and not a link to one."""
    return path.is_dir() and not path.is_symlink()


def _entries(folder: Path) -> list[os.DirEntry[str]]:
    try:
        with os.scandir(folder) as entries:
            return list(entries)
    except OSError:  # missing, or unreadable, which reading it reports
        return []


def _fault_of_folder(folder: Folder, entry: os.DirEntry[str]) -> Fault | None:
    path = Path(entry.path)
    if entry.is_symlink() and not folder.may_link():
        return Fault(path, f"{LINK}, or {_agreement(folder)}")
    if not entry.is_dir():
        return Fault(path, "is not a folder; move it away")
    return None


def _faults_of_file(folder: Folder, entry: os.DirEntry[str]) -> Iterator[Fault]:
    if entry.is_file(follow_symlinks=False):  # almost always
        return
    path = Path(entry.path)
    if entry.is_symlink() and entry.name in LOCKS:
        yield Fault(path, LINK)
    elif entry.is_symlink() and not folder.may_link():
        yield Fault(path, f"{LINK}, or {_agreement(folder)}")
    elif not entry.is_file() and not _can_be_created(path):
        yield Fault(path, "is not a file; move it away")


def _can_be_created(link: Path) -> bool:
    """Whether a path is a link to a file that is not there yet, in a folder that is."""
    target = Path(os.path.realpath(link))
    return not os.path.lexists(target) and target.parent.is_dir()


def _agreement(folder: Folder) -> str:
    import shlex  # only for a message

    agreed = (*folder.linked, folder.root.absolute())
    paths = shlex.quote(",".join(map(str, agreed)))
    return f"if you made it, agree once: papertrack config set {AGREEMENT} {paths}"
