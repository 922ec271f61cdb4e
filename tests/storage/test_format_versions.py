"""Format versions: a newer one is not touched, an older one is read as it is, and migrated after a copy."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from papertrack.core.errors import StoreError
from papertrack.core.facts import Facts
from papertrack.library.doctor import Doctor
from papertrack.library.library import Library
from papertrack.query.language import Everything
from papertrack.storage import reading as files

Make = Callable[..., Facts]
KEY = "arxiv:2511.00001"
OLD_MARKS = {
    "format": {"1": {"version": 0}},
    "marks": {"1": {"key": KEY, "labels": "a b"}},
}


def _from_zero(tables: files.Tables) -> files.Tables:
    """Of a format that never was: tags were one string, months called what they said `facts`."""
    marks = {
        number: {
            "tags": str(one["labels"]).split(),
            **{name: said for name, said in one.items() if name != "labels"},
        }
        for number, one in tables.get("marks", {}).items()
    }
    papers = {
        number: {
            "said": one["facts"],
            **{name: said for name, said in one.items() if name != "facts"},
        }
        for number, one in tables.get("papers", {}).items()
    }
    return {
        **tables,
        **({"marks": marks} if marks else {}),
        **({"papers": papers} if papers else {}),
    }


@pytest.fixture
def old(library: Library, facts: Make, monkeypatch: pytest.MonkeyPatch) -> Library:
    """A library whose marks and one month are of format 0."""
    library.take(
        [
            facts("2511.00001", listed="2025-11-07"),
            facts("2511.00002", listed="2025-10-07"),
        ],
        source="hf",
    )
    library.index.close()
    month = library.root / "papers" / "2025-11.json"
    tables = json.loads(month.read_text())
    for one in tables["papers"].values():
        one["facts"] = one.pop("said")
    month.write_text(json.dumps({**tables, "format": {"1": {"version": 0}}}))
    (library.root / files.MARKS).write_text(json.dumps(OLD_MARKS))
    monkeypatch.setitem(files.MIGRATIONS, 0, _from_zero)
    return Library(library.root, library.cache, now=library.now)


def bodies(root: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in root.rglob("*.json")}


def test_reading_migrates_nothing_on_disk(old: Library) -> None:
    before = bodies(old.root)
    tags = {paper.key: paper.tags for paper in old.search(Everything()).papers}
    assert tags == {KEY: ("a", "b"), "arxiv:2511.00002": ()}
    assert bodies(old.root) == before


def test_the_first_write_migrates_after_a_copy(old: Library, facts: Make) -> None:
    before = bodies(old.root)
    old.marking.mark(
        [KEY], lambda mark: mark._replace(tags=(*mark.tags, "c")), what=str
    )
    old.take([facts("2511.00001", listed="2025-11-07", upvotes=4)], source="hf")
    marks = json.loads((old.root / files.MARKS).read_text())
    assert marks["format"] == {"1": {"version": 1}}
    assert marks["marks"] == {"1": {"key": KEY, "tags": ["a", "b", "c"]}}
    month = json.loads((old.root / "papers" / "2025-11.json").read_text())
    assert month["format"] == {"1": {"version": 1}}
    assert month["papers"]["1"]["said"]["hf"]["upvotes"] == 4
    copies = {
        path.name: path.read_bytes()
        for path in (old.root / files.BACKUPS).glob("format-*")
    }
    assert copies == {
        "format-0-marks.json": before["marks.json"],
        "format-0-2025-11.json": before["2025-11.json"],
    }
    old.marking.mark([KEY], lambda mark: mark._replace(starred=True), what=str)
    assert len(list((old.root / files.BACKUPS).glob("format-*"))) == 2


def test_a_second_migration_keeps_the_first_copy(old: Library) -> None:
    old.marking.mark([KEY], lambda mark: mark._replace(starred=True), what=str)
    again = json.dumps({**OLD_MARKS, "marks": {"1": {"key": KEY, "labels": "other"}}})
    (old.root / files.MARKS).write_text(again)
    old.marking.mark([KEY], lambda mark: mark._replace(starred=True), what=str)
    assert (old.root / files.BACKUPS / "format-0-marks-2.json").read_text() == again
    assert (
        json.loads((old.root / files.BACKUPS / "format-0-marks.json").read_text())
        == OLD_MARKS
    )


def test_the_doctor_tells_and_migrates(old: Library) -> None:
    doctor = Doctor(old.root, old.cache, now=old.now, scripts={})
    found = [one for one in doctor.examine() if one.check == "version"]
    assert [(one.where, one.what) for one in found] == [
        ("marks.json", "is of the older format 0"),
        ("papers/2025-11.json", "is of the older format 0"),
    ]
    doctor.repair(found)
    assert [one for one in doctor.examine() if one.check == "version"] == []
    assert old.get(KEY).tags == ("a", "b")


@pytest.mark.parametrize("version", [-1, 0])
def test_an_older_version_that_nobody_knows_is_refused(
    library: Library, version: int
) -> None:
    library.root.mkdir(parents=True)
    path = library.root / files.MARKS
    path.write_text(json.dumps({**OLD_MARKS, "format": {"1": {"version": version}}}))
    before = path.read_bytes()
    with pytest.raises(
        StoreError,
        match=rf"marks\.json: is of format {version}, which this papertrack does not know",
    ):
        library.search(Everything())
    assert path.read_bytes() == before
