"""What somebody has planted among the files of the cache and of this machine's state:
nothing outside is written, and every command works.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from typing import Any

import pytest

ONE, TWO = "2511.04570", "2511.04460"
FIRST = (
    "fetch sample",
    f"tag add x {ONE}",
    "view save mine is:starred",
    "feed add arxiv:cs.CL",
    "search video",
    "recommend",
    "config set list.limit 9",
    "config list",
    "doctor",
)
THEN = (
    "list -n 1",
    f"tag add y {TWO}",
    "recommend -n 1",
    "feed remove arxiv:cs.CL",
    "doctor",
    "undo",
    "config list",
)


PLANTED = ("a file", "nothing", "a folder", "itself", "a pipe")


def plant(kind: str, path: Path, outside: Path) -> None:
    """Put a link, or a pipe, in the place of a file."""
    path.unlink()
    if kind == "a pipe":
        os.mkfifo(path, 0o600)
        return
    targets = {
        "a file": outside / "precious",
        "nothing": outside / "folder" / "new",
        "a folder": outside / "folder",
        "itself": path,
    }
    path.symlink_to(targets[kind])


def contents(folder: Path) -> dict[str, bytes | None]:
    """The files and folders in a folder."""
    return {
        str(path): path.read_bytes() if path.is_file() else None
        for path in folder.rglob("*")
    }


@pytest.mark.parametrize("kind", PLANTED)
def test_nothing_outside_is_written(
    kind: str, run: Any, home: dict[str, str], tmp_path: Path
) -> None:
    backup = tmp_path / "backup.tar.gz"
    for line in (*FIRST, f"backup {backup}"):
        assert run(*line.split()).code == 0, line
    cache, state = (
        Path(home[name]) for name in ("PAPERTRACK_CACHE", "PAPERTRACK_STATE")
    )
    outside = tmp_path / "outside"
    (outside / "folder").mkdir(parents=True)
    (outside / "precious").write_text("mine")
    (outside / "folder" / "other.json").write_text("{}")
    before = contents(outside)
    places = [path for place in (cache, state) for path in place.rglob("*")]
    files = sorted(path for path in places if path.is_file())
    names = {path.suffix or path.parent.name for path in files}
    assert names >= {".db", ".seal", ".verified", ".tsv", "journals", ".key"}
    saved = tmp_path / "saved"
    for number, path in enumerate(files):
        for place in (cache, state):
            shutil.copytree(place, saved / place.name)
        plant(kind, path, outside)
        for line in (*THEN, f"backup {tmp_path / f'{number}.tar.gz'}"):
            ran = run(*line.split())
            assert ran.code == 0, (path.name, line, ran)
            assert contents(outside) == before, (path.name, line)
        run("feed", "add", "arxiv:cs.CL")
        for place in (cache, state):
            shutil.rmtree(place)
            shutil.move(saved / place.name, place)
