"""The index is derived: whatever happens to it or to the files, its results are those
of the files.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import os
import random
import shutil
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertrack.core.facts import Facts
from papertrack.index import counts, vocabulary
from papertrack.index.index import Index
from papertrack.index.matching import Matching
from papertrack.query.language import Everything, parse
from tests.helpers.files import folder_of
from tests.helpers.libraries import Library

Make = Callable[..., Facts]
TODAY = dt.date(2025, 11, 24)
NOW = "2025-11-24T12:00:00Z"
QUERIES = (
    "",
    "zoku",
    "zoku -mibra",
    "tag:nlp",
    "title:mibra or upvotes:3..",
    "is:hidden",
    "takel*",
    "note:felap",
    "listed:2025-11",
    "not listed:2025-11",
    "has:note is:starred",
    "2511.00001",
    "author:zoku",
    "source:hf",
)
SORTS = ("date", "relevance", "upvotes", "title")
MONTH = "papers/2025-11.json"


def answers(index: Index) -> dict[str, Any]:
    """The results of an index for all kinds of queries."""
    results: dict[str, Any] = {"count": index.count(), "tags": index.tags()}
    words = index.db.execute("SELECT term, papers FROM vocabulary").fetchall()
    results["words"] = dict(words)
    for query in QUERIES:
        clause = parse(query, TODAY)
        for sort in SORTS:
            results[f"{query} by {sort}"] = index.search(clause, sort=sort)
        results[f"{query} counted"] = counted(index, query)
        results[f"{query} turned"] = index.search(clause, reverse=True, limit=4)
        results[f"{query} shown"] = index.snippets(clause, index.search(clause).papers)
    papers = index.search(parse("is:hidden or not is:hidden", TODAY)).papers
    results["keys"] = {paper.key: sorted(index.keys_of(paper.key)) for paper in papers}
    return results


def counted(index: Index, query: str) -> list[Any]:
    """The counts of the papers that match: those of all papers, and of words, are not
    made by counting papers one by one, but are the same.
    """
    of = index.matching(parse(query, TODAY))
    result = every_count(index, of)
    condition = of.condition._replace(condition=f"{of.condition.condition} AND 1")
    assert every_count(index, of._replace(condition=condition)) == result
    return result


def every_count(index: Index, of: Matching) -> list[Any]:
    labels = [
        index.query(counts.by_label, of, field=field)
        for field in ("tags", "sources", "organization", "categories")
    ]
    return [
        index.query(counts.summary, of),
        index.query(counts.by_date, of),
        index.query(counts.progress, of),
        *labels,
    ]


@contextlib.contextmanager
def opened(root: Path, cache: Path) -> Iterator[Index]:
    index = Index(folder_of(root), cache)
    try:
        yield index
    finally:
        index.close()


def results_of(root: Path, cache: Path) -> dict[str, Any]:
    with opened(root, cache) as index:
        return answers(index)


def truth(root: Path) -> dict[str, Any]:
    """The results of a rebuilt index."""
    with tempfile.TemporaryDirectory() as folder:
        return results_of(root, Path(folder) / "cache")


def edit(path: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """Edit the JSON as a reader does with an editor: read, change, save."""
    data = json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
    change(data)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(data, ensure_ascii=False, indent=1), encoding="utf-8")


def listing(make: Make) -> list[Facts]:
    return [
        make(
            "2511.00001",
            title="Zoku mibra",
            listed="2025-11-07",
            upvotes=3,
            authors=("A. Zoku",),
        ),
        make(
            "2511.00002",
            title="Takel zoku",
            listed="2025-11-07",
            upvotes=5,
            abstract="Mibra dorun. Zoku.",
        ),
        make("10.1234/a", title="Dorun", published="2024-05-01", abstract="Zoku zoku."),
        make(title="Felap takel", listed="2025-10-02"),
        make("https://e.org/a", title="Mibra", upvotes=9),
    ]


@pytest.fixture
def filled(library: Library, facts: Make) -> Library:
    library.adding.add({"hf": listing(facts)})
    library.marking.mark(
        ["arxiv:2511.00001", "doi:10.1234/a"],
        lambda mark: mark._replace(tags=("nlp",)),
        what=str,
    )
    library.marking.mark(
        ["arxiv:2511.00002"],
        lambda mark: mark._replace(note="Felap!", starred=True),
        what=str,
    )
    library.marking.mark(
        ["url:https://e.org/a"], lambda mark: mark._replace(status="hidden"), what=str
    )
    library.index.close()
    return library


def database(library: Library) -> Path:
    (path,) = library.cache.glob("index-*.db")
    return path


def titles(root: Path, cache: Path, query: str = "") -> list[str]:
    with opened(root, cache) as index:
        return sorted(paper.title for paper in index.search(parse(query, TODAY)).papers)


# ------------------------------------------------------------- what happens to the index


def _garbage(path: Path) -> None:
    path.write_bytes(random.Random(1).randbytes(path.stat().st_size))


def _empty(path: Path) -> None:
    path.write_bytes(b"")


def _text(path: Path) -> None:
    path.write_text("no database")


def _half(path: Path) -> None:
    os.truncate(path, path.stat().st_size // 2)


def _first_page(path: Path) -> None:
    os.truncate(path, 4096)


def _gone(path: Path) -> None:
    path.unlink()


def _cache_gone(path: Path) -> None:
    shutil.rmtree(path.parent)


def _folder(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _dangling(path: Path) -> None:
    path.unlink()
    path.symlink_to(path.parent / "nowhere" / "x.db")


def _foreign(path: Path) -> None:
    path.unlink()
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript(
            "CREATE TABLE paper (x); CREATE TABLE meta (y); CREATE VIEW doc AS SELECT * FROM paper"
        )
        db.executescript(
            "CREATE TABLE a (z INTEGER PRIMARY KEY AUTOINCREMENT); INSERT INTO a VALUES (1)"
        )


def _older(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as db:
        db.executescript(
            "UPDATE meta SET value = 'older' WHERE name = 'schema'; DROP TABLE has"
        )


@pytest.mark.parametrize(
    "harm",
    [
        _garbage,
        _empty,
        _text,
        _half,
        _first_page,
        _gone,
        _cache_gone,
        _folder,
        _dangling,
        _foreign,
        _older,
    ],
    ids=lambda harm: harm.__name__,
)
def test_a_damaged_index_gives_the_same_results(
    filled: Library, harm: Callable[[Path], None]
) -> None:
    expected = results_of(filled.root, filled.cache)
    assert expected == truth(filled.root)
    assert expected["count"] == 5
    harm(database(filled))
    assert results_of(filled.root, filled.cache) == expected
    again = Library(filled.root, filled.cache, now=NOW)
    assert (
        again.marking.mark(
            ["arxiv:2511.00001"], lambda mark: mark._replace(starred=True), what=str
        )
        == 1
    )
    assert again.get("arxiv:2511.00001").starred
    assert results_of(filled.root, filled.cache) == truth(filled.root)


@pytest.mark.parametrize("seed", range(12))
def test_an_index_with_bad_pages_gives_the_same_results(
    filled: Library, facts: Make, seed: int
) -> None:
    """Pages of garbage beyond the first: SQLite opens such a file, and fails when it
    reads them, or returns a long invalid text.
    """
    long = " ".join(
        f"{random.Random(seed + number).random()}" for number in range(2000)
    )
    Library(filled.root, filled.cache, now=NOW).adding.add(
        {"hf": [facts("2511.00042", title="Long", abstract=long)]}
    )
    expected = results_of(filled.root, filled.cache)
    dice = random.Random(seed)
    path = database(filled)
    with path.open("r+b") as file:
        for page in dice.sample(range(1, path.stat().st_size // 4096), k=3):
            file.seek(4096 * page)
            file.write(dice.randbytes(4096))
    assert results_of(filled.root, filled.cache) == expected
    again = Library(filled.root, filled.cache, now=NOW)
    again.adding.add({"hf": [facts("2511.00009", title="Felap", listed="2025-11-08")]})
    assert results_of(filled.root, filled.cache) == truth(filled.root)


def test_without_a_writable_cache_the_index_is_in_memory(
    filled: Library, tmp_path: Path, facts: Make
) -> None:
    """Root may write anywhere, so a file is in the place of the cache's folder."""
    expected = truth(filled.root)
    cache = tmp_path / "file"
    cache.write_text("mine")
    assert results_of(filled.root, cache) == expected
    assert results_of(filled.root, cache / "below") == expected
    # Reading needs no state folder either; changing two files does.
    reading = Library(filled.root, cache, cache / "state", now=NOW)
    paper = reading.index.search(Everything()).papers[0]
    assert reading.get(paper.key).title == paper.title
    library = Library(filled.root, cache, tmp_path / "state", now=NOW)
    assert (
        library.adding.add(
            {"hf": [facts("2511.00009", title="Felap", listed="2025-11-08")]}
        ).counts.new
        == 1
    )
    assert library.get("arxiv:2511.00009").title == "Felap"
    library.number(library.index.search(Everything()).papers)
    assert cache.read_text() == "mine"


