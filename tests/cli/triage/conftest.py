"""A library of 46 papers, and triage of it on a pseudo-terminal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.dialogue import Dialogue

COUNT = 46
LONG = (
    "Sentence number {0} of this abstract explains in plain words what was measured, "
    "how it was measured, and why anybody should care about it. "
)

Env = dict[str, str]


def _papers(count: int) -> list[dict[str, Any]]:
    """Papers of descending days, with all that a screen can show."""
    papers: list[dict[str, Any]] = []
    for number in range(1, count + 1):
        paper: dict[str, Any] = {
            "id": f"2511.{number:05}",
            "title": f"Paper number {number}: Kettles",
            "abstract": f"Abstract of number {number}. " + LONG.format(number),
            "authors": ["Ada Quill", "Bo Reed"],
            "added": "2026-01-01T00:00:00Z",
            "listed": f"2025-{12 - number // 28:02}-{28 - number % 28:02}",
            "upvotes": 100 - number,
            "categories": ["cs.CL", "cs.LG"],
            "url": f"https://arxiv.org/abs/2511.{number:05}",
            "pdf": f"https://arxiv.org/pdf/2511.{number:05}",
        }
        papers.append(paper)
    papers[0] |= {
        "title": "Teaching Kettles to Whistle in Tune, Told at the Full Length that such "
        "a Title Deserves",
        "authors": [f"Hand Number{number:02}" for number in range(1, 41)],
        "abstract": "".join(map(LONG.format, range(1, 31))),
        "summary": "Kettles, in tune.",
        "github": "https://github.com/invented/kettles",
        "stars": 17,
        "comments": 3,
        "tags": ["tea/kettles", "music"],
        "note": "Compare with the samovar.",
    }
    return papers


@pytest.fixture
def library(home: Env, written: Callable[..., None]) -> Env:
    """The environment of a reader with 46 unread papers."""
    written(home, *_papers(COUNT))
    return home


@pytest.fixture
def thirty(home: Env, written: Callable[..., None]) -> Env:
    """The environment of a reader with 30 unread papers."""
    written(home, *_papers(30))
    return home


@pytest.fixture
def triage() -> Iterator[Callable[..., Dialogue]]:
    """Starts `papertrack triage ARGS` and waits for its first screen."""
    started: list[Dialogue] = []

    def start(
        env: Mapping[str, str],
        *arguments: str,
        columns: int = 80,
        lines: int = 24,
        expected: str = "1 of ",
    ) -> Dialogue:
        dialogue = Dialogue(["triage", *arguments], env, columns=columns, lines=lines)
        started.append(dialogue)
        dialogue.until(expected)
        return dialogue

    yield start
    for dialogue in started:
        if not dialogue.child.closed:
            dialogue.child.close(force=True)


@pytest.fixture
def marks() -> Callable[[Env], dict[int, dict[str, Any]]]:
    """The marks in the library's file, by the number of the paper."""

    def read(env: Env) -> dict[int, dict[str, Any]]:
        path = Path(env["PAPERTRACK_LIBRARY"]) / "marks.json"
        found = {}
        for mark in json.loads(path.read_text())["marks"].values():
            number = int(mark.pop("key").rpartition(".")[2])
            mark.pop("marked", None)
            if mark:
                found[number] = mark
        return found

    return read


@pytest.fixture
def steps() -> Callable[[Env], list[str]]:
    """The texts of the undo log, oldest first."""

    def read(env: Env) -> list[str]:
        path = Path(env["PAPERTRACK_LIBRARY"]) / "desk.json"
        if not path.exists():
            return []
        documents = json.loads(path.read_text()).get("undo", {}).values()
        ordered = sorted(documents, key=lambda document: int(document["key"]))
        return [document["what"] for document in ordered]

    return read
