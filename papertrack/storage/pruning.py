"""Keeping a folder of cached files within a size."""

from __future__ import annotations

import contextlib
from pathlib import Path


def prune(folder: Path, limit: int, pattern: str = "*") -> None:
    """Delete the oldest files that match `pattern`, beyond `limit` bytes of these in all.

    What can't be listed or deleted stays.
    """
    with contextlib.suppress(OSError):
        files: list[tuple[float, int, Path]] = []
        for path in folder.glob(pattern):
            stat = path.stat()
            files.append((stat.st_mtime, stat.st_size, path))
        total = sum(size for _, size, _ in files)
        for _, size, path in sorted(files):
            if total <= limit:
                return
            path.unlink(missing_ok=True)
            total -= size