def test_a_locked_index_can_be_read(filled: Library) -> None:
    expected = truth(filled.root)
    with contextlib.closing(
        sqlite3.connect(database(filled), isolation_level=None)
    ) as db:
        db.execute("BEGIN IMMEDIATE")
        assert results_of(filled.root, filled.cache) == expected, (
            "a writer does not stop readers"
        )
        db.execute("ROLLBACK")


def test_another_librarys_index_is_not_used(
    filled: Library, tmp_path: Path, facts: Make
) -> None:
    other = Library(tmp_path / "other", filled.cache, now=NOW)
    other.adding.add(
        {
            "arxiv": [
                facts("2511.00001", title="Elsewhere", listed="2025-11-07", upvotes=99)
            ]
        }
    )
    other.marking.mark(
        ["arxiv:2511.00001"], lambda mark: mark._replace(tags=("theirs",)), what=str
    )
    other.index.close()
    with opened(filled.root, filled.cache) as index:
        mine = index.path
    theirs = other.index.path
    assert mine != theirs, "one cache serves several libraries"
    expected = truth(filled.root)
    shutil.copy(theirs, mine)
    assert results_of(filled.root, filled.cache) == expected
    shutil.copy(mine, theirs)
    assert results_of(other.root, other.cache) == truth(other.root)


