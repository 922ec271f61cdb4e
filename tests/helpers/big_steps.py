"""Libraries with a step to do there that touches several files: what must happen as one."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

from tests.helpers.system_faults import Place

ONE, TWO, THREE = "2601.00001", "2601.00002", "2601.00003"


class BigStep(NamedTuple):
    """A library, and a command to run there: its words, or one function of the place."""

    place: Place
    words: Sequence[object]


def rows(path: Path, numbers: Sequence[int]) -> Path:
    """A file of these papers in two months, as Hugging Face's API gives them."""
    papers = []
    for number in numbers:
        day = f"2026-0{number % 2 + 1}-05T00:00:00.000Z"
        paper = {
            "id": f"2601.{number:05}",
            "title": f"{'Owls' if number % 3 else 'Crows'} of Hill {number}",
            "summary": "A text.",
            "authors": [],
            "publishedAt": day,
            "submittedOnDailyAt": day,
        }
        papers.append({"paper": paper})
    path.write_text(json.dumps(papers), encoding="utf-8")
    return path


def run_all(place: Place, *commands: Sequence[object]) -> None:
    """Run these commands there, which must succeed."""
    for words in commands:
        ran = place.ran(*words)
        assert ran.code == 0, (words, ran)


def big_steps(folder: Path) -> dict[str, BigStep]:
    """The commands by name, each with the library that it is for."""
    folder.mkdir(exist_ok=True)
    first = rows(folder / "first.json", range(10))
    second = rows(folder / "second.json", range(6, 18))
    own = folder / "own.jsonl"
    papers = [
        {
            "id": f"2601.{number:05}",
            "key": f"arxiv:2601.{number:05}",
            "title": f"Imported {number}",
            "authors": [],
            "tags": ["in"],
        }
        for number in (1, 30, 31, 32)
    ]
    own.write_text("".join(f"{json.dumps(paper)}\n" for paper in papers))
    backup = folder / "backup.tar.gz"
    base = Place(folder / "base")
    run_all(
        base,
        ("fetch", first),
        ("tag", "add", "old,and/nested", ONE, TWO),
        ("view", "save", "mine", "is:starred"),
        ("backup", backup),
        ("note", TWO, "written after the backup"),
    )

    def after(name: str, *commands: Sequence[object]) -> Place:
        place = base.copy(folder / name)
        run_all(place, *commands)
        return place

    rule = ("rule", "add", "hill", "--if", "title:owls", "--do", "tag found, star")
    changed = after(
        "changed",
        ("tag", "add", "new", ONE, THREE),
        ("view", "save", "more", "is:unread"),
        ("remove", TWO, "2601.00004"),
    )
    undone = changed.copy(folder / "undone")
    run_all(undone, ("undo", 1), ("undo", 2))
    fetched = after("fetched", rule, ("fetch", second))
    restored = fetched.copy(folder / "restored")
    run_all(
        restored,
        ("restore", backup, "--yes"),
        ("fetch", second),
        ("tag", "add", "late", "2601.00012"),
    )
    reverted = restored.copy(folder / "reverted")
    run_all(reverted, ("undo", 4))
    other = after("other", ("fetch", second), ("tag", "add", "theirs", "2601.00008"))
    run_all(other, ("view", "save", "theirs", "is:later"))
    return {
        "undo of several steps": BigStep(changed, ("undo", 4)),
        "redo of several steps": BigStep(undone, ("redo", 2)),
        "joining": BigStep(base, ("import", other.root)),
        "restore": BigStep(base, ("restore", backup, "--yes")),
        "remove": BigStep(base, ("remove", ONE, TWO, THREE)),
        "fetch with rules": BigStep(after("ruled", rule), ("fetch", second)),
        "undo of a fetch": BigStep(fetched, ("undo",)),
        "import of marks": BigStep(base, ("import", "--marks", own)),
        "undo across a restore": BigStep(restored, ("undo", 4)),
        "redo across a restore": BigStep(reverted, ("redo",)),
    }
