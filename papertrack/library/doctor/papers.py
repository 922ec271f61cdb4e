"""Papers and marks: the keys of papers, papers stored twice, marks without a paper."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

from papertrack.core import identity
from papertrack.core.model import Record
from papertrack.core.wording import plural
from papertrack.joining.records import join_parts
from papertrack.library.doctor.finding import Finding, first_ids
from papertrack.library.doctor.survey import stated_keys
from papertrack.library.stored import Located
from papertrack.storage import reading
from papertrack.storage.json_lines import dumped
from papertrack.storage.layout import MARKS, Documents
from papertrack.storage.transaction import Transaction

# ------------------------------------------------------------------ keys


def check_keys(suspects: Sequence[Located]) -> Iterator[Finding]:
    """Papers whose key is not the best of their facts."""
    shared = _shared_keys(record for _, record in suspects)
    for name, record in suspects:
        right = _rekeyed(record, shared)
        if right.key != record.key:
            what = f"has a paper with the key {record.key} instead of {right.key}"
            fix = partial(_rekey, name, record.key, right)
            yield Finding("key", name, what, "correct the key", fix)


def _shared_keys(records: Iterable[Record]) -> set[str]:
    """The keys that papers of several main keys state."""
    stated = {(key, record.key) for record in records for key in stated_keys(record)}
    papers_of = Counter(key for key, _ in stated)
    return {key for key, papers in papers_of.items() if papers > 1}


def _rekeyed(record: Record, shared: Container[str]) -> Record:
    """The record under the best of all keys that it and its facts have.

    One that several papers state can't be decided by this record alone.
    """
    stated = {key for key in stated_keys(record) if key not in shared}
    keys = sorted({*record.keys, *stated}, key=identity.by_trust)
    best = identity.best({record.key, *stated})
    return record._replace(key=best, keys=tuple(keys))


def _rekey(
    name: str,
    key: str,
    right: Record,
    changes: Transaction,
) -> None:
    changes.set(name, "papers", {key: None, right.key: right.as_json()})


# ------------------------------------------------------------------ duplicates


def check_duplicates(root: Path, suspects: Sequence[Located]) -> Iterator[Finding]:
    """Papers that are stored more than once: a finding for each set of files."""
    by_files: dict[tuple[str, ...], list[Record]] = {}
    records = dict(enumerate(record for _, record in suspects))
    for paper in join_parts(records):
        if len(paper.origins) > 1:
            names = {suspects[number][0] for number in paper.origins}
            files = tuple(sorted(names))
            by_files.setdefault(files, []).append(paper.record)
    for files, papers in by_files.items():
        verb = "is" if len(papers) == 1 else "are"
        count = plural(len(papers), "paper")
        keys = first_ids([paper.key for paper in papers])
        what = f"{count} {verb} stored more than once: {keys}"
        fix = partial(_join, root, papers, files)
        yield Finding("twice", ", ".join(files), what, "join them", fix)


def _join(
    root: Path,
    papers: Sequence[Record],
    names: Sequence[str],
    changes: Transaction,
) -> None:
    """Store each paper once, in the first of the files."""
    keys = {key for paper in papers for key in paper.keys}
    documents = [paper.as_json() for paper in papers]
    for name in names:
        tables = reading.read_tables(root / name)
        for document in tables.get("papers", {}).values():
            if document["key"] not in keys:
                documents.append(document)
        papers_table = reading.numbered(documents)
        changes.put(name, dumped({**tables, "papers": papers_table}))
        documents = []


# ------------------------------------------------------------------ marks


def check_marks(marked: Container[str], marks: Documents) -> Iterator[Finding]:
    """Marks of papers that are not in the library: their keys are not `marked`."""
    missing = [key for key in marks if key not in marked]
    if missing:
        papers = plural(len(missing), "paper")
        what = f"has marks of {papers} not in the library: {first_ids(missing)}"
        yield Finding("marks", MARKS, f"{what}; papertrack fetch ID adds one")