def test_an_empty_and_a_missing_library_can_be_read(tmp_path: Path) -> None:
    results = results_of(tmp_path / "nowhere", tmp_path / "cache")
    assert results["count"] == 0
    assert results["tags"] == []
    assert not (tmp_path / "nowhere").exists(), "reading makes no library"


# ------------------------------------------------------------- what happens to the files


def _retitle(root: Path) -> None:
    edit(
        root / MONTH,
        lambda data: data["papers"]["1"]["said"]["hf"].update(title="Felap by hand"),
    )


def _same_size(root: Path) -> None:
    path = root / MONTH
    body = path.read_bytes().replace(b"Takel zoku", b"Takel felu")
    new = path.with_suffix(".new")
    new.write_bytes(body)
    assert new.stat().st_size == path.stat().st_size
    new.replace(path)


def _same_size_in_place(root: Path) -> None:
    path = root / MONTH
    path.write_bytes(path.read_bytes().replace(b"Takel zoku", b"Takel felu"))


def _older_copy(root: Path) -> None:
    """Put back from a backup, with the backup's old date."""
    path = root / MONTH
    edit(path, lambda data: data["papers"].pop("1"))
    os.utime(path, (10**9, 10**9))


def _month_gone(root: Path) -> None:
    (root / MONTH).unlink()


def _months_gone(root: Path) -> None:
    shutil.rmtree(root / "papers")


def _month_added(root: Path) -> None:
    document = {
        "key": "arxiv:2301.00001",
        "said": {"arxiv": {"title": "Zoku of old", "published": "2023-01-01"}},
    }
    edit(
        root / "papers" / "2023-01.json",
        lambda data: data.update(papers={"17": document}),
    )


def _month_renamed(root: Path) -> None:
    (root / MONTH).rename(root / "papers" / "mine.json")


def _paper_moved(root: Path) -> None:
    moved: list[Any] = []
    edit(root / MONTH, lambda data: moved.append(data["papers"].pop("1")))
    edit(
        root / "papers" / "2025-10.json",
        lambda data: data["papers"].update({"50": moved[0]}),
    )


def _paper_gone(root: Path) -> None:
    edit(root / MONTH, lambda data: data["papers"].pop("2"))


