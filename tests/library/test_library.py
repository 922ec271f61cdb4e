"""The library: which papers are added and where, marks, and what an id names."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import papertrack.library.adding
import papertrack.library.new_step
from papertrack.core.errors import NotFound, PapertrackError, UsageError
from papertrack.core.facts import Facts
from papertrack.core.model import Mark, Paper
from papertrack.query.language import Everything
from papertrack.query.views import View
from papertrack.storage import layout, reading
from tests.helpers.libraries import Library

Make = Callable[..., Facts]
ONE, TWO, THREE = "arxiv:2511.00001", "arxiv:hep-th/9901001", "doi:10.1234/x"


@pytest.fixture
def filled(library: Library, facts: Make) -> Library:
    """Five papers in three months: of arXiv, old and new, a DOI, a URL, and one by its
    title alone.
    """
    library.adding.add(
        {
            "hf": [
                facts("2511.00001", title="Zoku mibra", listed="2025-11-07", upvotes=3),
                facts("hep-th/9901001", title="Takel", published="1999-01-02"),
                facts("10.1234/x", title="Dorun", published="2025-11-01"),
                facts("https://e.org/a", title="Felap"),
                facts(title="Mibra takel", listed="2025-11-09"),
            ]
        }
    )
    return library


def months(library: Library) -> dict[str, list[str]]:
    """The keys in each month's file."""
    found = {}
    for path in sorted((library.root / "papers").iterdir()):
        documents = json.loads(path.read_text(encoding="utf-8"))["papers"].values()
        found[path.name] = [document["key"] for document in documents]
    return found


def only(library: Library) -> Paper:
    (paper,) = library.index.search(Everything()).papers
    return paper


def said(library: Library) -> dict[str, Mark]:
    """The marks on disk."""
    documents = reading.read_marks(library.root)
    return {key: Mark.from_json(document) for key, document in documents.items()}


def mark(library: Library, *keys: str, **change: Any) -> int:
    return library.marking.mark(
        keys,
        lambda mark: mark._replace(**change),
        what=lambda count: f"{change} on {count}",
    )


# ------------------------------------------------------------------ taking


def test_a_paper_is_stored_in_the_month_of_its_day(filled: Library) -> None:
    found = months(filled)
    assert set(found) == {"2025-11.json", "1999-01.json"}
    assert found["1999-01.json"] == [TWO]
    assert len(found["2025-11.json"]) == 4, "listed, else published, else added"


def test_new_updated_and_known_papers_are_counted(filled: Library, facts: Make) -> None:
    taken = filled.adding.add(
        {
            "hf": [
                facts("2511.00001", title="Zoku mibra", listed="2025-11-07", upvotes=4),
                facts("10.1234/x", title="Dorun", published="2025-11-01"),
                facts("2511.00009", title="New"),
            ]
        }
    ).counts
    assert taken == (1, 1, 1)
    assert filled.get(ONE).upvotes == 4
    assert filled.index.count() == 6


def test_adding_again_touches_no_file(filled: Library, facts: Make) -> None:
    def stats() -> dict[str, tuple[int, int, int]]:
        found = {path: path.stat() for path in (filled.root / "papers").iterdir()}
        return {
            path.name: (stat.st_ino, stat.st_mtime_ns, stat.st_size)
            for path, stat in found.items()
        }

    listing = [
        facts("2511.00001", title="Zoku mibra", listed="2025-11-07", upvotes=3),
        facts("hep-th/9901001", title="Takel", published="1999-01-02"),
        facts(title="Mibra takel", listed="2025-11-09"),
    ]
    before = stats()
    later = Library(filled.root, filled.cache, now="2026-01-01T00:00:00Z")
    assert later.adding.add({"hf": listing}).counts == (0, 0, 3)
    assert stats() == before
    changed = [
        facts("hep-th/9901001", title="Takel", published="1999-01-02", abstract="New.")
    ]
    assert later.adding.add({"hf": changed}).counts == (0, 1, 0)
    assert {name for name, stat in stats().items() if stat != before[name]} == {
        "1999-01.json"
    }
    assert later.get(TWO).added == filled.now


def test_a_dry_run_writes_nothing(library: Library, facts: Make) -> None:
    assert library.adding.add({"hf": [facts("2511.00001")]}, dry_run=True).counts == (
        1,
        0,
        0,
    )
    assert library.index.count() == 0
    assert not (library.root / "papers").exists()


