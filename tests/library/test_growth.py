"""Files that a hand or a merge made: the time is in proportion to their size."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from papertrack.core.errors import StoreError
from papertrack.core.facts import Facts
from papertrack.library import conflicts
from papertrack.storage import reading
from tests.helpers.growth import grows_linearly
from tests.helpers.libraries import Library

PATH = Path("marks.json")
NOW = "2025-11-24T12:00:00Z"
DOI, FIRST = "doi:10.1/a", "url:https://e.org/0"


def _marks(documents: list[str]) -> bytes:
    table = ",\n".join(documents)
    return f'{{"format":{{"1":{{"version":1}}}},"marks":{{\n{table}\n}}}}'.encode()


def _one_number_at_the_end(size: int) -> bytes:
    return _marks(
        [f'"{min(n, size - 1)}":{{"key":"title:{n}"}}' for n in range(1, size + 1)]
    )


def _one_number(size: int) -> bytes:
    return _marks([f'"1":{{"key":"title:{n}"}}' for n in range(size)])


def _one_key(size: int) -> bytes:
    return _marks([f'"1":{{"key":"title:a","tags":["t{n}"]}}' for n in range(size)])


def _notes(size: int) -> bytes:
    return _marks([f'"1":{{"key":"title:a","note":"n{n}"}}' for n in range(size)])


def _one_name(size: int) -> bytes:
    fields = ",".join(f'"n{n}":1' for n in range(size))
    return _marks([f'"1":{{"key":"title:a",{fields},"n{size - 1}":1}}'])


def _other_names(size: int) -> bytes:
    fields = ",".join(f'"n{n}":1' for n in range(size))
    return _marks([f'"1":{{"key":"title:a",{fields}}}'] * 2)


@pytest.mark.parametrize(
    "make",
    [_one_number_at_the_end, _one_number, _one_key, _notes, _one_name, _other_names],
)
def test_repeated_names_and_numbers(make: Callable[[int], bytes]) -> None:
    bodies = {size: make(size) for size in (2_000, 8_000)}

    def refused_and_joined(size: int) -> None:
        body = bodies[size]
        with pytest.raises(StoreError, match="occurs twice in one object"):
            reading.parse_tables(PATH, body)
        (side, _) = conflicts.sides(PATH, body)
        tables = conflicts.joined(PATH, "marks.json", [side])
        assert tables["marks"]

    assert grows_linearly(refused_and_joined, 8_000)


@pytest.mark.parametrize(
    "line",
    ['"1":{}%sx', "%sx", '"1"%s:{}x', '{%s"marks"x', '"1":{}%s}x', '"a":%s{x'],
)
def test_long_lines_of_a_conflict(line: str) -> None:
    def refused(size: int) -> None:
        body = f"<<<<<<< a\n{line % (' ' * size)}\n=======\n>>>>>>> b\n"
        with pytest.raises(StoreError, match="is not a document on a line"):
            conflicts.sides(PATH, body.encode())

    assert grows_linearly(refused, 40_000)


def test_what_is_joined_is_all_of_it() -> None:
    (side, _) = conflicts.sides(PATH, _one_key(9))
    tables = conflicts.joined(PATH, "marks.json", [side])
    (mark,) = tables["marks"].values()
    assert mark["tags"] == [f"t{n}" for n in range(9)]


@pytest.mark.parametrize("kind", ["a chain", "a shared key", "one key"])
def test_a_library_whose_records_share_keys(kind: str, tmp_path: Path) -> None:
    """Its index is built, and a paper of it is fetched again."""

    def stored(number: int) -> str:
        name = f"url:https://e.org/{number}"
        keys = {
            "a chain": [name, f"url:https://e.org/{number + 1}"],
            "a shared key": [name, DOI],
            "one key": [DOI],
        }
        facts = {"title": f"Takel {number}", "ids": keys[kind][:1]}
        record = {"key": keys[kind][0], "keys": keys[kind], "added": NOW}
        return f'"{number + 1}":{json.dumps({**record, "said": {"feed": facts}})}'

    def fetched(size: int) -> None:
        root = tmp_path / str(uuid.uuid4())
        (root / "papers").mkdir(parents=True)
        lines = ",\n".join(map(stored, range(size)))
        text = f'{{"format":{{"1":{{"version":1}}}},\n"papers":{{\n{lines}\n}}}}\n'
        (root / "papers" / "2025-11.json").write_text(text)
        library = Library(root, root / "cache", root / "state", now=NOW)
        library.adding.add({"feed": [Facts(title="Takel 0", ids=(FIRST, DOI))]})
        library.close()

    assert grows_linearly(fetched, 800)