def _keys_swapped(root: Path) -> None:
    def swap(data: dict[str, Any]) -> None:
        one, other = data["papers"]["1"], data["papers"]["2"]
        one["said"], other["said"] = other["said"], one["said"]

    edit(root / MONTH, swap)


def _key_changed(root: Path) -> None:
    edit(
        root / MONTH,
        lambda data: data["papers"]["1"].update(
            key="arxiv:2511.77777", keys=["arxiv:2511.77777"]
        ),
    )


def _marks_edited(root: Path) -> None:
    def change(data: dict[str, Any]) -> None:
        data["marks"]["1"]["tags"] = ["by/hand", "nlp"]
        data["marks"]["90"] = {"key": "arxiv:2511.00002", "status": "read"}

    edit(root / "marks.json", change)


def _marks_gone(root: Path) -> None:
    (root / "marks.json").unlink()


def _both(root: Path) -> None:
    _retitle(root)
    _marks_edited(root)


def _mark_of_no_paper(root: Path) -> None:
    edit(
        root / "marks.json",
        lambda data: data["marks"].update(
            {"91": {"key": "arxiv:9912.00001", "tags": ["x"]}}
        ),
    )


@pytest.mark.parametrize(
    "change",
    [
        _retitle,
        _same_size,
        _same_size_in_place,
        _older_copy,
        _month_gone,
        _months_gone,
        _month_added,
        _month_renamed,
        _paper_moved,
        _paper_gone,
        _keys_swapped,
        _key_changed,
        _marks_edited,
        _marks_gone,
        _both,
        _mark_of_no_paper,
    ],
    ids=lambda change: change.__name__,
)
def test_a_change_by_another_program_is_seen(
    filled: Library, change: Callable[[Path], None]
) -> None:
    before = results_of(filled.root, filled.cache)
    change(filled.root)
    after = results_of(filled.root, filled.cache)
    assert after == truth(filled.root)
    assert (after == before) is (
        change in (_month_renamed, _paper_moved, _mark_of_no_paper)
    )


def test_a_change_is_seen_by_an_open_index(filled: Library) -> None:
    with opened(filled.root, filled.cache) as index:
        _retitle(filled.root)
        index.refresh()
        assert answers(index) == truth(filled.root)


def test_only_changed_files_are_read(filled: Library) -> None:
    """A month that did not change may be unreadable: nothing reads it."""
    path = filled.root / "papers" / "2025-10.json"
    stat = path.stat()
    expected = results_of(filled.root, filled.cache)
    path.write_bytes(b"x" * stat.st_size)
    os.utime(path, ns=(stat.st_atime_ns, stat.st_mtime_ns))
    assert results_of(filled.root, filled.cache) == expected
    _retitle(filled.root)
    assert "Felap by hand" in titles(filled.root, filled.cache)


MARKINGS: dict[str, tuple[dict[str, Any], bool]] = {
    "read": ({"status": "read"}, False),
    "hidden": ({"status": "hidden"}, False),
    "unread": ({"status": "unread"}, False),
    "starred": ({"starred": True}, False),
    "the same tags": ({"tags": ("nlp",), "status": "later"}, False),
    "another tag": ({"tags": ("vision",)}, True),
    "a note": ({"note": "Takel."}, True),
}
"""How papers are marked, and whether that changes their full text."""


@pytest.mark.parametrize("marking", MARKINGS)
def test_only_marks_with_words_change_full_text(filled: Library, marking: str) -> None:
    change, has_words = MARKINGS[marking]
    before = _full_text(filled)
    library = Library(filled.root, filled.cache, now=NOW)
    library.marking.mark(
        ["arxiv:2511.00001", "doi:10.1234/a"],
        lambda mark: mark._replace(**change),
        what=str,
    )
    assert (_full_text(filled) != before) is has_words
    assert results_of(filled.root, filled.cache) == truth(filled.root)
    library.marking.undo()
    assert (_full_text(filled) != before) is has_words  # now in another order
    assert results_of(filled.root, filled.cache) == truth(filled.root)


def _full_text(library: Library) -> list[tuple[int, bytes]]:
    """What FTS5 has stored."""
    query = "SELECT id, block FROM fts_data ORDER BY id"
    with opened(library.root, library.cache) as index:
        rows: list[tuple[int, bytes]] = index.db.execute(query).fetchall()
    return rows