def test_adding_nothing_writes_nothing(library: Library) -> None:
    assert library.adding.add({"hf": []}).counts == (0, 0, 0)
    assert not (library.root / "papers").exists()


def test_a_paper_that_moves_between_months_is_stored_once(
    library: Library, facts: Make
) -> None:
    library.adding.add({"text": [facts(title="Zoku", listed="2025-10-01")]})
    library.adding.add({"hf": [facts("2511.00001", title="Zoku", listed="2025-11-01")]})
    assert [keys for keys in months(library).values() if keys] == [[ONE]]
    assert only(library).sources == ("hf", "text")


def test_a_full_month_gets_a_second_file(
    library: Library, facts: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papertrack.library.storing, "MONTH_BYTES", 700)
    for number in range(12):
        library.adding.add(
            {
                "hf": [
                    facts(
                        f"2511.{number:05}", title=f"Zoku {number}", listed="2025-11-07"
                    )
                ]
            }
        )
    found = months(library)
    assert len(found) > 1
    assert set(found) == {
        "2025-11.json",
        *(f"2025-11.{n}.json" for n in range(2, len(found) + 1)),
    }
    assert sorted(key for keys in found.values() for key in keys) == [
        f"arxiv:2511.{n:05}" for n in range(12)
    ]
    assert all((library.root / "papers" / name).stat().st_size < 1200 for name in found)
    assert library.index.count() == 12

    news = [facts("2511.00000", title="Zoku 0", listed="2025-11-07", upvotes=7)]
    assert library.adding.add({"hf": news}).counts == (0, 1, 0)
    assert months(library) == found, "a paper stays where it lies"


def test_one_large_listing_is_split_as_well(
    library: Library, facts: Make, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(papertrack.library.storing, "MONTH_BYTES", 700)
    listing = [
        facts(f"2511.{n:05}", title=f"Zoku {n}", listed="2025-11-07") for n in range(12)
    ]
    assert library.adding.add({"hf": listing}).counts == (12, 0, 0)
    assert len(months(library)) > 1
    assert library.index.count() == 12
    assert library.adding.add({"hf": listing}).counts == (0, 0, 12)


def test_a_file_of_the_reader_beside_the_papers_is_not_deleted(
    filled: Library, facts: Make
) -> None:
    path = filled.root / "papers" / "2025-11.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["mine"] = {"1": {"note": "keep"}}
    path.write_text(json.dumps(data), encoding="utf-8")
    filled.adding.add(
        {
            "hf": [
                facts("2511.00001", title="Zoku mibra", listed="2025-11-07", upvotes=9)
            ]
        }
    )
    assert json.loads(path.read_text(encoding="utf-8"))["mine"] == {
        "1": {"note": "keep"}
    }


# ------------------------------------------------------------------ ids

NAMED = [
    ("2511.00001", [ONE]),
    ("2511.00001v3", [ONE]),
    ("arXiv:2511.00001", [ONE]),
    (" 2511.00001 ", [ONE]),
    ("https://arxiv.org/abs/2511.00001v1", [ONE]),
    ("https://huggingface.co/papers/2511.00001", [ONE]),
    ("https://www.alphaxiv.org/abs/2511.00001", [ONE]),
    ("10.48550/arXiv.2511.00001", [ONE]),
    ("hep-th/9901001", [TWO]),
    ("https://arxiv.org/pdf/hep-th/9901001v2.pdf", [TWO]),
    ("10.1234/X", [THREE]),
    ("doi:10.1234/x", [THREE]),
    ("https://doi.org/10.1234/x", [THREE]),
    ("https://e.org/a", ["url:https://e.org/a"]),
    ("https://www.e.org/a/?utm_source=x", ["url:https://e.org/a"]),
    ("1", [ONE]),
    ("3", ["url:https://e.org/a"]),
    ("1-3", [ONE, THREE, "url:https://e.org/a"]),
    ("2-2", [THREE]),
    ("3,1", ["url:https://e.org/a", ONE]),
    ("1-2,3,2", [ONE, THREE, "url:https://e.org/a"]),
    ("1,", None),
    ("zoku", None),
    ("cs.CL", None),
    ("tag:nlp", None),
    ("", None),
    ("-", None),
    ("1-", None),
    ("-1", None),
    ("1-2-3", None),
    ("dead", None),
    ("²", None),
    ("1-²", None),
    ("٣", None),
    ("123456", None),
]


@pytest.mark.parametrize(("text", "keys"), NAMED)
def test_ids_name_papers(filled: Library, text: str, keys: list[str] | None) -> None:
    filled.number([filled.get(key) for key in (ONE, THREE, "url:https://e.org/a")])
    assert filled.resolve(text) == keys


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "2511.99999",
            "unknown paper 2511.99999; papertrack add 2511.99999 adds it",
        ),
        ("10.9999/x", "unknown paper 10.9999/x"),
        ("https://e.org/none", "unknown paper https://e.org/none"),
        ("title:0123456789", "unknown paper title:0123456789"),
        ("0", "the last listing has 1-3"),
        ("4", "the last listing has 1-3"),
        ("2-4", "unknown paper 2-4: the last listing has 1-3"),
        ("3-1", "unknown paper 3-1"),
        ("1,2-4", "unknown paper 2-4: the last listing has 1-3"),
    ],
)
def test_an_unknown_id_is_an_error(filled: Library, text: str, message: str) -> None:
    filled.number([filled.get(key) for key in (ONE, THREE, "url:https://e.org/a")])
    with pytest.raises(NotFound) as caught:
        filled.resolve(text)
    assert message in str(caught.value)
    assert caught.value.exit_code == 5


