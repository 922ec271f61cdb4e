"""What the library's files make: the index equals them, and the sources can be read."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from papertrack.core.model import Mark, Paper, Record
from papertrack.core.wording import plural
from papertrack.joining.marks import join_marks
from papertrack.joining.records import join_parts
from papertrack.joining.settle import settle
from papertrack.library.doctor.finding import Finding, first_ids
from papertrack.library.library import Library
from papertrack.storage.layout import Documents
from papertrack.storage.transaction import Transaction


def check_index(
    library: Library,
    records: Sequence[Record],
    marks: Documents,
) -> Iterator[Finding]:
    """Papers of the index that differ from those that the files make."""
    expected = _settled(records, marks)
    index = library.index
    indexed = {paper.key: paper for paper in index.all_papers()}
    index.close()
    keys = sorted({*expected, *indexed})
    wrong = [key for key in keys if expected.get(key) != indexed.get(key)]
    if not wrong:
        return
    papers = plural(len(wrong), "paper")
    what = f"differs from the files for {papers}: {first_ids(wrong)}"

    def rebuild(_: Transaction) -> None:
        index.rebuild()

    yield Finding("index", str(index.path), what, "rebuild it", rebuild)


def _settled(records: Sequence[Record], marks: Documents) -> dict[str, Paper]:
    """Main key -> the paper that its records and marks make."""
    papers = {}
    for joined in join_parts(dict(enumerate(records))):
        record = joined.record
        found = [Mark.from_json(marks[key]) for key in record.keys if key in marks]
        papers[record.key] = settle(record, join_marks(found))
    return papers


def check_sources(library: Library) -> Iterator[Finding]:
    """Sources whose last fetch failed."""
    for target, source in sorted(library.settings.readings().items()):
        if source.error:
            since = f" since {source.since[:10]}" if source.since else ""
            advice = f"papertrack fetch {target} tries again"
            yield Finding("source", target, f"fails{since}: {source.error}; {advice}")