def test_files_that_are_not_months_are_ignored(filled: Library) -> None:
    expected = results_of(filled.root, filled.cache)
    (filled.root / "papers" / ".2025-11.json.abc.tmp").write_text("{")
    (filled.root / "papers" / ".hidden.json").write_text("{")
    (filled.root / "papers" / "README").write_text("mine")
    assert results_of(filled.root, filled.cache) == expected == truth(filled.root)


def test_a_failed_catch_up_leaves_the_index_usable(filled: Library) -> None:
    from papertrack.core.errors import StoreError

    path = filled.root / MONTH
    good = path.read_bytes()
    with opened(filled.root, filled.cache) as index:
        path.write_bytes(b"{")
        with pytest.raises(StoreError):
            index.refresh()
        path.write_bytes(good)
        assert answers(index) == truth(filled.root)


# ---------------------------------------------------------------- one paper in two files


def twice(root: Path, **said: Any) -> None:
    """As a writer leaves it that was killed after writing the joined paper and before
    deleting the old one.
    """
    document = {
        "key": "title:0123456789",
        "keys": ["title:0123456789"],
        "added": "2025-10-01T00:00:00Z",
        "said": {
            "hf": {"title": "Zoku mibra", "abstract": "Of old.", "upvotes": 1, **said}
        },
    }
    edit(
        root / "papers" / "2025-10.json",
        lambda data: data["papers"].update({"40": document}),
    )

    def joined(data: dict[str, Any]) -> None:
        data["papers"]["1"].update(
            keys=["arxiv:2511.00001", "title:0123456789"], added="2025-10-01T00:00:00Z"
        )

    edit(root / MONTH, joined)


def test_a_paper_in_two_files_reads_as_one(filled: Library) -> None:
    twice(filled.root)
    results = results_of(filled.root, filled.cache)
    assert results == truth(filled.root)
    assert results["count"] == 5
    assert "title:0123456789" in results["keys"]["arxiv:2511.00001"]
    library = Library(filled.root, filled.cache, now=NOW)
    assert library.resolve("01234567") == ["arxiv:2511.00001"]
    assert library.get("arxiv:2511.00001").abstract == "Of old."
    assert library.record("arxiv:2511.00001").said["hf"]["abstract"] == "Of old."


@pytest.mark.parametrize("changed", ["2025-10.json", "2025-11.json"])
def test_a_change_to_one_part_leaves_the_other(filled: Library, changed: str) -> None:
    twice(filled.root)
    results_of(filled.root, filled.cache)
    path = filled.root / "papers" / changed
    edit(path, lambda data: data.update(theirs={}))
    assert results_of(filled.root, filled.cache) == truth(filled.root)
    path.unlink()
    assert results_of(filled.root, filled.cache) == truth(filled.root)


def test_the_next_fetch_joins_a_paper_in_two_files(
    filled: Library, facts: Make
) -> None:
    twice(filled.root)
    library = Library(filled.root, filled.cache, now=NOW)
    news = [facts("2511.00001", title="Zoku mibra", listed="2025-11-07", upvotes=44)]
    taken = library.adding.add({"hf": news}).counts
    assert (taken.new, taken.updated) == (0, 1)
    assert library.index.count() == 5
    paper = library.get("arxiv:2511.00001")
    assert (paper.upvotes, paper.abstract) == (44, "Of old."), (
        "the newest facts win; others are unchanged"
    )
    assert answers(library.index) == truth(filled.root)
    again = library.adding.add({"hf": news}).counts
    assert (again.new, again.updated) == (0, 0)
    holders = [
        path.name
        for path in (filled.root / "papers").iterdir()
        if "0123456789" in path.read_text("utf-8")
    ]
    assert holders == ["2025-11.json"], "and it lies in one file again"