def test_a_number_before_any_listing_is_an_error(filled: Library) -> None:
    with pytest.raises(NotFound, match="nothing was listed yet"):
        filled.resolve("1")


def test_a_number_still_names_a_paper_whose_key_changed(
    library: Library, facts: Make
) -> None:
    library.adding.add({"text": [facts(title="Zoku", listed="2025-11-07")]})
    library.number([only(library)])
    library.adding.add({"hf": [facts("2511.00001", title="Zoku")]})
    assert library.resolve("1") == [ONE]


def test_a_number_of_a_removed_paper_is_an_error(filled: Library) -> None:
    filled.number([filled.get(ONE), filled.get(TWO)])
    (filled.root / "papers" / "2025-11.json").unlink()
    library = Library(filled.root, filled.cache, now=filled.now)
    assert library.resolve("1-2") == [TWO]
    with pytest.raises(NotFound):
        library.resolve("1")


def test_numbers_outlive_a_damaged_listing(filled: Library) -> None:
    filled.number([filled.get(ONE)])
    (listing,) = filled.cache.glob("listing-*.txt")
    listing.write_bytes(b"\xff\xfe")
    with pytest.raises(NotFound):
        filled.resolve("1")
    listing.write_text("nonsense\n\n")
    with pytest.raises(NotFound):
        filled.resolve("1")


def test_a_hash_may_be_shortened(library: Library) -> None:
    papers = {
        str(number): {
            "key": f"title:{digest}",
            "said": {"text": {"title": f"T{number}"}},
        }
        for number, digest in enumerate(("abcd123456", "abcdef0123", "fedcba9876"), 1)
    }
    path = library.root / "papers" / "2025-11.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps({"papers": papers}), encoding="utf-8")
    assert (
        library.resolve("fedc") == library.resolve("FEDCBA9876") == ["title:fedcba9876"]
    )
    assert library.resolve("abcd1") == ["title:abcd123456"]
    assert library.resolve("fed") is None, "too short to be meant as one"
    assert library.resolve("fedcba98765") is None
    assert library.resolve("beef") is None
    with pytest.raises(UsageError, match="abcd is ambiguous") as caught:
        library.resolve("abcd")
    assert "abcd123456, abcdef0123" in str(caught.value)


def test_an_unknown_paper_cannot_be_marked(filled: Library) -> None:
    for ask in (filled.get, filled.record):
        with pytest.raises(NotFound, match=r"unknown paper 2511\.99999"):
            ask("arxiv:2511.99999")


# ------------------------------------------------------------------ marks and undo


def undone(library: Library) -> str | None:
    """The changes of the step that is undone."""
    taken = library.marking.undo().steps
    assert len(taken) < 2
    return taken[0].what if taken else None


def test_a_mark_is_on_disk_and_shown(filled: Library) -> None:
    assert mark(filled, ONE, TWO, tags=("a", "b/c")) == 2
    assert mark(filled, ONE, status="later") == 1
    assert said(filled) == {
        ONE: Mark(("a", "b/c"), "later", marked=filled.now),
        TWO: Mark(("a", "b/c")),
    }
    paper = filled.get(ONE)
    assert (paper.tags, paper.status) == (("a", "b/c"), "later")
    assert [tag[:3] for tag in filled.index.tags()] == [("a", 2, 1), ("b/c", 2, 1)]


