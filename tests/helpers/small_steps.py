"""Libraries with a step to do there that touches few files, each a command of its own."""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from papertrack.cli.triage.sitting import step_text
from papertrack.core.errors import PapertrackError
from papertrack.core.model import Mark
from papertrack.library.batches import Batches
from papertrack.library.decisions import Decision
from papertrack.library.library import Library
from papertrack.storage import layout
from tests.helpers import services as made
from tests.helpers.big_steps import ONE, THREE, TWO, BigStep, rows, run_all
from tests.helpers.services import Services
from tests.helpers.system_faults import Place

NOW = dt.datetime(2026, 11, 30, 12, tzinfo=dt.UTC)

COMMANDS: dict[str, Sequence[object]] = {
    "tag rename": ("tag", "rename", "old", "much/newer"),
    "rule apply": ("rule", "apply", "--yes"),
    "rule add": ("rule", "add", "crow", "--if", "title:crows", "--do", "tag crow"),
    "rule move": ("rule", "move", "late", "--before", "hill"),
    "rule remove": ("rule", "remove", "hill"),
    "view save": ("view", "save", "mine", "is:later"),
    "view remove": ("view", "remove", "mine"),
    "feed add": ("feed", "add", "arxiv:cs.CL"),
    "feed remove": ("feed", "remove", "arxiv:math.CO"),
    "follow": ("follow", "author", "Ann Roe"),
    "follow remove": ("follow", "remove", "kettle"),
    "note": ("note", ONE, "a note\nof two lines"),
    "config set": ("config", "set", "list.limit", "50"),
    "config unset": ("config", "unset", "open.browser"),
}
CONFIG = 'open.browser = "firefox"  # mine\n\n[alias]\nfresh = "list is:unread"\n'


def small_steps(folder: Path) -> dict[str, BigStep]:
    """The commands by name, each with the library that it is for."""
    folder.mkdir()
    base = Place(folder / "base")
    base.config.parent.mkdir(parents=True)
    base.config.write_text(CONFIG, encoding="utf-8")
    run_all(
        base,
        ("fetch", rows(folder / "rows.json", range(10))),
        ("tag", "add", "old,and/nested", ONE, TWO),
        ("tag", "add", "old/below", THREE),
        ("rule", "add", "hill", "--if", "title:owls", "--do", "tag found, mark later"),
        ("rule", "add", "late", "--if", "title:hill", "--do", "star"),
        ("follow", "words", "kettles", "--name", "kettle"),
        ("view", "save", "mine", "is:starred"),
        ("feed", "add", "arxiv:math.CO"),
    )
    steps = {name: BigStep(base, words) for name, words in COMMANDS.items()}
    steps["decisions of triage"] = BigStep(base, (_decide,))
    steps["enrich"] = BigStep(base, (_enrich,))
    for name, damage in DAMAGES.items():
        damaged = base.copy(folder / name)
        damage(damaged)
        steps[f"doctor --fix, {name}"] = BigStep(damaged, ("doctor", "--fix"))
    return steps


def _decide(place: Place) -> int:
    """Save decisions, as triage does."""
    now = NOW.isoformat()
    library = Library(place.root, place.cache, place.machine, now=now)
    with contextlib.closing(library):
        batches = Batches(library.settings, library.index, step_text)
        papers = sorted(library.index.all_papers(), key=lambda paper: paper.key)
        decisions = []
        for paper in papers[:6]:
            before = Mark(paper.tags, paper.status, paper.starred, paper.note)
            decisions.append(Decision(paper.key, before, before._replace(starred=True)))
        try:
            batches.write(decisions, now=now)
        except PapertrackError as error:  # which triage shows on its screen
            print(f"papertrack: {error}", file=sys.stderr)
            return error.exit_code
    return 0


def _enrich(place: Place) -> int:
    """Look up papers at a service, whose answers are saved together."""
    services = Services()
    services.known["s2"] = {f"ARXIV:{ONE}": made.s2(ONE, venue="Tea Letters")}
    try:
        variables = services.variables
        words = ("-q", "enrich", "--again", "--source", "semanticscholar")
        return place.run(*words, now=NOW, variables=variables)
    finally:
        services.close()


# ------------------------------------------------------------------ what doctor repairs


def _copy_marks(place: Place) -> None:
    """A sync tool has left another machine's marks."""
    marks = place.root / layout.MARKS
    document = json.loads(marks.read_text(encoding="utf-8"))
    for mark in document["marks"].values():
        mark["tags"] = [*mark.get("tags", []), "elsewhere"]
    name = "marks.sync-conflict-20261130-120000-ABCDEFG.json"
    (place.root / name).write_text(json.dumps(document), encoding="utf-8")


def _store_twice(place: Place) -> None:
    """Papers are in the files of two months."""
    first, second = sorted((place.root / layout.PAPERS).glob("[!.]*.json"))
    one, other = (json.loads(path.read_text()) for path in (first, second))
    start = len(other["papers"]) + 1
    for number, paper in enumerate(list(one["papers"].values())[:2], start):
        other["papers"][str(number)] = paper
    second.write_text(json.dumps(other), encoding="utf-8")


def _drop_version(place: Place) -> None:
    """A file does not state its version."""
    marks = place.root / layout.MARKS
    document = json.loads(marks.read_text(encoding="utf-8"))
    del document["format"]
    marks.write_text(json.dumps(document), encoding="utf-8")


def _rekey(place: Place) -> None:
    """A paper has another key than its facts."""
    path = min((place.root / layout.PAPERS).glob("[!.]*.json"))
    document = json.loads(path.read_text(encoding="utf-8"))
    paper = next(iter(document["papers"].values()))
    paper["keys"] = ["title:0123456789abcdef", *paper.get("keys", [paper["key"]])]
    paper["key"] = "title:0123456789abcdef"
    path.write_text(json.dumps(document), encoding="utf-8")


DAMAGES = {
    "a conflict copy": _copy_marks,
    "papers twice": _store_twice,
    "no version": _drop_version,
    "another key": _rekey,
}
