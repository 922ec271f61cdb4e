"""Joining another library into this one: papers, marks and settings."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

from papertrack.core.errors import FetchError
from papertrack.core.model import Record
from papertrack.core.progress import Progress
from papertrack.joining import libraries
from papertrack.joining.groups import clusters
from papertrack.joining.records import aliases
from papertrack.library import stored, storing, temporary
from papertrack.library.adding import Counts
from papertrack.library.edit import Edit
from papertrack.library.library import Library
from papertrack.library.proposals import FEEDS, Proposals, Terms, judge
from papertrack.library.settings import Followed, feed_document
from papertrack.library.stored import Place
from papertrack.library.temporary import Database
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
    their_marks = reading.read_marks(other)
    their_settings = reading.read_by_key(other / DESK)
    with library.settings.edit(library.index, dry_run=dry_run) as edit:
        my_settings = reading.read_by_key(library.root / DESK)
        papers = _join_papers(edit, other, library.progress)
        marks = libraries.marks(library.index.marks(), their_marks)
        proposals = judge(my_settings, their_settings, terms)
        settings = libraries.settings(my_settings, proposals.taken)
        edit.set_marks(marks)
        for (table, key), document in settings.items():
            edit.set(table, {key: document})
        if proposals.taken.get(FEEDS) and not my_settings.get(FEEDS):
            new = proposals.taken[FEEDS]
            still = [feed for feed in used if feed.target not in new]
            edit.set(
                FEEDS, {feed.target: feed_document(feed, edit.now) for feed in still}
            )
        if papers.new or marks or settings:
            edit.log(f"joined the library {other}")
    counts = Counter(table for table, _ in settings)
    return Joined(
        papers,
        len(marks),
        {
            table: counts[table]
            for table in ("views", "rules", "feeds")
            if counts[table]
        },
        proposals,
    )


def _join_papers(edit: Edit, other: Path, progress: Progress) -> Counts:
    """Merge the papers of the library in `other`, file by file.

    Records that share an id or a title, directly or through others, are merged at once:
    what is one paper depends on all of them. Those of several files are merged last.
    """
    names = months(other)
    with temporary.database(_TABLES) as db:
        total = 0
        for number, name in enumerate(progress.counted(names, "reading", "files")):
            theirs = list(reading.read_records(other / name))
            total += len(theirs)
            known = stored.related(edit.root, edit.index, theirs)
            _note_names(db, number, theirs, known)
        spread = _Together({}, [])
        counts = Counts()
        done = 0
        for number, name in enumerate(names):
            progress.report("merging", done, total, "papers")
            of_file = _Together(
                stored.at_places(edit.root, edit.index, _known(db, number)),
                list(reading.read_records(other / name)),
            )
            done += len(of_file.theirs)
            counts = counts.plus(_merge(edit, _without_spread(db, of_file, spread)))
        progress.report("merging", done, total, "papers")
        counts = counts.plus(_merge(edit, spread))
    known_count = max(total - counts.new - counts.updated, 0)
    return Counts(counts.new, counts.updated, known_count)


_TABLES = """
CREATE TABLE name (hash INTEGER, file INTEGER, PRIMARY KEY (hash, file)) WITHOUT ROWID;
CREATE TABLE known (their_file INTEGER, file TEXT, key TEXT, number INTEGER,
  PRIMARY KEY (their_file, file, key, number)) WITHOUT ROWID;
"""
"""In which of their files a name occurs; which of my records may concern such a file.

Names are the ids and titles of their records, and the places of mine. Two may have one
hash: then records are merged at once that have nothing in common.
"""


class _Together(NamedTuple):
    """Records that are merged at once: mine by where they are stored, and theirs."""

    mine: dict[Place, Record]
    theirs: list[Record]


def _note_names(
    db: Database, number: int, theirs: Sequence[Record], known: Iterable[Place]
) -> None:
    """Note what is in one of their files, and which of my records may concern it."""
    names = {hash(alias) for record in theirs for alias in aliases(record)}
    names.update(map(hash, known))
    rows = ((one, number) for one in sorted(names))
    db.executemany("INSERT INTO name VALUES (?, ?)", rows)
    places = ((number, *place) for place in known)
    db.executemany("INSERT INTO known VALUES (?, ?, ?, ?)", places)


def _known(db: Database, number: int) -> Iterator[Place]:
    """Where those of my records are that may concern one of their files."""
    query = "SELECT file, key, number FROM known WHERE their_file = ?"
    yield from db.execute(query, (number,))


def _without_spread(db: Database, of_file: _Together, spread: _Together) -> _Together:
    """The records of one of their files without those that are to be merged with records
    of other files: these are added to `spread`.
    """
    query = "SELECT count(*) FROM name WHERE hash = ?"

    def is_in_several(name: Hashable) -> bool:
        (files,) = db.execute(query, (hash(name),)).fetchone()
        return bool(files > 1)

    items: list[tuple[Place | None, Record]] = [*of_file.mine.items()]
    items += ((None, record) for record in of_file.theirs)
    left = _Together({}, [])
    for cluster in clusters(items, lambda item: aliases(item[1])):
        is_spread = any(
            is_in_several(place) if place else any(map(is_in_several, aliases(record)))
            for place, record in cluster
        )
        together = spread if is_spread else left
        for place, record in cluster:
            if place is None:
                together.theirs.append(record)
            else:
                together.mine[place] = record
    return left


def _merge(edit: Edit, together: _Together) -> Counts:
    """Merge their records into mine; how many papers are new, and how many changed."""
    merge = libraries.papers(together.mine, together.theirs)
    storing.store(edit, merge)
    return Counts(merge.new, merge.updated)