def test_the_same_key_in_two_files_reads_as_one(filled: Library, facts: Make) -> None:
    """As a merge of two copies by git results in."""
    shutil.copy(filled.root / MONTH, filled.root / "papers" / "2025-11.copy.json")
    assert results_of(filled.root, filled.cache)["count"] == 5
    library = Library(filled.root, filled.cache, now=NOW)
    library.adding.add(
        {
            "hf": [
                facts("2511.00001", title="Zoku mibra", listed="2025-11-07", upvotes=44)
            ]
        }
    )
    assert library.index.count() == 5
    assert library.get("arxiv:2511.00001").upvotes == 44
    assert answers(library.index) == truth(filled.root)


def test_marks_under_several_keys_of_a_paper_are_joined_in_one_order(
    library: Library, facts: Make
) -> None:
    """By the mark's own change or by the paper's: the order of joining is the same."""
    library.adding.add({"hf": [facts("https://e.org/a", title="Zoku")]})
    (title,) = (key for key in ("title:0123456789",))
    edit(
        library.root / MONTH,
        lambda data: data["papers"]["1"].update(keys=["url:https://e.org/a", title]),
    )
    answers(library.index)
    marks = {
        "1": {"key": title, "tags": ["first"], "note": "One."},
        "2": {"key": "url:https://e.org/a", "tags": ["second"], "note": "Two."},
    }
    edit(library.root / "marks.json", lambda data: data.update(marks=marks))
    library.index.refresh()
    assert answers(library.index) == truth(library.root)


# --------------------------------------------------------------- any sequence of changes

IDS = ("2511.00001", "2511.00002", "10.1234/a", "https://e.org/a")
TITLES = ("Zoku mibra", "Takel zoku", "Dorun", "Felap: mibra takel")
DAYS = ("2025-11-07", "2025-11-08", "2025-10-02", "2024-05-01", None)
TAGS = ("nlp", "nlp/x", "a")


def take(library: Library, dice: random.Random) -> None:
    facts = [
        Facts(
            title=dice.choice(TITLES),
            ids=tuple(
                _key(text)
                for text in sorted(dice.sample(IDS, k=dice.choice((0, 1, 1, 1, 2))))
            ),
            abstract=dice.choice((None, "Zoku mibra.", "Dorun takel zoku felap.")),
            authors=dice.choice(((), ("A. Zoku",), ("B. Mibra", "C. Takel"))),
            listed=dice.choice(DAYS),
            upvotes=dice.choice((None, 1, 3, 9)),
            published=dice.choice((None, "2024", "2024-05-01", "2027-01-02")),
            organization=dice.choice((None, "Felap", "FELAP")),
        )
        for _ in range(dice.randint(1, 4))
    ]
    library.adding.add({dice.choice(("hf", "arxiv", "text")): facts})


def _key(text: str) -> str:
    from papertrack.core.identity import normalise

    key = normalise(text)
    assert key
    return key


def _some(library: Library, dice: random.Random) -> list[str]:
    papers = library.index.search(parse("is:hidden or not is:hidden", TODAY)).papers
    return [
        paper.key
        for paper in dice.sample(papers, k=min(len(papers), dice.randint(1, 3)))
    ]


def _mark(library: Library, dice: random.Random) -> None:
    changes: list[dict[str, Any]] = [
        {"tags": tuple(dice.sample(TAGS, k=dice.randint(0, 2)))},
        {"status": dice.choice(("unread", "read", "later", "hidden"))},
        {"starred": dice.random() < 0.5},
        {"note": dice.choice((None, "Felap.", "Zoku takel."))},
    ]
    change = dice.choice(changes)
    library.marking.mark(
        _some(library, dice), lambda mark: mark._replace(**change), what=str
    )


def _rename(library: Library, dice: random.Random) -> None:
    library.marking.rename_tag(*dice.sample(TAGS, k=2))


def _undo(library: Library, dice: random.Random) -> None:
    library.marking.undo()


def _by_hand(library: Library, dice: random.Random) -> None:
    months = sorted((library.root / "papers").glob("*.json"))
    if not months:
        return
    path = dice.choice(months)
    kind = dice.choice(("title", "drop", "delete", "copy", "rename", "mark"))
    if kind == "delete" and len(months) > 1:
        path.unlink()
    elif kind == "copy":
        shutil.copy(path, path.with_suffix(".copy.json"))
    elif kind == "rename":
        path.rename(path.with_name(f"{dice.randint(1, 3)}-{path.name}"))
    elif kind == "mark":
        document = {"key": _key(dice.choice(IDS)), "tags": ["hand"], "note": "By hand."}
        edit(
            library.root / "marks.json",
            lambda data: data.setdefault("marks", {}).update(
                {str(dice.randint(50, 60)): document}
            ),
        )
    else:

        def change(data: dict[str, Any]) -> None:
            number = dice.choice(sorted(data["papers"])) if data["papers"] else None
            if number and kind == "drop":
                del data["papers"][number]
            elif number:
                for said in data["papers"][number]["said"].values():
                    said["title"] = dice.choice(TITLES)

        edit(path, change)


