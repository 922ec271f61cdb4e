"""Joining another library: file by file, with the result of joining all at once."""

from __future__ import annotations

import json
import tempfile
from collections import defaultdict
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from papertrack.core.model import Record
from papertrack.library import edit, join
from papertrack.library.proposals import KINDS, Terms
from papertrack.storage import layout, reading
from tests.helpers.libraries import Library
from tests.joining.test_libraries import record, settled, whole

TERMS = Terms(frozenset(KINDS), lambda target: None, by="other")
FILES = ("2025-11.json", "2025-10.json", "2024-01.json")

in_files = st.lists(st.tuples(st.sampled_from(FILES), record), max_size=6)
"""Records of a library, each with its file: git can leave parts of a paper in several."""


def write(root: Path, records: Sequence[tuple[str, Record]]) -> None:
    files: dict[str, list[Record]] = defaultdict(list)
    for name, one in records:
        files[name].append(one)
    (root / layout.PAPERS).mkdir(parents=True)
    for name, of_file in files.items():
        papers = {f"{n}": one.as_json() for n, one in enumerate(of_file)}
        text = json.dumps({"papers": papers})
        (root / layout.PAPERS / name).write_text(text, encoding="utf-8")


def stored(root: Path) -> list[Record]:
    names = layout.months(root)
    records = [one for name in names for one in reading.read_records(root / name)]
    return sorted(records, key=lambda one: one.key)


@settings(max_examples=60)
@given(in_files, in_files, st.sampled_from((1, 5_000)))
def test_file_by_file_papers_are_joined_as_all_at_once(
    mine: list[tuple[str, Record]], theirs: list[tuple[str, Record]], staged_at: int
) -> None:
    ours = settled([one for _, one in mine])
    while settled(ours) != ours:
        ours = settled(ours)
    expected = whole(ours, [one for _, one in theirs])
    with tempfile.TemporaryDirectory() as name, pytest.MonkeyPatch.context() as patch:
        patch.setattr(edit, "STAGED_AT", staged_at)
        folder = Path(name)
        write(folder / "mine", [*zip(cycle(FILES), ours, strict=False)])
        write(folder / "theirs", theirs)
        library = Library(folder / "mine", folder / "cache", now="2025-11-24T12:00:00Z")
        join.join(library, folder / "theirs", terms=TERMS)
        assert stored(library.root) == expected
        shown = library.index.all_papers()
        assert sorted(one.key for one in shown) == [one.key for one in expected]
        library.index.close()


def test_their_papers_meet_in_one_of_mine(tmp_path: Path) -> None:
    """They share nothing with each other, and are in different files."""
    keys = ("arxiv:2511.00001", "doi:10.1234/x")

    def made(source: str, title: str, keys: tuple[str, ...]) -> Record:
        facts = {"title": title, "ids": [*keys]}
        return Record(keys[0], keys, "2025-11-01T00:00:00Z", {source: facts})

    both = made("hf", "Zoku mibra", keys)
    first = made("arxiv", "Takel", keys[:1])
    second = made("dblp", "Dorun felap", keys[1:])
    write(tmp_path / "mine", [(FILES[0], both)])
    write(tmp_path / "theirs", [(FILES[1], first), (FILES[2], second)])
    library = Library(tmp_path / "mine", tmp_path / "cache", now="2025-11-24T12:00:00Z")
    joined = join.join(library, tmp_path / "theirs", terms=TERMS)
    (paper,) = stored(library.root)
    assert {*paper.said} == {"arxiv", "dblp", "hf"}
    assert joined.papers == (0, 1, 1)
