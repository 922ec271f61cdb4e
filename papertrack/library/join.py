"""Joining another library into this one: papers, marks and settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from papertrack.core.errors import FetchError
from papertrack.core.progress import SILENT, Progress
from papertrack.joining import libraries
from papertrack.library import stored, storing
from papertrack.library.adding import Counts
from papertrack.library.library import Library
from papertrack.library.proposals import FEEDS, Proposals, Terms, judge
from papertrack.library.settings import Followed, feed_document
from papertrack.library.stored import Located
from papertrack.storage import plans, reading
from papertrack.storage.folder import check
from papertrack.storage.layout import DESK, MARKS, PAPERS, months


class Joined(NamedTuple):
    """How many papers and marks changed; how many views, rules, feeds by table."""

    papers: Counts
    marks: int
    settings: dict[str, int]
    proposals: Proposals


def join(
    library: Library,
    other: Path,
    *,
    terms: Terms,
    used: Sequence[Followed] = (),
    dry_run: bool = False,
) -> Joined:
    """Join the library in the folder `other` into `library`, without changing `other`.

    Its feeds and rules are proposals, taken by the `terms`. `used` is what is followed
    without being stored, which feeds that are taken would replace.
    It is one step: undo removes the new papers, and restores marks and settings. Raises
    FetchError for a folder that is not a library, StoreError for unreadable files.
    """
    parts = [other / name for name in (MARKS, DESK, PAPERS)]
    if not any(part.exists() for part in parts):
        raise FetchError(
            f"{other}: is not a library (it contains neither {PAPERS} nor {MARKS})"
        )
    theirs_folder = library.folder._replace(root=other)
    check(theirs_folder, writing=False)
    if plans.decided(theirs_folder) is not None:
        raise FetchError(
            f"{other}: a change was interrupted there; complete it first: papertrack "
            f"--library {other} status"
        )
    theirs = [record for _, record in read_all_records(other, library.progress)]
    their_marks = reading.read_marks(other)
    their_settings = reading.read_by_key(other / DESK)
    with library.settings.edit(library.index, dry_run=dry_run) as edit:
        mine = stored.by_place(read_all_records(library.root, library.progress))
        my_marks = reading.read_marks(library.root)
        my_settings = reading.read_by_key(library.root / DESK)
        library.progress.report("merging", 0, len(theirs), "papers")
        papers = libraries.papers(mine, theirs, library.progress)
        marks = libraries.marks(my_marks, their_marks)
        proposals = judge(my_settings, their_settings, terms)
        settings = libraries.settings(my_settings, proposals.taken)
        storing.store(edit, papers)
        edit.set_marks(marks)
        for (table, key), document in settings.items():
            edit.set(table, {key: document})
        if proposals.taken.get(FEEDS) and not my_settings.get(FEEDS):
            new = proposals.taken[FEEDS]
            still = [feed for feed in used if feed.target not in new]
            edit.set(
                FEEDS, {feed.target: feed_document(feed, edit.now) for feed in still}
            )
        if papers.fresh or marks or settings:
            edit.log(f"joined the library {other}")
    known = max(len(theirs) - papers.new - papers.updated, 0)
    counts = Counter(table for table, _ in settings)
    return Joined(
        Counts(papers.new, papers.updated, known),
        len(marks),
        {
            table: counts[table]
            for table in ("views", "rules", "feeds")
            if counts[table]
        },
        proposals,
    )


def read_all_records(root: Path, progress: Progress = SILENT) -> list[Located]:
    """(file name, record) of each paper of the library at `root`. Raises StoreError."""
    found = []
    for name in progress.counted(months(root), "reading", "files"):
        for record in reading.read_records(root / name):
            found.append((name, record))
    return found
