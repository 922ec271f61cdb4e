"""Where things lie: the library and the cache.

Precedence: flag, environment, platform default (the XDG folders on Linux). Nothing is made here.
"""

from __future__ import annotations

import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple


class Places(NamedTuple):
    """The library's folder, and the cache's, which may be deleted at any time."""

    library: Path
    cache: Path


def places(environment: Mapping[str, str], *, library: Path | None = None) -> Places:
    """The places that flag, environment and platform name, in this order."""

    def place(variable: str, kind: str) -> Path:
        if told := environment.get(variable):
            return Path(told).expanduser()
        import platformdirs  # 3 ms; needed where the environment is silent only

        folder: Path = getattr(platformdirs, f"user_{kind}_path")(
            "papertrack", appauthor=False
        )
        return folder

    return Places(
        library.expanduser() if library else place("PAPERTRACK_LIBRARY", "data"),
        place("PAPERTRACK_CACHE", "cache"),
    )


def token(library: Path) -> str:
    """A short name for a library, so that one cache serves several."""
    return (
        f"{zlib.crc32(str(library.absolute()).encode('utf-8', 'surrogateescape')):08x}"
    )
