"""The numbers of listings: which paper is 3 in the table that a terminal shows.

Each terminal has the numbers of the last table that was printed there, in a file of the
cache. They are not data: where they can't be stored, no paper has a number.
"""

import contextlib
import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from papertrack.core.environment import cache_name
from papertrack.storage import layout


class Terminal(NamedTuple):
    """A terminal: the path of its device, and when that was made (seconds since 1970).

    A device is created again when a closed terminal's name is used again.
    """

    device: str
    opened: float


class Listings:
    """The last listing of a terminal, of the library at `root`.

    Without a terminal (a script, the preview of a menu) it is the newest of all.
    """

    def __init__(self, root: Path, cache: Path, terminal: Terminal | None) -> None:
        self._folder = cache
        self._prefix = f"listing-{cache_name(root)}-"
        self._terminal = terminal

    def save(self, keys: Iterable[str]) -> None:
        """Store the keys of a listing's papers, in order."""
        with contextlib.suppress(OSError):
            layout.private_folder(self._folder)
            with open(
                self._file,
                "w",
                encoding="utf-8",
                opener=layout.owner_only,
            ) as file:
                file.writelines(f"{key}\n" for key in keys)

    def last(self) -> list[str]:
        """The keys of the papers in the last listing, in order; [] without one."""
        try:
            file = self._newest()
            return file.read_text(encoding="utf-8").splitlines() if file else []
        except (OSError, UnicodeDecodeError):
            return []

    def numbers(self) -> dict[str, int]:
        """The numbers of the papers in the last listing, by key; the first of each."""
        numbers: dict[str, int] = {}
        for number, key in enumerate(self.last(), 1):
            numbers.setdefault(key, number)
        return numbers

    @property
    def _file(self) -> Path:
        device = self._terminal.device if self._terminal else "none"
        name = re.sub("[^a-z0-9]+", "-", device.lower().removeprefix("/dev/"))
        return self._folder / f"{self._prefix}{name}.txt"

    def _newest(self) -> Path | None:
        """The file of the terminal's last listing. Raises OSError."""
        if self._terminal is None:
            files = self._folder.glob(f"{self._prefix}*.txt")
            return max(files, key=lambda file: file.stat().st_mtime_ns, default=None)
        if self._file.stat().st_mtime < self._terminal.opened:
            return None  # of a closed terminal that had the same name
        return self._file