def test_a_mark_without_a_change_is_not_a_step(filled: Library) -> None:
    mark(filled, ONE, starred=True)
    assert mark(filled, ONE, starred=True) == 0
    assert undone(filled) == "{'starred': True} on 1"
    assert undone(filled) == "added 5 papers"


def test_an_empty_mark_is_deleted(filled: Library) -> None:
    mark(filled, ONE, starred=True)
    mark(filled, ONE, starred=False)
    mark(filled, TWO, status="read")
    mark(filled, TWO, status="unread")
    assert said(filled) == {}
    assert filled.marking.undo()
    assert said(filled)[TWO].status == "read"


CHANGES: list[dict[str, Any]] = [
    {"tags": ("x",)},
    {"status": "read"},
    {"status": "hidden"},
    {"starred": True},
    {"note": "Two\nlines"},
    {"tags": ()},
    {"note": None},
]


def test_undo_reverts_step_by_step(filled: Library) -> None:
    states = [(said(filled), filled.get(ONE), filled.get(TWO), filled.index.tags())]
    steps = []
    for change in CHANGES:
        count = mark(filled, ONE, TWO, **change)
        assert count == 2
        steps.append(f"{change} on 2")
        states.append(
            (said(filled), filled.get(ONE), filled.get(TWO), filled.index.tags())
        )
    filled.marking.rename_tag("x", "y")
    for what in reversed(steps):
        assert (
            said(filled),
            filled.get(ONE),
            filled.get(TWO),
            filled.index.tags(),
        ) == states.pop()
        assert undone(filled) == what
    assert (
        said(filled),
        filled.get(ONE),
        filled.get(TWO),
        filled.index.tags(),
    ) == states.pop()
    assert undone(filled) == "added 5 papers"
    assert undone(filled) is None


