"""The reader's PDFs: names of their files, and which paper a file is of.

A file may be renamed and moved within the folder as long as the id stays a word of its
name.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from papertrack.core.addresses import host_of
from papertrack.core.errors import StoreError
from papertrack.core.file_names import part_of_name, whole_name
from papertrack.core.model import Paper
from papertrack.core.people import family_name
from papertrack.core.text import clean

FOLDER = "pdf"
"""The folder in the library, where no other is set."""
SUFFIX = ".pdf"
LONGEST_AUTHOR, USUAL_TITLE = 30, 60
"""Characters of an author's name, and of a title where the pattern has no number."""
MOST_BYTES = 190
"""Bytes of a name, without the suffix; file systems take 255, synchronisers less."""

_ARCHIVE = (
    r"(?:[a-z]+-(?:th|ph|ex|lat|qc|mat|bio|fin|lg|dyn|int|sol|gas|alg|an)|[a-z]+)"
)
_ARXIV = (
    rf"(?<![0-9])(?<![0-9]\.)([0-9]{{4}}\.[0-9]{{4,5}}|{_ARCHIVE}_[0-9]{{7}})"
    r"(?:v([0-9]{1,4}))?(?![0-9])"
)
"""An id in a name, that of old papers with `_` for `/`, and the version."""


def folder(library: Path, configured: Path | None) -> Path:
    """The folder of the PDFs.

    Raises StoreError if that in the library is a link, which leads anywhere in a library
    that comes from elsewhere.
    """
    if configured is not None:
        return configured
    path = library / FOLDER
    if path.is_symlink():
        raise StoreError(
            f"{path}: a link, through which nothing is written; set pdf.folder to the"
            " folder that you want"
        )
    return path


def name_of(paper: Paper, version: int | None, pattern: str) -> str:
    """The name of the file of a paper's PDF by a pattern such as `{id}{v} {title:60}`.

    The title is as long as the pattern says, and as the whole name may be.
    """
    first = family_name(clean(paper.authors[0])) if paper.authors else ""
    values = {
        "id": _id(paper),
        "v": f"v{version}" if version else "",
        "first": part_of_name(first, LONGEST_AUTHOR, 2 * LONGEST_AUTHOR),
        "year": part_of_name(clean(paper.date or "")[:4]),
    }
    parts = re.split(r"(\{\w+(?::\d+)?\})", pattern)
    filled = [values.get(part.strip("{}"), part) for part in parts]
    taken = len("".join(filled).encode())
    for place, part in enumerate(filled):
        title = re.fullmatch(r"\{title(?::(\d+))?\}", part)
        if title:
            longest = int(title[1] or USUAL_TITLE)
            filled[place] = part_of_name(
                clean(paper.title), longest, max(MOST_BYTES - taken, 0)
            )
    return whole_name(" ".join("".join(filled).split())) + SUFFIX


def _id(paper: Paper) -> str:
    """The id as a word of a file's name."""
    id = clean(paper.id).replace("/", "_")
    if not paper.key.startswith("url:") and part_of_name(id) == id and " " not in id:
        return id
    import hashlib  # 3 ms, for ids that are no names

    digest = hashlib.blake2b(paper.key.encode("utf-8", "replace"), digest_size=5)
    host = part_of_name(host_of(paper.id)).replace(" ", "_") or "paper"
    return f"{host[:40]}-{digest.hexdigest()}"


class Shelf:
    """The PDFs in a folder and below it, by the ids in their names."""

    def __init__(self, folder: Path) -> None:
        self._files: dict[str, dict[int, Path]] = {}
        for path in sorted(folder.rglob(f"*{SUFFIX}")):
            # A link in a library that comes from elsewhere leads anywhere.
            if path.is_symlink() or not path.is_file():
                continue
            for id, version in _ids_in(path.stem):
                self._files.setdefault(id, {}).setdefault(version, path)

    def find(self, paper: Paper, version: int | None) -> Path | None:
        """The file of a paper in this version; without one, the newest there is."""
        files = self._files.get(_id(paper), {})
        if version is not None:
            return files.get(version)
        return files[max(files)] if files else None


def _ids_in(name: str) -> Iterator[tuple[str, int]]:
    """The ids in a name, with their versions or 0."""
    for match in re.finditer(_ARXIV, name):
        yield match[1], int(match[2] or 0)
    for word in name.split():
        yield word, 0