Step = Callable[[Library, random.Random], None]
STEPS: list[Step] = [take, take, _mark, _rename, _undo, _by_hand]


@settings(max_examples=20)
@given(
    st.lists(st.sampled_from(STEPS), max_size=10),
    st.integers(0, 10**6),
    st.sampled_from((vocabulary.ANEW, 10**9)),
)
def test_an_updated_index_equals_a_rebuilt_one(
    steps: list[Step], seed: int, anew: float
) -> None:
    dice = random.Random(seed)
    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as name:
        # In a library so small all words would be counted anew after each change.
        patch.setattr(vocabulary, "ANEW", anew)
        folder = Path(name)
        for number, step in enumerate([take, *steps]):
            now = f"2025-11-{1 + number:02}T12:00:00Z"
            library = Library(folder / "library", folder / "cache", now=now)
            step(library, dice)
            library.index.close()
            if number % 4 == 3:
                assert results_of(library.root, library.cache) == truth(library.root)
        assert results_of(library.root, library.cache) == truth(library.root)


# ------------------------------------------------------------------ bounds


def _many(library: Library, make: Make, count: int = 9) -> None:
    library.adding.add(
        {
            "hf": [
                make(
                    f"2511.{n:05}",
                    title=f"Zoku {n}",
                    listed=f"2025-11-0{1 + n // 3}",
                    upvotes=n,
                )
                for n in range(count)
            ]
        }
    )


def test_matches_are_counted_up_to_a_bound_and_shown_beyond(
    library: Library, facts: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    _many(library, facts)
    whole = library.index.search(parse("zoku", TODAY))
    monkeypatch.setattr("papertrack.index.search.COUNTED", 4)
    monkeypatch.setattr("papertrack.index.search.RANKED", 2)
    for sort in ("date", "relevance"):
        found = library.index.search(parse("zoku", TODAY), sort=sort, limit=2)
        assert (found.total, found.more, found.total_text) == (4, True, "over 4")
        assert [paper.id for paper in found.papers] == ["2511.00008", "2511.00007"]
    assert (
        library.index.search(parse("zoku", TODAY), limit=7).papers == whole.papers[:7]
    )
    assert library.index.search(parse("zoku", TODAY)).total_text == "9", (
        "all are requested: all are counted"
    )


def test_a_day_with_more_papers_than_the_limit(
    library: Library, facts: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("papertrack.index.build.DAY_BITS", 1)
    _many(library, facts, 2)
    _many(library, facts)
    assert results_of(library.root, library.cache) == truth(library.root)
    assert [paper.upvotes for paper in library.index.search(Everything()).papers] == [
        8,
        7,
        6,
        5,
        4,
        3,
        2,
        1,
        0,
    ]


def test_a_range_of_days_matches_the_same_at_any_width(
    library: Library, facts: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    _many(library, facts)
    clause = parse("zoku listed:2025-11-02..2025-11-03", TODAY)
    found = [
        library.index.search(clause, sort=sort, limit=4)
        for sort in ("date", "relevance")
    ]
    assert found[0].total == 6
    monkeypatch.setattr("papertrack.index.search.NARROW", 2)
    assert [
        library.index.search(clause, sort=sort, limit=4)
        for sort in ("date", "relevance")
    ] == found


def test_only_the_newest_ids_are_completed(
    library: Library, facts: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("papertrack.index.completion_words.COMPLETED", 4)
    _many(library, facts)
    lines = (
        (library.cache / "complete" / "ids.tsv")
        .read_text(encoding="utf-8")
        .splitlines()
    )
    assert [line.partition("\t")[0] for line in lines] == [
        f"2511.0000{n}" for n in (8, 7, 6, 5)
    ]