def test_a_hundred_steps_can_be_undone(
    filled: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert papertrack.library.new_step.STEPS == 100
    monkeypatch.setattr(papertrack.library.new_step, "STEPS", 5)
    for number in range(8):
        mark(filled, ONE, note=str(number))
    count = 0
    while filled.marking.undo():
        count += 1
    assert count == 5
    assert filled.get(ONE).note == "2"


def test_marks_before_a_saved_view_can_be_undone(filled: Library) -> None:
    filled.marking.mark(
        ["arxiv:2511.00001"],
        lambda mark: mark._replace(tags=("a",)),
        what=lambda count: "tagged",
    )
    filled.settings.save_view(
        View("v", "is:unread", "2025-11-24T12:00:00Z"), what="saved"
    )
    assert [step.what for step, _ in filled.log()][:2] == ["saved", "tagged"]


def test_duplicate_marks_written_by_hand_are_cleared_together(
    filled: Library,
) -> None:
    key = "arxiv:2511.00001"
    filled.marking.mark([key], lambda mark: mark._replace(note="mine"), what=str)
    path = filled.root / layout.MARKS
    marks = {"1": {"key": key, "note": "mine"}, "7": {"key": key, "note": "by hand"}}
    path.write_text(json.dumps({"marks": marks}), encoding="utf-8")
    filled.marking.undo()
    assert filled.get(key).note is None
    assert json.loads(path.read_text(encoding="utf-8"))["marks"] == {}


def test_undo_in_an_empty_library(library: Library) -> None:
    assert undone(library) is None


def test_undo_leaves_other_marks_alone(filled: Library) -> None:
    mark(filled, ONE, note="mine")
    mark(filled, TWO, starred=True)
    path = filled.root / "marks.json"
    data = json.loads(path.read_text(encoding="utf-8"))
    data["marks"]["77"] = {"key": THREE, "tags": ["by-hand"]}
    path.write_text(json.dumps(data), encoding="utf-8")
    filled.marking.undo()
    assert said(filled) == {ONE: Mark(note="mine"), THREE: Mark(("by-hand",))}


@pytest.mark.parametrize(
    ("old", "new", "tags", "renamed"),
    [
        ("nlp", "lang", ("nlp", "a"), ("lang", "a")),
        (
            "nlp",
            "lang",
            ("nlp/parsing", "nlp/parsing/fast"),
            ("lang/parsing", "lang/parsing/fast"),
        ),
        ("nlp", "lang/nlp", ("nlp", "nlp/x"), ("lang/nlp", "lang/nlp/x")),
        ("nlp/parsing", "parsing", ("nlp", "nlp/parsing"), ("nlp", "parsing")),
        ("NLP", "lang", ("nlp", "Nlp/x"), ("lang", "lang/x")),
        ("nlp", "a", ("nlp", "a"), ("a",)),
        ("nlp", "NLP", ("nlp",), ("NLP",)),
        ("nlp", "lang", ("nlpx", "x/nlp"), ("nlpx", "x/nlp")),
        ("straße", "weg", ("straße/x",), ("weg/x",)),
        ("strasse", "weg", ("straße", "straße/x"), ("weg", "weg/x")),
    ],
)
def test_a_tag_is_renamed_with_those_below_it(
    filled: Library, old: str, new: str, tags: tuple[str, ...], renamed: tuple[str, ...]
) -> None:
    mark(filled, ONE, tags=tags, starred=True)
    mark(filled, TWO, tags=("other",))
    assert len(filled.marking.rename_tag(old, new).marks) == (tags != renamed)
    assert filled.get(ONE).tags == renamed
    assert filled.get(TWO).tags == ("other",)
    assert filled.get(ONE).starred
    if tags != renamed:
        assert " the tag" in (undone(filled) or "")
        assert filled.get(ONE).tags == tags


def test_a_tag_is_renamed_on_marks_of_removed_papers(
    filled: Library,
) -> None:
    mark(filled, TWO, tags=("nlp",))
    (filled.root / "papers" / "1999-01.json").unlink()
    assert len(filled.marking.rename_tag("nlp", "lang").marks) == 1
    assert said(filled)[TWO].tags == ("lang",)


def test_marks_of_merged_papers_are_merged(library: Library, facts: Make) -> None:
    library.adding.add(
        {"hf": [facts("2511.00001", title="Zoku"), facts("10.1234/a", title="Zoku")]}
    )
    mark(library, ONE, tags=("one", "both"), note="First.")
    mark(
        library,
        "doi:10.1234/a",
        tags=("two", "both"),
        note="Second.",
        starred=True,
        status="read",
    )
    assert library.adding.add(
        {"arxiv": [facts("2511.00001", "10.1234/a", title="Zoku")]}
    ).counts == (
        0,
        1,
        0,
    )
    paper = only(library)
    assert (paper.key, set(paper.tags), len(paper.tags)) == (
        ONE,
        {"one", "two", "both"},
        3,
    )
    assert (paper.starred, paper.status) == (True, "read")
    assert sorted((paper.note or "").split("\n\n")) == ["First.", "Second."]
    assert set(said(library)) == {ONE, "doi:10.1234/a"}, "a fetch never writes marks"

    mark(library, ONE, starred=False)
    assert set(said(library)) == {ONE}, "the next mark brings them together on disk"
    assert (set(only(library).tags), only(library).starred) == (
        {"one", "two", "both"},
        False,
    )
    library.marking.undo()
    assert set(said(library)) == {ONE, "doi:10.1234/a"}
    assert (only(library), paper) == (paper, paper)


def test_adding_papers_never_writes_marks(filled: Library, facts: Make) -> None:
    mark(filled, ONE, tags=("a",))
    stats = {
        name: (filled.root / name).stat().st_mtime_ns
        for name in ("marks.json", "desk.json")
    }
    filled.adding.add({"hf": [facts("2511.00001", title="Zoku mibra", upvotes=99)]})
    assert stats == {name: (filled.root / name).stat().st_mtime_ns for name in stats}
    assert filled.get(ONE).tags == ("a",)


def test_marks_of_papers_not_yet_added_are_preserved(
    library: Library, facts: Make
) -> None:
    path: Path = library.root / "marks.json"
    path.parent.mkdir(parents=True)
    path.write_text(
        json.dumps({"marks": {"4": {"key": ONE, "tags": ["waiting"]}}}),
        encoding="utf-8",
    )
    assert library.index.count() == 0
    assert library.index.tags() == []
    library.adding.add({"hf": [facts("2511.00001")]})
    assert only(library).tags == ("waiting",)


def test_every_error_is_a_papertrack_error(filled: Library) -> None:
    for ask in ("2511.99999", "0", "99999", "https://e.org/x"):
        with pytest.raises(PapertrackError):
            filled.resolve(ask)
