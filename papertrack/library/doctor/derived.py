"""What the library's files make: the index equals them, and the sources can be read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path

from papertrack.core.model import Mark, Paper
from papertrack.core.wording import plural
from papertrack.index.database import path_of
from papertrack.index.diagnosis import diagnosis, is_damaged
from papertrack.joining.marks import join_marks
from papertrack.joining.records import join
from papertrack.joining.settle import settle
from papertrack.library.doctor.finding import Finding, first_ids
from papertrack.library.library import Library
from papertrack.storage import reading
from papertrack.storage.layout import Documents
from papertrack.storage.transaction import Transaction


def check_index(
    library: Library,
    files: Mapping[str, str],
    marks: Documents,
) -> Iterator[Finding]:
    """Damage of the index; papers, and words of them, that differ from those that the
    files make, each of which is given with a digest of its papers and their marks.
    """
    path = path_of(library.root, library.cache)
    if not is_damaged(path):
        library.index.close()  # it was brought up to date

    papers_of = partial(_settled, library.root, marks)
    found = diagnosis(path, files, papers_of, library.progress)
    if found is None:
        return
    what = found.fault
    if found.keys:
        papers = plural(len(found.keys), "paper")
        what += f" for {papers}: {first_ids(found.keys)}"

    def rebuild(_: Transaction) -> None:
        try:
            library.index.rebuild()
        finally:
            library.close()

    yield Finding("index", str(path), what, "rebuild it", rebuild)


def _settled(root: Path, marks: Documents, name: str) -> Iterator[Paper]:
    """The paper that each record of a file and its marks make; none is stored more than
    once.
    """
    for record in reading.read_records(root / name):
        found = [Mark.from_json(marks[key]) for key in record.keys if key in marks]
        yield settle(join([record]), join_marks(found))


def check_sources(library: Library, first: Iterable[str]) -> Iterator[Finding]:
    """Sources whose last fetch failed; `first` is what is followed at first."""
    for target, source in sorted(library.settings.failing(first).items()):
        since = f" since {source.since[:10]}" if source.since else ""
        advice = f"papertrack fetch {target} tries again"
        yield Finding("source", target, f"fails{since}: {source.error}; {advice}")
